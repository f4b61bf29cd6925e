//! Any text at all: no panic, no endless work, and every span lies inside the text on character boundaries.

use std::thread;
use std::time::{Duration, Instant};

use fhirc_grammar::{
    Decoded, Diagnostic, limits, parse_filter, parse_include, parse_path, parse_search, parse_search_within,
    parse_sort, render,
};
use proptest::prelude::*;

fn check(text: &str, found: &[Diagnostic]) {
    for diagnostic in found {
        let labels = diagnostic.labels.iter().map(|label| label.span);
        for span in labels.chain([diagnostic.span]) {
            assert!(span.text(text).is_some(), "{span:?} in {text:?}");
        }
    }
    if let Some(first) = found.first() {
        assert!(render(text, first).contains(first.code));
    }
}

fn every_parser(text: &str) {
    let (tree, found) = parse_search_within(text, &["http://a/b"], text.len());
    assert!(tree.is_some() || !found.is_empty());
    check(text, &found);
    for param in tree.into_iter().flat_map(|tree| tree.params) {
        assert!(param.span.text(text).is_some());
        match param.value.items() {
            Ok(items) => assert!(items.iter().all(|item| item.span.text(text).is_some())),
            Err(found) => check(text, &found),
        }
        check(text, &parse_sort(&param.value).err().unwrap_or_default());
        check(text, &parse_include(&param.value).err().unwrap_or_default());
        check(text, &parse_filter(&param.value.raw).1);
    }
    let (tree, found) = parse_filter(&Decoded::plain(text));
    assert_eq!(tree.is_some(), found.is_empty());
    check(text, &found);
    let (tree, found) = parse_path(text);
    assert_eq!(tree.is_some(), found.is_empty());
    check(text, &found);
}

/// Text made of pieces that the grammars know.
fn almost_valid() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "Patient",
        "?",
        "&",
        "=",
        "%C3",
        "%A9",
        "%2C",
        "%5C",
        "%",
        "+",
        ",",
        "$",
        "|",
        "\\",
        ".",
        ":",
        "_has",
        "a",
        "é",
        "/",
        " ",
        "eq",
        "and",
        "or",
        "not",
        "(",
        ")",
        "[",
        "]",
        "\"",
        "'",
        "x",
        "1",
        "as",
        "where",
        "exists",
        "()",
        "resolve()",
        "%resource",
        "\\u00",
        "*",
        "-",
        "http://a/b",
        "名",
        "e\u{301}",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_text(text in any::<String>()) {
        every_parser(&text);
    }

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        every_parser(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn text_that_is_almost_valid(text in almost_valid()) {
        every_parser(&text);
        every_parser(&format!("Patient?_filter={text}"));
    }
}

/// Runs in a thread with less stack than any that a server would give.
fn with_small_stack(work: impl FnOnce() + Send + 'static) {
    thread::Builder::new().stack_size(1536 * 1024).spawn(work).unwrap().join().unwrap();
}

#[test]
fn depth_bombs() {
    with_small_stack(|| {
        for piece in [
            "(", "not (", "a[", "a.where(", "((a).b", "_has:", "a:", "\"", "a.", "a and ", "not ", "a eq ", "(a.b)",
            "%", "\\",
        ] {
            every_parser(&piece.repeat(65_000 / piece.len()));
        }
        for (open, close) in [("(", ")"), ("not (", ")"), ("a[", "].b eq 1"), ("(", ".b)"), ("a.where(", ")")] {
            for depth in [20, 63, 64, 5_000] {
                every_parser(&format!("{}a eq 1{}", open.repeat(depth), close.repeat(depth)));
                every_parser(&format!("{}a{}", open.repeat(depth), close.repeat(depth)));
            }
        }
    });
}

#[test]
fn the_highest_tree_can_be_used() {
    let depth = limits::MAX_PATH_DEPTH as usize;
    let (steps, wheres) =
        (".b".repeat(depth), (0..depth / 2).fold("a".to_owned(), |inner, _| format!("a.where({inner}.b)")));
    for text in [format!("a{steps}"), wheres, format!("{}a{}", "(".repeat(depth), ".b)".repeat(depth))] {
        with_small_stack(move || {
            let (tree, found) = parse_path(&text);
            assert_eq!(found, [], "{text}");
            let tree = tree.unwrap();
            assert_eq!(parse_path(&tree.node.to_string()).0, Some(tree.clone()));
            assert!(format!("{tree:?}").contains("Child"));
        });
    }
}

#[test]
fn work_grows_with_the_length_only() {
    let started = Instant::now();
    let long = 1 << 18;
    for piece in [
        "a eq 1 and ",
        "a xx 1 and ",
        "a eq x y ",
        "(a eq 1) or ",
        "a[b eq 1].c eq 2 or ",
        "a eq 'x ",
        "not a eq 1 or ",
    ] {
        let (_, found) = parse_filter(&Decoded::plain(&piece.repeat(long / piece.len())));
        assert!(!found.is_empty() && found.len() <= 100, "{piece}");
    }
    for piece in ["a=b&", "a=%C3%A9,&", "%FF", "a.", "_has:a:b:", "&"] {
        let text = format!("?{}", piece.repeat(long / piece.len()));
        assert!(parse_search_within(&text, &[], long + 10).1.len() <= 100);
    }
    assert!(started.elapsed() < Duration::from_secs(20), "{:?}", started.elapsed());
    assert_eq!(parse_search("Patient", &[]).1, []);
}
