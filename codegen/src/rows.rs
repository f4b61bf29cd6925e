//! What an index row is: a key, typed columns, and the resource it belongs to.

mod kinds;

pub use kinds::{BASES, PARTS, TUPLES, kinds, stored_kinds};

use std::fmt;

/// The number of an index key: one (resource type, search parameter, facet, level, generation).
///
/// The numbering is the caller's; code generation only compares and binds it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KeyId(pub u32);

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key-{}", self.0)
    }
}

/// The number of a resource type, 1 to 255. The high bits of every `ord` of that type.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeCode(pub u8);

impl fmt::Debug for TypeCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type-{}", self.0)
    }
}

/// The columns that one indexed value fills: the building block of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Base {
    /// A coded value: `Code` folded, `System`, and `Exact` as written where that differs from `Code`, else empty.
    Token,
    /// A string: `Text` folded, `Rank` (see [`Rank`]), and `Exact`: as written on rows of the form that sorts, that form
    /// on rows of rank `Dashed`, else empty.
    Text,
    /// A reference to a resource of this store: `Target`, and `Version` where the reference names one, else empty.
    Ref,
    /// A reference that leaves the store (absolute URL on a foreign base, `urn:`): `Url` as written.
    RefText,
    /// A uri or canonical: `Url` without version, `Version` or empty.
    Url,
    /// A date, dateTime, instant, Period or Timing: `Time`, a half-open interval of microseconds.
    Time,
    /// A number or range of numbers: `Cuts`, a half-open interval of order-preserving decimal cuts.
    Number,
    /// A quantity: `Cuts`, `System` and `Code` of the unit, `Unit` as written for people.
    Quantity,
    /// One folded word of a text: `Word`.
    Word,
    /// A place in space: `Place`.
    Point,
}

/// What one row holds. One row is about one element of the resource, so a test of one row is a same-element test.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowKind {
    /// One value.
    One(Base),
    /// One combination of the component values inside one element (a composite).
    Tuple(Tuple),
    /// No column: the resource has the element at all.
    Present,
    /// An element that repeats, or something that is there inside it: `Part` says which, [`ELEMENT`] the element itself, and
    /// `Element` counts the elements of the key from 0.
    Element,
    /// One value of a part of an element that repeats: `Element`, `Part`, and the columns of the value.
    Part(Base),
    /// The resource's own logical id (column `Id`). Every live resource has exactly one; no extraction writes it.
    Id,
    /// The resource's own `meta.lastUpdated` (column `Time`). As for `Id`.
    Updated,
}

/// The part that is the whole of an element, in rows that say that it is there.
pub const ELEMENT: i64 = 0;

/// The shapes of tuple rows. A composite of another shape is refused when its definition is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Tuple {
    /// code and code
    TokenToken,
    /// code and quantity
    TokenQuantity,
    /// code and number
    TokenNumber,
    /// code and date
    TokenTime,
    /// code and string
    TokenText,
    /// code, number and number
    TokenNumberNumber,
    /// reference to a resource of this store, and code
    RefToken,
    /// reference that leaves the store, and code
    RefTextToken,
}

impl Tuple {
    /// The parts, in order.
    pub fn parts(self) -> &'static [Base] {
        use Base::{Number, Quantity, Ref, RefText, Text, Time, Token};
        match self {
            Tuple::TokenToken => &[Token, Token],
            Tuple::TokenQuantity => &[Token, Quantity],
            Tuple::TokenNumber => &[Token, Number],
            Tuple::TokenTime => &[Token, Time],
            Tuple::TokenText => &[Token, Text],
            Tuple::TokenNumberNumber => &[Token, Number, Number],
            Tuple::RefToken => &[Ref, Token],
            Tuple::RefTextToken => &[RefText, Token],
        }
    }

    /// The shape with these parts, if rows of it exist.
    pub fn of(parts: &[Base]) -> Option<Tuple> {
        TUPLES.into_iter().find(|t| t.parts() == parts)
    }
}

