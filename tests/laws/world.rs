//! A small hospital: values meet those that the queries ask for, elements repeat and are missing, references dangle.

use crate::BASE;
use crate::random::Random;
use fhirc::codegen::rows::TypeCode;
use fhirc::definitions::Registry;
use fhirc::stores::{Store, StoreSettings, Write};
use fhirc::tenant::TenantContext;
use serde_json::{Value, json};
use std::sync::Arc;

/// A store that holds the hospital.
pub(crate) async fn store(url: &str) -> Store {
    holding(url, resources()).await
}

/// A store that holds some resources.
pub(crate) async fn holding(url: &str, resources: Vec<Value>) -> Store {
    let registry = Arc::new(Registry::r4().clone());
    let settings =
        StoreSettings { bases: Some(vec![BASE.to_owned()]), create: true, ..StoreSettings::new(Arc::clone(&registry)) };
    let store = Store::open(&url.parse().unwrap(), settings).await.unwrap();
    store.write(&TenantContext::default(), resources.into_iter().map(put).collect()).await.unwrap();
    store
}

pub(crate) fn put(body: Value) -> Write {
    let text = |name: &str| body[name].as_str().unwrap().to_owned();
    let ty = TypeCode(Registry::r4().resource_type(&text("resourceType")).unwrap().code());
    Write::Put { ty, id: text("id"), keep_updated: true, body }
}

fn resources() -> Vec<Value> {
    let mut random = Random(7);
    let mut all: Vec<Value> = (1..=24).map(|n| patient(n, &mut random)).collect();
    all.extend((1..=60).map(|n| observation(n, &mut random)));
    all.extend((1..=20).map(|n| encounter(n, &mut random)));
    all.extend((1..=6).map(|n| practitioner(n, &mut random)));
    all.extend((1..=4).map(|n| organization(n, &mut random)));
    all.extend((1..=4).map(|n| group(n, &mut random)));
    all.extend((1..=8).map(|n| risk(n, &mut random)));
    all.extend((1..=6).map(|n| value_set(n, &mut random)));
    all.extend((1..=12).map(|n| location(n, &mut random)));
    all.extend((1..=6).map(|n| role(n, &mut random)));
    all.extend(ward());
    all
}

