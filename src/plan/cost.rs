//! How many resources a set is thought to hold. Estimates choose a plan and never an answer.

use crate::plan::Graph;
use crate::plan::hash::FastMap;
use crate::plan::pairs::{self, Pair};
use crate::plan::passes::Context;
use crate::plan::types::{implied, key_type};
use fhirc_codegen::algebra::{Atom, Edge, Elements, End, Estimate, Rel, Set, SetId, Source, Test, Universe};
use fhirc_codegen::rows::{ColName, KeyId, RowKind, TypeCode, Value};
use fhirc_codegen::stats::{Counted, Stats};

/// Estimates of all sets below some roots.
pub(super) struct Estimates<'s> {
    context: Context<'s>,
    stats: &'s dyn Stats,
    known: FastMap<SetId, f64>,
}

impl<'s> Estimates<'s> {
    /// The estimates of every set that `roots` are made of.
    pub(super) fn of(graph: &Graph, roots: &[SetId], context: Context<'s>) -> Self {
        let mut estimates = Estimates { context, stats: context.stats, known: FastMap::default() };
        for id in graph.reachable(roots) {
            let est = estimates.set(graph, id);
            estimates.known.insert(id, est);
        }
        estimates
    }

    /// The number of members; parts are estimated before wholes.
    pub(super) fn get(&self, id: SetId) -> f64 {
        self.known.get(&id).copied().unwrap_or(0.0)
    }

    /// The same, as a plan carries it.
    pub(super) fn estimate(&self, id: SetId) -> Estimate {
        // Saturates; estimates are far below the limits of the type.
        Estimate(self.get(id).ceil() as u64)
    }

    /// The resources of the types that the members can have.
    pub(super) fn universe(&self, graph: &Graph, id: SetId) -> f64 {
        implied(graph, id).map_or(f64::MAX, |types| self.resources(types.iter()))
    }

    fn resources(&self, types: impl IntoIterator<Item = TypeCode>) -> f64 {
        types.into_iter().map(|ty| self.stats.resources(ty) as f64).sum()
    }

    fn set(&self, graph: &Graph, id: SetId) -> f64 {
        match graph.set(id) {
            Set::None => 0.0,
            Set::All(universe) => self.resources(universe.0.iter().copied()),
            Set::Rows { key, kind, universe, test } => {
                let usual = self.rows(*key, *kind, universe, test);
                self.counted(graph.set(id), usual).unwrap_or(usual)
            }
            Set::Elements { key, universe, within } => {
                let resources = self.resources(universe.0.iter().copied());
                (self.elements(*key, resources) * share_of_elements(within)).min(resources)
            }
            Set::And(children) => {
                let universe = self.universe(graph, id).max(1.0);
                let share = |members: f64| (members / universe).min(1.0);
                // Conditions that were counted together say what they have to do with each other.
                let (pair, together) = match self.pair(graph, children) {
                    Some((Pair { first, second, .. }, members)) => ([first, second].to_vec(), share(members)),
                    None => (Vec::new(), 1.0),
                };
                let others = children.iter().filter(|child| !pair.contains(child));
                universe * together * others.map(|child| share(self.get(*child))).product::<f64>()
            }
            Set::Or(children) => {
                let sum: f64 = children.iter().map(|&child| self.get(child)).sum();
                sum.min(self.universe(graph, id))
            }
            Set::Minus { from, less } => {
                let universe = self.universe(graph, *from).max(1.0);
                self.get(*from) * (1.0 - (self.get(*less) / universe).min(1.0))
            }
            Set::Via { edge, from, far } => self.via(graph, id, *edge, *from, *far),
            Set::Closure { edge, from, seed } => {
                let share = if *from == End::Source { BELOW } else { ABOVE };
                (self.get(*seed) * share).min(self.resources([key_type(edge.key)]).max(self.get(*seed)))
            }
            Set::Slot(_) | Set::Named { .. } => SLOT,
        }
    }

    /// The elements that rows of a key count, of so many resources.
    pub(super) fn elements(&self, key: KeyId, resources: f64) -> f64 {
        self.stats.rows(key).map_or(resources, |rows| rows as f64 / ROWS_OF_ELEMENT)
    }

    /// Two conditions of an intersection that were counted together, and how many resources meet both.
    fn pair(&self, graph: &Graph, children: &[SetId]) -> Option<(Pair, f64)> {
        let pair = self.stats.exact().then(|| pairs::among(graph, children, self.context.registry))??;
        let members = self.counted(&pair.rows, 0.0)?;
        Some((pair, members))
    }

    /// The members of a set of rows that were counted; `usual` is what is thought where nothing was.
    fn counted(&self, rows: &Set, usual: f64) -> Option<f64> {
        let Set::Rows { universe, .. } = rows else { return None };
        let all = || self.resources(universe.0.iter().copied());
        Some(match self.stats.counted(rows)? {
            Counted::Exactly(members) => members as f64,
            // Between the bound that the count met and all, any order of magnitude is as likely.
            Counted::AtLeast(members) => usual.max((members as f64 * all()).sqrt()).min(all()),
            Counted::About(members) => (members as f64).min(all()),
        })
    }

    /// A join spreads the far set by the references per resource there.
    fn via(&self, graph: &Graph, id: SetId, edge: Edge, from: End, far: SetId) -> f64 {
        let far = self.get(far).min(self.universe(graph, far));
        match from {
            // A resource refers by a parameter to about one other; several resources refer to the same.
            End::Target => spread(far, self.universe(graph, id)),
            End::Source => (far * self.referrers(graph, edge, id)).min(self.universe(graph, id)),
        }
    }

