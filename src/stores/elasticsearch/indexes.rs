//! The indexes of resources: one per tenant and type, made from a template when the first resource comes.

use super::answer::whole_indexes;
use super::fault::Unexpected;
use super::link::{Ask, Link, Reply, parsed};
use super::notes::Notes;
use super::place::{Layout, Place};
use crate::definitions::Registry;
use crate::stores::StoreError;
use crate::stores::tenants::Tenant;
use elasticsearch::http::Method;
use fhirc_codegen::elasticsearch::document::{Properties, mapping, property};
use fhirc_codegen::rows::TypeCode;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What is known of indexes.
#[derive(Debug)]
pub(super) struct Indexes {
    prefix: String,
    layout: Layout,
    /// By alias, the fields of single keys that an index has.
    known: Mutex<BTreeMap<String, BTreeSet<String>>>,
}

#[derive(Deserialize)]
struct Mapped {
    mappings: Fields,
}

#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    properties: BTreeMap<String, IgnoredAny>,
}

#[derive(Deserialize)]
struct Aliased {
    #[serde(default)]
    aliases: BTreeMap<String, IgnoredAny>,
}

/// What the template of a store comes before, at least.
const PRIORITY: usize = 500;

/// Writes down what all indexes of the store have in common.
pub(super) async fn put_template(link: &Link, place: &Place) -> Result<(), StoreError> {
    let settings = place.replicas.map_or_else(|| json!({}), |replicas| json!({ "number_of_replicas": replicas }));
    // Before what a cluster has for all indexes; of two stores, one name of which begins the other, the longer counts.
    let priority = PRIORITY + place.prefix.len();
    let template = json!({
        "index_patterns": [format!("{}-*-*-*", place.prefix)],
        "priority": priority,
        "template": { "settings": settings, "mappings": mapping() },
    });
    // The product has templates of its own, `logs` among them.
    let path = format!("/_index_template/fhirc-{}", place.prefix);
    let ask = Ask::new("making the store", Method::Put, path).json(&template)?;
    link.done::<IgnoredAny>(&ask).await.map(drop)
}

/// A store without notes must have no resources: they would come to belong to whoever writes first.
pub(super) async fn none_left(link: &Link, place: &Place) -> Result<(), StoreError> {
    let ask = Ask::new("making the store", Method::Get, format!("/{}-*-*-*/_alias", place.prefix));
    let found: BTreeMap<String, IgnoredAny> = link.done(&ask).await?;
    // A name that goes on is that of another store, whose prefix begins like this.
    let is_ours = |index: &String| {
        let rest = index.strip_prefix(&place.prefix).and_then(|rest| rest.strip_prefix('-'));
        rest.is_some_and(|rest| rest.split('-').count() == 3)
    };
    match found.into_keys().find(is_ours) {
        None => Ok(()),
        Some(index) => {
            let what = format!("there is the index `{index}`, and nothing that says whose resources it holds");
            Err(StoreError::Corrupt { what })
        }
    }
}

impl Indexes {
    pub(super) fn new(place: &Place) -> Indexes {
        Indexes { prefix: place.prefix.clone(), layout: place.tenants, known: Mutex::default() }
    }

    /// The alias of the index of a tenant's resources of a type: what it names can be replaced while it is used.
    pub(super) fn alias(&self, tenant: Tenant, ty: TypeCode, registry: &Registry) -> String {
        format!("{}.live", self.begin(tenant, ty, registry))
    }

    /// What the alias is found by, whether there is one or not: a type that nothing was written of has none.
    pub(super) fn pattern(&self, tenant: Tenant, ty: TypeCode, registry: &Registry) -> String {
        format!("{}.*", self.begin(tenant, ty, registry))
    }

    /// What the aliases of all types are found by.
    pub(super) fn all(&self, tenant: Tenant) -> String {
        format!("{}-{}-*.live*", self.prefix, self.of(tenant))
    }

    /// What the indexes of the store are found by, its notes included.
    pub(super) fn whole_store(&self) -> String {
        format!("{}-*", self.prefix)
    }

    fn begin(&self, tenant: Tenant, ty: TypeCode, registry: &Registry) -> String {
        let name = registry.resource_type_of_code(ty.0).map_or("unknown", |ty| registry.type_name(ty));
        format!("{}-{}-{}", self.prefix, self.of(tenant), name.to_ascii_lowercase())
    }

