//! A whole search: what is looked for in which types, in which order, and what comes along.

use crate::definitions::{ParamId, ResourceType};
use crate::ir::{Env, Link, Pred, Shape, Way};
use crate::keys::Facet;
use fhirc_grammar::Span;

/// A search as it was understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// One branch per resource type: parameters mean different things in different types. In the order of the types.
    pub branches: Vec<Branch>,
    /// The sort keys, most significant first. After them comes the order of creation.
    pub order: Vec<SortKey>,
    /// How many matches a page holds.
    pub page: Page,
    /// What is included with the matches of a page.
    pub includes: Vec<Include>,
    /// Whether the number of all matches is wanted.
    pub total: Total,
    /// Whether resources that stand inside others are looked for too; not, if nothing is said.
    pub contained: Option<Contained>,
    /// Which parts of the resources come back.
    pub shape: Shape,
    /// What the named query of the search stands for, for each type as it is registered.
    pub definition: Vec<String>,
    /// What the meaning depends on beside the text.
    pub env: Env,
}

impl Search {
    /// Every parameter that decides what matches and in which order, with the place that asks for it.
    pub fn params(&self) -> Vec<(ParamId, Span)> {
        let mut params = Vec::new();
        self.branches.iter().for_each(|branch| branch.filter.params(&mut params));
        for key in &self.order {
            if let SortBy::Values(values) = &key.by {
                let of = |value: &SortValue| value.via.iter().map(|link| link.param).chain([value.param]).collect();
                let used = values.iter().flat_map::<Vec<ParamId>, _>(of);
                params.extend(used.map(|param| (param, key.span)));
            }
        }
        params
    }

    /// Every parameter that something is included by.
    pub fn included_by(&self) -> impl Iterator<Item = (ParamId, Span)> {
        self.includes.iter().flat_map(|include| include.links.iter().map(|link| (link.param, include.span)))
    }
}

/// What is looked for among the resources of one type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The type.
    pub ty: ResourceType,
    /// The condition.
    pub filter: Pred,
}

/// A sort key. Resources without a value come last in both directions (decision 131).
#[derive(Clone, Debug)]
pub struct SortKey {
    /// What sorts.
    pub by: SortBy,
    /// In which direction. Of several values the one that comes first in it represents the resource (item 130).
    pub dir: Dir,
    /// Where the query says so.
    pub span: Span,
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        (&self.by, self.dir) == (&other.by, other.dir)
    }
}

impl Eq for SortKey {}

/// What sorts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// The values of parameters of one type: one per type of resource, and per way that links may take.
    Values(Vec<SortValue>),
    /// `meta.lastUpdated`.
    LastUpdated,
    /// The logical id.
    Id,
}

/// Values that sort, of the resource itself or of a resource that it refers to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SortValue {
    /// The references that lead to the resource whose values sort; none if they are its own.
    pub via: Vec<Link>,
    /// The parameter.
    pub param: ParamId,
    /// Which of its indexed views.
    pub facet: Facet,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dir {
    /// Ascending.
    Asc,
    /// Descending.
    Desc,
}

/// The page that is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The most matches on it; 0 asks for the total alone (item 134).
    pub count: u32,
}

/// Whether the number of all matches is wanted. FHIR R4 3.1.1.5.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// It is not.
    None,
    /// A rough number will do. Every store counts exactly here too: a total that is wrong by no one knows how much helps
    /// nobody, and an exact one is allowed.
    Estimate,
    /// It must be exact.
    Accurate,
}

/// A search among the resources that stand inside others. FHIR R4 3.1.1.5.6.
#[derive(Clone, Copy, Debug)]
pub struct Contained {
    /// Whether resources that stand for themselves match too: `both`, not `true`.
    pub both: bool,
    /// What comes back for one that matches.
    pub returned: Returned,
    /// Where the query says so.
    pub span: Span,
}

impl PartialEq for Contained {
    fn eq(&self, other: &Self) -> bool {
        (self.both, self.returned) == (other.both, other.returned)
    }
}

impl Eq for Contained {}

/// What comes back for a contained resource that matches: `_containedType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Returned {
    /// The resource that contains it, once, however many in it match.
    #[default]
    Container,
    /// It alone.
    Contained,
}

impl Search {
    /// Whether contained resources come back themselves.
    pub fn returns_contained(&self) -> bool {
        self.contained.is_some_and(|contained| contained.returned == Returned::Contained)
    }
}

/// The most resources that come along with one page; more are left out and said to be (item 140).
pub const MOST_INCLUDED: u32 = 10_000;

/// Resources that come along with the matches of a page. FHIR R4 3.1.1.5.5.
#[derive(Clone, Debug)]
pub struct Include {
    /// The reference that is followed; a link of several parameters for `*`.
    pub links: Vec<Link>,
    /// Forward for `_include`, reverse for `_revinclude`.
    pub way: Way,
    /// Only targets of this type.
    pub target: Option<ResourceType>,
    /// Whether it also applies to included resources, until nothing new appears.
    pub iterate: bool,
    /// Where the query says so.
    pub span: Span,
}

impl PartialEq for Include {
    fn eq(&self, other: &Self) -> bool {
        let meaning = |include: &Self| (include.way, include.target, include.iterate);
        self.links == other.links && meaning(self) == meaning(other)
    }
}

impl Eq for Include {}
