//! What is refused: the code and the underlined text of every problem, all of them at once.

use fhirc_grammar::{
    Decoded, limits, parse_filter, parse_include, parse_path, parse_search, parse_search_within, parse_sort,
};

use crate::{search_of, summary};

const BASES: &[&str] = &["http://localhost:8080/fhir"];

#[track_caller]
fn search(text: &str, want: &[&str]) {
    let (tree, mut found) = parse_search(text, BASES);
    for param in tree.iter().flat_map(|tree| &tree.params) {
        found.extend(param.value.items().err().unwrap_or_default());
    }
    assert_eq!(summary(text, &found), want, "{text}");
    assert!(found.iter().all(|diagnostic| diagnostic.is_error()));
}

#[track_caller]
fn filter(text: &str, want: &[&str]) {
    let (tree, found) = parse_filter(&Decoded::plain(text));
    assert_eq!(summary(text, &found), want, "{text}");
    assert_eq!(tree, None, "{text}");
}

#[track_caller]
fn path(text: &str, want: &str) {
    let (tree, found) = parse_path(text);
    assert_eq!(summary(text, &found), [want], "{text}");
    assert_eq!(tree, None, "{text}");
}

#[test]
fn bases_and_paths() {
    search("https://other.org/r4/Patient?name=a", &["foreign-base: https://other.org/r4"]);
    search("https://other.org?name=a", &["foreign-base: https://other.org"]);
    search("HTTP://localhost:8080/fhir/Patient", &["foreign-base: HTTP://localhost:8080/fhir"]);
    search("http://localhost:8080/fhirx/Patient/1/*", &["foreign-base: http://localhost:8080/fhirx"]);
    search("GET Patient?name=a", &["method-in-front: GET"]);
    search("Patient&name=a", &["no-question-mark: &"]);
    search("name=a", &["no-question-mark: ="]);
    search("Patient/23", &["not-a-search: Patient/23"]);
    search("Patient/23/_history?_count=1", &["not-a-search: Patient/23/_history"]);
    search("Patient/$everything", &["not-a-search: Patient/$everything"]);
    search("Patient//Observation", &["not-a-search: Patient//Observation"]);
    search("a/b/c/d", &["not-a-search: a/b/c/d"]);
    search("Pat1ent?a=b", &["not-a-type: Pat1ent"]);
    search("Patient/a%20b/Obs+x", &["not-an-id: a%20b", "not-a-type: Obs+x"]);
    search("Pati%ent?name=%", &["bad-escape: %", "bad-escape: %"]);
}

#[test]
fn help_shows_what_to_write() {
    let help = |text| parse_search(text, BASES).1.remove(0).help.unwrap();
    assert_eq!(help("Patient/23"), "write `Patient?_id=23`");
    assert!(help("https://other.org/Patient").contains("`http://localhost:8080/fhir`"));
    assert!(parse_search("http://a/Patient", &[]).1[0].help.as_ref().unwrap().contains("no base is configured"));
}

