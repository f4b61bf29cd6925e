//! UCUM's tables of prefixes and unit atoms, read from `ucum.tsv`.

use crate::values::decimal::Decimal;
use std::collections::HashMap;
use std::sync::LazyLock;

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("ucum.tsv")));

#[derive(Debug, Default)]
pub(super) struct Table {
    prefixes: HashMap<&'static str, Decimal>,
    atoms: HashMap<&'static str, Atom>,
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

impl Table {
    fn read(lines: &'static str) -> Self {
        let mut table = Self::default();
        for line in lines.lines().filter(|line| !line.starts_with('#')) {
            table.add(line);
        }
        table
    }

    /// Adds a line of kind, code, value and definition; says whether the line could be read.
    fn add(&mut self, line: &'static str) -> Option<()> {
        let mut fields = line.split('\t');
        let (kind, code) = (fields.next()?, fields.next()?);
        let (value, definition) = (fields.next(), fields.next());
        let (kind, metric) = kind.strip_suffix('*').map_or((kind, kind == "base"), |kind| (kind, true));
        let meaning = match (kind, value, definition) {
            ("prefix", Some(value), None) => {
                self.prefixes.insert(code, value.parse().ok()?);
                return Some(());
            }
            ("base", None, None) | ("arbitrary", Some("1"), Some("1")) => Meaning::Base,
            ("special", None, None) => Meaning::Special,
            ("unit" | "arbitrary", Some(value), Some(definition)) => {
                Meaning::Multiple { value: value.parse().ok()?, definition }
            }
            _ => return None,
        };
        self.atoms.insert(code, Atom { code, metric, meaning });
        Some(())
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
    use crate::values::Unit;

    #[test]
    fn every_line_is_read_and_every_definition_resolves() {
        let mut table = Table::default();
        let mut codes = Vec::new();
        for line in include_str!("ucum.tsv").lines().filter(|line| !line.starts_with('#')) {
            assert!(table.add(line).is_some(), "{line}");
            codes.extend(line.split('\t').nth(1));
        }
        assert_eq!((table.prefixes.len(), table.atoms.len()), (24, 312), "{}", codes.len());
        for atom in table.atoms.values() {
            let special = matches!(atom.meaning, Meaning::Special);
            assert_eq!(Unit::of(atom.code).is_none(), special, "{}", atom.code);
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
