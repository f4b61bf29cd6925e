//! Orders that the server does not give: the members are put in order here, by values that are fetched over their links.

use super::answer::{Hit, Types};
use super::query::{DOING, Filled, Running, lower, no_number};
use super::read::known;
use super::types::types_of;
use crate::stores::{Slots, StoreError, Tuple};
use fhirc_codegen::algebra::{Access, Names, Node, Set, Sets, SlotId};
use fhirc_codegen::capability::Question;
use fhirc_codegen::elasticsearch::gather::{link_field, linked, said, value_fields};
use fhirc_codegen::elasticsearch::{Requests, identity, names_of};
use fhirc_codegen::program::{After, Dir, OrderBy, OrderKey, OrderLink, OrderSource, Query, Yield};
use fhirc_codegen::rows::{TypeCode, Value};
use serde_json::{Value as Json, json};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Resources that one request tells the fields of.
const CHUNK: usize = 10_000;

type Identity = (TypeCode, String);

/// A resource with the fields that were asked for.
struct Seen {
    ord: i64,
    hit: Hit,
}

impl Running<'_> {
    /// The members in their order, from behind a position, as many as are wanted.
    pub(super) async fn in_order(&self, requests: Requests) -> Result<Vec<Tuple>, StoreError> {
        let mut members = Vec::new();
        for hit in self.every(requests).await? {
            // They are told in the order of their numbers.
            let ord = hit.sort.first().and_then(Json::as_i64).ok_or_else(no_number)?;
            members.push(Seen { ord, hit });
        }
        let order = &self.query.order;
        let mut tuples: Vec<Tuple> =
            members.iter().map(|seen| Tuple { ord: seen.ord, keys: Vec::with_capacity(order.len()) }).collect();
        for key in order {
            let mut best: Vec<Option<Value>> = vec![None; members.len()];
            for source in &key.from {
                for (best, values) in best.iter_mut().zip(self.values(key, source, &members).await?) {
                    let values = best.take().into_iter().chain(values);
                    *best = values.min_by(|one, other| by_value(key.dir, one, other));
                }
            }
            tuples.iter_mut().zip(best).for_each(|(tuple, value)| tuple.keys.push(value));
        }
        tuples.sort_by(|one, other| compare(order, one, other));
        if let Some(take) = &self.query.take {
            if let Some(After { keys, ord }) = &take.after {
                let position = Tuple { ord: *ord, keys: keys.clone() };
                tuples.retain(|tuple| compare(order, tuple, &position) == Ordering::Greater);
            }
            tuples.truncate(take.n as usize);
        }
        Ok(tuples)
    }

    /// The values that a source has for each member.
    async fn values(
        &self,
        key: &OrderKey,
        source: &OrderSource,
        members: &[Seen],
    ) -> Result<Vec<Vec<Value>>, StoreError> {
        let fields = value_fields(&source.by, key.dir);
        let Some((first, others)) = source.via.split_first() else {
            return Ok(members.iter().map(|seen| held(&seen.hit, &source.by, &fields)).collect());
        };
        let holders: Vec<Vec<&Hit>> = members.iter().map(|seen| vec![&seen.hit]).collect();
        let mut ends = self.ends(&holders, first).await?;
        for link in others {
            let found = self.told(&ends, vec![link_field(link).to_owned()]).await?;
            let at = |ends: &BTreeSet<Identity>| ends.iter().filter_map(|end| found.get(end)).collect();
            let holders: Vec<Vec<&Hit>> = ends.iter().map(at).collect();
            ends = self.ends(&holders, link).await?;
        }
        let found = self.told(&ends, fields.iter().cloned().chain(["type".to_owned()]).collect()).await?;
        let values = |ends: &BTreeSet<Identity>| {
            let hits = ends.iter().filter_map(|end| found.get(end).map(|hit| (end, hit)));
            let counts = |ty: TypeCode| match &source.by {
                OrderBy::Updated(types) | OrderBy::Id(types) => types.0.contains(&ty),
                OrderBy::Rows { .. } | OrderBy::Ord => true,
            };
            hits.filter(|((ty, _), _)| counts(*ty)).flat_map(|(_, hit)| held(hit, &source.by, &fields)).collect()
        };
        Ok(ends.iter().map(values).collect())
    }

    /// The resources at the ends of the links that these hold.
    async fn ends(&self, holders: &[Vec<&Hit>], link: &OrderLink) -> Result<Vec<BTreeSet<Identity>>, StoreError> {
        let Some(names) = link.on.names() else {
            let behind = |hits: &Vec<&Hit>| hits.iter().flat_map(|hit| behind(hit, link)).collect();
            return Ok(holders.iter().map(behind).collect());
        };
        let said = |hits: &Vec<&Hit>| hits.iter().flat_map(|hit| called_by(hit, link)).collect();
        let links: Vec<BTreeSet<[String; 2]>> = holders.iter().map(said).collect();
        let called = self.called(names, links.iter().flatten().collect()).await?;
        let ends = |links: &BTreeSet<[String; 2]>| {
            links.iter().filter_map(|link| called.get(link)).flatten().cloned().collect()
        };
        Ok(links.iter().map(ends).collect())
    }

    /// The resources to which links lead, by what these say.
    async fn called(
        &self,
        names: Names,
        links: BTreeSet<&[String; 2]>,
    ) -> Result<BTreeMap<[String; 2], Vec<Identity>>, StoreError> {
        let mut called: BTreeMap<[String; 2], Vec<Identity>> = BTreeMap::new();
        if links.is_empty() {
            return Ok(called);
        }
        self.bound(links.len())?;
        let (slot, mut sets) = (SlotId::default(), Sets::default());
        let root = sets.push(Node::new(Set::Named { names, slot }, Access::Drive, self.span));
        let query = &Query::new(sets, root, Yield::Names(names));
        let links = links.into_iter().map(|link| link.to_vec()).collect();
        let filled = Filled { tenant: self.tenant, slots: BTreeMap::from([(slot, links)]) };
        let Some(requests) = lower(query)?.fill(&filled) else { return Ok(called) };
        let types = types_of(query, &Slots::new());
        let asking = Running { shared: self.shared, tenant: self.tenant, query, types, span: self.span };
        for hit in asking.every(requests.with(|body| body.docvalue_fields.push("rid".to_owned()))).await? {
            let Some(identity) = hit.texts("rid").next().and_then(known) else { continue };
            for name in names_of(names, |field| hit.texts(field)) {
                called.entry(name).or_default().push(identity.clone());
            }
        }
        Ok(called)
    }

    /// Fields of the resources at the ends of links, of those that are live.
    async fn told(
        &self,
        ends: &[BTreeSet<Identity>],
        fields: Vec<String>,
    ) -> Result<BTreeMap<Identity, Hit>, StoreError> {
        let all: BTreeSet<&Identity> = ends.iter().flatten().collect();
        self.bound(all.len())?;
        let all: Vec<&Identity> = all.into_iter().collect();
        let mut told = BTreeMap::new();
        let fields: Vec<String> = fields.into_iter().chain(["rid".to_owned()]).collect();
        for chunk in all.chunks(CHUNK) {
            let types = Types::Only(chunk.iter().map(|(ty, _)| *ty).collect());
            let rids: Vec<String> = chunk.iter().map(|(ty, id)| identity(*ty, id)).collect();
            let query = json!({ "bool": { "filter": [{ "term": { "tenant": self.tenant.0 } }, { "terms": { "rid": rids } }] } });
            let body = json!({
                "query": query, "size": chunk.len(), "track_total_hits": false, "_source": false,
                "stored_fields": "_none_", "docvalue_fields": fields,
            });
            let found = self.shared.search(DOING, (self.tenant, &types), &body).await;
            let hits = found.map_err(|failure| self.failed(failure))?.hits;
            for hit in hits {
                let of = hit.texts("rid").next().and_then(known);
                told.extend(of.map(|identity| (identity, hit)));
            }
        }
        Ok(told)
    }

    /// Above the bound of what is held here a query is refused.
    pub(super) fn bound(&self, resources: usize) -> Result<(), StoreError> {
        let most = self.shared.behind;
        let refused = StoreError::Refused { what: Question::Gathered(most), span: self.span };
        if resources > most as usize { Err(refused) } else { Ok(()) }
    }
}

