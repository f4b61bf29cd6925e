//! Resources that stand inside others: how they are numbered, found and cut out of their containers.

use super::*;
use crate::keys::{container, standing};
use crate::stores::{Container, Slots, Stored};
use fhirc_codegen::algebra::{Edge, End, On, Sets, Test};
use fhirc_codegen::rows::{KeyId, RowKind};

/// An Observation that contains Patients.
fn around(id: &str, patients: &[(&str, &str)]) -> Json {
    let mut body = observation(id, "#p");
    let patients = patients.iter().map(|(id, family)| patient(id, family));
    body["contained"] = patients.collect();
    body
}

fn key(of: fn(crate::definitions::ParamId) -> KeyId) -> KeyId {
    let registry = Registry::r4();
    of(registry.param(registry.resource_type("Patient").unwrap(), "_id").unwrap())
}

fn inside() -> Set {
    let universe = Universe(vec![ty("Patient")]);
    Set::Rows { key: key(standing), kind: RowKind::Present, universe, test: Test::TRUE }
}

async fn found(store: &Subject) -> Vec<Stored> {
    let tuples = store.run(&tenant(), &query(inside(), Yield::Page), &Slots::new(), 0).await.unwrap();
    let ords: Vec<i64> = tuples.iter().map(|tuple| tuple.ord).collect();
    store.bodies(&tenant(), &ords).await.unwrap()
}

fn names(found: &[Stored]) -> Vec<String> {
    let name = |stored: &Stored| format!("{}#{}", stored.container.as_ref().unwrap().id, stored.id);
    found.iter().map(name).collect()
}

#[test]
fn they_are_cut_out_of_the_current_version() {
    block_on(async {
        let store = memory().await;
        one(&store, put(around("x", &[("p", "Berg")]))).await;
        one(&store, put(around("x", &[("p", "Bergh")]))).await;
        let [stored] = found(&store).await.try_into().unwrap();
        assert_eq!((stored.ty, stored.id.as_str(), stored.version), (ty("Patient"), "p", 2));
        assert_eq!(stored.updated, NOW.0 + 1, "the time of the container");
        assert_eq!(stored.container, Some(Container { ty: ty("Observation"), id: "x".to_owned() }));
        assert_eq!(stored.body, patient("p", "Bergh").to_string());
        one(&store, delete("Observation", "x")).await;
        assert_eq!(found(&store).await, []);
        assert_eq!(store.bodies(&tenant(), &[stored.ord]).await.unwrap(), []);
        assert_eq!(store.bodies(&TenantContext::new("other").unwrap(), &[stored.ord]).await.unwrap(), []);
    });
}

#[test]
fn their_order_is_that_in_which_they_first_appeared() {
    block_on(async {
        let store = memory().await;
        one(&store, put(around("b", &[("q", "Berg"), ("p", "Ek")]))).await;
        one(&store, put(around("a", &[("p", "Lund")]))).await;
        one(&store, put(around("b", &[("p", "Ek"), ("o", "Berg")]))).await;
        assert_eq!(names(&found(&store).await), ["b#p", "a#p", "b#o"]);
        one(&store, delete("Observation", "b")).await;
        assert_eq!(names(&found(&store).await), ["a#p"]);
        one(&store, put(around("b", &[("q", "Berg"), ("p", "Ek")]))).await;
        assert_eq!(names(&found(&store).await), ["b#p", "b#q", "a#p"], "numbers are kept");
    });
}

#[test]
fn an_edge_leads_to_the_container_and_back() {
    block_on(async {
        let store = memory().await;
        let around = one(&store, put(around("x", &[("p", "Berg"), ("q", "Ek")]))).await;
        one(&store, put(patient("p", "Lund"))).await;
        let edge = Edge { key: key(container), on: On::Rid };
        let via = |from, set| {
            let mut sets = Sets::default();
            let far = sets.push(node(set));
            let root = sets.push(node(Set::Via { edge, from, far }));
            Query { sets, root, ..query(Set::None, Yield::Page) }
        };
        let containers = store.run(&tenant(), &via(End::Target, inside()), &Slots::new(), 0).await.unwrap();
        assert_eq!(containers.iter().map(|tuple| tuple.ord).collect::<Vec<_>>(), [around.ord]);
        let contained = store.run(&tenant(), &via(End::Source, all("Observation")), &Slots::new(), 0).await.unwrap();
        assert_eq!(contained.len(), 2);
    });
}