/// What lists, brackets and canonicals are asked of: written by hand, since each depends on the other.
fn ward() -> Vec<Value> {
    let code = |code: &str| json!({"coding": [{"code": code}]});
    let entry = |reference: &str| json!({"item": {"reference": reference}});
    let appends = |target: &str| json!({"code": "appends", "target": {"reference": target}});
    let replaces = |target: &str| json!({"code": "replaces", "target": {"reference": target}});
    let characteristic = json!([{"code": code("gender"), "valueCodeableConcept": code("male"), "exclude": false}]);
    let pressure = json!([{"code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]}, "valueQuantity": {"value": 150}},
        {"code": code("a"), "valueQuantity": {"value": 5}}]);
    let collected = json!({"collector": {"reference": "Practitioner/w"}, "collectedDateTime": "2021-02-03", "bodySite": code("arm")});
    let answers = |questionnaire: &str| json!({"status": "completed", "questionnaire": questionnaire});
    let bodies = [
        ("List", "42", json!({"entry": [entry("Patient/p1"), entry("Patient/p2"), entry("Encounter/e1")]})),
        ("List", "43", json!({"entry": [entry("Patient/p3")]})),
        (
            "List",
            "44",
            json!({"status": "current", "code": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/list-example-use-codes", "code": "allergies"}]},
                "entry": [entry("AllergyIntolerance/a1"), entry("Patient/p1")]}),
        ),
        ("AllergyIntolerance", "a1", json!({"patient": {"reference": "Patient/p1"}})),
        ("AllergyIntolerance", "a2", json!({"patient": {"reference": "Patient/p1"}})),
        ("Group", "males", json!({"type": "person", "actual": false, "characteristic": characteristic})),
        (
            "Observation",
            "pressure",
            json!({"status": "final", "component": pressure, "subject": {"reference": "Location/l1"}}),
        ),
        (
            "DocumentReference",
            "d1",
            json!({"relatesTo": [appends("http://other.org/fhir/D/1"), replaces("DocumentReference/y")]}),
        ),
        ("DocumentReference", "d2", json!({"relatesTo": [appends("DocumentReference/y")]})),
        ("Practitioner", "w", json!({"name": [{"family": "Welby"}]})),
        ("Specimen", "s1", json!({"collection": collected})),
        ("Questionnaire", "q1", json!({"url": "http://example.org/q", "version": "1.0", "title": "Pain"})),
        ("QuestionnaireResponse", "a1", answers("http://example.org/q|1.0")),
        ("QuestionnaireResponse", "a2", answers("http://example.org/other")),
        ("ValueSet", "focus", json!({"useContext": [{"code": {"code": "focus"}, "valueCodeableConcept": code("a")}]})),
        ("ResearchSubject", "r1", json!({"status": "candidate", "individual": {"reference": "Patient/p1"}})),
        ("Basic", "b1", json!({"subject": {"reference": "ResearchSubject/r1"}})),
        ("Practitioner", "p1", json!({"gender": "female"})),
    ];
    let mut random = Random(11);
    bodies.map(|(ty, id, body)| resource(ty, id.to_owned(), &mut random, body)).into()
}

/// A resource with what every resource has. An element that is null is left out, in an object or a list.
fn resource(ty: &str, id: String, random: &mut Random, mut body: Value) -> Value {
    body["resourceType"] = json!(ty);
    body["id"] = json!(id);
    body["meta"] = json!({
        "lastUpdated": random.pick(&["2023-05-01T10:00:00Z", "2024-01-01T00:00:00Z", "2024-06-30T12:00:00.123Z"]),
        "tag": random.pick(&[Value::Null, json!([{"system": "http://example.org/tags", "code": "vip"}])]),
    });
    prune(&mut body);
    body
}

fn prune(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(prune);
            fields.retain(|_, field| !is_nothing(field));
        }
        Value::Array(items) => {
            items.iter_mut().for_each(prune);
            items.retain(|item| !is_nothing(item));
        }
        _ => {}
    }
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}

/// A reference to one of `1..=n`, to one that does not exist, or none.
fn reference(random: &mut Random, ty: &str, prefix: &str, n: usize) -> Value {
    match random.below(n + 3) {
        0 => Value::Null,
        1 => json!({"reference": format!("{ty}/nobody")}),
        2 => json!({"reference": format!("{BASE}/{ty}/{prefix}1")}),
        k => json!({"reference": format!("{ty}/{prefix}{}", k - 2)}),
    }
}

fn coding(random: &mut Random) -> Value {
    let loinc = |code: &str| json!({"system": "http://loinc.org", "code": code});
    random.pick(&[
        loinc("8480-6"),
        loinc("8480-6"),
        loinc("8462-4"),
        loinc("883-9"),
        json!({"code": "8480-6"}),
        json!({"system": "http://snomed.info/sct", "code": "112144000"}),
        json!({"system": "http://example.org/codes", "code": "a", "display": "Head"}),
    ])
}

fn concept(random: &mut Random) -> Value {
    let text = random.pick(&[Value::Null, json!("headache"), json!("blood pressure")]);
    let second = if random.below(4) == 0 { coding(random) } else { Value::Null };
    json!({"coding": [coding(random), second], "text": text})
}

fn quantity(random: &mut Random) -> Value {
    let ucum = |value: &str, code: &str| json!({"value": number(value), "system": "http://unitsofmeasure.org", "code": code, "unit": code});
    random.pick(&[
        ucum("5.4", "mg"),
        ucum("0.0054", "g"),
        ucum("120", "mm[Hg]"),
        ucum("145", "mm[Hg]"),
        ucum("150.0", "mm[Hg]"),
        json!({"value": number("5.40"), "unit": "g"}),
        json!({"value": number("99.9"), "system": "http://example.org/units", "code": "u"}),
        Value::Null,
    ])
}

