//! Words of `_text` and `_content`. FHIR R4 3.1.1.4.20; decision 114.

use serde_json::json;

use super::rows;
use crate::keys::Facet::{Value, Words};

#[test]
fn words_of_the_narrative_and_of_all_texts() {
    let condition = json!({
        "resourceType": "Condition", "id": "some-id",
        "text": {"status": "generated", "div": "<div class='secret'><p>Bone&nbsp;<b>meta</b>stases</p>bone</div>"},
        "subject": {"reference": "Patient/x", "display": "Ann"},
        "code": {"coding": [{"system": "http://s", "code": "c1", "display": "Neoplasm"}]},
        "_recordedDate": {"extension": [{"url": "http://u", "valueMarkdown": "not *yet*"}]},
        "contained": [{"resourceType": "Practitioner", "id": "p", "name": [{"family": "O'Brien"}]}],
    });
    assert_eq!(rows(&condition, "_text", Words), ["bone", "metastases"]);
    let all = ["ann", "bone", "metastases", "neoplasm", "not", "obrien", "yet"];
    assert_eq!(rows(&condition, "_content", Words), all);
    assert!(rows(&condition, "_content", Value).is_empty());
}

#[test]
fn what_has_no_narrative_has_no_words_of_it() {
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": [
        {"resource": {"resourceType": "Patient", "name": [{"text": "Eve"}], "text": {"div": "<p>inner</p>"}}},
        {"resource": {"resourceType": "Nonsense", "name": "lost"}},
    ]});
    assert!(rows(&bundle, "_text", Words).is_empty());
    assert_eq!(rows(&bundle, "_content", Words), ["eve", "inner"]);
    let odd = json!({"resourceType": "Patient", "text": "no narrative", "name": "no list", "contact": ["x"]});
    let found = super::extract(&odd).rows;
    assert!(["_text", "_content"].iter().all(|code| super::readable(&found, code, Words).is_empty()));
}
