//! Elements that a composite groups the parts of: their rows come, change and go with it, and point at what arrives.

use super::changes::*;
use super::kept::{as_if_from_the_start, consistent};
use super::*;
use crate::definitions::{SearchParam, from_resource};

/// A composite over the names of patients: what they are used for, and the family name.
fn called() -> SearchParam {
    let parts = [(url("used"), "use"), (url("nick"), "family")];
    let parts = parts.map(|(definition, expression)| json!({"definition": definition, "expression": expression}));
    let resource = json!({
        "resourceType": "SearchParameter", "status": "active", "url": url("called"), "code": "called", "base": ["Patient"],
        "type": "composite", "expression": "Patient.name", "component": parts,
    });
    from_resource(&resource).unwrap()
}

#[test]
fn a_new_composite_groups_elements_until_it_is_retired() {
    block_on(async {
        let store = store().await;
        let tenants = [tenant()];
        let mut both = patient("both", "Ek");
        both["name"] = json!([{"family": "Ek"}, {"use": "old", "family": "Berg"}]);
        for body in [patient("a", "Berg"), patient("b", "Ek"), both.clone()] {
            store.write(&tenant(), vec![put(body)]).await.unwrap();
        }
        let unused = "Patient?_filter=name[not (family eq ek)].use pr false";
        assert_eq!(search(&store, unused).await, Err(vec!["not-supported"]));
        let used = param("used", "Patient", "used", "token", "Patient.name.use");
        let nick = param("nick", "Patient", "nick", "string", "Patient.name.family");
        store.define(vec![used, nick, called()]).await.unwrap();
        assert_eq!(search(&store, unused).await, Err(vec!["not-supported"]));
        store.reindex(&mut ()).await.unwrap();
        consistent(&store, &tenants).await;
        assert_eq!(search(&store, unused).await.unwrap(), ["Patient/a"]);
        assert_eq!(search(&store, "Patient?_filter=name[not (use eq old)].family eq ek").await.unwrap().len(), 2);
        // An element that goes makes another the one of its number.
        both["name"] = json!([{"family": "Dahl"}]);
        store.write(&tenant(), vec![put(both), delete("Patient", "b")]).await.unwrap();
        consistent(&store, &tenants).await;
        assert_eq!(search(&store, unused).await.unwrap(), ["Patient/a", "Patient/both"]);
        as_if_from_the_start(&store, &tenants).await;
        store.retire(vec![url("called")]).await.unwrap();
        assert_eq!(search(&store, unused).await, Err(vec!["not-supported"]));
        assert!(store.reindex(&mut ()).await.unwrap().cleared > 0);
        consistent(&store, &tenants).await;
        as_if_from_the_start(&store, &tenants).await;
    });
}

#[test]
fn parts_refer_to_what_arrives_later() {
    block_on(async {
        let store = store().await;
        let document = |id: &str, relates: serde_json::Value| {
            put(json!({"resourceType": "DocumentReference", "id": id, "status": "current", "relatesTo": relates}))
        };
        let to =
            |id: &str, code: &str| json!({"code": code, "target": {"reference": format!("DocumentReference/{id}")}});
        store.write(&tenant(), vec![document("a", json!([to("z", "appends"), to("z", "replaces")]))]).await.unwrap();
        store.write(&tenant(), vec![document("b", json!([to("a", "appends")]))]).await.unwrap();
        let other = "DocumentReference?_filter=relatesTo[not (code eq replaces)].target re DocumentReference/z";
        let before = search(&store, other).await.unwrap();
        store.write(&tenant(), vec![document("z", json!([]))]).await.unwrap();
        consistent(&store, &[tenant()]).await;
        assert_eq!(search(&store, other).await.unwrap(), before);
        assert_eq!(before, ["DocumentReference/a"]);
        let not_it = "DocumentReference?_filter=relatesTo[not (target re DocumentReference/z)].code eq appends";
        assert_eq!(search(&store, not_it).await.unwrap(), ["DocumentReference/b"]);
    });
}
