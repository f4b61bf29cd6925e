//! Invariants of every plan. A broken one is a fault of the pass that ran last, never of the query.

use crate::definitions::{ParamType, Registry};
use crate::keys::{self, Facet, Key};
use crate::plan::types::implied;
use crate::plan::{PAGE_SLOT, Plan, VersionsRoot};
use fhirc_codegen::algebra::{Access, Atom, Edge, Elements, On, Set, SetId, SlotId, Source, Test, Universe};
use fhirc_codegen::program::{OrderBy, OrderKey, OrderLink, OrderSource};
use fhirc_codegen::rows::{Base, Col, ColType, KeyId, RowKind, Value};

/// A broken invariant and the set where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// What should hold.
    pub invariant: &'static str,
    /// Where it does not.
    pub set: SetId,
}

/// Everything that does not hold of a plan; nothing for a good one.
pub fn validate(plan: &Plan, registry: &Registry) -> Vec<Broken> {
    let mut found = Vec::new();
    let mut check = |holds: bool, invariant: &'static str, set: SetId| {
        if !holds {
            found.push(Broken { invariant, set });
        }
    };
    check(plan.graph.is_consistent(), "edges are those of the sets, without a cycle", plan.page.set);
    for id in plan.graph.reachable(&plan.roots()) {
        let set = plan.graph.set(id);
        match set {
            Set::Minus { from, .. } => {
                check(implied(&plan.graph, *from).is_some(), "a difference has a stated universe", id);
            }
            Set::Rows { kind, test, universe, .. } => {
                check(well_typed(*kind, test), "a test names columns of its rows, with values of their type", id);
                check(!universe.0.is_empty(), "rows belong to a resource type", id);
            }
            Set::Elements { within, universe, .. } => {
                check(is_of_elements(within), "a test names columns of its rows, with values of their type", id);
                check(!universe.0.is_empty(), "elements belong to a resource type", id);
            }
            Set::Via { edge, .. } | Set::Closure { edge, .. } => {
                check(is_edge(*edge, registry), "an edge is a reference", id);
            }
            Set::And(children) => {
                let drivers = children.iter().filter(|&&child| is_driver(plan, child)).count();
                let wanted = usize::from(is_driver(plan, id) || is_set(plan, id));
                check(drivers == wanted, "an intersection has one driver, or is probed", id);
            }
            Set::All(_) | Set::None | Set::Or(_) | Set::Slot(_) | Set::Named { .. } => {}
        }
    }
    let page = plan.graph.reachable(&[plan.page.set]);
    let reads_page = |id: &SetId| matches!(plan.graph.set(*id), Set::Slot(SlotId(slot)) if *slot == PAGE_SLOT.0);
    check(!page.iter().any(reads_page), "matches do not depend on the page", plan.page.set);
    let typed = implied(&plan.graph, plan.page.set).is_some();
    check(typed, "matches are live resources of known types", plan.page.set);
    check(plan.page.order.iter().all(|key| sorts(key, registry)), "sort keys stand in rows of theirs", plan.page.set);
    for include in &plan.includes {
        let typed = implied(&plan.graph, include.set).is_some();
        check(typed, "included resources are live resources of known types", include.set);
    }
    for VersionsRoot { by, .. } in &plan.versions {
        let edge = Edge { key: by.key, on: On::Rid };
        check(is_edge(edge, registry), "versions are named by references", plan.page.set);
        check(!by.targets.0.is_empty(), "versions are of known types", plan.page.set);
    }
    found
}

fn is_driver(plan: &Plan, id: SetId) -> bool {
    plan.graph.node(id).is_some_and(|node| matches!(node.access, Access::Drive | Access::Walk))
}

/// Whether its members are produced to be held against others.
fn is_set(plan: &Plan, id: SetId) -> bool {
    plan.graph.node(id).is_some_and(|node| matches!(node.access, Access::Set { .. }))
}

/// Whether the links of a sort key are edges, and its values stand in rows that its parameters have.
fn sorts(order: &OrderKey, registry: &Registry) -> bool {
    let is_link = |OrderLink { keys, on }: &OrderLink| {
        !keys.is_empty() && keys.iter().all(|&key| is_edge(Edge { key, on: *on }, registry))
    };
    order.from.iter().all(|OrderSource { via, by }| {
        let has_values = match by {
            OrderBy::Rows { keys, kind } => !keys.is_empty() && keys.iter().all(|&key| has_rows(key, *kind, registry)),
            OrderBy::Updated(Universe(types)) | OrderBy::Id(Universe(types)) => !types.is_empty(),
            OrderBy::Ord => true,
        };
        has_values && via.iter().all(is_link)
    })
}

/// Whether rows of the kind stand under the key. References are of several kinds, and every code may have a text.
fn has_rows(key: KeyId, kind: RowKind, registry: &Registry) -> bool {
    let RowKind::One(base) = kind else { return false };
    Key::from_id(key, registry).is_some_and(|key| match (key.facet, registry.definition(key.param).ty) {
        (Facet::Text, _) => base == Base::Text,
        (_, ParamType::Reference) => matches!(base, Base::Ref | Base::RefText | Base::Url),
        (_, ty) => keys::base(ty) == Some(base),
    })
}

fn is_edge(edge: Edge, registry: &Registry) -> bool {
    let is_reference = |key| {
        Key::from_id(key, registry).is_some_and(|key| {
            registry.definition(key.param).ty == ParamType::Reference || key.facet == Facet::Container
        })
    };
    match edge.on {
        On::Rid | On::Unversioned | On::Url { .. } | On::UrlVersion { .. } => is_reference(edge.key),
    }
}

