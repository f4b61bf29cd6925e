//! What runs: steps that each run whole in one place, and slots that carry tuples between them.

use crate::algebra::{Edge, Names, Node, On, SetId, Sets, SlotId, StoreId, Test, Universe};
use crate::rows::{Base, ColType, KeyId, RowKind, Tuple, Value};

/// A step of a [`Program`], by its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StepId(pub u32);

/// Steps in the order in which they run.
#[derive(Clone, Debug, Default)]
pub struct Program {
    /// The steps; a step reads only slots that earlier steps fill.
    pub steps: Vec<Step>,
    /// Which steps answer what.
    pub roots: Roots,
}

/// Which steps answer what.
#[derive(Clone, Debug, Default)]
pub struct Roots {
    /// The page of matches, if entries are asked for.
    pub page: Option<StepId>,
    /// What is run in place of `page`, and of `rest`, where that gave up: see [`Query::visits`].
    pub instead: Option<StepId>,
    /// What goes on where `page` ends, if it meets only members that have a value for the first sort key: those that
    /// have none.
    pub rest: Option<StepId>,
    /// The total, if asked for.
    pub total: Option<StepId>,
    /// Included resources, in the order of the query.
    pub includes: Vec<Included>,
    /// Included versions of resources.
    pub versions: Option<Versions>,
}

/// A step that adds resources to those of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Included {
    /// The step.
    pub step: StepId,
    /// Whether it also starts from what steps have added, until nothing is new.
    pub again: bool,
}

/// A step that tells which versions the references of a page name ([`Yield::Versions`]), and which of them are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versions {
    /// The step.
    pub step: StepId,
    /// What is wanted by whom.
    pub wanted: Vec<VersionsBy>,
}

/// Versions that references of one key name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionsBy {
    /// The key of the rows that hold the references.
    pub key: KeyId,
    /// Only those of resources of these types.
    pub targets: Universe,
    /// As for [`Included::again`].
    pub again: bool,
}

impl Roots {
    /// The place of the first step that belongs to `root`: behind the last step of the root before it.
    pub fn before(&self, root: StepId) -> u32 {
        let matches = [self.page, self.instead, self.rest, self.total].into_iter().flatten();
        let included = self.includes.iter().map(|include| include.step);
        let roots = matches.chain(included).chain(self.versions.iter().map(|versions| versions.step));
        roots.filter(|&other| other < root).map(|other| other.0 + 1).max().unwrap_or(0)
    }
}

/// One step.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it does.
    pub op: Op,
    /// The slot that its tuples fill, if a later step reads them.
    pub fills: Option<SlotId>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum Op {
    /// One query to one store.
    Query {
        /// The store.
        store: StoreId,
        /// The query, neutral; a target lowers it.
        query: Query,
    },
    /// Tests candidates again, where the store only narrows: those with a row that passes are told by their identities.
    Refine {
        /// The store.
        store: StoreId,
        /// The candidates with their rows ([`Yield::Rows`]).
        candidates: Query,
        /// The test of one row.
        by: Test,
        /// Above so many candidates the program is refused.
        bound: u32,
    },
    /// Union of sorted steps.
    Merge(Vec<StepId>),
    /// Sorts in memory, at most `bound` tuples.
    Sort {
        /// The tuples.
        input: StepId,
        /// Above it: a named refusal.
        bound: u64,
    },
    /// The first tuples of a step.
    Take {
        /// The tuples.
        input: StepId,
        /// How many.
        n: u32,
    },
    /// Counts the tuples of a step.
    Count(StepId),
    /// Reads the bodies of the resources of a step.
    Fetch(StepId),
    /// Runs steps again and again over what a slot holds, which an earlier step has filled: what they find and nobody has
    /// found before is what it holds next. Ends where nothing is new; all that the slot ever held fills the slot of
    /// the loop.
    Loop {
        /// The steps.
        body: Vec<Step>,
        /// The slot.
        until_empty: SlotId,
        /// The most rounds; where something is new after them, the program is refused.
        budget: u32,
    },
    /// Counts up to `cap`, then runs one of two plans.
    Choose {
        /// What is counted.
        count: Box<Query>,
        /// How far.
        cap: u32,
        /// Below the cap.
        few: Box<Step>,
        /// At the cap.
        many: Box<Step>,
    },
}

