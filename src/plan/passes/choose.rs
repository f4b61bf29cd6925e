//! Choose: the physical pass. Which condition drives, what is probed, whether the page is walked or sorted.

mod page;
mod sets;
mod sorted;
mod sweep;
mod turn;
mod work;

use super::{COUNTED, Context, applied, pair, prune_empty};
use crate::definitions::Registry;
use crate::plan::cost::Estimates;
use crate::plan::hash::FastMap;
use crate::plan::order;
use crate::plan::types::{Types, implied};
use crate::plan::{Graph, IncludeRoot, Plan, Produced, Root, Weighed};
use fhirc_codegen::algebra::{Access, Edge, Set, SetId};
use fhirc_codegen::program::{OrderBy, OrderKey, Strategy};
use fhirc_codegen::rows::KeyId;
use fhirc_codegen::stats::Stats;
use sets::{Known, Times};
use std::borrow::Cow;
use std::collections::BTreeSet;

/// The plan with an access for every set and a strategy for the page. It holds the same resources.
pub fn choose(plan: &Plan, context: Context<'_>) -> Plan {
    let plan = counted(plan, context);
    let (as_asked, cost) = chosen(&plan, context);
    match paired(&plan, context).map(|paired| chosen(&paired, context)) {
        Some((paired, less)) if less < cost => paired,
        _ => as_asked,
    }
}

/// The plan with conditions asked of composites, where it has any that can be; it holds the same resources.
pub(crate) fn paired(plan: &Plan, context: Context<'_>) -> Option<Plan> {
    if !context.stats.exact() || !plan.graph.nodes().any(|node| matches!(node.set, Set::And(_))) {
        return None;
    }
    let (mut plan, mut changed) = (plan.clone(), false);
    applied(&[pair::PAIR], &mut plan, context, &mut |_, _| changed = true);
    changed.then_some(plan)
}

/// The same without another look at the sets, and what its answers are thought to cost, in rows looked at.
fn chosen(plan: &Plan, context: Context<'_>) -> (Plan, f64) {
    let estimates = Estimates::of(&plan.graph, &plan.roots(), context);
    let mut chooser = Chooser {
        plan,
        estimates: &estimates,
        graph: Graph::default(),
        stats: context.stats,
        registry: context.registry,
        counts: sets::counts(plan, context.stats),
        sets: Known::default(),
        placed: FastMap::default(),
        finding: FastMap::default(),
        testing: FastMap::default(),
    };
    let order: Vec<_> = plan.page.order.iter().map(|key| order::counted(key, context.stats)).collect();
    let produced = match order.first() {
        None => chooser.page(),
        Some(first) => chooser.sorted(first, context),
    };
    let total = plan.total.as_ref().map(|total| chooser.total(total.set));
    let counting = plan.total.as_ref().map_or(0.0, |total| chooser.finding(total.set));
    let mut includes = Vec::new();
    for include in &plan.includes {
        let set = chooser.included(include.set, context.stats);
        includes.extend(set.map(|set| IncludeRoot { set, ..include.clone() }));
    }
    let Matches { page: Produced { set, strategy }, weighed, cost, instead, rest } = produced;
    let page = Root { set, strategy, order, weighed: Some(weighed), instead, rest, ..plan.page.clone() };
    let mut versions = plan.versions.clone();
    versions.retain(|root| context.stats.rows(root.by.key) != Some(0));
    let once = once(&chooser.graph, &page, context.stats);
    let abridged = abridged(&chooser.graph, &page.order, context.stats);
    let cost = counting + if page.take > 0 { cost } else { 0.0 };
    (Plan { graph: chooser.graph, page, total, includes, versions, once, abridged }, cost)
}

/// The keys that the plan looks at and of which no resource has more than one row.
fn once(graph: &Graph, page: &Root, stats: &dyn Stats) -> Vec<KeyId> {
    let looked_at = graph.nodes().filter_map(|node| match &node.set {
        Set::Rows { key, .. } | Set::Elements { key, .. } | Set::Via { edge: Edge { key, .. }, .. } => Some(*key),
        _ => None,
    });
    let sorts = page.order.iter().filter_map(OrderKey::run).map(|(key, _)| key);
    let pairs = match &page.strategy {
        Strategy::ByPair(pairs) => Some(pairs.key),
        _ => None,
    };
    let keys: BTreeSet<KeyId> = looked_at.chain(sorts).chain(pairs).collect();
    keys.into_iter().filter(|key| stats.once(*key)).collect()
}

