//! Who writes late, or stops in between: whatever happens, a parameter that answers lacks no document.

use super::answers::before;
use super::changes::{compile, found, param, search, url};
use super::kept::{as_if_from_the_start, consistent};
use super::*;
use crate::runtime::ExecuteError;
use crate::stores::StoreError;
use crate::stores::elasticsearch::Shared;
use crate::stores::elasticsearch::bulk::{Bulk, Fate, Same};
use crate::stores::elasticsearch::document::Record;
use crate::stores::elasticsearch::indexes::written;
use crate::stores::elasticsearch::link::Ask;
use ::elasticsearch::http::Method;

pub(super) fn nick(expression: &str) -> Vec<crate::definitions::SearchParam> {
    vec![param("nick", "Patient", "nick", "string", expression)]
}

/// Two processes at one place, and what is in it.
async fn two() -> (StoreUrl, Store, Store) {
    let place = beside("");
    let one = Store::open(&place, settings()).await.unwrap();
    one.write(&tenant(), vec![put(patient("a", "Berg")), put(observation("o", "Patient/a"))]).await.unwrap();
    let other = Store::open(&place, settings()).await.unwrap();
    (place, one, other)
}

/// The index of Patients is written under the definitions of this epoch too.
async fn let_in(shared: &Shared, epoch: u32) {
    let number = shared.to_read(&tenant()).await.unwrap();
    let live = shared.indexes.alias(number, ty("Patient"), Registry::r4());
    let index = live.replace(".live", "-1");
    let actions = json!({"actions": [{"add": {"index": index, "alias": written(&live, epoch)}}]});
    let ask = Ask::new("a test", Method::Post, "/_aliases").json(&actions).unwrap();
    shared.link.done::<Json>(&ask).await.unwrap();
}

#[test]
fn who_does_not_know_of_new_definitions_writes_under_them_all_the_same() {
    block_on(async {
        let (_, one, other) = two().await;
        let batches = [
            vec![put(patient("b", "Berg")), put(patient("a", "Bergh"))],
            vec![put(patient("b", "Ek")), put(patient("c", "Berg")), put(patient("c", "Bergius"))],
        ];
        let mut prepared = Vec::new();
        for batch in batches {
            prepared.push(other.prepare(&tenant(), batch).await.unwrap());
        }
        one.define(nick("Patient.name.family")).await.unwrap();
        one.reindex(&mut ()).await.unwrap();
        assert_eq!(other.registry().epoch(), 0);
        let both: Vec<_> = prepared.into_iter().map(|batch| other.commit(batch)).collect();
        for answer in both {
            answer.await.unwrap();
        }
        assert_eq!(search(&one, "Patient?nick=berg").await.unwrap(), ["Patient/a", "Patient/c"]);
        assert_eq!(search(&one, "Patient?nick=ek").await.unwrap(), ["Patient/b"]);
        as_if_from_the_start(&one, &[tenant()]).await;
        assert_eq!(other.registry().epoch(), one.registry().epoch(), "it has heard of them");
    });
}

#[test]
fn tenants_that_share_indexes_share_a_build() {
    block_on(async {
        let store = Store::open(&beside("&tenants=shared"), settings()).await.unwrap();
        let tenants = ["north", "south"].map(|name| TenantContext::new(name).unwrap());
        for tenant in &tenants {
            let writes = (0..5).map(|n| put(patient(&format!("p{n}"), tenant.name()))).collect();
            store.write(tenant, writes).await.unwrap();
        }
        store.define(nick("Patient.name.family")).await.unwrap();
        let report = store.reindex(&mut ()).await.unwrap();
        assert_eq!(report.resources, 10);
        let by_nick = compile(&store, "Patient?nick=north").unwrap();
        assert_eq!(found(&store, &tenants[0], &by_nick).await.unwrap().len(), 5);
        assert_eq!(found(&store, &tenants[1], &by_nick).await.unwrap().len(), 0);
        as_if_from_the_start(&store, &tenants).await;
    });
}

