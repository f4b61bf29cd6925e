//! The answers of Elasticsearch to the questions of a target. Every set is a condition on documents, so members that
//! are produced and members that are tested are the same clause.

use super::clause::{Clause, Field, Named, Nested, SearchBody, Terms};
use super::finish::request;
use super::keyword::ELEMENTS;
use super::rows::{rows, universe};
use super::{Target, clause};
use crate::algebra::{Edge, End, Names, SlotId, Universe};
use crate::program::OrderKey;
use crate::rows::{Col, ColName, ELEMENT, KeyId, RowKind};
use crate::target::{Along, Comparison, Results, Rows, Scalar};

impl crate::target::Target for Target {
    /// Clauses of one `bool`: a server takes 1,024 or more, and says if they are too many.
    const MOST_PARTS: usize = 1_000;

    type At = ();
    type Cond = Clause;
    type Scan = Clause;
    type Built = Clause;
    type Row = Clause;
    /// The comparisons of a row are answered together, as one clause.
    type Test = ();
    /// What the elements fulfil that the rest is asked of.
    type Hop = Clause;
    type Out = SearchBody;

    fn all(&mut self, (): &(), types: &Universe) -> Clause {
        universe(types)
    }

    fn none(&mut self) -> Clause {
        Clause::never()
    }

    fn and(&mut self, conds: Vec<Clause>) -> Clause {
        Clause::all(conds)
    }

    fn or(&mut self, conds: Vec<Clause>) -> Clause {
        Clause::any(conds)
    }

    fn minus(&mut self, from: Clause, less: Clause) -> Clause {
        Clause::but_not(from, less)
    }

    fn slot(&mut self, (): &(), slot: SlotId) -> Clause {
        Clause::Terms(Field("rid".to_owned(), Terms::Slot(slot, None)))
    }

    fn named(&mut self, (): &(), names: Names, slot: SlotId) -> Clause {
        Clause::Named(Named { names, slot })
    }

    fn member(&mut self, (): &(), built: &Clause) -> Clause {
        built.clone()
    }

    fn member_or(&mut self, (): &(), _: &Clause, test: Clause) -> Clause {
        test
    }

    /// Never asked: the capabilities say so.
    fn hop(&mut self, (): &(), _: Edge, _: End) -> (Clause, ()) {
        (Clause::never(), ())
    }

    /// Asked of elements alone: the capabilities say so.
    fn via(&mut self, elements: Clause, far: Clause) -> Clause {
        self.holders(Clause::all(vec![elements, far]))
    }

    fn elements(&mut self, (): &(), key: KeyId) -> (Clause, ()) {
        (self.scan_elements(key), ())
    }

    fn scan_elements(&mut self, key: KeyId) -> Clause {
        let whole = Comparison::Eq(Col::first(ColName::Part), Scalar::Int(ELEMENT));
        let universe = Universe(Vec::new());
        rows(&Rows { key, kind: RowKind::Element, universe: &universe, atoms: &[whole] }).0
    }

    fn holders(&mut self, elements: Clause) -> Clause {
        Clause::Nested(Nested { path: ELEMENTS.to_owned(), query: Box::new(elements) })
    }

    fn probe(&mut self, (): &(), of: &Rows<'_>) -> Clause {
        self.seek(of)
    }

    fn seek(&mut self, of: &Rows<'_>) -> Clause {
        rows(of).0
    }

    /// Never asked: no row is passed over.
    fn sweep(&mut self, of: &Rows<'_>) -> Clause {
        rows(of).0
    }

    /// Never asked: the capabilities say so.
    fn sweep_links(&mut self, _: Edge) -> (Clause, ()) {
        (Clause::never(), ())
    }

    fn atom(&mut self, _: &Clause, _: &Comparison<'_>) {}

    fn holds(&mut self, row: Clause, _: Vec<()>) -> Clause {
        row
    }

    fn scan_rows(&mut self, row: Clause, _: Vec<()>) -> Clause {
        row
    }

    fn walk(&mut self, _: &[OrderKey]) -> Clause {
        Clause::always()
    }

    /// Never asked: the capabilities say so. Documents are sorted wherever they are found.
    fn walk_values(&mut self, _: &Along<'_>) -> Clause {
        Clause::never()
    }

    /// Never asked: the capabilities say so.
    fn is_first(&mut self, (): &(), _: &Along<'_>) -> Clause {
        Clause::never()
    }

    fn scan_all(&mut self, types: &Universe) -> Clause {
        universe(types)
    }

    fn scan_slot(&mut self, slot: SlotId) -> Clause {
        self.slot(&(), slot)
    }

    fn scan_named(&mut self, names: Names, slot: SlotId) -> Clause {
        self.named(&(), names, slot)
    }

    fn union(&mut self, scans: Vec<Clause>) -> Clause {
        Clause::any(scans)
    }

    fn at(&mut self, _: &Clause) {}

    fn filter(&mut self, scan: Clause, cond: Clause) -> Clause {
        Clause::all(vec![scan, cond])
    }

    /// Never asked: the capabilities say so.
    fn scan_via(&mut self, _: Edge, _: End, _: Clause) -> Clause {
        Clause::never()
    }

    fn build(&mut self, scan: Clause) -> Clause {
        scan
    }

    fn build_up_to(&mut self, scan: Clause, _: u32) -> Clause {
        scan
    }

    /// Never asked: the capabilities say so.
    fn closure(&mut self, _: Edge, _: End, _: Clause) -> Clause {
        Clause::never()
    }

    fn scan_built(&mut self, built: &Clause) -> Clause {
        built.clone()
    }

    fn finish(self, members: Clause, results: &Results<'_>) -> SearchBody {
        let tenant = Clause::term("tenant", clause::Term::Tenant);
        request(Clause::all(vec![tenant, members]), results)
    }
}
