//! What a store gives, entry by entry.

use crate::entry::{entries, said};
use crate::{LONGEST, compiler};
use fhirc::compiler::Compiled;
use fhirc::runtime::{ExecuteError, Request, execute};
use fhirc::stores::Store;
use std::fmt::Write;
use std::time::Instant;

/// Compares all entries that are no errors.
pub(crate) async fn check(name: &str, store: &Store) {
    let compiler = compiler();
    let mut wrong = String::new();
    for entry in entries() {
        let begin = Instant::now();
        let Ok(compiled) = compiler.compile(&entry.query) else { continue };
        let found = found(store, &compiled).await;
        let refusal = entry.refused.into_iter().find(|(store, _)| *store == name);
        let expected = refusal.map_or_else(|| format!("= {}", entry.ids.unwrap_or_default().join(" ")), |(_, why)| why);
        if found != expected {
            let (query, expected) = (shortened(&entry.query), shortened(&expected));
            writeln!(wrong, "{}  {query}\n  expected {expected}\n  {}", entry.name, shortened(&found)).unwrap();
        }
        if begin.elapsed() > LONGEST {
            writeln!(wrong, "{} took {:?}", entry.name, begin.elapsed()).unwrap();
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
}

/// The ids of all matches, over all pages, or why there are none.
pub(crate) async fn found(store: &Store, compiled: &Compiled) -> String {
    let (mut ids, mut request) = (Vec::new(), Request::default());
    loop {
        let page = match execute(store, compiled, &request, None).await {
            Ok(page) => page,
            Err(ExecuteError::Refused { query, diagnostics }) => {
                return diagnostics
                    .iter()
                    .map(|diagnostic| said(query.as_str(), diagnostic))
                    .collect::<Vec<_>>()
                    .join("\n");
            }
            Err(error) => return format!("error: {error}"),
        };
        ids.extend(page.matches.into_iter().map(|found| found.id));
        let Some(next) = page.next else { return format!("= {}", ids.join(" ")) };
        request.cursor = Some(next);
    }
}

/// The beginning of a long text.
pub(crate) fn shortened(text: &str) -> String {
    let shown: String = text.chars().take(300).collect();
    if shown.len() < text.len() { format!("{shown}… ({} bytes)", text.len()) } else { shown }
}
