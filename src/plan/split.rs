//! Split: cut a plan into steps that the store answers whole, and refuse by name what it cannot.

mod join;
mod narrow;
mod refine;

use crate::ir::MOST_INCLUDED;
use crate::plan::{PAGE_SLOT, Plan, VersionsRoot};
use fhirc_codegen::algebra::{Access, Edge, Elements, End, Node, On, Set, SetId, Sets, SlotId, Span, StoreId, Test};
use fhirc_codegen::capability::{Answer, Capabilities, Question};
use fhirc_codegen::program::{
    Included, Op, OrderKey, Program, Query, Step, StepId, Strategy, Take, Versions, VersionsBy, Yield,
};
use fhirc_codegen::rows::{KeyId, RowKind};
use fhirc_grammar::Diagnostic;
use join::{asked, joined};
use std::collections::{BTreeSet, HashMap};

/// Something that the store cannot do, and where the query asks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What it is.
    pub what: Question,
    /// Where.
    pub span: Span,
}

impl Refusal {
    /// What is said of it; `store` is the name of the store.
    pub fn diagnostic(&self, store: &str) -> Diagnostic {
        let span = fhirc_grammar::Span::new(self.span.start, self.span.end);
        Diagnostic::error("not-on-this-store", span, format!("{store} does not answer this: {}", self.what))
    }
}

/// The steps that answer the plan on one store.
///
/// Where the store joins, each root is one query. Where it does not, the far side of every join is a step of its own
/// that fills a slot, and the join becomes membership in it.
pub fn split(plan: &Plan, store: &dyn Capabilities) -> Result<Program, Vec<Refusal>> {
    let (program, refusals) = (Program::default(), Vec::new());
    let mut splitter = Splitter {
        plan,
        store,
        program,
        slots: PAGE_SLOT.0,
        filled: HashMap::new(),
        reached: HashMap::new(),
        refusals,
    };
    let root = &plan.page;
    splitter.check_order();
    splitter.check_inside();
    if root.take > 0 {
        // One more than the page holds tells whether there is a next page.
        let take = Take { n: root.take.saturating_add(1), after: None };
        let fills = (!plan.includes.is_empty() || !plan.versions.is_empty()).then_some(PAGE_SLOT);
        let rest = root.rest.as_ref().filter(|_| store.answer(Question::ByValue) == Answer::Exact);
        // A store without such a walk sorts: the members and their order are the same.
        let strategy = if rest.is_some() { root.strategy.clone() } else { plain(&root.strategy) };
        let instead = root.instead.as_ref().filter(|_| store.answer(Question::Visits) == Answer::Exact);
        let page = splitter.root(root.set, Yield::Page, strategy, Some(take.clone()));
        let visits = instead.map(|(visits, _)| *visits);
        let page = Query { order: root.order.clone(), visits, ..page };
        splitter.program.roots.page = Some(splitter.step(page, fills));
        if let Some((_, instead)) = instead {
            let page = splitter.root(instead.set, Yield::Page, instead.strategy.clone(), Some(take.clone()));
            let page = Query { order: root.order.clone(), ..page };
            splitter.program.roots.instead = Some(splitter.step(page, fills));
        }
        if let Some(rest) = rest {
            let page = splitter.root(rest.set, Yield::Page, rest.strategy.clone(), Some(take));
            let first = root.order.iter().take(1).map(OrderKey::missing);
            let order = first.chain(root.order.iter().skip(1).cloned()).collect();
            splitter.program.roots.rest = Some(splitter.step(Query { order, ..page }, fills));
        }
    }
    if let Some(total) = &plan.total {
        let total = splitter.root(total.set, Yield::Count, total.strategy.clone(), None);
        splitter.program.roots.total = Some(splitter.step(total, None));
    }
    // Of so many, more than the budget are new even if all matches and all that was included before are among them.
    let most = Take { n: MOST_INCLUDED.saturating_mul(2).saturating_add(root.take).saturating_add(1), after: None };
    for include in &plan.includes {
        let query = splitter.root(include.set, Yield::Page, Strategy::SetFirst, Some(most.clone()));
        let step = splitter.step(query, None);
        splitter.program.roots.includes.push(Included { step, again: include.iterate });
    }
    splitter.versions(most);
    if splitter.refusals.is_empty() { Ok(splitter.program) } else { Err(splitter.refusals) }
}

