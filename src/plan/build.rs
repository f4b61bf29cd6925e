//! From conditions to sets. Negation gets its universe here, a link becomes a join.

use crate::definitions::{Registry, ResourceType};
use crate::ir::{Include, Link, Pred, PredKind, Search, Test, Total, Way};
use crate::keys::{Facet, Key, Level, standing};
use crate::plan::order;
use crate::plan::rows::{rows, type_code};
use crate::plan::{Graph, IncludeRoot, PAGE_SLOT, Plan, Root};
use fhirc_codegen::algebra::{self, Access, Edge, End, On, Set, SetId, Span, Universe};
use fhirc_codegen::program::Strategy;
use fhirc_codegen::rows::{KeyId, RowKind};
use std::collections::HashMap;

/// Links that one query of an include follows: `*` has hundreds, and SQLite unites at most 500 selects.
const LINKS_PER_ROOT: usize = 40;

/// The plan of a search, before any pass.
pub fn build(search: &Search, registry: &Registry) -> Plan {
    let searched = search.branches.iter().map(|branch| branch.ty).collect();
    let mut builder = Builder { graph: Graph::default(), registry, searched, typed: HashMap::new() };
    let branches: Vec<SetId> =
        search.branches.iter().map(|branch| builder.typed(branch.ty, Level::Top, &branch.filter)).collect();
    let span = search.branches.first().map(|branch| branch.filter.span).map_or(Span::default(), place);
    let set = match branches.as_slice() {
        [only] => *only,
        _ => builder.add(Set::Or(branches), span),
    };
    let includes = search.includes.iter().flat_map(|include| builder.include(include)).collect();
    let order = order::keys(search, registry);
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
    /// The types searched.
    searched: Vec<ResourceType>,
    /// The sets of conditions that stand behind several links, by type, level and place in memory.
    typed: HashMap<(ResourceType, Level, usize), SetId>,
}

impl Builder<'_> {
    fn add(&mut self, set: Set, span: Span) -> SetId {
        self.graph.add(set, Access::Probe, span)
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
            PredKind::Present { param } => present(Key { param: *param, facet: Facet::Present, level }.id(), ty),
            PredKind::Param { param, facet, test } => {
                let key = Key { param: *param, facet: *facet, level };
                return self.rows(ty, key, test, span);
            }
            // What stands inside another resource is no entry of any List.
            PredKind::Listed { .. } if level == Level::Contained => Set::None,
            PredKind::Listed { item, list } => {
                let far = self.typed(item.ty(), Level::Top, list);
                let key = Key { param: *item, facet: Facet::Listed, level: Level::Top }.id();
                Set::Via { edge: Edge { key, on: On::Rid }, from: End::Target, far }
            }
            PredKind::Linked { link, way, ends } => return self.linked((ty, level), *link, *way, ends, span),
        };
        self.add(set, span)
    }

    fn rows(&mut self, ty: ResourceType, key: Key, test: &Test, span: Span) -> SetId {
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
        if !datatypes.only_urls() {
            let far: Vec<SetId> = levels
                .iter()
                .flat_map(|level| ends.iter().map(|(ty, pred)| (*ty, *level, pred)))
                .map(|(ty, level, pred)| self.typed(ty, level, pred))
                .collect();
            let far = self.any(far, span);
            ways.push(self.add(Set::Via { edge: Edge { key, on: On::Rid }, from, far }, span));
        }
        if datatypes.some_urls() {
            for (ty, pred) in ends {
                // The type whose url the canonical names: the far end of a chain, the near end of `_has`.
                let Some(on) = by_url(self.registry, if way == Way::Forward { *ty } else { near }) else { continue };
                let far = self.typed(*ty, Level::Top, pred);
                ways.push(self.add(Set::Via { edge: Edge { key, on }, from, far }, span));
            }
        }
        self.any(ways, span)
    }

    /// What an include adds: the other ends of its links from the resources in the slot.
    fn include(&mut self, include: &Include) -> Vec<IncludeRoot> {
        let span = place(include.span);
        let slot = self.add(Set::Slot(PAGE_SLOT), span);
        let sets: Vec<SetId> = include.links.iter().map(|link| self.included(include, *link, slot, span)).collect();
        let root =
            |links: &[SetId]| IncludeRoot { set: self.any(links.to_vec(), span), iterate: include.iterate, span };
        sets.chunks(LINKS_PER_ROOT).map(root).collect()
    }

    /// The resources that one link of an include adds.
    fn included(&mut self, include: &Include, link: Link, slot: SetId, span: Span) -> SetId {
        let key = Key { param: link.param, facet: Facet::Value, level: Level::Top }.id();
        let named: Vec<ResourceType> = match include.target {
            Some(target) => vec![target],
            None => self.registry.targets(link.param).iter().collect(),
        };
        // What refers to a match refers to a type that is searched.
        let of_match = |ty: &ResourceType| include.iterate || self.searched.contains(ty);
        let near: Vec<ResourceType> = match include.way {
            Way::Forward => named.clone(),
            Way::Reverse => named.iter().copied().filter(of_match).collect(),
        };
        let (from, sources) = match include.way {
            Way::Forward => (End::Target, Universe(named.iter().copied().map(type_code).collect())),
            Way::Reverse => (End::Source, Universe(vec![type_code(link.param.ty())])),
        };
        // `…:Target` restricts what comes along, or for a `_revinclude` the matches that are looked at.
        let far = match (include.way, include.target) {
            (Way::Reverse, Some(target)) => self.slot_of(target, slot, span),
            _ => slot,
        };
        let datatypes = self.registry.datatypes(link.param);
        let mut ways = Vec::new();
        if !datatypes.only_urls() {
            ways.push(self.add(Set::Via { edge: Edge { key, on: On::Rid }, from, far }, span));
        }
        if datatypes.some_urls() {
            for ty in near {
                let Some(on) = by_url(self.registry, ty) else { continue };
                let far = if include.way == Way::Reverse { self.slot_of(ty, slot, span) } else { slot };
                ways.push(self.add(Set::Via { edge: Edge { key, on }, from, far }, span));
            }
        }
        let any = self.any(ways, span);
        let live = self.add(Set::All(sources), span);
        self.add(Set::And(vec![live, any]), span)
    }

    /// The resources of a type among those in the slot.
    fn slot_of(&mut self, ty: ResourceType, slot: SetId, span: Span) -> SetId {
        let of_type = self.universe(ty, Level::Top, span);
        self.add(Set::And(vec![of_type, slot]), span)
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
