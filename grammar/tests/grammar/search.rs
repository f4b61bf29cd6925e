//! Search strings: what is read, and where it stands. semantics.md 98 to 109.

use fhirc_grammar::{Include, Item, Key, Link, Path, Value, parse_include, parse_sort};

use crate::search_of;

/// One value of a one-parameter search.
fn value(text: &str) -> Value {
    search_of(&format!("Patient?p={text}")).params.remove(0).value
}

fn items(text: &str) -> Vec<String> {
    value(text).items().unwrap().iter().map(Item::text).collect()
}

fn key(text: &str) -> Key {
    search_of(&format!("Patient?{text}=1")).params.remove(0).key
}

#[test]
fn paths() {
    for text in ["", "?", "/", "_search", "/_search?", "http://localhost:8080/fhir?", "https://example.org"] {
        assert_eq!(search_of(text).path, Path::System, "{text}");
    }
    let patient = search_of("Patient").path;
    for text in
        ["/Patient", "Patient?", "Patient/_search", "Patient/", "http://localhost:8080/fhir/Patient", " Patient\n"]
    {
        assert_eq!(search_of(text).path, patient, "{text}");
    }
    let Path::Type(ty) = patient else { panic!("{patient:?}") };
    assert_eq!(ty.node, "Patient");
    for (text, want) in [("Patient/23/Observation", Some("Observation")), ("Patient/23/*/_search?a=b", None)] {
        let Path::Compartment { ty, id, member } = search_of(text).path else { panic!("{text}") };
        assert_eq!((ty.node.as_str(), id.node.as_str()), ("Patient", "23"));
        assert_eq!(member.as_ref().map(|member| member.node.as_str()), want);
    }
}

#[test]
fn spans_point_into_the_text_as_typed() {
    let text = "https://example.org/Patient?given%3Aexact=%C3%A9ve,b";
    let search = search_of(text);
    let Path::Type(ty) = &search.path else { panic!() };
    assert_eq!(ty.span.text(text), Some("Patient"));
    let param = &search.params[0];
    assert_eq!(param.span.text(text), Some("given%3Aexact=%C3%A9ve,b"));
    assert_eq!(param.key.end.name.span.text(text), Some("given"));
    assert_eq!(param.key.end.modifier.as_ref().unwrap().span.text(text), Some("exact"));
    let items = param.value.items().unwrap();
    assert_eq!(items[0].text(), "éve");
    assert_eq!(items[0].span.text(text), Some("%C3%A9ve"));
    assert_eq!(items[1].span.text(text), Some("b"));
}

#[test]
fn repetitions_and_order_are_kept() {
    let search = search_of("Patient?name=a&active=true&&name=a&");
    let keys: Vec<&str> = search.params.iter().map(|param| param.key.code()).collect();
    assert_eq!(keys, ["name", "active", "name"]);
    assert_eq!(search.params[0], search.params[2]);
}

