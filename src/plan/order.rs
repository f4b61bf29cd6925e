//! Sort keys as sources of values: which rows hold them, and the joins that lead there.

use crate::definitions::{ParamId, ParamType, Registry, ResourceType};
use crate::ir::{self, Link, Search, SortBy, SortKey, SortValue};
use crate::keys::{Facet, Key, Level, base};
use crate::plan::build::by_url;
use crate::plan::rows::type_code;
use fhirc_codegen::algebra::{On, Universe};
use fhirc_codegen::program::{Dir, OrderBy, OrderKey, OrderLink, OrderSource};
use fhirc_codegen::rows::{Base, KeyId, RowKind};
use fhirc_codegen::stats::Stats;

/// Where resources stand that hold links or values.
type Levels = &'static [Level];

const TOP: Levels = &[Level::Top];
const ANYWHERE: Levels = &[Level::Top, Level::Contained];

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
    let some = |keys: &mut Vec<KeyId>| {
        keys.retain(|key| stats.rows(*key) != Some(0));
        !keys.is_empty()
    };
    from.retain_mut(|source| {
        let linked = source.via.iter_mut().all(|link| some(&mut link.keys));
        linked
            && match &mut source.by {
                OrderBy::Rows { keys, .. } => some(keys),
                OrderBy::Updated(_) | OrderBy::Id(_) | OrderBy::Ord => true,
            }
    });
    if from.is_empty() { key.clone() } else { OrderKey { from, dir: key.dir } }
}

/// Sources with the same joins and the same kind of rows are one. Where contained resources come back (`inside`), their
/// values sort too.
fn sources(values: &[SortValue], inside: bool, registry: &Registry) -> Vec<OrderSource> {
    let mut sources: Vec<OrderSource> = Vec::new();
    for value in values {
        for (via, levels) in ways(&value.via, inside, value.param.ty(), registry) {
            for by in found(value, levels, registry) {
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

/// The joins that the links may take, and where the resources at their end stand: for themselves, or, over `#p`, inside
/// the same container (item 89). Both are one way, over rows of either level.
fn ways(links: &[Link], inside: bool, end: ResourceType, registry: &Registry) -> Vec<(Vec<OrderLink>, Levels)> {
    let mut ways = vec![(Vec::new(), if inside { ANYWHERE } else { TOP })];
    for (n, link) in links.iter().enumerate() {
        let far = links.get(n + 1).map_or(end, |next| next.param.ty());
        let longer = |(via, levels): (Vec<OrderLink>, Levels)| {
            let hops = hops(*link, levels, far, registry).into_iter();
            hops.map(move |(hop, levels)| ([via.as_slice(), &[hop]].concat(), levels)).collect::<Vec<_>>()
        };
        ways = ways.into_iter().flat_map(longer).collect();
    }
    ways
}

/// A canonical leads to every resource with its url (decision 123) or, as `#p`, to one inside the same container.
fn hops(link: Link, levels: Levels, far: ResourceType, registry: &Registry) -> Vec<(OrderLink, Levels)> {
    let keys = levels.iter().map(|&level| Key { param: link.param, facet: Facet::Value, level }.id());
    let keys: Vec<KeyId> = keys.collect();
    let by_url = by_url(registry, far).filter(|_| registry.datatypes(link.param).some_urls());
    let by_url = by_url.map(|on| (OrderLink { keys: keys.clone(), on }, TOP));
    [(OrderLink { keys, on: On::Rid }, ANYWHERE)].into_iter().chain(by_url).collect()
}

/// What holds the values of resources that stand there.
fn found(value: &SortValue, levels: Levels, registry: &Registry) -> Vec<OrderBy> {
    let SortValue { param, facet, .. } = *value;
    let definition = registry.definition(param);
    if facet == Facet::Own {
        // A contained resource has no identity and no time of change of its own.
        let types = Universe(vec![type_code(param.ty())]);
        return vec![if definition.ty == ParamType::Date { OrderBy::Updated(types) } else { OrderBy::Id(types) }];
    }
    let keys: Vec<KeyId> = levels.iter().map(|&level| Key { param, facet, level }.id()).collect();
    let rows = |kind| OrderBy::Rows { keys: keys.clone(), kind: RowKind::One(kind) };
    kinds(param, facet, registry).into_iter().map(rows).collect()
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
