//! Every SearchParameter that HL7 published: read where the definitions lie beside the project.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use fhirc_grammar::parse_path;
use flate2::read::GzDecoder;
use serde_json::Value;

/// Codes of other parameters that R6-ballot2 gives as expressions of components: in FHIRPath they are subtractions.
const CODES_FOR_EXPRESSIONS: [&str; 7] = [
    "progress-actual",
    "progress-period",
    "progress-state",
    "strength-concentration-denominator",
    "strength-concentration-numerator",
    "strength-presentation-denominator",
    "strength-presentation-numerator",
];

fn definitions() -> Option<PathBuf> {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_folder
        .ancestors()
        .skip(1)
        .take(3)
        .map(|folder| folder.join("shared/definitions"))
        .find(|folder| folder.is_dir())
}

fn expressions(file: &Path) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(File::open(file).unwrap()).read_to_string(&mut text).unwrap();
    let parsed: Value = serde_json::from_str(&text).unwrap();
    let list = parsed.as_array().or_else(|| parsed["entry"].as_array()).unwrap();
    let mut found = Vec::new();
    for entry in list {
        let parameter = entry.get("resource").unwrap_or(entry);
        let components = parameter["component"].as_array().into_iter().flatten();
        found.extend([parameter].into_iter().chain(components).filter_map(|part| part["expression"].as_str()));
    }
    found.into_iter().map(str::to_owned).collect()
}

#[test]
fn all_expressions_parse_and_print_alike() {
    let Some(folder) = definitions() else { return };
    let mut refused = Vec::new();
    for (version, least) in [("R4", 1_300), ("R4B", 1_300), ("R5", 1_200), ("R6", 1_300)] {
        let all = expressions(&folder.join(version).join("search-parameters.json.gz"));
        assert!(all.len() > least, "{version}: {}", all.len());
        for text in all {
            match parse_path(&text) {
                (Some(tree), found) => {
                    assert_eq!(found, [], "{version}: {text}");
                    assert_eq!(parse_path(&tree.node.to_string()).0.as_ref(), Some(&tree), "{version}: {text}");
                }
                (None, found) => {
                    assert_eq!(found[0].code, "outside-subset", "{version}: {text}");
                    refused.push(text);
                }
            }
        }
    }
    refused.sort();
    refused.dedup();
    assert_eq!(refused, CODES_FOR_EXPRESSIONS);
}
