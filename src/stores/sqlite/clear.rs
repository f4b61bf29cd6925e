//! Deleting the rows of retired parameters, a few at a time.

use super::{Shared, SqliteStore, tenants};
use crate::definitions::ParamId;
use crate::keys::{range, type_code};
use crate::stores::StoreError;
use crate::stores::build::{CLEARED, Leftover};
use crate::stores::layout::{From, Layout, RowTable};
use crate::stores::tally::REPEATED;
use fhirc_codegen::ord::{ORDS, first_ord};
use fhirc_codegen::sql::schema::By;
use rusqlite::types::Value;
use rusqlite::{Connection, TransactionBehavior, params_from_iter};
use std::collections::BTreeMap;
use std::sync::Arc;

impl SqliteStore {
    /// Where rows of these parameters may lie.
    pub(crate) async fn leftovers(&self, params: &[ParamId]) -> Result<Vec<Leftover>, StoreError> {
        let keys: Vec<_> = params.iter().map(|&param| range(param)).collect();
        let shared = Arc::clone(&self.shared);
        let read = move |connection: &mut Connection| {
            let tenants = tenants::numbers(connection).map_err(StoreError::database("listing tenants"))?;
            let tables: Vec<usize> = shared.layout.finding().collect();
            let mut leftovers = Vec::new();
            for tenant in tenants {
                for &keys in &keys {
                    let after = first_ord(type_code(keys.0)) - 1;
                    leftovers.extend(tables.iter().map(|&table| Leftover { tenant, keys, table, after }));
                }
            }
            Ok(leftovers)
        };
        self.reading().read(read).await
    }

    /// Deletes some rows: how many, and where more may lie.
    pub(crate) async fn clear(&self, leftover: Leftover) -> Result<(u64, Option<Leftover>), StoreError> {
        let shared = Arc::clone(&self.shared);
        self.writer.submit(move |connection| clear(connection, &shared, leftover)).await
    }
}

fn clear(
    connection: &mut Connection,
    shared: &Shared,
    leftover: Leftover,
) -> Result<(u64, Option<Leftover>), StoreError> {
    let Some(table) = shared.layout.finds(leftover.table) else { return Ok((0, None)) };
    let failed = || StoreError::database("deleting index rows");
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(failed())?;
    // The rows are found in a table that may not have them yet.
    shared.deferred(&transaction)?.refuse_any()?;
    let rows = find(&transaction, table, &leftover).map_err(failed())?;
    delete(&transaction, &shared.layout, table, &rows)
        .and_then(|()| count(&transaction, leftover.tenant, &rows))
        .map_err(failed())?;
    transaction.commit().map_err(failed())?;
    let next = match rows.last().and_then(|row| row.get(&From::Ord)) {
        // The last resource may have more rows.
        Some(Value::Integer(ord)) if rows.len() >= CLEARED => Some(Leftover { after: ord - 1, ..leftover }),
        _ => None,
    };
    Ok((rows.len() as u64, next))
}

/// Deletes rows of a table from all tables of their kind.
fn delete(connection: &Connection, layout: &Layout, table: &RowTable, rows: &[Cells]) -> rusqlite::Result<()> {
    for other in layout.tables.iter().filter(|other| other.kind == table.kind) {
        let mut delete = connection.prepare_cached(&other.statements.delete)?;
        for row in rows {
            delete.execute(params_from_iter(other.columns.iter().map(|from| row.get(from))))?;
        }
    }
    Ok(())
}

/// A row: what stands in each of its columns.
type Cells = BTreeMap<From, Value>;

/// The next rows of a key in a table.
fn find(connection: &Connection, table: &RowTable, leftover: &Leftover) -> rusqlite::Result<Vec<Cells>> {
    let Leftover { tenant, keys: (first, last), after, .. } = *leftover;
    let within = if table.by == By::Source { " AND ord > ?4 AND ord < ?5" } else { " AND ?4 < ?5" };
    let name = &table.name;
    let select = format!("SELECT * FROM {name} WHERE tenant = ?1 AND key BETWEEN ?2 AND ?3{within} LIMIT {CLEARED}");
    let end = first_ord(type_code(first)) + ORDS;
    let mut select = connection.prepare_cached(&select)?;
    let mut rows = select.query((tenant, first.0, last.0, after, end))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let cells = table.columns.iter().enumerate().map(|(n, from)| Ok((*from, row.get(n)?)));
        found.push(cells.collect::<rusqlite::Result<_>>()?);
    }
    Ok(found)
}

/// Keeps the counts of the keys right.
fn count(connection: &Connection, tenant: i64, rows: &[Cells]) -> rusqlite::Result<()> {
    let mut counts: BTreeMap<i64, i64> = BTreeMap::new();
    for row in rows {
        if let Some(Value::Integer(key)) = row.get(&From::Key) {
            *counts.entry(*key).or_default() += 1;
        }
    }
    let mut update = connection.prepare_cached("UPDATE stat SET rows = rows - ?3 WHERE tenant = ?1 AND key = ?2")?;
    counts.into_iter().try_for_each(|(key, gone)| update.execute((tenant, key, gone)).map(drop))
}

/// Forgets the counts of parameters without rows.
pub(super) fn forget(connection: &Connection, gone: &[ParamId]) -> Result<(), StoreError> {
    let forget = |param: &ParamId| {
        let (first, last) = range(*param);
        let mut delete = connection.prepare_cached("DELETE FROM stat WHERE key BETWEEN ? AND ?")?;
        [0, REPEATED]
            .iter()
            .try_for_each(|of| delete.execute((of + i64::from(first.0), of + i64::from(last.0))).map(drop))
    };
    gone.iter().try_for_each(forget).map_err(StoreError::database("keeping counts"))
}
