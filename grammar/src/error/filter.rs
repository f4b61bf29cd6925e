//! What can be wrong with the syntax of a `_filter` expression.

use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::tree::filter::FilterOp;
use crate::words::{nearest, quote};

/// What is wrong with the shape of a filter; the text it carries is the user's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum FilterError<'t> {
    TooDeep { limit: u32 },
    NoCondition,
    NoName { text: &'t str },
    NameCharacter { text: &'t str },
    NoModifier,
    SecondModifier { name: &'t str },
    IncompleteHas,
    NoPathAfterBracket,
    ChainTooDeep { steps: usize, limit: usize },
    NoOperator { path: &'t str },
    UnknownOperator { text: &'t str },
    WordCase { text: &'t str, lower: &'t str },
    BareNot,
    NoLogic { text: &'t str },
    OpenGroup,
    OpenElement,
    StrayClose { text: &'t str },
}

impl FilterError<'_> {
    /// The error as a diagnostic on `span`.
    pub(crate) fn at(self, span: Span) -> Diagnostic {
        let error = |code, message: String| Diagnostic::error(code, span, message);
        match self {
            Self::TooDeep { limit } => {
                error("filter-too-deep", format!("more than {limit} brackets are open at this place"))
            }
            Self::NoCondition => error("no-condition", "a condition is missing".into())
                .help("a condition is written `name operator value`, such as `given eq \"eve\"`"),
            Self::NoName { text: "" } => error("filter-name", "the name of a parameter is missing".into()),
            Self::NoName { text } => {
                error("filter-name", format!("{} can't begin the name of a parameter", quote(text)))
            }
            Self::NameCharacter { text } => {
                error("filter-name", format!("{} can't stand in the name of a parameter", quote(text)))
            }
            Self::NoModifier => error("filter-modifier", "a type must follow the `:`".into()),
            Self::SecondModifier { name } => error("filter-modifier", format!("{} has a type already", quote(name))),
            Self::IncompleteHas => error("filter-has", "`_has` is incomplete".into())
                .help("write `_has:Type:reference:parameter`, such as `_has:Observation:patient:code`"),
            Self::NoPathAfterBracket => error("no-path-after-bracket", "a `.` and a name must follow the `]`".into())
                .help("write `name[filter].part`: both conditions then hold on the same element"),
            Self::ChainTooDeep { steps, limit } => {
                error("chain-too-deep", format!("the path has {steps} steps, more than the {limit} allowed"))
            }
            Self::NoOperator { path } => error("no-operator", format!("an operator must follow {}", quote(path)))
                .help(format!("{OPERATORS}; `pr true` asks whether there is a value")),
            Self::UnknownOperator { text } => unknown_operator(text, span),
            Self::WordCase { text, lower } => error("word-case", format!("{} is written in lower case", quote(text)))
                .label(span, format!("did you mean {}?", quote(lower))),
            Self::BareNot => error("bare-not", "`not` needs parentheses".into()).help("write `not (active eq true)`"),
            Self::NoLogic { text } => error("no-logic", format!("`and` or `or` must stand before {}", quote(text)))
                .help("a value with blanks stands in double quotes"),
            Self::OpenGroup => error("open-group", "the parenthesis is never closed".into()),
            Self::OpenElement => error("open-element", "the bracket is never closed".into()),
            Self::StrayClose { text } => error("stray-close", format!("{} closes nothing", quote(text))),
        }
    }
}

/// What is wrong with the right side of a comparison.
#[derive(Clone, Copy, Debug)]
pub(crate) enum OperandError<'t> {
    NoValue,
    SingleQuotes { text: &'t str },
    OpenString,
    TextAfterString,
    StringEscape { text: &'t str },
    ControlCharacter { text: &'t str },
}

impl OperandError<'_> {
    /// The error as a diagnostic on `span`.
    pub(crate) fn at(self, span: Span) -> Diagnostic {
        let error = |code, message: String| Diagnostic::error(code, span, message);
        match self {
            Self::NoValue => error("no-value", "a value must follow the operator".into())
                .help("a value is a word, number or date, or text in double quotes"),
            Self::SingleQuotes { text } => {
                let inner = text.trim_matches('\'').replace('"', "\\\"");
                error("single-quotes", "text stands in double quotes".into())
                    .label(span, format!("did you mean {}?", quote(&format!("\"{inner}\""))))
            }
            Self::OpenString => error("open-string", "the text has no closing quotation mark".into()),
            Self::TextAfterString => error("text-after-string", "a blank must follow the closing quotation mark".into())
                .help("a quotation mark inside text is written `\\\"`"),
            Self::StringEscape { text } => error("string-escape", format!("{} is no escape", quote(text))).help(
                "the escapes are `\\\"` `\\\\` `\\/` `\\b` `\\f` `\\n` `\\r` `\\t` and `\\u` with four hexadecimal digits",
            ),
            Self::ControlCharacter { text } => {
                error("string-escape", format!("{} must be escaped in text", quote(text)))
                    .help("write `\\n` for a line break, `\\t` for a tabulator, `\\u` and four digits for others")
            }
        }
    }
}

const OPERATORS: &str = "the operators are `eq ne co sw ew gt lt ge le ap sa eb pr po ss sb in ni re`";

fn unknown_operator(text: &str, span: Span) -> Diagnostic {
    let diagnostic =
        Diagnostic::error("unknown-operator", span, format!("{} is no operator", quote(text))).help(OPERATORS);
    let meant = meant_by(text).or_else(|| nearest(text, FilterOp::ALL.iter().map(|op| op.word())));
    match meant {
        Some(word) => diagnostic.label(span, format!("did you mean {}?", quote(word))),
        None => diagnostic,
    }
}

/// Operators by the names other query languages give them.
fn meant_by(text: &str) -> Option<&'static str> {
    let op = match text.to_ascii_lowercase().as_str() {
        "=" | "==" | "equals" | "equal" | "is" => FilterOp::Eq,
        "!=" | "<>" => FilterOp::Ne,
        ">" => FilterOp::Gt,
        "<" => FilterOp::Lt,
        ">=" => FilterOp::Ge,
        "<=" => FilterOp::Le,
        "~" | "~=" => FilterOp::Ap,
        "contains" | "like" => FilterOp::Co,
        "startswith" | "starts-with" | "starts" => FilterOp::Sw,
        "endswith" | "ends-with" | "ends" => FilterOp::Ew,
        "exists" | "present" | "isnull" => FilterOp::Pr,
        "overlaps" => FilterOp::Po,
        "references" | "refers" => FilterOp::Re,
        "not-in" | "notin" | "nin" => FilterOp::Ni,
        _ => return None,
    };
    Some(op.word())
}
