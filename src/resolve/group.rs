//! `name[filter].part` of `_filter` on an element that repeats: all of it holds of the same element. FHIR R4 3.1.3;
//! item 164.
//!
//! What stands together in one element is known of composites: a composite over the element groups its parts.

use crate::definitions::{Component, ParamId, ParamType, Registry, ResourceType};
use crate::ir::{Pred, PredKind, ReferenceTest, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::filter_value;
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::composite;
use fhirc_grammar::{Diagnostic, Filter, FilterOp, FilterPath, FilterValue, Logic, Node, Span, Spanned};

/// The most combinations that `or` inside a bracket may grow to.
const MAX_ROWS: usize = 1_000;

/// An element that a composite groups the parts of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Group<'r> {
    /// The composite.
    param: ParamId,
    /// The parts of it.
    components: &'r [Component],
    /// The type of the element.
    datatype: &'static str,
}

/// What must hold of one element: a test per part, of some parts at least.
type Row = Vec<Option<(Facet, Test)>>;

/// One comparison in a bracket, or behind it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'t> {
    pub(super) path: &'t FilterPath,
    pub(super) op: &'t Spanned<FilterOp>,
    pub(super) value: &'t FilterValue,
    pub(super) span: Span,
}

/// The group `name` of resources of type `ty`.
pub(super) fn group<'r>(registry: &'r Registry, ty: ResourceType, name: &str) -> Option<Group<'r>> {
    let type_name = registry.type_name(ty);
    let element = registry.element(type_name, name)?.variants.first()?;
    let path = format!("{type_name}.{name}");
    let mut composites = registry.params(ty).filter(|&param| registry.definition(param).ty == ParamType::Composite);
    let param = composites.find(|&param| {
        let plain = |component: &Component| registry.element(element.ty, &component.expression).is_some();
        is_path(registry, param, &path) && registry.components(param).iter().all(plain)
    })?;
    Some(Group { param, components: registry.components(param), datatype: element.ty })
}

/// Does the parameter read exactly what stands at `path`, as far as the type of the resource is concerned?
fn is_path(registry: &Registry, param: ParamId, path: &str) -> bool {
    let expression = registry.definition(param).expression.as_deref().unwrap_or_default();
    let root = registry.type_name(param.ty());
    let mut own = expression.split('|').map(str::trim).filter(|branch| branch.split('.').next() == Some(root));
    own.next() == Some(path) && own.next().is_none() && !expression.contains('(')
}

