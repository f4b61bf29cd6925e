//! Index rows on their way into tables: cells, sorted per table.

use super::StoreError;
use super::layout::{BEFORE_VALUES, Layout, RowTable};
use super::number::Numbering;
use super::packed::{Column, Packed, PackedSet};
use super::version::Owner;
use fhirc_codegen::rows::{RowKind, TypeCode};
use fhirc_codegen::sql::schema::By;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

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

/// The rows of a batch, on their way into the tables of each kind.
#[derive(Debug)]
pub(super) struct Tables<'a> {
    layout: &'a Layout,
    /// The names of the tables that take none of the rows.
    left_out: BTreeSet<&'a str>,
    /// Whose they are, by number.
    owners: Vec<(i64, &'a Packed)>,
    /// The cells of each kind.
    sizes: BTreeMap<RowKind, usize>,
    resources: HashMap<(TypeCode, &'a str), i64>,
    systems: HashMap<&'a str, i64>,
}

/// The rows of one kind, and the order of each of its tables. Packed rows take a fraction of the memory, so those of one
/// kind are unpacked at a time.
#[derive(Debug)]
pub(super) struct OfKind<'a> {
    width: usize,
    /// One row after the other: the key, the resource, the values.
    cells: Vec<Cell<'a>>,
    /// The numbers of the rows in the order of a table; nothing: as they stand.
    orders: Vec<(&'a RowTable, Option<Vec<u32>>)>,
}

impl<'a> Tables<'a> {
    pub(super) fn new(layout: &'a Layout) -> Tables<'a> {
        let (left_out, owners, sizes) = (BTreeSet::new(), Vec::new(), BTreeMap::new());
        Tables { layout, left_out, owners, sizes, resources: HashMap::new(), systems: HashMap::new() }
    }

    /// The same, without the tables of these names.
    #[cfg(feature = "sqlite")]
    pub(super) fn but(self, left_out: impl Iterator<Item = &'a str>) -> Tables<'a> {
        Tables { left_out: left_out.collect(), ..self }
    }

    /// Takes the rows of the resource `ord` and of those that it contains.
    pub(super) fn add_all(
        &mut self,
        ord: i64,
        set: &'a PackedSet,
        numbers: &mut impl Numbering<'a>,
    ) -> Result<(), StoreError> {
        for (owner, rows) in set.iter() {
            let ord = match owner {
                Owner::Itself => ord,
                Owner::Contained(ty, id) => numbers.resource(*ty, id)?,
            };
            self.number(rows, numbers)?;
            for (kind, cells) in rows.kinds() {
                *self.sizes.entry(kind).or_default() += BEFORE_VALUES + cells;
            }
            self.owners.push((ord, rows));
        }
        Ok(())
    }

    /// References and code systems become numbers.
    fn number(&mut self, rows: &'a Packed, numbers: &mut impl Numbering<'a>) -> Result<(), StoreError> {
        for column in rows.rows().flat_map(|(_, _, columns)| columns) {
            match column {
                Column::System(Some(url)) => match self.systems.entry(url) {
                    Entry::Occupied(_) => {}
                    Entry::Vacant(place) => drop(place.insert(numbers.system(url)?)),
                },
                Column::Rid(ty, id) => match self.resources.entry((ty, id)) {
                    Entry::Occupied(_) => {}
                    Entry::Vacant(place) => drop(place.insert(numbers.resource(ty, id)?)),
                },
                Column::Int(_) | Column::Text(_) | Column::System(None) => {}
            }
        }
        Ok(())
    }

    /// How many cells there are in all.
    #[cfg(feature = "sqlite")]
    pub(super) fn size(&self) -> usize {
        self.sizes.values().sum()
    }

    /// The rows of each kind in the orders of its tables: neighbours are written into one page while it is at hand.
    ///
    /// # Errors
    /// What was extracted has not the columns of its kind.
    pub(super) fn sorted(&self) -> impl Iterator<Item = Result<OfKind<'a>, StoreError>> {
        self.sizes.keys().map(|kind| self.of_kind(*kind))
    }

    fn of_kind(&self, kind: RowKind) -> Result<OfKind<'a>, StoreError> {
        let width = self.layout.width(kind);
        let mut cells = Vec::with_capacity(self.sizes.get(&kind).copied().unwrap_or_default());
        let mut rows: u32 = 0;
        for (ord, packed) in &self.owners {
            for (key, _, columns) in packed.rows().filter(|(_, of, _)| *of == kind) {
                cells.extend([Cell::Int(i64::from(key.0)), Cell::Int(*ord)]);
                cells.extend(columns.filter_map(|column| self.cell(column)));
                rows = rows.checked_add(1).ok_or(StoreError::Limit { what: "index rows in one transaction" })?;
            }
        }
        if cells.len() != rows as usize * width {
            return Err(StoreError::Corrupt { what: format!("rows of {kind:?} have not the columns of their kind") });
        }
        let is_written = |table: &&RowTable| table.kind == kind && !self.left_out.contains(table.name.as_str());
        let of_kind = self.layout.tables.iter().filter(is_written);
        // Those of a resource came together, in the order of the resources.
        let order = |table: &RowTable| (table.by != By::Source).then(|| order(table, &cells, width));
        let orders = of_kind.map(|table| (table, order(table))).collect();
        Ok(OfKind { width, cells, orders })
    }

    /// What is stored for a column; nothing if it was never numbered.
    fn cell(&self, column: Column<'a>) -> Option<Cell<'a>> {
        Some(match column {
            Column::Int(n) => Cell::Int(n),
            Column::Text(text) => Cell::Text(text),
            Column::System(None) => Cell::Int(0),
            Column::System(Some(url)) => Cell::Int(*self.systems.get(url)?),
            Column::Rid(ty, id) => Cell::Int(*self.resources.get(&(ty, id))?),
        })
    }
}

impl<'a> OfKind<'a> {
    /// Each table, and its rows in its order.
    pub(super) fn tables(&self) -> impl Iterator<Item = (&'a RowTable, impl Iterator<Item = &[Cell<'a>]> + Clone)> {
        self.orders.iter().map(|(table, order)| {
            let all = order.is_none().then(|| self.cells.chunks_exact(self.width)).into_iter().flatten();
            let ordered = order.iter().flatten().filter_map(|n| row(&self.cells, self.width, *n));
            (*table, all.chain(ordered))
        })
    }
}

fn row<'c, 'a>(cells: &'c [Cell<'a>], width: usize, n: u32) -> Option<&'c [Cell<'a>]> {
    let start = n as usize * width;
    cells.get(start..start + width)
}

/// The numbers of the rows in the order of a table, most of which the beginnings of their first two columns decide.
fn order(table: &RowTable, cells: &[Cell<'_>], width: usize) -> Vec<u32> {
    let columns: Vec<usize> = table.cells().collect();
    let begin = |row: &[Cell<'_>], position: usize| {
        columns.get(position).and_then(|n| row.get(*n)).map(Cell::beginning).unwrap_or_default()
    };
    let mut keyed: Vec<([u64; 2], u32)> =
        cells.chunks_exact(width).zip(0..).map(|(row, n)| ([begin(row, 0), begin(row, 1)], n)).collect();
    let rest = |n: u32| {
        let row = row(cells, width, n).unwrap_or_default();
        columns.iter().map(move |n| row.get(*n))
    };
    keyed.sort_unstable_by(|(a, one), (b, other)| a.cmp(b).then_with(|| rest(*one).cmp(rest(*other))));
    keyed.into_iter().map(|(_, n)| n).collect()
}
