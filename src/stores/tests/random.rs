//! Random sequences of writes, changes of definitions, builds that are stopped, and searches.

use super::changes::*;
use super::generated::any_write;
use super::kept::{as_if_from_the_start, consistent};
use super::*;
use crate::compiler::Compiled;
use crate::definitions::SearchParam;
use crate::runtime::ExecuteError;
use crate::stores::{Store, StoreError};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

#[derive(Clone, Debug)]
enum Step {
    Write(usize, Vec<Write>),
    Define(Vec<SearchParam>),
    Retire(String),
    /// So many batches; `None`: all.
    Reindex(Option<u32>),
    Search(Vec<&'static str>),
}

const FAMILY: &str = "http://hl7.org/fhir/SearchParameter/individual-family";
const CODE: &str = "http://hl7.org/fhir/SearchParameter/clinical-code";
const ACTIVE: &str = "http://hl7.org/fhir/SearchParameter/Patient-active";

/// Definitions that change each other: one URL with several meanings and codes, one code of several URLs, parts.
fn definitions() -> Vec<SearchParam> {
    vec![
        param("nick", "Patient", "nick", "string", "Patient.name.family"),
        param("nick", "Patient", "nick", "string", "Patient.name.family | Patient.name.given"),
        param("nick", "Patient", "alias", "string", "Patient.name.family"),
        param("nick", "Patient", "nick", "token", "Patient.active"),
        param("mine", "Patient", "family", "string", "Patient.name.text"),
        param("mine", "Patient", "family", "string", "Patient.name.family.where($this = 'Berg')"),
        param("mine", "DomainResource", "id-of", "token", "DomainResource.id"),
        param(FAMILY, "Patient", "family", "string", "Patient.name"),
        param("about", "Observation", "about", "reference", "Observation.subject"),
        param("about", "Observation", "about", "reference", "Observation.subject.where(resolve() is Group)"),
        param("val", "Observation", "val", "quantity", "Observation.value"),
        param("val", "Observation", "val", "token", "Observation.value"),
        composite("pair", "pair", [(CODE, "code"), ("http://example.org/val", "value")]),
        composite("pair", "code-value-quantity", [(CODE, "code"), ("http://example.org/val", "value")]),
        Registry::r4().definitions().find(|known| known.url == FAMILY).unwrap().clone(),
        Registry::r4().definitions().find(|known| known.url == ACTIVE).unwrap().clone(),
    ]
}

const SEARCHES: [&str; 18] = [
    "Patient?nick=ber",
    "Patient?nick=true",
    "Patient?nick:missing=true",
    "Patient?alias=berg",
    "Patient?family=berg",
    "Patient?family:missing=false",
    "Patient?_sort=-family,nick",
    "Patient?id-of=a",
    "Patient?active=true",
    "Observation?about=Patient/a",
    "Observation?about.nick=ber",
    "Observation?subject.family=berg",
    "Observation?subject:Patient.nick=ek",
    "Observation?val=gt70",
    "Observation?pair=8867-4$72",
    "Observation?code-value-quantity=8867-4$72",
    "Patient?_has:Observation:about:code=8867-4",
    "Observation?_filter=not (subject.family eq berg) and val pr true",
];

fn any_step() -> impl Strategy<Value = Step> {
    let one = prop::sample::select(definitions());
    let defined = prop_oneof![4 => prop::collection::vec(one.clone(), 1), 1 => prop::collection::vec(one, 2)];
    let names = ["nick", "mine", "about", "val", "pair"].map(url);
    let retired = prop::sample::select([&names[..], &[FAMILY.to_owned(), ACTIVE.to_owned()]].concat());
    prop_oneof![
        4 => (0..2_usize, prop::collection::vec(any_write(), 1..5)).prop_map(|(tenant, writes)| Step::Write(tenant, writes)),
        6 => defined.prop_map(Step::Define),
        1 => retired.prop_map(Step::Retire),
        2 => (1..3_u32).prop_map(|n| Step::Reindex(Some(n))),
        1 => Just(Step::Reindex(None)),
        8 => prop::sample::subsequence(&SEARCHES[..], 4).prop_map(Step::Search),
    ]
}

/// How often what was tried, so that the test cannot pass by trying nothing.
#[derive(Debug, Default)]
struct Tried {
    defined: u32,
    answered: u32,
    nonempty: u32,
    being_built: u32,
    outdated: u32,
    still_right: u32,
}

struct World {
    store: Store,
    tenants: [TenantContext; 2],
    /// Searches that were compiled before.
    old: Vec<Compiled>,
    tried: Tried,
}

impl World {
    async fn step(&mut self, step: Step) {
        match step {
            Step::Write(tenant, writes) => {
                self.store.write(&self.tenants[tenant], writes).await.unwrap();
            }
            Step::Define(params) => match self.store.define(params).await {
                Ok(_) => self.tried.defined += 1,
                Err(StoreError::Definitions { .. } | StoreError::Unindexable { .. }) => {}
                Err(error) => panic!("{error}"),
            },
            Step::Retire(url) => match self.store.retire(vec![url]).await {
                Ok(_) | Err(StoreError::Definitions { .. }) => {}
                Err(error) => panic!("{error}"),
            },
            Step::Reindex(Some(steps)) => {
                self.store.reindex(&mut Steps::new(steps)).await.unwrap();
            }
            Step::Reindex(None) => {
                self.store.reindex(&mut ()).await.unwrap();
            }
            Step::Search(queries) => {
                for query in queries {
                    match compile(&self.store, query) {
                        Ok(compiled) => {
                            self.compare(&compiled, false).await;
                            self.old.push(compiled);
                        }
                        Err(codes) => self.tried.being_built += u32::from(codes.contains(&"being-built")),
                    }
                }
            }
        }
        consistent(&self.store, &self.tenants).await;
        let registry = self.store.registry();
        let read = registry.release().stored(&registry.to_stored()).unwrap();
        assert_eq!(read.to_stored(), registry.to_stored());
        for param in registry.types().flat_map(|ty| registry.params(ty).collect::<Vec<_>>()) {
            assert!(read.answers(param, &registry));
        }
        for old in self.old.clone() {
            self.compare(&old, true).await;
        }
    }

