//! Ids for entries of a Bundle that have none.

use serde_json::{Map, Value as Json};
use std::fmt::Write;

/// An id made from the entry's content and position: loading the same Bundle again finds the same resources.
pub(super) fn assigned_id(index: usize, resource: &Map<String, Json>) -> String {
    let mut hash = Fnv::new();
    hash.update(&(index as u64).to_be_bytes());
    hash.map(resource);
    format!("{:032x}", hash.0)
}

/// FNV-1a with 128 bits (draft-eastlake-fnv): stable over releases and machines, which std's hasher is not.
struct Fnv(u128);

impl Fnv {
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

    fn new() -> Fnv {
        Fnv(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d)
    }

    fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(Self::PRIME);
        }
    }

    fn map(&mut self, resource: &Map<String, Json>) {
        for (name, value) in resource {
            // Writing JSON values into a hash cannot fail.
            let _ = write!(self, "{name}:{value};");
        }
    }
}

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.update(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        let mut hash = Fnv::new();
        hash.update(b"a");
        assert_eq!(hash.0, 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964);
    }

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
