//! Conditions on one resource.

use crate::definitions::{ParamId, ResourceType};
use crate::ir::{OfElement, Test};
use crate::keys::Facet;
use fhirc_grammar::Span;

/// A condition on a resource, with the place in the query that says so. The place is no part of its meaning.
#[derive(Clone, Debug)]
pub struct Pred {
    /// What must hold.
    pub kind: PredKind,
    /// Where the query says so.
    pub span: Span,
}

impl PartialEq for Pred {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

impl Eq for Pred {}

/// What must hold of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PredKind {
    /// All of these; empty is true.
    All(Vec<Pred>),
    /// One of these; empty is false.
    Any(Vec<Pred>),
    /// The complement, within the resource type at hand (item 66).
    Not(Box<Pred>),
    /// Some value of the parameter passes the test.
    Param {
        /// The parameter.
        param: ParamId,
        /// Which of its indexed views.
        facet: Facet,
        /// The test of one value.
        test: Test,
    },
    /// The element is there, with more than extensions in it (item 106).
    Present {
        /// The parameter.
        param: ParamId,
    },
    /// Some element that a composite groups the parts of satisfies a condition (item 164).
    Element {
        /// The composite, which tells the elements.
        composite: ParamId,
        /// What must hold of one. Its parts are of elements of the same path.
        holds: OfElement,
    },
    /// The join: some resource at the other end of the link satisfies the condition for its type.
    Linked {
        /// The link.
        link: Link,
        /// Its direction: a chain goes forward, `_has` in reverse.
        way: Way,
        /// The condition per type of the resource at the other end; other types do not take part.
        ends: Vec<(ResourceType, Pred)>,
    },
    /// Some reference of the parameter leads to a root or, along the links of a hierarchy, to a resource above or below
    /// one of them. FHIR R4 3.1.1.4.14; item 91.
    ///
    /// The links are those of stored resources, wherever they lead: to another one, to one that is gone or was never
    /// there, to one contained in the same resource. A root need not be stored. A contained resource has no links.
    Hierarchy {
        /// The parameter that refers.
        param: ParamId,
        /// The parameter whose references are the links: from a resource to the one above it.
        links: ParamId,
        /// Which way.
        direction: Direction,
        /// The roots, of the type that has the links; none is never.
        roots: Vec<Root>,
    },
    /// Some List that satisfies a condition has the resource as an entry that is not flagged as deleted (item 112).
    Listed {
        /// The parameter that holds the entries.
        item: ParamId,
        /// The condition on the List.
        list: Box<Pred>,
    },
    /// Always or never.
    Const(bool),
}

/// A reference parameter as a link between resources: from `param.ty()` to the types it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Link {
    /// The parameter that holds the reference.
    pub param: ParamId,
}

/// Which way a hierarchy is followed, of resources or of codes. What it is followed from always belongs to what is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// To what stands above: the whole, the more general.
    Above,
    /// To what stands below: the parts, the more special.
    Below,
}

/// Where a hierarchy is followed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The logical id.
    pub id: String,
    /// Only references to this version lead to the root itself; what stands above and below it does so in any version.
    pub version: Option<String>,
}

/// In which direction a link is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// From the resource that holds the reference to the one that is referred to.
    Forward,
    /// From the resource that is referred to to the one that holds the reference.
    Reverse,
}

impl Pred {
    /// A condition that came from `span`.
    pub fn new(kind: PredKind, span: Span) -> Pred {
        Pred { kind, span }
    }

    /// All of these. One alone stays itself.
    pub fn all(preds: Vec<Pred>, span: Span) -> Pred {
        Pred::junction(preds, span, PredKind::All)
    }

    /// One of these. One alone stays itself.
    pub fn any(preds: Vec<Pred>, span: Span) -> Pred {
        Pred::junction(preds, span, PredKind::Any)
    }

    fn junction(mut preds: Vec<Pred>, span: Span, kind: fn(Vec<Pred>) -> PredKind) -> Pred {
        match (preds.len(), preds.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                preds.extend(last);
                Pred::new(kind(preds), span)
            }
        }
    }

    /// The complement.
    #[expect(clippy::should_implement_trait, reason = "`!pred` would hide that a span is kept")]
    pub fn not(self) -> Pred {
        let span = self.span;
        Pred::new(PredKind::Not(Box::new(self)), span)
    }

    /// The same condition, all of it said at `span`.
    pub fn at(self, span: Span) -> Pred {
        let all = |preds: Vec<Pred>| preds.into_iter().map(|pred| pred.at(span)).collect();
        let kind = match self.kind {
            PredKind::All(preds) => PredKind::All(all(preds)),
            PredKind::Any(preds) => PredKind::Any(all(preds)),
            PredKind::Not(inner) => PredKind::Not(Box::new(inner.at(span))),
            PredKind::Linked { link, way, ends } => {
                let ends = ends.into_iter().map(|(ty, pred)| (ty, pred.at(span))).collect();
                PredKind::Linked { link, way, ends }
            }
            PredKind::Listed { item, list } => PredKind::Listed { item, list: Box::new(list.at(span)) },
            kind @ (PredKind::Param { .. }
            | PredKind::Present { .. }
            | PredKind::Element { .. }
            | PredKind::Hierarchy { .. }
            | PredKind::Const(_)) => kind,
        };
        Pred { kind, span }
    }

    /// Adds the parameters that it asks for, with the places that do.
    pub(super) fn params(&self, found: &mut Vec<(ParamId, Span)>) {
        match &self.kind {
            PredKind::All(preds) | PredKind::Any(preds) => preds.iter().for_each(|pred| pred.params(found)),
            PredKind::Not(pred) => pred.params(found),
            PredKind::Param { param, .. } | PredKind::Present { param } => found.push((*param, self.span)),
            PredKind::Element { composite, holds } => {
                let mut params = vec![*composite];
                holds.params(&mut params);
                found.extend(params.into_iter().map(|param| (param, self.span)));
            }
            PredKind::Linked { link, ends, .. } => {
                found.push((link.param, self.span));
                ends.iter().for_each(|(_, pred)| pred.params(found));
            }
            PredKind::Hierarchy { param, links, .. } => found.extend([(*param, self.span), (*links, self.span)]),
            PredKind::Listed { item, list } => {
                found.push((*item, self.span));
                list.params(found);
            }
            PredKind::Const(_) => {}
        }
    }

    /// Always or never.
    pub fn constant(value: bool, span: Span) -> Pred {
        Pred::new(PredKind::Const(value), span)
    }
}
