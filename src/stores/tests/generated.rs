//! Writes that chance has made.

use super::*;
use proptest::prelude::*;

/// Resources that refer to each other, in the order in which chance has it.
pub(super) fn any_write() -> impl Strategy<Value = Write> {
    let id = || prop::sample::select(vec!["a", "b", "c"]);
    let family = prop::sample::select(vec!["Berg", "Bergh", "Ek"]);
    let patient = (id(), family).prop_map(|(id, family)| patient(id, family));
    let observation = (id(), id(), any::<bool>()).prop_map(|(id, subject, inside)| {
        let mut body = observation(id, &format!("Patient/{subject}"));
        if inside {
            body["contained"] = json!([
                {"resourceType": "Patient", "id": "p", "name": [{"family": subject}]},
                {"resourceType": "Patient", "id": subject, "link": [{"other": {"reference": "#p"}}]},
                {"resourceType": "Observation", "id": "o", "subject": {"reference": "#"}, "code": {"text": subject}},
            ]);
            body["subject"] = json!({"reference": "#p"});
        }
        body
    });
    let document = (id(), id(), prop::sample::select(vec!["replaces", "appends"])).prop_map(|(id, other, code)| {
        let target = json!({"reference": format!("DocumentReference/{other}")});
        json!({
            "resourceType": "DocumentReference", "id": id, "status": "current",
            "relatesTo": [{"code": code, "target": target}]
        })
    });
    let location = (id(), prop::sample::select(vec![-90, 0, 45])).prop_map(|(id, latitude)| {
        let position = json!({"latitude": latitude, "longitude": 180});
        json!({"resourceType": "Location", "id": id, "position": position})
    });
    let body = prop_oneof![patient, observation, document, location];
    let name = prop::sample::select(vec!["Patient", "Observation", "DocumentReference", "Location"]);
    prop_oneof![
        4 => (body, any::<bool>()).prop_map(|(body, keep_updated)| write(body, keep_updated)),
        1 => (name, id()).prop_map(|(name, id)| delete(name, id)),
    ]
}
