//! After any writes, the tables hold exactly what a fresh extraction of the live bodies gives.

use super::super::build::Spans;
use super::super::current::body;
use super::*;
use crate::stores::layout::{From, Layout, RowTable};
use crate::stores::packed::Packed;
use crate::stores::version::Owner;
use crate::stores::{Slots, StoreError};
use fhirc_codegen::algebra::{Edge, End, On};
use fhirc_codegen::rows::{Row, Value};
use fhirc_codegen::sql::schema::By;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rusqlite::Connection;
use rusqlite::types::Value as Stored;
use std::collections::{BTreeMap, BTreeSet};

/// A stored row in words: table, then columns, numbers of resources and systems replaced by what they stand for.
pub(super) type Line = (String, Vec<String>);

/// Compares all tables of a tenant with what its live bodies say.
pub(super) async fn check(store: &SqliteStore, tenant: &TenantContext) {
    let shared = Arc::clone(&store.shared);
    let compare = move |connection: &Connection, tenant: crate::stores::tenants::Tenant| {
        // What was queued before may still be written.
        let snapshot = connection.unchecked_transaction().unwrap();
        let connection: &Connection = &snapshot;
        let tables = Tables { connection, tenant: tenant.0, names: names(connection, tenant.0) };
        let live = tables.live();
        let definitions = shared.definitions(connection)?;
        let extract = definitions.extract();
        let mut expected = BTreeSet::new();
        let mut spans = Spans::new(connection, &definitions, tenant);
        let numbers: BTreeMap<&str, i64> = tables.names.iter().map(|(ord, name)| (name.as_str(), *ord)).collect();
        for (identity, body) in &live {
            let (ty, _) = identity.split_once('/').unwrap();
            let ty = TypeCode(ty.parse().unwrap());
            let lacking = spans.lacking(ty, numbers[identity.as_str()])?;
            for (owner, rows) in extract.run(ty, body).rows {
                // What a build has not come to has no rows of it.
                let mut kept = Packed::of(&rows).unwrap();
                definitions.keep(&mut kept, &lacking);
                let kept: BTreeSet<_> = kept.keys().collect();
                let rows = rows.into_iter().filter(|row| kept.contains(&row.key)).collect::<Vec<_>>();
                let owner = match owner {
                    Owner::Itself => identity.clone(),
                    Owner::Contained(ty, id) => format!("{}/{id}", ty.0),
                };
                expected.extend(rows.iter().flat_map(|row| expected_lines(&shared.layout, &owner, row)));
            }
        }
        // Rows that nobody reads may lie around, and are counted.
        let retired: Vec<_> = definitions.registry.retired().into_iter().map(crate::keys::range).collect();
        let is_retired = |table: &RowTable, line: &Line| {
            let key = table.columns.iter().skip(1).position(|from| *from == From::Key).unwrap();
            let key: u32 = line.1[key].parse().unwrap();
            retired.iter().any(|(first, last)| (first.0..=last.0).contains(&key))
        };
        let (mut actual, mut left) = (BTreeSet::new(), BTreeSet::new());
        for table in &shared.layout.tables {
            for line in tables.lines(table) {
                if is_retired(table, &line) {
                    left.insert(line)
                } else {
                    actual.insert(line)
                };
            }
        }
        assert_eq!(actual, expected);
        expected.extend(left);
        tables.check_records(&live);
        tables.check_counts(&expected, &shared.layout);
        Ok::<(), StoreError>(())
    };
    store.read_as(tenant, compare).await.unwrap();
}

/// All rows of a tenant, with the names of what their keys stand for: the same in every store of the same content.
pub(super) async fn image(store: &SqliteStore, tenant: &TenantContext) -> BTreeSet<Line> {
    let (shared, registry) = (Arc::clone(&store.shared), store.registry());
    let mut keys = BTreeMap::new();
    for param in registry.types().flat_map(|ty| registry.params(ty).collect::<Vec<_>>()) {
        let (first, last) = crate::keys::range(param);
        let name = format!("{} {}", registry.type_name(param.ty()), registry.definition(param).url);
        keys.extend((first.0..=last.0).map(|key| (key.to_string(), format!("{name} {}", key - first.0))));
    }
    let read = move |connection: &Connection, tenant: crate::stores::tenants::Tenant| {
        let tables = Tables { connection, tenant: tenant.0, names: names(connection, tenant.0) };
        let line = |table: &RowTable, (name, mut columns): Line| {
            let key = table.columns.iter().skip(1).position(|from| *from == From::Key).unwrap();
            columns[key] = keys[&columns[key]].clone();
            (name, columns)
        };
        let lines = |table| tables.lines(table).into_iter().map(|of| line(table, of)).collect::<Vec<_>>();
        Ok::<_, StoreError>(shared.layout.tables.iter().flat_map(lines).collect())
    };
    store.read_as(tenant, read).await.unwrap()
}

