//! Operators of `_filter` by type of parameter. FHIR R4 3.1.3.1.2.

use crate::definitions::{ParamId, ParamType, Prefix};
use crate::ir::{CodeCase, DateTest, NumberTest, Pred, PredKind, Rel, SystemTest, Test, TextMatch, UrlTest};
use crate::keys::{Facet, facets};
use crate::resolve::errors;
use crate::resolve::list;
use crate::resolve::parameter::{self, Asked, one_of};
use crate::resolve::resolver::Resolver;
use crate::resolve::terminology::Direction;
use crate::resolve::value::{self, Written, coded, composite, date, number, quantity, reference, string, token};
use crate::resolve::words;
use crate::values::DecimalRange;
use fhirc_grammar::{FilterOp, FilterValue, Span, Spanned};

/// `param op value` on the resource at hand.
pub(super) fn compare(
    resolver: &mut Resolver<'_>,
    param: ParamId,
    op: &Spanned<FilterOp>,
    value: &FilterValue,
    span: Span,
) -> Option<Pred> {
    let asked = Asked::of(resolver.registry, param, span);
    match facets(resolver.registry.definition(param)) {
        [] => {
            resolver.report(errors::not_supported(&format!("`{}` in a filter", asked.code), span));
            return None;
        }
        [Facet::Words] => return words::compare(resolver, param, op, value),
        _ => {}
    }
    let pred = match (op.node, asked.ty) {
        (FilterOp::Pr, _) => return presence(resolver, param, &asked, value),
        (FilterOp::In | FilterOp::Ni, ParamType::Reference) => list::refers_to_entry(resolver, param, value, span)?,
        // Every resource has one id: that some value differs is that it does.
        (FilterOp::Ne, _) if asked.code == "_id" => {
            let same = Test::Id(value.text().to_owned());
            return Some(Pred::new(PredKind::Param { param, facet: Facet::Own, test: same }, span).not());
        }
        _ => {
            let (facet, test) = test(resolver, &asked, op, value)?;
            Pred::new(PredKind::Param { param, facet, test }, span)
        }
    };
    // `ni` is the complement of `in`, as `:not-in` is (decision 160).
    Some(if op.node == FilterOp::Ni { pred.not() } else { pred })
}

/// The test that an operator and a value stand for, and the indexed view that it looks at. `ni` gives the test of `in`,
/// whose complement it is.
pub(super) fn test(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    op: &Spanned<FilterOp>,
    value: &FilterValue,
) -> Option<(Facet, Test)> {
    if !usable(asked).contains(&op.node) {
        refuse(resolver, asked, op);
        return None;
    }
    if asked.ty == ParamType::Composite {
        return tuple(resolver, asked, op, value);
    }
    of_one(resolver, asked, op, &written(value.text(), value.span))
}

/// The same of a value that is no composite.
fn of_one(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    op: &Spanned<FilterOp>,
    written: &Written,
) -> Option<(Facet, Test)> {
    Some(match asked.ty {
        _ if asked.code == "_id" => (Facet::Own, id(resolver, asked, op, written)?),
        ParamType::String => (Facet::Value, text(resolver, asked, op, written)?),
        ParamType::Token => (Facet::Value, code(resolver, asked, op, written)?),
        ParamType::Uri => (Facet::Value, url(resolver, asked, op, written)?),
        ParamType::Date => (date::view(asked), dates(resolver, asked, op, written)?),
        // What contains a number is the range that the stored digits imply (item 157).
        ParamType::Number if op.node == FilterOp::Co => (Facet::Implied, numbers(resolver, asked, op, written)?),
        ParamType::Number => (Facet::Value, numbers(resolver, asked, op, written)?),
        ParamType::Quantity => quantities(resolver, asked, op, written)?,
        ParamType::Reference => (Facet::Value, refers(resolver, asked, op, written)?),
        // None of its operators has a value; composites have no parts that are composites.
        ParamType::Special | ParamType::Composite => {
            refuse(resolver, asked, op);
            return None;
        }
    })
}

