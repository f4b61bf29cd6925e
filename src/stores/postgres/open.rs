//! Opening: the schema by migrations, and whether the stored rows were made under the same settings.

use super::definitions;
use super::link::Link;
use super::place::Place;
use super::sql::{execute, get, row, rows};
use crate::definitions::Registry;
use crate::index::ExtractSettings;
use crate::stores::definitions::Definitions;
use crate::stores::settled::{Remembered, SQL_SCHEMA, Settled, agree, defined, fresh};
use crate::stores::{StoreError, StoreSettings};
use deadpool_postgres::{GenericClient, Transaction};
use fhirc_codegen::sql::schema;
use std::sync::Arc;

/// A change of the tables: its number, and the statements that make it.
type Migration = (i64, &'static str);

/// What was made once never changes: a changed schema is a migration more, which brings a store that has all before it to
/// what the schema says now.
const MIGRATIONS: [Migration; 6] = [
    (1, include_str!("migrations/1.sql")),
    (2, include_str!("migrations/2.sql")),
    (3, include_str!("migrations/3.sql")),
    (4, include_str!("migrations/4.sql")),
    (5, include_str!("migrations/5.sql")),
    (6, include_str!("migrations/6.sql")),
];

/// The store at a place, brought up to date.
///
/// One process at a time: the others wait, and find everything done.
pub(super) async fn open(link: &mut Link, place: &Place, settings: &StoreSettings) -> Result<Settled, StoreError> {
    let transaction = link.transaction().await.map_err(StoreError::postgres("opening the store"))?;
    super::commit::unhurried(&transaction).await?;
    let lock = "SELECT pg_advisory_xact_lock(hashtext('fhirc'), hashtext($1))";
    execute(&transaction, lock, &[&place.schema]).await.map_err(StoreError::postgres("opening the store"))?;
    migrate(&transaction, place, settings).await?;
    let (registry, settled) = settle(&transaction, settings).await?;
    let extract = ExtractSettings::new(settled.0.clone(), settled.1.iter().cloned());
    // What cannot be indexed does not even make a store.
    let definitions = Definitions::new(registry, &extract)?;
    transaction.commit().await.map_err(StoreError::postgres("opening the store"))?;
    let (zone, bases) = settled;
    Ok(Settled { definitions, extract, zone, bases })
}

/// What there is of our tables: whether they are marked as ours, and whether there are any.
const PRESENT: &str = "SELECT to_regclass(quote_ident($1) || '.fhirc_migration') IS NOT NULL, \
    EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
    WHERE n.nspname = $1 AND c.relname = ANY($2))";

async fn migrate(transaction: &Transaction<'_>, place: &Place, settings: &StoreSettings) -> Result<(), StoreError> {
    let failed = || StoreError::postgres("making the tables of the store");
    let ours: Vec<String> = schema::tables().into_iter().map(|table| table.name).collect();
    let present = row(transaction, PRESENT, &[&place.schema, &ours]).await.map_err(failed())?;
    let (marked, taken): (bool, bool) = match present {
        Some(row) => (get(&row, 0)?, get(&row, 1)?),
        None => (false, false),
    };
    if !marked && taken {
        return Err(StoreError::NotAStore { place: format!("schema `{}`", place.schema) });
    }
    if !marked && !settings.create {
        return Err(StoreError::Missing { place: place.shown.clone() });
    }
    if !marked {
        // Letters, digits and `_`, in quotes since some such words are reserved.
        let schema = &place.schema;
        let there = row(transaction, "SELECT to_regnamespace(quote_ident($1)) IS NOT NULL", &[schema]).await;
        // Whoever owns a schema need not be allowed to make one.
        if !there.map_err(failed())?.map(|row| get(&row, 0)).transpose()?.unwrap_or(false) {
            let make = format!("CREATE SCHEMA \"{schema}\"");
            transaction.batch_execute(&make).await.map_err(failed())?;
        }
        let make = format!(
            "CREATE TABLE \"{schema}\".fhirc_migration \
             (version bigint PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())"
        );
        transaction.batch_execute(&make).await.map_err(failed())?;
    }
    let last = row(transaction, "SELECT coalesce(max(version), 0) FROM fhirc_migration", &[]).await.map_err(failed())?;
    let last: i64 = last.map(|row| get(&row, 0)).transpose()?.unwrap_or_default();
    let newest = MIGRATIONS.last().map(|(version, _)| *version).unwrap_or_default();
    if last > newest {
        let (stored, wanted) = (last.to_string(), newest.to_string());
        return Err(StoreError::Mismatch { what: "version of the tables", stored, wanted });
    }
    for (version, statements) in MIGRATIONS.iter().filter(|(version, _)| *version > last) {
        transaction.batch_execute(statements).await.map_err(failed())?;
        let note = "INSERT INTO fhirc_migration (version) VALUES ($1)";
        transaction.execute(note, &[version]).await.map_err(failed())?;
    }
    if last == 0 {
        name_types(transaction, &settings.registry).await?;
    }
    Ok(())
}