    /// A search finds what it means under the definitions that it was compiled with, or says that they hold no longer.
    async fn compare(&mut self, search: &Compiled, may_be_outdated: bool) {
        for tenant in self.tenants.clone() {
            let expected = meant(&self.store, &tenant, search).await;
            match found(&self.store, &tenant, search).await {
                Ok(found) => {
                    assert_eq!(found, expected, "{}", search.query);
                    let changed = search.registry.epoch() != self.store.registry().epoch();
                    self.tried.answered += 1;
                    self.tried.nonempty += u32::from(!found.is_empty());
                    self.tried.still_right += u32::from(changed);
                }
                Err(ExecuteError::Outdated { .. }) if may_be_outdated => {
                    self.tried.outdated += 1;
                    self.old.retain(|old| old.query != search.query);
                    return;
                }
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[test]
fn no_sequence_of_changes_gives_a_wrong_answer() {
    block_on(async {
        let mut runner = TestRunner::deterministic();
        let mut tried = Tried::default();
        for _ in 0..SEQUENCES {
            let tenants = ["one", "two"].map(|name| TenantContext::new(name).unwrap());
            let mut world = World { store: store().await, tenants, old: Vec::new(), tried };
            let steps = prop::collection::vec(any_step(), 15..30).new_tree(&mut runner).unwrap().current();
            for tenant in 0..2 {
                let writes = prop::collection::vec(any_write(), 6).new_tree(&mut runner).unwrap().current();
                world.step(Step::Write(tenant, writes)).await;
            }
            for step in steps {
                world.step(step).await;
            }
            world.step(Step::Reindex(None)).await;
            as_if_from_the_start(&world.store, &world.tenants).await;
            tried = world.tried;
        }
        let Tried { defined, answered, nonempty, being_built, outdated, still_right } = tried;
        let least = [defined, answered, nonempty, being_built, outdated, still_right].into_iter().min().unwrap();
        assert!(least >= SEQUENCES * 4 / 5, "{tried:?}");
    });
}
