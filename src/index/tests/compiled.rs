//! Every official parameter has a program or a stated reason.

use super::super::convert::converter;
use crate::definitions::{ParamType, Registry, TypeKind, reads};
use crate::index::{ExtractSettings, Extractor, Unindexed};

#[test]
fn every_official_parameter_is_compiled_or_named() {
    let registry = Registry::r4();
    let extractor = Extractor::new(registry, ExtractSettings::default());
    let messages: Vec<_> = extractor.diagnostics().iter().map(|d| format!("{}\n  {:?}", d.message, d.help)).collect();
    assert!(messages.is_empty(), "{}", messages.join("\n"));
    let mut named: Vec<_> =
        extractor.unindexed().iter().map(|&(param, why)| (registry.definition(param).code.as_str(), why)).collect();
    named.sort_unstable();
    named.dedup();
    assert_eq!(
        named,
        [("_id", Unindexed::OwnColumn), ("_lastUpdated", Unindexed::OwnColumn), ("_query", Unindexed::NamedQuery),]
    );
}

#[test]
fn the_tables_read_what_the_definitions_say_they_read() {
    let registry = Registry::r4();
    let types = [
        ParamType::Number,
        ParamType::Date,
        ParamType::String,
        ParamType::Token,
        ParamType::Reference,
        ParamType::Quantity,
        ParamType::Uri,
    ];
    let datatypes = registry.types().map(|ty| registry.type_name(ty)).chain([
        "string",
        "code",
        "uri",
        "canonical",
        "Quantity",
        "Age",
        "Range",
        "Period",
        "Timing",
        "HumanName",
        "instant",
        "date",
        "dateTime",
        "Identifier",
        "Coding",
        "CodeableConcept",
        "ContactPoint",
        "boolean",
        "decimal",
        "integer",
        "unsignedInt",
        "positiveInt",
        "markdown",
        "Address",
        "Reference",
        "Money",
        "SampledData",
        "Duration",
        "Distance",
        "Count",
        "url",
        "oid",
        "uuid",
        "id",
        "base64Binary",
        "time",
        "Ratio",
        "Attachment",
        "Annotation",
        "Dosage",
        "Signature",
        "Meta",
        "Extension",
        "xhtml",
    ]);
    for datatype in datatypes {
        assert!(registry.type_info(datatype).is_some_and(|info| info.kind != TypeKind::Part), "{datatype}");
        for ty in types {
            let converts = converter(ty, datatype, None, registry).is_some();
            assert_eq!(converts, reads(ty, datatype), "{datatype} as {}", ty.code());
        }
    }
}
