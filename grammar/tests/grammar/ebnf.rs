//! The rules quoted in the code are the rules of the grammar files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(sources(&path)) } else { found.push(path) }
    }
    found
}

fn one_blank(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What doc comments quote as `` `rule` (name.ebnf) ``, line breaks undone.
fn quoted(grammar: &str) -> BTreeSet<String> {
    let mut rules = BTreeSet::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = fs::read_to_string(file).unwrap();
        let text = one_blank(&text.replace("///", ""));
        let end = format!("` ({grammar})");
        for (at, _) in text.match_indices(&end) {
            let (before, _) = text.split_at(at);
            rules.insert(before.rsplit('`').next().unwrap().to_owned());
        }
    }
    rules
}

fn rules_in_code(grammar: &str) -> BTreeSet<String> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(grammar);
    let rules = one_blank(&fs::read_to_string(file).unwrap()) + " ";
    let quoted = quoted(grammar);
    for rule in &quoted {
        assert!(rules.contains(&format!("{rule} ")), "{grammar} has no rule\n{rule}");
    }
    quoted.iter().filter_map(|rule| rule.split_once(" = ")).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn productions_quote_their_rules() {
    let names = |list: &str| list.split(' ').map(str::to_owned).collect::<BTreeSet<_>>();
    let search =
        "has include item items key link name parameter parameters part path search segment sort-key text word";
    assert_eq!(rules_in_code("search.ebnf"), names(search));
    let filter = "bare comparison element filter group has link logic name negation operand path string value word";
    assert_eq!(rules_in_code("filter.ebnf"), names(filter));
    let path =
        "comparison expression function invocation literal plain postfix primary string type typed typing union word";
    assert_eq!(rules_in_code("path.ebnf"), names(path));
}
