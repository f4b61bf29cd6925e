//! The dependencies: how many crates the default build has.

use std::collections::BTreeSet;
use std::process::Command;

/// Crates of the default build, ours included.
const MOST: usize = 120;

#[test]
fn the_default_build_stays_small() {
    let arguments = ["tree", "--locked", "--edges", "normal", "--prefix", "none", "--format", "{p}"];
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo.args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let crates: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    assert!(crates.contains("fhirc") && crates.len() > 10, "{text}");
    assert!(crates.len() <= MOST, "{} crates: {crates:?}", crates.len());
}
