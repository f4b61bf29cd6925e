//! Resources that stand inside others, as the body of the container has them.

use super::{Container, Stored};
use fhirc_codegen::rows::TypeCode;
use serde_json::Value as Json;

/// The resource of this type and id that a stored one contains, under the number `ord`; `None` if it is not there.
pub(crate) fn inside(container: Stored, ty: TypeCode, id: &str, ord: i64) -> Option<Stored> {
    let body = cut(&container.body, id)?;
    let stands = Container { ty: container.ty, id: container.id };
    Some(Stored { ord, ty, id: id.to_owned(), body, container: Some(stands), ..container })
}

/// The contained resource with this id, as JSON: the first one, which stands for all with the id. Numbers stay as they
/// were written.
fn cut(container: &str, id: &str) -> Option<String> {
    let container: Json = serde_json::from_str(container).ok()?;
    let list = container.get("contained")?.as_array()?;
    let found = list.iter().find(|inner| inner.get("id").and_then(Json::as_str) == Some(id))?;
    Some(found.to_string())
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn the_first_with_the_id_is_cut_out_as_it_was_written() {
        let container = r#"{"id":"a","contained":[{"id":"b","n":1.50},{"id":"c"},{"id":"b","n":2}]}"#;
        assert_eq!(cut(container, "b").as_deref(), Some(r#"{"id":"b","n":1.50}"#));
        assert_eq!((cut(container, "d"), cut("{}", "b"), cut("[", "b")), (None, None, None));
    }
}
