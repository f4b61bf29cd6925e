//! A terminology server over HTTP, small and real: a thread that reads requests and writes answers.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came in.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    /// `/r4/ValueSet/$expand`
    pub(crate) path: String,
    /// Names in lower case.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Value,
}

impl Asked {
    /// A parameter of the operation.
    pub(crate) fn parameter(&self, name: &str) -> Option<&Value> {
        let parameters = self.body["parameter"].as_array()?;
        let parameter = parameters.iter().find(|parameter| parameter["name"] == name)?.as_object()?;
        parameter.iter().find(|(key, _)| *key != "name").map(|(_, value)| value)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What comes back.
pub(crate) enum Answer {
    /// Status and a resource.
    Json(u16, Value),
    /// Status and any text.
    Text(u16, String),
    /// Nothing for so long.
    Nothing(Duration),
    /// The first half of an answer.
    Half,
    /// Bytes without end.
    Endless,
}

/// A running server; its threads end with the program.
pub(crate) struct Server {
    /// Its base.
    pub(crate) base: String,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Server {
    pub(crate) fn start(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/r4", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&asked), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                thread::spawn(move || serve(stream, &log, &*answer));
            }
        });
        Server { base, asked }
    }

    /// The requests so far.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }
}

/// One request of a connection. The other side may leave at any time.
fn serve(stream: TcpStream, log: &Mutex<Vec<Asked>>, answer: &dyn Fn(&Asked) -> Answer) {
    let mut reader = BufReader::new(&stream);
    let Some(asked) = read(&mut reader) else { return };
    log.lock().unwrap().push(asked.clone());
    let head = |status: u16, length: usize| {
        format!(
            "HTTP/1.1 {status} X\r\nContent-Type: application/fhir+json\r\nContent-Length: {length}\r\nLocation: /other\r\nConnection: close\r\n\r\n"
        )
    };
    let mut out = &stream;
    let _ = match answer(&asked) {
        Answer::Json(status, body) => {
            let body = body.to_string();
            write!(out, "{}{body}", head(status, body.len()))
        }
        Answer::Text(status, body) => write!(out, "{}{body}", head(status, body.len())),
        Answer::Nothing(time) => {
            thread::sleep(time);
            Ok(())
        }
        Answer::Half => write!(out, "{}{{\"resourceType\": \"Val", head(200, 1_000)),
        Answer::Endless => {
            let blanks = vec![b' '; 1 << 20];
            let _ = write!(out, "{}", head(200, 1 << 40));
            while out.write_all(&blanks).is_ok() {}
            Ok(())
        }
    };
}

fn read(reader: &mut impl BufRead) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.strip_prefix("POST ")?.split(' ').next()?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let mut asked = Asked { path, headers, body: Value::Null };
    let length: usize = asked.header("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    asked.body = serde_json::from_slice(&body).ok()?;
    Some(asked)
}

/// `OperationOutcome` with one issue.
pub(crate) fn outcome(code: &str, text: &str) -> Value {
    json!({"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code, "details": {"text": text}}]})
}

/// The tree that the server knows: `http://s/tree`, each code with the one above it.
const TREE: [(&str, &str); 7] = [
    ("root", ""),
    ("left", "root"),
    ("right", "root"),
    ("leaf", "left"),
    ("old", "left"),
    ("far", "leaf"),
    ("lone", ""),
];

fn above(code: &str) -> Vec<&'static str> {
    let Some((own, parent)) = TREE.iter().find(|(known, _)| *known == code) else { return Vec::new() };
    [vec![*own], above(parent)].concat()
}

/// Answers by [`TREE`], `page` codes at a time; with `total`, it says how many there are.
pub(crate) fn tree(page: usize, total: bool) -> impl Fn(&Asked) -> Answer + Send + Sync + 'static {
    move |asked| match asked.path.strip_prefix("/r4/") {
        Some("ValueSet/$expand") => expand(asked, page, total),
        Some("CodeSystem/$subsumes") => {
            let code = |name| asked.parameter(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            if above(&code("codeA")).is_empty() || code("system") != "http://s/tree" {
                return Answer::Json(404, outcome("not-found", "no such code"));
            }
            let outcome = if code("codeA") == code("codeB") { "equivalent" } else { "not-subsumed" };
            Answer::Json(
                200,
                json!({"resourceType": "Parameters", "parameter": [{"name": "outcome", "valueCode": outcome}]}),
            )
        }
        _ => Answer::Text(404, "no such page".to_owned()),
    }
}

fn expand(asked: &Asked, page: usize, total: bool) -> Answer {
    let include = asked.parameter("valueSet").map(|set| set["compose"]["include"][0].clone());
    let include = include.unwrap_or_else(|| match asked.parameter("url").and_then(Value::as_str) {
        Some("http://s/all") => json!({"system": "http://s/tree"}),
        _ => Value::Null,
    });
    if include["system"] != "http://s/tree" {
        return Answer::Json(404, outcome("not-found", "nobody knows `that`\n  value set"));
    }
    let filter = &include["filter"][0];
    let value = filter["value"].as_str().unwrap_or_default();
    let passes = |code: &str| match filter["op"].as_str() {
        None => true,
        Some("is-a") => above(code).contains(&value),
        Some("generalizes") => above(value).contains(&code),
        // A server whose `descendent-of` leaves the code out, as it should.
        Some("descendent-of") => code != value && above(code).contains(&value),
        Some(_) => false,
    };
    let codes: Vec<&str> = TREE.iter().map(|(code, _)| *code).filter(|code| passes(code)).collect();
    let offset = asked.parameter("offset").and_then(Value::as_u64).unwrap() as usize;
    let contains: Vec<Value> = codes.iter().skip(offset).take(page).map(|code| entry(code)).collect();
    let mut expansion = json!({"timestamp": "2024-01-01", "offset": offset, "contains": contains,
        "parameter": [{"name": "count", "valueInteger": page}, {"name": "offset", "valueInteger": offset}]});
    if total {
        expansion["total"] = json!(codes.len());
    }
    Answer::Json(200, json!({"resourceType": "ValueSet", "status": "active", "expansion": expansion}))
}

fn entry(code: &str) -> Value {
    json!({"system": "http://s/tree", "code": code, "inactive": code == "old", "abstract": code == "root"})
}