#[test]
fn values_split_at_separators_whatever_way_they_were_typed() {
    assert_eq!(items("a,b"), ["a", "b"]);
    assert_eq!(items("a%2Cb"), ["a", "b"]);
    assert_eq!(items(r"a\,b"), ["a,b"]);
    assert_eq!(items("a%5C%2Cb"), ["a,b"]);
    assert_eq!(items(r"a\\,b"), [r"a\", "b"]);
    assert_eq!(items(r"\$1\|2"), ["$1|2"]);
    assert_eq!(items("a,,b"), ["a", "", "b"]);
    assert_eq!(items(","), ["", ""]);
    assert!(items("").is_empty());
    assert_eq!(items("van+Berg%20jr"), ["van Berg jr"]);
    assert_eq!(items("1%2B1=2?"), ["1+1=2?"]);
    assert!(value("a,,b").items().unwrap()[1].is_empty());
}

#[test]
fn parts_and_pieces() {
    let item = value(r"http://loinc.org|8480-6$gt\$5|x|").items().unwrap().remove(0);
    let pieces: Vec<Vec<&str>> =
        item.parts.iter().map(|part| part.pieces.iter().map(|piece| piece.text.as_str()).collect()).collect();
    assert_eq!(pieces, [vec!["http://loinc.org", "8480-6"], vec!["gt$5", "x", ""]]);
    assert_eq!(item.text(), "http://loinc.org|8480-6$gt$5|x|");
    assert_eq!(item.parts[1].text(), "gt$5|x|");
    assert_eq!(item.to_string(), r"http://loinc.org|8480-6$gt\$5|x|");
    assert_eq!(items("$current-problems"), ["$current-problems"]);
}

#[test]
fn empty_pieces_have_a_place() {
    let text = "Patient?p=a||b";
    let item = search_of(text).params[0].value.items().unwrap().remove(0);
    let empty = &item.parts[0].pieces[1];
    assert!(empty.text.is_empty() && empty.span.is_empty());
    assert_eq!(text.get(empty.span.start as usize..), Some("|b"));
}

#[test]
fn keys() {
    let plain = key("name:exact");
    assert_eq!((plain.code(), plain.modifier(), plain.is_chained()), ("name", Some("exact"), false));
    let chain = key("subject:Patient.general-practitioner.name:exact");
    assert_eq!((chain.code(), chain.modifier(), chain.links.len()), ("name", Some("exact"), 2));
    let Link::Forward(subject) = &chain.links[0] else { panic!() };
    assert_eq!(subject.modifier.as_ref().unwrap().node, "Patient");
    for text in [
        "_has:Observation:patient:code",
        "_has:Observation:patient:code:missing",
        "_has:Observation:patient:_has:AuditEvent:entity:agent:Practitioner",
        "subject:Patient._has:Observation:patient:encounter.class",
        "patient._has:Group:member:_id",
        "code:of-type",
    ] {
        assert_eq!(key(text).to_string(), text);
    }
    let has = key("_has:Observation:patient:code:missing");
    let Link::Has(link) = &has.links[0] else { panic!() };
    assert_eq!((link.ty.node.as_str(), link.reference.node.as_str()), ("Observation", "patient"));
    assert_eq!((has.code(), has.modifier()), ("code", Some("missing")));
}

#[test]
fn sort_values() {
    let sort = |text| parse_sort(&value(text)).unwrap();
    let keys = sort("-date,status,patient.name:exact");
    let printed: Vec<String> = keys.iter().map(ToString::to_string).collect();
    assert_eq!(printed, ["-date", "status", "patient.name:exact"]);
    assert!(keys[0].descending && !keys[1].descending && keys[2].key.is_chained());
    assert!(sort("").is_empty());
    assert_eq!(sort("a%2C-b").len(), 2);
}

#[test]
fn include_values() {
    let include = |text| parse_include(&value(text)).unwrap().node;
    assert_eq!(include("*"), Include::All);
    for text in ["Observation:subject", "Observation:subject:Patient", "Observation:*", "Observation:*:Patient", "*"] {
        assert_eq!(include(text).to_string(), text);
    }
    let Include::Of { source, parameter, target } = include("Observation:*") else { panic!() };
    assert_eq!((source.node.as_str(), parameter, target), ("Observation", None, None));
}

#[test]
fn what_was_understood_is_kept_beside_the_errors() {
    let (tree, found) = fhirc_grammar::parse_search("Patient?a=1&b=%zz&c=2", &[]);
    let codes: Vec<String> = tree.unwrap().params.iter().map(|param| param.key.to_string()).collect();
    assert_eq!((codes, found.len()), (vec!["a".to_owned(), "c".to_owned()], 1));
}

#[test]
fn the_longest_base_is_taken_off() {
    let bases = ["http://h", "http://h/fhir"];
    let (tree, found) = fhirc_grammar::parse_search("http://h/fhir/Patient?a=b", &bases);
    assert_eq!((tree.unwrap().to_string().as_str(), found.len()), ("Patient?a=b", 0));
}
