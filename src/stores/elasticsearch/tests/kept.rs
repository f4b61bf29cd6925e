//! What must hold of the documents of a store whose definitions have changed.

use super::*;
use crate::keys::{first, range};
use crate::stores::StoreError;
use crate::stores::elasticsearch::answer::{Types, whole_indexes};
use crate::stores::elasticsearch::document::{Document, Record};
use crate::stores::elasticsearch::link::Ask;
use crate::stores::packed::Packed;
use crate::stores::version::Owner;
use ::elasticsearch::http::Method;
use fhirc_codegen::elasticsearch::identity;
use fhirc_codegen::rows::KeyId;
use std::collections::{BTreeMap, BTreeSet};

/// The values of a document: field, value in words. Of nested objects all columns together.
type Lines = BTreeSet<(String, String)>;

/// A document that is found, as it is indexed.
struct Indexed {
    epoch: u32,
    lines: Lines,
}

/// The live bodies, in the order of creation.
pub(super) async fn bodies(store: &Store, tenant: &TenantContext) -> Vec<(TypeCode, Json)> {
    let shared = &unwrap(store).shared;
    shared.refresh(&BTreeSet::from([shared.indexes.whole_store()])).await.unwrap();
    let tenant = shared.to_read(tenant).await.unwrap();
    let body = json!({
        "query": {"bool": {"filter": [{"term": {"tenant": tenant.0}}, {"exists": {"field": "type"}}]}},
        "size": 10_000, "sort": [{"ord": "asc"}],
    });
    let found = shared.search("a test", (tenant, &Types::Any), &body).await.map_err(StoreError::from).unwrap();
    let of = |record: Record| (TypeCode(record.code), serde_json::from_str(&record.body.unwrap()).unwrap());
    found.hits.into_iter().map(|hit| of(hit.source.unwrap())).collect()
}

/// Documents are what the bodies say under the definitions that they were made under: without the rows of what is built
/// since, and maybe with rows that nobody reads any more.
pub(super) async fn consistent(store: &Store, tenants: &[TenantContext]) {
    for tenant in tenants {
        check(store, tenant, false).await;
    }
}

/// After all builds, every document is as in a store that had these definitions from the start.
pub(super) async fn as_if_from_the_start(store: &Store, tenants: &[TenantContext]) {
    assert!(store.registry().builds().is_empty() && store.registry().retired().is_empty());
    for tenant in tenants {
        check(store, tenant, true).await;
    }
}

async fn check(store: &Store, tenant: &TenantContext, to_the_letter: bool) {
    let expected = bodies(store, tenant).await;
    let shared = &unwrap(store).shared;
    let definitions = shared.held.get();
    let registry = &definitions.registry;
    let indexed = indexed(unwrap(store), tenant).await;
    let builds: Vec<(u32, KeyId)> = registry
        .builds()
        .iter()
        .flat_map(|(build, params)| params.iter().map(|param| (*build, range(*param).0)))
        .collect();
    let retired: BTreeSet<KeyId> = registry.retired().into_iter().map(|param| range(param).0).collect();
    let mut known = BTreeSet::new();
    for (ty, body) in expected {
        let id = body["id"].as_str().unwrap().to_owned();
        for (owner, rows) in definitions.extract().run(ty, &body).rows {
            let rid = match owner {
                Owner::Itself => identity(ty, &id),
                Owner::Contained(ty, id) => identity(ty, &id),
            };
            let document = indexed.get(&rid).unwrap_or_else(|| panic!("there is no document of {rid}"));
            assert!(document.epoch <= registry.epoch());
            let lacking = |key: KeyId| builds.iter().any(|(build, of)| first(key) == *of && document.epoch < *build);
            let rows: Vec<_> = rows.into_iter().filter(|row| !lacking(row.key)).collect();
            let made = Document::new(Record::default(), Some(&Packed::of(&rows).unwrap()), registry).unwrap();
            let mut found = document.lines.clone();
            if !to_the_letter {
                found.retain(|(field, value)| !retired.contains(&first(key_of(field, value))));
            }
            assert_eq!(found, lines(&serde_json::to_value(&made).unwrap()), "{rid}");
            known.insert(rid);
        }
    }
    let found: BTreeSet<String> = indexed.into_keys().collect();
    assert_eq!(found, known);
}

