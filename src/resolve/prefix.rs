//! Date, number and quantity prefixes as interval relations. FHIR R4 3.1.1.4.5.

use crate::definitions::{ParamType, Prefix, prefixes};
use crate::ir::Rel;

/// Splits a value into prefix and rest; `None` if it begins with letters or symbols that are no prefix (item 28).
pub(super) fn split(text: &str) -> Option<(Prefix, &str)> {
    if !text.starts_with(|c: char| c.is_alphabetic() || SYMBOLS.iter().any(|(symbol, _)| symbol.starts_with(c))) {
        return Some((Prefix::Eq, text));
    }
    let (word, rest) = text.split_at_checked(2)?;
    Some((Prefix::from_name(word)?, rest))
}

/// Whether the written precision of a number counts behind the prefix (items 29, 31).
pub(super) fn uses_precision(prefix: Prefix) -> bool {
    matches!(prefix, Prefix::Eq | Prefix::Ne)
}

/// What other query languages write in front of a value; longer ones first.
const SYMBOLS: [(&str, Prefix); 8] = [
    (">=", Prefix::Ge),
    ("<=", Prefix::Le),
    ("!=", Prefix::Ne),
    ("<>", Prefix::Ne),
    (">", Prefix::Gt),
    ("<", Prefix::Lt),
    ("=", Prefix::Eq),
    ("~", Prefix::Ap),
];

/// The value with the prefix that a symbol in front of it stands for: `>=2000` is `ge2000`.
pub(super) fn without_symbol(text: &str) -> Option<String> {
    SYMBOLS.iter().find_map(|(symbol, prefix)| Some(format!("{}{}", prefix.name(), text.strip_prefix(symbol)?)))
}

/// The words of all prefixes, for help.
pub(super) fn words() -> String {
    prefixes(ParamType::Date).iter().map(|prefix| prefix.name()).collect::<Vec<_>>().join(" ")
}

/// The tests that `prefix` stands for where the search value is a point, `[s, e)` around it: to touch a stored range
/// from below or above is to reach it (R4 3.1.1.4.5: the range below the value, the value included, overlaps).
pub(super) fn relations_to_point<B: Clone>(prefix: Prefix, s: B, e: B, min: B, max: B) -> Vec<(Rel, B, B)> {
    match prefix {
        Prefix::Ge => vec![(Rel::Meets, s, max)],
        Prefix::Le => vec![(Rel::Meets, min, e)],
        _ => relations(prefix, s, e, min, max),
    }
}

/// The tests that `prefix` stands for, over a stored half-open interval, given the search interval `[s, e)`: one of
/// them must hold. `min` and `max` are the open ends.
///
/// `ge` is "`gt` or `eq`", not the complement of `lt`: a Period from mid-2012 to mid-2013 does not match `ge2013`.
pub(super) fn relations<B: Clone>(prefix: Prefix, s: B, e: B, min: B, max: B) -> Vec<(Rel, B, B)> {
    use Rel::{Meets, Within};
    match prefix {
        Prefix::Eq => vec![(Within, s, e)],
        Prefix::Ne => vec![(Meets, min, s), (Meets, e, max)],
        Prefix::Gt => vec![(Meets, e, max)],
        Prefix::Lt => vec![(Meets, min, s)],
        Prefix::Ge => vec![(Meets, e.clone(), max), (Within, s, e)],
        Prefix::Le => vec![(Meets, min, s.clone()), (Within, s, e)],
        Prefix::Sa => vec![(Within, e, max)],
        Prefix::Eb => vec![(Within, min, s)],
        Prefix::Ap => vec![(Meets, s, e)], // the caller has widened it
    }
}
