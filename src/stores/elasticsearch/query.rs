//! Running a lowered query: requests until all is told, at one point in time where one request is not enough.

use super::Shared;
use super::answer::{Failure, Found, Hit, Types};
use super::read::known;
use super::types::{tell, types_of};
use super::view::Seen;
use crate::stores::tenants::Tenant;
use crate::stores::{Slots, StoreError, Tuple};
use fhirc_codegen::algebra::{Atom, Edge, On, Set, SlotId, Source, Span, Test};
use fhirc_codegen::capability::Question;
use fhirc_codegen::elasticsearch::gather::is_gathered;
use fhirc_codegen::elasticsearch::{
    Fill, REFERENCES, Requests, SearchBody, identity, link_of, names_of, reference_of, row_of, rows_field, search,
    target_of, told_by,
};
use fhirc_codegen::program::{Dir, OrderKey, Query, Yield};
use fhirc_codegen::rows::{KeyId, TypeCode, Value};
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DOING: &str = "running a query";

pub(super) type Identity = (TypeCode, String);

/// The request of a query.
pub(super) fn lower(query: &Query) -> Result<SearchBody, StoreError> {
    search(query).map_err(|refusal| StoreError::Refused { what: refusal.what, span: refusal.span })
}

/// What is known when a query runs.
pub(super) struct Filled {
    pub(super) tenant: Tenant,
    pub(super) slots: BTreeMap<SlotId, Vec<Vec<String>>>,
}

impl Fill for Filled {
    fn tenant(&self) -> i64 {
        self.tenant.0
    }

    fn slot(&self, slot: SlotId) -> Option<Vec<Vec<String>>> {
        self.slots.get(&slot).cloned()
    }

    fn names(&self, slot: SlotId) -> Option<Vec<[String; 2]>> {
        let name = |name: &Vec<String>| match name.as_slice() {
            [url] => Some([url.clone(), String::new()]),
            [url, version] => Some([url.clone(), version.clone()]),
            _ => None,
        };
        self.slots.get(&slot)?.iter().map(name).collect()
    }
}

/// The slots that a query reads.
pub(super) fn slots_of(query: &Query) -> BTreeSet<SlotId> {
    let mut slots = BTreeSet::new();
    for (_, node) in query.sets.iter() {
        match &node.set {
            Set::Slot(slot) | Set::Named { slot, .. } => drop(slots.insert(*slot)),
            Set::Rows { test, .. } => in_test(test, &mut slots),
            _ => {}
        }
    }
    slots
}

fn in_test(test: &Test, slots: &mut BTreeSet<SlotId>) {
    match test {
        Test::Atom(Atom::In(_, Source::Slot(slot)) | Atom::NotIn(_, Source::Slot(slot))) => drop(slots.insert(*slot)),
        Test::Atom(_) => {}
        Test::All(tests) | Test::Any(tests) => tests.iter().for_each(|test| in_test(test, slots)),
    }
}

impl Shared {
    /// Runs a query. Hits of a page tell their bodies.
    pub(super) async fn query(
        &self,
        tenant: Tenant,
        query: &Query,
        slots: &Slots,
        seen: &Seen,
    ) -> Result<Vec<Tuple>, StoreError> {
        let body = lower(query)?;
        let mut filled = Filled { tenant, slots: BTreeMap::new() };
        for slot in slots_of(query) {
            let missing =
                || StoreError::Unsupported { what: format!("a query over {slot:?}, which no step has filled") };
            let tuples = slots.get(&slot).ok_or_else(missing)?;
            filled.slots.insert(slot, self.texts(tenant, tuples, seen).await?);
        }
        let missing = || StoreError::Unsupported { what: "a query over a slot that no step has filled".to_owned() };
        let requests = body.fill(&filled).ok_or_else(missing)?;
        if requests.is_empty() {
            let is_count = matches!(query.yields, Yield::Count | Yield::Rough);
            return Ok(if is_count { vec![Tuple::default()] } else { Vec::new() });
        }
        let span = query.root_node().map(|root| root.span).unwrap_or_default();
        let types = types_of(query, slots).and(tell(&query.yields));
        let running = Running { shared: self, tenant, query, types, span };
        if query.yields == Yield::Page && is_gathered(&query.order) {
            return running.in_order(requests).await;
        }
        if query.yields == Yield::Page {
            return running.run(requests.with(SearchBody::with_records), seen).await;
        }
        running.run(requests, seen).await
    }

    /// What a slot holds as a query compares it: identities, or urls with versions.
    async fn texts(&self, tenant: Tenant, tuples: &[Tuple], seen: &Seen) -> Result<Vec<Vec<String>>, StoreError> {
        let known = |tuple: &Tuple| match tuple.keys.as_slice() {
            [Some(Value::Rid(ty, id)), ..] => Some(vec![identity(*ty, id)]),
            [Some(Value::Text(url)), Some(Value::Text(version))] => Some(vec![url.clone(), version.clone()]),
            _ => seen.identity(tuple.ord).map(|identity| vec![identity]),
        };
        let known: Vec<Option<Vec<String>>> = tuples.iter().map(known).collect();
        let of_unknown = tuples.iter().zip(&known).filter(|(_, known)| known.is_none());
        let found = self.identities(tenant, &of_unknown.map(|(tuple, _)| tuple.ord).collect::<Vec<_>>()).await?;
        let texts = tuples.iter().zip(known).filter_map(|(tuple, known)| {
            known.or_else(|| found.get(&tuple.ord).map(|identity| vec![identity.clone()]))
        });
        Ok(texts.collect())
    }

