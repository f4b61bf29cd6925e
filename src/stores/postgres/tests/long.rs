//! Texts that are longer than an index takes mean what they mean in every store.

use super::*;
use crate::compiler::{Compiler, Options};
use crate::runtime::{Request, execute};
use crate::stores::Store;
use fhirc_codegen::rows::kinds;
use fhirc_codegen::sql::schema::{By, SqlType, row_tables};

/// Longer than an entry of an index however it is compressed, and the same at every call.
fn noise(letters: usize) -> String {
    let mut state: u64 = 88_172_645_463_325_252;
    let mut letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + u8::try_from(state % 26).unwrap())
    };
    (0..letters).map(&mut letter).collect()
}

fn part(text: &str, range: std::ops::Range<usize>) -> &str {
    text.get(range).unwrap()
}

fn resources() -> Vec<Json> {
    let (long, digits) = (noise(9_000), "7".repeat(700));
    let patient = |id: &str, family: &str, value: &str| {
        json!({
            "resourceType": "Patient", "id": id, "name": [{"family": family}],
            "identifier": [{"system": format!("urn:{long}"), "value": value}],
        })
    };
    let mut all = vec![
        patient("a", &format!("{long}b"), &format!("{long}1")),
        patient("b", &format!("{long}a"), &format!("{long}2")),
        patient("c", &long, "3"),
        patient("d", part(&long, 0..400), &long),
        patient("e", part(&long, 0..300), "5"),
        patient("f", "Berg", &format!("x{long}")),
        patient("g", &format!("Zorn {long} é"), "7"),
    ];
    all[0]["contained"] = json!([{"resourceType": "Patient", "id": "inner", "name": [{"family": format!("{long}c")}]}]);
    let url = format!("http://example.org/{long}");
    all.push(json!({"resourceType": "ValueSet", "id": "v", "url": url, "description": format!("{long} {long}")}));
    all.push(json!({"resourceType": "Questionnaire", "id": "q", "url": url, "title": long}));
    all.push(json!({"resourceType": "QuestionnaireResponse", "id": "r", "questionnaire": url}));
    all.push(json!({
        "resourceType": "Observation", "id": "o", "status": "final",
        "code": {"coding": [{"system": "urn:s", "code": long, "display": format!("{long} end")}]},
        "subject": {"reference": format!("http://elsewhere.example/{long}")},
        "valueQuantity": {"value": serde_json::from_str::<Json>(&format!("0.{digits}1")).unwrap(), "unit": long}
    }));
    all.push(json!({
        "resourceType": "Observation", "id": "n", "status": "final", "code": {"coding": [{"code": "n"}]},
        "valueQuantity": {"value": serde_json::from_str::<Json>(&format!("0.{digits}2")).unwrap()}
    }));
    all
}

fn queries() -> Vec<String> {
    let (long, digits) = (noise(9_000), "7".repeat(700));
    let (head, tail, middle) = (part(&long, 0..500), part(&long, 8_500..9_000), part(&long, 4_000..4_600));
    let mut all = Vec::new();
    let around = [355, 358, 362].map(|end| part(&long, 0..end));
    let others = [long.as_str(), head, tail, middle, &format!("{long}a"), "zorn", "b"];
    for value in others.into_iter().chain(around) {
        for modifier in ["", ":exact", ":contains"] {
            all.push(format!("Patient?family{modifier}={value}"));
        }
        for operator in ["eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le"] {
            all.push(format!("Patient?_filter=family {operator} \"{value}\""));
            all.push(format!("Patient?_filter=not (family {operator} \"{value}\")"));
        }
        all.push(format!("Patient?identifier={value}"));
        all.push(format!("Patient?identifier:not={value}"));
        all.push(format!("Patient?identifier=urn:{long}|{value}1,x{value}"));
        all.push(format!("ValueSet?description:contains={value}"));
        all.push(format!("Observation?code={value}"));
        all.push(format!("Observation?code:text={value}"));
        all.push(format!("ValueSet?url:below=http://example.org/{value}"));
        all.push(format!("ValueSet?url=http://example.org/{value}"));
        all.push(format!("Observation?subject=http://elsewhere.example/{value}"));
        all.push(format!("Patient?_contained=true&family={value}"));
    }
    for prefix in ["", "gt", "lt", "ge", "le", "ne", "sa", "eb"] {
        all.push(format!("Observation?value-quantity={prefix}0.{digits}1"));
        all.push(format!("Observation?value-quantity={prefix}0.7"));
    }
    for key in ["family", "-family", "identifier", "-identifier", "name,-identifier"] {
        all.push(format!("Patient?_sort={key}"));
        all.push(format!("Patient?_sort={key}&family:contains={middle}"));
    }
    for key in ["value-quantity", "-value-quantity", "code", "-code:text", "subject"] {
        all.push(format!("Observation?_sort={key}"));
    }
    all.push("QuestionnaireResponse?questionnaire.title:contains=abc".to_owned());
    all.push(format!("QuestionnaireResponse?questionnaire.title={head}&_sort=-questionnaire.title"));
    all.push("QuestionnaireResponse?_include=QuestionnaireResponse:questionnaire".to_owned());
    all.push("Questionnaire?_revinclude=QuestionnaireResponse:questionnaire".to_owned());
    all
}

