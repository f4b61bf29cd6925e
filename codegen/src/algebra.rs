//! Sets of resources: the whole vocabulary that a target must understand.

mod children;
mod elements;

pub use children::Children;
pub use elements::Elements;

use crate::rows::{Col, KeyId, Point, RowKind, TypeCode, Value};
use serde::Serialize;
use std::fmt;

/// A node of a [`Sets`] arena.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SetId(pub u32);

impl fmt::Debug for SetId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "s{}", self.0)
    }
}

/// A place for the tuples that travel between steps.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SlotId(pub u32);

impl fmt::Debug for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "slot-{}", self.0)
    }
}

/// A stored, complete expansion of a value set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExpansionId(pub u32);

/// One of the stores that a program runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct StoreId(pub u16);

/// Bytes of the query that a node came from. Carried for refusals; never part of a node's meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A set of live resources of one tenant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Set {
    /// Every resource of the universe.
    All(Universe),
    /// No resource.
    None,
    /// Resources with at least one row of `key` that passes `test`.
    Rows {
        /// Which rows.
        key: KeyId,
        /// What the rows hold.
        kind: RowKind,
        /// The resource types the rows belong to: one for keys, any number for `Id` and `Updated`.
        universe: Universe,
        /// The test of one row.
        test: Test,
    },
    /// Resources with at least one element, counted under `key`, that is in a set of elements.
    Elements {
        /// The key of the rows that say that an element is there.
        key: KeyId,
        /// The resource types that have such elements.
        universe: Universe,
        /// Which of them.
        within: Elements,
    },
    /// Intersection.
    And(Vec<SetId>),
    /// Union.
    Or(Vec<SetId>),
    /// Difference: `from` is the stated universe of the negation.
    Minus {
        /// What remains.
        from: SetId,
        /// What is taken away.
        less: SetId,
    },
    /// The join: resources at end `from` of an edge whose other end lies in `far`.
    Via {
        /// The edge.
        edge: Edge,
        /// The end at which the resulting resources stand.
        from: End,
        /// The set at the other end. At the source it may name what is gone, or of another type: that holds no such link.
        far: SetId,
    },
    /// Resources reached from `seed` over any number of edges: the least set that holds `seed` and, with a resource,
    /// everything one more edge away. Each resource is reached once, so cycles end, and so does the deepest chain.
    Closure {
        /// The edge.
        edge: Edge,
        /// The end at which the resulting resources stand.
        from: End,
        /// Where it begins; part of the result.
        seed: SetId,
    },
    /// Resources that an earlier step found.
    Slot(SlotId),
    /// Resources that links call by name, which an earlier step has told: see [`crate::program::Yield::Targets`].
    Named {
        /// What resources are called.
        names: Names,
        /// Where the links are: of each the url and the version that it says.
        slot: SlotId,
    },
}

/// What a resource is called: rows of these keys hold its canonical url and its version. A link says the url, and any
/// version or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Names {
    /// The key of its own url.
    pub url: KeyId,
    /// The key of its own version, which is a code.
    pub version: KeyId,
}

/// A stated universe: live, top-level resources of these types.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub struct Universe(pub Vec<TypeCode>);

/// A reference row seen as a join.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Edge {
    /// The key of the rows that hold the link.
    pub key: KeyId,
    /// What joins.
    pub on: On,
}

/// What an edge joins on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum On {
    /// The target's identity, whether the link names a version of it or not.
    Rid,
    /// The target's identity, of links that name no version of it.
    Unversioned,
    /// The target's canonical url (rows of key `url` at the target); a version in the link is not looked at.
    Url {
        /// The key of the target's own url.
        url: KeyId,
    },
    /// Canonical url, and version where the link has one.
    UrlVersion {
        /// The key of the target's own url.
        url: KeyId,
        /// The key of the target's own version.
        version: KeyId,
    },
}

impl On {
    /// What resources are called that are joined by name, whatever links say of a version.
    pub fn names(self) -> Option<Names> {
        match self {
            On::UrlVersion { url, version } => Some(Names { url, version }),
            On::Rid | On::Unversioned | On::Url { .. } => None,
        }
    }
}

/// An end of an edge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum End {
    /// The resource that holds the reference.
    Source,
    /// The resource that is referred to.
    Target,
}

/// A test of ONE row. There is no negation: "not" is [`Set::Minus`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Test {
    /// A single comparison.
    Atom(Atom),
    /// All hold; empty is true.
    All(Vec<Test>),
    /// One holds; empty is false.
    Any(Vec<Test>),
}