impl Group<'_> {
    /// Some element satisfies the filter and the comparison.
    pub(super) fn holds(self, resolver: &mut Resolver<'_>, filter: &Node, behind: Part<'_>) -> Option<Pred> {
        let inside = self.rows(resolver, filter);
        let outside = self.part(resolver, behind);
        let rows = self.both(resolver, &inside?, &outside?, behind.span)?;
        let preds: Option<Vec<Pred>> = rows.into_iter().map(|row| self.row(resolver, row, behind.span)).collect();
        Some(Pred::any(preds?, behind.span))
    }

    /// The rows of which one must hold.
    fn rows(self, resolver: &mut Resolver<'_>, node: &Node) -> Option<Vec<Row>> {
        match &node.node {
            Filter::Compare { path, op, value } => self.part(resolver, Part { path, op, value, span: node.span }),
            Filter::Not(_) => self.refuse(resolver, "`not` on one element", node.span),
            Filter::Logic { first, tail } => {
                let mut rows = self.rows(resolver, first);
                for next in tail {
                    let right = self.rows(resolver, &next.right);
                    let (left, right) = (rows?, right?);
                    rows = match next.op.node {
                        Logic::Or => Some([left, right].concat()),
                        Logic::And => self.both(resolver, &left, &right, node.span),
                    };
                }
                rows
            }
        }
    }

    fn part(self, resolver: &mut Resolver<'_>, part: Part<'_>) -> Option<Vec<Row>> {
        let name = &part.path.end.name;
        if !part.path.links.is_empty() || part.path.end.modifier.is_some() {
            return self.refuse(resolver, "a path that goes on from one element", part.path.span);
        }
        let Some(place) = self.components.iter().position(|component| component.expression == name.node) else {
            return self.refuse(resolver, &format!("`{}` of one element", name.node), name.span);
        };
        let component = self.components.get(place)?;
        if part.op.node == FilterOp::Pr {
            return self.presence(resolver, component, part);
        }
        if matches!(part.op.node, FilterOp::In | FilterOp::Ni | FilterOp::Ss | FilterOp::Sb) {
            return self.refuse(resolver, &format!("`{}` on one element", part.op.node.word()), part.op.span);
        }
        let asked = Asked::component(component, part.span);
        if part.op.node == FilterOp::Ni {
            // A complement among elements is no test of one of them.
            resolver.report(errors::not_supported("operator `ni` on one element", part.op.span));
            return None;
        }
        let (facet, test) = filter_value::test(resolver, &asked, part.op, part.value)?;
        if leaves_the_store(&test) {
            return self.refuse(resolver, "a reference to elsewhere in one element", part.value.span);
        }
        let mut row: Row = vec![None; self.components.len()];
        *row.get_mut(place)? = Some((facet, test));
        Some(vec![row])
    }

    /// A part that the specification makes mandatory is there wherever its element is.
    fn presence(self, resolver: &mut Resolver<'_>, component: &Component, part: Part<'_>) -> Option<Vec<Row>> {
        let element = resolver.registry.element(self.datatype, &component.expression)?;
        let want = filter_value::wanted(resolver, part.value)?;
        match (element.mandatory, want) {
            (true, true) => Some(vec![vec![None; self.components.len()]]),
            (true, false) => Some(Vec::new()),
            (false, _) => self.refuse(resolver, "`pr` on one element", part.op.span),
        }
    }

    /// Every row of the one with every row of the other.
    fn both(self, resolver: &mut Resolver<'_>, left: &[Row], right: &[Row], span: Span) -> Option<Vec<Row>> {
        if left.len().saturating_mul(right.len()) > MAX_ROWS {
            let message = format!("this filter has more than {MAX_ROWS} combinations on one element");
            resolver.report(Diagnostic::error("filter-too-wide", span, message));
            return None;
        }
        let mut rows = Vec::new();
        for (left, right) in left.iter().flat_map(|left| right.iter().map(move |right| (left, right))) {
            let parts = left.iter().zip(right);
            if parts.clone().any(|(left, right)| left.is_some() && right.is_some()) {
                // A part may have several values: the two conditions may hold of two of them.
                return self.refuse(resolver, "two conditions on one part of one element", span);
            }
            rows.push(parts.map(|(left, right)| left.clone().or_else(|| right.clone())).collect());
        }
        Some(rows)
    }

    fn row(self, resolver: &mut Resolver<'_>, row: Row, span: Span) -> Option<Pred> {
        let whole: Option<Vec<_>> = row.iter().cloned().collect();
        if let Some(parts) = whole {
            let (facet, test) = composite::tuples(parts);
            return Some(Pred::new(PredKind::Param { param: self.param, facet, test }, span));
        }
        let mut asked = row.into_iter().zip(self.components).filter_map(|(test, part)| Some((test?, part)));
        let alone = asked.next().filter(|_| asked.next().is_none());
        let found = alone.and_then(|(test, part)| Some((test, self.alone(resolver.registry, part)?)));
        match found {
            Some(((facet, test), param)) => Some(Pred::new(PredKind::Param { param, facet, test }, span)),
            None => self.refuse(resolver, "a condition on some parts of one element", span),
        }
    }

    /// The parameter that reads the same part of every element.
    fn alone(self, registry: &Registry, component: &Component) -> Option<ParamId> {
        let param = registry.param(self.param.ty(), &component.definition.code)?;
        let focus = registry.definition(self.param).expression.as_deref().unwrap_or_default();
        let root = registry.type_name(self.param.ty());
        let mut own = focus.split('|').map(str::trim).filter(|branch| branch.split('.').next() == Some(root));
        let path = format!("{}.{}", own.next()?, component.expression);
        is_path(registry, param, &path).then_some(param)
    }

    fn refuse<T>(self, resolver: &mut Resolver<'_>, what: &str, span: Span) -> Option<T> {
        resolver.report(errors::not_supported(what, span));
        None
    }
}

/// Tuples hold references to resources of the store only.
fn leaves_the_store(test: &Test) -> bool {
    match test {
        Test::Any(tests) => tests.iter().any(leaves_the_store),
        Test::Reference(ReferenceTest::Foreign(_)) | Test::Url(_) => true,
        _ => false,
    }
}
