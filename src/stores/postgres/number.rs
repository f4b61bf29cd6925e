//! Numbers for what rows refer to, many at once: under the lock of the tenant.

use super::current::identities;
use super::lock;
use super::sql::{execute, get, rows};
use crate::stores::StoreError;
use crate::stores::number::{Numbering, inner_ord, is_stub, next_ord};
use crate::stores::packed::{Column, PackedSet};
use crate::stores::tenants::Tenant;
use crate::stores::version::Owner;
use deadpool_postgres::Transaction;
use fhirc_codegen::ord::{PER_TYPE, TYPE_SHIFT};
use fhirc_codegen::rows::TypeCode;
use fhirc_codegen::sql::abridged;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

/// Code systems that are remembered: far more than there are, unless somebody sends a new one with every resource.
const SYSTEMS_REMEMBERED: usize = 50_000;

/// Numbers of code systems, kept over transactions: only those of transactions that came about. Systems are never deleted.
#[derive(Debug, Default)]
pub(super) struct Systems(Mutex<HashMap<String, i64>>);

impl Systems {
    fn get(&self, url: &str) -> Option<i64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(url).copied()
    }

    /// Forgets all, to look them up again.
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// Remembers numbers that are committed.
    pub(super) fn remember(&self, numbers: impl IntoIterator<Item = (String, i64)>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SYSTEMS_REMEMBERED {
            known.clear();
        }
        known.extend(numbers);
    }
}

/// Gives numbers inside one transaction. What rows refer to is asked for beforehand, by [`Numbers::provide`].
#[derive(Debug)]
pub(super) struct Numbers<'a, 't> {
    transaction: &'t Transaction<'t>,
    known: &'t Systems,
    tenant: Tenant,
    resources: HashMap<(TypeCode, &'a str), i64>,
    systems: HashMap<&'a str, i64>,
    /// Systems that are not remembered yet.
    pub(super) fresh: Vec<(String, i64)>,
}

impl<'a, 't> Numbers<'a, 't> {
    pub(super) fn new(transaction: &'t Transaction<'t>, known: &'t Systems, tenant: Tenant) -> Numbers<'a, 't> {
        let (resources, systems) = (HashMap::new(), HashMap::new());
        Numbers { transaction, known, tenant, resources, systems, fresh: Vec::new() }
    }

