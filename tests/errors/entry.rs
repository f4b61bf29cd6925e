//! The error corpus, and what the compiler says of its queries.

use fhirc::compiler::{Compiler, Options};
use fhirc::definitions::{Registry, from_resource};
use fhirc::grammar::{Diagnostic, Severity};
use fhirc::ir::BaseUrl;
use fhirc::resolve::Handling;
use serde_json::json;
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// A query of `tests/corpus/errors.txt` and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: &'static str,
    /// `strict`, `lenient`, or `both` where they agree.
    pub(crate) handling: &'static str,
    pub(crate) query: &'static str,
    /// Characters in front of the query, on its line.
    pub(crate) indent: usize,
    /// The lines below it: an underline, a code, what stands beside the underline.
    pub(crate) expected: Vec<&'static str>,
}

impl Entry {
    pub(crate) fn handlings(&self) -> Vec<Handling> {
        match self.handling {
            "strict" => vec![Handling::Strict],
            "lenient" => vec![Handling::Lenient],
            "both" => vec![Handling::Strict, Handling::Lenient],
            other => panic!("{}: `{other}` is no handling", self.name),
        }
    }
}

pub(crate) fn corpus() -> Vec<Entry> {
    let mut entries: Vec<Entry> = Vec::new();
    for line in include_str!("../corpus/errors.txt").lines() {
        if line.starts_with(' ') {
            entries.last_mut().unwrap().expected.push(line);
        } else if !line.is_empty() && !line.starts_with('#') {
            let (name, rest) = line.split_once(' ').unwrap();
            let (handling, query) = rest.trim_start().split_once(' ').unwrap();
            let query = query.trim_start();
            let indent = line.chars().count() - query.chars().count();
            entries.push(Entry { name, handling, query, indent, expected: Vec::new() });
        }
    }
    entries
}

pub(crate) fn diagnostics(query: &str, handling: Handling) -> Vec<Diagnostic> {
    let now = Some(fhirc::values::Instant(1_700_000_000_000_000));
    let bases = vec![BaseUrl::new("http://example.org/fhir")];
    match Compiler::new(registry(), Options { handling, now, bases, ..Options::default() }).compile(query) {
        Ok(compiled) => {
            assert!(!compiled.warnings.iter().any(Diagnostic::is_error), "{query}: an error among the warnings");
            compiled.warnings
        }
        Err(rejected) => {
            assert!(rejected.diagnostics.iter().any(Diagnostic::is_error), "{query}: rejected without an error");
            rejected.diagnostics
        }
    }
}

/// R4, with a composite of RiskAssessment over `prediction`, and with `nickname` of Patient and `attending` of Observation
/// being built: half of the resources are done.
fn registry() -> Arc<Registry> {
    static REGISTRY: LazyLock<Arc<Registry>> = LazyLock::new(|| {
        let param = |base: &str, code: &str, ty: &str, expression: &str| {
            let url = format!("http://example.org/{code}");
            let resource = json!({
                "resourceType": "SearchParameter", "url": url, "code": code, "base": [base], "type": ty,
                "expression": expression,
            });
            from_resource(&resource).unwrap()
        };
        let nickname = param("Patient", "nickname", "string", "Patient.name.text");
        let attending = param("Observation", "attending", "reference", "Observation.performer");
        let component = |code: &str, expression: &str| {
            let definition = format!("http://hl7.org/fhir/SearchParameter/RiskAssessment-{code}");
            json!({ "definition": definition, "expression": expression })
        };
        let graded = from_resource(&json!({
            "resourceType": "SearchParameter", "url": "http://example.org/graded", "code": "graded",
            "base": ["RiskAssessment"], "type": "composite", "expression": "RiskAssessment.prediction",
            "component": [component("risk", "qualitativeRisk"), component("probability", "probability")],
        }));
        let (registry, problems) = Registry::r4().with_params(vec![graded.unwrap()]);
        let (registry, warnings) = registry.define(vec![nickname, attending]).unwrap();
        assert!(problems.is_empty() && warnings.is_empty());
        registry.builds().keys().for_each(|&build| registry.progress(build).set(500, 1_000));
        Arc::new(registry)
    });
    Arc::clone(&REGISTRY)
}

/// A diagnostic as the corpus shows it: `^` under each wrong character, `|` before the character where one is missing.
pub(crate) fn line(entry: &Entry, diagnostic: &Diagnostic) -> String {
    let span = diagnostic.span;
    let (start, end) = (span.start as usize, span.end as usize);
    let characters = |range: Range<usize>| entry.query.get(range).unwrap().chars().count();
    let before = entry.indent + characters(0..start);
    let marks = match characters(start..end) {
        0 => "|".to_owned(),
        n => "^".repeat(n),
    };
    let warning = if diagnostic.severity == Severity::Warning { "warning " } else { "" };
    let beside = diagnostic.labels.iter().filter(|label| label.span == span).map(|label| format!(": {}", label.text));
    format!("{}{marks} {warning}{}{}", " ".repeat(before), diagnostic.code, beside.collect::<String>())
}
