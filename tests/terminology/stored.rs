//! Value sets and code systems as they are stored, whole and not.

use fhirc::compiler::{Compiled, Compiler, Options, Rejected};
use fhirc::conformance::{Answer, Group, run};
use fhirc::definitions::Registry;
use fhirc::resolve::MAX_CODES;
use fhirc::tenant::TenantContext;
use fhirc::terminology::{MAX_NESTING, StoredTerminology};
use serde_json::{Value, json};
use std::sync::Arc;

async fn on_sqlite(group: &Value) -> Vec<Answer> {
    let group: Group = serde_json::from_value(group.clone()).unwrap();
    run(&group, &"sqlite::memory:".parse().unwrap(), &TenantContext::default()).await.unwrap()
}

fn code_system(codes: usize) -> Value {
    let concepts: Vec<_> = (0..codes).map(|n| json!({"code": format!("c{n}")})).collect();
    json!({"resourceType": "CodeSystem", "id": format!("cs{codes}"), "url": format!("http://t/cs{codes}"),
        "content": "complete", "concept": concepts})
}

fn value_set(id: &str, include: &Value) -> Value {
    json!({"resourceType": "ValueSet", "id": id, "url": format!("http://t/{id}"), "compose": {"include": include}})
}

#[tokio::test]
async fn as_many_codes_as_may_be_are_one_search() {
    let observation = |id: &str, code: String| {
        let coding = json!([{"system": format!("http://t/cs{MAX_CODES}"), "code": code}]);
        json!({"resourceType": "Observation", "id": id, "status": "final", "code": {"coding": coding}})
    };
    let answers = on_sqlite(&json!({
        "group": "many", "baseUrl": "http://example.org/fhir", "timezone": "UTC",
        "resources": [
            code_system(MAX_CODES),
            value_set("all", &json!([{"system": format!("http://t/cs{MAX_CODES}")}])),
            observation("first", "c0".to_owned()),
            observation("last", format!("c{}", MAX_CODES - 1)),
            observation("none", format!("c{MAX_CODES}")),
        ],
        "cases": [
            {"id": "in", "query": "Observation?code:in=http://t/all"},
            {"id": "not-in", "query": "Observation?code:not-in=http://t/all"},
        ],
    }))
    .await;
    assert_eq!(answers[0].ids, ["Observation/first", "Observation/last"], "{}", answers[0].reason);
    assert_eq!(answers[1].ids, ["Observation/none"], "{}", answers[1].reason);
}

fn compile(resources: &[Value], query: &str) -> Result<Compiled, Rejected> {
    let mut terminology = StoredTerminology::default();
    resources.iter().for_each(|resource| terminology.add(&resource.to_string()));
    Compiler::r4(Options { terminology: Arc::new(terminology), ..Options::default() }).compile(query)
}

/// The codes of the diagnostics, each with the text that it underlines.
fn refusals(resources: &[Value], query: &str) -> Vec<(&'static str, String)> {
    let rejected = compile(resources, query).unwrap_err();
    let told = rejected.diagnostics.iter();
    told.map(|told| (told.code, query.get(told.span.start as usize..told.span.end as usize).unwrap().to_owned()))
        .collect()
}

#[test]
fn what_is_not_known_completely_is_refused_by_name() {
    let fragment = json!({"resourceType": "CodeSystem", "id": "f", "url": "http://t/f", "content": "fragment",
        "concept": [{"code": "c"}]});
    let broken =
        json!({"resourceType": "CodeSystem", "id": "b", "url": "http://t/b", "content": "complete", "concept": 1});
    let resources = [
        fragment,
        broken,
        value_set("broken", &json!("nothing")),
        value_set("of-fragment", &json!([{"system": "http://t/f"}])),
        value_set("of-unknown", &json!([{"system": "http://t/g"}])),
        value_set("itself", &json!([{"valueSet": ["http://t/itself"]}])),
        value_set(
            "regex",
            &json!([{"system": "http://t/f", "filter": [{"property": "code", "op": "regex", "value": "."}]}]),
        ),
        json!({"resourceType": "ValueSet", "id": "twice-1", "url": "http://t/twice"}),
        json!({"resourceType": "ValueSet", "id": "twice-2", "url": "http://t/twice"}),
    ];
    let table = [
        ("code:in", "http://t/unknown", "unknown-value-set"),
        ("code:not-in", "ValueSet/unknown", "unknown-value-set"),
        ("code:in", "http://t/broken", "incomplete-terminology"),
        ("code:in", "http://t/of-fragment", "incomplete-terminology"),
        ("code:in", "http://t/of-unknown", "unknown-code-system"),
        ("code:in", "http://t/itself", "incomplete-terminology"),
        ("code:in", "http://t/twice", "ambiguous-terminology"),
        ("code:below", "http://t/f|c", "incomplete-terminology"),
        ("code:above", "http://t/b|c", "incomplete-terminology"),
        ("code:below", "http://loinc.org|1234-5", "unknown-code-system"),
        ("subject:Patient.general-practitioner:Practitioner.communication:in", "ValueSet/x", "unknown-value-set"),
    ];
    for (key, value, code) in table {
        assert_eq!(refusals(&resources, &format!("Observation?{key}={value}")), [(code, value.to_owned())], "{key}");
    }
    let filter = "Observation?_filter=code ni http://t/unknown or status eq final";
    assert_eq!(refusals(&resources, filter), [("unknown-value-set", "http://t/unknown".to_owned())]);
}

