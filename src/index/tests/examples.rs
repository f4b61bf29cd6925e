//! Extraction over the examples of the specification: nothing panics, and nothing there is at fault.

use super::ndjson;
use crate::definitions::Registry;
use crate::index::{ExtractSettings, Extractor};
use crate::keys::{Key, row_kinds};

#[test]
fn all_rows_are_of_the_kinds_their_keys_hold() {
    let registry = Registry::r4();
    let extractor = Extractor::new(registry, ExtractSettings::default());
    for resource in ndjson("hl7-examples-r4.ndjson.gz") {
        let ty = registry.resource_type(resource["resourceType"].as_str().unwrap()).unwrap();
        let extraction = extractor.extract(ty, &resource);
        assert_eq!(extraction.warnings, [], "{}", resource["id"]);
        let contained = extraction.contained.iter().flat_map(|contained| &contained.rows);
        for row in extraction.rows.iter().chain(contained) {
            let key = Key::from_id(row.key, registry).unwrap();
            assert!(row_kinds(key.param, key.facet, registry).contains(&row.kind), "{row:?}");
            assert_eq!(row.values.len(), row.kind.columns().len(), "{row:?}");
        }
    }
}
