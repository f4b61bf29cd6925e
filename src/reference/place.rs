//! Where a match stands among all matches: what a page ends with, and the next one begins behind.

use std::cmp::Ordering;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ir::{Dir, SortKey};
use crate::values::Cut;

/// A place in the order of matches. It stays where it is when the resource that stood there changes or goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// What stands for the resource under each sort key; nothing where it has no value.
    pub(super) ranks: Vec<Option<Rank>>,
    /// Its place in the order of creation.
    pub(super) creation: Creation,
}

/// A place in the order of all resources (decision 133): types in their order, contained resources behind those of their
/// own, then as they were created or first appeared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) struct Creation {
    pub(super) ty: u8,
    pub(super) inside: bool,
    pub(super) number: i64,
}

/// What stands for a resource under one key.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(super) enum Rank {
    Instant(i64),
    #[serde(serialize_with = "cut_to_text", deserialize_with = "cut_of_text")]
    Number(Cut),
    Text(String),
}

impl Place {
    /// By the keys, then by creation in the direction of the last key (decision 133).
    pub(super) fn compare(&self, other: &Place, keys: &[SortKey]) -> Ordering {
        let ranks = keys.iter().zip(self.ranks.iter().zip(&other.ranks));
        let compared = ranks.map(|(key, (a, b))| compare(a.as_ref(), b.as_ref(), key.dir));
        let last = keys.last().map_or(Dir::Asc, |key| key.dir);
        compared.fold(Ordering::Equal, Ordering::then).then(directed(self.creation.cmp(&other.creation), last))
    }

    /// Could a search with these keys have given it?
    pub fn fits(&self, keys: &[SortKey]) -> bool {
        self.ranks.len() == keys.len()
    }
}

/// Resources without a value come last in both directions (decision 131).
fn compare(a: Option<&Rank>, b: Option<&Rank>, dir: Dir) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) => directed(a.cmp(b), dir),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    }
}

fn directed(ordering: Ordering, dir: Dir) -> Ordering {
    match dir {
        Dir::Asc => ordering,
        Dir::Desc => ordering.reverse(),
    }
}

/// A cut as people read it: `<5.4` just before the number, `5.4>` just after it.
fn cut_to_text<S: Serializer>(cut: &Cut, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(cut)
}

fn cut_of_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Cut, D::Error> {
    let text = String::deserialize(deserializer)?;
    let number = |digits: &str| digits.parse().map_err(|_| de::Error::custom("no number"));
    match (text.strip_prefix('<'), text.strip_suffix('>')) {
        (Some(digits), _) => number(digits).map(Cut::Before),
        (None, Some(digits)) => number(digits).map(Cut::After),
        (None, None) if text == Cut::Min.to_string() => Ok(Cut::Min),
        (None, None) if text == Cut::Max.to_string() => Ok(Cut::Max),
        (None, None) => Err(de::Error::custom("no cut")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_as_it_was_written() {
        let cut = |digits: &str| Some(Rank::Number(Cut::Before(digits.parse().unwrap())));
        let after = Some(Rank::Number(Cut::After("5.40".parse().unwrap())));
        let ends = [Cut::Min, Cut::Max].map(|end| Some(Rank::Number(end)));
        let ranks = [cut("-0"), cut("1e-7"), cut("123456789012345678901234567890.5"), after, None];
        let others = [Some(Rank::Instant(-1)), Some(Rank::Text("<5>\"∞".to_owned()))];
        let place = Place {
            ranks: ranks.into_iter().chain(ends).chain(others).collect(),
            creation: Creation { ty: 7, inside: true, number: 1 << 40 },
        };
        let text = serde_json::to_string(&place).unwrap();
        assert_eq!(serde_json::from_str::<Place>(&text).unwrap(), place);
        for wrong in ["", "5", "<", ">", "<x", "x>"] {
            let text =
                format!(r#"{{"ranks":[{{"Number":"{wrong}"}}],"creation":{{"ty":1,"inside":false,"number":1}}}}"#);
            assert!(serde_json::from_str::<Place>(&text).is_err(), "{wrong}");
        }
    }
}
