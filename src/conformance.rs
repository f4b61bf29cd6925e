//! Runs the cases of a conformance suite on a store: a group's resources, then its searches, their answers as JSON.

use crate::compiler::{Compiler, Options};
use crate::definitions::{Registry, from_resource};
use crate::ir::BaseUrl;
use crate::resolve::{Handling, Terminology};
use crate::runtime::{ExecuteError, Page, Request, Resource, execute, terminology};
use crate::stores::{Store, StoreError, StoreSettings, StoreUrl, Write};
use crate::tenant::TenantContext;
use crate::values::Zone;
use fhirc_codegen::rows::TypeCode;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::sync::Arc;

/// Resources and the searches over them.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// Its name.
    pub group: String,
    /// The server's own base.
    #[serde(default = "usual_base")]
    pub base_url: String,
    /// The zone of dates without one.
    #[serde(default = "usual_zone")]
    pub timezone: String,
    /// All resources that are stored while its cases run.
    pub resources: Vec<Json>,
    /// The cases.
    pub cases: Vec<Case>,
}

fn usual_base() -> String {
    "http://example.org/fhir".to_owned()
}

fn usual_zone() -> String {
    "UTC".to_owned()
}

/// One search. What it should give is the scorer's concern.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// `group-NNN`
    pub id: String,
    /// The search.
    pub query: String,
    /// `strict` or `lenient`, as in the `Prefer` header.
    pub handling: Option<String>,
}

/// What a search gave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The case.
    pub id: String,
    /// The matches of all pages, `Type/id` or `Type/id#id`, in order.
    pub ids: Vec<String>,
    /// What came along on the first page.
    pub included: Vec<String>,
    /// The number of matches, as told by the first page; where it was not asked for, as counted over all pages.
    pub total: u64,
    /// The matches page by page.
    pub pages: Vec<Vec<String>>,
    /// Whether the search was refused.
    pub error: bool,
    /// Why.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Why a group could not be run.
#[derive(Debug)]
pub enum GroupError {
    /// Its zone is not known.
    Zone(String),
    /// A resource has no type or id, or a type that is not known.
    Resource(String),
    /// The store failed.
    Store(StoreError),
}

impl std::fmt::Display for GroupError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            GroupError::Zone(zone) => write!(f, "`{zone}` is no time zone"),
            GroupError::Resource(what) => write!(f, "{what} has no known type, or no id"),
            GroupError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for GroupError {}

impl From<StoreError> for GroupError {
    fn from(error: StoreError) -> Self {
        GroupError::Store(error)
    }
}

/// Loads the resources of a group for `tenant` and runs its cases.
///
/// # Errors
/// The group is malformed, or the store fails while it is loaded. A search that is refused is an answer.
pub async fn run(group: &Group, url: &StoreUrl, tenant: &TenantContext) -> Result<Vec<Answer>, GroupError> {
    let registry = Arc::new(registry(group));
    let zone: Zone = group.timezone.parse().map_err(|_| GroupError::Zone(group.timezone.clone()))?;
    let settings = StoreSettings {
        zone: Some(zone.clone()),
        bases: Some(vec![group.base_url.clone()]),
        create: true,
        ..StoreSettings::new(Arc::clone(&registry))
    };
    let store = Store::open(url, settings).await?;
    let registry = store.registry();
    let writes = group.resources.iter().map(|body| put(&registry, body)).collect::<Result<Vec<_>, _>>()?;
    store.write(tenant, writes).await?;
    let terminology = terminology(&store, tenant).await.map_err(|error| GroupError::Resource(error.to_string()))?;
    let terminology: Arc<dyn Terminology> = Arc::new(terminology);
    let mut answers = Vec::with_capacity(group.cases.len());
    for case in &group.cases {
        let strict = case.handling.as_deref() == Some("strict");
        let options = Options {
            handling: if strict { Handling::Strict } else { Handling::Lenient },
            zone: zone.clone(),
            bases: vec![BaseUrl::new(&group.base_url)],
            // Cases without a page size expect all matches at once, and includes of all of them.
            default_count: crate::resolve::MAX_PAGE,
            terminology: Arc::clone(&terminology),
            ..Options::default()
        };
        let compiler = Compiler::new(Arc::clone(&registry), options);
        answers.push(answer(&compiler, &store, tenant, case).await?);
    }
    Ok(answers)
}

/// R4 with the SearchParameters of the group.
fn registry(group: &Group) -> Registry {
    let is_param = |body: &&Json| body.get("resourceType").and_then(Json::as_str) == Some("SearchParameter");
    let extra = group.resources.iter().filter(is_param).filter_map(|body| from_resource(body).ok()).collect();
    Registry::r4().with_params(extra).0
}

fn put(registry: &Registry, body: &Json) -> Result<Write, GroupError> {
    let text = |name: &str| body.get(name).and_then(Json::as_str);
    let ty = text("resourceType").and_then(|name| registry.resource_type(name));
    match (ty, text("id")) {
        (Some(ty), Some(id)) => {
            Ok(Write::Put { ty: TypeCode(ty.code()), id: id.to_owned(), body: body.clone(), keep_updated: true })
        }
        (_, id) => Err(GroupError::Resource(format!("{}/{}", text("resourceType").unwrap_or("?"), id.unwrap_or("?")))),
    }
}

async fn answer(compiler: &Compiler, store: &Store, tenant: &TenantContext, case: &Case) -> Result<Answer, GroupError> {
    let mut answer = Answer { id: case.id.clone(), ..Answer::default() };
    let compiled = match compiler.compile(&case.query) {
        Ok(compiled) => compiled,
        Err(rejected) => return Ok(Answer { error: true, reason: rejected.to_string(), ..answer }),
    };
    let names = |found: &[Resource]| found.iter().map(|found| found.name(compiler.registry())).collect();
    let mut request = Request { tenant: tenant.clone(), cursor: None };
    loop {
        let Page { matches, included, total, next, .. } = match execute(store, &compiled, &request, None).await {
            Ok(page) => page,
            Err(ExecuteError::Store(error)) => return Err(error.into()),
            Err(refused) => return Ok(Answer { error: true, reason: refused.to_string(), ..answer }),
        };
        let ids: Vec<String> = names(&matches);
        if answer.pages.is_empty() {
            answer.included = included.iter().map(|found| included_name(found, compiler.registry())).collect();
            answer.total = total.unwrap_or_default();
        }
        answer.ids.extend(ids.iter().cloned());
        answer.pages.push(ids);
        if next.is_none() {
            if total.is_none() {
                answer.total = answer.ids.len() as u64;
            }
            return Ok(answer);
        }
        request.cursor = next;
    }
}

/// `Patient/1`, of a version before the current one `Patient/1/_history/2`.
fn included_name(found: &Resource, registry: &Registry) -> String {
    let name = found.name(registry);
    if found.current { name } else { format!("{name}/_history/{}", found.version) }
}
