//! From conditions to sets. Negation gets its universe here, a link becomes a join.

use crate::definitions::{ParamId, ParamType, Registry, ResourceType};
use crate::ir::{Dir, Include, Link, Pred, PredKind, Search, SortBy, SortKey, Test, Total, Way};
use crate::keys::{Facet, Key, Level};
use crate::plan::rows::{rows, type_code};
use crate::plan::{Graph, IncludeRoot, PAGE_SLOT, Plan, Root};
use fhirc_codegen::algebra::{self, Access, Edge, End, On, Set, SetId, Span, Universe};
use fhirc_codegen::program::{self, OrderBy, OrderKey, Strategy};
use fhirc_codegen::rows::{Base, RowKind};

/// The plan of a search, before any pass.
pub fn build(search: &Search, registry: &Registry) -> Plan {
    let mut builder = Builder { graph: Graph::default(), registry };
    let branches: Vec<SetId> =
        search.branches.iter().map(|branch| builder.typed(branch.ty, Level::Top, &branch.filter)).collect();
    let span = search.branches.first().map(|branch| branch.filter.span).map_or(Span::default(), place);
    let set = match branches.as_slice() {
        [only] => *only,
        _ => builder.add(Set::Or(branches), span),
    };
    let includes = search.includes.iter().flat_map(|include| builder.include(include)).collect();
    let order = search.order.iter().map(|key| builder.order_key(key)).collect();
    let order_spans = search.order.iter().map(|key| place(key.span)).collect();
    let page = Root { set, order, order_spans, take: search.page.count, strategy: Strategy::SetFirst };
    Plan { graph: builder.graph, page, total: search.total != Total::None, includes }
}

/// A span as nodes carry it.
pub(super) fn place(span: fhirc_grammar::Span) -> Span {
    Span { start: span.start, end: span.end }
}

struct Builder<'r> {
    graph: Graph,
    registry: &'r Registry,
}

