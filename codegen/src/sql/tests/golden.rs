//! The SQL of the corpus, the schema and the capabilities, as golden files.

use super::database::Database;
use crate::capability::{Capabilities, questions};
use crate::sql::indexes::{few_statistics, indexes};
use crate::sql::schema::{self, tables};
use crate::sql::{Bind, Dialect, Postgres, Sql, Sqlite, Target, sql};
use crate::testing::corpus;
use crate::testing::world::World;
use std::fmt::Write;

fn golden(folder: &str, name: &str, text: &str) {
    let path = format!("../../../../snapshots/codegen/{folder}");
    insta::with_settings!({ snapshot_path => path, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// One clause a line, quotes only where a reader needs them.
fn page(sql: &Sql) -> String {
    let mut text = sql.text.replace('"', "");
    let breaks = [" FROM ", " CROSS JOIN ", " WHERE ", " AND ", " OR ", " UNION ", " ORDER BY ", " LIMIT "];
    for word in breaks {
        text = text.replace(word, &format!("\n{}", word.get(1..).unwrap_or_default()));
    }
    let mut out = text + "\n";
    for (n, bind) in sql.binds.iter().enumerate() {
        write!(out, "\n{}: {bind:?}", n + 1).unwrap();
    }
    out
}

fn all_ddl<D: Dialect>() -> String {
    let whole = D::ABRIDGES.then(schema::abridged_texts);
    let tables: String = tables().iter().chain(&whole).map(|table| table.ddl::<D>() + ";\n").collect();
    let indexes = indexes().into_iter().map(|index| index.ddl);
    let statistics: Vec<String> = schema::tables().iter().filter_map(few_statistics).collect();
    let beside = indexes.chain(statistics).filter(|_| D::HEAPS);
    beside.fold(tables, |text, statement| text + &statement + ";\n")
}

/// Whoever forgets the tenant of a table, reads another's rows.
fn every_table_is_of_the_tenant(sql: &Sql, sign: char) {
    let position = sql.binds.iter().position(|bind| *bind == Bind::Tenant).map_or(0, |position| position + 1);
    let tenant = format!("{sign}{position}");
    for table in tables().iter().filter(|table| table.columns.iter().any(|column| column.name == "tenant")) {
        for after in sql.text.split(&format!("\"{}\" AS \"", table.name)).skip(1) {
            let alias = after.split('"').next().unwrap();
            let bound = format!("\"{alias}\".\"tenant\" = {tenant}");
            assert!(sql.text.contains(&bound), "{alias} in {}", sql.text);
        }
    }
}

/// What a store asks that does not join, in steps: see `plan::split`.
const OF_STEPS: [&str; 3] = ["named", "names", "rows"];

#[test]
fn sqlite() {
    let world = World { resources: Vec::new(), found: Vec::new(), texts: Vec::new(), links: Vec::new() };
    let database = Database::of(&world);
    for (name, query) in corpus::queries().into_iter().filter(|(name, _)| !OF_STEPS.contains(name)) {
        let sql = sql::<Sqlite>(&query).unwrap();
        every_table_is_of_the_tenant(&sql, '?');
        golden("sqlite", name, &format!("{}\n\n{}", page(&sql), database.explain(&sql)));
    }
    golden("sqlite", "schema", &all_ddl::<Sqlite>());
}

#[test]
fn postgres() {
    for (name, query) in corpus::queries().into_iter().filter(|(name, _)| !OF_STEPS.contains(name)) {
        let sql = sql::<Postgres>(&query).unwrap();
        every_table_is_of_the_tenant(&sql, '$');
        golden("postgres", name, &page(&sql));
    }
    golden("postgres", "schema", &all_ddl::<Postgres>());
}

#[test]
fn capabilities() {
    let target = Target::<Sqlite>::new();
    let list: String = questions().into_iter().map(|q| format!("{q}: {:?}\n", target.answer(q))).collect();
    golden("sqlite", "capabilities", &list);
    let other = Target::<Postgres>::new();
    assert!(questions().into_iter().all(|question| target.answer(question) == other.answer(question)));
}
