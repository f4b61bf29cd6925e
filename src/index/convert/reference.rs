//! References: to resources of this store, to others, by canonical URL. FHIR R4 `search.html#reference`.

use fhirc_codegen::rows::{Base, TypeCode, Value as Cell};
use serde_json::Value;

use super::token::identifier_value;
use super::uri::canonical;
use super::{Line, Values, present};
use crate::definitions::ResourceType;
use crate::index::target::{self, Target};
use crate::index::warning::Problem;
use crate::keys::Facet;

/// | data type | what it refers to | items |
#[rustfmt::skip]
pub(super) const TABLE: &[Line] = &[
    ("Reference", reference), // local, foreign or contained; its identifier apart | 76, 80 to 82, 89
    ("canonical", published), // by URL and version, or contained                  | 85, 86
    ("uri", published),       // ConceptMap.source[x]: the URL of a value set      | 85
    ("url", published),
    ("Resource", inline), // Bundle.entry[0].resource: by type and id
];

fn reference(element: &Value, values: &mut Values<'_>) {
    if values.object(element).is_none() {
        return;
    }
    if let Some(text) = values.member_text(element, "reference") {
        literal(text, values);
    }
    if let Some(identifier) = present(element, "identifier") {
        let before = values.problems.len();
        if values.object(identifier).is_some() {
            identifier_value(identifier, Facet::Identifier, values);
        }
        values.problems.iter_mut().skip(before).for_each(|misfit| misfit.member = Some("identifier"));
    }
}

fn published(element: &Value, values: &mut Values<'_>) {
    match element.as_str() {
        Some(text) if text.starts_with('#') => literal(text, values),
        _ => canonical(element, values),
    }
}

fn literal(text: &str, values: &mut Values<'_>) {
    match Target::read(text, &values.settings.bases, values.scope.registry) {
        Some(Target::Local { ty, id, version }) => push(values, ty, id.to_owned(), version.unwrap_or_default()),
        Some(Target::Foreign(url)) => values.push(Facet::Value, Base::RefText, vec![Cell::Text(url.to_owned())]),
        Some(Target::Contained(id)) => match values.contained(id) {
            Some((ty, id)) => push(values, ty, id, ""),
            None => values.complain(Problem::NoReference(text.to_owned())),
        },
        None if is_conditional(text, values) => values.complain(Problem::Conditional(text.to_owned())),
        None => values.complain(Problem::NoReference(text.to_owned())),
    }
}

fn is_conditional(text: &str, values: &Values<'_>) -> bool {
    text.split_once('?').is_some_and(|(ty, _)| values.scope.registry.resource_type(ty).is_some())
}

fn push(values: &mut Values<'_>, ty: ResourceType, id: String, version: &str) {
    let cells = vec![Cell::Rid(TypeCode(ty.code()), id), Cell::Text(version.to_owned())];
    values.push(Facet::Value, Base::Ref, cells);
}

impl Values<'_> {
    /// Type and store-wide id of the contained resource `#id`; of the container itself for `#`.
    fn contained(&self, id: &str) -> Option<(ResourceType, String)> {
        let scope = self.scope;
        let container = scope.container.get("id")?.as_str()?;
        if id.is_empty() {
            return Some((scope.container_type, container.to_owned()));
        }
        let ty = target::resource_type(target::contained(scope.container, id)?, scope.registry)?;
        let container_type = scope.registry.type_name(scope.container_type);
        Some((ty, target::contained_id(container_type, container, id)))
    }
}

/// A resource that stands where a reference is wanted: as if it were referred to by its type and id.
fn inline(element: &Value, values: &mut Values<'_>) {
    let ty = target::resource_type(element, values.scope.registry);
    let id = element.get("id").and_then(Value::as_str);
    if let (Some(ty), Some(id)) = (ty, id) {
        push(values, ty, id.to_owned(), "");
    }
}
