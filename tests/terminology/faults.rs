//! A terminology server that fails, lies or says too much fails the search, with its words and the place in the query.

use crate::external::{compiler, refusal};
use crate::server::{Answer, Asked, Server, outcome};
use fhirc::resolve::MAX_CODES;
use fhirc::terminology::{HttpServer, MAX_QUESTIONS};
use serde_json::{Value, json};
use std::net::TcpListener;
use std::time::Duration;

const QUERY: &str = "Patient?_has:Observation:patient:code:not-in=http://s/all&gender=male";

/// What is said of [`QUERY`] where the server answers this.
fn told(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (&'static str, String) {
    let server = Server::start(answer);
    let http = HttpServer::new(&server.base).unwrap().time(Duration::from_millis(700));
    let (code, message, place) = refusal(compiler(&[], http).compile(QUERY));
    assert_eq!(place, "http://s/all", "{message}");
    (code, message.replace(&format!("the terminology server `{}` ", server.base), "it "))
}

fn expansion(content: Value) -> Answer {
    Answer::Json(200, json!({"resourceType": "ValueSet", "expansion": content}))
}

fn entries(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| json!({"system": "http://s", "code": format!("c{n}")})).collect()
}

fn offset(asked: &Asked) -> usize {
    asked.parameter("offset").and_then(Value::as_u64).unwrap() as usize
}

#[test]
fn errors_are_told_in_the_words_of_the_server() {
    let text = |status, text: &'static str| move |_: &Asked| Answer::Text(status, text.to_owned());
    let words =
        |status, code: &'static str, text: &'static str| move |_: &Asked| Answer::Json(status, outcome(code, text));
    for (found, expected) in [
        (told(text(500, "<html>oops</html>")), "it answered 500"),
        (told(text(302, "")), "it answered 302"),
        (
            told(words(422, "too-costly", "the value set\n has `9,000,000`\u{1b}[31m codes")),
            "it answered 422: `the value set has '9,000,000' [31m codes`",
        ),
        (told(words(404, "not-found", "no such value set")), "it answered 404: `no such value set`"),
        (told(words(200, "too-costly", "not today")), "it answered no ValueSet: `not today`"),
        (told(text(200, "<html>hello</html>")), "it answered with what is no JSON"),
        (told(text(200, "[1, 2]")), "it answered with JSON that is no resource"),
        (told(text(200, "")), "it answered with what is no JSON"),
        (told(text(200, r#"{"resourceType": "Bundle"}"#)), "it answered with `Bundle` where ValueSet was asked for"),
        (told(|_| Answer::Half), "it broke the connection off"),
        (told(|_| Answer::Nothing(Duration::ZERO)), "it broke the connection off"),
        (told(|_| Answer::Nothing(Duration::from_secs(5))), "it did not answer within 0.7 s"),
        (told(|_| Answer::Endless), "it answered with more than 16 MiB"),
    ] {
        assert_eq!(found, ("terminology-server", expected.to_owned()));
    }
    let (code, message) = told(text(200, r#"{"resourceType": "ValueSet", "expansion": {"total": "many"}}"#));
    assert_eq!(code, "terminology-server");
    assert!(message.starts_with("it answered with ValueSet that cannot be read: invalid type: string"), "{message}");
    let (_, message) = told(|_| Answer::Json(500, outcome("exception", &"so long ".repeat(100))));
    assert!(message.len() < 250 && message.ends_with("…`"), "{message}");
}

#[test]
fn a_server_that_is_not_there_is_told() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let http = HttpServer::new(&format!("http://{free}")).unwrap();
    let (code, message, _) = refusal(compiler(&[], http).compile(QUERY));
    assert_eq!(
        (code, message),
        ("terminology-server", format!("the terminology server `http://{free}` refused the connection"))
    );
    let http = HttpServer::new("http://nowhere.invalid/r4").unwrap();
    let (code, message, _) = refusal(compiler(&[], http).compile(QUERY));
    assert_eq!(code, "terminology-server");
    assert!(message.starts_with("the terminology server `http://nowhere.invalid/r4` "), "{message}");
}

#[test]
fn an_expansion_that_is_not_the_whole_value_set_is_refused() {
    let whole = "ValueSet `http://s/all` is not complete: ";
    for (answer, why) in [
        (json!({"contains": entries(0..2), "total": 3}), "its expansion lists 2 of 3 codes"),
        (
            json!({"contains": entries(0..2), "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/valueset-unclosed", "valueBoolean": true}]}),
            "its expansion says so",
        ),
        (
            json!({"contains": entries(0..2), "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/valueset-toocostly", "valueBoolean": true}]}),
            "its expansion says so",
        ),
        (
            json!({"contains": entries(0..2), "parameter": [{"name": "activeOnly", "valueBoolean": true}]}),
            "its expansion was made with the parameter `activeOnly`",
        ),
        (json!({"contains": entries(0..2), "offset": 7}), "its expansion is another page than was asked for"),
        (json!({"contains": [{"code": "c"}]}), "its expansion does not say of which system `c` is"),
    ] {
        // The first page, and behind it nothing.
        let told = told(move |asked| {
            let empty = json!({"total": answer["total"], "contains": []});
            expansion(if offset(asked) == 0 { answer.clone() } else { empty })
        });
        assert_eq!(told, ("incomplete-terminology", format!("{whole}{why}")));
    }
    let without = told(|_| Answer::Json(200, json!({"resourceType": "ValueSet"})));
    assert_eq!(without, ("incomplete-terminology", format!("{whole}the terminology server does not expand it")));
    let overlapping = told(|_| expansion(json!({"total": 4, "contains": entries(0..2)})));
    assert_eq!(overlapping, ("incomplete-terminology", format!("{whole}the pages of its expansion overlap")));
    let changing = told(|asked| {
        let first = offset(asked);
        expansion(json!({"total": 4 + first, "contains": entries(first..first + 2)}))
    });
    assert_eq!(changing, ("incomplete-terminology", format!("{whole}its expansion changes from page to page")));
}

