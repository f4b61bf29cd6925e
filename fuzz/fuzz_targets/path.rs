//! SearchParameter expressions.

#![no_main]

use fhirc_grammar::{parse_path, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (tree, found) = parse_path(text);
    assert_eq!(tree.is_some(), found.is_empty());
    for diagnostic in &found {
        assert!(diagnostic.span.text(text).is_some());
        let _ = render(text, diagnostic);
    }
    if let Some(tree) = tree {
        let (printed, found) = parse_path(&tree.node.to_string());
        assert!(printed.as_ref() == Some(&tree) || found.iter().any(|d| d.code == "path-too-long"));
    }
});