/// Which form of a string a text row holds: a column value, ascending.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Rank {
    /// The whole value, dashes dropped, where it has no other form. It sorts.
    Primary = 0,
    /// The whole value, dashes read as blanks, where that differs; its `Exact` is the other form, so that one row tells
    /// both.
    Dashed = 1,
    /// The rest of a family name from a later word on.
    Later = 2,
    /// The whole value, dashes dropped, beside a row `Dashed`. It sorts.
    Joined = 3,
}

impl Rank {
    /// The ranks of the form that sorts: each value has exactly one.
    pub const SORTS: [Rank; 2] = [Rank::Primary, Rank::Joined];
    /// The ranks of whole values.
    pub const WHOLE: [Rank; 3] = [Rank::Primary, Rank::Dashed, Rank::Joined];
}

/// The name of a column inside its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColName {
    /// Code system of a token or unit; "no system" is a value of its own.
    System,
    /// Folded code of a token; code of a unit as written.
    Code,
    /// The value as written, where it differs from the folded column.
    Exact,
    /// Folded text.
    Text,
    /// [`Rank`] of a text.
    Rank,
    /// Target of a reference.
    Target,
    /// Version of a reference or canonical; empty if none.
    Version,
    /// Url of a uri, canonical or foreign reference.
    Url,
    /// Half-open interval of instants.
    Time,
    /// Half-open interval of decimal cuts.
    Cuts,
    /// Unit as written for people.
    Unit,
    /// One folded word.
    Word,
    /// A point.
    Place,
    /// Logical id of the resource itself.
    Id,
    /// Which of the elements of a key, from 0.
    Element,
    /// Which part of an element, or [`ELEMENT`].
    Part,
}

/// A column of a row: `part` is 0 except in tuple rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Col {
    /// Which part of a tuple.
    pub part: u8,
    /// Which column of that part.
    pub name: ColName,
}

impl Col {
    /// A column of the first or only part.
    pub fn first(name: ColName) -> Col {
        Col { part: 0, name }
    }
}

/// What a column holds and how it is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ColType {
    /// 64-bit integer.
    Int,
    /// UTF-8, compared byte by byte.
    Bytes,
    /// A code system: interned by stores that number them, text elsewhere.
    System,
    /// A resource of this store: its number in stores that number them, `Type/id` elsewhere.
    Rid,
    /// Half-open interval of `Int`.
    Instants,
    /// Half-open interval of `Bytes`.
    Cuts,
    /// Three `Int`, ordered by `z`: see [`Point`].
    Point,
}

impl ColName {
    /// The type of the column.
    pub fn ty(self) -> ColType {
        match self {
            ColName::System => ColType::System,
            ColName::Rank | ColName::Element | ColName::Part => ColType::Int,
            ColName::Target => ColType::Rid,
            ColName::Time => ColType::Instants,
            ColName::Cuts => ColType::Cuts,
            ColName::Place => ColType::Point,
            ColName::Code
            | ColName::Exact
            | ColName::Text
            | ColName::Version
            | ColName::Url
            | ColName::Unit
            | ColName::Word
            | ColName::Id => ColType::Bytes,
        }
    }
}

impl Base {
    /// The columns of one part. The first is the one that rows are sought by and ordered by.
    pub fn columns(self) -> &'static [ColName] {
        match self {
            Base::Token => &[ColName::Code, ColName::System, ColName::Exact],
            Base::Text => &[ColName::Text, ColName::Rank, ColName::Exact],
            Base::Ref => &[ColName::Target, ColName::Version],
            Base::RefText => &[ColName::Url],
            Base::Url => &[ColName::Url, ColName::Version],
            Base::Time => &[ColName::Time],
            Base::Number => &[ColName::Cuts],
            Base::Quantity => &[ColName::Cuts, ColName::System, ColName::Code, ColName::Unit],
            Base::Word => &[ColName::Word],
            Base::Point => &[ColName::Place],
        }
    }
}