    fn of(&self, Tenant(number): Tenant) -> String {
        match self.layout {
            Layout::Apart => number.to_string(),
            Layout::Shared => "all".to_owned(),
        }
    }

    /// Makes sure that nothing is missing of what a tenant has: of an index that is not searched, nothing would be found.
    pub(super) async fn complete(&self, link: &Link, notes: &Notes, tenant: Tenant) -> Result<(), StoreError> {
        let made = notes.aliases(link, &self.of(tenant)).await?;
        if made.is_empty() {
            return Ok(());
        }
        let path = format!("/{}/_alias", self.all(tenant));
        let ask = whole_indexes(Ask::new("looking for the indexes of the store", Method::Get, path));
        let found: BTreeMap<String, Aliased> = link.done(&ask).await?;
        let found: BTreeSet<&String> = found.values().flat_map(|index| index.aliases.keys()).collect();
        made.iter().find(|alias| !found.contains(alias)).map_or(Ok(()), |alias| Err(lost(alias)))
    }

    /// Makes sure that an alias has an index with these fields, and that this is noted.
    pub(super) async fn provide(
        &self,
        link: &Link,
        notes: &Notes,
        (tenant, alias): (Tenant, &str),
        fields: &BTreeSet<String>,
    ) -> Result<(), StoreError> {
        if !self.known().contains_key(alias) {
            let found = match fields_of(link, alias).await? {
                Some(found) => found,
                None if create(link, alias, fields).await? => fields.clone(),
                // Somebody else has just made it, or it has lost its alias.
                None => fields_of(link, alias).await?.ok_or_else(|| lost(alias))?,
            };
            notes.add_alias(link, &self.of(tenant), alias).await?;
            self.known().insert(alias.to_owned(), found);
        }
        let missing: BTreeSet<String> =
            self.known().get(alias).map(|known| fields.difference(known).cloned().collect()).unwrap_or_default();
        if missing.is_empty() {
            return Ok(());
        }
        let ask = Ask::new("adding fields", Method::Put, format!("/{alias}/_mapping"));
        link.done::<IgnoredAny>(&ask.json(&json!({ "properties": properties(&missing) }))?).await?;
        self.known().entry(alias.to_owned()).or_default().extend(missing);
        Ok(())
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<String, BTreeSet<String>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn lost(alias: &str) -> StoreError {
    let what = format!(
        "no index has the alias `{alias}`, and resources were written to one; it was deleted, or restored from a snapshot \
         without its alias"
    );
    StoreError::Corrupt { what }
}

fn properties(fields: &BTreeSet<String>) -> Properties {
    fields.iter().filter_map(|field| Some((field.clone(), property(field)?))).collect()
}

/// Makes the first index behind an alias; false if there is one.
async fn create(link: &Link, alias: &str, fields: &BTreeSet<String>) -> Result<bool, StoreError> {
    let index = format!("{}-1", alias.trim_end_matches(".live"));
    // Said once more: a template may be gone, and without a mapping of ours texts would be cut into words.
    let body = json!({ "aliases": { alias: {} }, "mappings": mapping().with(properties(fields)) });
    let ask = Ask::new("making an index", Method::Put, format!("/{index}")).json(&body)?;
    match link.ask(&ask).await? {
        Reply::Done(_) => Ok(true),
        Reply::Said(said) if said.is("resource_already_exists_exception") => Ok(false),
        Reply::Said(said) => Err(said.failed(ask.doing)),
    }
}

/// The fields of single keys that the index behind an alias has, if there is one.
async fn fields_of(link: &Link, alias: &str) -> Result<Option<BTreeSet<String>>, StoreError> {
    let ask = Ask::new("reading the fields of an index", Method::Get, format!("/{alias}/_mapping"));
    let found: BTreeMap<String, Mapped> = match link.ask(&ask).await? {
        Reply::Done(body) => parsed(ask.doing, &body)?,
        Reply::Said(said) if said.status() == 404 => return Ok(None),
        Reply::Said(said) => return Err(said.failed(ask.doing)),
    };
    let mut found = found.into_values();
    match (found.next(), found.next()) {
        (Some(one), None) => {
            Ok(Some(one.mappings.properties.into_keys().filter(|field| property(field).is_some()).collect()))
        }
        _ => Err(Unexpected("an alias of the store names several indexes").failed(ask.doing)),
    }
}
