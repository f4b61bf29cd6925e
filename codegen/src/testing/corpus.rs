//! Hand-built queries, one per shape of lowering: every target has a golden file of each that it answers.

mod pages;

use crate::algebra::{
    Access, Atom, Edge, End, Estimate, Exactness, Names, Node, On, Order, Place, Rel, Scope, Set, SetId, Sets, SlotId,
    Source, Span, Test, Universe,
};
use crate::program::{After, Dir, OrderBy, OrderKey, Query, Strategy, Take, Yield};
use crate::rows::{Base, Col, ColName, KeyId, Point, RowKind, Tuple, TypeCode, Value};

const PATIENT: TypeCode = TypeCode(1);
const OBSERVATION: TypeCode = TypeCode(2);
const GENDER: KeyId = KeyId(10);
const NAME: KeyId = KeyId(11);
const BIRTHDATE: KeyId = KeyId(12);
const POSITION: KeyId = KeyId(13);
const CODE: KeyId = KeyId(20);
const SUBJECT: KeyId = KeyId(21);
const CODE_VALUE: KeyId = KeyId(22);
const PROFILE: KeyId = KeyId(23);
const VALUE: KeyId = KeyId(25);
const URL: KeyId = KeyId(30);
const VERSION: KeyId = KeyId(31);
const LOCATION: TypeCode = TypeCode(3);
const PLACE: KeyId = KeyId(24);
const PART_OF: KeyId = KeyId(40);

/// A query under construction.
#[derive(Default)]
struct Plan {
    sets: Sets,
}

impl Plan {
    fn add(&mut self, set: Set, access: Access) -> SetId {
        let span = Span { start: 8, end: 12 };
        let (scope, est, place) = (Scope::default(), Estimate::default(), Place::default());
        self.sets.push(Node { set, span, scope, exact: Exactness::Exact, est, place, access })
    }

    fn all(&mut self, ty: TypeCode, access: Access) -> SetId {
        self.add(Set::All(Universe(vec![ty])), access)
    }

    fn and(&mut self, children: &[SetId]) -> SetId {
        self.add(Set::And(children.to_vec()), Access::Drive)
    }

    fn rows(&mut self, key: KeyId, test: Test, access: Access) -> SetId {
        let (ty, kind) = match key {
            GENDER => (PATIENT, RowKind::One(Base::Token)),
            NAME => (PATIENT, RowKind::One(Base::Text)),
            BIRTHDATE => (PATIENT, RowKind::One(Base::Time)),
            POSITION => (PATIENT, RowKind::One(Base::Point)),
            CODE => (OBSERVATION, RowKind::One(Base::Token)),
            CODE_VALUE => (OBSERVATION, RowKind::Tuple(Tuple::TokenQuantity)),
            SUBJECT => (OBSERVATION, RowKind::One(Base::Ref)),
            PART_OF => (LOCATION, RowKind::One(Base::Ref)),
            other => panic!("{other:?} has no rows here"),
        };
        self.add(Set::Rows { key, kind, universe: Universe(vec![ty]), test }, access)
    }

    fn own(&mut self, kind: RowKind, test: Test, access: Access) -> SetId {
        self.add(Set::Rows { key: KeyId(0), kind, universe: Universe(vec![PATIENT]), test }, access)
    }

    fn via(&mut self, edge: Edge, from: End, far: SetId, access: Access) -> SetId {
        self.add(Set::Via { edge, from, far }, access)
    }

    fn page(self, root: SetId, order: Vec<OrderKey>, strategy: Strategy) -> Query {
        let take = Some(Take { n: 21, after: None });
        Query { order, strategy, take, ..self.result(root, Yield::Page) }
    }

    fn result(self, root: SetId, yields: Yield) -> Query {
        Query::new(self.sets, root, yields)
    }
}