    /// Fills in names for what is not known yet, to be shown.
    pub(super) fn shown(&self, query: &Query) -> Result<Option<Requests>, StoreError> {
        let slots = slots_of(query).into_iter().map(|slot| (slot, vec![vec![format!("<{slot:?}>")]])).collect();
        Ok(lower(query)?.fill(&Filled { tenant: Tenant(1), slots }))
    }
}

/// A query that runs.
pub(super) struct Running<'q> {
    pub(super) shared: &'q Shared,
    pub(super) tenant: Tenant,
    pub(super) query: &'q Query,
    pub(super) types: Types,
    pub(super) span: Span,
}

impl Running<'_> {
    async fn run(&self, requests: Requests, seen: &Seen) -> Result<Vec<Tuple>, StoreError> {
        if let Some(members) = self.together(&requests).await? {
            return self.finished(members).await;
        }
        let first = self.shared.search(DOING, (self.tenant, &self.types), requests.body()).await;
        let first = first.map_err(|failure| self.failed(failure))?;
        if matches!(self.query.yields, Yield::Count | Yield::Rough) {
            let counted = first.total.map_or(Ok(0), |total| total.exact(DOING))?;
            return Ok(vec![Tuple { ord: i64::try_from(counted).unwrap_or(i64::MAX), keys: Vec::new() }]);
        }
        let mut members = Members::default();
        self.rest(requests, first, &mut |found| self.take(found, &mut members, seen)).await?;
        self.finished(members).await
    }

    /// Above the bound of what is taken along a query is refused.
    pub(super) fn behind(&self, members: &Members) -> Result<(), StoreError> {
        let told = members.identities.len() + members.names.len();
        let bound = self.shared.behind;
        let refused = StoreError::Refused { what: Question::Behind(bound), span: self.span };
        if told > bound as usize { Err(refused) } else { Ok(()) }
    }

    /// All hits of a query that is put in order here.
    pub(super) async fn every(&self, requests: Requests) -> Result<Vec<Hit>, StoreError> {
        let first = self.shared.search(DOING, (self.tenant, &self.types), requests.body()).await;
        let first = first.map_err(|failure| self.failed(failure))?;
        let mut hits = Vec::new();
        let mut take = |found: Found| {
            hits.extend(found.hits);
            self.bound(hits.len())
        };
        self.rest(requests, first, &mut take).await?;
        Ok(hits)
    }

    /// Hands what the first request has told to `take`, and what others tell, if there is more: then all comes again, at
    /// one point in time.
    async fn rest(
        &self,
        requests: Requests,
        first: Found,
        take: &mut (dyn FnMut(Found) -> Result<(), StoreError> + Send),
    ) -> Result<(), StoreError> {
        let more = requests.clone().after(told(&first), position(&first));
        if more.is_none() {
            return take(first);
        }
        let pit = self.shared.begin(DOING, self.tenant, &self.types).await?;
        let all = self.all(requests.with(|body| body.pit = Some(pit.clone())), take).await;
        self.shared.end(pit).await;
        all
    }

    /// Asks until nothing more is told.
    async fn all(
        &self,
        requests: Requests,
        take: &mut (dyn FnMut(Found) -> Result<(), StoreError> + Send),
    ) -> Result<(), StoreError> {
        let mut next = Some(requests);
        while let Some(requests) = next {
            let found = self.shared.search_at(DOING, requests.body()).await.map_err(|failure| self.failed(failure))?;
            next = requests.after(told(&found), position(&found));
            take(found)?;
        }
        Ok(())
    }

    pub(super) fn failed(&self, failure: Failure) -> StoreError {
        match failure {
            Failure::TooLarge => StoreError::Refused { what: Question::Size, span: self.span },
            Failure::Failed(error) => error,
        }
    }

    pub(super) fn take(&self, found: Found, members: &mut Members, seen: &Seen) -> Result<(), StoreError> {
        for hit in found.hits {
            match &self.query.yields {
                Yield::Page => members.page.push(tuple(&hit, &self.query.order)?),
                Yield::Rid => hit.texts("rid").for_each(|text| members.identity(text)),
                Yield::Targets(edge) => hit.texts(told_by(edge.on)).for_each(|text| members.target(text, *edge)),
                Yield::Names(names) => members.names.extend(names_of(*names, |field| hit.texts(field))),
                Yield::Rows(key, kind) => {
                    let Some(identity) = hit.texts("rid").next().and_then(known) else { continue };
                    let field = rows_field(*kind);
                    let rows = hit.texts(&field).filter_map(|text| row_of(*key, *kind, text));
                    members.rows.extend(rows.map(|row| (identity.clone(), row)));
                }
                Yield::Versions(keys) => members.versions.extend(versions(&hit, keys)),
                Yield::Count | Yield::Rough => {}
            }
            if let Some(record) = hit.source {
                seen.take(record);
            }
        }
        self.behind(members)
    }

    async fn finished(&self, members: Members) -> Result<Vec<Tuple>, StoreError> {
        let Members { page, identities, names, rows, versions } = members;
        let values = |values: Vec<Value>| Tuple { ord: 0, keys: values.into_iter().map(Some).collect() };
        let identities = || identities.into_iter().map(|(ty, id)| values(vec![Value::Rid(ty, id)])).collect();
        let names = || names.into_iter().map(|name| values(name.map(Value::Text).to_vec())).collect();
        let row = |((ty, id), row): (Identity, Vec<Value>)| values([vec![Value::Rid(ty, id)], row].concat());
        match &self.query.yields {
            Yield::Targets(Edge { on: On::UrlVersion { .. }, .. }) | Yield::Names(_) => Ok(names()),
            Yield::Rid | Yield::Targets(_) => Ok(identities()),
            Yield::Rows(..) => Ok(rows.into_iter().map(row).collect()),
            Yield::Versions(_) => self.named(versions).await,
            Yield::Page | Yield::Count | Yield::Rough => Ok(page),
        }
    }

    /// The versions that references name, of what is there.
    async fn named(&self, versions: BTreeSet<Named>) -> Result<Vec<Tuple>, StoreError> {
        let targets: BTreeSet<(TypeCode, String)> =
            versions.iter().map(|named| (named.target.0, named.target.1.clone())).collect();
        let ords = self.shared.numbers(self.tenant, &targets).await?;
        let tuple = |Named { target, key, version }| {
            let ord = *ords.get(&target)?;
            Some(Tuple { ord, keys: vec![Some(Value::Int(i64::from(key.0))), Some(Value::Text(version))] })
        };
        let mut tuples: Vec<Tuple> = versions.into_iter().filter_map(tuple).collect();
        if let Some(take) = &self.query.take {
            tuples.truncate(take.n as usize);
        }
        Ok(tuples)
    }
}

