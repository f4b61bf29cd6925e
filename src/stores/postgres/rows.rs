//! Writing index rows, table by table.

use super::copy::{Field, copy, statement};
use crate::stores::StoreError;
use crate::stores::layout::{RowTable, Statements};
use crate::stores::rows::{Cell, Tables};
use crate::stores::tenants::Tenant;
use deadpool_postgres::Transaction;
use fhirc_codegen::sql::abridged;
use fhirc_codegen::sql::schema::{SqlType, Table};
use std::borrow::Cow;
use std::iter::once;
use tokio_postgres::types::ToSql;

/// The statements that write a table: many rows at once.
pub(super) fn statements(table: &Table) -> Statements {
    let columns: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
    Statements { insert: statement(&table.name, &columns), delete: delete(table) }
}

/// Deletes the rows that stand in as many lists as there are columns behind the tenant.
fn delete(table: &Table) -> String {
    let (mut lists, mut names, mut equal) = (Vec::new(), Vec::new(), vec!["tenant = $1".to_owned()]);
    for (n, column) in table.columns.iter().filter(|column| column.name != "tenant").enumerate() {
        let ty = if column.ty == SqlType::Int { "bigint" } else { "text" };
        lists.push(format!("${}::{ty}[]", n + 2));
        names.push(column.name.clone());
        equal.push(format!("{0} = w.{0}", column.name));
    }
    let (lists, names, equal) = (lists.join(", "), names.join(", "), equal.join(" AND "));
    let table = &table.name;
    format!(
        "DELETE FROM {table} WHERE ctid = ANY(ARRAY(SELECT t.ctid FROM unnest({lists}) AS w ({names}) \
         JOIN LATERAL (SELECT ctid FROM {table} WHERE {equal} OFFSET 0) t ON true))"
    )
}

/// Inserts all rows.
pub(super) async fn insert_all(
    tables: &Tables<'_>,
    transaction: &Transaction<'_>,
    tenant: Tenant,
) -> Result<(), StoreError> {
    for kind in tables.sorted() {
        for (table, rows) in kind?.tables() {
            let rows = rows.map(|row| row_of(table, tenant, row));
            let copied = copy(transaction, &table.statements.insert, rows).await;
            copied.map_err(StoreError::postgres("writing index rows"))?;
        }
    }
    Ok(())
}

/// The fields of a row in the order of its table. Where each cell is, the layout says; none is missing.
fn row_of<'r>(table: &'r RowTable, tenant: Tenant, row: &'r [Cell<'r>]) -> impl Iterator<Item = Field<'r>> {
    once(Field::Int(tenant.0)).chain(table.cells().filter_map(|n| row.get(n).map(|cell| field(*cell))))
}

fn field(cell: Cell<'_>) -> Field<'_> {
    match cell {
        Cell::Int(n) => Field::Int(n),
        Cell::Text(text) => Field::Indexed(abridged(text)),
    }
}

/// Deletes all rows.
pub(super) async fn delete_all(
    tables: &Tables<'_>,
    transaction: &Transaction<'_>,
    tenant: Tenant,
) -> Result<(), StoreError> {
    for kind in tables.sorted() {
        for (table, rows) in kind?.tables() {
            let column = |n| List::of(rows.clone().filter_map(|row| row.get(n)), abridged);
            let lists: Vec<List<'_>> = table.cells().map(column).collect();
            let deleted = delete_lists(transaction, table, tenant, &lists).await;
            deleted.map_err(StoreError::postgres("deleting index rows"))?;
        }
    }
    Ok(())
}

/// Deletes rows of a table, given as the values of each column behind the tenant.
pub(super) async fn delete_lists(
    transaction: &Transaction<'_>,
    table: &RowTable,
    tenant: Tenant,
    lists: &[List<'_>],
) -> Result<u64, tokio_postgres::Error> {
    // An empty list does not tell the type of its column.
    if lists.iter().all(List::is_empty) {
        return Ok(0);
    }
    let mut params: Vec<&(dyn ToSql + Sync)> = vec![&tenant.0];
    params.extend(lists.iter().map(List::param));
    super::sql::execute(transaction, &table.statements.delete, &params).await
}

/// The values of one column.
#[derive(Debug)]
pub(super) enum List<'a> {
    Ints(Vec<i64>),
    Texts(Vec<Cow<'a, str>>),
}

impl<'a> List<'a> {
    /// Cells of a column are of one variant; `form` is what the table holds of a text.
    pub(super) fn of<'c>(cells: impl Iterator<Item = &'c Cell<'a>>, form: impl Fn(&'a str) -> Cow<'a, str>) -> List<'a>
    where
        'a: 'c,
    {
        let mut list = None;
        for cell in cells {
            match (list.get_or_insert_with(|| List::like(cell)), cell) {
                (List::Ints(ints), Cell::Int(n)) => ints.push(*n),
                (List::Texts(texts), Cell::Text(text)) => texts.push(form(text)),
                (List::Ints(_), Cell::Text(_)) | (List::Texts(_), Cell::Int(_)) => {}
            }
        }
        list.unwrap_or(List::Ints(Vec::new()))
    }

    fn like(cell: &Cell<'_>) -> List<'a> {
        match cell {
            Cell::Int(_) => List::Ints(Vec::new()),
            Cell::Text(_) => List::Texts(Vec::new()),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            List::Ints(ints) => ints.is_empty(),
            List::Texts(texts) => texts.is_empty(),
        }
    }

    fn param(&self) -> &(dyn ToSql + Sync) {
        match self {
            List::Ints(ints) => ints,
            List::Texts(texts) => texts,
        }
    }
}