impl Builder<'_> {
    fn add(&mut self, set: Set, span: Span) -> SetId {
        self.graph.add(set, Access::Probe, span)
    }

    /// The live resources of a type and level that satisfy the condition.
    fn typed(&mut self, ty: ResourceType, level: Level, pred: &Pred) -> SetId {
        let universe = self.universe(ty, level, place(pred.span));
        let mut children = vec![universe];
        match &pred.kind {
            PredKind::All(preds) => {
                children.extend(preds.iter().map(|pred| self.set(ty, level, pred)).collect::<Vec<_>>())
            }
            _ => children.push(self.set(ty, level, pred)),
        }
        self.add(Set::And(children), place(pred.span))
    }

    /// Every resource of a type. Those that stand inside others are known by a row that each of them has.
    fn universe(&mut self, ty: ResourceType, level: Level, span: Span) -> SetId {
        let set = match level {
            Level::Top => Set::All(Universe(vec![type_code(ty)])),
            Level::Contained => match self.registry.param(ty, "_id") {
                Some(param) => present(Key { param, facet: Facet::Present, level }, ty),
                None => Set::None,
            },
        };
        self.add(set, span)
    }

    fn set(&mut self, ty: ResourceType, level: Level, pred: &Pred) -> SetId {
        let span = place(pred.span);
        let set = match &pred.kind {
            PredKind::Const(true) => return self.universe(ty, level, span),
            PredKind::Const(false) => Set::None,
            PredKind::All(preds) => Set::And(preds.iter().map(|pred| self.set(ty, level, pred)).collect()),
            PredKind::Any(preds) => Set::Or(preds.iter().map(|pred| self.set(ty, level, pred)).collect()),
            PredKind::Not(inner) => {
                Set::Minus { from: self.universe(ty, level, span), less: self.set(ty, level, inner) }
            }
            PredKind::Present { param } => present(Key { param: *param, facet: Facet::Present, level }, ty),
            PredKind::Param { param, facet, test } => {
                let key = Key { param: *param, facet: *facet, level };
                return self.rows(ty, key, test, span);
            }
            PredKind::Linked { link, way, ends } => return self.linked((ty, level), *link, *way, ends, span),
        };
        self.add(set, span)
    }

    fn rows(&mut self, ty: ResourceType, key: Key, test: &Test, span: Span) -> SetId {
        let universe = Universe(vec![type_code(ty)]);
        let sets: Vec<SetId> = rows(self.registry, key.param, key.facet, key.level, test)
            .into_iter()
            .map(|(key, kind, test)| self.add(Set::Rows { key, kind, universe: universe.clone(), test }, span))
            .collect();
        self.any(sets, span)
    }

    fn any(&mut self, sets: Vec<SetId>, span: Span) -> SetId {
        match sets.as_slice() {
            [only] => *only,
            _ => self.add(Set::Or(sets), span),
        }
    }

    /// The join. A reference leads to a resource of its own or, as `#p`, to one inside the same container (item 89);
    /// a canonical leads to every resource with its url (decision 123). To a contained resource only its container
    /// refers.
    fn linked(
        &mut self,
        (near, level): (ResourceType, Level),
        link: Link,
        way: Way,
        ends: &[(ResourceType, Pred)],
        span: Span,
    ) -> SetId {
        let (from, source, levels): (End, Level, &[Level]) = match way {
            Way::Forward => (End::Source, level, &[Level::Top, Level::Contained]),
            Way::Reverse => (End::Target, Level::Top, &[Level::Top]),
        };
        let key = Key { param: link.param, facet: Facet::Value, level: source }.id();
        let mut ways = Vec::new();
        let datatypes = self.registry.datatypes(link.param);
        if !datatypes.only(&CANONICALS) {
            let far: Vec<SetId> = levels
                .iter()
                .flat_map(|level| ends.iter().map(|(ty, pred)| (*ty, *level, pred)))
                .map(|(ty, level, pred)| self.typed(ty, level, pred))
                .collect();
            let far = self.any(far, span);
            ways.push(self.add(Set::Via { edge: Edge { key, on: On::Rid }, from, far }, span));
        }
        if datatypes.some(&CANONICALS) {
            for (ty, pred) in ends {
                // The type whose url the canonical names: the far end of a chain, the near end of `_has`.
                let Some(on) = self.by_url(if way == Way::Forward { *ty } else { near }) else { continue };
                let far = self.typed(*ty, Level::Top, pred);
                ways.push(self.add(Set::Via { edge: Edge { key, on }, from, far }, span));
            }
        }
        self.any(ways, span)
    }

    /// How a canonical names resources of a type: by url and version. A type that lacks either parameter is not
    /// canonical: `Device.url` is an address in a network.
    fn by_url(&self, ty: ResourceType) -> Option<On> {
        let key = |code| {
            let param = self.registry.param(ty, code)?;
            Some(Key { param, facet: Facet::Value, level: Level::Top }.id())
        };
        Some(On::UrlVersion { url: key("url")?, version: key("version")? })
    }

    /// What an include adds: the other ends of its links from the resources in the slot.
    fn include(&mut self, include: &Include) -> Vec<IncludeRoot> {
        let span = Span::default();
        let slot = self.add(Set::Slot(PAGE_SLOT), span);
        let root = |builder: &mut Self, link: &Link| {
            let (from, types) = match include.way {
                Way::Forward => (End::Target, builder.registry.targets(link.param).iter().collect()),
                Way::Reverse => (End::Source, vec![link.param.ty()]),
            };
            let far = match (include.way, include.target) {
                (Way::Reverse, Some(target)) => {
                    let target = builder.universe(target, Level::Top, span);
                    builder.add(Set::And(vec![target, slot]), span)
                }
                _ => slot,
            };
            let via = builder.included(link.param, from, include.target, far, span);
            let wanted: Vec<_> = types.into_iter().filter(|ty| wanted(include, *ty)).map(type_code).collect();
            let live = builder.add(Set::All(Universe(wanted)), span);
            let set = builder.add(Set::And(vec![live, via]), span);
            IncludeRoot { set, iterate: include.iterate, span }
        };
        include.links.iter().map(|link| root(self, link)).collect()
    }

    /// The other ends of a link, over literal references and over canonicals.
    fn included(&mut self, link: ParamId, from: End, target: Option<ResourceType>, far: SetId, span: Span) -> SetId {
        let key = edge(link).key;
        let datatypes = self.registry.datatypes(link);
        let mut joins = Vec::new();
        if !datatypes.only(&CANONICALS) {
            joins.push(On::Rid);
        }
        if datatypes.some(&CANONICALS) {
            let targets = self.registry.targets(link);
            let named = targets.iter().filter(|ty| target.is_none_or(|target| target == *ty));
            joins.extend(named.filter_map(|ty| self.by_url(ty)));
        }
        let vias = joins.into_iter().map(|on| self.add(Set::Via { edge: Edge { key, on }, from, far }, span)).collect();
        self.any(vias, span)
    }

    fn order_key(&self, key: &SortKey) -> OrderKey {
        let dir = match key.dir {
            Dir::Asc => program::Dir::Asc,
            Dir::Desc => program::Dir::Desc,
        };
        let (via, by) = match key.by {
            SortBy::LastUpdated => (None, OrderBy::Updated),
            SortBy::Id => (None, OrderBy::Id),
            SortBy::Param { via, param } => (via.map(|link| self.order_edge(link, param)), self.order_by(param)),
        };
        OrderKey { via, by, dir }
    }

    /// The join of a sort key to the resource whose value sorts. Where the link may be a canonical, that join is
    /// asked of the store.
    fn order_edge(&self, link: ParamId, param: ParamId) -> Edge {
        let by_url = self.registry.datatypes(link).some(&CANONICALS).then(|| self.by_url(param.ty())).flatten();
        Edge { on: by_url.unwrap_or(On::Rid), ..edge(link) }
    }

    fn order_by(&self, param: ParamId) -> OrderBy {
        let base = match self.registry.definition(param).ty {
            ParamType::Number => Base::Number,
            ParamType::Date => Base::Time,
            ParamType::String => Base::Text,
            ParamType::Quantity => Base::Quantity,
            ParamType::Uri => Base::Url,
            ParamType::Reference => Base::Ref,
            ParamType::Token | ParamType::Composite | ParamType::Special => Base::Token,
        };
        // Quantities sort by canonical value where there is one (decision 43).
        let facet = if base == Base::Quantity { Facet::Canonical } else { Facet::Value };
        let key = Key { param, facet, level: Level::Top }.id();
        OrderBy::Rows { key, kind: RowKind::One(base) }
    }
}

/// `_include=…:Target` names the type of what comes along, of a `_revinclude` that of the match.
fn wanted(include: &Include, ty: ResourceType) -> bool {
    include.way == Way::Reverse || include.target.is_none_or(|target| target == ty)
}

/// Datatypes that name a resource by its url.
const CANONICALS: [&str; 3] = ["canonical", "uri", "url"];

/// Every resource of a type that has a row of this key.
fn present(key: Key, ty: ResourceType) -> Set {
    let universe = Universe(vec![type_code(ty)]);
    Set::Rows { key: key.id(), kind: RowKind::Present, universe, test: algebra::Test::TRUE }
}

fn edge(param: ParamId) -> Edge {
    Edge { key: Key { param, facet: Facet::Value, level: Level::Top }.id(), on: On::Rid }
}
