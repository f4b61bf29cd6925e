//! From conditions to sets. Negation gets its universe here, a link becomes a join.

mod results;

use crate::definitions::{Registry, ResourceType};
use crate::ir::{Contained, Link, Pred, PredKind, Returned, Search, Test, Total, Way};
use crate::keys::{Facet, Key, Level, container, standing};
use crate::plan::hierarchy::Related;
use crate::plan::order;
use crate::plan::rows::{rows, type_code};
use crate::plan::{Graph, Plan, Produced, Root, VersionsRoot};
use fhirc_codegen::algebra::{self, Access, Edge, End, On, Set, SetId, Span, Universe};
use fhirc_codegen::program::Strategy;
use fhirc_codegen::rows::{KeyId, RowKind};
use std::collections::HashMap;

/// The plan of a search, before any pass.
pub fn build(search: &Search, registry: &Registry) -> Plan {
    let inside = search.returns_contained();
    let mut builder = Builder {
        graph: Graph::default(),
        registry,
        searched: returned(search, registry),
        typed: HashMap::new(),
        inside,
        versions: Vec::new(),
    };
    let set = builder.matches(search);
    let includes = search.includes.iter().flat_map(|include| builder.include(include)).collect();
    let order = order::keys(search, registry);
    let order_spans = search.order.iter().map(|key| place(key.span)).collect();
    let inside = search.contained.map(|contained| place(contained.span));
    let page = Root {
        set,
        order,
        order_spans,
        inside,
        take: search.page.count,
        strategy: Strategy::SetFirst,
        instead: None,
        weighed: None,
        rest: None,
    };
    let total = (search.total != Total::None).then_some(Produced { set, strategy: Strategy::SetFirst });
    let (graph, versions) = (builder.graph, builder.versions);
    Plan { graph, page, total, includes, versions, once: Vec::new(), abridged: Vec::new() }
}

/// The types that matches may have: containers of what matched are of any.
fn returned(search: &Search, registry: &Registry) -> Vec<ResourceType> {
    match search.contained {
        Some(Contained { returned: Returned::Container, .. }) => registry.types().collect(),
        _ => search.branches.iter().map(|branch| branch.ty).collect(),
    }
}

/// A span as nodes carry it.
pub(super) fn place(span: fhirc_grammar::Span) -> Span {
    Span { start: span.start, end: span.end }
}

/// A plan under construction.
pub(super) struct Builder<'r> {
    graph: Graph,
    pub(super) registry: &'r Registry,
    /// The types of what comes back as a match.
    searched: Vec<ResourceType>,
    /// The sets of conditions that stand behind several links, by type, level and place in memory.
    typed: HashMap<(ResourceType, Level, usize), SetId>,
    /// Whether contained resources come back themselves, beside others.
    inside: bool,
    /// What the includes bring in the version that a reference names.
    versions: Vec<VersionsRoot>,
}

