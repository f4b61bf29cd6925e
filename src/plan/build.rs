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
    let branches: Vec<SetId> = search.branches.iter().map(|branch| builder.typed(branch.ty, &branch.filter)).collect();
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

    /// The live resources of a type that satisfy the condition.
    fn typed(&mut self, ty: ResourceType, pred: &Pred) -> SetId {
        let universe = self.universe(ty, place(pred.span));
        let mut children = vec![universe];
        match &pred.kind {
            PredKind::All(preds) => children.extend(preds.iter().map(|pred| self.set(ty, pred)).collect::<Vec<_>>()),
            _ => children.push(self.set(ty, pred)),
        }
        self.add(Set::And(children), place(pred.span))
    }

    fn universe(&mut self, ty: ResourceType, span: Span) -> SetId {
        self.add(Set::All(Universe(vec![type_code(ty)])), span)
    }

    fn set(&mut self, ty: ResourceType, pred: &Pred) -> SetId {
        let span = place(pred.span);
        let set = match &pred.kind {
            PredKind::Const(true) => Set::All(Universe(vec![type_code(ty)])),
            PredKind::Const(false) => Set::None,
            PredKind::All(preds) => Set::And(preds.iter().map(|pred| self.set(ty, pred)).collect()),
            PredKind::Any(preds) => Set::Or(preds.iter().map(|pred| self.set(ty, pred)).collect()),
            PredKind::Not(inner) => Set::Minus { from: self.universe(ty, span), less: self.set(ty, inner) },
            PredKind::Present { param } => {
                let key = Key { param: *param, facet: Facet::Present, level: Level::Top }.id();
                let universe = Universe(vec![type_code(ty)]);
                Set::Rows { key, kind: RowKind::Present, universe, test: algebra::Test::TRUE }
            }
            PredKind::Param { param, facet, test } => return self.rows(ty, *param, *facet, test, span),
            PredKind::Linked { link, way, ends } => self.linked(*link, *way, ends, span),
        };
        self.add(set, span)
    }

    fn rows(&mut self, ty: ResourceType, param: ParamId, facet: Facet, test: &Test, span: Span) -> SetId {
        let universe = Universe(vec![type_code(ty)]);
        let sets: Vec<SetId> = rows(self.registry, param, facet, test)
            .into_iter()
            .map(|(key, kind, test)| self.add(Set::Rows { key, kind, universe: universe.clone(), test }, span))
            .collect();
        match sets.as_slice() {
            [only] => *only,
            _ => self.add(Set::Or(sets), span),
        }
    }

    /// The join: `far` holds the resources at the other end.
    fn linked(&mut self, link: Link, way: Way, ends: &[(ResourceType, Pred)], span: Span) -> Set {
        let far: Vec<SetId> = ends.iter().map(|(ty, pred)| self.typed(*ty, pred)).collect();
        let far = match far.as_slice() {
            [only] => *only,
            _ => self.add(Set::Or(far), span),
        };
        let from = match way {
            Way::Forward => End::Source,
            Way::Reverse => End::Target,
        };
        Set::Via { edge: edge(link.param), from, far }
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
            let via = builder.add(Set::Via { edge: edge(link.param), from, far: slot }, span);
            let wanted: Vec<_> = types.into_iter().filter(|ty| wanted(include, *ty)).map(type_code).collect();
            let live = builder.add(Set::All(Universe(wanted)), span);
            let set = builder.add(Set::And(vec![live, via]), span);
            IncludeRoot { set, iterate: include.iterate, span }
        };
        include.links.iter().map(|link| root(self, link)).collect()
    }

    fn order_key(&self, key: &SortKey) -> OrderKey {
        let dir = match key.dir {
            Dir::Asc => program::Dir::Asc,
            Dir::Desc => program::Dir::Desc,
        };
        let (via, by) = match key.by {
            SortBy::LastUpdated => (None, OrderBy::Updated),
            SortBy::Id => (None, OrderBy::Id),
            SortBy::Param { via, param } => (via.map(edge), self.order_by(param)),
        };
        OrderKey { via, by, dir }
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
        let key = Key { param, facet: Facet::Value, level: Level::Top }.id();
        OrderBy::Rows { key, kind: RowKind::One(base) }
    }
}

/// `_include=…:Target` names the type of what comes along; of a `_revinclude` it names the type of the match, which
/// the searched type already is.
fn wanted(include: &Include, ty: ResourceType) -> bool {
    include.way == Way::Reverse || include.target.is_none_or(|target| target == ty)
}

fn edge(param: ParamId) -> Edge {
    Edge { key: Key { param, facet: Facet::Value, level: Level::Top }.id(), on: On::Rid }
}
