//! The walk: from a neutral query to a target's, asking the target only questions that it answers.

mod along;
mod cases;
mod check;
mod elements;
#[cfg(test)]
mod tests;

use crate::algebra::{Access, End, Exactness, Node, Set, SetId, Sets, Span, Test};
use crate::capability::{Answer, Question};
use crate::program::{OrderKey, Query, Strategy, Yield};
use crate::rows::RowKind;
use crate::target::{Comparison, Results, Rows, Target};
pub(crate) use cases::cases;
use cases::questions;
use std::collections::BTreeMap;
use std::fmt;

/// The deepest nesting of sets. SQLite joins at most 64 tables and nests at most 1,000 expressions, some 40 per join.
const MAX_DEPTH: usize = 20;

/// Something in a query that the target does not answer. Lowering never drops it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unsupported {
    /// The set.
    pub node: SetId,
    /// Where in the text of the query it comes from.
    pub span: Span,
    /// What was asked of the target.
    pub what: Question,
}

impl fmt::Display for Unsupported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the store cannot answer: {}", self.what)
    }
}

impl std::error::Error for Unsupported {}

/// Lowers a query.
///
/// # Errors
/// The first thing that the target does not answer, or that is not well formed.
pub fn lower<T: Target>(target: T, query: &Query) -> Result<T::Out, Unsupported> {
    let mut walk = Walk { target, sets: &query.sets, built: BTreeMap::new(), depth: 0, taken_away: false };
    walk.ask(query.root, (&query.yields).into())?;
    walk.order(query)?;
    if query.visits.is_some() {
        walk.ask(query.root, Question::Visits)?;
    }
    let members = match query.strategy {
        Strategy::Walk => walk.in_page_order(query)?,
        Strategy::SetFirst | Strategy::Sweep => walk.scan(query.root)?,
        Strategy::ByValue => walk.by_value(query)?,
        Strategy::ByPair(ref pairs) => walk.by_pair(query, pairs)?,
        Strategy::Measure { .. } => return Err(walk.refusal(query.root, Question::Measure)),
    };
    let take = query.take.as_ref();
    let results = Results {
        yields: &query.yields,
        order: &query.order,
        limit: take.map(|take| take.n),
        after: take.and_then(|take| take.after.as_ref()),
    };
    Ok(walk.target.finish(members, &results))
}

/// A set that is computed once; whether it is taken away, since what may be too much in one place must not be in the
/// other; the most members that are computed.
type Place = (SetId, bool, Option<u32>);

struct Walk<'q, T: Target> {
    target: T,
    sets: &'q Sets,
    built: BTreeMap<Place, T::Built>,
    depth: usize,
    /// Whether what is lowered is taken away from something: there, too much would be too little.
    taken_away: bool,
}

type Lowered<T> = Result<T, Unsupported>;

impl<'q, T: Target> Walk<'q, T> {
    fn refusal(&self, node: SetId, what: Question) -> Unsupported {
        let span = self.sets.get(node).map(|node| node.span).unwrap_or_default();
        Unsupported { node, span, what }
    }

    fn ask(&self, node: SetId, what: Question) -> Lowered<()> {
        match self.target.answer(what) {
            Answer::Exact | Answer::Over => Ok(()),
            Answer::No => Err(self.refusal(node, what)),
        }
    }

    fn order(&self, query: &Query) -> Lowered<()> {
        for question in query.order.iter().flat_map(OrderKey::questions) {
            self.ask(query.root, question)?;
        }
        if !query.order.iter().all(check::comparable) {
            return Err(self.refusal(query.root, Question::OrderTogether));
        }
        let after = query.take.as_ref().and_then(|take| take.after.as_ref());
        let fits = after.is_none_or(|after| {
            check::cursor(&query.order, after) && !matches!(query.yields, Yield::Count | Yield::Rough)
        });
        if fits { Ok(()) } else { Err(self.refusal(query.root, Question::Cursor)) }
    }

    fn in_page_order(&mut self, query: &Query) -> Lowered<T::Scan> {
        let scan = self.target.walk(&query.order);
        let at = self.target.at(&scan);
        let cond = self.condition(query.root, &at)?;
        Ok(self.target.filter(scan, cond))
    }

