//! Resources that stand inside others: their documents, and reading them out of the one that contains them.

use super::Shared;
use super::bulk::{Bulk, Same};
use super::current::Depth;
use super::document::Record;
use super::read::known;
use crate::definitions::Registry;
use crate::stores::definitions::Definitions;
use crate::stores::number::{FRAGMENT, inner_ord};
use crate::stores::tenants::Tenant;
use crate::stores::version::{Item, Owner};
use crate::stores::{StoreError, Stored, inner};
use fhirc_codegen::ord::type_of;
use fhirc_codegen::rows::TypeCode;
use std::collections::BTreeMap;

/// Numbers of contained resources, by type and store-wide id. They are kept through deletion.
pub(super) type Numbers = BTreeMap<(TypeCode, String), i64>;

/// Type and store-wide id of a contained resource.
pub(super) type Named<'n> = (TypeCode, &'n str);

/// Where a contained resource stands.
pub(super) struct Place {
    ty: TypeCode,
    /// Its id inside the container.
    id: String,
    pub(super) container: (TypeCode, String),
}

impl Place {
    /// Reads an identity, as documents hold it; nothing of what stands in no other.
    pub(super) fn of(rid: &str, registry: &Registry) -> Option<Place> {
        let (ty, text) = known(rid)?;
        let (container, id) = text.split_once(FRAGMENT)?;
        let (container_type, container) = container.split_once('/')?;
        let container_type = TypeCode(registry.resource_type(container_type)?.code());
        Some(Place { ty, id: id.to_owned(), container: (container_type, container.to_owned()) })
    }
}

impl Shared {
    /// Those of these that are there, each as the current version of its container has it.
    pub(super) async fn inside(&self, tenant: Tenant, ords: &[i64]) -> Result<BTreeMap<i64, Stored>, StoreError> {
        let registry = &self.held.get().registry;
        let found = self.identities(tenant, ords).await?;
        let places: Vec<(i64, Place)> =
            found.iter().filter_map(|(ord, rid)| Some((*ord, Place::of(rid, registry)?))).collect();
        let containers: BTreeMap<(TypeCode, &str), Option<Record>> =
            places.iter().map(|(_, Place { container: (ty, id), .. })| ((*ty, id.as_str()), None)).collect();
        let identities: Vec<(TypeCode, &str)> = containers.into_keys().collect();
        let records = self.records(tenant, &identities, Depth::Body).await?;
        let containers: BTreeMap<_, _> = identities.iter().copied().zip(records).collect();
        let stored = |(ord, Place { ty, id, container: (container_type, container) }): &(i64, Place)| {
            let container = containers.get(&(*container_type, container.as_str()))?.clone()?;
            container.body.as_ref()?;
            Some((*ord, inner::inside(container.stored(), *ty, id, *ord)?))
        };
        Ok(places.iter().filter_map(stored).collect())
    }

    /// The numbers of resources that others contain, or contained: of those that are there, new ones get theirs in their
    /// order, those of one write by their ids.
    pub(super) async fn inner_numbers(
        &self,
        tenant: Tenant,
        (here, gone): (Vec<Named<'_>>, Vec<Named<'_>>),
    ) -> Result<Numbers, StoreError> {
        let all: Vec<Named<'_>> = gone.into_iter().chain(here.iter().copied()).collect();
        let records = self.records(tenant, &all, Depth::Record).await?;
        let known = all.into_iter().zip(records);
        let mut numbers: Numbers =
            known.filter_map(|((ty, id), record)| Some(((ty, id.to_owned()), record?.ord))).collect();
        let mut new: BTreeMap<TypeCode, Vec<&str>> = BTreeMap::new();
        for (ty, id) in here {
            if !numbers.contains_key(&(ty, id.to_owned())) {
                new.entry(ty).or_default().push(id);
            }
        }
        for (ty, ids) in new {
            let counter = format!("{}-inside-{}", tenant.0, ty.0);
            let many = i64::try_from(ids.len()).unwrap_or(i64::MAX);
            let first = self.notes.take(&self.link, &counter, 0, many).await?;
            for (next, id) in (first..).zip(ids) {
                numbers.insert((ty, id.to_owned()), inner_ord(ty, id, next)?);
            }
        }
        Ok(numbers)
    }

    /// The documents of what a resource contains. What it does not contain any more keeps its number, as what is deleted.
    pub(super) fn contained(
        &self,
        tenant: Tenant,
        item: &Item,
        (numbers, definitions): (&Numbers, &Definitions),
        bulk: &mut Bulk,
    ) -> Result<(), StoreError> {
        let number = |ty: TypeCode, id: &str| numbers.get(&(ty, id.to_owned())).copied();
        let version = item.result.version;
        for (owner, rows) in item.result.added.iter() {
            let Some((ty, id)) = identity(owner) else { continue };
            let missing = || StoreError::Corrupt { what: "a contained resource has no number".to_owned() };
            let record = Record::new(tenant, ty, id, number(ty, id).ok_or_else(missing)?).live().inside(version);
            bulk.push(self.deed((tenant, definitions), (id, record), Some(rows), Same::Replaced)?);
        }
        for (ty, id) in item.result.removed.owners().filter_map(identity) {
            // What has no number is not there.
            let Some(ord) = number(ty, id) else { continue };
            let record = Record::new(tenant, type_of(ord), id, ord).inside(version);
            bulk.push(self.deed((tenant, definitions), (id, record), None, Same::Replaced)?);
        }
        Ok(())
    }
}

/// Whose rows, of a resource that another contains.
pub(super) fn identity(owner: &Owner) -> Option<(TypeCode, &str)> {
    match owner {
        Owner::Itself => None,
        Owner::Contained(ty, id) => Some((*ty, id)),
    }
}
