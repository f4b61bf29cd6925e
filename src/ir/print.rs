//! The search as text: a tree, a line per condition.

use crate::definitions::{ParamId, Registry};
use crate::ir::{
    CodeCase, Contained, Dir, Direction, Elements, Include, NearTest, OfElement, Part, Pred, PredKind, ReferenceTest,
    Rel, Returned, Search, Shape, SortBy, SortValue, SystemTest, Test, TextMatch, Total, UnitTest, UrlTest, Way,
};
use crate::values::{DecimalRange, Instant, Interval};
use std::fmt::{self, Write};

/// The search as text for people and golden files; the same search always prints the same.
pub fn print(search: &Search, registry: &Registry) -> String {
    let mut printer = Printer { out: String::new(), registry };
    // Writing to a string does not fail.
    let _ = printer.search(search);
    printer.out
}

/// Links of an include that are named, and values of a sort key.
const LINKS_SHOWN: usize = 30;
const VALUES_SHOWN: usize = 12;

struct Printer<'r> {
    out: String,
    registry: &'r Registry,
}

impl Printer<'_> {
    fn search(&mut self, search: &Search) -> fmt::Result {
        for branch in &search.branches {
            writeln!(self.out, "{}", self.registry.type_name(branch.ty))?;
            self.pred(&branch.filter, 1)?;
        }
        if let Some(Contained { both, returned, .. }) = search.contained {
            let what = if both { "contained too" } else { "contained only" };
            let back = if returned == Returned::Container { "container comes back" } else { "comes back alone" };
            writeln!(self.out, "{what}, {back}")?;
        }
        for key in &search.order {
            let by = match &key.by {
                SortBy::LastUpdated => "_lastUpdated".to_owned(),
                SortBy::Id => "_id".to_owned(),
                SortBy::Values(values) => self.sort_values(values),
            };
            writeln!(self.out, "sort {by} {}", direction(key.dir))?;
        }
        writeln!(self.out, "count {}", search.page.count)?;
        match search.total {
            Total::None => {}
            Total::Estimate => writeln!(self.out, "total estimate")?,
            Total::Accurate => writeln!(self.out, "total accurate")?,
        }
        search.includes.iter().try_for_each(|include| self.include(include))?;
        self.shape(&search.shape)?;
        let env = &search.env;
        write!(self.out, "env fhir {} now {} zone {} fold {}", env.fhir.name(), env.now, env.zone, env.fold)?;
        env.bases.iter().try_for_each(|base| write!(self.out, " base {}", base.as_str()))?;
        writeln!(self.out)
    }

    fn sort_values(&self, values: &[SortValue]) -> String {
        let value = |SortValue { via, param, facet }: &SortValue| {
            let links: String = via.iter().map(|link| format!("{} -> ", self.code(link.param))).collect();
            format!("{links}{}{}", self.code(*param), facet.suffix())
        };
        let shown = values.iter().take(VALUES_SHOWN).map(value).collect::<Vec<_>>().join(", ");
        match values.len().checked_sub(VALUES_SHOWN) {
            Some(more @ 1..) => format!("{shown} and {more} more"),
            _ => shown,
        }
    }

    fn include(&mut self, include: &Include) -> fmt::Result {
        let way = if include.way == Way::Forward { "include" } else { "revinclude" };
        write!(self.out, "{way}{}", if include.iterate { " iterate" } else { "" })?;
        for link in include.links.iter().take(LINKS_SHOWN) {
            write!(self.out, " {}", self.code(link.param))?;
        }
        if let Some(more @ 1..) = include.links.len().checked_sub(LINKS_SHOWN) {
            write!(self.out, " and {more} more")?;
        }
        match include.target {
            Some(ty) => writeln!(self.out, " only {}", self.registry.type_name(ty)),
            None => writeln!(self.out),
        }
    }

    fn shape(&mut self, shape: &Shape) -> fmt::Result {
        match shape {
            Shape::Whole => Ok(()),
            Shape::Summary => writeln!(self.out, "shape summary"),
            Shape::Text => writeln!(self.out, "shape text"),
            Shape::Data => writeln!(self.out, "shape data"),
            Shape::Elements(lists) => lists.iter().try_for_each(|Elements { ty, names }| {
                writeln!(self.out, "shape {} {}", self.registry.type_name(*ty), names.join(" "))
            }),
        }
    }

    fn pred(&mut self, pred: &Pred, depth: usize) -> fmt::Result {
        write!(self.out, "{:width$}", "", width = depth * 2)?;
        match &pred.kind {
            PredKind::All(preds) => self.junction("all", preds, depth),
            PredKind::Any(preds) => self.junction("any", preds, depth),
            PredKind::Not(inner) => {
                writeln!(self.out, "not")?;
                self.pred(inner, depth + 1)
            }
            PredKind::Const(value) => writeln!(self.out, "{value}"),
            PredKind::Present { param } => writeln!(self.out, "{} present", self.code(*param)),
            PredKind::Param { param, facet, test } => {
                writeln!(self.out, "{}{} {}", self.code(*param), facet.suffix(), self.test(test))
            }
            PredKind::Element { composite, holds } => {
                let name = self.registry.grouping(*composite).map(|grouping| grouping.name).unwrap_or_default();
                writeln!(self.out, "one {}.{name}", self.registry.type_name(composite.ty()))?;
                self.of_element(holds, depth + 1)
            }
            PredKind::Hierarchy { param, links, direction, roots } => {
                let way = if *direction == Direction::Above { "above" } else { "below" };
                let ty = self.registry.type_name(links.ty());
                let roots: Vec<String> = roots.iter().map(|root| named(ty, &root.id, root.version.as_ref())).collect();
                let (param, links) = (self.code(*param), self.code(*links));
                writeln!(self.out, "{param} refers to {} or {way} by {links}", roots.join(" or "))
            }
            PredKind::Listed { list, .. } => {
                writeln!(self.out, "entry of List")?;
                self.pred(list, depth + 1)
            }
            PredKind::Linked { link, way, ends } => {
                let arrow = if *way == Way::Forward { "->" } else { "<-" };
                writeln!(self.out, "{} {arrow}", self.code(link.param))?;
                for (ty, end) in ends {
                    let name = self.registry.type_name(*ty);
                    writeln!(self.out, "{:width$}{name}", "", width = depth * 2 + 2)?;
                    self.pred(end, depth + 2)?;
                }
                Ok(())
            }
        }
    }

    fn of_element(&mut self, condition: &OfElement, depth: usize) -> fmt::Result {
        write!(self.out, "{:width$}", "", width = depth * 2)?;
        let (name, inner) = match condition {
            OfElement::All(conditions) => ("all", conditions.as_slice()),
            OfElement::Any(conditions) => ("any", conditions.as_slice()),
            OfElement::Not(inner) => ("not", std::slice::from_ref(&**inner)),
            OfElement::Const(value) => return writeln!(self.out, "{value}"),
            OfElement::Present { part, any_type } => {
                let any = if *any_type { " in any type" } else { "" };
                return writeln!(self.out, "{} present{any}", self.part(*part));
            }
            OfElement::Part { part, facet, test } => {
                return writeln!(self.out, "{}{} {}", self.part(*part), facet.suffix(), self.test(test));
            }
        };
        writeln!(self.out, "{name}")?;
        inner.iter().try_for_each(|condition| self.of_element(condition, depth + 1))
    }

    fn part(&self, part: Part) -> String {
        let component = self.registry.components(part.composite).get(part.component);
        component.map_or_else(String::new, |component| component.definition.code.clone())
    }

    fn junction(&mut self, name: &str, preds: &[Pred], depth: usize) -> fmt::Result {
        writeln!(self.out, "{name}")?;
        preds.iter().try_for_each(|pred| self.pred(pred, depth + 1))
    }

    fn code(&self, param: ParamId) -> String {
        format!("{}.{}", self.registry.type_name(param.ty()), self.registry.definition(param).code)
    }

    fn test(&self, test: &Test) -> String {
        match test {
            Test::Date(date) => format!("{} {}", relation(date.rel), instants(date.interval)),
            Test::Number(number) => format!("{} {}", relation(number.rel), cuts(&number.range)),
            Test::Quantity(quantity) => {
                let value = format!("{} {}", relation(quantity.value.rel), cuts(&quantity.value.range));
                match &quantity.unit {
                    None => value,
                    Some(UnitTest::Coded { system, code }) => format!("{value} unit {system:?}|{code:?}"),
                    Some(UnitTest::System(system)) => format!("{value} unit of {system:?}"),
                    Some(UnitTest::Human(unit)) => format!("{value} unit {unit:?}"),
                }
            }
            Test::Text(text) => format!("{} {:?}", text_match(text.how), text.forms),
            Test::Token(token) => {
                let differs = if token.differs { "differs from " } else { "is " };
                let system = match &token.system {
                    SystemTest::Any => "*".to_owned(),
                    SystemTest::Absent => String::new(),
                    SystemTest::Is(system) => format!("{system:?}"),
                };
                let code = token.code.as_ref().map_or("*".to_owned(), |code| format!("{code:?}"));
                let case = if token.case == CodeCase::Sensitive { "" } else { " any case" };
                format!("{differs}{system}|{code}{case}")
            }
            Test::MediaType(name) => format!("is media type {name:?} or below"),
            Test::CodeStarts(code) => format!("code starts {code:?}"),
            Test::AllWords(forms) => {
                let words = forms.iter().map(|words| format!("{words:?}"));
                format!("has all words of {}", words.collect::<Vec<_>>().join(" or "))
            }
            Test::Reference(ReferenceTest::Local { ty, id, version }) => {
                format!("refers to {}", named(self.registry.type_name(*ty), id, version.as_ref()))
            }
            Test::Reference(ReferenceTest::Foreign(url)) => format!("refers to {url:?}"),
            Test::Url(url) => url_test(url),
            Test::Id(id) => format!("is {id:?}"),
            Test::Word(word) => format!("has {word:?}"),
            Test::Near(NearTest { centre, within }) => {
                format!("within {} m of {} {}", within.metres(), centre.latitude(), centre.longitude())
            }
            Test::Tuple(tests) => self.list(tests, " $ "),
            Test::Any(tests) => self.list(tests, " or "),
        }
    }

    fn list(&self, tests: &[Test], between: &str) -> String {
        format!("({})", tests.iter().map(|test| self.test(test)).collect::<Vec<_>>().join(between))
    }
}

