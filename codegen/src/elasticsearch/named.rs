//! What resources are called: a canonical url in one keyword, a version in another. A link says the url, and any version or
//! none.

use super::clause::{Clause, Field, Pattern, Piece, Term};
use super::fill::chunked;
use super::keyword::{END, column, columns_of, head, whole};
use crate::algebra::Names;
use std::collections::{BTreeMap, BTreeSet};

/// The field of urls, the resource's own among them.
pub(super) const NAMED: &str = "url_whole";
/// The field of codes, versions among them.
pub(super) const VERSIONS: &str = "token";
/// The same codes in another order.
const BY_EXACT: &str = "token_by_exact";

/// The resources that one of these links calls: each is a url and a version, which is empty if it says none.
pub(super) fn named(names: Names, links: &[[String; 2]]) -> Clause {
    let mut by_version: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for [url, version] in links {
        by_version.entry(version).or_default().insert(url);
    }
    let called = |(version, urls): (&str, BTreeSet<&str>)| {
        let urls: Vec<Term> = urls.into_iter().map(|url| Term::Text(whole(names.url, [url]))).collect();
        let urls = chunked(NAMED, &urls);
        if version.is_empty() { urls } else { Clause::all(vec![urls, in_version(names, version)]) }
    };
    Clause::any(by_version.into_iter().map(called).collect())
}

/// A version is written so: the code, unless that was folded; then as it was written.
fn in_version(names: Names, version: &str) -> Clause {
    let (head, version) = (head(names.version), column(version));
    let as_it_is = Clause::Prefix(Field(BY_EXACT.to_owned(), format!("{head}{version}{}", column(""))));
    let written = format!("{END}{version}");
    let written = vec![Piece::Text(head), Piece::Any, Piece::Text(END.to_string()), Piece::Any, Piece::Text(written)];
    Clause::any(vec![as_it_is, Clause::Wildcard(Field(VERSIONS.to_owned(), Pattern(written)))])
}

/// What links say that lead to a resource whose fields hold these values: each of its urls alone, and with each of its
/// versions. `values` tells those of a field.
pub fn names_of<'v, V: Iterator<Item = &'v str>>(
    names: Names,
    values: impl Fn(&'static str) -> V,
) -> BTreeSet<[String; 2]> {
    let version = |value: &str| match columns_of(names.version, value)?.as_slice() {
        [code, _, exact] => Some(if exact.is_empty() { code } else { exact }.clone()),
        _ => None,
    };
    let versions: BTreeSet<String> = values(VERSIONS).filter_map(version).chain([String::new()]).collect();
    let urls = values(NAMED).filter_map(|value| columns_of(names.url, value)?.into_iter().next());
    urls.flat_map(|url| versions.iter().map(move |version| [url.clone(), version.clone()])).collect()
}
