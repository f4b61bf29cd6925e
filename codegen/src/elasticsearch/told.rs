//! Rows themselves, read back from the keywords that hold all their columns.

use super::keyword::{Form, columns_of, form};
use crate::names::stem;
use crate::rows::{Base, ColType, KeyId, Point, RowKind, TypeCode, Value};

/// Whether there is a field that tells all columns of a row.
pub(super) fn is_told(kind: RowKind) -> bool {
    match form(kind) {
        Form::Keywords => kind != RowKind::Present,
        Form::Ranges => true,
        Form::Nested => kind == RowKind::One(Base::Point),
        Form::Own => false,
    }
}

/// The field that tells whole rows of a kind.
pub fn rows_field(kind: RowKind) -> String {
    match form(kind) {
        Form::Nested => format!("{}_whole", stem(kind)),
        _ => stem(kind),
    }
}

/// The columns of a row in a value of the field, if the value is of this key.
pub fn row_of(key: KeyId, kind: RowKind, value: &str) -> Option<Vec<Value>> {
    let (columns, texts) = (kind.columns(), columns_of(key, value)?);
    if columns.len() != texts.len() {
        return None;
    }
    columns.into_iter().zip(texts).map(|(col, text)| value_of(col.name.ty(), text)).collect()
}

/// A value from the text that stands for it: see [`super::keyword::plain_value`].
fn value_of(ty: ColType, text: String) -> Option<Value> {
    let ints = || text.split(' ').map(|number| number.parse().ok()).collect::<Option<Vec<i64>>>();
    Some(match ty {
        ColType::Int => Value::Int(text.parse().ok()?),
        ColType::Bytes => Value::Text(text),
        ColType::System => match text.strip_prefix('+') {
            Some(url) => Value::System(Some(url.to_owned())),
            None => Value::System(None),
        },
        ColType::Rid => {
            let (ty, id) = text.split_once('/')?;
            Value::Rid(TypeCode(ty.parse().ok()?), id.to_owned())
        }
        ColType::Instants => match ints()?.as_slice() {
            [lo, hi] => Value::Instants(*lo, *hi),
            _ => return None,
        },
        ColType::Cuts => {
            let (lo, hi) = text.split_once(' ')?;
            Value::Cuts(lo.to_owned(), hi.to_owned())
        }
        ColType::Point => match ints()?.as_slice() {
            [z, x, y] => Value::Point(Point { z: *z, x: *x, y: *y }),
            _ => return None,
        },
    })
}
