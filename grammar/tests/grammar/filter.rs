//! Filters: what is read. semantics.md 149 to 171.

use fhirc_grammar::{Filter, FilterLink, FilterOp, FilterValueKind, Logic, Node, parse_filter, parse_search};

use crate::filter_of;

/// The tree with every group in parentheses, so that tests show how it hangs together.
fn shape(node: &Node) -> String {
    match &node.node {
        Filter::Logic { first, tail } => {
            tail.iter().fold(shape(first), |left, tail| format!("({left} {} {})", tail.op.node, shape(&tail.right)))
        }
        Filter::Not(inner) => format!("not {}", shape(inner)),
        Filter::Compare { path, .. } => path.to_string(),
    }
}

/// Path, operator and value of a single condition.
fn condition(text: &str) -> (String, FilterOp, FilterValueKind) {
    match filter_of(text).node {
        Filter::Compare { path, op, value } => (path.to_string(), op.node, value.kind),
        other => panic!("{other:?}"),
    }
}

#[test]
fn and_and_or_go_from_left_to_right() {
    for (text, want) in [
        ("a eq 1 or b eq 2 and c eq 3", "((a or b) and c)"),
        ("a eq 1 and b eq 2 or c eq 3", "((a and b) or c)"),
        ("a eq 1 or (b eq 2 and c eq 3)", "(a or (b and c))"),
        ("not (a eq 1) and b eq 2", "(not a and b)"),
        ("not(a eq 1 or b eq 2)", "not (a or b)"),
        ("(not ( not(a eq 1)))", "not not a"),
        ("((a eq 1))", "a"),
        (" a eq 1 and(b eq 2)or c eq 3 ", "((a and b) or c)"),
    ] {
        assert_eq!(shape(&filter_of(text)), want, "{text}");
    }
}

#[test]
fn every_operator() {
    assert_eq!(FilterOp::ALL.len(), 19);
    for op in FilterOp::ALL {
        assert_eq!(condition(&format!("name {op} x")).1, *op);
    }
}

#[test]
fn parameters_may_be_called_like_words_of_the_grammar() {
    for name in ["eq", "not", "and", "or", "in", "pr"] {
        let (path, op, _) = condition(&format!("{name} eq eq"));
        assert_eq!((path.as_str(), op), (name, FilterOp::Eq));
    }
    assert_eq!(shape(&filter_of("and eq and and or eq or or not eq not")), "((and and or) or not)");
}

#[test]
fn values() {
    let bare = |text: &str| FilterValueKind::Bare(text.to_owned());
    let string = |text: &str| FilterValueKind::String(text.to_owned());
    for (text, want) in [
        ("a eq 185", bare("185")),
        ("a eq -1.50e3", bare("-1.50e3")),
        ("a eq 2013-01-01T00:00:00+02:00", bare("2013-01-01T00:00:00+02:00")),
        ("a eq http://loinc.org|1234-5", bare("http://loinc.org|1234-5")),
        ("a eq loinc|1234-5,x", bare("loinc|1234-5,x")),
        (r#"a eq x"y"#, bare(r#"x"y"#)),
        ("a eq x(y", bare("x(y")),
        ("a eq Größe", bare("Größe")),
        (r#"a eq ("x"#, bare(r#"("x"#)),
        (r#"a eq "van Berg""#, string("van Berg")),
        (r#"a eq "a\"b\\\/\n\u00e9\ud83d\ude00""#, string("a\"b\\/\né😀")),
        (r#"a eq """#, string("")),
        (r#"a eq ") and b eq c""#, string(") and b eq c")),
    ] {
        assert_eq!(condition(text).2, want, "{text}");
    }
    assert_eq!(condition("a\u{3000}eq\tx").2, bare("x"));
}

#[test]
fn a_bare_value_ends_at_a_closing_bracket() {
    let tree = filter_of("(a eq x) and item[b eq y].c eq z");
    let Filter::Logic { tail, .. } = &tree.node else { panic!() };
    assert_eq!(tail[0].op.node, Logic::And);
    assert_eq!(tail[0].right.node.to_string(), "item[b eq y].c eq z");
}

#[test]
fn paths() {
    for text in [
        "subject.name co \"x\"",
        "subject:Patient.name co x",
        "_has:Observation:patient:code eq 1234",
        "_has:Observation:patient:subject:Patient.name eq x",
        "subject._has:Observation:patient:code eq x",
        "related[type eq has-component].target re Observation/1",
        "characteristic[code eq x and (value eq y or not (value eq z))].exclude eq true",
        "a[b[c eq 1].d eq 2].e eq 3",
        "component-code-value-quantity eq x",
    ] {
        assert_eq!(filter_of(text).node.to_string(), text);
    }
    let Filter::Compare { path, .. } = filter_of("relatesTo[code eq x].target re y").node else { panic!() };
    let FilterLink::Element { name, filter } = &path.links[0] else { panic!() };
    assert_eq!(
        (name.node.as_str(), shape(filter).as_str(), path.end.name.node.as_str()),
        ("relatesTo", "code", "target")
    );
}

#[test]
fn blanks_inside_brackets() {
    assert_eq!(filter_of("a[ b eq 1 ].c eq 2"), filter_of("a[b eq 1].c eq 2"));
    assert_eq!(filter_of("( a eq 1 )"), filter_of("a eq 1"));
}

#[test]
fn spans_point_into_the_search_string() {
    let text = "Patient?_filter=given+eq+%22%C3%A9ve%22%20and%20active%20eq%20true";
    let (search, _) = parse_search(text, &[]);
    let (tree, found) = parse_filter(&search.unwrap().params[0].value.raw);
    assert_eq!(found, []);
    let Filter::Logic { first, tail } = tree.unwrap().node else { panic!() };
    assert_eq!(first.span.text(text), Some("given+eq+%22%C3%A9ve%22"));
    assert_eq!(tail[0].right.span.text(text), Some("active%20eq%20true"));
}

#[test]
fn ten_thousand_conditions() {
    let text = vec!["a eq 1"; 10_000].join(" and ");
    let Filter::Logic { tail, .. } = filter_of(&text).node else { panic!() };
    assert_eq!(tail.len(), 9_999);
}