/// A comparison of columns of one row with values.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Atom {
    /// The column equals the value.
    Eq(Col, Value),
    /// The column differs from the value.
    Ne(Col, Value),
    /// The tuple of columns is one of the tuples.
    In(Vec<Col>, Source),
    /// The tuple of columns is none of the tuples.
    NotIn(Vec<Col>, Source),
    /// An interval column against an interval: `Instants` or `Cuts`, as the column.
    Range(Col, Rel, Value),
    /// A `Bytes` column at or after (`Bound::From`), after, at or before, before a value: byte order.
    Order(Col, Order, Value),
    /// A `Bytes` column begins with the text.
    Starts(Col, String),
    /// A `Bytes` column ends with the text.
    Ends(Col, String),
    /// A `Bytes` column contains the text.
    Has(Col, String),
    /// A `Point` column is at most so far from the point, in a straight line.
    Near(Col, Point, i64),
    /// A `Bytes` column has all of these words, in any order, each between blanks or at an end of the text. A word has
    /// no blank and is not empty; none is there twice.
    Words(Col, Vec<String>),
}

/// How a stored interval `[a, b)` must lie to a search interval `[s, e)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Rel {
    /// `s <= a and b <= e`
    Within,
    /// `a < e and s < b`
    Meets,
    /// `a = s and b = e`
    Same,
    /// `a <= s and e <= b`
    Covers,
    /// `a <> s or e <> b`
    Differs,
}

/// Byte order of a text column against a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// `<`
    Before,
    /// `<=`
    UpTo,
    /// `>`
    After,
    /// `>=`
    From,
}

/// Where the tuples of an `In` come from.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// Written in the query.
    Values(Vec<Vec<Value>>),
    /// Found by an earlier step.
    Slot(SlotId),
    /// A stored expansion of a value set.
    Expansion(ExpansionId),
}

/// A set with everything that planning decided about it.
#[derive(Clone, Debug)]
pub struct Node {
    /// The set.
    pub set: Set,
    /// Where in the query it comes from.
    pub span: Span,
    /// Which resources it may see.
    pub scope: Scope,
    /// Whether a target answers it exactly.
    pub exact: Exactness,
    /// How many resources it is thought to hold.
    pub est: Estimate,
    /// Where it is computed.
    pub place: Place,
    /// How it is reached.
    pub access: Access,
}

impl Node {
    /// A set that an exact target reaches this way, before anything else is known of it.
    pub fn new(set: Set, access: Access, span: Span) -> Node {
        let (scope, exact, est) = (Scope::default(), Exactness::default(), Estimate::default());
        Node { set, span, scope, exact, est, place: Place::default(), access }
    }

    /// The node with another set in the place of its own.
    #[must_use]
    pub fn with(&self, set: Set) -> Node {
        let Node { set: _, span, scope, exact, est, place, access } = *self;
        Node { set, span, scope, exact, est, place, access }
    }
}

/// What a node may see: the tenant is always a bound parameter, never a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Scope {
    /// A set that every result must lie in (access rules), if any.
    pub guard: Option<SetId>,
}

/// Whether a place answers a node exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Exactness {
    /// The same set.
    #[default]
    Exact,
    /// A superset: needs refinement.
    Over,
    /// A subset: only ever below a `Minus`.
    Under,
}

/// An estimated number of resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Estimate(pub u64);

/// Where a node is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// By a store.
    Store(StoreId),
    /// By the runtime.
    Local,
}

impl Default for Place {
    fn default() -> Self {
        Place::Store(StoreId::default())
    }
}

/// How a node is reached. An `And` whose members are produced has exactly one child with `Drive` or `Walk`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Access {
    /// Its members are produced from its own index, and other conditions are tested on them.
    Drive,
    /// Its members are produced in page order.
    Walk,
    /// It is tested for a member at hand.
    #[default]
    Probe,
    /// It is computed once and then tested for membership.
    Build,
    /// It is computed once and then tested for membership if it has at most so many members; else each member at hand
    /// is tested for it. Which of the two it is shows when it is computed, and never changes the answer.
    Set {
        /// The most members that are computed.
        most: u32,
    },
}

/// Sets that refer to each other: children stand before their parents.
#[derive(Clone, Debug, Default)]
pub struct Sets {
    nodes: Vec<Node>,
}

impl Sets {
    /// Adds a node whose children are already there.
    pub fn push(&mut self, node: Node) -> SetId {
        let id = SetId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    /// The node, if the id is of this arena.
    pub fn get(&self, id: SetId) -> Option<&Node> {
        self.nodes.get(id.0 as usize)
    }

    /// All nodes with their ids, children first.
    pub fn iter(&self) -> impl Iterator<Item = (SetId, &Node)> {
        (0u32..).map(SetId).zip(&self.nodes)
    }
}

impl Test {
    /// The test that every row passes.
    pub const TRUE: Test = Test::All(Vec::new());
    /// The test that no row passes.
    pub const FALSE: Test = Test::Any(Vec::new());
}
