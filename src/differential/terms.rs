//! Value sets and hierarchies over the codes that resources are filled with.

use super::pools::SYSTEMS;
use super::random::Random;
use super::values::Pieces;
use serde_json::{Value as Json, json};

/// Value sets: of listed codes, of a branch, of all but a branch, of a system and a list, of nothing that occurs.
pub(super) const VALUE_SETS: [&str; 5] = [
    "http://example.org/vs/listed",
    "http://example.org/vs/branch",
    "http://example.org/vs/rest",
    "http://example.org/vs/mixed",
    "ValueSet/elsewhere",
];

/// Codes of a tree: the first above the second and third, the third above the last.
const TREE: [&str; 4] = ["final", "active", "AMB", "x_y"];

/// The system of a tree in which case counts, and of one in which it does not.
const TREES: [&str; 2] = ["http://snomed.info/sct", "http://example.org/codes"];

/// A functional list of every comparison, and what is on it: some Lists have this tag.
pub(super) const CURRENT_LIST: (&str, &str) = ("$current-tagged", "List?_tag=a");

/// What the terminology of every comparison holds.
pub(super) fn resources() -> Vec<Json> {
    let [top, left, right, leaf] = TREE;
    let tree = |(url, case): (&str, bool)| {
        json!({"resourceType": "CodeSystem", "id": "tree", "url": url, "content": "complete", "caseSensitive": case,
            "concept": [{"code": top, "concept": [{"code": left}, {"code": right, "concept": [{"code": leaf}]}]}, {"code": "100%"}]})
    };
    let set = |id: &str, include: Json, exclude: Json| {
        json!({"resourceType": "ValueSet", "id": id, "url": format!("http://example.org/vs/{id}"),
            "compose": {"include": include, "exclude": exclude}})
    };
    let [sensitive, insensitive] = TREES;
    let branch = json!([{"system": insensitive, "filter": [{"property": "concept", "op": "is-a", "value": right}]}]);
    let listed = json!([
        {"system": "http://loinc.org", "concept": [{"code": "8480-6"}, {"code": "Final"}, {"code": "a,b"}]},
        {"system": "http://hl7.org/fhir/observation-status", "concept": [{"code": "final"}]},
    ]);
    let mut found: Vec<Json> = [(sensitive, true), (insensitive, false)].into_iter().map(tree).collect();
    found.extend([
        set("listed", listed, json!([])),
        set("rest", json!([{"system": insensitive}]), branch.clone()),
        set("branch", branch, json!([])),
        set("mixed", json!([{"system": sensitive}, {"valueSet": ["http://example.org/vs/listed"]}]), json!([])),
        set("elsewhere", json!([{"system": "urn:oid:9", "concept": [{"code": "9"}]}]), json!([])),
    ]);
    found
}

/// A code with something above or below it, mostly with its system.
pub(super) fn related(random: &mut Random) -> Pieces {
    let code = match random.below(6) {
        0 => "100%".to_owned(),
        1 => random.pick(&TREE).to_uppercase(),
        _ => random.pick(&TREE).to_owned(),
    };
    match random.below(8) {
        0 => vec![code],
        1 => vec![random.pick(&SYSTEMS).to_owned(), code],
        _ => vec![random.pick(&TREES).to_owned(), code],
    }
}
