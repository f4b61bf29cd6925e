//! The order of matches. FHIR R4 3.1.1.5.1; items 129 to 133.

use super::place::{Place, Rank};
use super::universe::{Node, Universe};
use super::value::Stored;
use super::value::reference::Ref;
use crate::definitions::ParamId;
use crate::ir::{Dir, SortBy, SortKey, SortValue};
use crate::values::{Cut, fold_code};

/// The matches in order, each with its place in it.
pub(super) fn sorted<'v>(universe: &Universe<'v>, matches: Vec<Node<'v>>, keys: &[SortKey]) -> Vec<(Place, Node<'v>)> {
    let place = |node: Node<'v>| {
        let ranks = keys.iter().map(|key| rank(universe, node, key)).collect();
        (Place { ranks, creation: universe.creation(&node) }, node)
    };
    let mut placed: Vec<_> = matches.into_iter().map(place).collect();
    placed.sort_by(|(one, _), (other, _)| one.compare(other, keys));
    placed
}

/// Of several values the one that comes first in the direction of the key (item 130).
fn rank<'v>(universe: &Universe<'v>, node: Node<'v>, key: &SortKey) -> Option<Rank> {
    let values = match &key.by {
        // A contained resource has neither of its own.
        SortBy::LastUpdated | SortBy::Id if node.is_contained() => return None,
        SortBy::LastUpdated => return node.stored.last_updated.map(|instant| Rank::Instant(instant.0)),
        SortBy::Id => return Some(Rank::Text(node.id().to_owned())),
        SortBy::Values(values) => values,
    };
    let stored = values.iter().flat_map(|value| stored(universe, node, value));
    let ranks = stored.filter_map(|stored| rank_of(universe, stored, key.dir));
    match key.dir {
        Dir::Asc => ranks.min(),
        Dir::Desc => ranks.max(),
    }
}

/// The values of the resources that the links lead to, from one resource to the next; of the resource itself without
/// links. Each link and the parameter are of one type of resource: others do not take part.
fn stored<'v>(universe: &Universe<'v>, node: Node<'v>, value: &SortValue) -> Vec<Stored> {
    let of_type = |nodes: Vec<Node<'v>>, param: ParamId| nodes.into_iter().filter(move |node| node.ty == param.ty());
    let mut reached = vec![node];
    for link in &value.via {
        reached = of_type(reached, link.param).flat_map(|node| universe.targets(node, link.param)).collect();
    }
    of_type(reached, value.param).flat_map(|node| universe.values(node, value.param, value.facet)).collect()
}

fn rank_of(universe: &Universe<'_>, stored: Stored, dir: Dir) -> Option<Rank> {
    let end = |lo: &Cut, hi: &Cut| if dir == Dir::Asc { lo.clone() } else { hi.clone() };
    Some(match stored {
        Stored::Date(interval) => Rank::Instant(if dir == Dir::Asc { interval.start() } else { interval.end() }),
        Stored::Number(range) => Rank::Number(end(range.lo(), range.hi())),
        // By canonical value where the unit converts, else by the bare value (decision 43).
        Stored::Quantity(quantity) => Rank::Number(end(quantity.range.lo(), quantity.range.hi())),
        Stored::Text(text) => Rank::Text(Some(text.primary).filter(|text| !text.is_empty())?),
        Stored::Token(token) => Rank::Text(fold_code(&token.code?)),
        Stored::Reference(Ref::Local { ty, id, .. }) => Rank::Text(format!("{}/{id}", universe.registry.type_name(ty))),
        Stored::Reference(Ref::Elsewhere(url)) => Rank::Text(url),
        // Urls sort without the version of a canonical.
        Stored::Reference(Ref::Canonical(url)) | Stored::Url(url) => Rank::Text(url.url),
        // Words and positions do not sort.
        Stored::Reference(Ref::Contained(_)) | Stored::Word(_) | Stored::Place(_) => return None,
        Stored::Id(id) => Rank::Text(id),
    })
}
