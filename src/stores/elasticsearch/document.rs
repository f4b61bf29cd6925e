//! Documents: one per resource with all its rows, one per resource that it contains.

use crate::definitions::Registry;
use crate::stores::StoreError;
use crate::stores::number::FRAGMENT;
use crate::stores::packed::{Column, Packed};
use crate::stores::tenants::Tenant;
use fhirc_codegen::elasticsearch::document::{Content, elements, fields};
use fhirc_codegen::elasticsearch::identity;
use fhirc_codegen::rows::{ColType, Point, Row, RowKind, TypeCode, Value};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The longest text that is indexed, in bytes.
const MAX_TEXT: usize = 32_766;

/// The longest name of a document, in bytes.
const MAX_NAME: usize = 512;

/// What a document says of its resource beside the rows, and what is read again.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) tenant: i64,
    pub(super) ord: i64,
    /// The type of the resource, whatever became of it.
    pub(super) code: u8,
    /// The type once more, of a live resource that stands in no other.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) ty: Option<u8>,
    /// The id of a resource of its own: what stands in another is not found or sorted by one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(super) id: String,
    /// As references name it; nothing if it is deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) rid: Option<String>,
    /// Nothing of what stands in another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<i64>,
    pub(super) version: i64,
    /// Nothing of what is deleted, or stands in another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) body: Option<String>,
}

/// A document.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    #[serde(flatten)]
    pub(super) record: Record,
    /// The epoch of the definitions that the rows were made under.
    pub(super) epoch: u32,
    #[serde(flatten)]
    rows: BTreeMap<String, BTreeSet<Content>>,
}

/// The name of the document of a resource.
pub(super) fn name(Tenant(tenant): Tenant, id: &str) -> Result<String, StoreError> {
    let name = format!("{tenant}/{id}");
    if name.len() > MAX_NAME {
        return Err(StoreError::Limit { what: "an id is longer than the name of a document may be (512 bytes)" });
    }
    Ok(name)
}

impl Record {
    /// A resource of a type, whatever became of it.
    pub(super) fn new(Tenant(tenant): Tenant, ty: TypeCode, id: &str, ord: i64) -> Record {
        Record { tenant, ord, code: ty.0, id: id.to_owned(), ..Record::default() }
    }

    /// It stands in another, which is written in this version.
    pub(super) fn inside(self, version: i64) -> Record {
        Record { id: String::new(), updated: None, version, ..self }
    }

    /// It is found by what refers to it.
    pub(super) fn live(self) -> Record {
        Record { rid: Some(identity(TypeCode(self.code), &self.id)), ..self }
    }
}

impl Document {
    /// A resource and its rows, which were made under these definitions.
    pub(super) fn new(record: Record, rows: Option<&Packed>, registry: &Registry) -> Result<Document, StoreError> {
        let named = |ty: TypeCode, id: &str| {
            let name = registry.type_name(registry.resource_type_of_code(ty.0)?);
            (!id.contains(FRAGMENT)).then(|| format!("{name}/{id}"))
        };
        let mut found: BTreeMap<String, BTreeSet<Content>> = BTreeMap::new();
        let rows: Vec<Row> = rows.into_iter().flat_map(unpacked).collect();
        for (field, content) in rows.iter().flat_map(|row| fields(row, &named)).chain(elements(rows.iter())) {
            if is_too_long(&content) {
                return Err(StoreError::Limit { what: "a value is longer than an index takes (32,766 bytes)" });
            }
            found.entry(field).or_default().insert(content);
        }
        Ok(Document { record, epoch: registry.epoch(), rows: found })
    }

    /// The names of the fields of rows.
    pub(super) fn fields(&self) -> impl Iterator<Item = &String> {
        self.rows.keys()
    }
}

fn is_too_long(content: &Content) -> bool {
    match content {
        Content::Text(text) => text.len() > MAX_TEXT,
        Content::Object(object) => object.values().any(is_too_long),
        Content::List(list) => list.iter().any(is_too_long),
        Content::Int(_) | Content::Interval { .. } => false,
    }
}

/// The rows as they were packed.
fn unpacked(packed: &Packed) -> impl Iterator<Item = Row> {
    packed.rows().map(|(key, kind, columns)| Row { key, kind, values: values(kind, columns) })
}

fn values<'p>(kind: RowKind, mut columns: impl Iterator<Item = Column<'p>>) -> Vec<Value> {
    let mut value = |ty: ColType| {
        let first = columns.next()?;
        Some(match (ty, first) {
            (ColType::Instants, Column::Int(start)) => Value::Instants(start, int(columns.next()?)?),
            (ColType::Cuts, Column::Text(start)) => Value::Cuts(start.to_owned(), text(columns.next()?)?.to_owned()),
            (ColType::Point, Column::Int(z)) => {
                Value::Point(Point { z, x: int(columns.next()?)?, y: int(columns.next()?)? })
            }
            (_, Column::Int(n)) => Value::Int(n),
            (_, Column::Text(text)) => Value::Text(text.to_owned()),
            (_, Column::System(url)) => Value::System(url.map(str::to_owned)),
            (_, Column::Rid(ty, id)) => Value::Rid(ty, id.to_owned()),
        })
    };
    kind.columns().into_iter().map_while(|col| value(col.name.ty())).collect()
}

fn int(column: Column<'_>) -> Option<i64> {
    if let Column::Int(n) = column { Some(n) } else { None }
}

fn text(column: Column<'_>) -> Option<&str> {
    if let Column::Text(text) = column { Some(text) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use fhirc_codegen::rows::{Base, KeyId, Tuple};

    #[test]
    fn rows_come_out_as_they_were() {
        let one = |base, values| Row { key: KeyId(3), kind: RowKind::One(base), values };
        let text = |text: &str| Value::Text(text.to_owned());
        let cuts = || Value::Cuts("1".to_owned(), "10".to_owned());
        let system = Value::System(Some("urn:x".to_owned()));
        let rows = [
            Row { key: KeyId(1), kind: RowKind::Present, values: Vec::new() },
            one(Base::Token, vec![text("a"), Value::System(None), text("")]),
            one(Base::Text, vec![text("a"), Value::Int(1), text("A")]),
            one(Base::Ref, vec![Value::Rid(TypeCode(7), "p".to_owned()), text("2")]),
            one(Base::Time, vec![Value::Instants(-1, i64::MAX)]),
            one(Base::Quantity, vec![cuts(), system.clone(), text("mg"), text("")]),
            one(Base::Point, vec![Value::Point(Point { z: 1, x: 2, y: 3 })]),
            Row {
                key: KeyId(4),
                kind: RowKind::Tuple(Tuple::TokenNumber),
                values: vec![text("a"), system, text(""), cuts()],
            },
        ];
        let packed = Packed::of(&rows).unwrap();
        assert_eq!(unpacked(&packed).collect::<Vec<_>>(), rows);
    }
}