/// Notes the names of the resource types, by which references sort.
async fn name_types(transaction: &Transaction<'_>, registry: &Registry) -> Result<(), StoreError> {
    let (ids, names): (Vec<i64>, Vec<&str>) =
        registry.types().map(|ty| (i64::from(ty.code()), registry.type_name(ty))).unzip();
    let insert = "INSERT INTO type (id, name) SELECT * FROM unnest($1::bigint[], $2::text[])";
    let inserted = execute(transaction, insert, &[&ids, &names]).await;
    inserted.map(drop).map_err(StoreError::postgres("making the tables of the store"))
}

type Settings = (crate::values::Zone, Vec<String>);

/// Checks each setting against the stored one, or stores it.
async fn settle(
    transaction: &Transaction<'_>,
    settings: &StoreSettings,
) -> Result<(Arc<Registry>, Settings), StoreError> {
    let failed = || StoreError::postgres("reading the settings of the store");
    let found = rows(transaction, "SELECT name, value FROM meta", &[]).await.map_err(failed())?;
    let setting = |row| Ok((get(row, 0)?, get(row, 1)?));
    let before: Remembered = found.iter().map(setting).collect::<Result<_, StoreError>>()?;
    let mut stored = before.clone();
    let agreed = agree(&mut stored, SQL_SCHEMA, settings)?;
    for (name, value) in stored.iter().filter(|(name, _)| !before.contains_key(*name)) {
        let insert = "INSERT INTO meta (name, value) VALUES ($1, $2)";
        execute(transaction, insert, &[name, value]).await.map_err(failed())?;
    }
    let given = &settings.registry;
    let registry = match definitions::load(transaction, given).await? {
        Some(stored) => defined(given, stored)?,
        None => {
            let fresh = fresh(given);
            definitions::save(transaction, &fresh).await?;
            fresh
        }
    };
    Ok((registry, agreed))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fnv::Fnv;

    /// What a migration says is what it has said: a store that it was made in may be older than this build.
    #[test]
    fn migrations_stay_as_they_were() {
        let print = |(version, text): &Migration| {
            let mut hash = Fnv::new();
            hash.update(text.as_bytes());
            format!("{version}: {:032x}", hash.value())
        };
        let prints: Vec<String> = MIGRATIONS.iter().map(print).collect();
        let frozen = [
            "1: 5d79a681ce5166049f724afe45a3968d",
            "2: 040fa6fa7b49ba1ae5efdf440ba9f184",
            "3: fda17aaa93c5ddd925c8c80f462d7b48",
            "4: 33f60b9bb485ed6f7d7b94d21c8d6aef",
            "5: 34d7e21415b1a2973254f1ae01daed2f",
            "6: 411594baa5a74b7dbdb11e97ff60ef46",
        ];
        assert_eq!(prints, frozen, "the tables are changed by a migration more");
    }
}
