//! Index rows in little memory, while they wait to be written: no allocation for each value.

use super::version::{Owner, RowSet};
use fhirc_codegen::rows::{KeyId, Row, RowKind, TypeCode, Value};
use std::collections::BTreeMap;

/// Rows that are packed, by the resource that they belong to.
pub(crate) type PackedSet = BTreeMap<Owner, Packed>;

/// Rows of one resource, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Packed {
    heads: Vec<Head>,
    cells: Vec<Cell>,
    /// All texts of all cells.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    key: KeyId,
    kind: RowKind,
    cells: u8,
}

/// What is stored in one column. Intervals and points are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    Int(i64),
    Text(Place),
    NoSystem,
    System(Place),
    Rid(TypeCode, Place),
}

/// Where a text stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    start: u32,
    len: u32,
}

/// What is stored in one column, with its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column<'a> {
    /// An integer.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// A code system, or none.
    System(Option<&'a str>),
    /// A resource, by type and id.
    Rid(TypeCode, &'a str),
}

/// The texts of the rows of one resource are longer than 4 GiB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Packs rows.
pub(crate) fn pack(rows: RowSet) -> Result<PackedSet, TooLong> {
    rows.into_iter().map(|(owner, rows)| Ok((owner, Packed::of(&rows)?))).collect()
}

impl Packed {
    /// Packs the rows of one resource.
    pub(crate) fn of(rows: &[Row]) -> Result<Packed, TooLong> {
        let mut packed = Packed { heads: Vec::with_capacity(rows.len()), ..Packed::default() };
        for row in rows {
            let before = packed.cells.len();
            row.values.iter().try_for_each(|value| packed.value(value))?;
            let cells = u8::try_from(packed.cells.len() - before).map_err(|_| TooLong)?;
            packed.heads.push(Head { key: row.key, kind: row.kind, cells });
        }
        packed.cells.shrink_to_fit();
        packed.text.shrink_to_fit();
        Ok(packed)
    }

    fn value(&mut self, value: &Value) -> Result<(), TooLong> {
        match value {
            Value::Int(n) => self.cells.push(Cell::Int(*n)),
            Value::Instants(start, end) => self.cells.extend([Cell::Int(*start), Cell::Int(*end)]),
            Value::Point(point) => self.cells.extend(point.coordinates().map(Cell::Int)),
            Value::System(None) => self.cells.push(Cell::NoSystem),
            Value::Text(text) => {
                let place = self.text(text)?;
                self.cells.push(Cell::Text(place));
            }
            Value::System(Some(url)) => {
                let place = self.text(url)?;
                self.cells.push(Cell::System(place));
            }
            Value::Rid(ty, id) => {
                let place = self.text(id)?;
                self.cells.push(Cell::Rid(*ty, place));
            }
            Value::Cuts(start, end) => {
                let places = [self.text(start)?, self.text(end)?];
                self.cells.extend(places.map(Cell::Text));
            }
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<Place, TooLong> {
        let start = u32::try_from(self.text.len()).map_err(|_| TooLong)?;
        let len = u32::try_from(text.len()).map_err(|_| TooLong)?;
        self.text.push_str(text);
        Ok(Place { start, len })
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Bytes of memory.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.heads.as_slice()) + size_of_val(self.cells.as_slice()) + self.text.len()
    }

    /// The key of each row.
    pub(crate) fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.heads.iter().map(|head| head.key)
    }

    /// The kind of each row, and how many columns are stored of it.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (RowKind, usize)> {
        self.heads.iter().map(|head| (head.kind, head.cells.into()))
    }

    /// The rows: key, kind, and what is stored in each column.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (KeyId, RowKind, impl Iterator<Item = Column<'_>>)> {
        let mut rest = self.cells.as_slice();
        self.heads.iter().map(move |head| {
            let (cells, after) = rest.split_at_checked(head.cells.into()).unwrap_or_default();
            rest = after;
            (head.key, head.kind, cells.iter().map(|cell| self.column(*cell)))
        })
    }

    fn column(&self, cell: Cell) -> Column<'_> {
        // Places were made from this very text.
        let text = |place: Place| {
            let start = place.start as usize;
            self.text.get(start..start + place.len as usize).unwrap_or_default()
        };
        match cell {
            Cell::Int(n) => Column::Int(n),
            Cell::Text(place) => Column::Text(text(place)),
            Cell::NoSystem => Column::System(None),
            Cell::System(place) => Column::System(Some(text(place))),
            Cell::Rid(ty, place) => Column::Rid(ty, text(place)),
        }
    }

    /// Keeps the rows of some keys. The texts of others stay until all goes.
    pub(crate) fn retain(&mut self, keep: impl Fn(KeyId) -> bool) {
        let (mut heads, mut cells) = (Vec::new(), Vec::new());
        let mut rest = self.cells.as_slice();
        for head in &self.heads {
            let (of_row, after) = rest.split_at_checked(head.cells.into()).unwrap_or_default();
            rest = after;
            if keep(head.key) {
                heads.push(*head);
                cells.extend_from_slice(of_row);
            }
        }
        (self.heads, self.cells) = (heads, cells);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fhirc_codegen::rows::{Base, Point};

    #[test]
    fn what_is_packed_comes_out() {
        let one = |key, base, values| Row { key: KeyId(key), kind: RowKind::One(base), values };
        let text = |text: &str| Value::Text(text.to_owned());
        let rows = [
            Row { key: KeyId(1), kind: RowKind::Present, values: Vec::new() },
            one(2, Base::Token, vec![text("ä"), Value::System(None), text("")]),
            one(3, Base::Token, vec![text("b"), Value::System(Some("urn:x".to_owned())), text("B")]),
            one(4, Base::Ref, vec![Value::Rid(TypeCode(7), "p".to_owned()), text("2")]),
            one(5, Base::Time, vec![Value::Instants(-1, i64::MAX)]),
            one(6, Base::Number, vec![Value::Cuts("1".to_owned(), "10".to_owned())]),
            one(7, Base::Point, vec![Value::Point(Point { z: 1, x: 2, y: 3 })]),
        ];
        let mut packed = Packed::of(&rows).unwrap();
        let columns = |packed: &Packed| -> Vec<(u32, String)> {
            packed.rows().map(|(key, _, columns)| (key.0, format!("{:?}", columns.collect::<Vec<_>>()))).collect()
        };
        let expected = [
            (1, "[]"),
            (2, r#"[Text("ä"), System(None), Text("")]"#),
            (3, r#"[Text("b"), System(Some("urn:x")), Text("B")]"#),
            (4, r#"[Rid(type-7, "p"), Text("2")]"#),
            (5, "[Int(-1), Int(9223372036854775807)]"),
            (6, r#"[Text("1"), Text("10")]"#),
            (7, "[Int(1), Int(2), Int(3)]"),
        ]
        .map(|(key, columns)| (key, columns.to_owned()));
        assert_eq!(columns(&packed), expected);
        assert!(packed.keys().zip(packed.rows()).zip(&rows).all(|((key, row), of)| key == of.key && row.1 == of.kind));
        packed.retain(|key| key.0 % 2 == 0);
        assert_eq!(columns(&packed), [&expected[1], &expected[3], &expected[5]].map(Clone::clone));
        assert_eq!(packed.len(), 3);
    }
}
