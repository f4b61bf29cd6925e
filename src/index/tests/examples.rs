//! Temporary look.

use super::ndjson;
use crate::definitions::Registry;
use crate::index::{ExtractSettings, Extractor};

#[test]
fn look() {
    let registry = Registry::r4();
    let extractor = Extractor::new(registry, ExtractSettings::default());
    let mut rows = 0;
    for resource in ndjson("hl7-examples-r4.ndjson.gz") {
        let Some(ty) = registry.resource_type(resource["resourceType"].as_str().unwrap()) else { continue };
        let extraction = extractor.extract(ty, &resource);
        rows += extraction.rows.len();
        for warning in extraction.warnings {
            println!(
                "{} {} {warning} {:?}",
                resource["id"],
                warning.param.map_or("-", |p| registry.definition(p).code.as_str()),
                ()
            );
        }
    }
    println!("rows {rows}");
}
