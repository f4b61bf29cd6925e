//! Numbers for what rows refer to: resources, stubs of resources that have not arrived, code systems.

use crate::stores::StoreError;
use crate::stores::number::{Numbering, inner_ord, is_stub, next_ord};
use fhirc_codegen::ord::{end_ord, first_ord};
use fhirc_codegen::rows::TypeCode;
use rusqlite::{Connection, OptionalExtension, params};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};

/// Code systems that are remembered: far more than there are, unless somebody sends a new one with every resource.
const SYSTEMS_REMEMBERED: usize = 50_000;

/// Numbers of code systems, kept over batches. Systems are never deleted, so a number stays right; one that was
/// given in a transaction that failed must be forgotten.
#[derive(Debug, Default)]
pub(super) struct Systems(Mutex<HashMap<String, i64>>);

impl Systems {
    pub(super) fn forget(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Gives numbers inside one transaction.
#[derive(Debug)]
pub(super) struct Numbers<'a, 'c> {
    connection: &'c Connection,
    systems: &'c Systems,
    tenant: i64,
    resources: HashMap<(TypeCode, &'a str), i64>,
    last: BTreeMap<TypeCode, i64>,
    /// For stubs and contained resources: what is no resource of its own.
    next_inner: BTreeMap<TypeCode, i64>,
}

impl<'a, 'c> Numbers<'a, 'c> {
    pub(super) fn new(connection: &'c Connection, systems: &'c Systems, tenant: i64) -> Numbers<'a, 'c> {
        let (resources, last, next_inner) = (HashMap::new(), BTreeMap::new(), BTreeMap::new());
        Numbers { connection, systems, tenant, resources, last, next_inner }
    }

    pub(super) fn tenant(&self) -> i64 {
        self.tenant
    }

    /// The number under which an identity is known.
    fn find(&self, ty: TypeCode, id: &str) -> Result<Option<i64>, StoreError> {
        self.connection
            .prepare_cached("SELECT ord FROM resource_id WHERE tenant = ? AND type = ? AND id = ?")
            .and_then(|mut select| select.query_row(params![self.tenant, ty.0, id], |row| row.get(0)).optional())
            .map_err(StoreError::database("looking up a resource"))
    }

    /// The number of a new resource: numbers of a type follow the order of creation.
    pub(super) fn create(&mut self, ty: TypeCode, id: &'a str) -> Result<i64, StoreError> {
        let last = match self.last.get(&ty) {
            Some(last) => Some(*last),
            None => self.last(ty)?,
        };
        let next = next_ord(ty, last)?;
        self.last.insert(ty, next);
        self.resources.insert((ty, id), next);
        Ok(next)
    }

    fn last(&self, ty: TypeCode) -> Result<Option<i64>, StoreError> {
        let select = "SELECT max(ord) FROM resource WHERE tenant = ? AND ord >= ? AND ord < ?";
        let (first, end) = (first_ord(ty), end_ord(ty));
        self.connection
            .prepare_cached(select)
            .and_then(|mut select| select.query_row(params![self.tenant, first, end], |row| row.get(0)))
            .map_err(StoreError::database("numbering resources"))
    }

    fn inner(&mut self, ty: TypeCode, id: &str) -> Result<i64, StoreError> {
        let next = match self.next_inner.get(&ty) {
            Some(next) => *next,
            None => self.stored_next(ty)?,
        };
        let ord = inner_ord(ty, id, next)?;
        self.next_inner.insert(ty, next + 1);
        let note = || {
            self.connection
                .prepare_cached("INSERT INTO resource_id (tenant, type, id, ord, live) VALUES (?, ?, ?, ?, 0)")?
                .execute(params![self.tenant, ty.0, id, ord])?;
            if is_stub(ord) {
                let insert = "INSERT INTO stub (tenant, ord, id) VALUES (?, ?, ?)";
                self.connection.prepare_cached(insert)?.execute(params![self.tenant, ord, id])?;
            }
            Ok(ord)
        };
        note().map_err(StoreError::database("noting a missing resource"))
    }

    fn stored_next(&self, ty: TypeCode) -> Result<i64, StoreError> {
        self.connection
            .prepare_cached("SELECT next FROM inner_number WHERE tenant = ? AND type = ?")
            .and_then(|mut select| select.query_row(params![self.tenant, ty.0], |row| row.get(0)).optional())
            .map(Option::unwrap_or_default)
            .map_err(StoreError::database("numbering missing resources"))
    }

    /// Remembers how far stubs and contained resources were numbered: a number is never given twice, since rows may still hold it.
    pub(super) fn finish(self) -> Result<(), StoreError> {
        for (ty, next) in &self.next_inner {
            self.connection
                .prepare_cached("INSERT OR REPLACE INTO inner_number (tenant, type, next) VALUES (?, ?, ?)")
                .and_then(|mut insert| insert.execute(params![self.tenant, ty.0, next]))
                .map_err(StoreError::database("numbering missing resources"))?;
        }
        Ok(())
    }
}

impl<'a> Numbering<'a> for Numbers<'a, '_> {
    fn resource(&mut self, ty: TypeCode, id: &'a str) -> Result<i64, StoreError> {
        if let Some(ord) = self.resources.get(&(ty, id)) {
            return Ok(*ord);
        }
        let ord = match self.find(ty, id)? {
            Some(ord) => ord,
            None => self.inner(ty, id)?,
        };
        self.resources.insert((ty, id), ord);
        Ok(ord)
    }

    fn system(&mut self, url: &'a str) -> Result<i64, StoreError> {
        let mut known = self.systems.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(id) = known.get(url) {
            return Ok(*id);
        }
        let id = intern(self.connection, url).map_err(StoreError::database("numbering a code system"))?;
        if known.len() >= SYSTEMS_REMEMBERED {
            known.clear();
        }
        known.insert(url.to_owned(), id);
        Ok(id)
    }
}

fn intern(connection: &Connection, url: &str) -> rusqlite::Result<i64> {
    let mut select = connection.prepare_cached("SELECT id FROM system WHERE url = ?")?;
    if let Some(id) = select.query_row([url], |row| row.get(0)).optional()? {
        return Ok(id);
    }
    let insert = "INSERT INTO system (id, url) SELECT coalesce(max(id), 0) + 1, ? FROM system RETURNING id";
    connection.prepare_cached(insert)?.query_row([url], |row| row.get(0))
}
