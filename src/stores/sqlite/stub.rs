//! A resource arrives that rows already refer to: its stub gives way to its number.

use crate::stores::StoreError;
use crate::stores::layout::{Layout, RowTable};
use fhirc_codegen::rows::{Base, RowKind};
use fhirc_codegen::sql::schema::By;
use rusqlite::{Connection, params};

/// Lets every row that points at a stub point at the resource. Each pair is a stub and the number that replaces it.
pub(super) fn renumber(
    connection: &Connection,
    layout: &Layout,
    tenant: i64,
    arrived: &[(i64, i64)],
) -> Result<(), StoreError> {
    if arrived.is_empty() {
        return Ok(());
    }
    let move_all = || {
        for (table, target) in layout.with_targets().filter(|(table, _)| table.by == By::Value) {
            let source = layout.with_targets().find(|(other, _)| other.by == By::Source && other.kind == table.kind);
            let Some((source, _)) = source else { continue };
            let tables = Tables { connection, tenant, by_value: table, by_source: source, target };
            match table.kind {
                // References by value stand in the order of their targets, whatever their key.
                RowKind::One(Base::Ref) => {
                    arrived.iter().try_for_each(|&(stub, ord)| tables.replace(None, stub, ord))?
                }
                _ => tables.replace_by_key(arrived)?,
            }
        }
        let mut delete = connection.prepare_cached("DELETE FROM stub WHERE tenant = ? AND ord = ?")?;
        for (stub, _) in arrived {
            delete.execute(params![tenant, stub])?;
        }
        Ok(())
    };
    move_all().map_err(StoreError::database("linking rows to an arrived resource"))
}

struct Tables<'a> {
    connection: &'a Connection,
    tenant: i64,
    by_value: &'a RowTable,
    by_source: &'a RowTable,
    target: &'a str,
}

impl Tables<'_> {
    /// Tuples by value stand in the order of their keys, of which there are few.
    fn replace_by_key(&self, arrived: &[(i64, i64)]) -> rusqlite::Result<()> {
        for key in self.keys()? {
            for &(stub, ord) in arrived {
                self.replace(Some(key), stub, ord)?;
            }
        }
        Ok(())
    }

    /// The keys of the table: a seek each, where `DISTINCT` would read every row.
    fn keys(&self) -> rusqlite::Result<Vec<i64>> {
        let table = &self.by_value.name;
        let select = format!(
            "WITH RECURSIVE k (key) AS (SELECT min(key) FROM {table} WHERE tenant = ?1 UNION ALL \
             SELECT (SELECT min(key) FROM {table} WHERE tenant = ?1 AND key > k.key) FROM k WHERE k.key IS NOT NULL) \
             SELECT key FROM k WHERE key IS NOT NULL"
        );
        self.connection.prepare_cached(&select)?.query_map([self.tenant], |row| row.get(0))?.collect()
    }

    fn replace(&self, key: Option<i64>, stub: i64, ord: i64) -> rusqlite::Result<()> {
        let Tables { connection, tenant, by_value, by_source, target } = self;
        let of_key = if key.is_some() { " AND key = ?3" } else { " AND ?3 IS NULL" };
        let sources = format!("SELECT ord, key FROM {} WHERE tenant = ?1 AND {target} = ?2{of_key}", by_value.name);
        let mut sources = connection.prepare_cached(&sources)?;
        let sources = sources.query_map(params![tenant, stub, key], |row| Ok((row.get(0)?, row.get(1)?)))?;
        let sources: Vec<(i64, i64)> = sources.collect::<rusqlite::Result<_>>()?;
        let update = format!(
            "UPDATE {} SET {target} = ?4 WHERE tenant = ?1 AND ord = ?2 AND key = ?3 AND {target} = ?5",
            by_source.name
        );
        let mut update = connection.prepare_cached(&update)?;
        for (source, key) in &sources {
            update.execute(params![tenant, source, key, ord, stub])?;
        }
        let update = format!("UPDATE {} SET {target} = ?4 WHERE tenant = ?1 AND {target} = ?2{of_key}", by_value.name);
        connection.prepare_cached(&update)?.execute(params![tenant, stub, key, ord])?;
        Ok(())
    }
}
