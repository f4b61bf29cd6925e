//! What comes along with the matches of a page. FHIR R4 3.1.1.5.4; items 136 to 140.

use super::universe::{Node, Universe};
use crate::ir::{Include, Way};

/// The resources that the includes bring, in the order of creation. What is a match of the page is no include
/// (item 136). Contained resources come along, and bring others, where contained resources come back (`inside`):
/// else they come inside their containers.
pub(super) fn included<'v>(
    universe: &Universe<'v>,
    page: &[Node<'v>],
    includes: &[Include],
    inside: bool,
) -> Vec<Node<'v>> {
    let mut found: Vec<Node<'v>> = Vec::new();
    let add = |found: &mut Vec<Node<'v>>, new: Vec<Node<'v>>| {
        let before = found.len();
        for node in new {
            if (inside || !node.is_contained()) && !page.contains(&node) && !found.contains(&node) {
                found.push(node);
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
            let sources: Vec<Node<'v>> = page.iter().chain(&found).copied().collect();
            grows |= add(&mut found, follow(universe, &sources, include, inside));
        }
    }
    found.sort_by_key(|node| universe.creation(node));
    found
}

/// The resources at the other end of an include.
fn follow<'v>(universe: &Universe<'v>, from: &[Node<'v>], include: &Include, inside: bool) -> Vec<Node<'v>> {
    let wanted = |target: &Node<'v>| include.target.is_none_or(|ty| target.ty == ty);
    let mut reached = Vec::new();
    for link in &include.links {
        for &node in from {
            match include.way {
                Way::Forward if node.ty == link.param.ty() => {
                    // What the parameter cannot refer to is no target: `#` may be of any type.
                    let able = universe.registry.targets(link.param);
                    let targets = universe.targets(node, link.param).into_iter();
                    reached.extend(targets.filter(|target| able.contains(target.ty) && wanted(target)));
                }
                Way::Reverse if wanted(&node) => {
                    reached.extend(universe.sources(node, link.param));
                    let inner = universe.contained(link.param.ty()).filter(|_| inside);
                    reached.extend(inner.filter(|&source| universe.targets(source, link.param).contains(&node)));
                }
                Way::Forward | Way::Reverse => {}
            }
        }
    }
    reached
}