#[test]
fn an_index_that_is_made_meanwhile_is_written_under_the_definitions_that_hold() {
    block_on(async {
        let (_, one, other) = two().await;
        let organization = json!({"resourceType": "Organization", "id": "x", "name": "Berg"});
        let prepared = other.prepare(&tenant(), vec![put(organization)]).await.unwrap();
        let named = || vec![param("named", "Organization", "named", "string", "Organization.name")];
        assert!(!one.define(named()).await.unwrap().to_build, "there is none");
        other.commit(prepared).await.unwrap();
        assert_eq!(search(&one, "Organization?named=berg").await.unwrap(), ["Organization/x"]);
        as_if_from_the_start(&one, &[tenant()]).await;
    });
}

#[test]
fn what_comes_after_all_is_missed_and_never_left_out() {
    block_on(async {
        let (_, one, other) = two().await;
        one.define(nick("Patient.name.family")).await.unwrap();
        one.reindex(&mut ()).await.unwrap();
        // So it is as if the server had looked at the name before it was taken away, and wrote now.
        let_in(&unwrap(&other).shared, 0).await;
        other.write(&tenant(), vec![put(patient("b", "Berg"))]).await.unwrap();
        assert_eq!(other.registry().epoch(), 0);
        for query in ["Patient?nick=berg", "Observation?subject:Patient.nick=berg", "Patient?_sort=nick"] {
            assert_eq!(search(&one, query).await, Err(vec!["being-built"]), "{query}");
        }
        assert_eq!(search(&one, "Patient?family=berg").await.unwrap(), ["Patient/a", "Patient/b"]);
        let report = one.reindex(&mut ()).await.unwrap();
        assert_eq!((report.cleared, report.stopped), (1, false));
        assert_eq!(search(&one, "Patient?nick=berg").await.unwrap(), ["Patient/a", "Patient/b"]);
        as_if_from_the_start(&one, &[tenant()]).await;
        // The name is gone once more.
        other.write(&tenant(), vec![put(patient("c", "Berg"))]).await.unwrap();
        assert_eq!(other.registry().epoch(), one.registry().epoch());
        as_if_from_the_start(&one, &[tenant()]).await;
    });
}

#[test]
fn a_change_that_dies_in_the_middle_is_ended_by_whoever_comes() {
    block_on(async {
        let (place, one, other) = two().await;
        let (proxy, seen) = before(&place);
        let dying = Store::open(&seen, settings()).await.unwrap();
        proxy.tell("/_aliases", 0, "");
        let died = dying.define(nick("Patient.name.family")).await;
        assert!(matches!(died, Err(StoreError::Lost { .. })), "{died:?}");
        assert!(proxy.is_silent());
        // The definitions hold; the names of the indexes are still those from before.
        let fresh = Store::open(&place, settings()).await.unwrap();
        assert_eq!(search(&fresh, "Patient?nick=berg").await, Err(vec!["being-built"]));
        other.write(&tenant(), vec![put(patient("b", "Berg"))]).await.unwrap();
        consistent(&fresh, &[tenant()]).await;
        fresh.write(&tenant(), vec![put(patient("c", "Berg"))]).await.unwrap();
        other.write(&tenant(), vec![put(patient("d", "Berg"))]).await.unwrap();
        assert_eq!(other.registry().epoch(), fresh.registry().epoch());
        consistent(&fresh, &[tenant()]).await;
        fresh.reindex(&mut ()).await.unwrap();
        let all = ["Patient/a", "Patient/b", "Patient/c", "Patient/d"];
        for store in [&fresh, &one] {
            store.refresh().await.unwrap();
            assert_eq!(search(store, "Patient?nick=berg").await.unwrap(), all);
        }
        as_if_from_the_start(&fresh, &[tenant()]).await;
        // Nothing is changed where the note is not.
        proxy.tell("/store", 500, "{}");
        assert!(dying.define(nick("Patient.name.given")).await.is_err());
        assert_eq!(fresh.refresh().await.unwrap().epoch(), one.registry().epoch());
    });
}

