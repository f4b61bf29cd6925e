//! Deleting the rows of retired parameters, a few at a time.

use super::commit::{uncertain, unhurried};
use super::lock::{self, Hold};
use super::rows::{List, delete_lists};
use super::sql::{execute, get, rows};
use super::{PostgresStore, Shared, abridged};
use crate::definitions::ParamId;
use crate::keys::{range, type_code};
use crate::stores::StoreError;
use crate::stores::build::{CLEARED, Leftover};
use crate::stores::layout::{From, RowTable};
use crate::stores::rows::Cell;
use crate::stores::tally::{ABRIDGED, REPEATED};
use crate::stores::tenants::Tenant;
use deadpool_postgres::Transaction;
use fhirc_codegen::ord::{ORDS, first_ord};
use fhirc_codegen::sql::is_abridged;
use fhirc_codegen::sql::schema::By;
use std::borrow::Cow;
use std::collections::BTreeMap;
use tokio_postgres::types::Type;
use tokio_postgres::{Error, Row};

impl PostgresStore {
    /// Where rows of these parameters may lie.
    pub(crate) async fn leftovers(&self, params: &[ParamId]) -> Result<Vec<Leftover>, StoreError> {
        let read = |link: super::link::Link| async move {
            let read = rows(&*link, "SELECT id FROM tenant ORDER BY id", &[]).await;
            link.settled(read.map_err(StoreError::postgres("listing tenants")))
        };
        let tenants = self.shared.links.read(read).await?;
        let tables: Vec<usize> = self.shared.layout.finding().collect();
        let mut leftovers = Vec::new();
        for row in &tenants {
            let tenant = get(row, 0)?;
            for keys in params.iter().map(|&param| range(param)) {
                let after = first_ord(type_code(keys.0)) - 1;
                leftovers.extend(tables.iter().map(|&table| Leftover { tenant, keys, table, after }));
            }
        }
        Ok(leftovers)
    }

    /// Deletes some rows: how many, and where more may lie.
    pub(crate) async fn clear(&self, leftover: Leftover) -> Result<(u64, Option<Leftover>), StoreError> {
        self.shared.make_indexes().await?;
        let mut link = self.shared.links.lend().await?;
        let cleared = async {
            let transaction = link.transaction().await.map_err(StoreError::postgres("beginning a transaction"))?;
            unhurried(&transaction).await?;
            lock::definitions(&transaction, Hold::Shared).await?;
            lock::tenant(&transaction, Tenant(leftover.tenant)).await?;
            let cleared = clear(&transaction, &self.shared, leftover).await;
            let cleared = cleared.map_err(StoreError::postgres("deleting index rows"))?;
            transaction.commit().await.map_err(uncertain)?;
            Ok(cleared)
        }
        .await;
        link.settled(cleared)
    }
}

async fn clear(
    transaction: &Transaction<'_>,
    shared: &Shared,
    leftover: Leftover,
) -> Result<(u64, Option<Leftover>), Error> {
    let Some(table) = shared.layout.finds(leftover.table) else { return Ok((0, None)) };
    let found = find(transaction, table, &leftover).await?;
    let place: BTreeMap<From, usize> = table.columns.iter().enumerate().map(|(n, from)| (*from, n)).collect();
    let cells = |from: &From| match place.get(from) {
        Some(column) => found.iter().map(|row| cell(row, *column)).collect::<Result<Vec<_>, Error>>(),
        None => Ok(Vec::new()),
    };
    for other in shared.layout.tables.iter().filter(|other| other.kind == table.kind) {
        let columns = other.columns.iter().filter(|from| **from != From::Tenant).map(cells);
        let list = |cells: Result<Vec<_>, Error>| Ok(List::of(cells?.iter(), Cow::Borrowed));
        let lists: Vec<List<'_>> = columns.map(list).collect::<Result<_, Error>>()?;
        delete_lists(transaction, other, Tenant(leftover.tenant), &lists).await?;
    }
    count(transaction, leftover.tenant, &cells(&From::Key)?).await?;
    let mut gone: BTreeMap<&str, i64> = BTreeMap::new();
    for column in &table.columns {
        for cell in cells(column)? {
            if let Cell::Text(text) = cell
                && is_abridged(text)
            {
                *gone.entry(text).or_default() -= 1;
            }
        }
    }
    let gone = gone.into_iter().map(|(text, uses)| (Cow::Borrowed(text), uses));
    abridged::fewer_of(transaction, Tenant(leftover.tenant), gone).await?;
    let last = cells(&From::Ord)?.last().copied();
    let next = match last {
        // The last resource may have more rows.
        Some(Cell::Int(ord)) if found.len() >= CLEARED => Some(Leftover { after: ord - 1, ..leftover }),
        _ => None,
    };
    Ok((found.len() as u64, next))
}

/// A cell of a row as it was read.
fn cell(row: &Row, column: usize) -> Result<Cell<'_>, Error> {
    let is_text = row.columns().get(column).is_some_and(|column| *column.type_() == Type::TEXT);
    Ok(if is_text { Cell::Text(row.try_get(column)?) } else { Cell::Int(row.try_get(column)?) })
}

/// The next rows of a key in a table.
async fn find(transaction: &Transaction<'_>, table: &RowTable, leftover: &Leftover) -> Result<Vec<Row>, Error> {
    let Leftover { tenant, keys: (first, last), after, .. } = *leftover;
    let (within, order) = match table.by {
        By::Source => (" AND ord > $4 AND ord < $5", " ORDER BY ord"),
        By::Value | By::End => (" AND $4::bigint < $5::bigint", ""),
    };
    let name = &table.name;
    let select =
        format!("SELECT * FROM {name} WHERE tenant = $1 AND key BETWEEN $2 AND $3{within}{order} LIMIT {CLEARED}");
    let end = first_ord(type_code(first)) + ORDS;
    rows(transaction, &select, &[&tenant, &i64::from(first.0), &i64::from(last.0), &after, &end]).await
}

/// Keeps the counts of the keys right.
async fn count(transaction: &Transaction<'_>, tenant: i64, cells: &[Cell<'_>]) -> Result<(), Error> {
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for cell in cells {
        if let Cell::Int(key) = cell {
            *counts.entry(*key).or_default() += 1;
        }
    }
    let (keys, gone): (Vec<i64>, Vec<i64>) = counts.into_iter().unzip();
    let update = "UPDATE stat s SET rows = s.rows - w.gone FROM (SELECT w.gone, s.ctid AS place \
        FROM unnest($2::bigint[], $3::bigint[]) AS w (key, gone) \
        JOIN LATERAL (SELECT ctid FROM stat WHERE tenant = $1 AND key = w.key OFFSET 0) s ON true) w \
        WHERE s.ctid = w.place";
    execute(transaction, update, &[&tenant, &keys, &gone]).await.map(drop)
}

/// Forgets the counts of parameters without rows.
pub(super) async fn forget(transaction: &Transaction<'_>, gone: &[ParamId]) -> Result<(), StoreError> {
    for param in gone {
        let (first, last) = range(*param);
        let delete = "DELETE FROM stat WHERE key BETWEEN $1 AND $2";
        for of in [0, REPEATED, ABRIDGED] {
            let (first, last) = (of + i64::from(first.0), of + i64::from(last.0));
            let deleted = execute(transaction, delete, &[&first, &last]).await;
            deleted.map_err(StoreError::postgres("keeping counts"))?;
        }
    }
    Ok(())
}
