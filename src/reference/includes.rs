//! What comes along with the matches of a page. FHIR R4 3.1.1.5.4; items 136 to 140.

use super::universe::{Brought, Node, Universe};
use crate::ir::{Include, Way};

/// The resources that the includes bring, in the order of creation. What is a match of the page is no include
/// (item 136). Contained resources come along, and bring others, where contained resources come back (`inside`):
/// else they come inside their containers.
///
/// A reference to a version brings that version, beside the current one if that comes along or matches too (item 88). An
/// earlier version is an end: nothing is included from it, since searches do not look inside it (item 147).
pub(super) fn included<'v>(
    universe: &Universe<'v>,
    page: &[Node<'v>],
    includes: &[Include],
    inside: bool,
) -> Vec<Brought<'v>> {
    let mut found: Vec<Brought<'v>> = Vec::new();
    let add = |found: &mut Vec<Brought<'v>>, new: Vec<Brought<'v>>| {
        let before = found.len();
        for brought in new {
            let matches = brought.is_current() && page.contains(&brought.node);
            if (inside || !brought.node.is_contained()) && !matches && !found.contains(&brought) {
                found.push(brought);
            }
        }
        found.len() > before
    };
    for include in includes {
        add(&mut found, follow(universe, page, include, inside));
    }
    // Until no new resource appears (item 138); cycles bring nothing new.
    let mut grows = true;
    while grows {
        grows = false;
        for include in includes.iter().filter(|include| include.iterate) {
            let brought = found.iter().filter(|brought| brought.is_current()).map(|brought| brought.node);
            let sources: Vec<Node<'v>> = page.iter().copied().chain(brought).collect();
            grows |= add(&mut found, follow(universe, &sources, include, inside));
        }
    }
    found.sort_by_key(|brought| (universe.creation(&brought.node), brought.version));
    found
}

/// The resources at the other end of an include.
fn follow<'v>(universe: &Universe<'v>, from: &[Node<'v>], include: &Include, inside: bool) -> Vec<Brought<'v>> {
    let wanted = |target: &Node<'v>| include.target.is_none_or(|ty| target.ty == ty);
    let mut reached = Vec::new();
    for link in &include.links {
        for &node in from {
            match include.way {
                Way::Forward if node.ty == link.param.ty() => {
                    // What the parameter cannot refer to is no target: `#` may be of any type.
                    let able = universe.registry.targets(link.param);
                    let targets = universe.named(node, link.param).into_iter();
                    reached.extend(targets.filter(|target| able.contains(target.node.ty) && wanted(&target.node)));
                }
                Way::Reverse if wanted(&node) => {
                    let inner = universe.contained(link.param.ty()).filter(|_| inside);
                    let inner = inner.filter(|&source| universe.targets(source, link.param).contains(&node));
                    let sources = universe.sources(node, link.param).into_iter().chain(inner);
                    reached.extend(sources.map(Brought::current));
                }
                Way::Forward | Way::Reverse => {}
            }
        }
    }
    reached
}
