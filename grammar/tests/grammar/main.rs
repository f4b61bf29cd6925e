//! Tests of the grammar through its public functions.

#[cfg(test)]
mod definitions;
#[cfg(test)]
mod ebnf;
#[cfg(test)]
mod errors;
#[cfg(test)]
mod filter;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod path;
#[cfg(test)]
mod rendering;
#[cfg(test)]
mod search;

use fhirc_grammar::{Decoded, Diagnostic, Node, Search, parse_filter, parse_search};

/// The tree of a search string that has nothing wrong.
#[cfg(test)]
fn search_of(text: &str) -> Search {
    let (tree, found) = parse_search(text, &["http://localhost:8080/fhir/", "https://example.org"]);
    assert_eq!(found, [], "{text}");
    tree.unwrap_or_else(|| panic!("no tree for {text}"))
}

/// The tree of a filter that has nothing wrong.
#[cfg(test)]
fn filter_of(text: &str) -> Node {
    let (tree, found) = parse_filter(&Decoded::plain(text));
    assert_eq!(found, [], "{text}");
    tree.unwrap_or_else(|| panic!("no tree for {text}"))
}

/// `code: underlined text` of every diagnostic.
#[cfg(test)]
fn summary(text: &str, found: &[Diagnostic]) -> Vec<String> {
    found.iter().map(|d| format!("{}: {}", d.code, d.span.text(text).expect("a span of the text"))).collect()
}
