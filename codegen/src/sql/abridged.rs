//! Texts that are longer than an index takes: the rows hold an abridged form, a table of its own holds the whole.
//!
//! The abridged form is the beginning of the text and a hash of all of it. It is longer than any text that is kept as
//! it is, so two stored forms are equal if and only if the texts are; and against a text that is not longer than the
//! beginning it compares as the whole does. So only what looks behind the beginning needs the whole: long texts that
//! are compared by order, what a text contains or ends with, and orders of pages. Of which keys some rows are abridged,
//! the store says ([`crate::program::Query::abridged`]): all others are read as if there were nothing of the kind.

use super::constant::number;
use super::rows::Row;
use super::scan::{col, from};
use super::{Dialect, Target};
use crate::rows::{KeyId, RowKind};
use crate::target::Bounds;
use hmac_sha256::Hash;
use sea_query::{Expr, ExprTrait, Func};
use std::borrow::Cow;
use std::fmt::Write as _;

/// The longest text that is kept as it is, in bytes. PostgreSQL's indexes take entries of 2,704 bytes, and the rows with
/// the most texts have six of them, beside five numbers.
pub const LONGEST: usize = 360;

/// What a beginning may lack of that, since characters are not cut.
const CUT: usize = 3;

/// Bytes of the hash that are kept: as many as nobody finds two texts for.
const HASH: usize = 20;

/// The table of the whole texts, and its columns.
pub(super) const TABLE: &str = "abridged";

/// Whether a text is kept in its abridged form.
pub fn is_abridged(text: &str) -> bool {
    text.len() > LONGEST
}

/// The form in which rows hold a text.
pub fn abridged(text: &str) -> Cow<'_, str> {
    if !is_abridged(text) {
        return Cow::Borrowed(text);
    }
    let mut short = beginning(text, LONGEST).to_owned();
    for byte in Hash::hash(text.as_bytes()).iter().take(HASH) {
        // Writing to a string does not fail.
        let _ = write!(short, "{byte:02x}");
    }
    Cow::Owned(short)
}

/// At most so many bytes of whole characters.
fn beginning(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

/// The beginning of a text, where it is so long that abridged ones which begin alike may stand on either side of it.
fn undecided(text: &str) -> Option<&str> {
    (text.len() > LONGEST - CUT).then(|| beginning(text, LONGEST - CUT))
}

impl<D: Dialect> Target<D> {
    /// Whether some rows of these keys are abridged.
    pub(super) fn is_abridged(&self, keys: &[KeyId]) -> bool {
        D::ABRIDGES && keys.iter().any(|key| self.abridged.binary_search(key).is_ok())
    }

    /// The beginning of a text that rows are compared with by order, where their stored form does not decide.
    pub(super) fn undecided_beginning<'t>(row: &Row, text: &'t str) -> Option<&'t str> {
        undecided(text).filter(|_| row.abridged)
    }

    /// The column, or the whole text where some rows are abridged.
    pub(super) fn whole_of(&mut self, row: &Row, column: Expr) -> Expr {
        if row.abridged { self.whole(column) } else { column }
    }

    /// The same of both ends of an interval, where the bounds are long enough to matter.
    pub(super) fn whole_ends(&mut self, row: &Row, ends: [Expr; 2], bounds: Bounds<'_>) -> [Expr; 2] {
        match bounds {
            Bounds::Cuts(s, e) if row.abridged && (undecided(s).is_some() || undecided(e).is_some()) => {
                ends.map(|end| self.whole(end))
            }
            _ => ends,
        }
    }

    /// The text that a column stands for.
    pub(super) fn whole(&mut self, column: Expr) -> Expr {
        let alias = self.alias("n");
        let tenant = self.tenant();
        let whole = from(TABLE, &alias)
            .expr(col(&alias, "whole"))
            .and_where(col(&alias, "tenant").eq(tenant))
            .and_where(col(&alias, "text").eq(column.clone()))
            .take();
        let length = Expr::from(Func::cust("octet_length").arg(column.clone()));
        let longest = number(i64::try_from(LONGEST).unwrap_or(i64::MAX));
        Expr::Case(Box::new(Expr::case(length.gt(longest), Expr::from(whole)).finally(column)))
    }
}

/// The text as the rows of a kind hold it. Ids stand in the record, as they are.
pub(super) fn stored<D: Dialect>(kind: RowKind, text: &str) -> Cow<'_, str> {
    match kind {
        RowKind::Id => Cow::Borrowed(text),
        _ if D::ABRIDGES => abridged(text),
        _ => Cow::Borrowed(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Texts around the limit, many of which begin alike.
    fn text() -> impl Strategy<Value = String> {
        let length = prop_oneof![0..4usize, LONGEST - 5..LONGEST + 5, 500..600usize];
        (prop::sample::select(vec!["a", "é", "漢", "😀"]), length, "[ab\u{10FFFF}]{0,2}")
            .prop_map(|(unit, length, tail)| unit.repeat(length / unit.len()) + &tail)
    }

    proptest! {
        #[test]
        fn abridged_texts_are_equal_if_the_texts_are(one in text(), other in text()) {
            prop_assert_eq!(abridged(&one) == abridged(&other), one == other);
            // Six of them, with their headers, beside numbers.
            prop_assert!(abridged(&one).len() <= LONGEST + 2 * HASH && 6 * (LONGEST + 2 * HASH + 4) + 64 < 2_704);
        }

        #[test]
        fn what_is_short_compares_as_with_the_whole(stored in text(), with in text()) {
            let form = abridged(&stored);
            match undecided(&with) {
                None => {
                    prop_assert_eq!(form.as_ref().cmp(with.as_str()), stored.cmp(&with));
                    prop_assert_eq!(form.starts_with(&with), stored.starts_with(&with));
                }
                // What lies outside of the beginning is decided by it.
                Some(head) if !form.starts_with(head) => {
                    prop_assert_eq!(form.as_ref().cmp(head), stored.as_str().cmp(&with));
                }
                Some(head) => prop_assert!(stored.starts_with(head)),
            }
        }
    }
}
