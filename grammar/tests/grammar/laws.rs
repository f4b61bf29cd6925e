//! `parse(print(tree)) == tree`, for generated trees.

use fhirc_grammar::{
    Decoded, Filter, FilterLink, FilterOp, FilterPath, FilterValue, FilterValueKind, Has, Item, Key, Link, Literal,
    Logic, LogicTail, Name, Node, Param, Part, Path, PathExpr, PathNode, Search, Span, Spanned, Text, Value,
    parse_filter, parse_path, parse_search_within,
};
use proptest::prelude::*;

const NOWHERE: Span = Span { start: 0, end: 0 };

fn at<T>(node: T) -> Spanned<T> {
    Spanned::new(node, NOWHERE)
}

fn word() -> impl Strategy<Value = Spanned<String>> {
    prop_oneof![
        3 => "[A-Za-z_][A-Za-z0-9_]{0,6}(-[a-z]{1,3})?",
        1 => prop::sample::select(vec!["and", "or", "not", "eq", "pr", "as", "is"]).prop_map(str::to_owned),
    ]
    .prop_filter("`_has` is no name", |word| word != "_has")
    .prop_map(at)
}

fn name() -> impl Strategy<Value = Name> {
    (word(), prop::option::of(word())).prop_map(|(name, modifier)| Name { name, modifier })
}

fn has() -> impl Strategy<Value = Has> {
    (word(), word()).prop_map(|(ty, reference)| Has { ty, reference, span: NOWHERE })
}

fn key() -> impl Strategy<Value = Key> {
    let link = prop_oneof![name().prop_map(Link::Forward), has().prop_map(Link::Has)];
    (prop::collection::vec(link, 0..4), name()).prop_map(|(links, end)| Key { links, end, span: NOWHERE })
}

fn param() -> impl Strategy<Value = Param> {
    (key(), any::<String>()).prop_map(|(key, text)| {
        let value = Value { raw: Decoded::plain(&text), span: NOWHERE };
        Param { key, value, span: NOWHERE }
    })
}

fn search() -> impl Strategy<Value = Search> {
    let ty = || "[A-Z][A-Za-z]{1,8}".prop_map(at);
    let compartment = (ty(), "[A-Za-z0-9.-]{1,64}".prop_map(at), prop::option::of(ty()))
        .prop_map(|(ty, id, member)| Path::Compartment { ty, id, member });
    let path = prop_oneof![Just(Path::System), ty().prop_map(Path::Type), compartment];
    (path, prop::collection::vec(param(), 0..5)).prop_map(|(path, params)| Search { path, params })
}

fn item() -> impl Strategy<Value = Item> {
    let text = prop_oneof![any::<String>(), "[a,$|\\\\]{0,4}"].prop_map(|text| Text { text, span: NOWHERE });
    let part = prop::collection::vec(text, 1..4).prop_map(|pieces| Part { pieces, span: NOWHERE });
    prop::collection::vec(part, 1..4).prop_map(|parts| Item { parts, span: NOWHERE })
}

fn filter_value() -> impl Strategy<Value = FilterValue> {
    let bare = prop_oneof![
        "[^\\s)\\]\"'][^\\s)\\]]{0,8}",
        prop::sample::select(vec!["and", "not", "2013-01-01", "a\"b", "(x", "[x"]).prop_map(str::to_owned),
    ];
    prop_oneof![any::<String>().prop_map(FilterValueKind::String), bare.prop_map(FilterValueKind::Bare)]
        .prop_map(|kind| FilterValue { kind, span: NOWHERE })
}