impl Builder<'_> {
    pub(super) fn add(&mut self, set: Set, span: Span) -> SetId {
        self.graph.add(set, Access::Probe, span)
    }

    /// All that matches: resources of their own, contained ones, or what contains those.
    fn matches(&mut self, search: &Search) -> SetId {
        let span = search.branches.first().map(|branch| branch.filter.span).map_or(Span::default(), place);
        let mut sets = Vec::new();
        if search.contained.is_none_or(|contained| contained.both) {
            sets.extend(self.branches(search, Level::Top));
        }
        if let Some(Contained { returned, span, .. }) = search.contained {
            let inside = self.branches(search, Level::Contained);
            match returned {
                Returned::Contained => sets.extend(inside),
                Returned::Container => sets.push(self.containers(search, inside, place(span))),
            }
        }
        self.any(sets, span)
    }

    /// What each branch finds at a level.
    fn branches(&mut self, search: &Search, level: Level) -> Vec<SetId> {
        search.branches.iter().map(|branch| self.typed(branch.ty, level, &branch.filter)).collect()
    }

    /// The resources, of any type, that contain what the branches found.
    fn containers(&mut self, search: &Search, inside: Vec<SetId>, span: Span) -> SetId {
        let mut around = Vec::new();
        for (branch, far) in search.branches.iter().zip(inside) {
            let Some(param) = self.registry.param(branch.ty, "_id") else { continue };
            let edge = Edge { key: container(param), on: On::Rid };
            around.push(self.add(Set::Via { edge, from: End::Target, far }, span));
        }
        let around = self.any(around, span);
        let live = self.add(Set::All(Universe(self.registry.types().map(type_code).collect())), span);
        self.add(Set::And(vec![live, around]), span)
    }

    /// The live resources of a type and level that satisfy the condition.
    fn typed(&mut self, ty: ResourceType, level: Level, pred: &Pred) -> SetId {
        let place_in_memory = std::ptr::from_ref(pred).addr();
        if let Some(&known) = self.typed.get(&(ty, level, place_in_memory)) {
            return known;
        }
        let set = self.typed_anew(ty, level, pred);
        self.typed.insert((ty, level, place_in_memory), set);
        set
    }

    fn typed_anew(&mut self, ty: ResourceType, level: Level, pred: &Pred) -> SetId {
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
                Some(param) => present(standing(param), ty),
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
            PredKind::Present { param } if self.registry.definition(*param).code == "_lastUpdated" => match level {
                Level::Top => return self.universe(ty, level, span),
                // FHIR R4 `dom-4`: only its container has a time of change.
                Level::Contained => Set::None,
            },
            PredKind::Present { param } => present(Key { param: *param, facet: Facet::Present, level }.id(), ty),
            PredKind::Param { param, facet, test } => {
                let key = Key { param: *param, facet: *facet, level };
                return self.rows(ty, key, test, span);
            }
            PredKind::Element { composite, holds } => return self.element(*composite, holds, level, span),
            PredKind::Hierarchy { param, links, direction, roots } => {
                let key = Key { param: *param, facet: Facet::Value, level };
                return self.related(&Related { key, links: *links, direction: *direction, roots, span });
            }
            PredKind::Listed { item, list } => {
                let far = self.typed(item.ty(), Level::Top, list);
                let key = Key { param: *item, facet: Facet::Listed, level: Level::Top }.id();
                Set::Via { edge: Edge { key, on: On::Rid }, from: End::Target, far }
            }
            PredKind::Linked { link, way, ends } => return self.linked((ty, level), *link, *way, ends, span),
        };
        self.add(set, span)
    }

    pub(super) fn rows(&mut self, ty: ResourceType, key: Key, test: &Test, span: Span) -> SetId {
        let universe = Universe(vec![type_code(ty)]);
        let sets: Vec<SetId> = rows(key.param, key.facet, key.level, test)
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
    /// a canonical leads to every resource with its url (decision 123) or, as `#p`, to one inside the same container. To
    /// a contained resource only its container refers.
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
        let far: Vec<SetId> = levels
            .iter()
            .flat_map(|level| ends.iter().map(|(ty, pred)| (*ty, *level, pred)))
            .map(|(ty, level, pred)| self.typed(ty, level, pred))
            .collect();
        let far = self.any(far, span);
        let mut ways = vec![self.add(Set::Via { edge: Edge { key, on: On::Rid }, from, far }, span)];
        if self.registry.datatypes(link.param).some_urls() {
            for (ty, pred) in ends {
                // The type whose url the canonical names: the far end of a chain, the near end of `_has`.
                let Some(on) = by_url(self.registry, if way == Way::Forward { *ty } else { near }) else { continue };
                let far = self.typed(*ty, Level::Top, pred);
                ways.push(self.add(Set::Via { edge: Edge { key, on }, from, far }, span));
            }
        }
        self.any(ways, span)
    }
}

/// Every resource of a type that has a row of this key.
fn present(key: KeyId, ty: ResourceType) -> Set {
    let universe = Universe(vec![type_code(ty)]);
    Set::Rows { key, kind: RowKind::Present, universe, test: algebra::Test::TRUE }
}

/// How a canonical names resources of a type: by url and version. A type that lacks either parameter is not
/// canonical: `Device.url` is an address in a network.
pub(super) fn by_url(registry: &Registry, ty: ResourceType) -> Option<On> {
    let key = |code| {
        let param = registry.param(ty, code)?;
        Some(Key { param, facet: Facet::Value, level: Level::Top }.id())
    };
    Some(On::UrlVersion { url: key("url")?, version: key("version")? })
}