    /// The node, one level deeper than its parent: `leave` follows.
    fn enter(&mut self, id: SetId) -> Lowered<&'q Node> {
        let Some(node) = self.sets.get(id) else { return Err(self.refusal(id, Question::Dangling)) };
        // Children stand before their parents, so the walk ends.
        if node.set.children().iter().any(|child| *child >= id) {
            return Err(self.refusal(id, Question::Dangling));
        }
        if node.set.children().len() > T::MOST_PARTS {
            return Err(self.refusal(id, Question::Alternatives));
        }
        if node.scope.guard.is_some() {
            self.ask(id, Question::Guard)?;
        }
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.refusal(id, Question::Depth)) } else { Ok(node) }
    }

    fn leave(&mut self) {
        self.depth -= 1;
    }

    /// The set as a condition on the resource at hand.
    fn condition(&mut self, id: SetId, at: &T::At) -> Lowered<T::Cond> {
        let node = self.enter(id)?;
        let cond = match node.access {
            Access::Build => {
                let built = self.built(id)?;
                self.target.member(at, &built)
            }
            Access::Set { most } => {
                let built = self.built_up_to(id, most)?;
                let test = self.test(id, &node.set, at)?;
                self.target.member_or(at, &built, test)
            }
            Access::Drive | Access::Walk | Access::Probe => self.test(id, &node.set, at)?,
        };
        self.leave();
        Ok(cond)
    }

    fn test(&mut self, id: SetId, set: &'q Set, at: &T::At) -> Lowered<T::Cond> {
        Ok(match set {
            Set::All(universe) => {
                self.ask(id, Question::All)?;
                self.target.all(at, universe)
            }
            Set::None => self.target.none(),
            // Rows about elements are asked of one of them.
            Set::Rows { kind, .. } if kind.is_of_element() => return Err(self.refusal(id, Question::Typing(*kind))),
            Set::Rows { key, kind, universe, test } => {
                let mut conds = Vec::new();
                for atoms in &self.cases(id, *kind, test)? {
                    conds.push(self.row(at, &Rows { key: *key, kind: *kind, universe, atoms }));
                }
                self.target.or(conds)
            }
            Set::Elements { key, universe, within } => {
                self.ask(id, Question::Elements)?;
                let (hop, element) = self.target.elements(at, *key);
                let holds = self.element(id, (universe, within), &element)?;
                self.target.via(hop, holds)
            }
            // Nothing is intersected: empty, since a set always has a stated universe.
            Set::And(children) if children.is_empty() => self.target.none(),
            Set::And(children) => {
                let conds = self.conditions(children, at)?;
                self.target.and(conds)
            }
            Set::Or(children) => {
                let conds = self.conditions(children, at)?;
                self.target.or(conds)
            }
            Set::Minus { from, less } => {
                self.ask(id, Question::Minus)?;
                let (from, less) = (self.condition(*from, at)?, self.less(*less, at)?);
                self.target.minus(from, less)
            }
            Set::Via { edge, from, far } => {
                self.ask(id, Question::Via(edge.on.into(), *from))?;
                let (hop, other) = self.target.hop(at, *edge, *from);
                let far = self.condition(*far, &other)?;
                self.target.via(hop, far)
            }
            // Computed once, wherever it stands: no condition on one resource says what a chain of any length reaches.
            Set::Closure { .. } => {
                let built = self.built(id)?;
                self.target.member(at, &built)
            }
            Set::Slot(slot) => {
                self.ask(id, Question::Slot)?;
                self.target.slot(at, *slot)
            }
            Set::Named { names, slot } => {
                self.ask(id, Question::Named)?;
                self.target.named(at, *names, *slot)
            }
        })
    }

    /// One row of what is at hand passes.
    fn row(&mut self, at: &T::At, rows: &Rows<'_>) -> T::Cond {
        let row = self.target.probe(at, rows);
        let tests = self.tests(&row, rows.atoms);
        self.target.holds(row, tests)
    }

    /// What is taken away.
    fn less(&mut self, id: SetId, at: &T::At) -> Lowered<T::Cond> {
        self.taken_away = !self.taken_away;
        let cond = self.condition(id, at)?;
        self.taken_away = !self.taken_away;
        Ok(cond)
    }

    fn conditions(&mut self, children: &[SetId], at: &T::At) -> Lowered<Vec<T::Cond>> {
        children.iter().map(|child| self.condition(*child, at)).collect()
    }

    /// The set computed once; it is computed once for all places that test it.
    fn built(&mut self, id: SetId) -> Lowered<T::Built> {
        let place = (id, self.taken_away, None);
        if let Some(built) = self.built.get(&place) {
            return Ok(built.clone());
        }
        let built = match self.sets.get(id).map(|node| &node.set) {
            Some(Set::Closure { edge, from, seed }) => {
                self.ask(id, Question::Closure)?;
                let seed = self.scan(*seed)?;
                self.target.closure(*edge, *from, seed)
            }
            _ => {
                let scan = self.scan(id)?;
                self.target.build(scan)
            }
        };
        self.built.insert(place, built.clone());
        Ok(built)
    }

    /// The same of a set that may prove to be too large for it.
    fn built_up_to(&mut self, id: SetId, most: u32) -> Lowered<T::Built> {
        let place = (id, self.taken_away, Some(most));
        if let Some(built) = self.built.get(&place) {
            return Ok(built.clone());
        }
        let scan = self.scan(id)?;
        let built = self.target.build_up_to(scan, most);
        self.built.insert(place, built.clone());
        Ok(built)
    }

    /// The members of the set.
    fn scan(&mut self, id: SetId) -> Lowered<T::Scan> {
        let node = self.enter(id)?;
        let scan = if self.is_swept(node) { self.swept(id, &node.set)? } else { self.members(id, &node.set)? };
        self.leave();
        Ok(scan)
    }

    /// Whether the rows of a set are gone through in page order, where the target's rows lie so.
    fn is_swept(&self, node: &Node) -> bool {
        node.access == Access::Walk && self.target.passing().is_some()
    }

    /// The members, as they are met in page order.
    fn swept(&mut self, id: SetId, set: &'q Set) -> Lowered<T::Scan> {
        match set {
            Set::Rows { .. } => self.rows(id, set, T::sweep),
            Set::Via { edge, from: End::Source, far } => {
                self.ask(id, Question::Via(edge.on.into(), End::Source))?;
                let (scan, other) = self.target.sweep_links(*edge);
                let far = self.condition(*far, &other)?;
                Ok(self.target.filter(scan, far))
            }
            _ => self.members(id, set),
        }
    }

    fn members(&mut self, id: SetId, set: &'q Set) -> Lowered<T::Scan> {
        Ok(match set {
            Set::All(universe) => {
                self.ask(id, Question::All)?;
                self.target.scan_all(universe)
            }
            Set::None => self.target.union(Vec::new()),
            Set::Rows { .. } => self.rows(id, set, T::seek)?,
            Set::Elements { key, universe, within } => {
                self.ask(id, Question::Elements)?;
                let elements = self.target.scan_elements(*key);
                let at = self.target.at(&elements);
                let holds = self.element(id, (universe, within), &at)?;
                let elements = self.target.filter(elements, holds);
                self.target.holders(elements)
            }
            Set::And(children) => self.driven(children)?,
            Set::Or(children) => {
                let scans = children.iter().map(|child| self.scan(*child)).collect::<Lowered<_>>()?;
                self.target.union(scans)
            }
            Set::Minus { from, less } => {
                self.ask(id, Question::Minus)?;
                let from = self.scan(*from)?;
                let at = self.target.at(&from);
                let less = self.less(*less, &at)?;
                let all = self.target.and(Vec::new());
                let cond = self.target.minus(all, less);
                self.target.filter(from, cond)
            }
            Set::Via { edge, from, far } => {
                self.ask(id, Question::Via(edge.on.into(), *from))?;
                let far = self.scan(*far)?;
                self.target.scan_via(*edge, *from, far)
            }
            Set::Closure { .. } => {
                let built = self.built(id)?;
                self.target.scan_built(&built)
            }
            Set::Slot(slot) => {
                self.ask(id, Question::Slot)?;
                self.target.scan_slot(*slot)
            }
            Set::Named { names, slot } => {
                self.ask(id, Question::Named)?;
                self.target.scan_named(*names, *slot)
            }
        })
    }

    /// The resources that have rows which pass a test, as the target begins with rows of any resource.
    fn rows(&mut self, id: SetId, set: &'q Set, begin: fn(&mut T, &Rows<'_>) -> T::Row) -> Lowered<T::Scan> {
        let Set::Rows { key, kind, universe, test } = set else { return Err(self.refusal(id, Question::Dangling)) };
        // Rows about elements are asked of one of them.
        if kind.is_of_element() {
            return Err(self.refusal(id, Question::Typing(*kind)));
        }
        let mut scans = Vec::new();
        for atoms in &self.cases(id, *kind, test)? {
            let row = begin(&mut self.target, &Rows { key: *key, kind: *kind, universe, atoms });
            let tests = self.tests(&row, atoms);
            scans.push(self.target.scan_rows(row, tests));
        }
        Ok(self.target.union(scans))
    }

    /// The alternatives of a test, when the target answers it as well as the node needs.
    fn cases(&self, id: SetId, kind: RowKind, test: &'q Test) -> Lowered<Vec<Vec<Comparison<'q>>>> {
        self.ask(id, Question::Rows(kind))?;
        let cases = cases(kind, test).map_err(|what| self.refusal(id, what))?;
        // A superset is right only where the plan knows that it refines it, and never below an odd number of `Minus`.
        let refined = self.sets.get(id).is_some_and(|node| node.exact != Exactness::Exact) && !self.taken_away;
        let worst = if refined { Answer::Over } else { Answer::Exact };
        if self.target.row(kind, test) > worst {
            let what = questions(kind, test).into_iter().max_by_key(|what| self.target.answer(*what));
            return Err(self.refusal(id, what.unwrap_or(Question::Rows(kind))));
        }
        Ok(cases)
    }

    fn tests(&mut self, row: &T::Row, atoms: &[Comparison<'_>]) -> Vec<T::Test> {
        atoms.iter().map(|atom| self.target.atom(row, atom)).collect()
    }

    /// An intersection: one child produces, the others are tested on its members.
    fn driven(&mut self, children: &[SetId]) -> Lowered<T::Scan> {
        let drives = |id: &SetId| self.sets.get(*id).is_some_and(|n| matches!(n.access, Access::Drive | Access::Walk));
        let driver = children.iter().position(drives).unwrap_or(0);
        let Some(first) = children.get(driver) else { return Ok(self.target.union(Vec::new())) };
        let scan = self.scan(*first)?;
        let at = self.target.at(&scan);
        let mut others = Vec::with_capacity(children.len());
        for (position, child) in children.iter().enumerate() {
            if position != driver {
                others.push(self.condition(*child, &at)?);
            }
        }
        let cond = self.target.and(others);
        Ok(self.target.filter(scan, cond))
    }
}
