//! Lists that only a form has room for: more values together than the parameters of one statement.

use crate::answers::found;
use crate::notation::expand;
use crate::{compiler, data};
use fhirc::stores::Store;

const FORMS: [(&str, &str, &str); 4] = [
    (
        "Patient",
        "identifier=⟨1..9000⟩&identifier=⟨2..9001⟩&identifier=⟨3..9002⟩&identifier=⟨4..9003⟩",
        "= percent-decoy",
    ),
    (
        "Patient",
        "_id:not=⟨1..9000⟩&_id:not=⟨2..9001⟩&identifier:not=⟨3..9002⟩&identifier:not=⟨4..9003⟩&_id=kim",
        "= kim",
    ),
    ("Observation", "code=⟨1..9000⟩&code:not=⟨2..9001⟩&subject=⟨1..9000⟩&subject=⟨9001..18000⟩", "= "),
    ("ValueSet", "url=⟨1..9000⟩&url=⟨9001..18000⟩&url=⟨18001..27000⟩&url=⟨27001..36000⟩", "= "),
];

async fn check(store: &Store) {
    for (ty, form, ids) in FORMS {
        let compiled = compiler().compile_form(ty, &expand(form)).unwrap();
        assert_eq!(found(store, &compiled).await, ids, "{ty} {form}");
    }
}

/// Four lists of codes, each of a system of its own: `s1|1,s2|2` and so on.
fn pairs() -> String {
    let list = |from: u32| (from..from + 9_000).map(|n| format!("s{n}|{n}")).collect::<Vec<_>>().join(",");
    [1, 10_000, 20_000, 30_000].map(|from| format!("identifier={}", list(from))).join("&")
}

#[tokio::test]
async fn the_reference_answers_all() {
    let store = data::store("reference:").await;
    check(&store).await;
    assert_eq!(found(&store, &compiler().compile_form("Patient", &pairs()).unwrap()).await, "= ");
}

#[tokio::test]
async fn sqlite_answers_lists_and_refuses_pairs_by_name() {
    let store = data::store("sqlite::memory:").await;
    check(&store).await;
    let said = found(&store, &compiler().compile_form("Patient", &pairs()).unwrap()).await;
    assert!(said.starts_with("! not-on-this-store identifier=s"), "{said:.200}");
}
