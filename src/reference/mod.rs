//! The executable specification: a search evaluated over plain resources, slowly and obviously.

mod expressions;
mod includes;
mod inner;
mod matching;
mod order;
mod path;
#[cfg(feature = "sqlite")]
mod samples;
mod universe;
mod value;

use serde_json::Value;

use self::expressions::Expressions;
pub use self::inner::Inner;
#[cfg(feature = "sqlite")]
pub(crate) use self::samples::Found;
use self::universe::{Node, Universe};
use crate::definitions::{Registry, ResourceType};
use crate::ir::{Env, Returned, Search};
use crate::values::Instant;

/// The current version of a resource.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its type.
    pub ty: ResourceType,
    /// Its logical id.
    pub id: String,
    /// When it last changed, as the store that holds it says; nothing where it was never told.
    pub last_updated: Option<Instant>,
    /// The resource itself.
    pub json: Value,
}

/// A resource by type and logical id; a contained one by its container's, and `#` and its own id behind that: `1#p`.
pub type Name = (ResourceType, String);

/// A set of current resources, and the answer to any search of them.
///
/// It stands on nothing that the compiler makes of a search: no plan, no index, no store. Where it and a store
/// disagree, one of them is wrong.
#[derive(Debug)]
pub struct Reference<'r> {
    registry: &'r Registry,
    resources: Vec<Resource>,
    /// The contained resources, in the order in which they first appeared.
    inner: Vec<Inner>,
    expressions: Expressions,
}

/// The whole answer to a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// All matches in their final order; pages are cut from it with [`page`].
    pub matches: Vec<Name>,
    /// What comes along with the matches of the first page, in the order of creation (item 137).
    pub included: Vec<Name>,
    /// The number of matches (item 135).
    pub total: usize,
}

impl<'r> Reference<'r> {
    /// The resources in the order in which they were first created (decision 133). Deleted ones are left out by the
    /// caller (item 147).
    pub fn new(registry: &'r Registry, resources: Vec<Resource>) -> Self {
        let inner = inner::of_all(registry, &resources);
        Reference { registry, resources, inner, expressions: Expressions::default() }
    }

    /// With the order in which contained resources first appeared, where earlier versions of their containers had them
    /// in another order than the current ones.
    #[must_use]
    pub fn with_inner(mut self, first: Vec<Inner>) -> Self {
        let current = std::mem::replace(&mut self.inner, first);
        self.inner.extend(current);
        self
    }

    /// The answer to a search.
    pub fn search(&self, search: &Search) -> Answer {
        let universe = self.universe(&search.env);
        let matches = order::sorted(&universe, matches(&universe, search), &search.order);
        let first = page(&matches, 0, search.page.count);
        let included = includes::included(&universe, first, &search.includes, search.returns_contained());
        Answer {
            total: matches.len(),
            matches: matches.iter().map(|node| node.name()).collect(),
            included: included.iter().map(|node| node.name()).collect(),
        }
    }
}

impl Reference<'_> {
    fn universe<'v>(&'v self, env: &'v Env) -> Universe<'v> {
        Universe::new(self.registry, &self.resources, &self.inner, &self.expressions, env)
    }
}

/// All that matches, in no order: resources of their own, contained ones, or what contains those (item 143).
fn matches<'v>(universe: &Universe<'v>, search: &Search) -> Vec<Node<'v>> {
    let mut found: Vec<Node<'v>> = Vec::new();
    for branch in &search.branches {
        if search.contained.is_none_or(|contained| contained.both) {
            found.extend(universe.of_type(branch.ty).filter(|&node| universe.satisfies(node, &branch.filter)));
        }
    }
    let Some(contained) = search.contained else { return found };
    for branch in &search.branches {
        for node in universe.contained(branch.ty).filter(|&node| universe.satisfies(node, &branch.filter)) {
            let back = match contained.returned {
                Returned::Contained => node,
                Returned::Container => node.container(),
            };
            if !found.contains(&back) {
                found.push(back);
            }
        }
    }
    found
}

/// The page of at most `count` matches that begins at place `first`, counted from 0; empty behind the last.
pub fn page<T>(matches: &[T], first: usize, count: u32) -> &[T] {
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let rest = matches.get(first..).unwrap_or_default();
    rest.get(..count).unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::page;

    #[test]
    fn pages_one_after_the_other_are_all_matches() {
        let matches = [1, 2, 3, 4, 5];
        assert_eq!([page(&matches, 0, 2), page(&matches, 2, 2), page(&matches, 4, 2)].concat(), matches);
        assert_eq!(page(&matches, 4, 2), [5]);
        assert!(page(&matches, 6, 2).is_empty() && page(&matches, 0, 0).is_empty());
    }
}
