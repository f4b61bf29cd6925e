//! What comes along with the matches of a page. FHIR R4 3.1.1.5.4; items 136 to 140.

use super::universe::{Node, Universe};
use crate::ir::{Include, Way};

/// The resources that the includes bring, in the order of creation. What is a match of the page is no include
/// (item 136).
pub(super) fn included<'v>(universe: &Universe<'v>, page: &[Node<'v>], includes: &[Include]) -> Vec<Node<'v>> {
    let mut found: Vec<Node<'v>> = Vec::new();
    let add = |found: &mut Vec<Node<'v>>, new: Vec<Node<'v>>| {
        let before = found.len();
        for node in new {
            if !node.is_contained() && !page.contains(&node) && !found.contains(&node) {
                found.push(node);
            }
        }
        found.len() > before
    };
    for include in includes {
        add(&mut found, follow(universe, page, include));
    }
    // Until no new resource appears (item 138); cycles bring nothing new.
    let mut grows = true;
    while grows {
        grows = false;
        for include in includes.iter().filter(|include| include.iterate) {
            let sources: Vec<Node<'v>> = page.iter().chain(&found).copied().collect();
            grows |= add(&mut found, follow(universe, &sources, include));
        }
    }
    found.sort_by_key(|node| node.stored.ord);
    found
}

/// The resources at the other end of an include.
fn follow<'v>(universe: &Universe<'v>, from: &[Node<'v>], include: &Include) -> Vec<Node<'v>> {
    let wanted = |target: &Node<'v>| include.target.is_none_or(|ty| target.ty == ty);
    let mut reached = Vec::new();
    for link in &include.links {
        for &node in from {
            match include.way {
                Way::Forward if node.ty == link.param.ty() => {
                    reached.extend(universe.targets(node, link.param).into_iter().filter(wanted));
                }
                Way::Reverse if wanted(&node) => reached.extend(universe.sources(node, link.param)),
                Way::Forward | Way::Reverse => {}
            }
        }
    }
    reached
}
