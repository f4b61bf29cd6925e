//! `_filter` expressions.

#![no_main]

use fhirc_grammar::{Decoded, parse_filter, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (tree, found) = parse_filter(&Decoded::plain(text));
    assert_eq!(tree.is_some(), found.is_empty());
    for diagnostic in &found {
        assert!(diagnostic.span.text(text).is_some());
        let _ = render(text, diagnostic);
    }
    if let Some(tree) = tree {
        assert_eq!(parse_filter(&Decoded::plain(&tree.node.to_string())).0, Some(tree));
    }
});
