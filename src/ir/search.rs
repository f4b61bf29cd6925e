//! A whole search: what is looked for in which types, in which order, and what comes along.

use crate::definitions::{ParamId, ResourceType};
use crate::ir::{Env, Link, Pred, Shape, Way};
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
    /// Which parts of the resources come back.
    pub shape: Shape,
    /// What the meaning depends on beside the text.
    pub env: Env,
}

impl Search {
    /// Every parameter that decides what matches and in which order, with the place that asks for it.
    pub fn params(&self) -> Vec<(ParamId, Span)> {
        let mut params = Vec::new();
        self.branches.iter().for_each(|branch| branch.filter.params(&mut params));
        for key in &self.order {
            if let SortBy::Param { via, param } = key.by {
                params.extend(via.into_iter().chain([param]).map(|param| (param, key.span)));
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
        (self.by, self.dir) == (other.by, other.dir)
    }
}

impl Eq for SortKey {}

/// What sorts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SortBy {
    /// The values of a parameter, of the resource itself or of the resource that `via` refers to.
    Param {
        /// The reference that leads to the resource whose value sorts.
        via: Option<ParamId>,
        /// The parameter.
        param: ParamId,
    },
    /// `meta.lastUpdated`.
    LastUpdated,
    /// The logical id.
    Id,
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