/// The strategy where values are not gone through: the set is conditions, to be tested of each resource.
fn plain(strategy: &Strategy) -> Strategy {
    match strategy {
        Strategy::ByValue | Strategy::ByPair(_) => Strategy::Walk,
        other => other.clone(),
    }
}

/// The most rounds in which steps follow links: the levels of a hierarchy.
const ROUNDS: u32 = 1_000;

struct Splitter<'p> {
    plan: &'p Plan,
    store: &'p dyn Capabilities,
    program: Program,
    /// The last slot in use.
    slots: u32,
    /// What the steps of this root have filled slots with: a set that stands behind two joins is found once.
    filled: HashMap<(SetId, Yield), SlotId>,
    /// The same of what was reached over any number of links.
    reached: HashMap<SetId, SlotId>,
    refusals: Vec<Refusal>,
}

impl Splitter<'_> {
    /// The query of a root. What the steps of the root before have filled may be out of date, or not yet there.
    fn root(&mut self, set: SetId, yields: Yield, strategy: Strategy, take: Option<Take>) -> Query {
        self.filled.clear();
        self.reached.clear();
        self.query(set, yields, strategy, take)
    }

    fn step(&mut self, query: Query, fills: Option<SlotId>) -> StepId {
        let id = StepId(u32::try_from(self.program.steps.len()).unwrap_or(u32::MAX));
        self.program.steps.push(Step { op: Op::Query { store: StoreId::default(), query }, fills });
        id
    }

    /// The step that tells which versions the resources of the page name.
    fn versions(&mut self, most: Take) {
        let Some(VersionsRoot { span, .. }) = self.plan.versions.first() else { return };
        let wanted: Vec<VersionsBy> = self.plan.versions.iter().map(|root| root.by.clone()).collect();
        let keys: BTreeSet<KeyId> = wanted.iter().map(|by| by.key).collect();
        let yields = Yield::Versions(keys.into_iter().collect());
        let refused = self.store.answer((&yields).into()) != Answer::Exact;
        self.refusals.extend(refused.then_some(Refusal { what: Question::Versions, span: *span }));
        let mut sets = Sets::default();
        let root = sets.push(Node::new(Set::Slot(PAGE_SLOT), Access::Drive, *span));
        let step = self.step(Query { take: Some(most), ..Query::new(sets, root, yields) }, None);
        self.program.roots.versions = Some(Versions { step, wanted });
    }

    /// A query for a set; the joins that the store cannot do become steps before it.
    fn query(&mut self, root: SetId, yields: Yield, strategy: Strategy, take: Option<Take>) -> Query {
        self.query_of(&[root], None, yields, (strategy, take))
    }

    /// The same for what is in several sets, and in one that is not of the plan.
    fn query_of(
        &mut self,
        roots: &[SetId],
        within: Option<Set>,
        yields: Yield,
        (strategy, take): (Strategy, Option<Take>),
    ) -> Query {
        let mut sets = Sets::default();
        let mut places: HashMap<SetId, SetId> = HashMap::new();
        for id in self.needed(roots) {
            let Some(node) = self.plan.graph.node(id) else { continue };
            let mut here = places.clone();
            if let Set::And(parts) = &node.set {
                for join in self.narrowed(parts) {
                    let (Some(set), Some(of)) = (self.narrow(parts, join), self.plan.graph.node(join)) else {
                        continue;
                    };
                    self.check(&set, of.span);
                    here.insert(join, sets.push(of.with(set)));
                }
            }
            let set = match &node.set {
                Set::Via { edge, from, far } if self.is_cut(*edge, *from) => self.slotted(*edge, *from, *far),
                Set::Closure { edge, .. } if self.is_looped(*edge) => Set::Slot(self.looped(id)),
                set if self.is_refined(set) => Set::Slot(self.refined(id)),
                set => crate::plan::graph::renumbered(set, |child| here.get(&child).copied().unwrap_or(child)),
            };
            self.check(&set, node.span);
            places.insert(id, sets.push(node.with(set)));
        }
        let mut all: Vec<SetId> = roots.iter().filter_map(|root| places.get(root).copied()).collect();
        let span = roots.first().map(|root| self.plan.graph.span(*root)).unwrap_or_default();
        if let Some(set) = within {
            self.check(&set, span);
            all.push(sets.push(Node::new(set, Access::Probe, span)));
        }
        let root = match all.as_slice() {
            [only] => *only,
            _ => sets.push(Node::new(Set::And(all), Access::Drive, span)),
        };
        let (once, abridged) = (self.plan.once.clone(), self.plan.abridged.clone());
        Query { strategy, take, once, abridged, ..Query::new(sets, root, yields) }
    }

    /// The sets of one query, parts before wholes: those behind a cut join are not among them.
    fn needed(&self, roots: &[SetId]) -> Vec<SetId> {
        let mut found = Vec::new();
        roots.iter().for_each(|root| self.collect(*root, &mut found));
        found
    }

    fn collect(&self, id: SetId, found: &mut Vec<SetId>) {
        if found.contains(&id) {
            return;
        }
        let set = self.plan.graph.set(id);
        match set {
            Set::Via { edge, from, .. } if self.is_cut(*edge, *from) => {}
            Set::Closure { edge, .. } if self.is_looped(*edge) => {}
            Set::And(parts) => {
                let narrowed = self.narrowed(parts);
                parts.iter().filter(|part| !narrowed.contains(part)).for_each(|part| self.collect(*part, found));
            }
            _ => set.children().iter().for_each(|&child| self.collect(child, found)),
        }
        found.push(id);
    }

    /// A slot that nothing fills yet.
    fn slot(&mut self) -> SlotId {
        self.slots += 1;
        SlotId(self.slots)
    }

    /// Whether a join becomes a step and membership in what that found, where the store does not join. It is refused
    /// where the store does not do that either.
    fn is_cut(&self, edge: Edge, from: End) -> bool {
        let can = |what| self.store.answer(what) == Answer::Exact;
        let by_steps = match edge.on {
            On::Rid | On::Unversioned => true,
            On::UrlVersion { .. } => can(Question::Named) && can(Question::Names),
            On::Url { .. } => false,
        };
        by_steps && !can(Question::Via(edge.on.into(), from))
    }

    /// Whether what is reached over any number of links is found by steps that go on until nothing is new.
    fn is_looped(&self, edge: Edge) -> bool {
        self.store.answer(Question::Closure) != Answer::Exact && matches!(edge.on, On::Rid | On::Unversioned)
    }

    fn is_loop(&self, id: SetId) -> bool {
        matches!(self.plan.graph.set(id), Set::Closure { edge, .. } if self.is_looped(*edge))
    }

    /// A closure as membership in what steps have reached: those of the seed first, then over one more link each time.
    fn looped(&mut self, id: SetId) -> SlotId {
        let &Set::Closure { edge, from, seed } = self.plan.graph.set(id) else { return PAGE_SLOT };
        if let Some(&slot) = self.reached.get(&id) {
            return slot;
        }
        let (seed, yields) = self.told(seed);
        let (first, span) = (self.query(seed, yields, Strategy::SetFirst, None), self.plan.graph.span(id));
        let (frontier, reached) = (self.slot(), self.slot());
        self.step(first, Some(frontier));
        let (set, yields) = match from {
            End::Source => (joined(edge, from, frontier), Yield::Rid),
            End::Target => (Set::Slot(frontier), Yield::Targets(edge)),
        };
        self.check(&set, span);
        let mut sets = Sets::default();
        let root = sets.push(Node::new(set, Access::Drive, span));
        let query = Query::new(sets, root, yields);
        let body = vec![Step { op: Op::Query { store: StoreId::default(), query }, fills: Some(frontier) }];
        let op = Op::Loop { body, until_empty: frontier, budget: ROUNDS };
        self.program.steps.push(Step { op, fills: Some(reached) });
        self.reached.insert(id, reached);
        reached
    }

    /// What is asked for the identities of a set. Where they stand at the ends of links, the links tell them, of what is
    /// there and of what is not: whoever refers to that refers to it all the same.
    fn told(&self, set: SetId) -> (SetId, Yield) {
        match self.plan.graph.set(set) {
            Set::Via { edge, from: End::Target, far }
                if self.is_cut(*edge, End::Target) && edge.on.names().is_none() =>
            {
                (*far, Yield::Targets(*edge))
            }
            _ => (set, Yield::Rid),
        }
    }

    /// A join as membership in what a step before found.
    fn slotted(&mut self, edge: Edge, from: End, far: SetId) -> Set {
        let (far, yields) = match asked(edge, from) {
            Yield::Rid => self.told(far),
            yields => (far, yields),
        };
        let slot = match self.filled.get(&(far, yields.clone())) {
            _ if *self.plan.graph.set(far) == Set::Slot(PAGE_SLOT) && yields == Yield::Rid => PAGE_SLOT,
            _ if yields == Yield::Rid && self.is_loop(far) => self.looped(far),
            Some(&slot) => slot,
            None => {
                let query = self.query(far, yields.clone(), Strategy::SetFirst, None);
                let slot = self.slot();
                self.step(query, Some(slot));
                self.filled.insert((far, yields), slot);
                slot
            }
        };
        joined(edge, from, slot)
    }

    /// What the sort keys ask of the store.
    fn check_order(&mut self) {
        for (key, &span) in self.plan.page.order.iter().zip(&self.plan.page.order_spans) {
            let refused = key.questions().into_iter().find(|what| self.store.answer(*what) != Answer::Exact);
            self.refusals.extend(refused.map(|what| Refusal { what, span }));
        }
    }

    /// Whether the store knows resources that stand inside others.
    fn check_inside(&mut self) {
        let span = self.plan.page.inside.filter(|_| self.store.answer(Question::Inside) != Answer::Exact);
        self.refusals.extend(span.map(|span| Refusal { what: Question::Inside, span }));
    }

    /// What a set asks of the store beyond its parts.
    fn check(&mut self, set: &Set, span: Span) {
        let ask = |what: Question| (self.store.answer(what) != Answer::Exact).then_some(Refusal { what, span });
        let refusal = match set {
            Set::All(_) => ask(Question::All),
            Set::Rows { kind, test, .. } if self.store.row(*kind, test) != Answer::Exact => {
                let what = self.refused_row(*kind, test).unwrap_or(Question::Rows(*kind));
                Some(Refusal { what, span })
            }
            Set::Rows { .. } => None,
            Set::Elements { within, .. } => ask(Question::Elements).or_else(|| {
                let what = self.refused_elements(within)?;
                Some(Refusal { what, span })
            }),
            Set::Minus { .. } => ask(Question::Minus),
            Set::Via { edge, from, .. } => ask(Question::Via(edge.on.into(), *from)),
            Set::Closure { .. } => ask(Question::Closure),
            Set::Slot(_) => ask(Question::Slot),
            Set::Named { .. } => ask(Question::Named),
            Set::None | Set::And(_) | Set::Or(_) => None,
        };
        self.refusals.extend(refusal);
    }

    fn refused_elements(&self, within: &Elements) -> Option<Question> {
        match within {
            Elements::Rows { kind, test, .. } if self.store.row(*kind, test) != Answer::Exact => {
                Some(self.refused_row(*kind, test).unwrap_or(Question::Rows(*kind)))
            }
            Elements::Rows { .. } => None,
            Elements::And(parts) | Elements::Or(parts) => parts.iter().find_map(|part| self.refused_elements(part)),
            Elements::Not(inner) => self.refused_elements(inner),
        }
    }

    fn refused_row(&self, kind: RowKind, test: &Test) -> Option<Question> {
        match test {
            Test::Atom(atom) => {
                atom.questions(kind).into_iter().find(|question| self.store.answer(*question) != Answer::Exact)
            }
            Test::All(tests) | Test::Any(tests) => tests.iter().find_map(|test| self.refused_row(kind, test)),
        }
    }
}
