//! What a document holds: rows as fields, by the same encoding that queries use.

use super::keyword::{
    DASHED, ELEMENTS, Form, Layout, apart_columns, column, field, form, head, is_rank, layouts, plain_value,
};
use super::rows::{interval_field, interval_text};
use super::told::{is_told, rows_field};
use crate::names::{stem, stored};
use crate::program::Dir;
use crate::rows::{Col, ColName, ColType, KeyId, Row, RowKind, TypeCode, Value, kinds, stored_kinds};
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
    /// Several values of a field of an object.
    List(Vec<Content>),
}

/// The name of a resource by which references to it sort: that of its type, `/`, and its id. Nothing of what stands inside
/// another.
pub type Named<'n> = &'n dyn Fn(TypeCode, &str) -> Option<String>;

/// The fields that a row adds to the document of its resource. What is about an element is told by [`elements`].
pub fn fields(row: &Row, named: Named<'_>) -> Vec<(String, Content)> {
    if row.kind.is_of_element() {
        return Vec::new();
    }
    let mut fields = of_form(row);
    fields.extend(sorted(row, named));
    fields
}

fn of_form(row: &Row) -> Vec<(String, Content)> {
    match form(row.kind) {
        Form::Keywords => keywords(row),
        Form::Ranges => intervals(row),
        Form::Nested => nested(row),
        Form::Own => Vec::new(),
    }
}

/// The field of elements and the object of each that the rows are about; rows that are about none are passed over.
///
/// An element is told by its number. Two that have the same one, counted by keys of different elements, are one object: no
/// condition asks for keys of both.
pub fn elements<'r>(rows: impl Iterator<Item = &'r Row>) -> impl Iterator<Item = (String, Content)> {
    let mut elements: BTreeMap<&Value, BTreeMap<String, Vec<Content>>> = BTreeMap::new();
    for row in rows.filter(|row| row.kind.is_of_element()) {
        let mut columns = row.kind.columns().into_iter().zip(&row.values);
        let Some((_, number)) = columns.find(|(col, _)| col.name == ColName::Element) else { continue };
        let element = elements.entry(number).or_default();
        for (field, content) in of_form(row) {
            let own = field.strip_prefix(ELEMENTS).and_then(|field| field.strip_prefix('.')).unwrap_or(&field);
            element.entry(own.to_owned()).or_default().push(content);
        }
    }
    let object = |element: BTreeMap<String, Vec<Content>>| {
        Content::Object(element.into_iter().map(|(field, contents)| (field, Content::List(contents))).collect())
    };
    elements.into_values().map(move |element| (ELEMENTS.to_owned(), object(element)))
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
    let of_layout = |layout: Layout| (layout.field, text(&layout.columns));
    layouts(row.kind).into_iter().map(of_layout).chain(apart(row)).collect()
}

/// The object of a row whose columns are stored apart too.
fn apart(row: &Row) -> Option<(String, Content)> {
    let (path, columns) = apart_columns(row.kind)?;
    let of_row = row.kind.columns();
    let value = |wanted: Col| of_row.iter().zip(&row.values).find(|(col, _)| **col == wanted).map(|(_, value)| value);
    let rank = of_row.iter().zip(&row.values).find(|(col, _)| is_rank(**col)).map(|(_, value)| value);
    if rank != Some(&Value::Int(DASHED.into())) {
        return None;
    }
    let mut object = BTreeMap::from([("key".to_owned(), Content::Int(i64::from(row.key.0)))]);
    for (col, name) in columns {
        object.insert(name.to_owned(), Content::Text(column(&plain_value(value(col)?))));
    }
    Some((path.to_owned(), Content::Object(object)))
}

fn intervals(row: &Row) -> Vec<(String, Content)> {
    let Some(Value::Instants(lo, hi)) = row.values.first() else { return Vec::new() };
    let whole = head(row.key) + &column(&interval_text(*lo, *hi));
    let interval = Content::Interval { gte: *lo, lt: *hi };
    vec![("time".to_owned(), Content::Text(whole)), (interval_field(row.key), interval)]
}

/// The object of a row; of a point also all of it in a keyword, for what is to be tested again.
fn nested(row: &Row) -> Vec<(String, Content)> {
    let whole = is_told(row.kind).then(|| {
        let columns: String = row.values.iter().map(|value| column(&plain_value(value))).collect();
        (rows_field(row.kind), Content::Text(head(row.key) + &columns))
    });
    [(field(row.kind), Content::Object(object(row)))].into_iter().chain(whole).collect()
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

fn sorted(row: &Row, named: Named<'_>) -> Vec<(String, Content)> {
    let columns = row.kind.columns();
    let Some((first, value)) = columns.first().zip(row.values.first()) else { return Vec::new() };
    // Points have no order.
    if !row.sorts() || first.name.ty() == ColType::Point {
        return Vec::new();
    }
    let values = match value {
        Value::Rid(ty, id) => named(*ty, id).map(Content::Text).into_iter().collect(),
        other => ends(other),
    };
    let names = [sort_field(row.key, row.kind, Dir::Asc), sort_field(row.key, row.kind, Dir::Desc)];
    names.into_iter().zip(values).collect()
}

/// The mapping of an index. Nothing is analysed and no field is guessed: what is not in it is refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mapping {
    dynamic: &'static str,
    _source: Kept,
    properties: Properties,
}

