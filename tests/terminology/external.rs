//! What the store does not hold is asked of a terminology server; what it holds is not.

use crate::server::{Answer, Server, tree};
use fhirc::codegen::rows::TypeCode;
use fhirc::compiler::{Compiled, Compiler, Options, Rejected};
use fhirc::definitions::Registry;
use fhirc::resolve::Terminology;
use fhirc::runtime::{Request, compile, execute};
use fhirc::stores::{Store, StoreSettings, Write};
use fhirc::terminology::{ExternalTerminology, HttpServer, StoredTerminology};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A compiler that knows some stored resources, and a server behind them.
pub(crate) fn compiler(stored: &[Value], server: HttpServer) -> Compiler {
    let mut terminology = StoredTerminology::default();
    stored.iter().for_each(|resource| terminology.add(&resource.to_string()));
    let terminology: Arc<dyn Terminology> = Arc::new(ExternalTerminology::new(terminology, Arc::new(server)));
    Compiler::r4(Options { terminology, ..Options::default() })
}

fn of(server: &Server) -> HttpServer {
    HttpServer::new(&server.base).unwrap()
}

fn value_set(id: &str, compose: &Value) -> Value {
    json!({"resourceType": "ValueSet", "id": id, "url": format!("http://t/{id}"), "compose": compose})
}

fn code_system(url: &str, content: &str, codes: &[&str]) -> Value {
    let concepts: Vec<Value> = codes.iter().map(|code| json!({"code": code})).collect();
    json!({"resourceType": "CodeSystem", "id": "cs", "url": url, "content": content, "concept": concepts})
}

/// The codes that a search on `Observation.code` asks for.
fn codes(compiled: &Compiled) -> Vec<String> {
    let shown = fhirc::ir::print(&compiled.search, Registry::r4());
    let found = shown.split("|\"").skip(1).filter_map(|rest| rest.split('"').next());
    found.map(str::to_owned).collect()
}

fn asked(compiler: &Compiler, query: &str) -> Vec<String> {
    codes(&compiler.compile(query).unwrap_or_else(|rejected| panic!("{rejected}")))
}

#[tokio::test]
async fn a_search_finds_the_members_of_a_value_set_of_the_server() {
    let server = Server::start(tree(3, true));
    let registry = Arc::new(Registry::r4().clone());
    let settings = StoreSettings { create: true, ..StoreSettings::new(Arc::clone(&registry)) };
    let store = Store::open(&"sqlite::memory:".parse().unwrap(), settings).await.unwrap();
    let put = |id: &str, code: &str| {
        let body = json!({"resourceType": "Observation", "id": id, "status": "final",
            "code": {"coding": [{"system": "http://s/tree", "code": code}]}});
        let ty = TypeCode(registry.resource_type("Observation").unwrap().code());
        Write::Put { ty, id: id.to_owned(), body, keep_updated: false }
    };
    let request = Request::default();
    let writes = vec![put("1", "far"), put("2", "none"), put("3", "root"), put("4", "lone")];
    store.write(&request.tenant, writes).await.unwrap();
    let compiler = compiler(&[], of(&server));
    for (query, expected) in [
        ("Observation?code:in=http://s/all", vec!["1", "3", "4"]),
        ("Observation?code:not-in=http://s/all", vec!["2"]),
        ("Observation?code:below=http://s/tree|left", vec!["1"]),
        ("Observation?code:above=http://s/tree|far", vec!["1", "3"]),
        ("Observation?_filter=code ni http://s/all or code sb http://s/tree|lone", vec!["2", "4"]),
        ("Observation?_filter=code in http://s/all and not (code ss http://s/tree|root)", vec!["4"]),
    ] {
        let compiled = compile(&compiler, query).await.unwrap();
        let page = execute(&store, &compiled, &request, None).await.unwrap();
        let ids: Vec<String> = page.matches.into_iter().map(|found| found.id).collect();
        assert_eq!(ids, expected, "{query}");
    }
}

#[test]
fn all_pages_are_read_with_and_without_a_total() {
    let all = ["far", "leaf", "left", "lone", "old", "right", "root"];
    for (page, total, requests) in [(3, true, 3), (7, true, 1), (3, false, 4), (1_000, true, 1), (1_000, false, 2)] {
        let server = Server::start(tree(page, total));
        assert_eq!(asked(&compiler(&[], of(&server)), "Observation?code:in=http://s/all"), all);
        let offsets: Vec<u64> =
            server.asked().iter().map(|asked| asked.parameter("offset").and_then(Value::as_u64).unwrap()).collect();
        assert_eq!(offsets.len(), requests, "{page} {total}: {offsets:?}");
    }
}