/// A query to one store: a set, what to tell of its members, in what order, how many.
#[derive(Clone, Debug)]
pub struct Query {
    /// The sets that `root` is made of.
    pub sets: Sets,
    /// The set.
    pub root: SetId,
    /// What each member yields.
    pub yields: Yield,
    /// The order; after all keys comes `ord`, in the direction of the last key.
    pub order: Vec<OrderKey>,
    /// How pages are produced.
    pub strategy: Strategy,
    /// How many and from where; `None` is all.
    pub take: Option<Take>,
    /// About how many rows are worth looking at. A store that has looked at so many gives up, and tells that
    /// instead of an answer.
    pub visits: Option<u64>,
    /// Keys of which no resource has more than one row, in their order: what is found by one of these is found once.
    pub once: Vec<KeyId>,
    /// Keys of which some rows hold texts in an abridged form, in their order: a store that abridges none says none.
    pub abridged: Vec<KeyId>,
}

impl Query {
    /// All members of a set, in the order of pages, of which nothing more is known.
    pub fn new(sets: Sets, root: SetId, yields: Yield) -> Query {
        let (order, strategy, once, abridged) = (Vec::new(), Strategy::SetFirst, Vec::new(), Vec::new());
        Query { sets, root, yields, order, strategy, take: None, visits: None, once, abridged }
    }

    /// The root node, if the query is well formed.
    pub fn root_node(&self) -> Option<&Node> {
        self.sets.get(self.root)
    }
}

/// What a query tells of each member.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Yield {
    /// `ord` and the sort keys: a page of candidates.
    Page,
    /// Only the number of members, each counted once.
    Count,
    /// About the number of members, for a planner: a member may be counted several times. And the last of those that
    /// were counted, in the order of pages: where rows lie in that order, it tells how many go on behind the bound.
    Rough,
    /// The identity (`Type/id`) of each member.
    Rid,
    /// The targets of the members' edge; where it joins by name, what its links say: a url, and a version, empty if they
    /// say none.
    Targets(Edge),
    /// What links say that lead to the members, each once: the url alone, and the url with each version.
    Names(Names),
    /// The identity of each member with each of its rows of this key: the values of the columns.
    Rows(KeyId, RowKind),
    /// What the members' reference rows of these keys name by version, live or not: the target, the key and the
    /// version, each once. [`Take::n`] counts these.
    Versions(Vec<KeyId>),
}

/// How the members of a root are produced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Strategy {
    /// Go through the universe in page order and test each resource; stop when the page is full.
    Walk,
    /// Compute the set, then sort it.
    SetFirst,
    /// Go through the rows of all resources in page order, take those of one condition, and test the resource of each;
    /// stop when the page is full.
    Sweep,
    /// Go through the values of the first sort key in its order, which is a [run](OrderKey::run), and test the resource
    /// of each; stop when the page is full. Members without a value are not met.
    ByValue,
    /// The same along rows that hold the values of the first sort key beside another one, which tells the members: those
    /// of one such value lie together, in the order of the values.
    ByPair(Box<Pairs>),
    /// Count `node` up to `cap` at run time, then choose.
    Measure {
        /// What is counted.
        node: SetId,
        /// How far.
        cap: u32,
        /// Below the cap.
        few: Box<Strategy>,
        /// At the cap.
        many: Box<Strategy>,
    },
}

/// Rows of two parts, of which the first is one value and the second sorts. A resource that has such rows has one for
/// each of its values of the sort key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pairs {
    /// The key of the rows.
    pub key: KeyId,
    /// What they hold.
    pub shape: Tuple,
    /// The value of the first part: what its first column is, and what else must hold of the part.
    pub first: Test,
}