/// A number as it is written.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn name(random: &mut Random) -> Value {
    let families = ["Smith", "Smith-Jones", "O'Brien", "Müller", "Jones", "Welby", "Peters", "Simpson"];
    let given = [json!(null), json!(["Anna"]), json!(["Bert", "Anna"]), json!(["Marie-Louise"]), json!(["bert"])];
    json!({"family": random.pick(&families), "given": random.pick(&given)})
}

fn patient(n: usize, random: &mut Random) -> Value {
    let names = random.pick(&[0, 1, 1, 2]);
    let identifier = json!({"system": "http://example.org/mrn", "value": random.pick(&["12345", "446053", "x"])});
    let typed = json!({
        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MR"}]},
        "value": random.pick(&["446053", "12345"]),
    });
    let body = json!({
        "name": (0..names).map(|_| name(random)).collect::<Vec<_>>(),
        "gender": random.pick(&[json!(null), json!("male"), json!("female"), json!("female"), json!("other")]),
        "birthDate": random.pick(&[json!(null), json!("1980-06-11"), json!("1980"), json!("1969-12-31"), json!("1991-02")]),
        "active": random.pick(&[json!(null), json!(true), json!(false)]),
        "identifier": random.pick(&[json!(null), json!([identifier]), json!([typed]), json!([identifier, typed])]),
        "telecom": random.pick(&[json!(null), json!([{"system": "phone", "value": "555-1234"}])]),
        "managingOrganization": reference(random, "Organization", "org", 4),
        "generalPractitioner": [reference(random, "Practitioner", "dr", 6), reference(random, "Practitioner", "dr", 6)],
    });
    resource("Patient", format!("p{n}"), random, body)
}

fn observation(n: usize, random: &mut Random) -> Value {
    let subject = if random.below(5) == 0 { ("Group", "g", 4) } else { ("Patient", "p", 24) };
    let (start, end) = random.pick(&[
        (json!("2012-06-01"), json!("2013-06-01")),
        (json!("2013-01-14"), Value::Null),
        (Value::Null, json!("2014-05-31")),
    ]);
    let when = random.pick(&["2013-01-14T08:30:00Z", "2013", "2014-05", "2020-05-02", "2009-12-31"]);
    let (date, period) = match random.below(3) {
        0 => (Value::Null, json!({"start": start, "end": end})),
        1 => (Value::Null, Value::Null),
        _ => (json!(when), Value::Null),
    };
    let component = |random: &mut Random| json!({"code": concept(random), "valueQuantity": quantity(random)});
    let components = random.pick(&[0, 0, 2]);
    let inside = n.is_multiple_of(6);
    let body = json!({
        "status": random.pick(&["final", "amended", "preliminary"]),
        "code": concept(random),
        "contained": if inside { contained(random) } else { Value::Null },
        "subject": if inside { json!({"reference": "#c"}) } else { reference(random, subject.0, subject.1, subject.2) },
        "encounter": reference(random, "Encounter", "e", 20),
        "performer": [reference(random, "Practitioner", "dr", 6), reference(random, "Patient", "p", 24)],
        "effectiveDateTime": date,
        "effectivePeriod": period,
        "valueQuantity": quantity(random),
        "component": (0..components).map(|_| component(random)).collect::<Vec<_>>(),
    });
    resource("Observation", format!("o{n}"), random, body)
}