#[test]
fn a_code_without_system_is_asked_of_every_system_that_may_have_it() {
    let of = |id: &str, content: &str, codes: &[&str]| {
        let concepts: Vec<_> = codes.iter().map(|code| json!({"code": code})).collect();
        json!({"resourceType": "CodeSystem", "id": id, "url": format!("http://t/{id}"), "content": content,
            "concept": concepts})
    };
    let (whole, part) = (of("whole", "complete", &["c"]), of("part", "fragment", &["d"]));
    let query = |code: &str| format!("Observation?_filter=not (code sb {code})");
    for code in ["c", "d", "e"] {
        let told = refusals(&[whole.clone(), part.clone()], &query(code));
        assert_eq!(told, [("incomplete-terminology", code.to_owned())]);
    }
    let rejected = compile(&[whole.clone(), part], "Observation?code:below=c").unwrap_err();
    assert!(rejected.to_string().contains("CodeSystem `http://t/part` is not complete: its content is `fragment`"));
    // What only adds to a system has no codes of its own.
    assert!(compile(&[whole.clone(), of("more", "supplement", &["c"])], "Observation?code:below=c").is_ok());
    let shown = |query: &str| {
        let shown = fhirc::ir::print(&compile(std::slice::from_ref(&whole), query).unwrap().search, Registry::r4());
        shown.split("env").next().unwrap().to_owned()
    };
    // A code of no system is itself, wherever it stands.
    assert_eq!(shown("Observation?code:below=e"), shown("Observation?code=e"));
    assert!(shown("Observation?code:below=c").contains("is \"http://t/whole\"|\"c\""));
}

#[test]
fn values_without_a_system_have_no_code_of_a_value_set() {
    let resources = [value_set("v", &json!([{"system": "http://t/s", "concept": [{"code": "c"}]}]))];
    for query in ["Observation?focus.code:in=http://t/v", "Observation?_filter=focus.code in http://t/v"] {
        let compiled = compile(&resources, query).unwrap();
        assert_eq!(compiled.warnings, [], "{query}");
    }
    let several = compile(&resources, "?_type=Observation,SearchParameter&code:in=http://t/v").unwrap();
    assert!(fhirc::ir::print(&several.search, Registry::r4()).contains("|\"c\""));
    let alone = compile(&resources, "?_type=SearchParameter,OperationDefinition&code:in=http://t/v").unwrap_err();
    let (code, message) = (alone.diagnostics[0].code, alone.diagnostics[0].message.as_str());
    let said = "the values of `OperationDefinition.code`, `SearchParameter.code` carry no system: no value set and no \
        hierarchy has them";
    assert_eq!((alone.diagnostics.len(), code, message), (1, "no-code-system", said));
}

#[test]
fn without_a_terminology_what_needs_one_is_refused() {
    let compiler = Compiler::r4(Options::default());
    for query in ["Observation?code:in=http://t/x", "Observation?code:below=a|b", "Observation?_filter=code ss a|b"] {
        let rejected = compiler.compile(query).unwrap_err();
        assert_eq!(rejected.diagnostics[0].code, "no-terminology", "{query}");
    }
    assert!(compiler.compile("DocumentReference?contenttype:below=text").is_ok(), "media types need none");
}

#[test]
fn codes_that_nobody_knows_are_told() {
    let warned = |query: &str| -> Vec<_> {
        compile(&[code_system(1)], query).unwrap().warnings.into_iter().map(|warning| warning.code).collect()
    };
    assert_eq!(warned("Observation?code:below=http://t/cs1|other"), ["unknown-code"]);
    assert_eq!(warned("Observation?code:below=other"), ["unknown-code"]);
    assert_eq!(warned("Observation?code:above=http://t/other|c0"), ["unknown-code-system"]);
    assert_eq!(warned("Observation?code:above=http://t/cs1|c0"), [""; 0]);
}

#[test]
fn the_codes_of_a_search_are_bounded_together() {
    let half = MAX_CODES / 2 + 1;
    let resources = [
        code_system(half),
        code_system(MAX_CODES + 1),
        value_set("half", &json!([{"system": format!("http://t/cs{half}")}])),
        value_set("more", &json!([{"system": format!("http://t/cs{}", MAX_CODES + 1)}])),
    ];
    assert!(compile(&resources, "Observation?code:in=http://t/half").is_ok());
    let one = refusals(&resources, "Observation?code:in=http://t/more");
    assert_eq!(one, [("too-many-codes", "http://t/more".to_owned())]);
    let two = refusals(&resources, "Observation?code:in=http://t/half&category:in=http://t/half");
    assert_eq!(two, [("too-many-codes", "http://t/half".to_owned())]);
    // A value set counts once where it stands, whatever types it is asked of; but not in all of FHIR.
    assert!(compile(&resources, "?_type=Observation,Condition,Procedure&code:in=http://t/half").is_ok());
    let all = refusals(&resources, "?_tag:in=http://t/half");
    assert_eq!(all, [("too-many-codes", "http://t/half".to_owned())]);
}

#[test]
fn nesting_is_bounded_and_shared_parts_are_expanded_once() {
    let next = |n: usize| json!([{"valueSet": [format!("http://t/n{}", n + 1)]}, {"valueSet": [format!("http://t/n{}", n + 1)]}]);
    let tower = |height: usize| -> Vec<Value> {
        let end =
            value_set(&format!("n{}", height - 1), &json!([{"system": "http://t/s", "concept": [{"code": "c"}]}]));
        (0..height - 1).map(|n| value_set(&format!("n{n}"), &next(n))).chain([end]).collect()
    };
    assert!(compile(&tower(MAX_NESTING), "Observation?code:in=http://t/n0").is_ok());
    let refused = refusals(&tower(MAX_NESTING + 1), "Observation?code:in=http://t/n0");
    assert_eq!(refused, [("unsupported-terminology", "http://t/n0".to_owned())]);
}
