//! Resources that are not quite FHIR: a part of another shape than it should have, or an empty one. Stores keep them, and
//! every one reads them alike.

use super::random::Random;
use serde_json::{Value as Json, json};

/// Changes one part of a resource, but for its type and id and what the store itself writes.
pub(super) fn mangle(random: &mut Random, resource: &mut Json) {
    let depth = 1 + random.below(5);
    part(random, resource, depth);
}

/// Goes down into a random member while there is one, up to some depth, and changes what is there.
fn part(random: &mut Random, json: &mut Json, depth: usize) {
    let inner = match json {
        Json::Object(members) => {
            let names: Vec<String> = members.keys().filter(|name| !is_kept(name)).cloned().collect();
            random.one(&names).and_then(|name| members.get_mut(name))
        }
        Json::Array(items) => {
            let at = random.below(items.len());
            items.get_mut(at)
        }
        _ => None,
    };
    match inner {
        Some(inner) if depth > 0 && (inner.is_object() || inner.is_array()) => part(random, inner, depth - 1),
        Some(inner) => *inner = changed(random, inner.take()),
        None => {}
    }
}

/// What no store would take, or writes itself.
fn is_kept(name: &str) -> bool {
    matches!(name, "resourceType" | "id" | "meta" | "contained" | "delete" | "lastUpdated")
}

fn changed(random: &mut Random, was: Json) -> Json {
    match (random.below(8), was) {
        (0, _) => json!(""),
        (1, _) => json!({}),
        (2, _) => json!([]),
        (3, _) => Json::Null,
        (4, Json::Array(items)) => items.into_iter().next().unwrap_or_default(),
        (4, was) => json!([was]),
        (5, was) => json!({ "value": was }),
        (6, _) => json!(random.pick(&[-1.5, 0.0, 5.0])),
        _ => json!(random.pick(&["#", "|", "a b", "Patient/a#b", "http://a|", "2020-02-30", "1e2", "true"])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_part_changes_and_the_resource_keeps_its_name() {
        let whole = json!({"resourceType": "Patient", "id": "p", "gender": "male", "name": [{"family": "A"}]});
        let mut random = Random::fork(1, 1);
        let changed = (0..100).filter(|_| {
            let mut resource = whole.clone();
            mangle(&mut random, &mut resource);
            assert_eq!((&resource["resourceType"], &resource["id"]), (&whole["resourceType"], &whole["id"]));
            resource != whole
        });
        assert_eq!(changed.count(), 100);
    }
}
