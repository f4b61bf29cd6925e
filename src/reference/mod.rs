//! The executable specification: a search evaluated over plain resources, slowly and obviously.

mod expressions;
mod hierarchy;
mod includes;
mod inner;
mod matching;
mod order;
mod path;
mod place;
#[cfg(feature = "stores")]
mod samples;
mod universe;
mod value;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use serde_json::Value;

use self::expressions::Expressions;
pub use self::inner::Inner;
pub use self::place::Place;
#[cfg(feature = "stores")]
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
    /// Which version it is.
    pub version: i64,
    /// Its place in the order in which resources were first created: types in their order, then the older ones first
    /// (decision 133). No other resource has the same.
    pub ord: i64,
    /// When it last changed, as the store that holds it says; nothing where it was never told.
    pub last_updated: Option<Instant>,
    /// The resource itself.
    pub json: Arc<Value>,
}

/// A version before the current one that is no deletion. Searches do not look inside it (item 147), but a reference may
/// name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Earlier {
    /// The type of the resource.
    pub ty: ResourceType,
    /// Its logical id.
    pub id: String,
    /// Which version it is.
    pub version: i64,
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
    earlier: Vec<Earlier>,
    expressions: Expressions,
    stop: Arc<AtomicBool>,
}

/// The whole answer to a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// All matches in their final order; pages are cut from it with [`page`].
    pub matches: Vec<Name>,
    /// What comes along with the matches of the first page, in the order of creation (item 137), each with its version;
    /// that of a contained resource is its container's.
    pub included: Vec<(Name, i64)>,
    /// The number of matches (item 135).
    pub total: usize,
}

/// A part of the answer to a search, as stores give it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The matches of the page, in order.
    pub matches: Vec<Member>,
    /// What comes along with them, in the order of creation, earlier versions last.
    pub included: Vec<Member>,
    /// Whether more belong to the page than may come along (item 140).
    pub cut: bool,
    /// The number of all matches.
    pub total: usize,
    /// Where the page ends; nothing on the last one.
    pub end: Option<Place>,
}

/// A resource of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// [`Resource::ord`] of the stored resource: itself, or the one that contains it.
    pub ord: i64,
    /// Type and id of a contained one, which is unique in what contains it only.
    pub inside: Option<Name>,
    /// The version of the stored resource.
    pub version: i64,
}

impl Member {
    fn of(node: &Node<'_>, version: i64) -> Member {
        let inside = node.is_contained().then(|| (node.ty, node.id().to_owned()));
        Member { ord: node.stored.ord, inside, version }
    }
}

impl<'r> Reference<'r> {
    /// All current resources. Deleted ones are left out by the caller (item 147).
    pub fn new(registry: &'r Registry, resources: Vec<Resource>) -> Self {
        let inner = inner::of_all(registry, &resources);
        let (earlier, expressions, stop) = (Vec::new(), Expressions::default(), Arc::default());
        Reference { registry, resources, inner, earlier, expressions, stop }
    }

    /// With a flag that ends every evaluation soon after it is set. What it gives then, nobody may look at.
    #[must_use]
    pub fn until(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = stop;
        self
    }

    /// With the earlier versions of current resources.
    #[must_use]
    pub fn with_earlier(mut self, earlier: Vec<Earlier>) -> Self {
        self.earlier = earlier;
        self
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
        let matches: Vec<_> = matches(&universe, search).into_iter().map(|(_, node)| node).collect();
        let first = page(&matches, 0, search.page.count);
        let included = includes::included(&universe, first, &search.includes, search.returns_contained());
        Answer {
            total: matches.len(),
            matches: matches.iter().map(|node| node.name()).collect(),
            included: included.brought.iter().map(|brought| (brought.node.name(), brought.version)).collect(),
        }
    }

    /// The page that begins behind a place, or the first. A page of no matches has no end: it asks for the total alone
    /// (item 134).
    pub fn page(&self, search: &Search, behind: Option<&Place>) -> Page {
        let universe = self.universe(&search.env);
        let all = matches(&universe, search);
        let is_before =
            |(place, _): &(Place, Node<'_>)| behind.is_some_and(|behind| place.compare(behind, &search.order).is_le());
        let first = all.iter().take_while(|placed| is_before(placed)).count();
        let on_page = page(&all, first, search.page.count);
        let is_last = first + on_page.len() == all.len();
        let nodes: Vec<_> = on_page.iter().map(|(_, node)| *node).collect();
        let included = includes::included(&universe, &nodes, &search.includes, search.returns_contained());
        Page {
            matches: nodes.iter().map(|node| Member::of(node, node.stored.version)).collect(),
            included: included.brought.iter().map(|brought| Member::of(&brought.node, brought.version)).collect(),
            cut: included.cut,
            total: all.len(),
            end: on_page.last().filter(|_| !is_last).map(|(place, _)| place.clone()),
        }
    }
}

impl Reference<'_> {
    fn universe<'v>(&'v self, env: &'v Env) -> Universe<'v> {
        Universe::new(self, env)
    }
}

/// All matches in their final order, with their places.
fn matches<'v>(universe: &Universe<'v>, search: &Search) -> Vec<(Place, Node<'v>)> {
    order::sorted(universe, unordered(universe, search), &search.order)
}

/// All that matches, in no order: resources of their own, contained ones, or what contains those (item 143).
fn unordered<'v>(universe: &Universe<'v>, search: &Search) -> Vec<Node<'v>> {
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