#[test]
fn what_is_stored_is_not_asked_for() {
    let server = Server::start(tree(9, true));
    let stored = [
        value_set("own", &json!({"include": [{"system": "http://s/tree", "concept": [{"code": "x"}]}]})),
        json!({"resourceType": "ValueSet", "id": "same", "url": "http://s/all", "expansion": {"contains": [{"system": "http://s/tree", "code": "mine"}]}}),
        json!({"resourceType": "ValueSet", "id": "listed", "url": "http://t/listed",
            "compose": {"include": [{"system": "http://s/tree"}]},
            "expansion": {"contains": [{"system": "http://s/tree", "code": "leaf"}]}}),
        code_system("http://t/held", "complete", &["a"]),
    ];
    let compiler = compiler(&stored, of(&server));
    assert_eq!(asked(&compiler, "Observation?code:in=http://t/own"), ["x"]);
    assert_eq!(asked(&compiler, "Observation?code:in=http://s/all"), ["mine"]);
    assert_eq!(asked(&compiler, "Observation?code:in=http://t/listed"), ["leaf"]);
    assert_eq!(asked(&compiler, "Observation?code:below=http://t/held|a"), ["a"]);
    // A code that a stored system lacks exists nowhere, and a logical id names what is here.
    assert_eq!(compiler.compile("Observation?code:below=http://t/held|b").unwrap().warnings[0].code, "unknown-code");
    assert_eq!(
        compiler.compile("Observation?code:in=ValueSet/x").unwrap_err().diagnostics[0].code,
        "unknown-value-set"
    );
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn stored_value_sets_may_consist_of_what_the_server_knows() {
    let server = Server::start(tree(2, true));
    let stored = [
        code_system("http://s/tree", "fragment", &["root"]),
        value_set(
            "branch",
            &json!({
                "include": [
                    {"system": "http://s/tree", "filter": [{"property": "concept", "op": "descendent-of", "value": "root"}]},
                    {"system": "http://t/other", "concept": [{"code": "listed"}]},
                ],
                "exclude": [{"system": "http://s/tree", "filter": [{"property": "concept", "op": "is-a", "value": "leaf"}]}],
            }),
        ),
        value_set(
            "around",
            &json!({"include": [{"valueSet": ["http://s/all"]}], "exclude": [{"valueSet": ["http://t/branch"]}]}),
        ),
        value_set(
            "both",
            &json!({"include": [{"system": "http://s/tree", "valueSet": ["http://t/branch"],
            "filter": [{"property": "concept", "op": "is-a", "value": "left"}]}]}),
        ),
    ];
    let compiler = compiler(&stored, of(&server));
    assert_eq!(asked(&compiler, "Observation?code:in=http://t/branch"), ["left", "old", "right", "listed"]);
    assert_eq!(asked(&compiler, "Observation?code:in=http://t/around"), ["far", "leaf", "lone", "root"]);
    assert_eq!(asked(&compiler, "Observation?code:in=http://t/both"), ["left", "old"]);
    assert_eq!(asked(&compiler, "Observation?code:below=http://s/tree|leaf"), ["far", "leaf"]);
}

#[test]
fn a_code_alone_is_told_from_one_that_does_not_exist() {
    let server = Server::start(|asked| {
        // It leaves the code itself out.
        let set = json!({"resourceType": "ValueSet", "expansion": {"total": 0}});
        if asked.path.ends_with("$expand") { Answer::Json(200, set) } else { tree(9, true)(asked) }
    });
    let compiler = compiler(&[], of(&server));
    assert_eq!(asked(&compiler, "Observation?code:below=http://s/tree|lone"), ["lone"]);
    let compiled = compiler.compile("Observation?code:below=http://s/tree|gone").unwrap();
    assert_eq!((compiled.warnings[0].code, codes(&compiled)), ("unknown-code", vec!["gone".to_owned()]));
    let rejected = compiler.compile("Observation?code:below=lone").unwrap_err();
    assert_eq!(rejected.diagnostics[0].code, "code-without-system");
}

#[test]
fn one_search_asks_once_and_the_next_asks_again() {
    let server = Server::start(tree(9, true));
    let compiler = compiler(&[], of(&server));
    let query = "?_type=Observation,Condition&code:in=http://s/all&code:not-in=http://s/all,http://s/all";
    compiler.compile(query).unwrap();
    assert_eq!(server.asked().len(), 1);
    compiler.compile(query).unwrap();
    assert_eq!(server.asked().len(), 2);
}

#[tokio::test]
async fn others_go_on_while_a_search_waits() {
    let server = Server::start(|asked| {
        std::thread::sleep(Duration::from_millis(200));
        tree(9, true)(asked)
    });
    let compiler = compiler(&[], of(&server));
    let order = Mutex::new(Vec::new());
    tokio::join!(
        async {
            compile(&compiler, "Observation?code:in=http://s/all").await.unwrap();
            order.lock().unwrap().push("search");
        },
        async {
            tokio::task::yield_now().await;
            order.lock().unwrap().push("other");
        }
    );
    assert_eq!(*order.lock().unwrap(), ["other", "search"]);
}

#[test]
fn versions_and_credentials_are_sent() {
    let server = Server::start(tree(9, true));
    let base = server.base.replace("http://", "http://me:p%40ss@");
    let http = HttpServer::new(&base).unwrap().header("X-Key", "k3y").unwrap();
    compiler(&[], http).compile("Observation?code:in=http://s/all|2.0").unwrap();
    let asked = server.asked().remove(0);
    assert_eq!(asked.parameter("url").unwrap(), "http://s/all");
    assert_eq!(asked.parameter("valueSetVersion").unwrap(), "2.0");
    assert_eq!(asked.header("authorization"), Some("Basic bWU6cEBzcw=="));
    assert_eq!((asked.header("x-key"), asked.header("accept")), (Some("k3y"), Some("application/fhir+json")));
}

/// What is wrong with a search: the code of the first problem, its message, and the text that it underlines.
pub(crate) fn refusal(outcome: Result<Compiled, Rejected>) -> (&'static str, String, String) {
    let rejected = outcome.map(|compiled| compiled.query).unwrap_err();
    let told = &rejected.diagnostics[0];
    let place = told.span.text(rejected.query.as_str()).unwrap().to_owned();
    (told.code, told.message.clone(), place)
}
