//! Results as a Bundle of type searchset. FHIR R4 3.1.1.5.

use fhirc::compiler::{Compiled, Compiler};
use fhirc::grammar::Diagnostic;
use fhirc::runtime::{Page, Resource};
use serde_json::value::RawValue;
use serde_json::{Value as Json, json};

/// The parts of a searchset, as pages give them.
#[derive(Default)]
pub(crate) struct Bundle {
    /// The first base URL; without any only the server that answers can know it.
    base: Option<String>,
    entries: Vec<Json>,
    /// What is said of the pages themselves.
    said: Vec<Diagnostic>,
    total: Option<u64>,
}

impl Bundle {
    pub(crate) fn add(&mut self, page: &Page, compiler: &Compiler) {
        self.base = compiler.options().bases.first().map(|base| base.as_str().to_owned());
        self.total = page.total.or(self.total);
        self.said.extend(page.outcome.iter().cloned());
        let modes = page.matches.iter().map(|found| (found, "match"));
        for (found, mode) in modes.chain(page.included.iter().map(|found| (found, "include"))) {
            self.entries.push(self.entry(found, mode, compiler));
        }
    }

    fn entry(&self, found: &Resource, mode: &str, compiler: &Compiler) -> Json {
        // A stored body is JSON; what is not is shown as the text it is.
        let resource = match RawValue::from_string(found.body.clone()) {
            Ok(raw) => serde_json::to_value(raw).unwrap_or_default(),
            Err(_) => Json::String(found.body.clone()),
        };
        let url = self.on_base(&found.name(compiler.registry()));
        json!({ "fullUrl": url, "resource": resource, "search": { "mode": mode } })
    }

    fn on_base(&self, relative: &str) -> String {
        self.base.as_ref().map_or_else(|| relative.to_owned(), |base| format!("{base}/{relative}"))
    }

    /// The Bundle. `next` is where the next page begins: what `--cursor` takes.
    pub(crate) fn json(mut self, next: Option<&str>, search: &Compiled) -> Json {
        let warnings: Vec<&Diagnostic> = search.warnings.iter().chain(&self.said).collect();
        if !warnings.is_empty() {
            let issue = |warning: &&Diagnostic| json!({ "severity": "warning", "code": "processing", "diagnostics": warning.message });
            let issues: Vec<Json> = warnings.iter().map(issue).collect();
            let outcome = json!({ "resourceType": "OperationOutcome", "issue": issues });
            self.entries.push(json!({ "resource": outcome, "search": { "mode": "outcome" } }));
        }
        let used = self.on_base(&used(search.query.as_str(), &search.warnings));
        let mut links = vec![json!({ "relation": "self", "url": used })];
        links.extend(next.map(|next| json!({ "relation": "next", "url": next })));
        let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset", "link": links });
        if let Some(fields) = bundle.as_object_mut() {
            fields.extend(self.total.map(|total| ("total".to_owned(), json!(total))));
            // FHIR's JSON has no empty list.
            let entries = (!self.entries.is_empty()).then_some(self.entries);
            fields.extend(entries.map(|entries| ("entry".to_owned(), json!(entries))));
        }
        bundle
    }
}

/// The search without the parameters that were left out (item 103).
fn used(query: &str, warnings: &[Diagnostic]) -> String {
    let Some((path, params)) = query.split_once('?') else { return query.to_owned() };
    let ignored = |begin: usize, end: usize| {
        let within = |at: u32| (begin..end).contains(&(at as usize));
        let is_left_out = |warning: &Diagnostic| matches!(warning.code, "ignored-parameter" | "empty-value");
        warnings.iter().any(|warning| is_left_out(warning) && within(warning.span.start))
    };
    let (mut begin, mut used) = (path.len() + 1, Vec::new());
    for param in params.split('&') {
        if !ignored(begin, begin + param.len()) {
            used.push(param);
        }
        begin += param.len() + 1;
    }
    if used.is_empty() { path.to_owned() } else { format!("{path}?{}", used.join("&")) }
}
