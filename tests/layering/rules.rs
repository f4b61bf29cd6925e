//! The rules, as tables.

use crate::source::{Source, sources};

/// What a module of the root crate may import beside itself; `grammar` and `codegen` are the crates.
const LAYERS: [(&str, &[&str]); 25] = [
    // Leaves.
    ("values", &[]),
    ("tenant", &[]),
    ("fnv", &[]),
    ("parallel", &[]),
    // The compiler.
    ("definitions", &["grammar"]),
    // Numbers of index keys: their shape is known to whoever stores them.
    ("keys", &["codegen", "definitions"]),
    // Of the grammar, spans alone.
    ("ir", &["definitions", "grammar", "keys", "values"]),
    ("resolve", &["definitions", "grammar", "ir", "keys", "values"]),
    ("terminology", &["ir", "resolve", "values"]),
    ("plan", &["codegen", "definitions", "grammar", "ir", "keys", "values"]),
    ("compiler", &["codegen", "definitions", "grammar", "ir", "plan", "resolve", "values"]),
    ("explain", &["codegen", "compiler", "grammar", "ir", "plan"]),
    // The executable specification shares no rule with what it judges: neither plan nor index.
    ("reference", &["definitions", "grammar", "ir", "keys", "values"]),
    // Resources to rows, rows to stores.
    ("index", &["codegen", "definitions", "grammar", "keys", "values"]),
    // A store keeps versions and runs queries. How `reference:` is searched is decided above, in `runtime`.
    // Of the grammar, diagnostics: definitions are refused with them. Keys: rows are built and deleted by parameter.
    ("stores", &["codegen", "definitions", "fnv", "grammar", "index", "keys", "parallel", "tenant", "values"]),
    ("load", &["codegen", "definitions", "fnv", "parallel", "stores", "tenant", "values"]),
    // Plans to answers. One store has the reference in the place of a plan: it is chosen where searches are run.
    (
        "runtime",
        &[
            "codegen",
            "compiler",
            "definitions",
            "fnv",
            "grammar",
            "ir",
            "plan",
            "reference",
            "stores",
            "tenant",
            "terminology",
            "values",
        ],
    ),
    ("conformance", &["codegen", "compiler", "definitions", "ir", "resolve", "runtime", "stores", "tenant", "values"]),
    // Sample data.
    ("generate", &["values"]),
    // Stores and plans against the reference.
    (
        "differential",
        &[
            "codegen",
            "compiler",
            "definitions",
            "explain",
            "ir",
            "plan",
            "reference",
            "runtime",
            "stores",
            "tenant",
            "values",
        ],
    ),
    // The faces.
    ("lib", &[]),
    ("bin", &[]),
    // Members of the workspace.
    ("grammar", &[]),
    ("codegen", &[]),
    ("examples", &[]),
];

/// Crates that only some files may name: what they do is theirs alone.
const ALONE: [(&str, &[&str]); 10] = [
    ("petgraph", &["src/plan/graph.rs"]),
    ("rusqlite", &["src/stores/sqlite/"]),
    ("tokio_postgres", &["src/stores/postgres/"]),
    ("deadpool_postgres", &["src/stores/postgres/"]),
    ("futures_util", &["src/stores/postgres/"]),
    ("sea_query", &["codegen/src/sql/"]),
    ("logos", &["grammar/src/lex/"]),
    ("ureq", &["src/terminology/external/http.rs"]),
    ("clap", &["src/bin/fhirc/"]),
    ("indicatif", &["src/bin/fhirc/"]),
];

/// What no file names: it would print from a library, leave a process, or count dates and decimals in binary.
const NOWHERE: [(&str, &[&str]); 6] = [
    ("println!", &["examples/"]),
    ("eprintln!", &[]),
    ("print!", &[]),
    ("eprint!", &[]),
    // A second interrupt leaves at once.
    ("process::exit", &["src/bin/fhirc/"]),
    // Estimates are no answers, and a bar of progress is no decimal. The reference measures distances otherwise than the
    // index, which knows whole numbers alone.
    ("f64", &["src/plan/", "src/load/", "src/bin/fhirc/", "src/conformance.rs", "src/reference/value/position.rs"]),
];

/// Lines of a file, its tests aside.
const LONGEST: usize = 400;

fn all() -> Vec<Source> {
    ["src", "grammar/src", "codegen/src", "examples"].into_iter().flat_map(sources).collect()
}

