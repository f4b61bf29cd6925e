//! Pages: every strategy and order, first pages and later ones.

use super::{
    BIRTHDATE, CODE, CODE_VALUE, GENDER, NAME, OBSERVATION, PATIENT, PROFILE, Plan, SUBJECT, URL, VALUE, VERSION,
    after, by, loinc, male, subject, text,
};
use crate::algebra::{Access, Edge, On, Set, SetId, Universe};
use crate::program::{Dir, OrderBy, OrderKey, OrderLink, OrderSource, Pairs, Query, Strategy};
use crate::rows::{Base, KeyId, RowKind, Tuple, Value};

pub(super) fn pages() -> Vec<(&'static str, Query)> {
    let walk = || {
        let mut plan = Plan::default();
        let all = plan.all(PATIENT, Access::Walk);
        let gender = plan.rows(GENDER, male(), Access::Probe);
        (plan.and(&[all, gender]), plan)
    };
    let driven = || {
        let mut plan = Plan::default();
        let all = plan.all(PATIENT, Access::Probe);
        let gender = plan.rows(GENDER, male(), Access::Drive);
        (plan.and(&[all, gender]), plan)
    };
    let paged = |(root, plan): (SetId, Plan), order, strategy| plan.page(root, order, strategy);
    let updated = || vec![OrderKey::own(OrderBy::Updated(Universe(vec![PATIENT])), Dir::Desc)];
    let name_birth = || vec![by(NAME, Base::Text, Dir::Asc), by(BIRTHDATE, Base::Time, Dir::Desc)];
    let over = |via: Vec<Edge>, by| {
        let via = via.into_iter().map(OrderLink::from).collect();
        OrderKey { from: vec![OrderSource { via, by }], dir: Dir::Asc }
    };
    let rows = |keys: &[KeyId], base| OrderBy::Rows { keys: keys.to_vec(), kind: RowKind::One(base) };
    let subject_name = over(vec![subject()], rows(&[NAME], Base::Text));
    let canonical = Edge { key: PROFILE, on: On::UrlVersion { url: URL, version: VERSION } };
    let updated_over_two = over(vec![subject(), canonical], OrderBy::Updated(Universe(vec![PATIENT])));
    let together = OrderLink { keys: vec![SUBJECT, PROFILE], on: On::Rid };
    let linked_together = OrderSource { via: vec![together], by: rows(&[NAME], Base::Text) };
    let linked_together = OrderKey { from: vec![linked_together], dir: Dir::Asc };
    let references = OrderKey {
        from: [Base::Ref, Base::RefText].map(|base| OrderSource { via: Vec::new(), by: rows(&[SUBJECT], base) }).into(),
        dir: Dir::Desc,
    };
    let ord = (1 << 39) + 41;
    vec![
        ("walk", paged(walk(), Vec::new(), Strategy::Walk)),
        ("walk_after", after(paged(walk(), Vec::new(), Strategy::Walk), Vec::new(), ord)),
        ("walk_updated_after", after(paged(walk(), updated(), Strategy::Walk), vec![Some(Value::Int(77))], ord)),
        ("set_first", paged(driven(), Vec::new(), Strategy::SetFirst)),
        (
            "sorted_after",
            after(
                paged(driven(), name_birth(), Strategy::SetFirst),
                vec![Some(text("smith")), Some(Value::Int(5))],
                ord,
            ),
        ),
        (
            "sorted_after_missing",
            after(paged(driven(), name_birth(), Strategy::SetFirst), vec![Some(text("smith")), None], ord),
        ),
        ("by_value", paged(walk(), vec![by(BIRTHDATE, Base::Time, Dir::Desc)], Strategy::ByValue)),
        (
            "by_value_after",
            after(
                paged(walk(), vec![by(NAME, Base::Text, Dir::Asc)], Strategy::ByValue),
                vec![Some(text("smith"))],
                ord,
            ),
        ),
        (
            "by_value_two_keys_after",
            after(paged(walk(), name_birth(), Strategy::ByValue), vec![Some(text("smith")), Some(Value::Int(5))], ord),
        ),
        (
            "by_value_rest",
            after(paged(walk(), vec![by(BIRTHDATE, Base::Time, Dir::Desc).missing()], Strategy::Walk), vec![None], ord),
        ),
        ("sorted_via", paged(driven(), vec![subject_name], Strategy::SetFirst)),
        ("sorted_via_two", paged(driven(), vec![updated_over_two], Strategy::SetFirst)),
        ("sorted_via_together", paged(driven(), vec![linked_together], Strategy::SetFirst)),
        ("sorted_together", {
            paged(driven(), vec![OrderKey::own(rows(&[GENDER, CODE], Base::Token), Dir::Asc)], Strategy::Walk)
        }),
        ("sorted_references", paged(driven(), vec![references], Strategy::SetFirst)),
        ("several_types", {
            let mut plan = Plan::default();
            let root = plan.add(Set::All(Universe(vec![PATIENT, OBSERVATION])), Access::Walk);
            plan.page(root, Vec::new(), Strategy::Walk)
        }),
    ]
}

/// Pages along the values of one code.
pub(super) fn pairs() -> Vec<(&'static str, Query)> {
    let observed = || {
        let mut plan = Plan::default();
        let all = plan.all(OBSERVATION, Access::Walk);
        let code = plan.rows(CODE, loinc("29463-7"), Access::Probe);
        (plan.and(&[all, code]), plan)
    };
    let weight = || {
        let first = loinc("29463-7");
        Strategy::ByPair(Box::new(Pairs { key: CODE_VALUE, shape: Tuple::TokenQuantity, first }))
    };
    let paged = |dir| {
        let (root, plan) = observed();
        plan.page(root, vec![by(VALUE, Base::Quantity, dir)], weight())
    };
    vec![
        ("by_pair", paged(Dir::Asc)),
        ("by_pair_descending", paged(Dir::Desc)),
        ("by_pair_after", after(paged(Dir::Desc), vec![Some(text("88120"))], (1 << 39) + 41)),
        ("by_pair_once", Query { once: vec![CODE_VALUE], ..paged(Dir::Desc) }),
    ]
}
