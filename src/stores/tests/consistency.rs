//! After any writes, the tables hold exactly what a fresh extraction of the live bodies gives.

use super::generated::any_write;
use super::*;
use crate::stores::Slots;
use crate::stores::layout::{From, Layout, RowTable};
use crate::stores::packed::Packed;
use crate::stores::version::Owner;
use fhirc_codegen::algebra::{Edge, End, On};
use fhirc_codegen::rows::{Row, Value};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

/// A stored row in words: table, then columns, numbers of resources and systems replaced by what they stand for.
pub(super) type Line = (String, Vec<String>);

/// Compares all tables of a tenant with what its live bodies say.
pub(super) async fn check(store: &Subject, tenant: &TenantContext) {
    let layout = &store.shared.layout;
    let tables = Tables::read(store, tenant).await;
    let definitions = store.shared.held.get();
    let extract = definitions.extract();
    let mut expected = BTreeSet::new();
    let numbers: BTreeMap<&str, i64> = tables.names.iter().map(|(ord, name)| (name.as_str(), *ord)).collect();
    let live = tables.live();
    for (identity, body) in &live {
        let (ty, _) = identity.split_once('/').unwrap();
        let ty = TypeCode(ty.parse().unwrap());
        let lacking = tables.lacking(&definitions.builds(), ty, numbers[identity.as_str()]);
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
            expected.extend(rows.iter().flat_map(|row| expected_lines(layout, &owner, row)));
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
    for (position, table) in layout.tables.iter().enumerate() {
        for line in tables.lines(position, table) {
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
    tables.check_counts(&expected, layout);
}

/// All rows of a tenant, with the names of what their keys stand for: the same in every store of the same content.
pub(super) async fn image(store: &Subject, tenant: &TenantContext) -> BTreeSet<Line> {
    let registry = store.registry();
    let mut keys = BTreeMap::new();
    for param in registry.types().flat_map(|ty| registry.params(ty).collect::<Vec<_>>()) {
        let (first, last) = crate::keys::range(param);
        let name = format!("{} {}", registry.type_name(param.ty()), registry.definition(param).url);
        keys.extend((first.0..=last.0).map(|key| (key.to_string(), format!("{name} {}", key - first.0))));
    }
    let tables = Tables::read(store, tenant).await;
    let line = |table: &RowTable, (name, mut columns): Line| {
        let key = table.columns.iter().skip(1).position(|from| *from == From::Key).unwrap();
        columns[key] = keys[&columns[key]].clone();
        (name, columns)
    };
    let layout = store.shared.layout.tables.iter().enumerate();
    layout.flat_map(|(n, table)| tables.lines(n, table).into_iter().map(|of| line(table, of))).collect()
}

/// Statements beside those that read the tables of rows, by what they are for.
const RECORDS: [&str; 12] = [
    "SELECT ord, type || '/' || id FROM resource_id WHERE tenant = $1",
    "SELECT r.type || '/' || r.id, b.body FROM resource r JOIN body b USING (tenant, ord) \
     WHERE r.tenant = $1 AND r.deleted = 0",
    "SELECT id, url FROM system WHERE $1 > 0",
    "SELECT build, type, done, last FROM build WHERE tenant = $1",
    "SELECT type || '/' || id FROM resource_id WHERE tenant = $1 AND live = 1",
    "SELECT ord || '|' || updated FROM resource WHERE tenant = $1 AND deleted = 0",
    "SELECT ord || '|' || updated FROM resource_updated WHERE tenant = $1",
    "SELECT CAST(ord AS text) FROM body WHERE tenant = $1",
    "SELECT CAST(ord AS text) FROM resource WHERE tenant = $1 AND deleted = 0",
    "SELECT i.ord || '' FROM resource_id i JOIN resource r USING (tenant, type, id) \
     WHERE i.tenant = $1 AND (i.ord <> r.ord OR i.live = r.deleted)",
    "SELECT key || '=' || rows FROM stat WHERE tenant = $1 AND rows <> 0 AND key > 0 AND key < 4294967296",
    "SELECT CAST(key - 4294967296 AS text) FROM stat WHERE tenant = $1 AND key > 4294967296 \
     AND key < 8589934592",
];

/// What the tables of a tenant hold.
struct Tables {
    names: BTreeMap<i64, String>,
    systems: BTreeMap<i64, String>,
    records: Vec<Found>,
    rows: Vec<Found>,
}

impl Tables {
    async fn read(store: &Subject, tenant: &TenantContext) -> Tables {
        let rows = store.shared.layout.tables.iter();
        let rows = rows.map(|table| format!("SELECT * FROM {} WHERE tenant = $1", table.name));
        let statements = RECORDS.iter().map(|text| (*text).to_owned()).chain(rows).collect();
        let mut records = look(store, tenant, statements).await;
        let rows = records.split_off(RECORDS.len());
        let named = |n: usize| records[n].1.iter().map(|row| (row[0].int(), row[1].text().to_owned()));
        let names: BTreeMap<i64, String> = named(0).collect();
        assert_eq!(names.len(), records[0].1.len(), "no two identities have one number");
        Tables { names, systems: named(2).collect(), records, rows }
    }

    fn live(&self) -> BTreeMap<String, Json> {
        let live = self.records[1].1.iter();
        live.map(|row| (row[0].text().to_owned(), serde_json::from_str(row[1].text()).unwrap())).collect()
    }

    /// The builds that have not come to a resource yet.
    fn lacking(&self, builds: &BTreeSet<u32>, ty: TypeCode, ord: i64) -> BTreeSet<u32> {
        let spans = self.records[3].1.iter().map(|row| [row[0].int(), row[1].int(), row[2].int(), row[3].int()]);
        let open = spans.filter(|[_, of, done, last]| *of == i64::from(ty.0) && ord > *done && ord <= *last);
        open.filter_map(|[build, ..]| u32::try_from(build).ok()).filter(|build| builds.contains(build)).collect()
    }

    fn lines(&self, position: usize, table: &RowTable) -> Vec<Line> {
        let (names, rows) = &self.rows[position];
        let word = |(name, cell): (&String, &Cell)| match cell {
            Cell::Int(n) if name == "ord" || name.starts_with("target") => self.names[n].clone(),
            Cell::Int(0) if name.starts_with("system") => String::new(),
            Cell::Int(n) if name.starts_with("system") => self.systems[n].clone(),
            Cell::Int(n) => n.to_string(),
            Cell::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        };
        let line = |row: &Vec<Cell>| (table.name.clone(), names.iter().zip(row).skip(1).map(word).collect());
        rows.iter().map(line).collect()
    }

    fn strings(&self, of: usize) -> BTreeSet<String> {
        self.records[of].1.iter().map(|row| row[0].text().to_owned()).collect()
    }

    /// The records of a resource agree with each other.
    fn check_records(&self, live: &BTreeMap<String, Json>) {
        assert_eq!(self.strings(4), live.keys().cloned().collect());
        assert_eq!(self.strings(5), self.strings(6));
        assert_eq!(self.strings(7), self.strings(8));
        assert_eq!(self.strings(9), BTreeSet::new(), "an identity has the number of its resource");
    }

    fn check_counts(&self, expected: &BTreeSet<Line>, layout: &Layout) {
        // Every row stands in one of these.
        let finding: Vec<(usize, &RowTable)> =
            layout.finding().filter_map(|position| Some((position, layout.finds(position)?))).collect();
        let counted: BTreeSet<&str> = finding.iter().map(|(_, table)| table.name.as_str()).collect();
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        for (table, columns) in expected.iter().filter(|(table, _)| counted.contains(table.as_str())) {
            let position = layout.tables.iter().find(|known| known.name == *table).unwrap();
            let key = position.columns.iter().skip(1).position(|from| *from == From::Key).unwrap();
            *counts.entry(columns[key].clone()).or_default() += 1;
        }
        assert_eq!(self.strings(10), counts.iter().map(|(key, rows)| format!("{key}={rows}")).collect());
        let (marked, mut seen) = (self.strings(11), BTreeSet::new());
        for (position, table) in finding {
            let at = |from| table.columns.iter().skip(1).position(|of| *of == from).unwrap();
            for (_, columns) in self.lines(position, table) {
                let (key, owner) = (columns[at(From::Key)].clone(), columns[at(From::Ord)].clone());
                let again = !seen.insert((position, key.clone(), owner));
                assert!(!again || marked.contains(&key), "{}: {key} is not among {marked:?}", table.name);
            }
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
        Value::Text(text) => vec![form(text)],
        Value::System(system) => vec![system.as_deref().map(form).unwrap_or_default()],
        Value::Rid(ty, id) => vec![format!("{}/{id}", ty.0)],
        Value::Instants(start, end) => vec![start.to_string(), end.to_string()],
        Value::Cuts(start, end) => vec![form(start), form(end)],
        Value::Point(point) => point.coordinates().map(|coordinate| coordinate.to_string()).to_vec(),
    }
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
