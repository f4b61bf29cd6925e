//! Strings and uris. FHIR R4 `search.html#string` and `#uri`, semantics 44 to 53, 83 to 87.

use serde_json::json;

use super::rows;
use crate::keys::Facet::Value;

#[test]
fn a_text_has_a_row_per_form() {
    let patient = json!({"resourceType": "Patient", "address": [{"city": "Baden-Baden"}]});
    assert_eq!(rows(&patient, "address-city", Value), ["baden baden|1|badenbaden", "badenbaden|3|Baden-Baden"]);
}

#[test]
fn a_name_is_every_text_in_it() {
    let patient = json!({"resourceType": "Patient", "name": [
        {"use": "usual", "text": "T", "family": "F", "given": ["G", "H"], "prefix": ["P"], "suffix": ["S"], "period": {"start": "2020"}},
    ]});
    let expected = ["f|0|F", "g|0|G", "h|0|H", "p|0|P", "s|0|S", "t|0|T"];
    assert_eq!(rows(&patient, "name", Value), expected);
    assert_eq!(rows(&patient, "phonetic", Value), expected);
    assert_eq!(rows(&patient, "given", Value), ["g|0|G", "h|0|H"]);
}

#[test]
fn family_names_are_found_by_later_words() {
    let patient = json!({"resourceType": "Patient", "name": [{"family": "Carreno Quinones", "given": ["Maria Jose"]}]});
    assert_eq!(rows(&patient, "family", Value), ["carreno quinones|0|Carreno Quinones", "quinones|2"]);
    assert_eq!(rows(&patient, "given", Value), ["maria jose|0|Maria Jose"], "given names are not");
    let expected = ["carreno quinones|0|Carreno Quinones", "maria jose|0|Maria Jose", "quinones|2"];
    assert_eq!(rows(&patient, "name", Value), expected);
    let history = json!({"resourceType": "FamilyMemberHistory", "status": "completed"});
    assert_eq!(rows(&history, "name", Value), [""; 0]);
}

#[test]
fn an_address_is_every_text_in_it() {
    let patient = json!({"resourceType": "Patient", "address": [{
        "use": "home", "text": "T", "line": ["L", "M"], "city": "C", "district": "D", "state": "S", "postalCode": "P", "country": "K",
    }]});
    let expected = ["c|0|C", "d|0|D", "k|0|K", "l|0|L", "m|0|M", "p|0|P", "s|0|S", "t|0|T"];
    assert_eq!(rows(&patient, "address", Value), expected);
}

#[test]
fn a_choice_gives_its_texts_only() {
    let quantity = json!({"resourceType": "Observation", "valueQuantity": {"value": 1}});
    assert_eq!(rows(&quantity, "value-string", Value), [""; 0]);
    let concept = json!({"resourceType": "Observation", "valueCodeableConcept": {"text": "Blue"}});
    assert_eq!(rows(&concept, "value-string", Value), ["blue|0|Blue"]);
}

#[test]
fn uris_stay_as_they_are_written() {
    let resource = json!({"resourceType": "Basic", "meta": {
        "source": "HTTP://Acme.org/#a|b", "profile": ["http://p|1.0", "http://q", "http://r#f|2"],
    }});
    assert_eq!(rows(&resource, "_source", Value), ["HTTP://Acme.org/#a|b"]);
    assert_eq!(rows(&resource, "_profile", Value), ["http://p|1.0", "http://q", "http://r#f|2"]);
}

#[test]
fn a_published_url_goes_with_the_version_of_its_resource() {
    let set = json!({"resourceType": "ValueSet", "url": "http://v", "version": "1.2"});
    assert_eq!(rows(&set, "url", Value), ["http://v|1.2"]);
    let plain = json!({"resourceType": "ValueSet", "url": "http://v"});
    assert_eq!(rows(&plain, "url", Value), ["http://v"]);
}