/// The page bound of a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// At most so many tuples.
    pub n: u32,
    /// Only tuples that come after this one.
    pub after: Option<After>,
}

/// The sort tuple of the last candidate of the page before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// A value per order key; `None`: the resource has none, so it stood in the missing-last phase of that key.
    pub keys: Vec<Option<Value>>,
    /// Its `ord`.
    pub ord: i64,
}

/// A sort key. Resources without a value come last, in both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderKey {
    /// Where values are looked for: numbers all, or texts all. Nowhere, and no resource has a value.
    pub from: Vec<OrderSource>,
    /// The direction; of all values the one that comes first in it represents the resource.
    pub dir: Dir,
}

/// Where a sort key finds values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderSource {
    /// The links to the resource whose values they are, the first from the resource itself; none if they are its own.
    pub via: Vec<OrderLink>,
    /// The values.
    pub by: OrderBy,
}

/// One link on the way to values that sort: rows of any of several keys, whose links join alike. So what stands at the
/// end of a link may be of several sorts, and the ways there are not written out one by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderLink {
    /// The keys of the rows that hold the link; at least one.
    pub keys: Vec<KeyId>,
    /// What joins.
    pub on: On,
}

impl From<Edge> for OrderLink {
    fn from(Edge { key, on }: Edge) -> Self {
        OrderLink { keys: vec![key], on }
    }
}

/// The values that sort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderBy {
    /// The first column of the rows of these keys (one key per resource type of a system-level search is one source).
    /// An interval sorts by its start ascending and by its end descending; a text by its primary form; a reference
    /// to a resource of the store by the name of its type, `/`, and its id. An empty text or code is no value, and
    /// neither is what stands inside another resource.
    Rows {
        /// The keys; at least one.
        keys: Vec<KeyId>,
        /// What their rows hold.
        kind: RowKind,
    },
    /// `meta.lastUpdated`; over links, of resources of these types alone.
    Updated(Universe),
    /// The logical id; over links, of resources of these types alone.
    Id(Universe),
    /// The order in which resources were first created.
    Ord,
}

impl OrderKey {
    /// A key whose values are the resource's own, all of one source.
    pub fn own(by: OrderBy, dir: Dir) -> OrderKey {
        OrderKey { from: vec![OrderSource { via: Vec::new(), by }], dir }
    }

    /// The rows that hold the values, if they lie together in the order of the values: rows of one key, of the resource
    /// itself. References sort by names that no row has.
    pub fn run(&self) -> Option<(KeyId, RowKind)> {
        match self.alone()? {
            OrderBy::Rows { keys, kind } => match (keys.as_slice(), kind) {
                (_, RowKind::One(Base::Ref | Base::Point)) => None,
                ([key], RowKind::One(_)) => Some((*key, *kind)),
                _ => None,
            },
            OrderBy::Updated(_) | OrderBy::Id(_) | OrderBy::Ord => None,
        }
    }

    /// The key as it stands for resources that have no value for it.
    pub fn missing(&self) -> OrderKey {
        OrderKey { from: Vec::new(), dir: self.dir }
    }

    /// The values, if they are the resource's own and all of one source.
    pub fn alone(&self) -> Option<&OrderBy> {
        match self.from.as_slice() {
            [OrderSource { via, by }] if via.is_empty() => Some(by),
            _ => None,
        }
    }
}

impl OrderBy {
    /// Whether the values are integers; else they are texts.
    pub fn is_numeric(&self) -> bool {
        match self {
            OrderBy::Updated(_) | OrderBy::Ord => true,
            OrderBy::Id(_) => false,
            OrderBy::Rows { kind, .. } => {
                let first = kind.columns().first().map(|col| col.name.ty());
                matches!(first, Some(ColType::Instants | ColType::Int))
            }
        }
    }
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Dir {
    /// Ascending.
    Asc,
    /// Descending.
    Desc,
}