fn subject() -> Edge {
    Edge { key: SUBJECT, on: On::Rid }
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn eq(name: ColName, value: Value) -> Test {
    Test::Atom(Atom::Eq(Col::first(name), value))
}

fn male() -> Test {
    eq(ColName::Code, text("male"))
}

fn loinc(code: &str) -> Test {
    Test::All(vec![eq(ColName::Code, text(code)), eq(ColName::System, Value::System(Some("http://loinc.org".into())))])
}

fn by(key: KeyId, base: Base, dir: Dir) -> OrderKey {
    OrderKey::own(OrderBy::Rows { keys: vec![key], kind: RowKind::One(base) }, dir)
}

fn born(rel: Rel, lo: i64, hi: i64) -> Test {
    Test::Atom(Atom::Range(Col::first(ColName::Time), rel, Value::Instants(lo, hi)))
}

fn near(centre: Point, radius: i64) -> Test {
    Test::Atom(Atom::Near(Col::first(ColName::Place), centre, radius))
}

fn after(mut query: Query, keys: Vec<Option<Value>>, ord: i64) -> Query {
    query.take = query.take.map(|take| Take { after: Some(After { keys, ord }), ..take });
    query
}

/// The queries, by name.
pub(crate) fn queries() -> Vec<(&'static str, Query)> {
    pages::pages()
        .into_iter()
        .chain(pages::pairs())
        .chain(tests_of_rows())
        .chain(joins())
        .chain(sweeps())
        .chain(closures())
        .chain(results())
        .collect()
}

fn tests_of_rows() -> Vec<(&'static str, Query)> {
    let one = |key, test| {
        let mut plan = Plan::default();
        let root = plan.rows(key, test, Access::Drive);
        plan.page(root, Vec::new(), Strategy::SetFirst)
    };
    let own = |kind, test| {
        let mut plan = Plan::default();
        let root = plan.own(kind, test, Access::Drive);
        plan.page(root, Vec::new(), Strategy::SetFirst)
    };
    let atom = |atom| one(NAME, Test::Atom(atom));
    let name = Col::first(ColName::Text);
    let cols = vec![Col::first(ColName::Code), Col::first(ColName::System)];
    let pairs = vec![
        vec![text("8480-6"), Value::System(Some("http://loinc.org".into()))],
        vec![text("bp"), Value::System(None)],
    ];
    let from_on = Test::All(vec![
        eq(ColName::Code, text("8480-6")),
        Test::Atom(Atom::Range(
            Col { part: 1, name: ColName::Cuts },
            Rel::Meets,
            Value::Cuts("8143".into(), "~".into()),
        )),
    ]);
    let systolic = Test::All(vec![
        eq(ColName::Code, text("8480-6")),
        Test::Atom(Atom::Range(
            Col { part: 1, name: ColName::Cuts },
            Rel::Meets,
            Value::Cuts("8143".into(), "9".into()),
        )),
    ]);
    vec![
        ("token_system", one(CODE, loinc("8480-6"))),
        ("token_pairs", one(CODE, Test::Atom(Atom::In(cols.clone(), Source::Values(pairs.clone()))))),
        ("token_not_pairs", one(CODE, Test::Atom(Atom::NotIn(cols, Source::Values(pairs))))),
        ("token_not_system", {
            let system = Value::System(Some("http://loinc.org".into()));
            one(CODE, Test::Atom(Atom::Ne(Col::first(ColName::System), system)))
        }),
        ("text_starts", atom(Atom::Starts(name, "o'br\"ien".into()))),
        ("text_ends", atom(Atom::Ends(name, "100%".into()))),
        ("text_has", atom(Atom::Has(name, "a_b".into()))),
        ("text_words", atom(Atom::Words(name, vec!["a_b".into(), "o'br\"ien".into()]))),
        ("text_order", atom(Atom::Order(name, Order::From, text("m")))),
        ("date_ge", one(BIRTHDATE, Test::Any(vec![born(Rel::Meets, 20, i64::MAX), born(Rel::Within, 10, 20)]))),
        ("date_same", one(BIRTHDATE, born(Rel::Same, 10, 20))),
        ("point_near", one(POSITION, near(Point { z: 40, x: -20, y: 10 }, 5))),
        ("composite", one(CODE_VALUE, systolic)),
        ("composite_from_on", one(CODE_VALUE, from_on)),
        ("references-many", one(SUBJECT, many_references())),
        ("reference", one(SUBJECT, eq(ColName::Target, Value::Rid(PATIENT, "23".into())))),
        ("ids", {
            let ids = ["a", "b"].map(|id| vec![text(id)]).to_vec();
            own(RowKind::Id, Test::Atom(Atom::In(vec![Col::first(ColName::Id)], Source::Values(ids))))
        }),
        ("updated", own(RowKind::Updated, born(Rel::Within, 10, 20))),
        ("never", one(CODE, Test::FALSE)),
    ]
}

/// Pages that sweep over rows in page order.
fn sweeps() -> Vec<(&'static str, Query)> {
    let swept = |rows: &dyn Fn(&mut Plan) -> SetId| {
        let mut plan = Plan::default();
        let rows = rows(&mut plan);
        let all = plan.all(OBSERVATION, Access::Probe);
        let root = plan.and(&[rows, all]);
        plan.page(root, Vec::new(), Strategy::Sweep)
    };
    let links = |access| {
        swept(&|plan| {
            let far = plan.rows(GENDER, male(), access);
            plan.via(subject(), End::Source, far, Access::Walk)
        })
    };
    vec![
        ("sweep_rows", swept(&|plan| plan.rows(CODE, loinc("8480-6"), Access::Walk))),
        ("sweep_links", links(Access::Probe)),
        ("sweep_links_and_set", links(Access::Set { most: 4_096 })),
    ]
}

fn joins() -> Vec<(&'static str, Query)> {
    let far = |access| {
        let mut plan = Plan::default();
        let far = plan.rows(GENDER, male(), access);
        let via = plan.via(subject(), End::Source, far, access);
        let all = plan.all(OBSERVATION, if access == Access::Probe { Access::Walk } else { Access::Probe });
        let root = plan.and(&[all, via]);
        plan.page(root, Vec::new(), if access == Access::Probe { Strategy::Walk } else { Strategy::SetFirst })
    };
    let reverse = |access| {
        let mut plan = Plan::default();
        let far = plan.rows(CODE, loinc("8480-6"), access);
        let via = plan.via(subject(), End::Target, far, access);
        let all = plan.all(PATIENT, if access == Access::Probe { Access::Walk } else { Access::Probe });
        let root = plan.and(&[all, via]);
        plan.page(root, Vec::new(), if access == Access::Probe { Strategy::Walk } else { Strategy::SetFirst })
    };
    let set = Access::Set { most: 4_096 };
    let tested = |via: &dyn Fn(&mut Plan) -> SetId| {
        let mut plan = Plan::default();
        let via = via(&mut plan);
        let all = plan.all(OBSERVATION, Access::Walk);
        let root = plan.and(&[all, via]);
        plan.page(root, Vec::new(), Strategy::Walk)
    };
    let canonical = |on, access| {
        let mut plan = Plan::default();
        let far = plan.own(RowKind::Id, eq(ColName::Id, text("a")), access);
        let root = plan.via(Edge { key: PROFILE, on }, End::Source, far, access);
        plan.page(root, Vec::new(), if access == Access::Probe { Strategy::Walk } else { Strategy::SetFirst })
    };
    let minus = |access| {
        let mut plan = Plan::default();
        let all = plan.all(PATIENT, Access::Walk);
        let less = plan.rows(GENDER, male(), access);
        let root = plan.add(Set::Minus { from: all, less }, Access::Walk);
        plan.page(root, Vec::new(), Strategy::Walk)
    };
    vec![
        ("via_source_probe", far(Access::Probe)),
        ("via_source_drive", far(Access::Drive)),
        ("via_target_probe", reverse(Access::Probe)),
        ("via_target_drive", reverse(Access::Drive)),
        ("via_built", far(Access::Build)),
        (
            "via_set",
            tested(&|plan| {
                let far = plan.rows(GENDER, male(), set);
                plan.via(subject(), End::Source, far, Access::Probe)
            }),
        ),
        (
            "via_set_over_via",
            tested(&|plan| {
                let male = plan.rows(GENDER, male(), Access::Drive);
                let far = plan.via(subject(), End::Source, male, set);
                plan.via(Edge { key: PART_OF, on: On::Rid }, End::Source, far, Access::Probe)
            }),
        ),
        (
            "via_target_set",
            tested(&|plan| {
                let far = plan.rows(CODE, loinc("8480-6"), set);
                plan.via(subject(), End::Target, far, Access::Probe)
            }),
        ),
        ("via_url", canonical(On::Url { url: URL }, Access::Drive)),
        ("via_url_version", canonical(On::UrlVersion { url: URL, version: VERSION }, Access::Probe)),
        ("minus", minus(Access::Probe)),
        ("minus_built", minus(Access::Build)),
        ("minus_set", minus(set)),
    ]
}

fn closures() -> Vec<(&'static str, Query)> {
    let (part_of, place) = (Edge { key: PART_OF, on: On::Rid }, Edge { key: PLACE, on: On::Rid });
    let below = |plan: &mut Plan, id: &str, access| {
        let target = eq(ColName::Target, Value::Rid(LOCATION, id.to_owned()));
        let seed = plan.rows(PART_OF, target, Access::Drive);
        plan.add(Set::Closure { edge: part_of, from: End::Source, seed }, access)
    };
    let within = |access| {
        let mut plan = Plan::default();
        let closure = below(&mut plan, "hospital", access);
        let via = plan.via(place, End::Source, closure, access);
        let all = plan.all(OBSERVATION, if access == Access::Probe { Access::Walk } else { Access::Probe });
        let root = plan.and(&[all, via]);
        plan.page(root, Vec::new(), if access == Access::Probe { Strategy::Walk } else { Strategy::SetFirst })
    };
    let nested = || {
        let mut plan = Plan::default();
        let seed = below(&mut plan, "hospital", Access::Drive);
        let root = plan.add(Set::Closure { edge: part_of, from: End::Target, seed }, Access::Drive);
        let all = plan.all(LOCATION, Access::Probe);
        let root = plan.and(&[all, root]);
        plan.page(root, Vec::new(), Strategy::SetFirst)
    };
    let several = || {
        let mut plan = Plan::default();
        let all = plan.all(LOCATION, Access::Walk);
        let one = below(&mut plan, "hospital", Access::Probe);
        let other = below(&mut plan, "school", Access::Build);
        let from = plan.and(&[all, one]);
        let root = plan.add(Set::Minus { from, less: other }, Access::Walk);
        plan.page(root, Vec::new(), Strategy::Walk)
    };
    vec![
        ("closure_drive", within(Access::Drive)),
        ("closure_probe", within(Access::Probe)),
        ("closure_nested", nested()),
        ("closure_several", several()),
    ]
}

fn results() -> Vec<(&'static str, Query)> {
    let union = |yields| {
        let mut plan = Plan::default();
        let gender = plan.rows(GENDER, male(), Access::Drive);
        let born = plan.rows(BIRTHDATE, born(Rel::Within, 10, 20), Access::Drive);
        let root = plan.add(Set::Or(vec![gender, born]), Access::Drive);
        plan.result(root, yields)
    };
    let slot = |yields| {
        let mut plan = Plan::default();
        let slot = plan.add(Set::Slot(SlotId(0)), Access::Drive);
        let all = plan.all(PATIENT, Access::Probe);
        let root = plan.and(&[slot, all]);
        plan.result(root, yields)
    };
    vec![
        ("count", union(Yield::Count)),
        ("rough", union(Yield::Rough)),
        ("identities", union(Yield::Rid)),
        ("slot", slot(Yield::Page)),
        ("slot_column", {
            let mut plan = Plan::default();
            let found = Source::Slot(SlotId(0));
            let test = Test::Atom(Atom::In(vec![Col::first(ColName::Target)], found));
            let root = plan.rows(SUBJECT, test, Access::Drive);
            plan.result(root, Yield::Page)
        }),
        ("targets", slot(Yield::Targets(subject()))),
        ("targets_unversioned", slot(Yield::Targets(Edge { key: SUBJECT, on: On::Unversioned }))),
        ("versions", slot(Yield::Versions(vec![SUBJECT, PART_OF]))),
        ("named", {
            let mut plan = Plan::default();
            let names = Names { url: URL, version: VERSION };
            let root = plan.add(Set::Named { names, slot: SlotId(2) }, Access::Drive);
            plan.result(root, Yield::Page)
        }),
        ("names", slot(Yield::Names(Names { url: URL, version: VERSION }))),
        ("rows", slot(Yield::Rows(POSITION, RowKind::One(Base::Point)))),
        ("targets_url_version", {
            slot(Yield::Targets(Edge { key: PROFILE, on: On::UrlVersion { url: URL, version: VERSION } }))
        }),
        ("targets_url", slot(Yield::Targets(Edge { key: PROFILE, on: On::Url { url: URL } }))),
    ]
}

/// More references than are looked up one by one.
fn many_references() -> Test {
    let ids = (0..40).map(|n| n.to_string());
    let both = ids.flat_map(|id| [PATIENT, OBSERVATION].map(|ty| vec![Value::Rid(ty, id.clone())]));
    let other = vec![Value::Rid(PATIENT, "only".into())];
    Test::Atom(Atom::In(vec![Col::first(ColName::Target)], Source::Values(both.chain([other]).collect())))
}
