//! Dates: a prefix and an interval given by the written precision. FHIR R4 3.1.1.4.7.

use crate::definitions::Prefix;
use crate::ir::{DateTest, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::{Asked, one_of};
use crate::resolve::prefix;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::Written;
use crate::values::{DateValue, Interval, parse_date};
use fhirc_grammar::{Diagnostic, Span};

/// `ge2013-01-14`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<(Facet, Test)> {
    let Some((prefix, rest)) = prefix::split(&written.text) else {
        resolver.report(unknown_prefix(written));
        return None;
    };
    let interval = interval(resolver, rest, written.span)?;
    Some((view(asked), relation(resolver, prefix, interval)))
}

/// The time of change is a column of the resource itself.
pub(in crate::resolve) fn view(asked: &Asked<'_>) -> Facet {
    if asked.code == "_lastUpdated" { Facet::Own } else { Facet::Value }
}

/// The test that a prefix and a search interval stand for.
pub(in crate::resolve) fn relation(resolver: &Resolver<'_>, prefix: Prefix, interval: Interval) -> Test {
    let searched = match prefix {
        Prefix::Ap => interval.widen(resolver.settings.env.now),
        _ => interval,
    };
    let ends = (Interval::OPEN_START, Interval::OPEN_END);
    let relations = prefix::relations(prefix, searched.start(), searched.end(), ends.0, ends.1);
    // An empty interval is one that nothing lies in.
    let test = |(rel, start, end)| Some(Test::Date(DateTest { rel, interval: Interval::new(start, end)? }));
    one_of(relations.into_iter().filter_map(test).collect())
}

/// The interval that a date text denotes.
pub(in crate::resolve) fn interval(resolver: &mut Resolver<'_>, text: &str, span: Span) -> Option<Interval> {
    match parse_date(text, &resolver.settings.env.zone) {
        Ok(DateValue { interval, blank_sign, .. }) => {
            if blank_sign {
                let message = "the blank in the zone offset is read as `+`";
                resolver.report(Diagnostic::warning("blank-sign", span, message).help("write `%2B`"));
            }
            Some(interval)
        }
        Err(_) if text.is_empty() => {
            resolver.report(errors::bad_value("bad-date", span, "the date is missing"));
            None
        }
        Err(error) => {
            resolver.report(errors::bad_value("bad-date", span, format!("`{text}` is no date: {error}")));
            None
        }
    }
}

/// A value that begins with letters that are no prefix (item 28).
pub(super) fn unknown_prefix(written: &Written) -> Diagnostic {
    let message = format!("`{}` begins neither with a digit nor with a prefix", written.text);
    let help = format!("the prefixes are `{}`, as in `ge2024`", prefix::words());
    let diagnostic = errors::bad_value("unknown-prefix", written.span, message).help(help);
    match prefix::without_symbol(&written.text) {
        Some(meant) => diagnostic.label(written.span, format!("did you mean `{meant}`?")),
        None => diagnostic,
    }
}
