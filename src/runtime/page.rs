//! What a search gives back.

use crate::compiler::Compiled;
use crate::definitions::Registry;
use crate::runtime::shape;
use crate::stores::{Container, Stored};
use fhirc_codegen::rows::TypeCode;
use fhirc_grammar::Diagnostic;

/// One page of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// The matches, in order; at most as many as the page holds.
    pub matches: Vec<Resource>,
    /// What came along with them, each once, none of them a match of this page.
    pub included: Vec<Resource>,
    /// The number of matches over all pages, where it was asked for.
    pub total: Option<u64>,
    /// Where the next page begins; nothing on the last.
    pub next: Option<String>,
    /// What the caller should know, beside what compilation said.
    pub outcome: Vec<Diagnostic>,
}

/// A resource of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// Its type.
    pub ty: TypeCode,
    /// Its logical id, of a contained resource the name inside its container.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// Whether that is the current one: what is included may be an earlier one, which a reference names.
    pub current: bool,
    /// When it last changed, in microseconds since 1970 UTC.
    pub updated: i64,
    /// The resource as JSON.
    pub body: String,
    /// The resource that contains it, if it is none of its own: its id is unique there only, version and time of change
    /// are the container's.
    pub container: Option<Container>,
}

impl Resource {
    /// `Patient/1`; of a contained resource that of its container and `#` with its id, `Observation/1#p`, as the end of
    /// its `fullUrl` (item 144).
    pub fn name(&self, registry: &Registry) -> String {
        let name = |ty: TypeCode| registry.resource_type_of_code(ty.0).map_or("?", |ty| registry.type_name(ty));
        match &self.container {
            None => format!("{}/{}", name(self.ty), self.id),
            Some(container) => format!("{}/{}#{}", name(container.ty), container.id, self.id),
        }
    }

    /// What a search wants of a stored resource.
    pub(super) fn cut(stored: Stored, search: &Compiled) -> Resource {
        let Stored { ty, id, version, updated, body, container, .. } = stored;
        let body = match search.registry.resource_type_of_code(ty.0) {
            Some(ty) => shape::cut(&search.registry, &search.search.shape, ty, body),
            None => body,
        };
        Resource { ty, id, version, current: true, updated, body, container }
    }

    /// The same of a version before the current one.
    pub(super) fn earlier(stored: Stored, search: &Compiled) -> Resource {
        Resource { current: false, ..Resource::cut(stored, search) }
    }
}