impl RowKind {
    /// The columns of the row, part after part.
    pub fn columns(self) -> Vec<Col> {
        let parts: &[Base] = match &self {
            RowKind::One(base) | RowKind::Part(base) => std::slice::from_ref(base),
            RowKind::Tuple(tuple) => tuple.parts(),
            RowKind::Present => &[],
            RowKind::Element => return [ColName::Part, ColName::Element].map(Col::first).to_vec(),
            RowKind::Id => return vec![Col::first(ColName::Id)],
            RowKind::Updated => return vec![Col::first(ColName::Time)],
        };
        let columns = |(part, base): (usize, &Base)| {
            let part = u8::try_from(part).unwrap_or(u8::MAX);
            base.columns().iter().map(move |&name| Col { part, name })
        };
        let values = parts.iter().enumerate().flat_map(columns);
        let place: &[ColName] = if self.is_part() { &[ColName::Element, ColName::Part] } else { &[] };
        place.iter().map(|&name| Col::first(name)).chain(values).collect()
    }

    /// Whether it is about one value of a part of an element.
    pub fn is_part(self) -> bool {
        matches!(self, RowKind::Part(_))
    }

    /// Whether it is about one of the elements of a key, which it names.
    pub fn is_of_element(self) -> bool {
        self.is_part() || self == RowKind::Element
    }
}

/// A typed value of a column, in a row to be written or in a test. Never spliced into text.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub enum Value {
    /// A 64-bit integer.
    Int(i64),
    /// UTF-8 text.
    Text(String),
    /// A code system url; `None` is "no system".
    System(Option<String>),
    /// A resource of this store, by type and logical id, whether it exists or not.
    Rid(TypeCode, String),
    /// A half-open interval of instants, microseconds since 1970 UTC; `i64::MIN` and `i64::MAX` are open ends.
    Instants(i64, i64),
    /// A half-open interval of decimal cuts.
    Cuts(String, String),
    /// A point.
    Point(Point),
}

/// The cut before all numbers: an interval that begins here is open below.
pub const FIRST_CUT: &str = "-";
/// The cut after all numbers: an interval that ends here is open above.
pub const LAST_CUT: &str = "~";

impl Value {
    /// Whether it is an interval that is open below.
    pub fn is_open_below(&self) -> bool {
        match self {
            Value::Instants(start, _) => *start == i64::MIN,
            Value::Cuts(start, _) => start == FIRST_CUT,
            _ => false,
        }
    }

    /// Whether it is an interval that is open above.
    pub fn is_open_above(&self) -> bool {
        match self {
            Value::Instants(_, end) => *end == i64::MAX,
            Value::Cuts(_, end) => end == LAST_CUT,
            _ => false,
        }
    }
}

/// A point in space, in whole steps of the caller's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
pub struct Point {
    /// The coordinate that rows are sought by.
    pub z: i64,
    /// The second coordinate.
    pub x: i64,
    /// The third coordinate.
    pub y: i64,
}

impl Point {
    /// The largest coordinate in either direction; a radius is at most twice as large. So the squares that are compared,
    /// three of a difference of at most twice this size, have room in 64 bits.
    pub const LIMIT: i64 = 800_000_000;

    /// Whether all coordinates are within [`Point::LIMIT`], as those of every stored point have to be.
    pub fn is_within_limit(self) -> bool {
        self.coordinates().iter().all(|coordinate| coordinate.unsigned_abs() <= Point::LIMIT.unsigned_abs())
    }

    /// The coordinates in the order of the stored columns.
    pub fn coordinates(self) -> [i64; 3] {
        [self.z, self.x, self.y]
    }
}

impl serde::Serialize for TypeCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(self.0)
    }
}

/// A row as extraction writes it: `values` stand in the order of [`RowKind::columns`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Row {
    /// Which parameter, facet and level.
    pub key: KeyId,
    /// Which columns.
    pub kind: RowKind,
    /// The values of the columns.
    pub values: Vec<Value>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tuple_columns_are_the_columns_of_the_parts() {
        let columns = RowKind::Tuple(Tuple::TokenQuantity).columns();
        assert_eq!(columns.len(), Base::Token.columns().len() + Base::Quantity.columns().len());
        assert_eq!(columns.last(), Some(&Col { part: 1, name: ColName::Unit }));
    }

    #[test]
    fn every_tuple_is_found_by_its_parts() {
        for tuple in TUPLES {
            assert_eq!(Tuple::of(tuple.parts()), Some(tuple));
        }
    }
}