fn filter() -> impl Strategy<Value = Node> {
    let op = || prop::sample::select(FilterOp::ALL).prop_map(at);
    let compare = move |links: BoxedStrategy<Vec<FilterLink>>| {
        (links, name(), op(), filter_value()).prop_map(|(links, end, op, value)| {
            at(Filter::Compare { path: FilterPath { links, end, span: NOWHERE }, op, value })
        })
    };
    let leaf = compare(Just(Vec::new()).boxed()).boxed();
    leaf.prop_recursive(5, 40, 4, move |inner| {
        let element =
            (word(), inner.clone()).prop_map(|(name, filter)| FilterLink::Element { name, filter: Box::new(filter) });
        let link = prop_oneof![name().prop_map(FilterLink::Forward), has().prop_map(FilterLink::Has), element];
        let logic = prop::sample::select(vec![Logic::And, Logic::Or]).prop_map(at);
        let tail = (logic, inner.clone()).prop_map(|(op, right)| LogicTail { op, right });
        prop_oneof![
            compare(prop::collection::vec(link, 1..4).boxed()),
            inner.clone().prop_map(|inner| at(Filter::Not(Box::new(inner)))),
            (inner, prop::collection::vec(tail, 1..4))
                .prop_map(|(first, tail)| at(Filter::Logic { first: Box::new(first), tail })),
        ]
    })
}

fn expression() -> impl Strategy<Value = PathNode> {
    let word = || "[A-Za-z_][A-Za-z0-9_]{0,5}";
    let leaf = prop_oneof![
        4 => prop_oneof![word(), prop::sample::select(vec!["as", "and", "is"]).prop_map(str::to_owned)].prop_map(PathExpr::Ident),
        1 => Just(PathExpr::Resource),
        1 => Just(PathExpr::This),
    ];
    leaf.prop_map(at).prop_recursive(6, 30, 3, move |inner| {
        let one = || inner.clone().prop_map(Box::new);
        let literal = || {
            prop_oneof![
                any::<String>().prop_map(Literal::String),
                any::<bool>().prop_map(Literal::Bool),
                "[0-9]{1,3}(\\.[0-9]{1,2})?".prop_map(Literal::Number),
            ]
        };
        prop_oneof![
            (one(), word()).prop_map(|(left, name)| PathExpr::Child(left, name)),
            (one(), word()).prop_map(|(left, ty)| PathExpr::As(left, ty)),
            (one(), word()).prop_map(|(left, ty)| PathExpr::OfType(left, ty)),
            (one(), word()).prop_map(|(left, ty)| PathExpr::Is(left, ty)),
            (one(), any::<u32>()).prop_map(|(left, number)| PathExpr::Index(left, number)),
            one().prop_map(PathExpr::First),
            one().prop_map(PathExpr::Exists),
            one().prop_map(PathExpr::Resolve),
            (one(), any::<String>()).prop_map(|(left, url)| PathExpr::Extension(left, url)),
            (one(), one()).prop_map(|(left, criterion)| PathExpr::Where(left, criterion)),
            prop::collection::vec(inner.clone(), 2..4).prop_map(PathExpr::Union),
            (one(), literal()).prop_map(|(left, literal)| PathExpr::Eq(left, literal)),
            (one(), literal()).prop_map(|(left, literal)| PathExpr::Ne(left, literal)),
            (one(), one()).prop_map(|(left, right)| PathExpr::And(left, right)),
        ]
        .prop_map(at)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn searches(tree in search()) {
        let text = tree.to_string();
        let (parsed, found) = parse_search_within(&text, &[], text.len());
        prop_assert_eq!(found, vec![], "{}", text);
        prop_assert_eq!(parsed, Some(tree), "{}", text);
    }

    #[test]
    fn items(items in prop::collection::vec(item(), 1..4)) {
        let text = items.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        let value = Value { raw: Decoded::plain(&text), span: NOWHERE };
        let nothing = text.is_empty();
        prop_assert_eq!(value.items(), Ok(if nothing { Vec::new() } else { items }), "{}", text);
    }

    #[test]
    fn filters(tree in filter()) {
        let text = tree.node.to_string();
        let (parsed, found) = parse_filter(&Decoded::plain(&text));
        prop_assert_eq!(found, vec![], "{}", text);
        prop_assert_eq!(parsed, Some(tree), "{}", text);
    }

    #[test]
    fn expressions(tree in expression()) {
        let text = tree.node.to_string();
        let (parsed, found) = parse_path(&text);
        prop_assert_eq!(found, vec![], "{}", text);
        prop_assert_eq!(parsed, Some(tree), "{}", text);
    }
}
