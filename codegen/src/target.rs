//! What a target answers: small questions about sets, rows and results. It never walks a tree.

use crate::algebra::{Edge, End, Names, Order, Rel, SlotId, Universe};
use crate::capability::Capabilities;
use crate::program::{After, Dir, OrderKey, Yield};
use crate::rows::{Col, FIRST_CUT, KeyId, LAST_CUT, Point, RowKind, TypeCode};

/// A store's query language.
///
/// The walk of [`crate::lower`] asks; it asks only what [`Capabilities`] answers with `Exact` or `Over`, and hands
/// over values whose type fits their column, so that answers cannot fail.
pub trait Target: Capabilities {
    /// The most parts of one set: SQLite allows 500 arms of a `UNION`.
    const MOST_PARTS: usize = 400;

    /// The resource at hand: the one that a condition is about.
    type At: Clone;
    /// A condition on the resource at hand. It is two-valued: never unknown.
    type Cond;
    /// Members of a set, produced one after the other, possibly repeated.
    type Scan;
    /// A set computed once, to be tested for membership.
    type Built: Clone;
    /// Rows of one key, of the resource at hand or of any.
    type Row;
    /// A test of one row.
    type Test;
    /// A join that was begun and waits for the condition on its other end.
    type Hop;
    /// The finished query.
    type Out;

    /// The resource at hand is live, top-level and of these types.
    fn all(&mut self, at: &Self::At, universe: &Universe) -> Self::Cond;
    /// Never.
    fn none(&mut self) -> Self::Cond;
    /// All conditions hold; empty is true.
    fn and(&mut self, conds: Vec<Self::Cond>) -> Self::Cond;
    /// One condition holds; empty is false.
    fn or(&mut self, conds: Vec<Self::Cond>) -> Self::Cond;
    /// The first holds, the second does not.
    fn minus(&mut self, from: Self::Cond, less: Self::Cond) -> Self::Cond;
    /// The resource at hand is one that an earlier step found.
    fn slot(&mut self, at: &Self::At, slot: SlotId) -> Self::Cond;
    /// The resource at hand is one that links call by name, which an earlier step has told.
    fn named(&mut self, at: &Self::At, names: Names, slot: SlotId) -> Self::Cond;
    /// The resource at hand is a member of a set that was computed once.
    fn member(&mut self, at: &Self::At, built: &Self::Built) -> Self::Cond;
    /// The same, of one that was computed [up to some number](Target::build_up_to): `test` says it of the resource at
    /// hand without it, and has to where that is not all.
    fn member_or(&mut self, at: &Self::At, built: &Self::Built, test: Self::Cond) -> Self::Cond;
    /// Begins a join at the resource at hand, which stands at end `from`; the other end is the resource at hand of
    /// the condition that [`Target::via`] receives.
    fn hop(&mut self, at: &Self::At, edge: Edge, from: End) -> (Self::Hop, Self::At);
    /// One of the resources at the other end passes the condition.
    fn via(&mut self, hop: Self::Hop, far: Self::Cond) -> Self::Cond;

    /// Begins with the elements that rows of the key count at the resource at hand; such an element is what is at hand for the
    /// condition that [`Target::via`] receives.
    fn elements(&mut self, at: &Self::At, key: KeyId) -> (Self::Hop, Self::At);
    /// The elements that rows of the key count, of any resource: what is at hand is one of them.
    fn scan_elements(&mut self, key: KeyId) -> Self::Scan;
    /// The resources of elements.
    fn holders(&mut self, elements: Self::Scan) -> Self::Scan;