/// What hits tell, each once.
#[derive(Default)]
pub(super) struct Members {
    page: Vec<Tuple>,
    identities: BTreeSet<Identity>,
    /// What links say.
    names: BTreeSet<[String; 2]>,
    rows: Vec<(Identity, Vec<Value>)>,
    versions: BTreeSet<Named>,
}

impl Members {
    /// Takes an identity from a value of the field that tells it.
    pub(super) fn identity(&mut self, text: &str) {
        self.identities.extend(known(text));
    }

    /// Takes the end of a link from a value of the field that tells it, if it is one of this edge.
    pub(super) fn target(&mut self, value: &str, Edge { key, on }: Edge) {
        match on {
            On::Rid => self.identities.extend(target_of(key, value)),
            On::Unversioned => {
                let unversioned = reference_of(key, value).filter(|(_, _, version)| version.is_empty());
                self.identities.extend(unversioned.map(|(ty, id, _)| (ty, id)));
            }
            On::Url { .. } | On::UrlVersion { .. } => self.names.extend(link_of(key, value)),
        }
    }
}

/// A version that a reference names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Named {
    target: (TypeCode, String),
    key: KeyId,
    version: String,
}

pub(super) fn told(found: &Found) -> u32 {
    u32::try_from(found.hits.len()).unwrap_or(u32::MAX)
}

fn position(found: &Found) -> Vec<fhirc_codegen::elasticsearch::clause::Key> {
    found.hits.last().map(Hit::position).unwrap_or_default()
}

fn versions(hit: &Hit, keys: &[KeyId]) -> Vec<Named> {
    let of = |(text, key): (&str, &KeyId)| {
        let (ty, id, version) = reference_of(*key, text)?;
        (!version.is_empty()).then_some(Named { target: (ty, id), key: *key, version })
    };
    hit.texts(REFERENCES).flat_map(|text| keys.iter().map(move |key| (text, key))).filter_map(of).collect()
}

pub(super) fn no_number() -> StoreError {
    StoreError::Corrupt { what: "a resource was found that has no number".to_owned() }
}

/// The number and the sort values of a hit.
fn tuple(hit: &Hit, order: &[OrderKey]) -> Result<Tuple, StoreError> {
    // At a point in time Elasticsearch tells a value of its own behind ours.
    let ord = hit.sort.get(order.len()).and_then(Json::as_i64);
    let keys = order.iter().zip(&hit.sort).map(|(key, value)| sort_value(key, value)).collect();
    Ok(Tuple { ord: ord.ok_or_else(no_number)?, keys })
}

/// A sort value. A number that is missing is told as one that no value is.
fn sort_value(key: &OrderKey, value: &Json) -> Option<Value> {
    let missing = if key.dir == Dir::Asc { i64::MAX } else { i64::MIN };
    match value {
        Json::Number(number) => number.as_i64().filter(|n| *n != missing).map(Value::Int),
        Json::String(text) => Some(Value::Text(text.clone())),
        _ => None,
    }
}