fn names(connection: &Connection, tenant: i64) -> BTreeMap<i64, String> {
    let mut select = connection.prepare("SELECT ord, type || '/' || id FROM resource_id WHERE tenant = ?").unwrap();
    let names = select.query_map([tenant], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    let names: Vec<(i64, String)> = names.collect::<Result<_, _>>().unwrap();
    let count = names.len();
    let names: BTreeMap<i64, String> = names.into_iter().collect();
    assert_eq!(names.len(), count, "no two identities have one number");
    names
}

struct Tables<'a> {
    connection: &'a Connection,
    tenant: i64,
    names: BTreeMap<i64, String>,
}

impl Tables<'_> {
    fn live(&self) -> BTreeMap<String, Json> {
        let select = "SELECT r.type || '/' || r.id, b.body FROM resource r JOIN body b USING (tenant, ord) \
                      WHERE r.tenant = ? AND r.deleted = 0";
        let mut select = self.connection.prepare(select).unwrap();
        let live = select.query_map([self.tenant], |row| Ok((row.get(0)?, body(row, 1)?.unwrap()))).unwrap();
        live.map(Result::unwrap).map(|(name, body)| (name, serde_json::from_str(&body).unwrap())).collect()
    }

    fn lines(&self, table: &RowTable) -> Vec<Line> {
        let select = format!("SELECT * FROM {} WHERE tenant = ?", table.name);
        let mut select = self.connection.prepare(&select).unwrap();
        let names: Vec<String> = select.column_names().map(str::to_owned).collect();
        let mut rows = select.query([self.tenant]).unwrap();
        let mut lines = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            let cells = names.iter().enumerate().map(|(position, name)| match row.get(position).unwrap() {
                Stored::Integer(n) if name == "ord" || name.starts_with("target") => self.names[&n].clone(),
                Stored::Integer(n) if name.starts_with("system") => self.system(n),
                Stored::Integer(n) => n.to_string(),
                Stored::Text(text) => text,
                other => panic!("{other:?}"),
            });
            lines.push((table.name.clone(), cells.skip(1).collect()));
        }
        lines
    }

    fn system(&self, id: i64) -> String {
        if id == 0 {
            return String::new();
        }
        self.connection.query_row("SELECT url FROM system WHERE id = ?", [id], |row| row.get(0)).unwrap()
    }

    fn strings(&self, select: &str) -> BTreeSet<String> {
        let mut select = self.connection.prepare(select).unwrap();
        select.query_map([self.tenant], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }

    /// The records of a resource agree with each other.
    fn check_records(&self, live: &BTreeMap<String, Json>) {
        let live_ids = self.strings("SELECT type || '/' || id FROM resource_id WHERE tenant = ? AND live = 1");
        assert_eq!(live_ids, live.keys().cloned().collect());
        let records = self.strings("SELECT ord || '|' || updated FROM resource WHERE tenant = ? AND deleted = 0");
        assert_eq!(records, self.strings("SELECT ord || '|' || updated FROM resource_updated WHERE tenant = ?"));
        let bodies = self.strings("SELECT CAST(ord AS text) FROM body WHERE tenant = ?");
        assert_eq!(bodies, self.strings("SELECT CAST(ord AS text) FROM resource WHERE tenant = ? AND deleted = 0"));
        let known = "SELECT i.ord || '' FROM resource_id i JOIN resource r USING (tenant, type, id) \
                     WHERE i.tenant = ? AND (i.ord <> r.ord OR i.live = r.deleted)";
        assert_eq!(self.strings(known), BTreeSet::new(), "an identity has the number of its resource");
    }

    fn check_counts(&self, expected: &BTreeSet<Line>, layout: &Layout) {
        let by_value: BTreeSet<&str> =
            layout.tables.iter().filter(|table| table.by == By::Value).map(|table| table.name.as_str()).collect();
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for (table, columns) in expected.iter().filter(|(table, _)| by_value.contains(table.as_str())) {
            let position = layout.tables.iter().find(|known| known.name == *table).unwrap();
            let key = position.columns.iter().skip(1).position(|from| *from == From::Key).unwrap();
            *counts.entry(columns[key].clone()).or_default() += 1;
        }
        let kept = self.strings(
            "SELECT key || '=' || rows FROM stat WHERE tenant = ? AND rows <> 0 AND key > 0 AND key < 1 << 32",
        );
        assert_eq!(kept, counts.iter().map(|(key, rows)| format!("{key}={rows}")).collect());
        let marked = self.strings("SELECT CAST(key - (1 << 32) AS text) FROM stat WHERE tenant = ? AND key > 1 << 32");
        for table in layout.tables.iter().filter(|table| table.by == By::Value) {
            let select = "SELECT key || '' FROM {} WHERE tenant = ? GROUP BY key, ord HAVING count(*) > 1";
            let repeated = self.strings(&select.replace("{}", &table.name));
            assert!(repeated.is_subset(&marked), "{}: {repeated:?} are not all among {marked:?}", table.name);
        }
    }
}