/// The resources at the ends of the links that a resource holds.
fn behind(hit: &Hit, link: &OrderLink) -> BTreeSet<Identity> {
    hit.texts(link_field(link)).filter_map(|value| linked(link, value)).collect()
}

/// What the links by name say that a resource holds.
fn called_by(hit: &Hit, link: &OrderLink) -> BTreeSet<[String; 2]> {
    hit.texts(link_field(link)).filter_map(|value| said(link, value)).collect()
}

/// The values that a resource has. What stands in another has no id and no time of its own.
fn held(hit: &Hit, by: &OrderBy, fields: &[String]) -> Vec<Value> {
    let is_own = matches!(by, OrderBy::Rows { .. } | OrderBy::Ord) || hit.fields.contains_key("type");
    let values = fields.iter().filter_map(|field| hit.fields.get(field)).flatten();
    let value = |value: &Json| match value {
        Json::Number(number) => number.as_i64().map(Value::Int),
        Json::String(text) => Some(Value::Text(text.clone())),
        _ => None,
    };
    values.filter(|_| is_own).filter_map(value).collect()
}

/// The values of one key are all numbers or all texts, which are in the order of their bytes.
fn by_value(dir: Dir, one: &Value, other: &Value) -> Ordering {
    match dir {
        Dir::Asc => one.cmp(other),
        Dir::Desc => other.cmp(one),
    }
}

/// The order of all keys; without a value last; then the order of creation, in the direction of the last key.
fn compare(order: &[OrderKey], one: &Tuple, other: &Tuple) -> Ordering {
    let keys = order.iter().zip(one.keys.iter().zip(&other.keys)).map(|(key, pair)| match pair {
        (Some(one), Some(other)) => by_value(key.dir, one, other),
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (None, None) => Ordering::Equal,
    });
    let last = order.last().map_or(Dir::Asc, |key| key.dir);
    let ord = match last {
        Dir::Asc => one.ord.cmp(&other.ord),
        Dir::Desc => other.ord.cmp(&one.ord),
    };
    keys.fold(Ordering::Equal, Ordering::then).then(ord)
}