/// Sources that are no tests, with the name under which [`LAYERS`] knows them.
fn layered() -> Vec<(&'static str, Source)> {
    let name = |source: &Source| {
        let name = match source.path.split('/').next().unwrap() {
            "src" => source.module(),
            other => other,
        };
        let known = LAYERS.iter().find(|(layer, _)| *layer == name);
        known.unwrap_or_else(|| panic!("{}: `{name}` has no line in the table of layers", source.path)).0
    };
    all().into_iter().filter(|source| !source.is_test()).map(|source| (name(&source), source)).collect()
}

/// The layer that a path leads to, if it is one of ours.
fn layer_of<'p>(from: &str, path: &'p [String]) -> Option<&'p str> {
    let member = matches!(from, "grammar" | "codegen" | "examples" | "bin");
    match path {
        [first, ..] if first == "fhirc_grammar" => Some("grammar"),
        [first, ..] if first == "fhirc_codegen" => Some("codegen"),
        // The public face is open to programs.
        [first, ..] if first == "fhirc" => (!matches!(from, "bin" | "examples")).then_some("the public face"),
        [first, second, ..] if first == "crate" && !member => {
            second.chars().next().filter(|c| c.is_lowercase()).map(|_| second.as_str())
        }
        _ => None,
    }
}

#[test]
fn layers_import_only_what_stands_below_them() {
    let mut violations = Vec::new();
    for (layer, source) in layered() {
        let allowed = LAYERS.iter().find(|(name, _)| *name == layer).unwrap().1;
        for named in source.named() {
            let Some(target) = layer_of(layer, &named.path) else { continue };
            if target != layer && !allowed.contains(&target) {
                let path = named.path.join("::");
                violations
                    .push(format!("{}:{}: `{layer}` may not import `{target}` ({path})", source.path, named.line));
            }
        }
    }
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn the_table_of_layers_allows_nothing_that_is_not_used() {
    let sources = layered();
    let mut idle = Vec::new();
    for (layer, allowed) in LAYERS {
        let own = || sources.iter().filter(|(name, _)| *name == layer);
        assert!(own().next().is_some() || layer == "examples", "there is no `{layer}`");
        let named: Vec<_> = own().flat_map(|(_, source)| source.named()).collect();
        for target in allowed {
            if !named.iter().any(|named| layer_of(layer, &named.path) == Some(target)) {
                idle.push(format!("`{layer}` does not import `{target}`: strike it from the table"));
            }
        }
    }
    assert!(idle.is_empty(), "\n{}\n", idle.join("\n"));
}

#[test]
fn some_crates_are_named_in_one_place() {
    let mut violations = Vec::new();
    for (_, source) in layered() {
        for named in source.named() {
            let rule = ALONE.iter().find(|(name, _)| *name == named.path[0]);
            let Some((name, places)) = rule else { continue };
            if !places.iter().any(|place| source.path.starts_with(place)) {
                violations.push(format!(
                    "{}:{}: only {} may name `{name}`",
                    source.path,
                    named.line,
                    places.join(", ")
                ));
            }
        }
    }
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn nothing_prints_exits_or_counts_in_binary() {
    let mut violations = Vec::new();
    for (_, source) in layered() {
        for (word, places) in NOWHERE {
            let allowed = places.iter().any(|place| source.path.starts_with(place));
            let is_part = |c: char| c.is_alphanumeric() || c == '_';
            let starts = |at| source.code.get(..at).is_some_and(|before| !before.ends_with(is_part));
            for (at, _) in source.code.match_indices(word).filter(|(at, _)| !allowed && starts(*at)) {
                violations.push(format!("{}:{}: `{word}` may not stand here", source.path, source.line_of(at)));
            }
        }
    }
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}

#[test]
fn every_file_says_what_it_is_and_holds_one_thing() {
    let mut violations = Vec::new();
    for source in all().into_iter().chain(sources("tests")) {
        if !source.text.starts_with("//! ") {
            violations.push(format!("{}:1: a file begins with a line `//!` that says what it is for", source.path));
        }
        // Lines before the tests, which stand at the end.
        let lines = source.text.split("#[cfg(test)]\nmod tests {").next().unwrap().lines().count();
        if lines > LONGEST && !source.is_test() {
            violations.push(format!("{}:{lines}: a file has at most {LONGEST} lines", source.path));
        }
    }
    assert!(violations.is_empty(), "\n{}\n", violations.join("\n"));
}