/// What an observation has no reference to elsewhere for.
fn contained(random: &mut Random) -> Value {
    json!([
        {
            "resourceType": "Patient",
            "id": "c",
            "name": [name(random)],
            "gender": random.pick(&[json!(null), json!("male"), json!("female")]),
            "birthDate": random.pick(&[json!(null), json!("1980-06-11"), json!("1969")]),
            "managingOrganization": random.pick(&[json!({"reference": "#d"}), json!({"reference": "Organization/org1"})]),
        },
        {"resourceType": "Organization", "id": "d", "name": random.pick(&["ACME", "Pet Hospital"])},
    ])
}

fn encounter(n: usize, random: &mut Random) -> Value {
    let system = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    let body = json!({
        "status": random.pick(&["planned", "finished"]),
        "class": {"system": system, "code": random.pick(&["AMB", "IMP"])},
        "subject": reference(random, "Patient", "p", 24),
        "partOf": reference(random, "Encounter", "e", 20),
        "serviceProvider": reference(random, "Organization", "org", 4),
        "location": [{"location": {"reference": format!("Location/l{}", n % 8 + 1)}}],
    });
    resource("Encounter", format!("e{n}"), random, body)
}

fn practitioner(n: usize, random: &mut Random) -> Value {
    let body = json!({"name": [name(random)], "active": random.pick(&[json!(null), json!(true)])});
    resource("Practitioner", format!("dr{n}"), random, body)
}

fn organization(n: usize, random: &mut Random) -> Value {
    let body = json!({
        "name": random.pick(&["ACME", "Acme Clinic", "Pet Hospital", "St. Mary"]),
        "partOf": reference(random, "Organization", "org", 4),
    });
    resource("Organization", format!("org{n}"), random, body)
}

fn group(n: usize, random: &mut Random) -> Value {
    let members: Vec<Value> =
        (0..3).map(|_| reference(random, "Patient", "p", 24)).map(|entity| json!({"entity": entity})).collect();
    resource("Group", format!("g{n}"), random, json!({"type": "person", "actual": true, "member": members}))
}

fn risk(n: usize, random: &mut Random) -> Value {
    let probability = number(random.pick(&["0.8", "0.80", "0.805", "0.9", "1"]));
    let body = json!({
        "status": "final",
        "subject": reference(random, "Patient", "p", 24),
        "prediction": [{"probabilityDecimal": probability}],
    });
    resource("RiskAssessment", format!("r{n}"), random, body)
}

fn value_set(n: usize, random: &mut Random) -> Value {
    let urls = ["http://example.org/vs", "http://example.org/fhir/ValueSet/x", "http://example.org/fhirx"];
    let body = json!({"status": "active", "url": random.pick(&urls), "version": random.pick(&["1.0", "2.0"])});
    resource("ValueSet", format!("vs{n}"), random, body)
}

/// Places; some make a tree of three levels, two are part of each other.
fn location(n: usize, random: &mut Random) -> Value {
    let above = match n {
        2 | 3 => "l1",
        4 => "l2",
        5 => "l4",
        6 => "nobody",
        7 => "l8",
        8 => "l7",
        _ => "",
    };
    let at = |latitude: &str, longitude: &str| json!({"latitude": number(latitude), "longitude": number(longitude)});
    let positions = [
        at("42.2565", "-83.69481"),
        at("-33.8688", "151.2093"),
        at("51.5007", "-0.1246"),
        at("51.51", "-0.12"),
        at("0", "-179.9"),
        at("0.1", "180"),
        at("90", "0"),
        Value::Null,
    ];
    let body = json!({
        "status": random.pick(&[json!("active"), json!("active"), json!("suspended")]),
        "position": positions[n % positions.len()],
        "partOf": if above.is_empty() { Value::Null } else { json!({"reference": format!("Location/{above}")}) },
        "managingOrganization": reference(random, "Organization", "org", 4),
    });
    resource("Location", format!("l{n}"), random, body)
}

fn role(n: usize, random: &mut Random) -> Value {
    let location = [reference(random, "Location", "l", 12), reference(random, "Location", "l", 12)];
    resource("PractitionerRole", format!("pr{n}"), random, json!({"location": location}))
}