/// Makes a store what it was before texts were abridged.
const BEFORE: &str = "DO $$ DECLARE texts record; BEGIN
    FOR texts IN SELECT c.relname AS rows, a.attname AS text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
        WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND c.relname ~ '_[vse]$'
        AND a.atttypid = 'text'::regtype AND a.attnum > 0
    LOOP EXECUTE format('UPDATE %1$I r SET %2$I = w.whole FROM abridged w
        WHERE w.tenant = r.tenant AND w.text = r.%2$I', texts.rows, texts.text);
    END LOOP; END $$;
    UPDATE system SET url = 'urn:' || repeat('a', 900) WHERE octet_length(url) > 360;
    DROP TABLE abridged; DELETE FROM stat WHERE key >= 8589934592;
    DELETE FROM fhirc_migration WHERE version > 1";

#[test]
fn a_store_from_before_is_brought_to_the_form() {
    block_on(async {
        let directory = Directory::new();
        let store = Store::open(&directory.url(), settings()).await.unwrap();
        let reference = Store::open(&"reference:".parse().unwrap(), settings()).await.unwrap();
        for n in 0..8 {
            // Compressed, they fit into an index. One character of several bytes lies across the end of the beginning.
            let family = format!("{}漢{}", "a".repeat(356 + n), "b".repeat(400 - 20 * n));
            let mut body = patient(&format!("p{n}"), &family);
            body["identifier"] = json!([{"system": format!("urn:{}", "a".repeat(900)), "value": "x"}]);
            for store in [&store, &reference] {
                store.write(&tenant(), vec![put(body.clone())]).await.unwrap();
            }
        }
        drop(store);
        let links = super::server::links(&directory.url());
        let link = links.lend().await.unwrap();
        link.batch_execute(BEFORE).await.unwrap();
        link.settled(Ok(())).unwrap();
        let store = Store::open(&directory.url(), settings()).await.unwrap();
        consistency::check(unwrap(&store), &tenant()).await;
        // Eight names, and words of five of them.
        assert_eq!(kept(&store).await, 13);
        let family = format!("{}漢", "a".repeat(359));
        for query in [
            "Patient?_sort=-family".to_owned(),
            "Patient?family:contains=bbb".to_owned(),
            format!("Patient?family={family}"),
            format!("Patient?_filter=family gt \"{family}\"&_sort=family"),
            format!("Patient?identifier=urn:{}|x", "a".repeat(900)),
        ] {
            let (found, expected) = (answer(&store, &query).await, answer(&reference, &query).await);
            assert!(found == expected && !found.concat().is_empty(), "{query}: {found:?} {expected:?}");
        }
    });
}

/// How often rows hold each text that is kept whole, counted, and as it is noted.
const USES: &str =
    "SELECT coalesce(c.text, a.text), coalesce(c.uses, 0)::bigint, coalesce(a.uses, -1) FROM abridged a FULL JOIN (
        SELECT tenant, text, count(*) AS uses FROM (@) r WHERE octet_length(text) > 360 GROUP BY 1, 2
    ) c ON a.tenant = c.tenant AND a.text = c.text";