#[test]
fn a_search_that_other_definitions_overtake_is_run_again_or_refused() {
    block_on(async {
        let (_, one, other) = two().await;
        one.define(nick("Patient.name.family")).await.unwrap();
        one.reindex(&mut ()).await.unwrap();
        other.refresh().await.unwrap();
        let (by_nick, by_family) =
            (compile(&other, "Patient?nick=berg").unwrap(), compile(&other, "Patient?family=berg"));
        one.define(nick("Patient.name.given")).await.unwrap();
        assert_eq!(found(&other, &tenant(), &by_nick).await.unwrap(), ["Patient/a"], "the old one answers");
        one.reindex(&mut ()).await.unwrap();
        let refused = found(&other, &tenant(), &by_nick).await;
        assert!(matches!(refused, Err(ExecuteError::Outdated { .. })), "{refused:?}");
        assert_eq!(found(&other, &tenant(), &by_family.unwrap()).await.unwrap(), ["Patient/a"]);
        // A query alone is told apart as well.
        let (epoch, query) = (one.registry().epoch(), query(all("Patient"), Yield::Count));
        assert_eq!(other.run(&tenant(), &query, &crate::stores::Slots::new(), epoch).await.unwrap()[0].ord, 1);
        one.retire(vec![url("nick")]).await.unwrap();
        let refused = other.run(&tenant(), &query, &crate::stores::Slots::new(), epoch).await;
        assert!(matches!(refused, Err(StoreError::OtherDefinitions)), "{refused:?}");
    });
}

#[test]
fn what_is_ahead_of_the_resource_that_contains_it_holds_nothing_up() {
    block_on(async {
        let store = super::changes::store().await;
        let around = |id: &str, family: &str| {
            let mut body = observation(id, "#q");
            body["contained"] = json!([{"resourceType": "Patient", "id": "q", "name": [{"family": family}]}]);
            put(body)
        };
        store.write(&tenant(), vec![around("o", "Berg"), around("gone", "Berg")]).await.unwrap();
        // Writes that ended between what is contained and what contains it: of a new version, and of a first one.
        let shared = &unwrap(&store).shared;
        let number = shared.to_write(&tenant()).await.unwrap();
        let definitions = shared.held.get();
        let mut bulk = Bulk::new();
        for (id, version, ord) in [("Observation/o#q", 2, 1 << 60), ("Observation/never#q", 1, 1 << 61)] {
            let record = Record::new(number, ty("Patient"), id, ord).live().inside(version);
            bulk.push(shared.deed((number, &definitions), (id, record), None, Same::Replaced).unwrap());
        }
        assert_eq!(shared.bulk(number, bulk, shared.refresh).await.unwrap(), [Fate::Done, Fate::Done]);
        store.define(nick("Patient.name.family")).await.unwrap();
        let report = store.reindex(&mut ()).await.unwrap();
        assert_eq!((report.resources, report.stopped), (3, false));
        let by = "Observation?subject:Patient.nick=berg";
        assert_eq!(search(&store, by).await.unwrap(), ["Observation/o", "Observation/gone"]);
        as_if_from_the_start(&store, &[tenant()]).await;
        // Written again, it is what it then says.
        store.write(&tenant(), vec![around("o", "Ek"), around("never", "Berg")]).await.unwrap();
        assert_eq!(search(&store, by).await.unwrap(), ["Observation/gone", "Observation/never"]);
        as_if_from_the_start(&store, &[tenant()]).await;
    });
}

#[test]
fn a_value_that_no_index_takes_ends_a_build_and_the_parameter_can_be_retired() {
    block_on(async {
        let store = super::changes::store().await;
        let mut long = patient("a", "Berg");
        long["contact"] = json!([{"address": {"city": "x ".repeat(20_000)}}]);
        store.write(&tenant(), vec![put(long)]).await.unwrap();
        let of_contacts = param("contacts", "Patient", "contact", "string", "Patient.contact.address.city");
        store.define(vec![of_contacts]).await.unwrap();
        let refused = store.reindex(&mut ()).await;
        assert!(matches!(refused, Err(StoreError::Limit { .. })), "{refused:?}");
        assert_eq!(search(&store, "Patient?contact=x").await, Err(vec!["being-built"]));
        store.retire(vec![url("contacts")]).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        as_if_from_the_start(&store, &[tenant()]).await;
    });
}
