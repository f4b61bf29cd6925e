//! Sort keys as sources of values: which rows hold them, and the joins that lead there.

use crate::definitions::{ParamId, ParamType, Registry, ResourceType};
use crate::ir::{self, Link, Search, SortBy, SortKey, SortValue};
use crate::keys::{Facet, Key, Level, base};
use crate::plan::build::by_url;
use crate::plan::rows::type_code;
use fhirc_codegen::algebra::{Edge, On, Universe};
use fhirc_codegen::program::{Dir, OrderBy, OrderKey, OrderSource};
use fhirc_codegen::rows::{Base, KeyId, RowKind};
use fhirc_codegen::stats::Stats;

/// The sort keys of a search.
pub(super) fn keys(search: &Search, registry: &Registry) -> Vec<OrderKey> {
    let types = || Universe(search.branches.iter().map(|branch| type_code(branch.ty)).collect());
    let key = |SortKey { by, dir, .. }: &SortKey| {
        let dir = match dir {
            ir::Dir::Asc => Dir::Asc,
            ir::Dir::Desc => Dir::Desc,
        };
        match by {
            SortBy::LastUpdated => OrderKey::own(OrderBy::Updated(types()), dir),
            SortBy::Id => OrderKey::own(OrderBy::Id(types()), dir),
            SortBy::Values(values) => OrderKey { from: sources(values, search.returns_contained(), registry), dir },
        }
    };
    search.order.iter().map(key).collect()
}

/// The key without the rows that a store has none of; as it is, where it has none at all. Counts are older than the
/// query, so a value that came in between sorts a page later.
pub(super) fn counted(key: &OrderKey, stats: &dyn Stats) -> OrderKey {
    let mut from = key.from.clone();
    from.retain_mut(|source| match &mut source.by {
        OrderBy::Rows { keys, .. } => {
            keys.retain(|key| stats.rows(*key) != Some(0));
            !keys.is_empty()
        }
        OrderBy::Updated(_) | OrderBy::Id(_) | OrderBy::Ord => true,
    });
    if from.is_empty() { key.clone() } else { OrderKey { from, dir: key.dir } }
}

/// Sources with the same joins and the same kind of rows are one. Where contained resources come back (`inside`), their
/// values sort too.
fn sources(values: &[SortValue], inside: bool, registry: &Registry) -> Vec<OrderSource> {
    let mut sources: Vec<OrderSource> = Vec::new();
    for value in values {
        for (via, level) in ways(&value.via, inside, value.param.ty(), registry) {
            for by in found(value, level, registry) {
                let known = sources.iter_mut().any(|known| known.via == via && join(&mut known.by, &by));
                if !known {
                    sources.push(OrderSource { via: via.clone(), by });
                }
            }
        }
    }
    sources
}

/// Adds what `by` looks at to `known`, if both look at the same kind of thing.
fn join(known: &mut OrderBy, by: &OrderBy) -> bool {
    match (known, by) {
        (OrderBy::Rows { keys, kind }, OrderBy::Rows { keys: more, kind: other }) if kind == other => {
            keys.extend(more);
            true
        }
        (OrderBy::Updated(Universe(types)), OrderBy::Updated(Universe(more)))
        | (OrderBy::Id(Universe(types)), OrderBy::Id(Universe(more))) => {
            types.extend(more);
            true
        }
        _ => false,
    }
}

/// The joins that the links may take, and whose rows hold the values at their end: those of a resource of its own, or,
/// over `#p`, those of one inside the same container (item 89).
fn ways(links: &[Link], inside: bool, end: ResourceType, registry: &Registry) -> Vec<(Vec<Edge>, Level)> {
    let mut ways = vec![(Vec::new(), Level::Top)];
    ways.extend(inside.then_some((Vec::new(), Level::Contained)));
    for (n, link) in links.iter().enumerate() {
        let far = links.get(n + 1).map_or(end, |next| next.param.ty());
        let longer = |(via, level): (Vec<Edge>, Level)| {
            let hops = hops(*link, level, far, registry).into_iter();
            hops.map(move |(edge, level)| ([via.as_slice(), &[edge]].concat(), level)).collect::<Vec<_>>()
        };
        ways = ways.into_iter().flat_map(longer).collect();
    }
    ways
}

fn hops(link: Link, level: Level, far: ResourceType, registry: &Registry) -> Vec<(Edge, Level)> {
    let key = Key { param: link.param, facet: Facet::Value, level }.id();
    let datatypes = registry.datatypes(link.param);
    let mut hops = Vec::new();
    if !datatypes.only_urls() {
        let edge = Edge { key, on: On::Rid };
        hops.extend([(edge, Level::Top), (edge, Level::Contained)]);
    }
    // A canonical leads to every resource with its url (decision 123).
    let by_url = by_url(registry, far).filter(|_| datatypes.some_urls());
    hops.extend(by_url.map(|on| (Edge { key, on }, Level::Top)));
    hops
}

/// What holds the values of a resource.
fn found(value: &SortValue, level: Level, registry: &Registry) -> Vec<OrderBy> {
    let SortValue { param, facet, .. } = *value;
    let definition = registry.definition(param);
    if facet == Facet::Own {
        // A contained resource has no identity and no time of change of its own.
        let types = Universe(vec![type_code(param.ty())]);
        let own = if definition.ty == ParamType::Date { OrderBy::Updated(types) } else { OrderBy::Id(types) };
        return if level == Level::Top { vec![own] } else { Vec::new() };
    }
    let key = Key { param, facet, level }.id();
    kinds(param, facet, registry).into_iter().map(|kind| rows(key, kind)).collect()
}

fn rows(key: KeyId, kind: Base) -> OrderBy {
    OrderBy::Rows { keys: vec![key], kind: RowKind::One(kind) }
}

/// The kinds of rows that hold values of a view. References are of several: to the store's own resources, to others,
/// by url.
fn kinds(param: ParamId, facet: Facet, registry: &Registry) -> Vec<Base> {
    let datatypes = registry.datatypes(param);
    match (facet, registry.definition(param).ty) {
        (Facet::Text, _) => vec![Base::Text],
        (_, ParamType::Reference) => {
            let others = (!datatypes.only_urls()).then_some(Base::RefText);
            let urls = datatypes.some_urls().then_some(Base::Url);
            [Base::Ref].into_iter().chain(others).chain(urls).collect()
        }
        (_, ty) => base(ty).into_iter().collect(),
    }
}
