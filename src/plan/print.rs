//! The plan as text: a tree from each root, with the names that the query used.

use crate::definitions::Registry;
use crate::keys::{Key, Level};
use crate::plan::{Plan, Weighed};
use fhirc_codegen::algebra::{
    self, Access, Atom, Edge, Elements, End, Node, On, Order, Rel, Set, SetId, Source, Test, Universe,
};
use fhirc_codegen::program::{Dir, OrderBy, OrderKey, OrderLink, OrderSource, Strategy};
use fhirc_codegen::rows::{Col, KeyId, Point, Value};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::{self, Write};

/// The plan as text for people and golden files.
pub fn print(plan: &Plan, registry: &Registry) -> String {
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = print_plan(&mut out, plan, Names { registry });
    out
}

fn print_plan(out: &mut String, plan: &Plan, names: Names<'_>) -> fmt::Result {
    let sets = |id| print_sets(&|id| plan.graph.node(id), id, names, 1);
    write!(out, "page {}", plan.page.take)?;
    for key in &plan.page.order {
        write!(out, " by {}", names.order_key(key))?;
    }
    write!(out, ", {}", names.strategy(&plan.page.strategy))?;
    if let Some(Weighed { walking: Some(walking), finding }) = plan.page.weighed {
        write!(out, " (rows to look at: walking ~{walking}, set first ~{finding})")?;
    }
    writeln!(out)?;
    out.push_str(&sets(plan.page.set));
    if let Some((visits, instead)) = &plan.page.instead {
        writeln!(out, "after {visits} rows instead, {}", names.strategy(&instead.strategy))?;
        out.push_str(&sets(instead.set));
    }
    if let Some(rest) = &plan.page.rest {
        writeln!(out, "then those without a value, {}", names.strategy(&rest.strategy))?;
        out.push_str(&sets(rest.set));
    }
    if let Some(total) = &plan.total {
        let as_the_page = total.set == plan.page.set && total.strategy == plan.page.strategy;
        writeln!(
            out,
            "total{}",
            if as_the_page { String::new() } else { format!(", {}", names.strategy(&total.strategy)) }
        )?;
        if !as_the_page {
            out.push_str(&sets(total.set));
        }
    }
    for include in &plan.includes {
        writeln!(out, "include{}", if include.iterate { " iterate" } else { "" })?;
        out.push_str(&sets(include.set));
    }
    if !plan.versions.is_empty() {
        writeln!(out, "include versions by {}", names.keys(plan.versions.iter().map(|root| root.by.key)))?;
    }
    Ok(())
}

/// What an edge adds to the name of its key.
fn on(on: On) -> &'static str {
    match on {
        On::Unversioned => " unversioned",
        On::Rid | On::Url { .. } | On::UrlVersion { .. } => "",
    }
}

/// Levels that are shown. A set that stands in two places is written twice: a chain of 16 links would take a day to read.
const LEVELS: usize = 16;

/// A set and what it is made of, a line each.
pub(super) fn print_sets<'n>(
    node: &dyn Fn(SetId) -> Option<&'n Node>,
    id: SetId,
    names: Names<'_>,
    depth: usize,
) -> String {
    let Some(found) = node(id) else { return String::new() };
    if depth > LEVELS {
        return format!("{:width$}…\n", "", width = depth * 2);
    }
    let access = match found.access {
        Access::Probe => "",
        Access::Drive => "  [drive]",
        Access::Walk => "  [walk]",
        Access::Build => "  [build]",
        Access::Set { .. } => "  [set]",
    };
    let est = if found.est.0 > 0 { format!("  ~{}", found.est.0) } else { String::new() };
    let mut out = format!("{:width$}{}{access}{est}\n", "", names.set(&found.set), width = depth * 2);
    for &child in found.set.children().iter() {
        out.push_str(&print_sets(node, child, names, depth + 1));
    }
    out
}

/// Numbers of the index as the names they stand for.
#[derive(Clone, Copy)]
pub(super) struct Names<'r> {
    pub(super) registry: &'r Registry,
}

