//! The statements of `handwritten.sql`: read, with the numbers of types and keys filled in, and run.

use fhirc::codegen::ord::{end_ord, first_ord};
use fhirc::codegen::rows::TypeCode;
use fhirc::definitions::Registry;
use fhirc::keys::{Facet, Key, Level};
use rusqlite::types::Value;
use rusqlite::{Connection, named_params};

/// The statements of one class.
#[derive(Debug, Default)]
pub(crate) struct Class {
    pub(crate) label: String,
    /// What its first page costs with the number of resources: `page`, `middling`, `linear`.
    pub(crate) bound: String,
    pub(crate) reason: String,
    /// Ways to the first page.
    pages: Vec<String>,
    next: Option<String>,
    includes: Vec<String>,
    /// Ways to the total.
    totals: Vec<String>,
}

/// A row of a page: number and sort value.
type Found = (i64, Value);

/// What the statements of a class found, bodies read.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Answer {
    pub(crate) matches: Vec<String>,
    pub(crate) included: Vec<String>,
    pub(crate) total: Option<i64>,
}

/// All classes, in the order of the file.
pub(crate) fn classes(registry: &Registry) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    let mut part = "";
    let blocks = include_str!("../handwritten.sql").split("\n-- ").skip(1);
    for block in blocks {
        let (head, body) = block.split_once('\n').unwrap_or((block, ""));
        let sql = numbered(body.trim(), registry);
        let names = ["or", "next", "include", "total"];
        match names.iter().find(|name| **name == head.trim()) {
            None if head.matches(": ").count() < 2 => continue,
            None => {
                let mut words = head.splitn(3, ": ").map(str::to_owned);
                let mut word = || words.next().unwrap();
                classes.push(Class { label: word(), bound: word(), reason: word(), ..Class::default() });
                part = "page";
            }
            Some(&"or") => {}
            Some(name) => part = name,
        }
        let class = classes.last_mut().unwrap();
        match part {
            _ if sql.is_empty() => {}
            "page" => class.pages.push(sql),
            "next" => class.next = Some(sql),
            "include" => class.includes.push(sql),
            _ => class.totals.push(sql),
        }
    }
    classes
}

/// The statement with numbers in the place of `{Patient}`, `{Patient+}`, `{Patient#type}` and `{Patient.name#present}`.
fn numbered(sql: &str, registry: &Registry) -> String {
    let mut parts = sql.split('{');
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap();
        text.push_str(&number(name, registry).unwrap_or_else(|| panic!("no number for {{{name}}}")).to_string());
        text.push_str(rest);
    }
    text
}

fn number(name: &str, registry: &Registry) -> Option<i64> {
    let (path, facet) = name.split_once('#').unwrap_or((name, ""));
    let code = |name: &str| Some(TypeCode(registry.resource_type(name)?.code()));
    let Some((ty, param)) = path.split_once('.') else {
        return match (path.strip_suffix('+'), facet) {
            (Some(ty), _) => Some(end_ord(code(ty)?)),
            (None, "type") => Some(code(path)?.0.into()),
            (None, _) => Some(first_ord(code(path)?)),
        };
    };
    let facet = match facet {
        "present" => Facet::Present,
        "words" => Facet::Words,
        "canonical" => Facet::Canonical,
        _ => Facet::Value,
    };
    let param = registry.param(registry.resource_type(ty)?, param)?;
    Some(Key { param, facet, level: Level::Top }.id().0.into())
}

impl Class {
    /// How many ways there are.
    pub(crate) fn ways(&self) -> usize {
        self.pages.len().max(self.totals.len())
    }

    /// The last row of the page before the one that is wanted, for what stands behind it; nothing for the first.
    pub(crate) fn before(&self, connection: &Connection, page: u32) -> Option<Found> {
        let mut last = None;
        for _ in 1..page {
            let found = self.page(connection, 0, last.as_ref());
            last = Some(found.into_iter().nth(19).unwrap());
        }
        last
    }

    /// Runs one of the ways, from the statement to the bodies.
    pub(crate) fn run(&self, connection: &Connection, way: usize, after: Option<&Found>) -> Answer {
        if let Some(total) = self.totals.get(way) {
            let total = connection.prepare_cached(total).unwrap().query_row([], |row| row.get(0)).unwrap();
            return Answer { total: Some(total), ..Answer::default() };
        }
        let mut page: Vec<i64> = self.page(connection, way, after).into_iter().map(|(ord, _)| ord).collect();
        // One more than the page holds was asked for.
        let size = if self.pages.iter().any(|sql| sql.ends_with("LIMIT 6")) { 5 } else { 20 };
        page.truncate(size);
        let mut included: Vec<i64> = Vec::new();
        let ords = format!("{page:?}");
        for include in &self.includes {
            let mut select = connection.prepare_cached(include).unwrap();
            let found = select.query_map(named_params! { ":page": ords }, |row| row.get::<_, i64>(0)).unwrap();
            included.extend(found.map(Result::unwrap));
        }
        let mut included = bodies(connection, &included);
        included.sort();
        Answer { matches: bodies(connection, &page), included, total: None }
    }

    fn page(&self, connection: &Connection, way: usize, after: Option<&Found>) -> Vec<Found> {
        let sql = match after {
            None => &self.pages[way],
            Some(_) => self.next.as_ref().unwrap(),
        };
        let mut select = connection.prepare_cached(sql).unwrap();
        for (name, value) in after.iter().flat_map(|(ord, k)| [(":ord", Value::Integer(*ord)), (":k", k.clone())]) {
            if let Some(place) = select.parameter_index(name).unwrap() {
                select.raw_bind_parameter(place, value).unwrap();
            }
        }
        let sorted = select.column_count() > 1;
        let mut rows = select.raw_query();
        let mut found = Vec::new();
        while let Some(row) = rows.next().unwrap() {
            found.push((row.get(0).unwrap(), if sorted { row.get(1).unwrap() } else { Value::Null }));
        }
        found
    }
}

/// The ids of resources, whose bodies are read too.
fn bodies(connection: &Connection, ords: &[i64]) -> Vec<String> {
    let sql = "SELECT r.id, r.version, r.updated, b.body FROM resource r CROSS JOIN body b \
        ON b.tenant = r.tenant AND b.ord = r.ord WHERE r.tenant = 1 AND r.ord = ?1 AND r.deleted = 0";
    let mut select = connection.prepare_cached(sql).unwrap();
    let read = |ord: &i64| {
        let read = |row: &rusqlite::Row<'_>| {
            let body = lz4_flex::decompress_size_prepended(row.get_ref(3)?.as_blob()?).unwrap();
            let body = String::from_utf8(body).unwrap();
            Ok((row.get::<_, String>(0)?, std::hint::black_box((row.get::<_, i64>(1)?, row.get::<_, i64>(2)?, body))))
        };
        select.query_row([ord], read).unwrap().0
    };
    ords.iter().map(read).collect()
}