#[test]
fn encoding() {
    search("Patient?name=%C3%28&a=b%4", &["not-utf-8: %C3", "bad-escape: %"]);
    search("Patient?name=%E2%82&x=%FF%C3%A9%FE", &["not-utf-8: %E2%82", "not-utf-8: %FF", "not-utf-8: %FE"]);
    search("Patient?na%zzme=%C3é", &["bad-escape: %", "not-utf-8: %C3"]);
    search(
        r"Patient?name=a\b,c\&x=\%6E%5C",
        &[r"unknown-escape: \b", r"unknown-escape: \", r"unknown-escape: \%6E", "unknown-escape: %5C"],
    );
}

#[test]
fn parameters_and_keys() {
    search("Patient?name", &["no-equals: name"]);
    search("Patient?name=A&B", &["no-equals: B"]);
    search("Patient?=a", &["no-name: "]);
    search("Patient?.name=a&subject.=b&a..b=c", &["no-name: .", "no-name: ", "no-name: ."]);
    search("Patient?name:=a", &["no-modifier: "]);
    search("Patient?name:.x=a", &["no-modifier: ."]);
    search("Patient?name:exact:missing=a", &["second-modifier: :missing"]);
    search("Patient?na%20me=a&größe=b&a:*=c", &["name-character: %20", "name-character: ö", "name-character: *"]);
    search("Patient?_has=a", &["incomplete-has: _has"]);
    search("Patient?_has:Observation:patient=a", &["incomplete-has: _has:Observation:patient"]);
    search("Patient?_has:Observation=a", &["incomplete-has: _has:Observation"]);
    search("Patient?a._has:Observation:patient.code=a", &["incomplete-has: _has:Observation:patient."]);
}

#[test]
fn sort_and_include_values() {
    let sort = |text: &str, want: &[&str]| {
        let full = format!("Patient?_sort={text}");
        let found = parse_sort(&search_of(&full).params[0].value).unwrap_err();
        assert_eq!(summary(&full, &found), want, "{text}");
    };
    sort("a,,-", &["empty-sort-key: ", "empty-sort-key: -"]);
    sort("+date,a%21", &["name-character: +", "name-character: %21"]);
    let include = |text: &str, want: &str| {
        let full = format!("Patient?_include={text}");
        let found = parse_include(&search_of(&full).params[0].value).unwrap_err();
        assert_eq!(summary(&full, &found), [want], "{text}");
    };
    include("", "not-an-include: ");
    include("Observation", "not-an-include: Observation");
    include("Observation:", "not-an-include: Observation:");
    include("Observation:subject:", "not-an-include: Observation:subject:");
    include("Observation:subject:Patient:x", "not-an-include: Observation:subject:Patient:x");
    include("Observation:subject,Observation:encounter", "include-list: ,");
    include("a:b!", "not-an-include: a:b!");
}

#[test]
fn limits_have_names() {
    let long = format!("Patient?name={}", "ö".repeat(limits::MAX_SEARCH_BYTES));
    let (tree, found) = parse_search(&long, &[]);
    assert_eq!((tree, found[0].code), (None, "text-too-long"));
    assert!(found[0].span.text(&long).is_some());
    assert_eq!(parse_search_within(&long, &[], long.len()).1, []);
    let many = format!("?{}", vec!["a=b"; limits::MAX_PARAMETERS + 1].join("&"));
    search(&many, &["too-many-parameters: a=b"]);
    search(&many.replacen("a=b&", "", 1), &[]);
    let deep = format!("?{}=b", vec!["a"; limits::MAX_STEPS + 1].join("."));
    search(&deep, &["chain-too-deep: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a"]);
    search(&deep.replacen("a.", "", 1), &[]);
    let list = vec!["1"; limits::MAX_ITEMS + 1].join(",");
    search(&format!("?a={list}"), &[&format!("too-many-items: {list}")]);
    search(&format!("?a={}", list.replacen("1,", "", 1)), &[]);
    assert_eq!(parse_search_within("?a=b", &[], 3).1[0].code, "text-too-long");
}

#[test]
fn shapes_of_filters() {
    filter("", &["no-condition: "]);
    filter("  ", &["no-condition: "]);
    filter("()", &["no-condition: "]);
    filter("a eq 1 and", &["no-condition: "]);
    filter("(a eq 1 or ) and b eq 2", &["no-condition: "]);
    filter("not", &["no-operator: not"]);
    filter("not active eq true", &["bare-not: not"]);
    filter("a eq 1 and not b eq 2 or c xx 3", &["bare-not: not", "unknown-operator: xx"]);
    filter("NOT (a eq 1)", &["word-case: NOT"]);
    filter("a eq 1 AND b eq 2 OR c eq 3", &["word-case: AND", "word-case: OR"]);
    filter("a eq b c", &["no-logic: c"]);
    filter("a eq van Berg and b eq 2 x", &["no-logic: Berg", "no-logic: x"]);
    filter("a eq 1)", &["stray-close: )"]);
    filter("(a eq 1", &["open-group: ("]);
    filter("(a eq 1]", &["stray-close: ]"]);
    filter("a[b eq 1", &["open-element: ["]);
    filter("a[b eq 1] eq 2", &["no-path-after-bracket: ]"]);
    filter("a[].b eq 2", &["no-condition: "]);
    filter("a EQ 1 and b = 2 and c", &["word-case: EQ", "unknown-operator: =", "no-operator: c"]);
    filter("a.b:c:d eq 1", &["filter-modifier: :"]);
    filter("a: eq 1", &["filter-modifier: "]);
    filter("a. eq 1", &["filter-name: "]);
    filter("1a eq 1 and .b eq 2", &["filter-name: 1", "filter-name: ."]);
    filter("_has:Observation eq 1", &["filter-has: _has:Observation"]);
}

#[test]
fn values_of_filters() {
    filter("a eq", &["no-value: "]);
    filter("(a eq )", &["no-value: "]);
    filter("a eq 'x'", &["single-quotes: 'x'"]);
    filter("a eq 'van Berg' and b eq 'y", &["single-quotes: 'van Berg'", "single-quotes: 'y"]);
    filter(r#"a eq "x"#, &[r#"open-string: "x"#]);
    filter(r#"a eq "x"y and b eq "z" "#, &["text-after-string: y"]);
    filter(r#"a eq "1\,2\q""#, &[r"string-escape: \,", r"string-escape: \q"]);
    filter(r#"a eq "\ud800x""#, &[r"string-escape: \ud800"]);
    filter("a eq \"x\ny\"", &["string-escape: \n"]);
    filter(r#"a eq"x""#, &[r#"unknown-operator: eq"x""#]);
}

#[test]
fn filters_suggest() {
    let label = |text: &str| parse_filter(&Decoded::plain(text)).1[0].labels[0].text.clone();
    for (text, want) in [
        ("a EQ 1", "did you mean `eq`?"),
        ("a eqq 1", "did you mean `eq`?"),
        ("a >= 1", "did you mean `ge`?"),
        ("a contains x", "did you mean `co`?"),
        ("a eq 'it\"s'", "did you mean `\"it\\\"s\"`?"),
    ] {
        assert_eq!(label(text), want, "{text}");
    }
}

#[test]
fn a_filter_is_no_deeper_than_the_limit() {
    let depth = limits::MAX_FILTER_DEPTH as usize;
    let nested = |depth: usize| format!("{}a eq 1{}", "(".repeat(depth), ")".repeat(depth));
    filter(&nested(depth + 1), &["filter-too-deep: ("]);
    assert_eq!(parse_filter(&Decoded::plain(&nested(depth))).1, []);
    filter(&vec!["a"; limits::MAX_STEPS + 2].join("."), &[&format!("chain-too-deep: {}", vec!["a"; 18].join("."))]);
}

#[test]
fn expressions_outside_the_subset_are_refused_by_name() {
    for (text, underlined) in [
        ("iif(a, b, c)", "iif"),
        ("a.where(b > 1)", ">"),
        ("a.where(b = c)", "c"),
        ("a or b", "or"),
        ("progress-state", "-"),
        ("a.first(b)", "first"),
        ("a.exists(b = 1)", "exists"),
        ("%context.a", "%context"),
        ("$index", "$index"),
        ("'x'.y", "'x'"),
        ("a.`b`", "`b`"),
        ("@2020", "@2020"),
        ("a contains b", "contains"),
    ] {
        path(text, &format!("outside-subset: {underlined}"));
        assert!(parse_path(text).1[0].message.contains(underlined.trim_matches('`')), "{text}");
    }
}

#[test]
fn malformed_expressions() {
    path("", "no-expression: ");
    path("a |", "no-expression: ");
    path("a.", "no-element: ");
    path("a..b", "no-element: .");
    path("a b", "unexpected: b");
    path("(a", "unclosed-bracket: (");
    path("a[0", "unclosed-bracket: [");
    path("a[b]", "no-index: b");
    path("a[4294967296]", "no-index: 4294967296");
    path("a as", "no-type: ");
    path("a.ofType(1)", "no-type: 1");
    path("a.as(T", "unclosed-bracket: (");
    path("a.extension(u)", "no-string: u");
    path("a = ", "no-literal: ");
    path("a.where(b = 'x)", "open-string: 'x)");
    path(r"a.where(b = 'x\q')", r"string-escape: \q");
    path("a)", "unexpected: )");
    path(&vec!["a"; 40].join("."), "path-too-deep: ");
    path(&format!("{}a{}", "(".repeat(40), ")".repeat(40)), "path-too-deep: ");
    path(&vec!["a"; 40].join(" and "), "path-too-deep: ");
    path(&vec!["a"; 34].join(" and "), "path-too-deep: ");
    path(&format!("({}).c", vec!["a"; 33].join(".")), "path-too-deep: ");
    path(&" ".repeat(limits::MAX_PATH_BYTES + 1), "path-too-long: ");
}

#[test]
fn codes_are_kebab_case_and_messages_keep_the_rules() {
    let mut found = Vec::new();
    for text in ["Patient?name&=a&x%=b&b=%FF&:=c", "a/b", "Pat1ent", "x=y", "http://a", "GET x"] {
        found.extend(parse_search(text, BASES).1);
    }
    for text in ["a xx 1", "a eq 'x'", "not a eq 1", "(a", "a eq", "a AND"] {
        found.extend(parse_filter(&Decoded::plain(text)).1);
    }
    for text in ["iif(a)", "a.", "(a", "a = b", "a b"] {
        found.extend(parse_path(text).1);
    }
    assert!(found.len() > 15);
    for diagnostic in found {
        assert!(diagnostic.code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'));
        assert!(!diagnostic.message.ends_with('.') && !diagnostic.message.contains('\n'), "{}", diagnostic.message);
        assert!(!diagnostic.message.starts_with(char::is_uppercase), "{}", diagnostic.message);
    }
}
