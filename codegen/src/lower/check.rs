//! Values against the types of their columns: what passes here can be lowered without a second look.

use crate::algebra::{Atom, Source};
use crate::capability::Question;
use crate::program::{After, OrderKey, OrderSource};
use crate::rows::{Col, ColType, Point, RowKind, Value};
use crate::target::{Bounds, Scalar};
use std::collections::BTreeSet;

/// The value as one of a column of this type.
pub(super) fn scalar(ty: ColType, value: &Value) -> Option<Scalar<'_>> {
    match (ty, value) {
        (ColType::Int, Value::Int(int)) => Some(Scalar::Int(*int)),
        (ColType::Bytes, Value::Text(text)) => Some(Scalar::Text(text)),
        (ColType::System, Value::System(system)) => Some(Scalar::System(system.as_deref())),
        (ColType::Rid, Value::Rid(ty, id)) => Some(Scalar::Rid(*ty, id)),
        _ => None,
    }
}

/// The value as an interval of a column of this type.
pub(super) fn bounds(ty: ColType, value: &Value) -> Option<Bounds<'_>> {
    match (ty, value) {
        (ColType::Instants, Value::Instants(lo, hi)) => Some(Bounds::Instants(*lo, *hi)),
        (ColType::Cuts, Value::Cuts(lo, hi)) => Some(Bounds::Cuts(lo, hi)),
        _ => None,
    }
}

/// The value as a text, for comparisons that only texts have.
pub(super) fn text(ty: ColType, value: &Value) -> Option<&str> {
    match (ty, value) {
        (ColType::Bytes, Value::Text(text)) => Some(text),
        _ => None,
    }
}

/// The sphere, if the squares of distances from its centre have room: see [`Point::LIMIT`].
pub(super) fn sphere(centre: Point, radius: i64) -> Option<(Point, i64)> {
    let fits = centre.is_within_limit() && (0..=2 * Point::LIMIT).contains(&radius);
    fits.then_some((centre, radius))
}

/// The columns exist, and a tuple of them can be compared as one.
pub(super) fn columns(kind: RowKind, atom: &Atom) -> Result<(), Question> {
    let known = kind.columns();
    let all = |cols: &[Col]| !cols.is_empty() && cols.iter().all(|col| known.contains(col));
    let fits = match atom {
        Atom::NotIn(cols, Source::Slot(_)) => cols.len() == 1 && all(cols),
        Atom::In(cols, _) | Atom::NotIn(cols, _) => all(cols),
        Atom::Eq(col, _) | Atom::Ne(col, _) | Atom::Range(col, _, _) | Atom::Order(col, _, _) => known.contains(col),
        Atom::Starts(col, _) | Atom::Ends(col, _) | Atom::Has(col, _) => {
            known.contains(col) && col.name.ty() == ColType::Bytes
        }
        Atom::Near(col, _, _) => known.contains(col) && col.name.ty() == ColType::Point,
        Atom::Words(col, words) => known.contains(col) && col.name.ty() == ColType::Bytes && are_words(words),
    };
    if fits { Ok(()) } else { Err(Question::Typing(kind)) }
}

/// Words that no text can have in one another's place.
fn are_words(words: &[String]) -> bool {
    let distinct: BTreeSet<&String> = words.iter().collect();
    distinct.len() == words.len() && words.iter().all(|word| !word.is_empty() && !word.contains(' '))
}

/// The position has one value per sort key, of the key's type.
pub(super) fn cursor(order: &[OrderKey], after: &After) -> bool {
    let fits = |(key, value): (&OrderKey, &Option<Value>)| match value {
        None => true,
        Some(Value::Int(_)) => numeric(key),
        Some(Value::Text(_)) => !numeric(key),
        Some(_) => false,
    };
    order.len() == after.keys.len() && order.iter().zip(&after.keys).all(fits)
}

/// Whether the values are integers all, or texts all.
pub(super) fn comparable(key: &OrderKey) -> bool {
    let same = |source: &OrderSource| source.by.is_numeric() == numeric(key);
    key.from.iter().all(same)
}

fn numeric(key: &OrderKey) -> bool {
    key.from.first().is_some_and(|source| source.by.is_numeric())
}