/// How many texts are kept whole; each of them by as many rows as are noted, which are some.
async fn kept(store: &Store) -> usize {
    let link = unwrap(store).shared.links.lend().await.unwrap();
    let columns = kinds().flat_map(row_tables).filter(|(by, table)| match by {
        By::Source => true,
        By::Value => !kinds()
            .flat_map(row_tables)
            .any(|(other, of)| other == By::Source && of.name.strip_suffix('s') == table.name.strip_suffix('v')),
        By::End => false,
    });
    let texts = columns.flat_map(|(_, table)| {
        let texts = table.columns.into_iter().filter(|column| column.ty == SqlType::Text);
        texts.map(move |column| format!("SELECT tenant, {} AS text FROM {}", column.name, table.name))
    });
    let select = USES.replace('@', &texts.collect::<Vec<_>>().join(" UNION ALL "));
    let found = super::super::sql::rows(&*link, &select, &[]).await.unwrap();
    for row in &found {
        let (text, counted, noted): (&str, i64, i64) = (row.get(0), row.get(1), row.get(2));
        assert!(counted == noted && noted > 0, "{text}: {counted} {noted}");
    }
    link.settled(Ok(())).unwrap();
    found.len()
}

#[test]
fn a_long_text_goes_with_the_last_row_that_holds_it() {
    block_on(async {
        let store = Store::open(&Directory::new().url(), settings()).await.unwrap();
        let (long, other) = (noise(500), noise(900));
        let write = async |writes: Vec<Write>| {
            store.write(&tenant(), writes).await.unwrap();
            kept(&store).await
        };
        assert_eq!(write(vec![put(patient("a", &long)), put(patient("b", &long))]).await, 1);
        assert_eq!(write(vec![put(patient("a", &other))]).await, 2);
        assert_eq!(write(vec![delete("Patient", "b")]).await, 1);
        // One takes over what another gives up, in one transaction.
        assert_eq!(write(vec![put(patient("a", "Berg")), put(patient("c", &other))]).await, 1);
        assert_eq!(write(vec![put(patient("c", &other))]).await, 1);
        assert_eq!(write(vec![delete("Patient", "c"), delete("Patient", "a")]).await, 0);
        // And comes again.
        assert_eq!(write(vec![put(patient("c", &other))]).await, 1);
        assert_eq!(answer(&store, &format!("Patient?family:exact={other}")).await, [["c"]]);
        // The rows of a retired parameter hold it no more.
        store.retire(vec!["http://hl7.org/fhir/SearchParameter/individual-family".to_owned()]).await.unwrap();
        store.reindex(&mut ()).await.unwrap();
        assert_eq!(kept(&store).await, 1);
    });
}

/// All pages of two, and what came along.
async fn answer(store: &Store, query: &str) -> Vec<Vec<String>> {
    let compiler = Compiler::new(Arc::new(Registry::r4().clone()), Options::default());
    let search = compiler.compile(&format!("{query}&_count=2")).unwrap_or_else(|error| panic!("{query}: {error:?}"));
    let (mut pages, mut cursor) = (Vec::new(), None);
    loop {
        let request = Request { cursor, ..Request::default() };
        let page = execute(store, &search, &request, None).await.unwrap_or_else(|error| panic!("{query}: {error}"));
        pages.push(page.matches.iter().chain(&page.included).map(|found| found.id.clone()).collect());
        cursor = page.next;
        if cursor.is_none() {
            return pages;
        }
    }
}

#[test]
fn long_texts_are_found_and_sorted_as_everywhere() {
    block_on(async {
        let store = Store::open(&Directory::new().url(), settings()).await.unwrap();
        let reference = Store::open(&"reference:".parse().unwrap(), settings()).await.unwrap();
        for body in resources() {
            for store in [&store, &reference] {
                store.write(&tenant(), vec![put(body.clone())]).await.unwrap();
            }
        }
        let mut matched = 0;
        for query in queries() {
            let (found, expected) = (answer(&store, &query).await, answer(&reference, &query).await);
            assert_eq!(found, expected, "{query}");
            matched += usize::from(!found.concat().is_empty());
        }
        assert!(matched > 150, "{matched}");
        consistency::check(unwrap(&store), &tenant()).await;
        assert!(kept(&store).await > 10);
        let emptied = resources()
            .iter()
            .map(|body| delete(body["resourceType"].as_str().unwrap(), body["id"].as_str().unwrap()))
            .collect();
        store.write(&tenant(), emptied).await.unwrap();
        consistency::check(unwrap(&store), &tenant()).await;
        assert_eq!(kept(&store).await, 0);
    });
}
