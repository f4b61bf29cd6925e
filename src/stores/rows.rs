//! Index rows on their way into tables: cells, sorted per table.

use super::StoreError;
use super::layout::{Layout, RowTable};
use super::number::Numbering;
use super::packed::{Column, Packed, PackedSet};
use super::version::Owner;
use fhirc_codegen::rows::RowKind;
use fhirc_codegen::sql::schema::By;
use std::collections::BTreeMap;

/// A stored value. Values of one column are of one variant, so that their order is the order of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Cell<'a> {
    Int(i64),
    Text(&'a str),
}

impl Cell<'_> {
    /// A number that is in the order of cells of one column, or equal.
    fn beginning(&self) -> u64 {
        match self {
            // From the least to the greatest, without a sign.
            Cell::Int(n) => n.cast_unsigned() ^ (1 << 63),
            Cell::Text(text) => {
                let mut bytes = [0; 8];
                bytes.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
                u64::from_be_bytes(bytes)
            }
        }
    }
}

/// The rows of a batch, by kind.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    layout: &'a Layout,
    /// One row after the other: the key, the resource, the values.
    cells: BTreeMap<RowKind, Vec<Cell<'a>>>,
}

impl<'a> Tables<'a> {
    /// With room for the rows of these resources: what grows as it goes takes up to three times the memory meanwhile.
    pub(super) fn new(layout: &'a Layout, of: impl Iterator<Item = &'a Packed>) -> Tables<'a> {
        let mut room: BTreeMap<RowKind, usize> = BTreeMap::new();
        for (kind, cells) in of.flat_map(Packed::kinds) {
            // The key and the resource.
            *room.entry(kind).or_default() += 2 + cells;
        }
        Tables { layout, cells: room.into_iter().map(|(kind, cells)| (kind, Vec::with_capacity(cells))).collect() }
    }

    /// Takes the rows of the resource `ord` and of those that it contains.
    pub(super) fn add_all(
        &mut self,
        ord: i64,
        set: &'a PackedSet,
        numbers: &mut impl Numbering<'a>,
    ) -> Result<(), StoreError> {
        for (owner, rows) in set {
            let ord = match owner {
                Owner::Itself => ord,
                Owner::Contained(ty, id) => numbers.resource(*ty, id)?,
            };
            self.add(ord, rows, numbers)?;
        }
        Ok(())
    }

    /// Takes the rows of one resource; references and code systems become numbers.
    fn add(&mut self, ord: i64, rows: &'a Packed, numbers: &mut impl Numbering<'a>) -> Result<(), StoreError> {
        for (key, kind, columns) in rows.rows() {
            let cells = self.cells.entry(kind).or_default();
            let width = cells.len() + self.layout.width(kind);
            cells.extend([Cell::Int(i64::from(key.0)), Cell::Int(ord)]);
            for column in columns {
                cells.push(match column {
                    Column::Int(n) => Cell::Int(n),
                    Column::Text(text) => Cell::Text(text),
                    Column::System(None) => Cell::Int(0),
                    Column::System(Some(url)) => Cell::Int(numbers.system(url)?),
                    Column::Rid(ty, id) => Cell::Int(numbers.resource(ty, id)?),
                });
            }
            if cells.len() != width {
                return Err(StoreError::Corrupt { what: format!("a row of {kind:?} has not the columns of its kind") });
            }
        }
        Ok(())
    }

    /// How many cells there are in all.
    #[cfg(feature = "sqlite")]
    pub(super) fn size(&self) -> usize {
        self.cells.values().map(Vec::len).sum()
    }

    /// The rows of each table, in its order: neighbours are written into one page while it is at hand.
    pub(super) fn sorted(&self) -> impl Iterator<Item = (&'a RowTable, Vec<&[Cell<'a>]>)> {
        self.layout.tables.iter().filter_map(|table| {
            let cells = self.cells.get(&table.kind)?;
            let mut rows: Vec<&[Cell<'a>]> = cells.chunks_exact(self.layout.width(table.kind)).collect();
            // Those of a resource came together, in the order of the resources.
            if table.by != By::Source {
                rows = sorted(table, rows);
            }
            Some((table, rows))
        })
    }
}

/// Rows in the order of a table, most of which the beginnings of their first two columns decide.
fn sorted<'c, 'a>(table: &RowTable, rows: Vec<&'c [Cell<'a>]>) -> Vec<&'c [Cell<'a>]> {
    let columns: Vec<usize> = table.cells().collect();
    let begin = |row: &[Cell<'_>], position: usize| {
        columns.get(position).and_then(|n| row.get(*n)).map(Cell::beginning).unwrap_or_default()
    };
    let mut keyed: Vec<([u64; 2], &'c [Cell<'a>])> =
        rows.into_iter().map(|row| ([begin(row, 0), begin(row, 1)], row)).collect();
    let rest = |row: &'c [Cell<'a>]| columns.iter().map(move |n| row.get(*n));
    keyed.sort_unstable_by(|(a, one), (b, other)| a.cmp(b).then_with(|| rest(one).cmp(rest(other))));
    keyed.into_iter().map(|(_, row)| row).collect()
}
