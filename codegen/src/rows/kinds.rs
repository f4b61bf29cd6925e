//! Every kind of rows, in the order of the schema.

use super::{Base, RowKind, Tuple};

/// Every tuple shape, in the order in which schemas list them.
pub const TUPLES: [Tuple; 8] = [
    Tuple::TokenToken,
    Tuple::TokenQuantity,
    Tuple::TokenNumber,
    Tuple::TokenTime,
    Tuple::TokenText,
    Tuple::TokenNumberNumber,
    Tuple::RefToken,
    Tuple::RefTextToken,
];

/// Every single-value kind, in the order in which schemas list them.
pub const BASES: [Base; 10] = [
    Base::Token,
    Base::Text,
    Base::Ref,
    Base::RefText,
    Base::Url,
    Base::Time,
    Base::Number,
    Base::Quantity,
    Base::Word,
    Base::Point,
];

/// What parts of elements hold, in the order in which schemas list them: what stands in tuples too.
pub const PARTS: [Base; 7] =
    [Base::Token, Base::Text, Base::Ref, Base::RefText, Base::Time, Base::Number, Base::Quantity];

/// Every kind of rows that extraction writes, in the order of the schema.
pub fn stored_kinds() -> impl Iterator<Item = RowKind> {
    let values = BASES.into_iter().map(RowKind::One).chain(TUPLES.into_iter().map(RowKind::Tuple));
    let parts = PARTS.into_iter().map(RowKind::Part);
    values.chain([RowKind::Present, RowKind::Element]).chain(parts)
}

/// Every row kind, in the order of the schema.
pub fn kinds() -> impl Iterator<Item = RowKind> {
    stored_kinds().chain([RowKind::Id, RowKind::Updated])
}