fn expected_lines(layout: &Layout, owner: &str, row: &Row) -> Vec<Line> {
    let cells: Vec<String> = row.values.iter().flat_map(in_words).collect();
    let line = |table: &RowTable| {
        let columns = table.columns.iter().skip(1).map(|from| match from {
            From::Tenant => panic!("the tenant stands first"),
            From::Key => row.key.0.to_string(),
            From::Ord => owner.to_owned(),
            From::Cell(n) => cells[*n].clone(),
        });
        (table.name.clone(), columns.collect())
    };
    layout.tables.iter().filter(|table| table.kind == row.kind).map(line).collect()
}

fn in_words(value: &Value) -> Vec<String> {
    match value {
        Value::Int(n) => vec![n.to_string()],
        Value::Text(text) => vec![text.clone()],
        Value::System(system) => vec![system.clone().unwrap_or_default()],
        Value::Rid(ty, id) => vec![format!("{}/{id}", ty.0)],
        Value::Instants(start, end) => vec![start.to_string(), end.to_string()],
        Value::Cuts(start, end) => vec![start.clone(), end.clone()],
        Value::Point(point) => point.coordinates().map(|coordinate| coordinate.to_string()).to_vec(),
    }
}

/// Resources that refer to each other, in the order in which chance has it.
pub(super) fn any_write() -> impl Strategy<Value = Write> {
    let id = || prop::sample::select(vec!["a", "b", "c"]);
    let family = prop::sample::select(vec!["Berg", "Bergh", "Ek"]);
    let patient = (id(), family).prop_map(|(id, family)| patient(id, family));
    let observation = (id(), id(), any::<bool>()).prop_map(|(id, subject, inside)| {
        let mut body = observation(id, &format!("Patient/{subject}"));
        if inside {
            body["contained"] = json!([
                {"resourceType": "Patient", "id": "p", "name": [{"family": subject}]},
                {"resourceType": "Patient", "id": subject, "link": [{"other": {"reference": "#p"}}]},
                {"resourceType": "Observation", "id": "o", "subject": {"reference": "#"}, "code": {"text": subject}},
            ]);
            body["subject"] = json!({"reference": "#p"});
        }
        body
    });
    let document = (id(), id(), prop::sample::select(vec!["replaces", "appends"])).prop_map(|(id, other, code)| {
        let target = json!({"reference": format!("DocumentReference/{other}")});
        json!({
            "resourceType": "DocumentReference", "id": id, "status": "current",
            "relatesTo": [{"code": code, "target": target}]
        })
    });
    let location = (id(), prop::sample::select(vec![-90, 0, 45])).prop_map(|(id, latitude)| {
        let position = json!({"latitude": latitude, "longitude": 180});
        json!({"resourceType": "Location", "id": id, "position": position})
    });
    let body = prop_oneof![patient, observation, document, location];
    let name = prop::sample::select(vec!["Patient", "Observation", "DocumentReference", "Location"]);
    prop_oneof![
        4 => (body, any::<bool>()).prop_map(|(body, keep_updated)| write(body, keep_updated)),
        1 => (name, id()).prop_map(|(name, id)| delete(name, id)),
    ]
}

#[test]
fn the_tables_follow_the_bodies() {
    block_on(async {
        let store = memory().await;
        let mut runner = TestRunner::deterministic();
        let batches = prop::collection::vec(prop::collection::vec(any_write(), 1..5), 1..6);
        for case in 0..100 {
            // A tenant each: what other cases wrote must not be seen.
            let tenant = TenantContext::new(&format!("case-{case}")).unwrap();
            for batch in batches.new_tree(&mut runner).unwrap().current() {
                store.write(&tenant, batch).await.unwrap();
                check(&store, &tenant).await;
            }
        }
    });
}

#[test]
fn a_reference_finds_its_resource_whenever_it_comes() {
    block_on(async {
        let store = memory().await;
        let registry = Registry::r4();
        let subject = registry.param(registry.resource_type("Observation").unwrap(), "subject").unwrap();
        let key = crate::keys::Key { param: subject, facet: crate::keys::Facet::Value, level: crate::keys::Level::Top };
        let edge = Edge { key: key.id(), on: On::Rid };
        let subjects = query(all("Observation"), Yield::Targets(edge));
        one(&store, put(observation("x", "Patient/late"))).await;
        assert_eq!(store.run(&tenant(), &subjects, &Slots::new(), 0).await.unwrap(), []);
        let arrived = one(&store, put(patient("late", "Berg"))).await;
        let found = store.run(&tenant(), &subjects, &Slots::new(), 0).await.unwrap();
        assert_eq!(found.iter().map(|tuple| tuple.ord).collect::<Vec<_>>(), [arrived.ord]);
        let mut sets = fhirc_codegen::algebra::Sets::default();
        let far = sets.push(node(all("Patient")));
        let root = sets.push(node(Set::Via { edge, from: End::Source, far }));
        let chain = Query { sets, root, ..query(Set::None, Yield::Rid) };
        let found = store.run(&tenant(), &chain, &Slots::new(), 0).await.unwrap();
        assert_eq!(found[0].keys, [Some(Value::Rid(ty("Observation"), "x".to_owned()))]);
        one(&store, delete("Patient", "late")).await;
        assert_eq!(store.run(&tenant(), &subjects, &Slots::new(), 0).await.unwrap(), []);
    });
}
