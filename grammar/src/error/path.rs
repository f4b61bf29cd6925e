//! What can be wrong with the syntax of a SearchParameter expression, or lie outside the subset.

use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::words::quote;

/// A syntax error of an expression; the text it carries is the definition's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum PathError<'t> {
    TooLong { limit: usize },
    TooDeep { limit: u32 },
    NoExpression,
    NoName { text: &'t str },
    NoType { text: &'t str },
    NoLiteral { text: &'t str },
    NoIndex { text: &'t str },
    NoString { function: &'t str },
    OpenString,
    StringEscape { text: &'t str },
    Unclosed { open: char },
    Unexpected { text: &'t str },
    Operator { text: &'t str },
    Function { name: &'t str },
    Argument { function: &'t str },
    Literal { text: &'t str },
    Variable { text: &'t str },
    DelimitedName { text: &'t str },
}

impl PathError<'_> {
    /// The error as a diagnostic on `span`.
    pub(crate) fn at(self, span: Span) -> Diagnostic {
        let error = |code, message: String| Diagnostic::error(code, span, message);
        let outside = |what: String| {
            Diagnostic::error("outside-subset", span, format!("{what} is not in the subset of FHIRPath")).help(SUBSET)
        };
        match self {
            Self::TooLong { limit } => error("path-too-long", format!("the expression has more than {limit} bytes")),
            Self::TooDeep { limit } => error("path-too-deep", format!("the expression is nested deeper than {limit}")),
            Self::NoExpression => error("no-expression", "an expression is missing".into()),
            Self::NoName { text: "" } => error("no-element", "an element or function must follow the `.`".into()),
            Self::NoName { text } => error("no-element", format!("{} is no element or function", quote(text))),
            Self::NoType { text: "" } => error("no-type", "a type is missing".into()),
            Self::NoType { text } => error("no-type", format!("{} is no type", quote(text))),
            Self::NoLiteral { text: "" } => error("no-literal", "a literal is missing".into()),
            Self::NoLiteral { text } => outside(format!("a comparison with {}, which is no literal,", quote(text))),
            Self::NoIndex { text } => error("no-index", format!("{} is no index", quote(text)))
                .help("an index is a whole number from 0 to 4294967295"),
            Self::NoString { function } => error("no-string", format!("{} takes a string", quote(function))),
            Self::OpenString => error("open-string", "the string has no closing quotation mark".into()),
            Self::StringEscape { text } => error("string-escape", format!("{} is no escape", quote(text))),
            Self::Unclosed { open } => error("unclosed-bracket", format!("`{open}` is never closed")),
            Self::Unexpected { text } => error("unexpected", format!("{} can't stand here", quote(text))),
            Self::Operator { text } => outside(format!("operator {}", quote(text))),
            Self::Function { name } => outside(format!("function {}", quote(name))),
            Self::Argument { function } => outside(format!("{} with an argument", quote(function))),
            Self::Literal { text } => outside(format!("literal {} as a step", quote(text))),
            Self::Variable { text } => outside(format!("variable {}", quote(text))),
            Self::DelimitedName { text } => outside(format!("the delimited name {}", quote(text.trim_matches('`')))),
        }
    }
}

const SUBSET: &str = "the subset has paths, `|`, `as`, `is`, `ofType`, `where`, `exists`, `first`, `resolve`, `extension`, an index, and \
                      `=`, `!=` and `and` in criteria";