/// The keys whose rows the plan looks into, or that it sorts by, and of which some are abridged.
pub(crate) fn abridged(graph: &Graph, order: &[OrderKey], stats: &dyn Stats) -> Vec<KeyId> {
    let looked_into = graph.nodes().flat_map(|node| match &node.set {
        Set::Rows { key, .. } => vec![*key],
        Set::Elements { within, .. } => within.keys(),
        _ => Vec::new(),
    });
    let sorts = order.iter().flat_map(|key| &key.from).flat_map(|source| match &source.by {
        OrderBy::Rows { keys, .. } => keys.as_slice(),
        OrderBy::Updated(_) | OrderBy::Id(_) | OrderBy::Ord => &[],
    });
    let keys: BTreeSet<KeyId> = looked_into.chain(sorts.copied()).collect();
    keys.into_iter().filter(|key| stats.abridged(*key)).collect()
}

/// The plan without what has no rows. Counts are older than the query, which may meet rows that came in between: left
/// out of a union they are only late, left out of what a difference takes away they would be wrong answers.
fn counted<'p>(plan: &'p Plan, context: Context<'_>) -> Cow<'p, Plan> {
    let negates = |id: &SetId| matches!(plan.graph.set(*id), Set::Minus { .. });
    let sets = plan.graph.reachable(&plan.roots());
    if sets.iter().any(negates) || !sets.iter().any(|id| prune_empty::is_idle(context, plan.graph.set(*id))) {
        return Cow::Borrowed(plan);
    }
    let mut plan = plan.clone();
    applied(&COUNTED, &mut plan, context, &mut |_, _| {});
    Cow::Owned(plan)
}

/// How the matches of a page are produced.
struct Matches {
    page: Produced,
    weighed: Weighed,
    /// What the page is thought to cost, in rows looked at.
    cost: f64,
    /// See [`Root::instead`].
    instead: Option<(u64, Produced)>,
    /// Those that this does not meet.
    rest: Option<Produced>,
}

struct Chooser<'p> {
    plan: &'p Plan,
    estimates: &'p Estimates<'p>,
    graph: Graph,
    stats: &'p dyn Stats,
    registry: &'p Registry,
    /// Whether something was counted by which sets can be computed: see `sets`.
    counts: bool,
    sets: Known,
    /// What was placed already, by set and how often it is tested, or that it produces: parts that several sets share are
    /// placed once.
    placed: FastMap<(SetId, Option<Times>), SetId>,
    /// What was worked out already: see `work`.
    finding: FastMap<SetId, f64>,
    testing: FastMap<SetId, f64>,
}

