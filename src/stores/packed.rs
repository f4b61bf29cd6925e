//! Index rows in little memory, while they wait to be written: no allocation for each value.

use super::version::{Owner, RowSet};
use fhirc_codegen::rows::{KeyId, Row, RowKind, TypeCode, Value};

/// Rows that are packed, by the resource that they belong to. Mostly that is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PackedSet(Box<[(Owner, Packed)]>);

impl PackedSet {
    /// Each resource and its rows.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &(Owner, Packed)> {
        self.0.iter()
    }

    /// Whose rows there are.
    pub(crate) fn owners(&self) -> impl Iterator<Item = &Owner> {
        self.iter().map(|(owner, _)| owner)
    }

    /// The rows of each.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Packed> {
        self.iter().map(|(_, rows)| rows)
    }

    /// The rows of each.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = &mut Packed> {
        self.0.iter_mut().map(|(_, rows)| rows)
    }
}

/// Rows of one resource, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Packed {
    heads: Vec<Head>,
    /// What is stored in each column but for texts, of which the length is here: see [`Tag`].
    cells: Vec<u8>,
    /// All texts of all cells, one behind the other.
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    key: KeyId,
    kind: RowKind,
    /// How many columns are stored.
    columns: u8,
    /// How many bytes of the cells are its own.
    cells: u16,
    /// How many bytes of the texts are its own.
    text: u32,
}

/// The first byte of a cell.
#[derive(Clone, Copy, Debug)]
enum Tag {
    /// A number follows.
    Int = 0,
    /// The length of a text follows.
    Text = 1,
    NoSystem = 2,
    /// The length of a url follows.
    System = 3,
    /// A type and the length of an id follow.
    Rid = 4,
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
    let packed = rows.into_iter().map(|(owner, rows)| Ok((owner, Packed::of(&rows)?)));
    packed.collect::<Result<Vec<_>, TooLong>>().map(|packed| PackedSet(packed.into()))
}

impl Packed {
    /// Packs the rows of one resource.
    pub(crate) fn of(rows: &[Row]) -> Result<Packed, TooLong> {
        let mut packed = Packed { heads: Vec::with_capacity(rows.len()), ..Packed::default() };
        for row in rows {
            let (cells, text) = (packed.cells.len(), packed.text.len());
            let columns = row.values.iter().try_fold(0, |columns, value| Ok(columns + packed.value(value)?))?;
            packed.heads.push(Head {
                key: row.key,
                kind: row.kind,
                columns,
                cells: u16::try_from(packed.cells.len() - cells).map_err(|_| TooLong)?,
                text: u32::try_from(packed.text.len() - text).map_err(|_| TooLong)?,
            });
        }
        packed.cells.shrink_to_fit();
        packed.text.shrink_to_fit();
        Ok(packed)
    }

    /// Packs a value; how many columns it takes.
    fn value(&mut self, value: &Value) -> Result<u8, TooLong> {
        match value {
            Value::Int(n) => self.ints([*n]),
            Value::Instants(start, end) => self.ints([*start, *end]),
            Value::Point(point) => self.ints(point.coordinates()),
            Value::System(None) => {
                self.cells.push(Tag::NoSystem as u8);
                Ok(1)
            }
            Value::Text(text) => self.text(Tag::Text, text),
            Value::System(Some(url)) => self.text(Tag::System, url),
            Value::Rid(TypeCode(ty), id) => {
                self.cells.extend([Tag::Rid as u8, *ty]);
                self.length(id)
            }
            Value::Cuts(start, end) => Ok(self.text(Tag::Text, start)? + self.text(Tag::Text, end)?),
        }
    }

    fn ints<const N: usize>(&mut self, ints: [i64; N]) -> Result<u8, TooLong> {
        for n in ints {
            self.cells.push(Tag::Int as u8);
            // Numbers near zero are short, whatever their sign.
            self.varint(((n << 1) ^ (n >> 63)).cast_unsigned());
        }
        u8::try_from(N).map_err(|_| TooLong)
    }

    fn text(&mut self, tag: Tag, text: &str) -> Result<u8, TooLong> {
        self.cells.push(tag as u8);
        self.length(text)
    }

    fn length(&mut self, text: &str) -> Result<u8, TooLong> {
        self.varint(u64::try_from(text.len()).map_err(|_| TooLong)?);
        self.text.push_str(text);
        Ok(1)
    }

    /// Seven bits a byte, the lowest first; the eighth says that another follows.
    fn varint(&mut self, mut n: u64) {
        while n >= 0x80 {
            self.cells.push((n & 0x7f) as u8 | 0x80);
            n >>= 7;
        }
        self.cells.push(n as u8);
    }