    /// The numbers of new resources, in their order.
    pub(super) async fn create(&mut self, new: &[(TypeCode, &'a str)]) -> Result<Vec<i64>, StoreError> {
        let types: BTreeSet<i64> = new.iter().map(|(ty, _)| i64::from(ty.0)).collect();
        let types: Vec<i64> = types.into_iter().collect();
        let select = "SELECT w.type, (SELECT max(ord) FROM resource WHERE tenant = $1 AND ord >= w.type << $3::int \
            AND ord < (w.type << $3::int) + $4) FROM unnest($2::bigint[]) AS w (type)";
        let shift = TYPE_SHIFT.cast_signed();
        let found = rows(self.transaction, select, &[&self.tenant.0, &types, &shift, &PER_TYPE]).await;
        let found = found.map_err(StoreError::postgres("numbering resources"))?;
        let number = |row| Ok((get(row, 0)?, get(row, 1)?));
        let mut last: BTreeMap<i64, Option<i64>> = found.iter().map(number).collect::<Result<_, StoreError>>()?;
        let mut created = Vec::with_capacity(new.len());
        for &(ty, id) in new {
            let last = last.entry(ty.0.into()).or_default();
            let ord = next_ord(ty, *last)?;
            *last = Some(ord);
            self.resources.insert((ty, id), ord);
            created.push(ord);
        }
        Ok(created)
    }

    /// Sees to it that everything has a number: contained resources as they appear, then what rows refer to, then code
    /// systems.
    pub(super) async fn provide(&mut self, sets: &[&'a PackedSet]) -> Result<(), StoreError> {
        let (mut wanted, mut seen) = (Vec::new(), HashSet::new());
        let (mut systems, mut seen_systems) = (Vec::new(), HashSet::new());
        let mut want = |ty, id| {
            if !self.resources.contains_key(&(ty, id)) && seen.insert((ty, id)) {
                wanted.push((ty, id));
            }
        };
        for owner in sets.iter().flat_map(|set| set.owners()) {
            if let Owner::Contained(ty, id) = owner {
                want(*ty, id.as_str());
            }
        }
        for (_, _, columns) in sets.iter().flat_map(|set| set.values()).flat_map(|packed| packed.rows()) {
            for column in columns {
                match column {
                    Column::Rid(ty, id) => want(ty, id),
                    Column::System(Some(url)) if seen_systems.insert(url) => systems.push(url),
                    Column::Int(_) | Column::Text(_) | Column::System(_) => {}
                }
            }
        }
        self.find(&mut wanted).await?;
        self.note(&wanted).await?;
        self.systems(systems).await
    }

    /// Looks up numbers; what has none stays in the list.
    async fn find(&mut self, wanted: &mut Vec<(TypeCode, &'a str)>) -> Result<(), StoreError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let select = "SELECT w.n, i.ord FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS w (type, id, n) \
            JOIN LATERAL (SELECT ord FROM resource_id WHERE tenant = $1 AND type = w.type AND id = w.id OFFSET 0) i ON true";
        let (types, ids) = identities(wanted.iter().copied());
        let found = rows(self.transaction, select, &[&self.tenant.0, &types, &ids]).await;
        for row in found.map_err(StoreError::postgres("looking up resources"))? {
            let n: i64 = get(&row, 0)?;
            let of = usize::try_from(n - 1).ok().and_then(|n| wanted.get(n));
            if let Some(identity) = of {
                self.resources.insert(*identity, get(&row, 1)?);
            }
        }
        wanted.retain(|identity| !self.resources.contains_key(identity));
        Ok(())
    }

    /// Numbers what has not arrived, or stands inside another. A number is never given twice, since rows may still hold it.
    async fn note(&mut self, missing: &[(TypeCode, &'a str)]) -> Result<(), StoreError> {
        if missing.is_empty() {
            return Ok(());
        }
        let failed = || StoreError::postgres("noting missing resources");
        let tenant = self.tenant.0;
        let select = "SELECT type, next FROM inner_number WHERE tenant = $1";
        let found = rows(self.transaction, select, &[&tenant]).await.map_err(failed())?;
        let number = |row| Ok((get(row, 0)?, get(row, 1)?));
        let mut next: BTreeMap<i64, i64> = found.iter().map(number).collect::<Result<_, StoreError>>()?;
        let mut changed = BTreeSet::new();
        let (mut ords, mut stubs, mut stub_ids) = (Vec::with_capacity(missing.len()), Vec::new(), Vec::new());
        for &(ty, id) in missing {
            let next = next.entry(ty.0.into()).or_default();
            let ord = inner_ord(ty, id, *next)?;
            *next += 1;
            changed.insert(i64::from(ty.0));
            self.resources.insert((ty, id), ord);
            ords.push(ord);
            if is_stub(ord) {
                stubs.push(ord);
                stub_ids.push(id);
            }
        }
        let (types, ids) = identities(missing.iter().copied());
        let insert = "INSERT INTO resource_id (tenant, type, id, ord, live) \
            SELECT $1, w.type, w.id, w.ord, 0 FROM unnest($2::bigint[], $3::text[], $4::bigint[]) AS w (type, id, ord)";
        execute(self.transaction, insert, &[&tenant, &types, &ids, &ords]).await.map_err(failed())?;
        let insert = "INSERT INTO stub (tenant, ord, id) SELECT $1, w.ord, w.id \
            FROM unnest($2::bigint[], $3::text[]) AS w (ord, id)";
        execute(self.transaction, insert, &[&tenant, &stubs, &stub_ids]).await.map_err(failed())?;
        let (types, nexts): (Vec<i64>, Vec<i64>) = next.into_iter().filter(|(ty, _)| changed.contains(ty)).unzip();
        let upsert = "INSERT INTO inner_number (tenant, type, next) SELECT $1, w.type, w.next \
            FROM unnest($2::bigint[], $3::bigint[]) AS w (type, next) \
            ON CONFLICT (tenant, type) DO UPDATE SET next = excluded.next";
        execute(self.transaction, upsert, &[&tenant, &types, &nexts]).await.map_err(failed())?;
        Ok(())
    }

    async fn systems(&mut self, wanted: Vec<&'a str>) -> Result<(), StoreError> {
        let mut missing = Vec::new();
        for url in wanted {
            match self.known.get(url) {
                Some(id) => drop(self.systems.insert(url, id)),
                None => missing.push(url),
            }
        }
        self.find_systems(&mut missing).await?;
        if missing.is_empty() {
            return Ok(());
        }
        lock::systems(self.transaction).await?;
        // Another may have numbered them meanwhile.
        self.find_systems(&mut missing).await?;
        let insert = "INSERT INTO system (id, url) SELECT s.last + w.n, w.url \
            FROM (SELECT coalesce(max(id), 0) AS last FROM system) s, unnest($1::text[]) WITH ORDINALITY AS w (url, n)";
        execute(self.transaction, insert, &[&stored(&missing)])
            .await
            .map_err(StoreError::postgres("numbering code systems"))?;
        self.find_systems(&mut missing).await
    }

    async fn find_systems(&mut self, missing: &mut Vec<&'a str>) -> Result<(), StoreError> {
        if missing.is_empty() {
            return Ok(());
        }
        let select = "SELECT w.n, s.id FROM unnest($1::text[]) WITH ORDINALITY AS w (url, n) \
            JOIN LATERAL (SELECT id FROM system WHERE url = w.url OFFSET 0) s ON true";
        let found = rows(self.transaction, select, &[&stored(missing)]).await;
        for row in found.map_err(StoreError::postgres("looking up code systems"))? {
            let n: i64 = get(&row, 0)?;
            if let Some(url) = usize::try_from(n - 1).ok().and_then(|n| missing.get(n)) {
                let id = get(&row, 1)?;
                self.systems.insert(url, id);
                self.fresh.push(((*url).to_owned(), id));
            }
        }
        missing.retain(|url| !self.systems.contains_key(url));
        Ok(())
    }
}

/// The urls as they are kept: an index takes none that is longer.
fn stored<'u>(urls: &[&'u str]) -> Vec<Cow<'u, str>> {
    urls.iter().map(|url| abridged(url)).collect()
}

fn not_provided() -> StoreError {
    StoreError::Corrupt { what: "a row refers to what was not numbered".to_owned() }
}

impl<'a> Numbering<'a> for Numbers<'a, '_> {
    fn resource(&mut self, ty: TypeCode, id: &'a str) -> Result<i64, StoreError> {
        self.resources.get(&(ty, id)).copied().ok_or_else(not_provided)
    }

    fn system(&mut self, url: &'a str) -> Result<i64, StoreError> {
        self.systems.get(url).copied().ok_or_else(not_provided)
    }
}