impl Chooser<'_> {
    /// A walk that goes through so many candidates.
    fn walk(&mut self, root: SetId, candidates: f64) -> SetId {
        let span = self.plan.graph.span(root);
        let Some(universe) = implied(&self.plan.graph, root).map(Types::universe) else { return self.produce(root) };
        let walked = self.graph.add(Set::All(universe), Access::Walk, span);
        let conditions: Vec<SetId> = match self.plan.graph.set(root) {
            Set::All(_) => Vec::new(),
            Set::Minus { from, less } => {
                let (from, less) = (*from, *less);
                let less = self.probe(less, self.times_behind(self.times(candidates), from, root));
                let set = Set::Minus { from: self.walk(from, candidates), less };
                let set = self.graph.add(set, Access::Walk, span);
                return self.estimated(set, root);
            }
            Set::And(children) => {
                let conditions: Vec<_> = children.iter().copied().filter(|&child| !self.is_universe(child)).collect();
                let conditions = self.in_turn(root, conditions, self.times(candidates));
                self.probe_in_turn(root, conditions, None, self.times(candidates))
            }
            _ => vec![self.probe(root, self.times(candidates))],
        };
        if conditions.is_empty() {
            return walked;
        }
        let children = std::iter::once(walked).chain(conditions).collect();
        let set = self.graph.add(Set::And(children), Access::Walk, span);
        self.estimated(set, root)
    }

    /// What an include adds, without links of which there is none: of hundreds behind a `*` a store has a few. Nothing
    /// if it has none at all. A reference that came in after the count is late, as for a query that came before it.
    fn included(&mut self, id: SetId, stats: &dyn Stats) -> Option<SetId> {
        let plan = self.plan;
        let Set::Or(children) = plan.graph.set(id) else {
            return (!is_empty(&plan.graph, id, stats)).then(|| self.produce(id));
        };
        let kept = children.iter().filter(|child| !is_empty(&plan.graph, **child, stats));
        let kept: Vec<SetId> = kept.map(|child| self.produce(*child)).collect();
        match kept.as_slice() {
            [] => None,
            [only] => Some(*only),
            _ => {
                let set = self.graph.add(Set::Or(kept), Access::Drive, plan.graph.span(id));
                Some(self.estimated(set, id))
            }
        }
    }

    fn is_universe(&self, id: SetId) -> bool {
        matches!(self.plan.graph.set(id), Set::All(_))
    }

    /// The set as something that produces its members.
    fn produce(&mut self, id: SetId) -> SetId {
        self.produce_by(id, None)
    }

    /// The same; `driver` is the part of an intersection that does so, where that is decided already, with how many of
    /// its members are gone through.
    fn produce_by(&mut self, id: SetId, driver: Option<(SetId, f64)>) -> SetId {
        if let Some(&place) = self.placed.get(&(id, None)).filter(|_| driver.is_none()) {
            return place;
        }
        let span = self.plan.graph.span(id);
        let set = match self.plan.graph.set(id).clone() {
            Set::And(children) => {
                let whole = |drives| (drives, self.estimates.get(drives));
                let drives = driver.or_else(|| self.driver(&children).map(whole));
                let times = drives.map_or(Times::NONE, |(_, members)| self.times(members));
                let children = self.in_turn(id, children, times);
                Set::And(self.probe_in_turn(id, children, drives.map(|(drives, _)| drives), times))
            }
            Set::Or(children) => Set::Or(children.into_iter().map(|child| self.produce(child)).collect()),
            Set::Minus { from, less } => {
                let less = self.probe(less, self.times(self.estimates.get(from)));
                Set::Minus { from: self.produce(from), less }
            }
            Set::Via { edge, from, far } => Set::Via { edge, from, far: self.produce(far) },
            Set::Closure { edge, from, seed } => Set::Closure { edge, from, seed: self.produce(seed) },
            leaf @ (Set::All(_)
            | Set::None
            | Set::Rows { .. }
            | Set::Elements { .. }
            | Set::Slot(_)
            | Set::Named { .. }) => leaf,
        };
        let place = self.graph.add(set, Access::Drive, span);
        if driver.is_none() {
            self.placed.insert((id, None), place);
        }
        self.estimated(place, id)
    }

    /// The part of an intersection by which all its members are found soonest.
    fn driver(&mut self, children: &[SetId]) -> Option<SetId> {
        let costs: Vec<(f64, SetId)> = children.iter().map(|&child| (self.driving(children, child), child)).collect();
        costs.into_iter().min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, child)| child)
    }

    /// Conditions on a resource at hand, in the order in which they are tested; one of them may produce it.
    fn probe_in_turn(&mut self, of: SetId, conditions: Vec<SetId>, drives: Option<SetId>, times: Times) -> Vec<SetId> {
        let mut left = times;
        let mut place = |condition| {
            if Some(condition) == drives {
                return self.produce(condition);
            }
            let place = self.probe(condition, left);
            left = self.times_behind(left, condition, of);
            place
        };
        conditions.into_iter().map(&mut place).collect()
    }

    /// The set as a condition on a resource at hand, that is tested of so many.
    fn probe(&mut self, id: SetId, times: Times) -> SetId {
        if let Some(&place) = self.placed.get(&(id, Some(times))) {
            return place;
        }
        let set = match self.plan.graph.set(id).clone() {
            Set::And(children) => {
                let children = self.in_turn(id, children, times);
                Set::And(self.probe_in_turn(id, children, None, times))
            }
            Set::Or(children) => Set::Or(children.into_iter().map(|child| self.probe(child, times)).collect()),
            Set::Minus { from, less } => {
                let less = self.probe(less, self.times_behind(times, from, id));
                Set::Minus { from: self.probe(from, times), less }
            }
            Set::Via { edge, from, far } => {
                let over = self.times_over(times, (edge, from), id);
                Set::Via { edge, from, far: self.far(far, over) }
            }
            // Reached from its seed, whoever is at hand.
            Set::Closure { edge, from, seed } => Set::Closure { edge, from, seed: self.produce(seed) },
            leaf @ (Set::All(_)
            | Set::None
            | Set::Rows { .. }
            | Set::Elements { .. }
            | Set::Named { .. }
            | Set::Slot(_)) => leaf,
        };
        let place = self.graph.add(set, Access::Probe, self.plan.graph.span(id));
        self.placed.insert((id, Some(times)), place);
        self.estimated(place, id)
    }

    fn estimated(&mut self, place: SetId, of: SetId) -> SetId {
        self.graph.set_estimate(place, self.estimates.estimate(of));
        place
    }
}

/// Whether a set has certainly had no member when the rows were counted.
fn is_empty(graph: &Graph, id: SetId, stats: &dyn Stats) -> bool {
    match graph.set(id) {
        Set::None => true,
        Set::Via { edge, .. } => stats.rows(edge.key) == Some(0),
        Set::And(children) => children.iter().any(|child| is_empty(graph, *child, stats)),
        Set::Or(children) => children.iter().all(|child| is_empty(graph, *child, stats)),
        _ => false,
    }
}