fn is_of_elements(within: &Elements) -> bool {
    match within {
        Elements::Rows { kind, test, .. } => kind.is_of_element() && well_typed(*kind, test),
        Elements::And(parts) | Elements::Or(parts) => parts.iter().all(is_of_elements),
        Elements::Not(inner) => is_of_elements(inner),
    }
}

fn well_typed(kind: RowKind, test: &Test) -> bool {
    let columns = kind.columns();
    match test {
        Test::All(tests) | Test::Any(tests) => tests.iter().all(|test| well_typed(kind, test)),
        Test::Atom(atom) => match atom {
            Atom::Eq(col, value) | Atom::Ne(col, value) | Atom::Order(col, _, value) => fits(&columns, *col, value),
            Atom::Range(col, _, value) => {
                fits(&columns, *col, value) && matches!(value, Value::Instants(..) | Value::Cuts(..))
            }
            Atom::Starts(col, _) | Atom::Ends(col, _) | Atom::Has(col, _) | Atom::Words(col, _) => {
                columns.contains(col) && col.name.ty() == ColType::Bytes
            }
            Atom::Near(col, centre, radius) => {
                let sphere = centre.is_within_limit() && *radius >= 0;
                columns.contains(col) && col.name.ty() == ColType::Point && sphere
            }
            Atom::In(cols, Source::Values(tuples)) | Atom::NotIn(cols, Source::Values(tuples)) => {
                let row = |tuple: &Vec<Value>| {
                    tuple.len() == cols.len() && cols.iter().zip(tuple).all(|(col, value)| fits(&columns, *col, value))
                };
                tuples.iter().all(row)
            }
            Atom::In(cols, _) | Atom::NotIn(cols, _) => cols.iter().all(|col| columns.contains(col)),
        },
    }
}

fn fits(columns: &[Col], col: Col, value: &Value) -> bool {
    let same = match (col.name.ty(), value) {
        (ColType::Int, Value::Int(_))
        | (ColType::Bytes, Value::Text(_))
        | (ColType::System, Value::System(_))
        | (ColType::Rid, Value::Rid(..)) => true,
        (ColType::Instants, Value::Instants(start, end)) => start < end,
        (ColType::Cuts, Value::Cuts(lo, hi)) => lo < hi,
        _ => false,
    };
    same && columns.contains(&col)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{Compiler, Options};
    use crate::plan::VersionsRoot;
    use fhirc_codegen::program::VersionsBy;

    fn plan(query: &str) -> Plan {
        Compiler::r4(Options::default()).compile(query).unwrap().plan
    }

    fn broken(plan: &Plan) -> Vec<&'static str> {
        validate(plan, Registry::r4()).into_iter().map(|broken| broken.invariant).collect()
    }

    #[test]
    fn sort_keys_stand_in_rows_of_theirs() {
        let sort = "sort keys stand in rows of theirs";
        let good = plan("Patient?_sort=family,organization.name,_lastUpdated,_id");
        assert!(broken(&good).is_empty());
        let source = |change: &dyn Fn(&mut OrderSource)| {
            let mut plan = good.clone();
            plan.page.order.iter_mut().flat_map(|key| &mut key.from).for_each(change);
            broken(&plan)
        };
        let no_keys = |source: &mut OrderSource| {
            if let OrderBy::Rows { keys, .. } = &mut source.by {
                keys.clear();
            }
        };
        let other_rows = |source: &mut OrderSource| {
            if let OrderBy::Rows { kind, .. } = &mut source.by {
                *kind = RowKind::One(Base::Number);
            }
        };
        let unknown_key = |source: &mut OrderSource| {
            if let OrderBy::Rows { keys, .. } = &mut source.by {
                *keys = vec![KeyId(u32::MAX)];
            }
        };
        let no_types = |source: &mut OrderSource| match &mut source.by {
            OrderBy::Updated(types) | OrderBy::Id(types) => types.0.clear(),
            OrderBy::Rows { .. } | OrderBy::Ord => {}
        };
        let link_without_key = |source: &mut OrderSource| source.via.iter_mut().for_each(|link| link.keys.clear());
        let link_by_value = |source: &mut OrderSource| {
            if let OrderBy::Rows { keys, .. } = &source.by {
                source.via.iter_mut().for_each(|link| link.keys.clone_from(keys));
            }
        };
        let changes: [&dyn Fn(&mut OrderSource); 6] =
            [&no_keys, &other_rows, &unknown_key, &no_types, &link_without_key, &link_by_value];
        for (n, change) in changes.into_iter().enumerate() {
            assert_eq!(source(change), [sort], "change {n}");
        }
    }

    #[test]
    fn versions_are_named_by_references_to_known_types() {
        let good = plan("Observation?_include=Observation:subject");
        assert!(broken(&good).is_empty());
        let family = plan("Patient?_sort=family").page.order;
        let Some(OrderBy::Rows { keys, .. }) = family.first().and_then(OrderKey::alone) else { panic!("{family:?}") };
        let with = |change: &dyn Fn(&mut VersionsBy)| {
            let mut plan = good.clone();
            plan.versions.iter_mut().for_each(|VersionsRoot { by, .. }| change(by));
            broken(&plan)
        };
        assert_eq!(with(&|by| by.key = keys[0]), ["versions are named by references"]);
        assert_eq!(with(&|by| by.targets.0.clear()), ["versions are of known types"]);
    }
}
