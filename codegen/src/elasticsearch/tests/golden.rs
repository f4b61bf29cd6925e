//! The requests of the corpus, the mapping and the capabilities, as golden files.

use super::engine::TENANT;
use crate::algebra::SlotId;
use crate::capability::{Capabilities, questions};
use crate::elasticsearch::document::mapping;
use crate::elasticsearch::{Fill, Target, identity, search};
use crate::rows::TypeCode;
use crate::testing::corpus;

/// One resource found.
struct Found;

impl Fill for Found {
    fn tenant(&self) -> i64 {
        TENANT
    }

    fn slot(&self, _: SlotId) -> Option<Vec<Vec<String>>> {
        Some(vec![vec![identity(TypeCode(1), "a")]])
    }

    fn names(&self, _: SlotId) -> Option<Vec<[String; 2]>> {
        Some(["", "1.0"].map(|version| ["http://a.org/q", version].map(str::to_owned)).to_vec())
    }
}

fn golden(name: &str, text: &str) {
    let path = "../../../../snapshots/codegen/elasticsearch";
    insta::with_settings!({ snapshot_path => path, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

#[test]
fn requests() {
    let mut refused = String::new();
    for (name, query) in corpus::queries() {
        match search(&query) {
            Ok(body) => golden(name, &serde_json::to_string_pretty(&body.fill(&Found).unwrap().body()).unwrap()),
            Err(error) => refused += &format!("{name}: {error}\n"),
        }
    }
    golden("refused", &refused);
    golden("mapping", &serde_json::to_string_pretty(&mapping()).unwrap());
}

#[test]
fn capabilities() {
    let list: String = questions().into_iter().map(|q| format!("{q}: {:?}\n", Target.answer(q))).collect();
    golden("capabilities", &list);
}

#[test]
fn what_is_not_filled_in_is_not_sent() {
    let queries = corpus::queries();
    let (_, query) = queries.iter().find(|(name, _)| *name == "slot").unwrap();
    let body = search(query).unwrap();
    assert!(serde_json::to_string(&body).is_err());
    assert!(serde_json::to_string(&body.fill(&Found).unwrap().body()).is_ok());
}
