//! What comes along with the matches of a page. FHIR R4 3.1.1.5.4; items 136 to 140.

use super::universe::{Brought, Node, Universe};
use crate::ir::{Include, MOST_INCLUDED, Way};

/// The resources that come along with a page.
pub(super) struct Included<'v> {
    /// Current ones in the order of creation, then earlier versions.
    pub(super) brought: Vec<Brought<'v>>,
    /// Whether there were more than may come along.
    pub(super) cut: bool,
}

/// The resources that the includes bring: those of the matches, then, round by round, those of `:iterate`, until no new
/// resource appears (item 138) or there is no room for all of a round (item 140). What is a match of the page is no include
/// (item 136). Contained resources come along, and bring others, where contained resources come back (`inside`): else they
/// come inside their containers.
///
/// A reference to a version brings that version, beside the current one if that comes along or matches too (item 88). An
/// earlier version is an end: nothing is included from it, since searches do not look inside it (item 147).
pub(super) fn included<'v>(
    universe: &Universe<'v>,
    page: &[Node<'v>],
    includes: &[Include],
    inside: bool,
) -> Included<'v> {
    let place = |brought: &Brought<'v>| (!brought.is_current(), universe.creation(&brought.node), brought.version);
    let is_match = |brought: &Brought<'v>| brought.is_current() && page.contains(&brought.node);
    let mut all: Vec<Brought<'v>> = Vec::new();
    let (mut from, mut first, mut cut) = (page.to_vec(), true, false);
    while !from.is_empty() && !cut {
        let mut round: Vec<Brought<'v>> = Vec::new();
        for include in includes.iter().filter(|include| first || include.iterate) {
            for brought in follow(universe, &from, include, inside) {
                let comes = inside || !brought.node.is_contained();
                if comes && !is_match(&brought) && !all.contains(&brought) && !round.contains(&brought) {
                    round.push(brought);
                }
            }
        }
        round.sort_by_key(place);
        let room = MOST_INCLUDED as usize - all.len();
        cut = round.len() > room;
        round.truncate(room);
        from = round.iter().filter(|brought| brought.is_current()).map(|brought| brought.node).collect();
        all.extend(round);
        first = false;
    }
    all.sort_by_key(place);
    Included { brought: all, cut }
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
