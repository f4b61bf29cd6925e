//! A few resources and the searches over them.

use super::{Case, Outcome};
use fhirc::definitions::{FhirVersion, Registry, from_resource};
use fhirc::ir::{BaseUrl, Env};
use fhirc::reference::{Reference, Resource};
use fhirc::resolve::{Handling, Settings, Terminology, resolve};
use fhirc::terminology::StoredTerminology;
use fhirc::values::{FOLD_VERSION, Instant, Zone, parse_date};
use fhirc_grammar::{Diagnostic, parse_search};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;

const BASE: &str = "http://example.org/fhir";

/// 2026-11-21T12:00:00Z; cases with `ap` hold on any day.
const NOW: Instant = Instant(1_795_262_400_000_000);

/// A group as it stands in its file.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) name: String,
    resources: Vec<Value>,
    cases: Vec<Case>,
}

/// The groups of a folder, by name.
pub(crate) fn groups(folder: &Path) -> Vec<Group> {
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| Group::new(&fs::read(file).unwrap())).collect()
}

impl Group {
    fn new(file: &[u8]) -> Group {
        let json: Value = serde_json::from_slice(file).unwrap();
        let list = |name: &str| json[name].as_array().unwrap().clone();
        Group {
            name: json["group"].as_str().unwrap().to_owned(),
            resources: list("resources"),
            cases: list("cases").iter().map(Case::new).collect(),
        }
    }

    /// Every case with what came of it.
    pub(crate) fn run(&self) -> Vec<(&Case, Outcome)> {
        let registry = self.registry();
        let resources = self.resources.iter().map(|json| resource(&registry, json)).collect();
        let reference = Reference::new(&registry, resources);
        let terminology = self.terminology();
        self.cases.iter().map(|case| (case, outcome(&registry, &terminology, &reference, case))).collect()
    }

    /// The code systems and value sets of the group.
    fn terminology(&self) -> Arc<dyn Terminology> {
        let mut terminology = StoredTerminology::default();
        self.resources.iter().for_each(|json| terminology.add(&json.to_string()));
        Arc::new(terminology)
    }

    /// R4 with the search parameters of the group.
    fn registry(&self) -> Registry {
        let params = self.resources.iter().filter(|json| json["resourceType"] == "SearchParameter");
        Registry::r4().with_params(params.filter_map(|json| from_resource(json).ok()).collect()).0
    }
}

fn resource(registry: &Registry, json: &Value) -> Resource {
    let text = |name: &str| json[name].as_str().unwrap();
    let stated = json["meta"]["lastUpdated"].as_str();
    let last_updated = stated.map(|text| Instant(parse_date(text, &Zone::UTC).unwrap().interval.start()));
    let ty = registry.resource_type(text("resourceType")).unwrap();
    Resource { ty, id: text("id").to_owned(), last_updated, json: json.clone() }
}

fn outcome(registry: &Registry, terminology: &Arc<dyn Terminology>, reference: &Reference<'_>, case: &Case) -> Outcome {
    let (tree, mut problems) = parse_search(&case.query, &[BASE]);
    let handling = if case.is_strict() { Handling::Strict } else { Handling::Lenient };
    let env =
        Env { fhir: FhirVersion::R4, now: NOW, zone: Zone::UTC, bases: vec![BaseUrl::new(BASE)], fold: FOLD_VERSION };
    let (terminology, queries) = (Arc::clone(terminology), Arc::default());
    let settings = Settings { env, handling, default_count: 1_000, terminology, queries };
    let resolved = tree.map(|tree| resolve(&tree, registry, &settings));
    let search = resolved.and_then(|resolved| {
        problems.extend(resolved.diagnostics);
        resolved.search
    });
    problems.retain(Diagnostic::is_error);
    let Some(search) = search.filter(|_| problems.is_empty()) else {
        let what: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        let what = what.join("; ");
        // What is wrong beside the unsupported part makes the query wrong.
        let unsupported = problems.iter().all(|problem| problem.code == "not-supported");
        return if unsupported { Outcome::NotSupported(what) } else { Outcome::Refused(what) };
    };
    let answer = reference.search(&search);
    let name = |(ty, id): &(_, String)| format!("{}/{id}", registry.type_name(*ty));
    // A page of no matches asks for the total alone (item 134).
    let ids = if search.page.count == 0 { Vec::new() } else { answer.matches.iter().map(name).collect() };
    let included = answer.included.iter().map(name).collect();
    Outcome::Answer { ids, included, total: answer.total, count: search.page.count }
}
