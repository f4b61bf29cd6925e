//! What a document holds: rows as fields, by the same encoding that queries use.

use super::keyword::{Form, column, form, head, layouts, plain_value};
use super::rows::{interval_field, interval_text};
use crate::capability::kinds;
use crate::names::{stem, stored};
use crate::program::Dir;
use crate::rows::{Col, ColType, KeyId, Row, RowKind, Value};
use serde::Serialize;
use std::collections::BTreeMap;

/// A value of a field; a field of a document has a list of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Content {
    /// Of type `long`.
    Int(i64),
    /// Of type `keyword`.
    Text(String),
    /// Of type `long_range`.
    Interval {
        /// Start, included.
        gte: i64,
        /// End, not included.
        lt: i64,
    },
    /// Of type `nested`.
    Object(BTreeMap<String, Content>),
}

/// The fields that a row adds to the document of its resource.
pub fn fields(row: &Row) -> Vec<(String, Content)> {
    let mut fields = match form(row.kind) {
        Form::Keywords => keywords(row),
        Form::Ranges => intervals(row),
        Form::Nested => vec![(stem(row.kind), Content::Object(object(row)))],
        Form::Own => Vec::new(),
    };
    fields.extend(sorted(row));
    fields
}

/// The field by which a key sorts: a list of values, the least of which counts ascending, the greatest descending.
pub(super) fn sort_field(key: KeyId, kind: RowKind, dir: Dir) -> String {
    let first = kind.columns().first().map(|col| col.name.ty());
    let ty = if matches!(first, Some(ColType::Instants | ColType::Int)) { "long" } else { "text" };
    match (dir, first) {
        (Dir::Desc, Some(ColType::Instants | ColType::Cuts)) => format!("last_{ty}_{}", key.0),
        _ => format!("first_{ty}_{}", key.0),
    }
}

fn keywords(row: &Row) -> Vec<(String, Content)> {
    let columns = row.kind.columns();
    let value = |col: &Col| columns.iter().zip(&row.values).find(|(known, _)| *known == col).map(|(_, value)| value);
    let text = |columns: &[Col]| {
        let parts = columns.iter().filter_map(value).map(|value| column(&plain_value(value)));
        Content::Text(head(row.key) + &parts.collect::<String>())
    };
    layouts(row.kind).into_iter().map(|layout| (layout.field, text(&layout.columns))).collect()
}

fn intervals(row: &Row) -> Vec<(String, Content)> {
    let Some(Value::Instants(lo, hi)) = row.values.first() else { return Vec::new() };
    let whole = head(row.key) + &column(&interval_text(*lo, *hi));
    let interval = Content::Interval { gte: *lo, lt: *hi };
    vec![("time".to_owned(), Content::Text(whole)), (interval_field(row.key), interval)]
}

fn object(row: &Row) -> BTreeMap<String, Content> {
    let mut object = BTreeMap::from([("key".to_owned(), Content::Int(i64::from(row.key.0)))]);
    for (col, value) in row.kind.columns().into_iter().zip(&row.values) {
        object.extend(stored(row.kind, col).into_iter().zip(ends(value)));
    }
    object
}

/// The stored values of a column: start and end of an interval, the coordinates of a point, else one.
fn ends(value: &Value) -> Vec<Content> {
    match value {
        Value::Instants(lo, hi) => vec![Content::Int(*lo), Content::Int(*hi)],
        Value::Cuts(lo, hi) => vec![Content::Text(lo.clone()), Content::Text(hi.clone())],
        Value::Point(point) => point.coordinates().map(Content::Int).to_vec(),
        other => vec![Content::Text(plain_value(other))],
    }
}

fn sorted(row: &Row) -> Vec<(String, Content)> {
    let columns = row.kind.columns();
    let Some((first, value)) = columns.first().zip(row.values.first()) else { return Vec::new() };
    // References sort by the names of types, which documents do not hold; points have no order at all.
    if !row.sorts() || matches!(first.name.ty(), ColType::Rid | ColType::Point) {
        return Vec::new();
    }
    let names = [sort_field(row.key, row.kind, Dir::Asc), sort_field(row.key, row.kind, Dir::Desc)];
    names.into_iter().zip(ends(value)).collect()
}

/// The mapping of an index. Nothing is analysed, and no field is guessed but those whose names begin as agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mapping {
    dynamic_templates: Vec<BTreeMap<&'static str, Template>>,
    properties: BTreeMap<String, Property>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Template {
    r#match: &'static str,
    mapping: Property,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Property {
    r#type: &'static str,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    properties: BTreeMap<String, Property>,
}

impl Property {
    fn of(ty: &'static str) -> Property {
        Property { r#type: ty, properties: BTreeMap::new() }
    }
}

/// The mapping that documents and queries agree on. Besides the fields of rows a document has `tenant`, `ord`, `rid`
/// (see [`super::identity`]), `id`, `updated`, and, for top-level resources alone, `type`.
pub fn mapping() -> Mapping {
    let template =
        |name, pattern, ty| BTreeMap::from([(name, Template { r#match: pattern, mapping: Property::of(ty) })]);
    let own = [("tenant", "long"), ("ord", "long"), ("type", "integer"), ("updated", "long")];
    let mut properties: BTreeMap<String, Property> =
        own.into_iter().map(|(name, ty)| (name.to_owned(), Property::of(ty))).collect();
    properties.extend(["rid", "id", "time"].map(|name| (name.to_owned(), Property::of("keyword"))));
    for kind in kinds() {
        match form(kind) {
            Form::Keywords => {
                properties.extend(layouts(kind).into_iter().map(|layout| (layout.field, Property::of("keyword"))));
            }
            Form::Nested => {
                properties.insert(stem(kind), Property { r#type: "nested", properties: columns(kind) });
            }
            Form::Ranges | Form::Own => {}
        }
    }
    let dynamic_templates = vec![
        template("intervals", "time_*", "long_range"),
        template("first_numbers", "first_long_*", "long"),
        template("last_numbers", "last_long_*", "long"),
        template("first_texts", "first_text_*", "keyword"),
        template("last_texts", "last_text_*", "keyword"),
    ];
    Mapping { dynamic_templates, properties }
}

fn columns(kind: RowKind) -> BTreeMap<String, Property> {
    let mut columns = BTreeMap::from([("key".to_owned(), Property::of("long"))]);
    for col in kind.columns() {
        let ty = if matches!(col.name.ty(), ColType::Instants | ColType::Point) { "long" } else { "keyword" };
        columns.extend(stored(kind, col).into_iter().map(|name| (name, Property::of(ty))));
    }
    columns
}
