//! Rows as keywords: the key, then every column, each ended by a separator. Byte order is the order of the columns.

use crate::rows::{Base, Col, ColName, KeyId, Point, Rank, RowKind, Tuple, TypeCode, Value};
use crate::target::Scalar;

/// Ends a column. No column contains it: see [`escape`].
pub(super) const END: char = '\u{1}';
/// What follows [`END`] in byte order: the start of everything greater than a whole column.
pub(super) const PAST_END: char = '\u{2}';

/// How rows of a kind are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One keyword per row and layout: one row is tested as one term.
    Keywords,
    /// A `long_range` field per key.
    Ranges,
    /// A nested object per row, with a field per column; those about an element stand in the object of that.
    Nested,
    /// Fields of the document itself.
    Own,
}

/// Decimal intervals have no field type of their own, points and two sorted columns need an object; all else is one
/// keyword.
pub(super) fn form(kind: RowKind) -> Form {
    match kind {
        RowKind::Id | RowKind::Updated => Form::Own,
        RowKind::One(Base::Time) => Form::Ranges,
        RowKind::One(Base::Number | Base::Quantity | Base::Point)
        | RowKind::Tuple(Tuple::TokenQuantity | Tuple::TokenNumber | Tuple::TokenTime | Tuple::TokenNumberNumber) => {
            Form::Nested
        }
        RowKind::Part(_) => Form::Nested,
        RowKind::One(Base::Token | Base::Text | Base::Ref | Base::RefText | Base::Url | Base::Word)
        | RowKind::Tuple(Tuple::TokenToken | Tuple::TokenText | Tuple::RefToken | Tuple::RefTextToken)
        | RowKind::Present
        | RowKind::Element => Form::Keywords,
    }
}

/// The field of nested objects that stand for elements, each with all that the rows say of it.
pub(super) const ELEMENTS: &str = "elements";

/// The field of the rows of a kind. What is about an element stands inside the object of that.
pub(super) fn field(kind: RowKind) -> String {
    let stem = crate::names::stem(kind);
    if kind.is_of_element() { format!("{ELEMENTS}.{stem}") } else { stem }
}

/// An order of the columns of a row, stored in a field of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layout {
    pub(super) field: String,
    pub(super) columns: Vec<Col>,
}

/// The layouts of a kind. The first holds every column; others begin with, or consist of, what is often asked alone.
pub(super) fn layouts(kind: RowKind) -> Vec<Layout> {
    let stem = field(kind);
    let mut layouts = vec![Layout { field: stem.clone(), columns: kind.columns() }];
    let more: &[(&str, &[ColName])] = match kind {
        RowKind::One(Base::Token) => &[
            ("by_exact", &[ColName::Code, ColName::Exact, ColName::System]),
            ("by_system", &[ColName::System, ColName::Code, ColName::Exact]),
        ],
        RowKind::One(Base::Text) => &[
            ("by_exact", &[ColName::Text, ColName::Exact, ColName::Rank]),
            ("by_rank", &[ColName::Rank, ColName::Text, ColName::Exact]),
        ],
        RowKind::One(Base::Ref) => &[("target", &[ColName::Target])],
        RowKind::One(Base::Url) => &[("whole", &[ColName::Url])],
        _ => &[],
    };
    layouts.extend(more.iter().map(|(suffix, columns)| Layout {
        field: format!("{stem}_{suffix}"),
        columns: columns.iter().map(|name| Col::first(*name)).collect(),
    }));
    layouts
}

/// The rank of a text that tells two forms of itself.
pub(super) const DASHED: u8 = Rank::Dashed as u8;

/// The columns of the rows of a kind that are stored in a nested object too, each in a field: a keyword holds one range, and
/// "some value differs" is two of a text that tells two forms of itself. Such rows are few.
pub(super) fn apart_columns(kind: RowKind) -> Option<(&'static str, [(Col, &'static str); 2])> {
    let columns = [(Col::first(ColName::Text), "text"), (Col::first(ColName::Exact), "exact")];
    (kind == RowKind::One(Base::Text)).then_some(("dashed", columns))
}

/// Whether a column holds the rank of a text.
pub(super) fn is_rank(col: Col) -> bool {
    col.name == ColName::Rank
}

/// What every keyword of a key begins with: of fixed length, so that no key begins like another.
pub(super) fn head(key: KeyId) -> String {
    format!("{:08x}", key.0)
}

/// The keyword of a row with these columns.
pub(super) fn whole<'c>(key: KeyId, columns: impl IntoIterator<Item = &'c str>) -> String {
    columns.into_iter().fold(head(key), |keyword, value| keyword + &column(value))
}

/// The columns of a keyword, if it is of this key.
pub(super) fn columns_of(key: KeyId, keyword: &str) -> Option<Vec<String>> {
    let columns = keyword.strip_prefix(&head(key))?.strip_suffix(END)?;
    Some(columns.split(END).map(unescape).collect())
}