/// `Patient/"23" version "2"`
fn named(ty: &str, id: &str, version: Option<&String>) -> String {
    let version = version.map_or(String::new(), |version| format!(" version {version:?}"));
    format!("{ty}/{id:?}{version}")
}

fn direction(dir: Dir) -> &'static str {
    match dir {
        Dir::Asc => "ascending",
        Dir::Desc => "descending",
    }
}

fn relation(rel: Rel) -> &'static str {
    match rel {
        Rel::Within => "within",
        Rel::Meets => "meets",
        Rel::Same => "same as",
        Rel::Covers => "covers",
        Rel::Differs => "differs from",
    }
}

fn text_match(how: TextMatch) -> &'static str {
    match how {
        TextMatch::Starts => "starts",
        TextMatch::Equals => "equals",
        TextMatch::StartsWhole => "whole starts",
        TextMatch::Ends => "ends",
        TextMatch::Contains => "contains",
        TextMatch::Exact => "exactly",
        TextMatch::Less => "<",
        TextMatch::LessOrEqual => "<=",
        TextMatch::Greater => ">",
        TextMatch::GreaterOrEqual => ">=",
        TextMatch::Differs => "differs from",
    }
}

fn url_test(test: &UrlTest) -> String {
    match test {
        UrlTest::Is { url, version: None } => format!("is {url:?}"),
        UrlTest::Is { url, version: Some(version) } => format!("is {url:?} version {version:?}"),
        UrlTest::Below(url) => format!("at or below {url:?}"),
        UrlTest::Above(url) => format!("at or above {url:?}"),
        UrlTest::BelowVersion { url, version } => format!("is {url:?} version {version:?} or below"),
        UrlTest::Differs(url) => format!("differs from {url:?}"),
        UrlTest::Part(how, text) => format!("{} {text:?}", text_match(*how)),
    }
}

fn instants(interval: Interval) -> String {
    let end = |micros: i64| match micros {
        Interval::OPEN_START => "-∞".to_owned(),
        Interval::OPEN_END => "∞".to_owned(),
        micros => Instant(micros).to_string(),
    };
    format!("[{}, {})", end(interval.start()), end(interval.end()))
}

fn cuts(range: &DecimalRange) -> String {
    format!("[{}, {})", range.lo(), range.hi())
}
