//! Ids for entries of a Bundle that have none.

use crate::fnv::Fnv;
use serde_json::{Map, Value as Json};
use std::fmt::Write;

/// An id made from the entry's content and position: loading the same Bundle again finds the same resources.
pub(super) fn assigned_id(index: usize, resource: &Map<String, Json>) -> String {
    let mut hash = Fnv::new();
    hash.update(&(index as u64).to_be_bytes());
    for (name, value) in resource {
        // Writing into a hash cannot fail.
        let _ = write!(hash, "{name}:{value};");
    }
    hash.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_and_position_make_the_id() {
        let patient = |family: &str| {
            let json = serde_json::json!({"resourceType": "Patient", "name": [{"family": family}]});
            json.as_object().unwrap().clone()
        };
        let id = assigned_id(0, &patient("Berg"));
        assert_eq!(id, assigned_id(0, &patient("Berg")));
        assert_ne!(id, assigned_id(1, &patient("Berg")));
        assert_ne!(id, assigned_id(0, &patient("Bergh")));
        assert!(super::super::check::is_id(&id));
    }
}
