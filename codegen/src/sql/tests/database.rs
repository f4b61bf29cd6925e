//! SQLite with a generated schema, filled from a world.

use crate::rows::{Row, TypeCode, Value};
use crate::sql::schema::{Table, row_tables, tables};
use crate::sql::{Bind, Sql, Sqlite};
use crate::testing::world::{Resource, State, TYPES, World, type_name};
use rusqlite::types::Value as Cell;
use rusqlite::{Connection, params_from_iter};
use std::collections::BTreeMap;

/// The tenant that asks; another one has the same resources with other rows.
const TENANT: i64 = 7;
const OTHER: i64 = 8;

pub(super) struct Database<'w> {
    world: &'w World,
    connection: Connection,
}

type Numbers = BTreeMap<(TypeCode, String), i64>;

impl<'w> Database<'w> {
    pub(super) fn of(world: &'w World) -> Self {
        let connection = Connection::open_in_memory().unwrap();
        for table in tables() {
            connection.execute_batch(&table.ddl::<Sqlite>()).unwrap();
        }
        let database = Database { world, connection };
        database.connection.execute_batch("BEGIN").unwrap();
        for (id, url) in [(1, "s1"), (2, "s2"), (3, "s3")] {
            database.connection.execute("INSERT INTO system VALUES (?1, ?2)", (id, url)).unwrap();
        }
        for ty in TYPES {
            database.insert("type", [ty.0.into(), type_name(ty).to_owned().into()]);
        }
        database.fill(TENANT, |n| n);
        // The other tenant's rows are those of the next resource: whoever forgets the tenant sees them.
        database.fill(OTHER, |n| n + 1);
        database.connection.execute_batch("COMMIT").unwrap();
        database
    }

    fn fill(&self, tenant: i64, rows_of: impl Fn(usize) -> usize) {
        let resources = &self.world.resources;
        let numbers: Numbers = resources.iter().map(|r| ((r.ty, r.id.clone()), r.ord)).collect();
        for r in resources {
            self.insert_record(tenant, r);
        }
        for (n, r) in resources.iter().enumerate().filter(|(_, r)| r.has_rows()) {
            let rows = resources.get(rows_of(n)).map(|r| r.rows.as_slice()).unwrap_or_default();
            rows.iter().for_each(|row| self.insert_row(tenant, r.ord, row, &numbers));
        }
    }

    fn insert_record(&self, tenant: i64, r: &Resource) {
        let live = r.has_rows();
        let identity = [tenant.into(), r.ty.0.into(), r.id.clone().into(), r.ord.into(), live.into()];
        self.insert("resource_id", identity);
        if r.state == State::Stub {
            self.insert("stub", [tenant.into(), r.ord.into(), r.id.clone().into()]);
        } else if r.state != State::Contained {
            let deleted = r.state == State::Deleted;
            let record = [tenant.into(), r.ord.into(), r.ty.0.into(), r.id.clone().into(), 1.into()];
            self.insert("resource", record.into_iter().chain([r.updated.into(), deleted.into()]));
        }
        if r.state == State::Live {
            self.insert("resource_updated", [tenant.into(), r.updated.into(), r.ord.into()]);
        }
    }

    fn insert(&self, table: &str, cells: impl IntoIterator<Item = Cell>) {
        let cells: Vec<Cell> = cells.into_iter().collect();
        let marks = vec!["?"; cells.len()].join(", ");
        let sql = format!("INSERT INTO {table} VALUES ({marks})");
        self.connection.prepare_cached(&sql).unwrap().execute(params_from_iter(cells)).unwrap();
    }

    /// The columns of both tables are found by name, as a store does it.
    fn insert_row(&self, tenant: i64, ord: i64, row: &Row, numbers: &Numbers) {
        let mut cells: BTreeMap<String, Cell> = BTreeMap::new();
        cells.insert("tenant".into(), tenant.into());
        cells.insert("key".into(), i64::from(row.key.0).into());
        cells.insert("ord".into(), ord.into());
        for (col, value) in row.kind.columns().into_iter().zip(&row.values) {
            let names = crate::sql::schema::physical(row.kind, col).into_iter().map(|column| column.name);
            cells.extend(names.zip(stored(value, numbers)));
        }
        for (_, Table { name, columns, .. }) in row_tables(row.kind) {
            self.insert(&name, columns.iter().map(|column| cells[&column.name].clone()));
        }
    }

    pub(super) fn rows(&self, sql: &Sql) -> Vec<Vec<Cell>> {
        let mut statement = self.connection.prepare(&sql.text).unwrap_or_else(|e| panic!("{e}: {}", sql.text));
        let width = statement.column_count();
        let binds = params_from_iter(sql.binds.iter().map(|bind| self.bind(bind)));
        let rows = statement.query_map(binds, |row| (0..width).map(|n| row.get(n)).collect()).unwrap();
        rows.collect::<Result<_, _>>().unwrap_or_else(|e| panic!("{e}: {}", sql.text))
    }

    /// How SQLite goes about it, one line per step.
    pub(super) fn explain(&self, sql: &Sql) -> String {
        let explain = Sql { text: format!("EXPLAIN QUERY PLAN {}", sql.text), binds: sql.binds.clone() };
        let line = |cells: Vec<Cell>| match cells.last() {
            Some(Cell::Text(text)) => text.clone(),
            other => panic!("no plan: {other:?}"),
        };
        self.rows(&explain).into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn bind(&self, bind: &Bind) -> Cell {
        match bind {
            Bind::Tenant => TENANT.into(),
            Bind::Int(int) => (*int).into(),
            Bind::Text(text) => text.clone().into(),
            Bind::TextList(texts) => serde_json::to_string(texts).unwrap().into(),
            Bind::Resources(_) => serde_json::to_string(&self.world.found).unwrap().into(),
            Bind::Texts(_) => serde_json::to_string(&self.world.texts).unwrap().into(),
            Bind::Ints(_) => panic!("not generated"),
        }
    }
}

fn stored(value: &Value, numbers: &Numbers) -> Vec<Cell> {
    match value {
        Value::Int(int) => vec![(*int).into()],
        Value::Text(text) => vec![text.clone().into()],
        Value::System(url) => {
            let id = match url.as_deref() {
                None => 0,
                Some(url) => url.trim_start_matches('s').parse().unwrap(),
            };
            vec![Cell::Integer(id)]
        }
        Value::Rid(ty, id) => vec![numbers[&(*ty, id.clone())].into()],
        Value::Instants(lo, hi) => vec![(*lo).into(), (*hi).into()],
        Value::Cuts(lo, hi) => vec![lo.clone().into(), hi.clone().into()],
        Value::Point(point) => point.coordinates().map(Cell::Integer).to_vec(),
    }
}
