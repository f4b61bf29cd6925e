//! Diagnostics as a person sees them.

use fhirc_grammar::{Diagnostic, Span, parse_filter, parse_search, render};

/// The diagnostic on the first place where `wrong` stands in `source`.
fn on(source: &str, wrong: &str) -> Diagnostic {
    let at = source.find(wrong).unwrap();
    Diagnostic::error("code", Span::from_offsets(at..at + wrong.len()), "message")
}

#[test]
fn the_usual_form() {
    let source = "Patient?brithdate=ge1980";
    let span = Span::new(8, 17);
    let diagnostic = Diagnostic::error("unknown-parameter", span, "`Patient` has no search parameter `brithdate`")
        .label(span, "did you mean `birthdate`?")
        .help("`fhirc parameters Patient` lists all 33");
    let want = "\
error[unknown-parameter]: `Patient` has no search parameter `brithdate`
  |
  | Patient?brithdate=ge1980
  |         ^^^^^^^^^ did you mean `birthdate`?
  = help: `fhirc parameters Patient` lists all 33
";
    assert_eq!(render(source, &diagnostic), want);
}

#[test]
fn further_labels_stand_below() {
    let source = "Patient?name=a&name=b";
    let diagnostic = Diagnostic::warning("twice", Span::new(15, 19), "twice").label(Span::new(8, 12), "first here");
    let want = "\
warning[twice]: twice
  |
  | Patient?name=a&name=b
  |                ^^^^
  |         ---- first here
";
    assert_eq!(render(source, &diagnostic), want);
}

#[test]
fn wide_and_combining_characters_are_aligned() {
    let source = "名前=e\u{301}x y";
    let lines: Vec<String> = render(source, &on(source, "x")).lines().map(str::to_owned).collect();
    assert_eq!(lines[3], "  |       ^");
    let wide: Vec<String> = render(source, &on(source, "前")).lines().map(str::to_owned).collect();
    assert_eq!(wide[3], "  |   ^^");
}

#[test]
fn the_end_of_the_text_has_a_place() {
    let source = "a eq";
    let rendered = render(source, &parse_filter(&fhirc_grammar::Decoded::plain(source)).1[0]);
    assert_eq!(rendered.lines().nth(3), Some("  |     ^"));
}

#[test]
fn long_text_is_cut_around_the_place() {
    let source = format!("Patient?{}brithdate=1{}", "a=b&".repeat(100), "&c=d".repeat(100));
    let diagnostic = on(&source, "brithdate").label(Span::new(0, 7), "far away");
    let rendered = render(&source, &diagnostic);
    assert!(rendered.lines().all(|line| line.chars().count() <= 106), "{rendered}");
    let lines: Vec<&str> = rendered.lines().collect();
    let column = |line: &str, what: &str| line.split_once(what).unwrap().0.chars().count();
    assert_eq!(column(lines[2], "brithdate"), column(lines[3], "^^^^^^^^^"));
    assert!(lines[2].starts_with("  | …") && lines[2].ends_with('…'));
    assert!(lines[4].starts_with("  | Patient?") && lines[5] == "  | ------- far away", "{rendered}");
}

#[test]
fn a_terminal_obeys_nothing_in_the_text() {
    let source = "Patient?\u{1b}[2J\u{202e}=a\r\n\u{85}b";
    let (_, found) = parse_search(source, &[]);
    let rendered = render(source, &found[0]);
    assert!(rendered.chars().all(|c| c == '\n' || !c.is_control()), "{rendered:?}");
    assert!(!rendered.contains('\u{202e}'));
}

#[test]
fn a_span_of_another_text_is_no_panic() {
    assert!(render("a", &Diagnostic::error("x", Span::new(70, 90), "y")).contains('^'));
    assert!(render("", &Diagnostic::error("x", Span::empty(0), "y")).contains('^'));
}
