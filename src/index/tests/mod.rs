//! Tests of extraction: what is compiled, what rows come out, and that the programs agree with plain evaluation.

mod compiled;
mod composites;
mod contained;
mod cross_check;
mod examples;
mod faults;
mod generated;
mod numbers;
mod positions;
mod presence;
mod references;
mod strings;
mod times;
mod tokens;
mod words;

use fhirc_codegen::rows::{Point, Row, Value as Cell};
use serde_json::Value;

use super::{ExtractSettings, Extraction, Extractor};
use crate::definitions::{Registry, ResourceType};
use crate::keys::{Facet, Key};
use crate::values::{Instant, Interval};

/// The lines of a gzipped NDJSON file beside the project; empty where the file is not there.
fn ndjson(name: &str) -> Vec<Value> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let Ok(file) = std::fs::File::open(path) else { return Vec::new() };
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// One extractor for all tests, on the base `http://example.org/fhir` and in UTC.
fn extractor() -> &'static Extractor {
    static EXTRACTOR: std::sync::LazyLock<Extractor> = std::sync::LazyLock::new(|| {
        let settings = ExtractSettings::new(crate::values::Zone::UTC, ["http://example.org/fhir/".to_owned()]);
        Extractor::new(Registry::r4(), settings)
    });
    &EXTRACTOR
}

fn type_of(resource: &Value) -> ResourceType {
    Registry::r4().resource_type(resource["resourceType"].as_str().unwrap()).unwrap()
}

fn extract(resource: &Value) -> Extraction {
    extractor().extract(type_of(resource), resource)
}

/// The rows of one parameter and facet in a resource, readable: cells between bars, without trailing empty ones.
fn rows(resource: &Value, code: &str, facet: Facet) -> Vec<String> {
    let extraction = extract(resource);
    assert_eq!(extraction.warnings, [], "{resource}");
    readable(&extraction.rows, code, facet)
}

fn readable(rows: &[Row], code: &str, facet: Facet) -> Vec<String> {
    let registry = Registry::r4();
    let wanted = rows.iter().filter(|row| {
        let key = Key::from_id(row.key, registry).unwrap();
        key.facet == facet && registry.definition(key.param).code == code
    });
    wanted
        .map(|row| row.values.iter().map(cell).collect::<Vec<_>>().join("|").trim_end_matches('|').to_owned())
        .collect()
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Int(number) => number.to_string(),
        Cell::Text(text) => text.clone(),
        Cell::System(system) => system.clone().unwrap_or_else(|| "-".to_owned()),
        Cell::Rid(ty, id) => {
            let registry = Registry::r4();
            format!("{}/{id}", registry.type_name(registry.resource_type_of_code(ty.0).unwrap()))
        }
        Cell::Instants(start, end) => format!("{}..{}", instant(*start), instant(*end)),
        Cell::Cuts(low, high) => format!("{low}..{high}"),
        Cell::Point(Point { z, x, y }) => format!("{x} {y} {z}"),
    }
}

fn instant(micros: i64) -> String {
    match micros {
        Interval::OPEN_START | Interval::OPEN_END => String::new(),
        micros => Instant(micros).to_string(),
    }
}