    /// Resources that a resource refers to.
    pub(super) fn references(&self, edge: Edge) -> f64 {
        let resources = self.stats.resources(key_type(edge.key)) as f64;
        match (self.stats.fan_out(edge, End::Source), self.stats.rows(edge.key)) {
            (Some(fan_out), _) => fan_out as f64,
            (None, Some(rows)) => rows as f64 / resources.max(1.0),
            (None, None) => 1.0,
        }
    }

    /// Resources per resource that they refer to.
    pub(super) fn referrers(&self, graph: &Graph, edge: Edge, via: SetId) -> f64 {
        let Set::Via { far, from, .. } = graph.set(via) else { return REFERRERS };
        let targets = match from {
            End::Source => implied(graph, *far),
            End::Target => None,
        };
        let targets = targets.map(|types| self.resources(types.iter()).max(1.0));
        match (self.stats.fan_out(edge, End::Target), self.stats.rows(edge.key), targets) {
            (Some(fan_out), ..) => fan_out as f64,
            (None, Some(rows), Some(targets)) => rows as f64 / targets,
            (None, ..) => REFERRERS,
        }
    }

    fn rows(&self, key: KeyId, kind: RowKind, universe: &Universe, test: &Test) -> f64 {
        let resources = self.resources(universe.0.iter().copied());
        if kind == RowKind::Id {
            return share(test, &|atom| {
                if matches!(atom, Atom::Eq(..)) { Some(1.0 / resources.max(1.0)) } else { None }
            }) * resources;
        }
        let rows = match kind {
            // Every resource has one, which no key counts.
            RowKind::Updated => resources,
            _ => self.stats.rows(key).map_or(resources, |rows| rows as f64),
        };
        let frequent = |atom: &Atom| self.frequent(key, rows, atom);
        (share(test, &frequent) * rows).min(resources)
    }

    /// The share of rows with a value that the store counts.
    fn frequent(&self, key: KeyId, rows: f64, atom: &Atom) -> Option<f64> {
        let count = |value: &Value| self.stats.frequent(key, value).map(|count| count as f64 / rows.max(1.0));
        match atom {
            Atom::Eq(_, value) => count(value),
            _ => None,
        }
    }
}

/// Resources per slot, where nothing is known.
const SLOT: f64 = 100.0;
/// Members of a closure per seed, where many refer to one.
const BELOW: f64 = 10.0;
/// The same the other way, where one refers to few.
const ABOVE: f64 = 3.0;
/// Rows of a key about one element: that it is there, and the values of its parts.
const ROWS_OF_ELEMENT: f64 = 4.0;
/// References to one resource by one parameter.
const REFERRERS: f64 = 20.0;

/// From the middle of where most places of one store lie to its border, in the unit of points: 500 km.
const REGION: f64 = 5e7;

/// How many different ones are hit when `throws` fall on `places` at random.
fn spread(throws: f64, places: f64) -> f64 {
    if places >= f64::MAX { throws } else { places * (1.0 - (-throws / places.max(1.0)).exp()) }
}

/// The share of elements in a set of them.
fn share_of_elements(within: &Elements) -> f64 {
    match within {
        // What is there mostly has a value, and is told by that.
        Elements::Rows { kind: RowKind::Element, .. } => 0.05,
        Elements::Rows { test, .. } => share(test, &|_| None),
        Elements::And(parts) => parts.iter().map(share_of_elements).product(),
        Elements::Or(parts) => parts.iter().map(share_of_elements).sum::<f64>().min(1.0),
        Elements::Not(inner) => 1.0 - share_of_elements(inner),
    }
}

/// The share of rows that pass a test.
fn share(test: &Test, counted: &dyn Fn(&Atom) -> Option<f64>) -> f64 {
    match test {
        Test::All(tests) => tests.iter().map(|test| share(test, counted)).product(),
        Test::Any(tests) => tests.iter().map(|test| share(test, counted)).sum::<f64>().min(1.0),
        Test::Atom(atom) => counted(atom).unwrap_or_else(|| usual_share(atom)),
    }
}

/// The share where nothing is counted. Rough on purpose: only the order of magnitude chooses.
fn usual_share(atom: &Atom) -> f64 {
    match atom {
        Atom::Eq(col, _) => equal_share(col.name),
        Atom::In(cols, Source::Values(tuples)) => {
            let one: f64 = cols.iter().map(|col| equal_share(col.name)).product();
            (one * tuples.len() as f64).min(1.0)
        }
        Atom::Ne(..) | Atom::NotIn(..) => 0.95,
        Atom::In(_, Source::Slot(_) | Source::Expansion(_)) => 0.1,
        Atom::Range(_, Rel::Same, _) => 0.001,
        Atom::Range(_, _, Value::Instants(i64::MIN, _) | Value::Instants(_, i64::MAX)) => 0.3,
        Atom::Range(..) => 0.05,
        Atom::Near(_, _, radius) => (*radius as f64 / REGION).powi(2).min(1.0),
        Atom::Order(..) => 0.3,
        Atom::Starts(..) => 0.01,
        Atom::Ends(..) | Atom::Has(..) | Atom::Words(..) => 0.02,
    }
}

/// Identities and urls are nearly unique, codes are shared, systems and ranks hardly tell rows apart.
fn equal_share(column: ColName) -> f64 {
    match column {
        ColName::Target | ColName::Id | ColName::Url => 0.0001,
        ColName::Text | ColName::Word => 0.001,
        ColName::Code => 0.01,
        ColName::System | ColName::Unit => 0.5,
        // Most parts are there.
        ColName::Element | ColName::Part => 0.7,
        ColName::Exact | ColName::Rank | ColName::Version | ColName::Time | ColName::Cuts | ColName::Place => 0.9,
    }
}
