//! The dependencies: how many crates the default build has, where they come from, under which licences.

use std::collections::BTreeSet;
use std::process::Command;

/// Crates of the default build, ours included, without the driver of PostgreSQL.
const MOST: usize = 120;

/// The same with it: it speaks over sockets, and brings the hashes and random numbers that a server asks of whoever
/// logs in.
const MOST_WITH_POSTGRES: usize = 145;

/// The default build with the driver of Elasticsearch too, which is not part of it: its client speaks HTTP by a stack of its
/// own.
const MOST_WITH_ELASTICSEARCH: usize = 200;

/// Lines of `cargo tree`, each crate once.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let mut cargo = Command::new(env!("CARGO"));
    let output = cargo
        .args(["tree", "--locked", "--prefix", "none", "--no-dedupe"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[test]
fn the_default_build_stays_small() {
    let without = &["--no-default-features", "--features", "sqlite,cli,https"][..];
    let elasticsearch = &["--features", "elasticsearch"][..];
    for (features, most) in [(without, MOST), (&[], MOST_WITH_POSTGRES), (elasticsearch, MOST_WITH_ELASTICSEARCH)] {
        let crates = tree(&[&["--edges", "normal", "--format", "{p}"], features].concat());
        let names: BTreeSet<&str> = crates.iter().filter_map(|line| line.split_whitespace().next()).collect();
        assert!(names.contains("fhirc") && names.len() > 10, "{names:?}");
        assert!(names.len() <= most, "{} crates: {names:?}", names.len());
    }
}

#[test]
fn everything_comes_from_crates_io_under_a_licence_that_is_allowed() {
    let deny = include_str!("../../deny.toml");
    let (_, allow) = deny.split_once("[licenses]\nallow = [").unwrap();
    let (allow, _) = allow.split_once(']').unwrap();
    let allowed: BTreeSet<&str> = allow.split('"').skip(1).step_by(2).collect();
    let all = tree(&["--workspace", "--all-features", "--edges", "normal,build,dev", "--format", "{p}|{l}"]);
    assert!(all.len() > 50);
    for line in &all {
        let (package, licence) = line.split_once('|').unwrap();
        // Behind the version stands a place, if it is not crates.io.
        let place = package.replace(" (proc-macro)", "");
        let place = place.split_once(" (").map(|(_, place)| place);
        assert!(place.is_none_or(|place| place.starts_with(env!("CARGO_MANIFEST_DIR"))), "{package}");
        assert!(is_allowed(licence, &allowed), "{package}: {licence}");
        assert!(!package.contains("openssl") && !package.starts_with("native-tls"), "{package}");
    }
}

/// An expression of licences: all sides of `AND`, one of `OR` or, as it once was written, of `/`.
fn is_allowed(licence: &str, allowed: &BTreeSet<&str>) -> bool {
    let one = |side: &str| {
        let side = side.trim_matches(['(', ')']).replace('/', " OR ");
        side.split(" OR ").any(|name| allowed.contains(name.trim()))
    };
    licence.split(" AND ").all(one)
}

#[test]
fn licences_are_read() {
    let allowed = BTreeSet::from(["MIT", "Zlib"]);
    assert!(["MIT", "GPL-3.0 OR MIT", "Apache-2.0/MIT", "(MIT OR X) AND Zlib"].iter().all(|l| is_allowed(l, &allowed)));
    assert!(["", "X", "MIT AND X", "(X OR Y) AND MIT", "MIT-0"].iter().all(|l| !is_allowed(l, &allowed)));
}