/// The operators that a type of parameter has. FHIR R4 3.1.3.1.2.
fn usable(asked: &Asked<'_>) -> &'static [FilterOp] {
    use FilterOp::{Ap, Co, Eb, Eq, Ew, Ge, Gt, In, Le, Lt, Ne, Ni, Po, Pr, Re, Sa, Sb, Ss, Sw};
    match asked.ty {
        _ if asked.code == "_id" => &[Eq, Ne, Pr],
        ParamType::String | ParamType::Uri => &[Eq, Ne, Co, Sw, Ew, Gt, Lt, Ge, Le, Pr],
        ParamType::Token => &[Eq, Ne, Pr, Ss, Sb, In, Ni],
        ParamType::Date | ParamType::Number => &[Eq, Ne, Co, Gt, Lt, Ge, Le, Ap, Sa, Eb, Pr, Po],
        ParamType::Quantity => &[Eq, Ne, Gt, Lt, Ge, Le, Ap, Sa, Eb, Pr],
        ParamType::Reference => &[Pr, In, Ni, Re],
        ParamType::Composite => &[Eq, Pr],
        // How far away something is, no operator says.
        ParamType::Special => &[Pr],
    }
}

/// An operator that the type of the parameter does not have.
fn refuse(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>) -> Option<Test> {
    resolver.report(errors::unsupported_operator(asked.ty, op, usable(asked)));
    None
}

/// `pr true`, `pr false` (item 159).
fn presence(resolver: &mut Resolver<'_>, param: ParamId, asked: &Asked<'_>, value: &FilterValue) -> Option<Pred> {
    let want = wanted(resolver, value)?;
    Some(parameter::presence(param, asked, want))
}

/// What `pr` asks for.
pub(super) fn wanted(resolver: &mut Resolver<'_>, value: &FilterValue) -> Option<bool> {
    match value.text() {
        "true" => Some(true),
        "false" => Some(false),
        other => {
            let message = format!("`pr` takes `true` or `false`, not `{other}`");
            resolver.report(errors::bad_value("bad-presence", value.span, message));
            None
        }
    }
}

/// A value cut at `|`. A JSON string is cut as well: `"http://loinc.org|1234-5"` is a token.
fn written(text: &str, span: Span) -> Written {
    Written { text: text.to_owned(), pieces: text.split('|').map(str::to_owned).collect(), span }
}

/// The prefix that an operator shares its meaning with.
fn prefix(op: FilterOp) -> Option<Prefix> {
    Some(match op {
        FilterOp::Gt => Prefix::Gt,
        FilterOp::Lt => Prefix::Lt,
        FilterOp::Ge => Prefix::Ge,
        FilterOp::Le => Prefix::Le,
        FilterOp::Sa => Prefix::Sa,
        FilterOp::Eb => Prefix::Eb,
        FilterOp::Ap => Prefix::Ap,
        _ => return None,
    })
}

/// The relation of operators that look at the whole interval (items 155, 156, 157, 160).
fn relation(op: FilterOp) -> Option<Rel> {
    Some(match op {
        FilterOp::Eq => Rel::Same,
        FilterOp::Ne => Rel::Differs,
        FilterOp::Co => Rel::Covers,
        FilterOp::Po => Rel::Meets,
        _ => return None,
    })
}

fn id(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>, written: &Written) -> Option<Test> {
    match op.node {
        FilterOp::Eq => Some(Test::Id(written.text.clone())),
        _ => refuse(resolver, asked, op),
    }
}

fn text(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>, written: &Written) -> Option<Test> {
    let how = match op.node {
        FilterOp::Eq => TextMatch::Equals,
        FilterOp::Ne => TextMatch::Differs,
        FilterOp::Co => TextMatch::Contains,
        FilterOp::Sw => TextMatch::StartsWhole,
        FilterOp::Ew => TextMatch::Ends,
        FilterOp::Gt => TextMatch::Greater,
        FilterOp::Lt => TextMatch::Less,
        FilterOp::Ge => TextMatch::GreaterOrEqual,
        FilterOp::Le => TextMatch::LessOrEqual,
        _ => return refuse(resolver, asked, op),
    };
    Some(string::folded(resolver, how, written))
}

/// Shorthands of code systems (item 162).
const SHORTHANDS: [(&str, &str); 4] = [
    ("loinc", "http://loinc.org"),
    ("snomed", "http://snomed.info/sct"),
    ("rxnorm", "http://www.nlm.nih.gov/research/umls/rxnorm"),
    ("ucum", quantity::UCUM),
];

fn system(name: &str) -> String {
    let url = SHORTHANDS.iter().find(|(short, _)| *short == name).map_or(name, |(_, url)| url);
    url.to_owned()
}

/// Case never counts in a filter (item 154).
fn code(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>, written: &Written) -> Option<Test> {
    const CASE: Option<CodeCase> = Some(CodeCase::Insensitive);
    let differs = match op.node {
        FilterOp::Eq => false,
        FilterOp::Ne => true,
        FilterOp::In | FilterOp::Ni => return coded::members(resolver, asked, written, CASE).map(|(_, test)| test),
        // The value subsumes what is stored, or is subsumed by it (item 160).
        FilterOp::Ss => return subsumption(resolver, asked, Direction::Below, written),
        FilterOp::Sb => return subsumption(resolver, asked, Direction::Above, written),
        _ => return refuse(resolver, asked, op),
    };
    let mut test = token::plain(resolver, asked.datatypes, written)?;
    if let SystemTest::Is(name) = &test.system {
        test.system = SystemTest::Is(system(name));
    }
    (test.case, test.differs) = (CodeCase::Insensitive, differs);
    Some(Test::Token(test))
}

fn subsumption(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    direction: Direction,
    written: &Written,
) -> Option<Test> {
    let mut written = written.clone();
    if let [name, _] = written.pieces.as_mut_slice() {
        *name = system(name);
    }
    coded::related(resolver, asked, direction, &written, Some(CodeCase::Insensitive)).map(|(_, test)| test)
}

fn url(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>, written: &Written) -> Option<Test> {
    let url = written.text.clone();
    let how = match op.node {
        FilterOp::Eq => return Some(Test::Url(UrlTest::Is { url, version: None })),
        FilterOp::Ne => return Some(Test::Url(UrlTest::Differs(url))),
        FilterOp::Sw => TextMatch::Starts,
        FilterOp::Ew => TextMatch::Ends,
        FilterOp::Co => TextMatch::Contains,
        FilterOp::Gt => TextMatch::Greater,
        FilterOp::Lt => TextMatch::Less,
        FilterOp::Ge => TextMatch::GreaterOrEqual,
        FilterOp::Le => TextMatch::LessOrEqual,
        _ => return refuse(resolver, asked, op),
    };
    Some(Test::Url(UrlTest::Part(how, url)))
}

fn dates(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>, written: &Written) -> Option<Test> {
    let interval = date::interval(resolver, &written.text, written.span)?;
    if let Some(rel) = relation(op.node) {
        return Some(Test::Date(DateTest { rel, interval }));
    }
    match prefix(op.node) {
        Some(prefix) => Some(date::relation(resolver, prefix, interval)),
        None => refuse(resolver, asked, op),
    }
}

fn numbers(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>, written: &Written) -> Option<Test> {
    let value = number::decimal(resolver, &written.text, written.span)?;
    if let Some(rel) = relation(op.node) {
        return Some(Test::Number(NumberTest { rel, range: DecimalRange::point(&value) }));
    }
    match prefix(op.node) {
        Some(prefix) => {
            let tests = number::relations(resolver, prefix, &value, false);
            Some(one_of(tests.into_iter().map(Test::Number).collect()))
        }
        None => refuse(resolver, asked, op),
    }
}

fn quantities(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    op: &Spanned<FilterOp>,
    written: &Written,
) -> Option<(Facet, Test)> {
    let (text, unit) = match written.pieces.as_slice() {
        [value] => (value, None),
        [value, name, code] => (value, quantity::unit(&system(name), code)),
        _ => {
            let message = format!("`{}` is no quantity", written.text);
            resolver.report(errors::bad_value("bad-quantity", written.span, message));
            return None;
        }
    };
    let value = number::decimal(resolver, text, written.span)?;
    match (op.node, prefix(op.node)) {
        (_, Some(prefix)) => Some(quantity::relation(resolver, prefix, &value, unit)),
        (FilterOp::Eq, _) => Some(quantity::point(Rel::Same, &value, unit)),
        (FilterOp::Ne, _) => Some(quantity::point(Rel::Differs, &value, unit)),
        _ => refuse(resolver, asked, op).map(|test| (Facet::Value, test)),
    }
}

fn refers(resolver: &mut Resolver<'_>, asked: &Asked<'_>, op: &Spanned<FilterOp>, written: &Written) -> Option<Test> {
    match op.node {
        FilterOp::Re => reference::plain(resolver, asked, written),
        FilterOp::In | FilterOp::Ni => {
            resolver.report(errors::not_supported("membership of one element in a List", op.span));
            None
        }
        _ => refuse(resolver, asked, op),
    }
}

/// A composite takes its parts joined by `$`, and only `eq` (item 166): each part is what `eq` means in a filter, or what
/// its prefix says.
fn tuple(
    resolver: &mut Resolver<'_>,
    asked: &Asked<'_>,
    op: &Spanned<FilterOp>,
    value: &FilterValue,
) -> Option<(Facet, Test)> {
    if op.node != FilterOp::Eq {
        return refuse(resolver, asked, op).map(|test| (Facet::Value, test));
    }
    let parts: Vec<Written> = value.text().split('$').map(|part| written(part, value.span)).collect();
    composite::tuple(resolver, asked, &parts, value.span, |resolver, component, part| {
        let prefixed = matches!(component.ty, ParamType::Date | ParamType::Number | ParamType::Quantity)
            && part.text.starts_with(|first: char| first.is_ascii_alphabetic());
        if prefixed {
            return value::written(resolver, component, part);
        }
        let equals = if component.ty == ParamType::Reference { FilterOp::Re } else { FilterOp::Eq };
        of_one(resolver, component, &Spanned::new(equals, op.span), part)
    })
}