    /// How many rows there are.
    pub(crate) fn len(&self) -> usize {
        self.heads.len()
    }

    /// Bytes of memory.
    pub(crate) fn size(&self) -> usize {
        size_of_val(self.heads.as_slice()) + self.cells.len() + self.text.len()
    }

    /// The most bytes of text in a row.
    #[cfg(feature = "postgres")]
    pub(crate) fn longest(&self) -> usize {
        self.heads.iter().map(|head| head.text as usize).max().unwrap_or_default()
    }

    /// The key of each row.
    pub(crate) fn keys(&self) -> impl Iterator<Item = KeyId> {
        self.heads.iter().map(|head| head.key)
    }

    /// The kind of each row, and how many columns are stored of it.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = (RowKind, usize)> {
        self.heads.iter().map(|head| (head.kind, head.columns.into()))
    }

    /// The rows: key, kind, and what is stored in each column.
    pub(crate) fn rows(&self) -> impl Iterator<Item = (KeyId, RowKind, Columns<'_>)> {
        self.parts().map(|(head, columns)| (head.key, head.kind, columns))
    }

    fn parts(&self) -> impl Iterator<Item = (Head, Columns<'_>)> {
        let (mut cells, mut text) = (self.cells.as_slice(), self.text.as_str());
        self.heads.iter().map(move |head| {
            // Heads were made with these very cells and texts.
            let (of_row, after) = cells.split_at_checked(head.cells.into()).unwrap_or_default();
            let (own, rest) = text.split_at_checked(head.text as usize).unwrap_or_default();
            (cells, text) = (after, rest);
            (*head, Columns { cells: of_row, text: own })
        })
    }

    /// Keeps the rows of some keys.
    pub(crate) fn retain(&mut self, keep: impl Fn(KeyId) -> bool) {
        let mut kept = Packed::default();
        for (head, columns) in self.parts().filter(|(head, _)| keep(head.key)) {
            kept.heads.push(head);
            kept.cells.extend_from_slice(columns.cells);
            kept.text.push_str(columns.text);
        }
        *self = kept;
    }
}

/// What is stored in the columns of a row, one after the other.
#[derive(Clone, Debug)]
pub(crate) struct Columns<'a> {
    cells: &'a [u8],
    text: &'a str,
}

impl<'a> Columns<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (byte, rest) = self.cells.split_first()?;
        self.cells = rest;
        Some(*byte)
    }

    fn varint(&mut self) -> Option<u64> {
        let (mut n, mut shift) = (0, 0);
        loop {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(n);
            }
            shift += 7;
        }
    }

    fn text(&mut self) -> Option<&'a str> {
        let len = usize::try_from(self.varint()?).ok()?;
        let (text, rest) = self.text.split_at_checked(len)?;
        self.text = rest;
        Some(text)
    }
}

impl<'a> Iterator for Columns<'a> {
    type Item = Column<'a>;

    fn next(&mut self) -> Option<Column<'a>> {
        const INT: u8 = Tag::Int as u8;
        const TEXT: u8 = Tag::Text as u8;
        const NO_SYSTEM: u8 = Tag::NoSystem as u8;
        const SYSTEM: u8 = Tag::System as u8;
        const RID: u8 = Tag::Rid as u8;
        Some(match self.byte()? {
            INT => {
                let n = self.varint()?;
                Column::Int((n >> 1).cast_signed() ^ -(n & 1).cast_signed())
            }
            TEXT => Column::Text(self.text()?),
            NO_SYSTEM => Column::System(None),
            SYSTEM => Column::System(Some(self.text()?)),
            RID => Column::Rid(TypeCode(self.byte()?), self.text()?),
            _ => return None,
        })
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
            one(8, Base::Time, vec![Value::Instants(i64::MIN, 300)]),
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
            (8, "[Int(-9223372036854775808), Int(300)]"),
            (6, r#"[Text("1"), Text("10")]"#),
            (7, "[Int(1), Int(2), Int(3)]"),
        ]
        .map(|(key, columns)| (key, columns.to_owned()));
        assert_eq!(columns(&packed), expected);
        assert!(packed.keys().zip(packed.rows()).zip(&rows).all(|((key, row), of)| key == of.key && row.1 == of.kind));
        packed.retain(|key| key.0 % 2 == 0);
        assert_eq!(columns(&packed), [&expected[1], &expected[3], &expected[5], &expected[6]].map(Clone::clone));
        assert_eq!(packed.len(), 4);
    }
}
