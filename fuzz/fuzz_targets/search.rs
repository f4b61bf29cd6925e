//! Search strings, and everything a value of one may be read as.

#![no_main]

use fhirc_grammar::{parse_filter, parse_include, parse_search, parse_sort, render};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (tree, found) = parse_search(text, &["http://localhost:8080/fhir"]);
    for diagnostic in &found {
        assert!(diagnostic.span.text(text).is_some());
        let _ = render(text, diagnostic);
    }
    let Some(tree) = tree else { return };
    if found.is_empty() {
        // What is printed may be longer than what was read, and so beyond the limit.
        let (printed, found) = parse_search(&tree.to_string(), &[]);
        assert!(printed.as_ref() == Some(&tree) || found.iter().any(|d| d.code == "text-too-long"));
    }
    for param in &tree.params {
        let _ = (param.value.items(), parse_sort(&param.value), parse_include(&param.value));
        let _ = parse_filter(&param.value.raw);
    }
});