impl Mapping {
    /// With these fields besides.
    #[must_use]
    pub fn with(mut self, fields: Properties) -> Mapping {
        self.properties.extend(fields);
        self
    }
}

/// Fields of documents, with their types.
pub type Properties = BTreeMap<String, Property>;

/// What is kept of a document to be read again: rows are only searched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Kept {
    includes: [&'static str; 10],
}

/// The type of a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Property {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    doc_values: Option<bool>,
    #[serde(skip_serializing_if = "Properties::is_empty")]
    properties: Properties,
}

impl Property {
    fn of(ty: &'static str) -> Property {
        Property { r#type: ty, index: None, doc_values: None, properties: Properties::new() }
    }

    /// That is read and never searched or sorted by.
    fn read(ty: &'static str) -> Property {
        Property { index: Some(false), doc_values: Some(false), ..Property::of(ty) }
    }
}

/// The mapping that documents and queries agree on. Besides the fields of rows a document has `tenant`, `ord`, `id`,
/// `updated`, `version`, of a live resource `rid` (see [`super::identity`]) and `body`, and, of a live top-level one alone,
/// `type`. `code` is the type of any, `container` what a resource stands in, `epoch` the definitions that its rows were
/// made under.
///
/// Fields of single keys are not in it: those that a document has are added as [`property`] tells before it is written.
pub fn mapping() -> Mapping {
    let own = [("tenant", "long"), ("ord", "long"), ("type", "integer"), ("updated", "long"), ("epoch", "integer")];
    let read = [("code", "integer"), ("version", "long"), ("body", "keyword"), ("container", "keyword")];
    let mut properties: Properties = own.into_iter().map(|(name, ty)| (name.to_owned(), Property::of(ty))).collect();
    properties.extend(read.map(|(name, ty)| (name.to_owned(), Property::read(ty))));
    properties.extend(["rid", "id", "time"].map(|name| (name.to_owned(), Property::of("keyword"))));
    properties.insert(ELEMENTS.to_owned(), Property { properties: parts(), ..Property::of("nested") });
    for kind in kinds().filter(|kind| !kind.is_of_element()) {
        match form(kind) {
            Form::Keywords => {
                properties.extend(layouts(kind).into_iter().map(|layout| (layout.field, Property::of("keyword"))));
                if let Some((path, columns)) = apart_columns(kind) {
                    let key = ("key".to_owned(), Property::of("long"));
                    let columns = columns.map(|(_, name)| (name.to_owned(), Property::of("keyword")));
                    let properties_of = columns.into_iter().chain([key]).collect();
                    properties
                        .insert(path.to_owned(), Property { properties: properties_of, ..Property::of("nested") });
                }
            }
            Form::Nested => {
                let nested = Property { properties: columns(kind), ..Property::of("nested") };
                properties.insert(stem(kind), nested);
                if is_told(kind) {
                    properties.insert(rows_field(kind), Property::of("keyword"));
                }
            }
            Form::Ranges | Form::Own => {}
        }
    }
    let includes = ["tenant", "ord", "type", "code", "id", "rid", "updated", "version", "body", "container"];
    Mapping { dynamic: "strict", _source: Kept { includes }, properties }
}

/// The fields of the object of an element.
fn parts() -> Properties {
    let of_element = stored_kinds().filter(|kind| kind.is_of_element());
    let field = |kind: RowKind| match form(kind) {
        Form::Nested => Property { properties: columns(kind), ..Property::of("nested") },
        Form::Keywords | Form::Ranges | Form::Own => Property::of("keyword"),
    };
    of_element.map(|kind| (stem(kind), field(kind))).collect()
}

/// The type of a field of a single key, by its name; nothing for others, which are in the [`mapping`].
pub fn property(field: &str) -> Option<Property> {
    let types = [
        ("time_", "long_range"),
        ("first_long_", "long"),
        ("last_long_", "long"),
        ("first_text_", "keyword"),
        ("last_text_", "keyword"),
    ];
    let of_key = |key: &str| !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_digit());
    let ty = types.into_iter().find(|(start, _)| field.strip_prefix(start).is_some_and(of_key));
    ty.map(|(_, ty)| Property::of(ty))
}

fn columns(kind: RowKind) -> Properties {
    let mut columns = BTreeMap::from([("key".to_owned(), Property::of("long"))]);
    for col in kind.columns() {
        let ty = if matches!(col.name.ty(), ColType::Instants | ColType::Point) { "long" } else { "keyword" };
        columns.extend(stored(kind, col).into_iter().map(|name| (name, Property::of(ty))));
    }
    columns
}
