//! Tests of extraction: what is compiled, what rows come out, and that the programs agree with plain evaluation.

mod compiled;
mod cross_check;
mod examples;

use serde_json::Value;

/// The lines of a gzipped NDJSON file beside the project; empty where the file is not there.
fn ndjson(name: &str) -> Vec<Value> {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let Ok(file) = std::fs::File::open(path) else { return Vec::new() };
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(file), &mut text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