/// The key of a row, by a field that holds it.
fn key_of(field: &str, value: &str) -> KeyId {
    let single = ["time_", "first_long_", "first_text_", "last_long_", "last_text_"];
    match single.into_iter().find_map(|start| field.strip_prefix(start)) {
        Some(key) => KeyId(key.parse().unwrap()),
        None if value.starts_with('{') => {
            let object: Json = serde_json::from_str(value).unwrap();
            KeyId(object["key"].as_u64().unwrap().try_into().unwrap())
        }
        None => KeyId(u32::from_str_radix(value.get(..8).unwrap(), 16).unwrap()),
    }
}

const OWN: [&str; 11] =
    ["tenant", "ord", "type", "updated", "epoch", "code", "version", "body", "container", "rid", "id"];

/// Objects with objects inside, which are not compared here: what searches find by them is.
const ELEMENTS: &str = "elements";

/// The rows of a document that is to be written. Intervals stand in a keyword too, which is compared.
fn lines(document: &Json) -> Lines {
    let fields = document.as_object().unwrap().iter();
    let fields = fields.filter(|(field, _)| !OWN.contains(&field.as_str()) && *field != ELEMENTS);
    let all = fields.flat_map(|(field, values)| values.as_array().unwrap().iter().map(move |value| (field, value)));
    all.filter(|(field, _)| !field.starts_with("time_")).map(|(field, value)| (field.clone(), word(value))).collect()
}

fn word(value: &Json) -> String {
    match value {
        Json::String(text) => text.clone(),
        Json::Object(columns) => serde_json::to_string(&columns.iter().collect::<BTreeMap<_, _>>()).unwrap(),
        other => other.to_string(),
    }
}

/// All documents of a tenant that are found, by what they are called by references.
async fn indexed(store: &Subject, tenant: &TenantContext) -> BTreeMap<String, Indexed> {
    let (shared, tenant) = (&store.shared, store.shared.to_read(tenant).await.unwrap());
    let all = shared.indexes.all(tenant);
    let ask = whole_indexes(Ask::new("a test", Method::Get, format!("/{all}/_mapping")));
    let mappings: BTreeMap<String, Json> = shared.link.done(&ask).await.unwrap();
    let mut documents = BTreeMap::new();
    for (index, mapping) in mappings {
        let (mut fields, mut nested) = (Vec::new(), Vec::new());
        for (name, field) in mapping.pointer("/mappings/properties").unwrap().as_object().unwrap() {
            match field["type"].as_str().unwrap() {
                "nested" if name == ELEMENTS => {}
                "nested" => nested.push((name.clone(), field["properties"].as_object().unwrap().clone())),
                "long_range" => {}
                _ if field.get("doc_values") == Some(&json!(false)) => {}
                _ => fields.push(name.clone()),
            }
        }
        let inner = |(path, columns): &(String, serde_json::Map<String, Json>)| {
            let columns: Vec<String> = columns.keys().map(|column| format!("{path}.{column}")).collect();
            let hits = json!({"name": path, "size": 100, "_source": false, "docvalue_fields": columns});
            json!({"nested": {"path": path, "query": {"match_all": {}}, "inner_hits": hits}})
        };
        let nested: Vec<Json> = nested.iter().map(inner).collect();
        let body = json!({
            "query": {"bool": {
                "filter": [{"term": {"tenant": tenant.0}}, {"exists": {"field": "rid"}}], "should": nested,
            }},
            "size": 10_000, "_source": false, "docvalue_fields": fields,
        });
        let ask = Ask::new("a test", Method::Post, format!("/{index}/_search")).json(&body).unwrap();
        let told: Json = shared.link.done(&ask).await.unwrap();
        for hit in told.pointer("/hits/hits").unwrap().as_array().unwrap() {
            let fields = hit["fields"].as_object().unwrap();
            let of_fields =
                fields.iter().filter(|(field, _)| !OWN.contains(&field.as_str())).flat_map(|(field, values)| {
                    values.as_array().unwrap().iter().map(|value| (field.clone(), word(value)))
                });
            let mut lines: Lines = of_fields.collect();
            for (path, told) in hit["inner_hits"].as_object().unwrap() {
                for object in told.pointer("/hits/hits").unwrap().as_array().unwrap() {
                    let columns = object["fields"].as_object().unwrap().iter();
                    let column = |(name, values): (&String, &Json)| {
                        (name.rsplit('.').next().unwrap().to_owned(), values[0].clone())
                    };
                    let object: serde_json::Map<String, Json> = columns.map(column).collect();
                    lines.insert((path.clone(), word(&Json::Object(object))));
                }
            }
            let one = |field: &str| fields[field][0].clone();
            let epoch = one("epoch").as_u64().unwrap().try_into().unwrap();
            documents.insert(one("rid").as_str().unwrap().to_owned(), Indexed { epoch, lines });
        }
    }
    documents
}