/// A whole column in a keyword.
pub(super) fn column(value: &str) -> String {
    let mut out = escape(value);
    out.push(END);
    out
}

/// The identity of a resource as references hold it.
pub fn identity(ty: TypeCode, id: &str) -> String {
    format!("{}/{id}", ty.0)
}

/// The identity in a value of the field [`TARGETS`], if the value is of this key.
pub fn target_of(key: KeyId, value: &str) -> Option<(TypeCode, String)> {
    let (ty, id) = value.strip_prefix(&head(key))?.strip_suffix(END)?.split_once('/')?;
    Some((TypeCode(ty.parse().ok()?), unescape(id)))
}

/// The field of reference targets, one value per reference of the resource.
pub const TARGETS: &str = "ref_target";

/// The identity and the version, empty if there is none, in a value of the field [`REFERENCES`], if the value is of this
/// key.
pub fn reference_of(key: KeyId, value: &str) -> Option<(TypeCode, String, String)> {
    let (target, version) = value.strip_suffix(END)?.rsplit_once(END)?;
    let (ty, id) = target_of(key, &format!("{target}{END}"))?;
    Some((ty, id, unescape(version)))
}

/// The field of canonical links, one value per link of the resource.
pub const LINKS: &str = "url";

/// The url and the version, empty if it has none, in a value of the field [`LINKS`], if the value is of this key.
pub fn link_of(key: KeyId, value: &str) -> Option<[String; 2]> {
    columns_of(key, value)?.try_into().ok()
}

/// The field of references with the versions that they name, one value per reference of the resource.
pub const REFERENCES: &str = "ref";

/// A value as text: "no system" is not the empty system.
pub(super) fn plain(value: Scalar<'_>) -> String {
    match value {
        Scalar::Int(int) => int.to_string(),
        Scalar::Text(text) => text.to_owned(),
        Scalar::System(None) => "-".to_owned(),
        Scalar::System(Some(url)) => format!("+{url}"),
        Scalar::Rid(ty, id) => identity(ty, id),
    }
}

/// The stored value of a column that is no interval, as text.
pub(super) fn plain_value(value: &Value) -> String {
    match value {
        Value::Int(int) => plain(Scalar::Int(*int)),
        Value::Text(text) => text.clone(),
        Value::System(url) => plain(Scalar::System(url.as_deref())),
        Value::Rid(ty, id) => identity(*ty, id),
        Value::Instants(lo, hi) => format!("{lo} {hi}"),
        Value::Cuts(lo, hi) => format!("{lo} {hi}"),
        Value::Point(Point { z, x, y }) => format!("{z} {x} {y}"),
    }
}

/// The first characters are written as [`PAST_END`] and three of two digits. Order and prefixes stay as they were, no
/// column contains [`END`], and no part of an escape is a text.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c > LAST_ESCAPED {
            out.push(c);
        } else {
            out.push(PAST_END);
            let digit = |bit: u32| if u32::from(c) & bit == 0 { ZERO } else { ONE };
            out.extend([digit(4), digit(2), digit(1)]);
        }
    }
    out
}

const ZERO: char = '\u{3}';
const ONE: char = '\u{4}';
const LAST_ESCAPED: char = ONE;

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == PAST_END {
            let bits = chars.by_ref().take(3).fold(0, |bits, digit| bits * 2 + u32::from(digit == ONE));
            out.extend(char::from_u32(bits));
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escaping_keeps_order_prefixes_and_parts(a in "[\0-\u{6}ab]{0,6}", b in "[\0-\u{6}ab]{0,3}") {
            let (x, y) = (escape(&a), escape(&b));
            prop_assert_eq!(unescape(&x), a.clone());
            prop_assert!(!x.contains(END));
            prop_assert_eq!(x.starts_with(&y), a.starts_with(&b));
            prop_assert_eq!(x.contains(&y), a.contains(&b));
            prop_assert_eq!(x.ends_with(&y), a.ends_with(&b));
            let whole = |text: String| text + &END.to_string();
            prop_assert_eq!(whole(x).cmp(&whole(y)), a.cmp(&b));
        }
    }

    #[test]
    fn a_target_is_read_back() {
        let value = format!("{}{}{END}", head(KeyId(7)), escape(&identity(TypeCode(3), "a/b")));
        assert_eq!(target_of(KeyId(7), &value), Some((TypeCode(3), "a/b".to_owned())));
        assert_eq!(target_of(KeyId(8), &value), None);
        let versioned = |version: &str| whole(KeyId(7), ["3/a/b", version]);
        let read = |version: &str| (TypeCode(3), "a/b".to_owned(), version.to_owned());
        for version in ["", "2", "\u{1}"] {
            assert_eq!(reference_of(KeyId(7), &versioned(version)), Some(read(version)));
        }
        assert_eq!(reference_of(KeyId(8), &versioned("2")), None);
    }
}
