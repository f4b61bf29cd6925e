//! What stands above and below a resource. FHIR R4 3.1.1.4.14; item 91.

use super::universe::{Node, Universe};
use super::value::Stored;
use super::value::reference::{self, Ref};
use crate::definitions::ParamId;
use crate::ir::{Direction, ReferenceTest, Root};
use crate::keys::Facet;

/// A hierarchy and its roots.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hierarchy<'a, 'v> {
    pub(super) universe: &'a Universe<'v>,
    /// The parameter whose references lead from a resource to the one above it.
    pub(super) links: ParamId,
    pub(super) roots: &'a [Root],
}

impl<'v> Hierarchy<'_, 'v> {
    /// Does a reference of `node` lead to a root, or to what is above or below one?
    pub(super) fn leads(&self, node: Node<'v>, to: &Ref, direction: Direction) -> bool {
        self.is_root(to)
            || match direction {
                // Below a root is what, upwards, leads to it.
                Direction::Below => self.all_above(self.stored(to)).iter().any(|(_, above)| self.is_root(above)),
                Direction::Above => {
                    let roots = self.universe.of_type(self.links.ty());
                    let roots = roots.filter(|stored| self.roots.iter().any(|root| root.id == stored.id()));
                    let above = self.all_above(roots.collect());
                    above.iter().any(|(holder, above)| self.same((node, to), (*holder, above)))
                }
            }
    }

    fn is_root(&self, to: &Ref) -> bool {
        self.roots.iter().any(|Root { id, version }| {
            let test = ReferenceTest::Local { ty: self.links.ty(), id: id.clone(), version: version.clone() };
            reference::passes(&test, to)
        })
    }

    /// Every link on the way up, with the resource that holds it. Each resource is visited once: cycles end.
    fn all_above(&self, mut visited: Vec<Node<'v>>) -> Vec<(Node<'v>, Ref)> {
        let mut found = Vec::new();
        let mut next = 0;
        while let Some(&holder) = visited.get(next) {
            next += 1;
            for stored in self.universe.values(holder, self.links, Facet::Value) {
                let Stored::Reference(above) = stored else { continue };
                for node in self.stored(&above) {
                    if !visited.contains(&node) {
                        visited.push(node);
                    }
                }
                found.push((holder, above));
            }
        }
        found
    }

    /// The stored resource of the hierarchy that a reference leads to, in any version. One that is contained has no
    /// links.
    fn stored(&self, to: &Ref) -> Vec<Node<'v>> {
        match to {
            Ref::Local { ty, id, .. } if *ty == self.links.ty() => {
                self.universe.of_type(*ty).filter(|node| node.id() == id).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Do two references lead to the same resource, whether or not it is there?
    fn same(&self, (node, to): (Node<'v>, &Ref), (other, above): (Node<'v>, &Ref)) -> bool {
        match (to, above) {
            (Ref::Local { ty, id, .. }, Ref::Local { ty: other_ty, id: other_id, .. }) => {
                ty == other_ty && id == other_id
            }
            (Ref::Contained(id), Ref::Contained(other_id)) => {
                let inside = self.universe.inside(node, id);
                inside.is_some() && inside == self.universe.inside(other, other_id)
            }
            _ => false,
        }
    }
}