    /// The rows of the resource at hand, or of the element at hand, of a kind that names one.
    fn probe(&mut self, at: &Self::At, rows: &Rows<'_>) -> Self::Row;
    /// The rows of any resource.
    fn seek(&mut self, rows: &Rows<'_>) -> Self::Row;
    /// The rows of any resource, in the order of the resources: among those of other keys.
    fn sweep(&mut self, rows: &Rows<'_>) -> Self::Row;
    /// The resources that hold links, in page order, once for each link; and the resource at the other end of that.
    fn sweep_links(&mut self, edge: Edge) -> (Self::Scan, Self::At);
    /// One comparison of one row.
    fn atom(&mut self, row: &Self::Row, atom: &Comparison<'_>) -> Self::Test;
    /// The resource at hand has a row that passes all tests.
    fn holds(&mut self, row: Self::Row, tests: Vec<Self::Test>) -> Self::Cond;
    /// The resources that have a row that passes all tests.
    fn scan_rows(&mut self, row: Self::Row, tests: Vec<Self::Test>) -> Self::Scan;

    /// Every live resource, in page order of these keys where the target has such an index.
    fn walk(&mut self, order: &[OrderKey]) -> Self::Scan;
    /// The resources that have a value for the first sort key, in its order, each as often as it has rows that are gone
    /// through.
    fn walk_values(&mut self, along: &Along<'_>) -> Self::Scan;
    /// The row at hand on such a walk is the one that comes first of all that the resource has.
    fn is_first(&mut self, at: &Self::At, along: &Along<'_>) -> Self::Cond;
    /// Every resource of the universe.
    fn scan_all(&mut self, universe: &Universe) -> Self::Scan;
    /// What an earlier step found.
    fn scan_slot(&mut self, slot: SlotId) -> Self::Scan;
    /// What links call by name, which an earlier step has told.
    fn scan_named(&mut self, names: Names, slot: SlotId) -> Self::Scan;
    /// The members of all; empty is nothing.
    fn union(&mut self, scans: Vec<Self::Scan>) -> Self::Scan;
    /// The resource at hand of conditions on the members.
    fn at(&mut self, scan: &Self::Scan) -> Self::At;
    /// The members that pass the condition on [`Target::at`].
    fn filter(&mut self, scan: Self::Scan, cond: Self::Cond) -> Self::Scan;
    /// The resources at end `from` of the edge whose other end is produced by `far`.
    fn scan_via(&mut self, edge: Edge, from: End, far: Self::Scan) -> Self::Scan;
    /// Computes the members once.
    fn build(&mut self, scan: Self::Scan) -> Self::Built;
    /// Computes at most so many members, and whether that is all of them, once.
    fn build_up_to(&mut self, scan: Self::Scan, most: u32) -> Self::Built;
    /// Computes once what is reached from the members of `seed` over any number of edges, the result at end `from` of
    /// each. Every resource is visited once: cycles end.
    fn closure(&mut self, edge: Edge, from: End, seed: Self::Scan) -> Self::Built;
    /// The members of a set that was computed once.
    fn scan_built(&mut self, built: &Self::Built) -> Self::Scan;

    /// The finished query: each member is told once, however often it is produced.
    fn finish(self, members: Self::Scan, result: &Results<'_>) -> Self::Out;
}

/// Which rows a test is about, and what it compares: targets choose an index by it.
#[derive(Clone, Copy, Debug)]
pub struct Rows<'a> {
    /// The key.
    pub key: KeyId,
    /// What its rows hold.
    pub kind: RowKind,
    /// The types of the resources, which `Id` and `Updated` are restricted to.
    pub universe: &'a Universe,
    /// The comparisons that one row has to pass.
    pub atoms: &'a [Comparison<'a>],
}

/// Rows that are gone through in the order of the values that sort: those of the first column of the only part or, of
/// rows of two parts, of the second.
#[derive(Clone, Copy, Debug)]
pub struct Along<'a> {
    /// The key.
    pub key: KeyId,
    /// What its rows hold.
    pub kind: RowKind,
    /// What the rows have to pass: their first part is one value, if they have two.
    pub atoms: &'a [Comparison<'a>],
    /// The direction.
    pub dir: Dir,
}

/// A comparison of one row, its values checked against the types of the columns.
#[derive(Clone, Debug)]
pub enum Comparison<'a> {
    /// The column equals the value.
    Eq(Col, Scalar<'a>),
    /// The column differs from the value.
    Ne(Col, Scalar<'a>),
    /// The tuple of columns is one of the tuples; at least one column and one tuple.
    In(&'a [Col], Tuples<'a>),
    /// The tuple of columns is none of the tuples; at least one column and one tuple.
    NotIn(&'a [Col], Tuples<'a>),
    /// The tuple of columns is one that an earlier step found.
    InSlot(&'a [Col], SlotId),
    /// The column is none that an earlier step found.
    NotInSlot(Col, SlotId),
    /// An interval against an interval.
    Range(Col, Rel, Bounds<'a>),
    /// Byte order.
    Order(Col, Order, &'a str),
    /// The text begins so.
    Starts(Col, &'a str),
    /// The text ends so.
    Ends(Col, &'a str),
    /// The text contains this.
    Has(Col, &'a str),
    /// A point at most so far from the point; both within the limits of [`Point`].
    Near(Col, Point, i64),
    /// The text has all of these words, in any order, each between blanks or at an end.
    Words(Col, &'a [String]),
}

/// Tuples of equal length.
pub type Tuples<'a> = Vec<Vec<Scalar<'a>>>;

/// A value of a column that holds one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalar<'a> {
    /// An integer.
    Int(i64),
    /// A text.
    Text(&'a str),
    /// A code system, or none.
    System(Option<&'a str>),
    /// A resource by type and logical id.
    Rid(TypeCode, &'a str),
}

/// A half-open search interval, of the type of its column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bounds<'a> {
    /// Microseconds; `i64::MIN` and `i64::MAX` are open ends.
    Instants(i64, i64),
    /// Decimal cuts.
    Cuts(&'a str, &'a str),
}

impl Bounds<'_> {
    /// Whether every stored interval begins before the end.
    pub fn is_open_above(self) -> bool {
        matches!(self, Bounds::Instants(_, i64::MAX) | Bounds::Cuts(_, LAST_CUT))
    }

    /// Whether every stored interval ends behind the start.
    pub fn is_open_below(self) -> bool {
        matches!(self, Bounds::Instants(i64::MIN, _) | Bounds::Cuts(FIRST_CUT, _))
    }
}

/// What is told of the members, in what order, how many.
#[derive(Clone, Copy, Debug)]
pub struct Results<'a> {
    /// What each member yields.
    pub yields: &'a Yield,
    /// The sort keys.
    pub order: &'a [OrderKey],
    /// At most so many.
    pub limit: Option<u32>,
    /// Only what comes after this: one key per sort key, of its type.
    pub after: Option<&'a After>,
}