impl Names<'_> {
    /// One line about a set, without its parts.
    pub(super) fn set(self, set: &Set) -> String {
        match set {
            Set::All(universe) => format!("all {}", self.universe(universe)),
            Set::None => "none".to_owned(),
            Set::Rows { key: KeyId(0), universe, test, .. } => {
                format!("own {} {}", self.universe(universe), self.test(test))
            }
            Set::Rows { key, test, .. } if *test == Test::TRUE => self.key(*key),
            Set::Rows { key, test, .. } => format!("{} {}", self.key(*key), self.test(test)),
            Set::Elements { key, within, .. } => format!("one of {}: {}", self.key(*key), self.elements(within)),
            Set::And(_) => "and".to_owned(),
            Set::Or(_) => "or".to_owned(),
            Set::Minus { .. } => "minus".to_owned(),
            Set::Via { edge, from, .. } => format!("via {}", self.edge(*edge, *from)),
            Set::Closure { edge, from, .. } => format!("closure {}", self.edge(*edge, *from)),
            Set::Slot(slot) => format!("{slot:?}"),
            Set::Named { names, slot } => format!("{} called in {slot:?}", self.names(*names)),
        }
    }

    fn elements(self, within: &Elements) -> String {
        let each = |parts: &[Elements], between: &str| {
            let parts: Vec<String> = parts.iter().map(|part| self.elements(part)).collect();
            format!("({})", parts.join(between))
        };
        match within {
            Elements::Rows { key, kind, test } => format!("{} {kind} {}", self.key(*key), self.test(test)),
            Elements::And(parts) if parts.is_empty() => "any".to_owned(),
            Elements::Or(parts) if parts.is_empty() => "none".to_owned(),
            Elements::And(parts) => each(parts, " and "),
            Elements::Or(parts) => each(parts, " or "),
            Elements::Not(inner) => format!("not {}", self.elements(inner)),
        }
    }

    /// What resources are called by.
    pub(super) fn names(self, algebra::Names { url, version }: algebra::Names) -> String {
        self.keys([url, version])
    }

    fn edge(self, edge: Edge, from: End) -> String {
        match from {
            End::Source => format!("{}{} ->", self.key(edge.key), on(edge.on)),
            End::Target => format!("<- {}{}", self.key(edge.key), on(edge.on)),
        }
    }

    /// Keys in a list, each once.
    pub(super) fn keys(self, keys: impl IntoIterator<Item = KeyId>) -> String {
        let distinct: BTreeSet<KeyId> = keys.into_iter().collect();
        distinct.into_iter().map(|key| self.key(key)).collect::<Vec<_>>().join(", ")
    }

    fn universe(self, Universe(types): &Universe) -> String {
        const SHOWN: usize = 4;
        if types.len() > SHOWN {
            return format!("{} types", types.len());
        }
        let name = |code: u8| self.registry.resource_type_of_code(code).map_or("?", |ty| self.registry.type_name(ty));
        types.iter().map(|ty| name(ty.0)).collect::<Vec<_>>().join(", ")
    }

    pub(super) fn key(self, id: KeyId) -> String {
        let Some(key) = Key::from_id(id, self.registry) else { return format!("{id:?}") };
        let ty = self.registry.type_name(key.param.ty());
        let inside = if key.level == Level::Contained { "contained " } else { "" };
        format!("{inside}{ty}.{}{}", self.registry.definition(key.param).code, key.facet.suffix())
    }

    /// How the members are produced.
    pub(super) fn strategy(self, strategy: &Strategy) -> Cow<'static, str> {
        match strategy {
            Strategy::Walk => "walk in page order".into(),
            Strategy::SetFirst => "set first".into(),
            Strategy::Sweep => "sweep in page order".into(),
            Strategy::ByValue => "walk by value".into(),
            Strategy::ByPair(pairs) => {
                format!("walk by value along {} {}", self.key(pairs.key), self.test(&pairs.first)).into()
            }
            Strategy::Measure { .. } => "measured at run time".into(),
        }
    }

    pub(super) fn order_key(self, key: &OrderKey) -> String {
        if key.from.is_empty() {
            return "nothing".to_owned();
        }
        let mut sources: Vec<String> = key.from.iter().map(|source| self.order_source(source)).collect();
        // References of one key are several kinds of rows.
        sources.dedup();
        let dir = if key.dir == Dir::Asc { "" } else { " descending" };
        format!("{}{dir}", sources.join(" or "))
    }

    fn order_source(self, source: &OrderSource) -> String {
        const SHOWN: usize = 6;
        let by = match &source.by {
            OrderBy::Rows { keys, .. } if keys.len() > SHOWN => format!("{} keys", keys.len()),
            OrderBy::Rows { keys, .. } => keys.iter().map(|key| self.key(*key)).collect::<Vec<_>>().join(" or "),
            OrderBy::Updated(_) => "_lastUpdated".to_owned(),
            OrderBy::Id(_) => "_id".to_owned(),
            OrderBy::Ord => "order of creation".to_owned(),
        };
        let link = |OrderLink { keys, .. }: &OrderLink| {
            let keys: Vec<String> = keys.iter().map(|key| self.key(*key)).collect();
            format!("{} -> ", keys.join(" or "))
        };
        let links: String = source.via.iter().map(link).collect();
        format!("{links}{by}")
    }

    pub(super) fn test(self, test: &Test) -> String {
        let list = |tests: &[Test], between: &str| {
            tests.iter().map(|test| self.nested(test)).collect::<Vec<_>>().join(between)
        };
        match test {
            Test::Atom(atom) => self.atom(atom),
            Test::All(tests) if tests.is_empty() => "always".to_owned(),
            Test::Any(tests) if tests.is_empty() => "never".to_owned(),
            Test::All(tests) => list(tests, " and "),
            Test::Any(tests) => list(tests, " or "),
        }
    }

    fn nested(self, test: &Test) -> String {
        match test {
            Test::Atom(_) => self.test(test),
            _ => format!("({})", self.test(test)),
        }
    }

    fn atom(self, atom: &Atom) -> String {
        match atom {
            Atom::Eq(col, value) => format!("{} = {}", column(*col), self.value(value)),
            Atom::Ne(col, value) => format!("{} <> {}", column(*col), self.value(value)),
            Atom::In(cols, source) => format!("{} in {}", columns(cols), self.source(source)),
            Atom::NotIn(cols, source) => format!("{} not in {}", columns(cols), self.source(source)),
            Atom::Range(col, rel, value) => format!("{} {} {}", column(*col), relation(*rel), self.value(value)),
            Atom::Order(col, order, value) => format!("{} {} {}", column(*col), sign(*order), self.value(value)),
            Atom::Starts(col, text) => format!("{} starts {text:?}", column(*col)),
            Atom::Ends(col, text) => format!("{} ends {text:?}", column(*col)),
            Atom::Has(col, text) => format!("{} has {text:?}", column(*col)),
            Atom::Near(col, centre, radius) => format!("{} within {radius} of {}", column(*col), point(*centre)),
            Atom::Words(col, words) => format!("{} has the words {words:?}", column(*col)),
        }
    }

    fn source(self, source: &Source) -> String {
        match source {
            Source::Slot(slot) => format!("{slot:?}"),
            Source::Expansion(id) => format!("expansion-{}", id.0),
            Source::Values(tuples) => {
                let tuple = |values: &Vec<Value>| {
                    let values: Vec<_> = values.iter().map(|value| self.value(value)).collect();
                    if values.len() == 1 { values.concat() } else { format!("({})", values.join(", ")) }
                };
                format!("({})", tuples.iter().map(tuple).collect::<Vec<_>>().join(", "))
            }
        }
    }

    fn value(self, value: &Value) -> String {
        match value {
            Value::Int(number) => number.to_string(),
            Value::Text(text) => format!("{text:?}"),
            Value::System(Some(system)) => format!("{system:?}"),
            Value::System(None) => "no system".to_owned(),
            Value::Rid(ty, id) => format!("{}/{id:?}", self.universe(&Universe(vec![*ty]))),
            Value::Instants(start, end) => format!("[{}, {})", instant(*start), instant(*end)),
            Value::Cuts(lo, hi) => format!("[{lo}, {hi})"),
            Value::Point(at) => point(*at),
        }
    }
}

fn column(col: Col) -> String {
    let name = format!("{:?}", col.name).to_lowercase();
    if col.part == 0 { name } else { format!("{name}{}", col.part + 1) }
}

fn columns(cols: &[Col]) -> String {
    match cols {
        [only] => column(*only),
        _ => format!("({})", cols.iter().map(|col| column(*col)).collect::<Vec<_>>().join(", ")),
    }
}

fn relation(rel: Rel) -> &'static str {
    match rel {
        Rel::Within => "within",
        Rel::Meets => "meets",
        Rel::Same => "is",
        Rel::Covers => "covers",
        Rel::Differs => "differs from",
    }
}

fn sign(order: Order) -> &'static str {
    match order {
        Order::Before => "<",
        Order::UpTo => "<=",
        Order::After => ">",
        Order::From => ">=",
    }
}

fn point(Point { z, x, y }: Point) -> String {
    format!("({x}, {y}, {z})")
}

fn instant(micros: i64) -> String {
    match micros {
        i64::MIN => "-∞".to_owned(),
        i64::MAX => "∞".to_owned(),
        micros => crate::values::Instant(micros).to_string(),
    }
}