#[test]
fn who_does_not_page_gives_all_at_once() {
    // As many codes as were asked for, and no word of pages: it is asked for more, and repeats itself.
    let server = Server::start(|_| expansion(json!({"contains": entries(0..1_000)})));
    let compiler = compiler(&[], HttpServer::new(&server.base).unwrap());
    assert!(compiler.compile(QUERY).is_ok());
    assert_eq!(server.asked().len(), 2);
    // Nested, with a heading and a code that is twice there.
    let nested = json!({"total": 4, "contains": [{"display": "heading", "contains": [
        {"system": "http://s", "code": "a", "abstract": true, "contains": [{"system": "http://s", "code": "b", "inactive": true}]},
        {"system": "http://s", "code": "b"}]}]});
    let server = Server::start(move |_| expansion(nested.clone()));
    let compiled = crate::external::compiler(&[], HttpServer::new(&server.base).unwrap()).compile(QUERY).unwrap();
    let shown = fhirc::ir::print(&compiled.search, fhirc::definitions::Registry::r4());
    assert!(shown.contains("(is \"http://s\"|\"a\" any case or is \"http://s\"|\"b\" any case)"), "{shown}");
}

#[test]
fn codes_and_questions_are_bounded() {
    let (code, _) = told(|_| expansion(json!({"total": MAX_CODES + 1, "contains": entries(0..10)})));
    assert_eq!(code, "too-many-codes");
    let (code, _) = told(|asked| {
        expansion(json!({"offset": offset(asked), "contains": entries(offset(asked)..offset(asked) + 1_000)}))
    });
    assert_eq!(code, "too-many-codes");
    let one_by_one = |asked: &Asked| {
        expansion(json!({"offset": offset(asked), "contains": entries(offset(asked)..offset(asked) + 1)}))
    };
    let (code, message) = told(one_by_one);
    assert_eq!(
        (code, message),
        ("too-many-questions", format!("the search asks a terminology server more than {MAX_QUESTIONS} questions"))
    );
}

#[test]
fn no_credentials_are_shown_even_if_the_server_repeats_them() {
    let server = Server::start(|asked| {
        let said =
            format!("user me with p@ss and {} is not welcome", asked.header("authorization").unwrap_or_default());
        Answer::Json(401, outcome("login", &said))
    });
    let base = server.base.replace("http://", "http://me:p%40ss@");
    let rejected = compiler(&[], HttpServer::new(&base).unwrap()).compile(QUERY).unwrap_err();
    let shown = format!("{rejected} {rejected:?}");
    assert!(!shown.contains("p@ss") && !shown.contains("p%40ss") && !shown.contains("bWU6cEBzcw"), "{shown}");
    assert!(shown.contains("is not welcome"), "{shown}");
}
