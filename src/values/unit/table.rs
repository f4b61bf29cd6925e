//! UCUM's tables of prefixes and unit atoms, read from `ucum-essence.xml`.
//!
//! The file is UCUM's own, unmodified, as its license (`LICENSE-UCUM`) wants it. What is read of it needs no XML parser:
//! attributes without entities, never nested in other markup. A test holds the file to that.

use crate::values::decimal::Decimal;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The version of UCUM that gives the factors. Canonical values in an index belong to it: 2.1 had another mole.
pub const UCUM_VERSION: &str = "2.2";

const ESSENCE: &str = include_str!("ucum-essence.xml");

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(ESSENCE));

#[derive(Debug, Default)]
pub(super) struct Table {
    prefixes: BTreeMap<&'static str, Decimal>,
    atoms: BTreeMap<&'static str, Atom>,
}

/// A unit atom as UCUM defines it.
#[derive(Debug)]
pub(super) struct Atom {
    pub(super) code: &'static str,
    /// Whether it takes prefixes.
    pub(super) metric: bool,
    pub(super) meaning: Meaning,
}

#[derive(Debug)]
pub(super) enum Meaning {
    /// One of the seven base units, or an arbitrary unit, which converts to no other.
    Base,
    /// `value` of the unit `definition`.
    Multiple { value: Decimal, definition: &'static str },
    /// A function of another unit, such as a logarithm.
    Special,
}

fn base_unit(tag: Tag) -> Option<(&'static str, Atom)> {
    let code = tag.attribute("Code")?;
    Some((code, Atom { code, metric: true, meaning: Meaning::Base }))
}

fn prefix(tag: Tag, value: Tag) -> Option<(&'static str, Decimal)> {
    Some((tag.attribute("Code")?, value.attribute("value")?.parse().ok()?))
}

fn unit(tag: Tag, value: Tag) -> Option<(&'static str, Atom)> {
    let code = tag.attribute("Code")?;
    let definition = value.attribute("Unit")?;
    let meaning = if tag.is("isSpecial") {
        Meaning::Special
    } else if tag.is("isArbitrary") && definition == "1" {
        Meaning::Base
    } else {
        Meaning::Multiple { value: value.attribute("value")?.parse().ok()?, definition }
    };
    Some((code, Atom { code, metric: tag.is("isMetric"), meaning }))
}

/// A start tag.
#[derive(Clone, Copy, Debug)]
struct Tag(&'static str);

impl Tag {
    fn name(self) -> &'static str {
        self.0.split(|c: char| c.is_ascii_whitespace()).next().unwrap_or(self.0)
    }

    fn attribute(self, name: &str) -> Option<&'static str> {
        // Quotes part names and values by turns.
        let mut parts = self.0.split('"');
        while let (Some(before), Some(value)) = (parts.next(), parts.next()) {
            if before.split_ascii_whitespace().next_back()?.strip_suffix('=') == Some(name) {
                return Some(value);
            }
        }
        None
    }

    fn is(self, flag: &str) -> bool {
        self.attribute(flag) == Some("yes")
    }
}

fn tags(xml: &'static str) -> impl Iterator<Item = Tag> {
    xml.split('<').filter_map(|piece| piece.split_once('>')).map(|(tag, _)| Tag(tag))
}

impl Table {
    /// Reads every prefix and unit; each stands before its `value`, base units have none.
    fn read(xml: &'static str) -> Self {
        let mut table = Self::default();
        let mut entry = None;
        for tag in tags(xml) {
            match (tag.name(), entry) {
                ("prefix" | "unit", _) => entry = Some(tag),
                ("base-unit", _) => table.atoms.extend(base_unit(tag)),
                ("value", Some(of)) if of.name() == "prefix" => table.prefixes.extend(prefix(of, tag)),
                ("value", Some(of)) => table.atoms.extend(unit(of, tag)),
                _ => {}
            }
        }
        table
    }

    /// The atom of a symbol, and its prefix's factor if it has one.
    pub(super) fn find(&self, symbol: &str) -> Option<(Option<&Decimal>, &Atom)> {
        if let Some(atom) = self.atoms.get(symbol) {
            return Some((None, atom));
        }
        (1..=2).find_map(|len| {
            let (prefix, rest) = symbol.split_at_checked(len)?;
            let atom = self.atoms.get(rest).filter(|atom| atom.metric)?;
            Some((Some(self.prefixes.get(prefix)?), atom))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::unit::term;

    #[test]
    fn every_entry_is_read_and_every_definition_resolves() {
        let count = |name| ESSENCE.matches(name).count();
        assert_eq!(TABLE.prefixes.len(), count("<prefix "));
        assert_eq!(TABLE.atoms.len(), count("<base-unit ") + count("<unit "));
        let mut special = 0;
        for atom in TABLE.atoms.values() {
            let is_special = matches!(atom.meaning, Meaning::Special);
            assert_eq!(term::measure(atom.code).is_none(), is_special, "{}", atom.code);
            special += usize::from(is_special);
        }
        assert_eq!(special, count("isSpecial=\"yes\""));
    }

    #[test]
    fn the_file_is_of_the_stated_version() {
        let root = tags(ESSENCE).find(|tag| tag.name() == "root").unwrap();
        assert_eq!(root.attribute("version"), Some(UCUM_VERSION));
    }

    #[test]
    fn attributes_need_no_xml_parser() {
        assert!(!ESSENCE.contains("<!--") && !ESSENCE.contains("CDATA"));
        for tag in tags(ESSENCE).filter(|tag| matches!(tag.name(), "prefix" | "base-unit" | "unit" | "value")) {
            assert!(!tag.0.contains('&'), "{tag:?}");
            assert!(tag.0.split('"').step_by(2).all(|name| !name.contains('\'')), "{tag:?}");
        }
    }

    #[test]
    fn prefixes_stand_before_metric_atoms_alone() {
        let found = |symbol| TABLE.find(symbol).map(|(prefix, atom)| (prefix.map(ToString::to_string), atom.code));
        assert_eq!(found("cd"), Some((None, "cd")));
        assert_eq!(found("mg"), Some((Some("1e-3".to_owned()), "g")));
        assert_eq!(found("dam"), Some((Some("1e1".to_owned()), "m")));
        assert_eq!(found("mm[Hg]"), Some((Some("1e-3".to_owned()), "m[Hg]")));
        assert_eq!(found("kmin"), None);
        assert_eq!(found("k"), None);
        assert_eq!(found("µg"), None);
    }
}
