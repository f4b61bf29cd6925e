//! Generated resources in a store: nothing is refused, nothing is left unindexed, searches have answers.

use super::sample;
use crate::compiler::{Compiler, Options};
use crate::load::{Limits, inputs, load};
use crate::resolve::Handling;
use crate::runtime::{Request, execute};
use crate::stores::{Store, StoreSettings, StoreUrl};
use crate::tenant::TenantContext;
use std::fmt::Write as _;
use std::sync::Arc;

const SEARCHES: &[&str] = &[
    "Patient?family=M%C3%BCller",
    "Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|10000000",
    "Patient?general-practitioner.name=smith&birthdate=lt1990",
    "Observation?subject:Patient.organization.partof:missing=false&code=http://loinc.org|8867-4",
    "Observation?component-code-value-quantity=http://loinc.org|8480-6$gt120|http://unitsofmeasure.org|mm[Hg]",
    "Observation?value-quantity=gt70|http://unitsofmeasure.org|kg&status:not=amended",
    "Patient?_has:Condition:subject:code=http://hl7.org/fhir/sid/icd-10|I10",
    "Encounter?diagnosis.code=http://snomed.info/sct|38341003&_include=Encounter:diagnosis",
    "DiagnosticReport?result.status=final&_include=DiagnosticReport:result",
    "Procedure?reason-reference:missing=false",
    "Organization?partof.partof.name:contains=health",
];

#[tokio::test]
async fn all_of_it_is_stored_and_found() {
    let directory = std::env::temp_dir().join(format!("fhirc-generate-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = directory.join("sample.ndjson");
    let (mut text, mut count) = (String::new(), 0);
    for resource in sample(100) {
        writeln!(text, "{}", resource.json).unwrap();
        count += 1;
    }
    std::fs::write(&path, text).unwrap();

    let compiler = Compiler::r4(Options { handling: Handling::Strict, ..Options::default() });
    let registry = Arc::new(compiler.registry().clone());
    let settings = StoreSettings { create: true, ..StoreSettings::new(registry) };
    let store = Store::open(&StoreUrl::SqliteMemory, settings).await.unwrap();
    let (inputs, _) = inputs(&[path]).unwrap();
    let report = load(&store, &TenantContext::default(), inputs, Limits::default(), &mut ()).await.unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(report.counts.created, count);
    assert_eq!((report.refused.by_count(), report.warnings.by_count()), (vec![], vec![]));

    for search in SEARCHES {
        let compiled = compiler.compile(search).unwrap_or_else(|rejected| panic!("{rejected}"));
        assert_eq!(compiled.warnings, [], "{search}");
        let page = execute(&store, &compiled, &Request::default(), None).await.unwrap();
        assert!(!page.matches.is_empty(), "{search} finds nothing");
    }
}
