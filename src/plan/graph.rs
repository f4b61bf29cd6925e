//! The plan: a graph of sets of resources. The only file that names petgraph.

use super::hash::{FastMap, hash};
use fhirc_codegen::algebra::{Access, Estimate, Node, Set, SetId, Sets, Span};
use petgraph::Direction;
use petgraph::algo::is_cyclic_directed;
use petgraph::stable_graph::{NodeIndex, StableDiGraph};
use petgraph::visit::{Dfs, DfsPostOrder, Reversed};

/// A graph of sets. An edge goes from a set to one that it is made of; its weight is the position. Equal sets with
/// equal access are one node.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    graph: StableDiGraph<Node, u32>,
    /// Every node by the hash of its set and access; where another one has the same hash, by the next free number.
    known: FastMap<u64, SetId>,
}

impl Graph {
    /// The node for `set`, whose children are in the graph already; a new one only if there is none yet.
    pub fn add(&mut self, set: Set, access: Access, span: Span) -> SetId {
        let mut number = hash(&(&set, access));
        while let Some(&id) = self.known.get(&number) {
            if self.node(id).is_some_and(|node| node.access == access && node.set == set) {
                return id;
            }
            number = number.wrapping_add(1);
        }
        let id = set_id(NodeIndex::new(self.graph.node_count()));
        self.known.insert(number, id);
        let node = self.graph.add_node(Node::new(set, access, span));
        let parts = self.set(id).children().len();
        for position in 0..parts {
            let Some(&child) = self.set(id).children().get(position) else { break };
            self.graph.add_edge(node, index(child), u32::try_from(position).unwrap_or(u32::MAX));
        }
        id
    }

    /// A node, if the id is of this graph.
    pub fn node(&self, id: SetId) -> Option<&Node> {
        self.graph.node_weight(index(id))
    }

    /// All nodes, in the order in which they were added.
    pub fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.graph.node_weights()
    }

    /// The set of a node; no resource for an id of another graph.
    pub fn set(&self, id: SetId) -> &Set {
        self.node(id).map_or(&Set::None, |node| &node.set)
    }

    /// Where a node comes from.
    pub fn span(&self, id: SetId) -> Span {
        self.node(id).map_or(Span::default(), |node| node.span)
    }

    /// The node over other parts: itself, if no part has moved.
    pub fn moved(&mut self, id: SetId, place: impl Fn(SetId) -> SetId) -> SetId {
        let Some(node) = self.node(id) else { return id };
        if node.set.children().iter().all(|&child| place(child) == child) {
            return id;
        }
        let (set, access, span) = (renumbered(&node.set, place), node.access, node.span);
        self.add(set, access, span)
    }

    /// Writes an estimate down.
    pub fn set_estimate(&mut self, id: SetId, est: Estimate) {
        if let Some(node) = self.graph.node_weight_mut(index(id)) {
            node.est = est;
        }
    }

    /// The nodes that `roots` are made of, children before parents, each once.
    pub fn reachable(&self, roots: &[SetId]) -> Vec<SetId> {
        let mut visit = DfsPostOrder::empty(&self.graph);
        let mut found = Vec::new();
        for &root in roots {
            visit.move_to(index(root));
            while let Some(next) = visit.next(&self.graph) {
                found.push(set_id(next));
            }
        }
        found
    }

    /// Whether the edges are those that the sets name, in order, without a cycle.
    pub fn is_consistent(&self) -> bool {
        let matches = |node: NodeIndex| {
            let mut edges: Vec<_> = self
                .graph
                .edges_directed(node, Direction::Outgoing)
                .map(|edge| (*edge.weight(), set_id(petgraph::visit::EdgeRef::target(&edge))))
                .collect();
            edges.sort_unstable();
            edges.into_iter().map(|(_, child)| child).eq(self.set(set_id(node)).children().iter().copied())
        };
        !is_cyclic_directed(&self.graph) && self.graph.node_indices().all(matches)
    }

    /// Whether `id` is made of `part`.
    pub fn contains(&self, id: SetId, part: SetId) -> bool {
        let mut visit = Dfs::new(Reversed(&self.graph), index(part));
        std::iter::from_fn(|| visit.next(Reversed(&self.graph))).any(|found| found == index(id))
    }

    /// The part of the graph below `root` as the arena that code generation reads.
    pub fn arena(&self, root: SetId) -> (Sets, SetId) {
        let mut sets = Sets::default();
        let mut places = FastMap::default();
        let mut last = SetId(0);
        for id in self.reachable(&[root]) {
            let Some(node) = self.node(id) else { continue };
            let place = |child: SetId| places.get(&child).copied().unwrap_or(child);
            last = sets.push(node.with(renumbered(&node.set, place)));
            places.insert(id, last);
        }
        (sets, last)
    }
}

/// The same set over other ids.
pub(crate) fn renumbered(set: &Set, place: impl Fn(SetId) -> SetId) -> Set {
    match set {
        Set::And(children) => Set::And(children.iter().map(|&child| place(child)).collect()),
        Set::Or(children) => Set::Or(children.iter().map(|&child| place(child)).collect()),
        Set::Minus { from, less } => Set::Minus { from: place(*from), less: place(*less) },
        Set::Via { edge, from, far } => Set::Via { edge: *edge, from: *from, far: place(*far) },
        Set::Closure { edge, from, seed } => Set::Closure { edge: *edge, from: *from, seed: place(*seed) },
        Set::All(_) | Set::None | Set::Rows { .. } | Set::Elements { .. } | Set::Slot(_) | Set::Named { .. } => {
            set.clone()
        }
    }
}

fn index(id: SetId) -> NodeIndex {
    NodeIndex::new(id.0 as usize)
}

fn set_id(index: NodeIndex) -> SetId {
    SetId(u32::try_from(index.index()).unwrap_or(u32::MAX))
}
