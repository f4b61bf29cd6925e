//! Extraction for stores: rows by owner, warnings in words.

use super::version::{Extracted, Owner, RowSet, WriteWarning};
use crate::definitions::Registry;
use crate::index::{Extractor, Problem, Warning};
use fhirc_codegen::rows::TypeCode;
use serde_json::Value as Json;

/// An extractor, and the definitions that give its types their names.
#[derive(Debug)]
pub(crate) struct Extract<'a> {
    registry: &'a Registry,
    extractor: &'a Extractor,
}

impl<'a> Extract<'a> {
    pub(crate) fn new(registry: &'a Registry, extractor: &'a Extractor) -> Extract<'a> {
        Extract { registry, extractor }
    }

    /// The rows of a resource. A type that the definitions do not have has none.
    pub(crate) fn run(&self, ty: TypeCode, body: &Json) -> Extracted {
        let Some(ty) = self.registry.resource_type_of_code(ty.0) else { return Extracted::default() };
        let extraction = self.extractor.extract(ty, body);
        let mut rows = RowSet::from([(Owner::Itself, extraction.rows)]);
        for contained in extraction.contained {
            let owner = Owner::Contained(TypeCode(contained.ty.code()), contained.id);
            rows.insert(owner, contained.rows);
        }
        let warnings = extraction.warnings.into_iter().map(|warning| self.in_words(&warning)).collect();
        Extracted { rows, warnings }
    }

    fn in_words(&self, warning: &Warning) -> WriteWarning {
        let path = &warning.path;
        // What is quoted from the resource goes into the detail, so that equal problems have equal reasons.
        let (problem, quoted) = match &warning.problem {
            Problem::NoReference(text) => ("the text refers to nothing".to_owned(), Some(text)),
            Problem::UnknownComparator(text) => ("an unknown comparator".to_owned(), Some(text)),
            other => (other.to_string(), None),
        };
        let reason = match warning.param {
            Some(param) => {
                let (ty, code) = (self.registry.type_name(param.ty()), &self.registry.definition(param).code);
                format!("search parameter `{code}` of {ty}: {problem}")
            }
            None => problem,
        };
        let detail = quoted.map_or_else(|| path.clone(), |text| format!("{path} = `{text}`"));
        WriteWarning { reason, detail }
    }
}
