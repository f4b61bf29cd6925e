//! Extraction over the examples of the specification: nothing panics, and nothing there is at fault.

use super::{extract, ndjson};
use crate::definitions::Registry;
use crate::keys::{Key, row_kinds};

#[test]
fn all_rows_are_of_the_kinds_their_keys_hold() {
    let registry = Registry::r4();
    for resource in ndjson("hl7-examples-r4.ndjson.gz") {
        let extraction = extract(&resource);
        assert_eq!(extraction.warnings, [], "{}", resource["id"]);
        let contained = extraction.contained.iter().flat_map(|contained| &contained.rows);
        for row in extraction.rows.iter().chain(contained) {
            let key = Key::from_id(row.key, registry).unwrap();
            assert!(row_kinds(key.param, key.facet, registry).contains(&row.kind), "{row:?}");
            assert_eq!(row.values.len(), row.kind.columns().len(), "{row:?}");
        }
    }
}
