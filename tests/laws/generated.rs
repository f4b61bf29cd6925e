//! Queries by chance, from conditions that fit the type searched.

use proptest::prelude::*;
use proptest::sample::select;

/// Conditions of a type, as parameters and as filters, and what it can be sorted by.
struct Type {
    name: &'static str,
    parameters: &'static [&'static str],
    filters: &'static [&'static str],
    orders: &'static [&'static str],
}

const TYPES: [Type; 3] = [
    Type {
        name: "Patient",
        parameters: &[
            "name=smi",
            "family:exact=Smith",
            "given=anna,bert",
            "gender=female",
            "gender:not=male",
            "birthdate=ge1980",
            "birthdate:missing=true",
            "active=true",
            "identifier=http://example.org/mrn|12345",
            "_tag=vip",
            "_id=p1,p2,p3,p4,p5",
            "_lastUpdated=ge2024",
            "organization.name=acme",
            "general-practitioner:Practitioner.family=welby",
            "_has:Observation:patient:code=8480-6",
            "_has:Observation:patient:status:not=final",
            "_has:Encounter:patient:_has:Observation:encounter:status=final",
        ],
        filters: &[
            "gender eq female",
            "family ne \"smith\"",
            "name co \"son\"",
            "birthdate gt 1970",
            "birthdate pr false",
            "active eq true",
            "organization.name sw \"pet\"",
            "organization[name co \"acme\"].name sw \"a\"",
            "_has:Observation:patient:code eq loinc|8480-6",
        ],
        orders: &["family", "-birthdate", "gender", "_lastUpdated", "-_id", "organization.name"],
    },
    Type {
        name: "Observation",
        parameters: &[
            "code=http://loinc.org|8480-6",
            "code:text=head",
            "status:not=final,amended",
            "date=ge2013",
            "date=lt2014",
            "date=ap2020-05-01",
            "value-quantity=gt5.3",
            "value-quantity=5.4|http://unitsofmeasure.org|mg",
            "value-quantity:missing=true",
            "code=8480-6",
            "value-quantity=ge5|http://unitsofmeasure.org|mg",
            "code-value-quantity=8480-6$gt140",
            "component-code-value-quantity=http://loinc.org|8480-6$gt140",
            "subject=Patient/p1",
            "performer=dr1",
            "subject:Patient.gender=female",
            "subject.name=smith",
            "patient.organization.name=acme",
            "subject:Patient.birthdate:missing=true",
            "encounter.subject:Patient.gender:not=male",
        ],
        filters: &[
            "code eq loinc|8480-6",
            "code ne http://loinc.org|8480-6",
            "status eq final",
            "date po 2013",
            "value-quantity le 5.4|ucum|mg",
            "value-quantity pr true",
            "subject re Patient/p1",
            "subject.gender eq male",
            "patient[gender eq female].organization.name co \"ac\"",
        ],
        orders: &["date", "-date", "value-quantity", "-value-quantity", "status", "code", "patient.family"],
    },
    Type {
        name: "Encounter",
        parameters: &[
            "status=planned",
            "class:not=AMB",
            "subject:Patient.name=smith",
            "part-of.status=finished",
            "part-of:missing=false",
            "patient._has:Group:member:_id=g1,g2",
            "_has:Observation:encounter:code=8480-6",
        ],
        filters: &[
            "status eq finished",
            "class ne AMB",
            "patient.gender eq female",
            "part-of.part-of.status eq planned",
        ],
        orders: &["status", "-class", "-_lastUpdated", "patient.birthdate"],
    },
];

/// `Type?condition&…`, a filter among the conditions now and then, sorted now and then.
pub(crate) fn query() -> impl Strategy<Value = String> {
    (0..TYPES.len()).prop_flat_map(|n| {
        let ty = &TYPES[n];
        let conditions = prop::collection::vec(select(ty.parameters).prop_map(str::to_owned), 0..4);
        let filter = prop::option::of(filter(ty).prop_map(|text| format!("_filter={text}")));
        let order = prop::collection::vec(select(ty.orders), 0..3);
        (conditions, filter, order).prop_map(|(mut conditions, filter, order)| {
            conditions.extend(filter);
            if !order.is_empty() {
                conditions.push(format!("_sort={}", order.join(",")));
            }
            format!("{}?{}", ty.name, conditions.join("&"))
        })
    })
}

fn filter(ty: &Type) -> impl Strategy<Value = String> + use<> {
    select(ty.filters).prop_map(str::to_owned).prop_recursive(3, 8, 2, |inner| {
        let both = (inner.clone(), select(&["and", "or"][..]), inner.clone());
        prop_oneof![
            2 => both.prop_map(|(left, op, right)| format!("({left}) {op} ({right})")),
            1 => inner.prop_map(|inner| format!("not ({inner})")),
        ]
    })
}
