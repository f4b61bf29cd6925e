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
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
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

/// How an alias ends by which an index is read.
const LIVE: &str = ".live";
/// How one ends by which an index is written, but for the epoch of the definitions.
const WRITTEN: &str = ".epoch";

/// What the template of a store comes before, at least.
const PRIORITY: usize = 500;

/// The most fields that a hit may tell. What is put in order here by a parameter of all types has a field for each of
/// them, which is more than OpenSearch allows by itself: 100.
const MOST_TOLD: u32 = 10_000;

/// Settings of an index. Of replicas the server decides where nothing is said.
#[derive(Serialize)]
struct IndexSettings {
    max_docvalue_fields_search: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    number_of_replicas: Option<u32>,
}

/// Writes down what all indexes of the store have in common.
pub(super) async fn put_template(link: &Link, place: &Place) -> Result<(), StoreError> {
    let settings = IndexSettings { max_docvalue_fields_search: MOST_TOLD, number_of_replicas: place.replicas };
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
        format!("{}{LIVE}", self.begin(tenant, ty, registry))
    }

    /// What the alias is found by, whether there is one or not: a type that nothing was written of has none.
    pub(super) fn pattern(&self, tenant: Tenant, ty: TypeCode, registry: &Registry) -> String {
        format!("{}.live*", self.begin(tenant, ty, registry))
    }

    /// What the aliases of a type are found by, whoever's they are.
    pub(super) fn everyones(&self, ty: TypeCode, registry: &Registry) -> String {
        format!("{}-*-{}.live*", self.prefix, type_name(ty, registry))
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
        format!("{}-{}-{}", self.prefix, self.of(tenant), type_name(ty, registry))
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

    /// Makes sure that an alias has an index with these fields, and that this is noted. An index that is made is written
    /// under the definitions of this epoch; then it says so.
    pub(super) async fn provide(
        &self,
        link: &Link,
        notes: &Notes,
        (tenant, alias, epoch): (Tenant, &str, u32),
        fields: &BTreeSet<String>,
    ) -> Result<bool, StoreError> {
        let mut made = false;
        if !self.known().contains_key(alias) {
            let found = match fields_of(link, alias).await? {
                Some(found) => found,
                None if create(link, (alias, epoch), fields).await? => {
                    made = true;
                    fields.clone()
                }
                // Somebody else has just made it, or it has lost its alias.
                None => fields_of(link, alias).await?.ok_or_else(|| lost(alias))?,
            };
            notes.add_alias(link, &self.of(tenant), alias).await?;
            self.known().insert(alias.to_owned(), found);
        }
        let missing: BTreeSet<String> =
            self.known().get(alias).map(|known| fields.difference(known).cloned().collect()).unwrap_or_default();
        if missing.is_empty() {
            return Ok(made);
        }
        let ask = Ask::new("adding fields", Method::Put, format!("/{alias}/_mapping"));
        link.done::<IgnoredAny>(&ask.json(&json!({ "properties": properties(&missing) }))?).await?;
        self.known().entry(alias.to_owned()).or_default().extend(missing);
        Ok(made)
    }

    /// Forgets what is known of indexes, to be looked up again.
    pub(super) fn forget(&self) {
        self.known().clear();
    }

    /// Lets all indexes of the store be written under the definitions of this epoch, and no others, at once for all of
    /// them. False if it was so already.
    pub(super) async fn rename(&self, link: &Link, epoch: u32) -> Result<bool, StoreError> {
        let doing = "naming indexes by their definitions";
        let ask = whole_indexes(Ask::new(doing, Method::Get, format!("/{}-*-*-*/_alias", self.prefix)));
        let found: BTreeMap<String, Aliased> = link.done(&ask).await?;
        let mut actions = Vec::new();
        for (index, Aliased { aliases }) in &found {
            // What was restored without its alias is missed by who asks for it.
            let Some(live) = aliases.keys().find(|alias| alias.ends_with(LIVE)) else { continue };
            let wanted = written(live, epoch);
            let others = aliases.keys().filter(|alias| is_written(alias) && **alias != wanted);
            actions.extend(others.map(|alias| json!({ "remove": { "index": index, "alias": alias } })));
            if !aliases.contains_key(&wanted) {
                actions.push(json!({ "add": { "index": index, "alias": wanted } }));
            }
        }
        if actions.is_empty() {
            return Ok(false);
        }
        let ask = Ask::new(doing, Method::Post, "/_aliases").json(&json!({ "actions": actions }))?;
        match link.ask(&ask).await? {
            Reply::Done(_) => Ok(true),
            // Somebody else was faster: it is looked at again.
            Reply::Said(said) if said.status() == 404 => Ok(true),
            Reply::Said(said) => Err(said.failed(doing)),
        }
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

fn type_name(ty: TypeCode, registry: &Registry) -> String {
    let name = registry.resource_type_of_code(ty.0).map_or("unknown", |ty| registry.type_name(ty));
    name.to_ascii_lowercase()
}

/// The name by which an index is written under the definitions of an epoch, and only then; `live` is that by which it is
/// read.
pub(super) fn written(live: &str, epoch: u32) -> String {
    format!("{}{WRITTEN}{epoch}", live.trim_end_matches(LIVE))
}

/// Whether an alias is a name by which an index is written.
fn is_written(alias: &str) -> bool {
    alias.rsplit_once(WRITTEN).is_some_and(|(_, epoch)| epoch.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Makes the first index behind an alias; false if there is one.
async fn create(link: &Link, (alias, epoch): (&str, u32), fields: &BTreeSet<String>) -> Result<bool, StoreError> {
    let index = format!("{}-1", alias.trim_end_matches(LIVE));
    // Said once more: a template may be gone, and without a mapping of ours texts would be cut into words.
    let aliases = [alias.to_owned(), written(alias, epoch)].map(|alias| (alias, json!({})));
    let body = json!({ "aliases": BTreeMap::from(aliases), "mappings": mapping().with(properties(fields)) });
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
