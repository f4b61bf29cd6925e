//! What can be wrong with the syntax of a search string.

use crate::diagnostic::Diagnostic;
use crate::span::Span;
use crate::words::quote;

/// What is wrong before the parameters are looked at; the text it carries is the user's.
#[derive(Clone, Copy, Debug)]
pub(crate) enum UrlError<'t> {
    TextTooLong { bytes: usize, limit: usize },
    ForeignBase { base: &'t str, known: &'t [&'t str] },
    MethodInFront { method: &'t str },
    NoQuestionMark,
    NotASearch { path: &'t str, instead: Option<&'t str> },
    NotAType { text: &'t str },
    NotAnId { text: &'t str },
    BadEscape,
    NotUtf8 { escapes: &'t str },
    TooManyParameters { limit: usize },
    NoEquals { text: &'t str },
}

impl UrlError<'_> {
    /// The error as a diagnostic on `span`.
    pub(crate) fn at(self, span: Span) -> Diagnostic {
        let error = |code, message: String| Diagnostic::error(code, span, message);
        match self {
            Self::TextTooLong { bytes, limit } => {
                error("text-too-long", format!("the search string has {bytes} bytes, more than the {limit} allowed"))
                    .help("long lists of values can be sent with `POST` to `_search`, in several searches")
            }
            Self::ForeignBase { base, known } => {
                error("foreign-base", format!("{} is no base of this server", quote(base))).help(known_bases(known))
            }
            Self::MethodInFront { method } => {
                error("method-in-front", format!("{} is no part of a search string", quote(method)))
                    .help("leave out the HTTP method")
            }
            Self::NoQuestionMark => error("no-question-mark", "parameters stand behind a `?`".into())
                .help("write `Patient?name=eve`, or `?name=eve` for all resource types"),
            Self::NotASearch { path, instead } => {
                let diagnostic = error("not-a-search", format!("{} is no path of a search", quote(path)));
                diagnostic.help(instead.map_or_else(|| PATHS.to_owned(), |instead| format!("write {}", quote(instead))))
            }
            Self::NotAType { text } => error("not-a-type", format!("{} can't be a resource type", quote(text)))
                .help("a resource type has letters only: `Patient`"),
            Self::NotAnId { text } => error("not-an-id", format!("{} can't be the id of a resource", quote(text)))
                .help("an id has 1 to 64 letters, digits, `-` and `.`"),
            Self::BadEscape => error("bad-escape", "two hexadecimal digits must follow a `%`".into())
                .help("a `%` itself is written `%25`"),
            Self::NotUtf8 { escapes } => error("not-utf-8", format!("{} is not UTF-8", quote(escapes)))
                .help("percent-encode the UTF-8 bytes of a character: `é` is `%C3%A9`"),
            Self::TooManyParameters { limit } => {
                error("too-many-parameters", format!("there are more than {limit} parameters"))
            }
            Self::NoEquals { text } => error("no-equals", format!("{} has no `=`", quote(text)))
                .help("a parameter is written `name=value`; an `&` inside a value is written `%26`"),
        }
    }
}

/// What is wrong with the left side of a parameter, or with a sort key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeyError<'t> {
    NoName,
    NameCharacter { text: &'t str },
    NoModifier,
    SecondModifier { name: &'t str },
    IncompleteHas,
    ChainTooDeep { steps: usize, limit: usize },
}

impl KeyError<'_> {
    /// The error as a diagnostic on `span`.
    pub(crate) fn at(self, span: Span) -> Diagnostic {
        let error = |code, message: String| Diagnostic::error(code, span, message);
        match self {
            Self::NoName => error("no-name", "the name of a parameter is missing".into()),
            Self::NameCharacter { text } => {
                error("name-character", format!("{} can't stand in the name of a parameter", quote(text)))
            }
            Self::NoModifier => error("no-modifier", "a modifier must follow the `:`".into())
                .help("leave out the `:`, or write a modifier such as `:exact`"),
            Self::SecondModifier { name } => {
                error("second-modifier", format!("{} has a modifier already", quote(name)))
                    .help("a parameter takes one modifier; a type and a modifier go `subject:Patient.name:exact`")
            }
            Self::IncompleteHas => error("incomplete-has", "`_has` is incomplete".into())
                .help("write `_has:Type:reference:parameter`, such as `_has:Observation:patient:code`"),
            Self::ChainTooDeep { steps, limit } => {
                error("chain-too-deep", format!("the chain has {steps} steps, more than the {limit} allowed"))
            }
        }
    }
}

/// What is wrong with the right side of a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ValueError<'t> {
    UnknownEscape { text: &'t str },
    TooManyItems { limit: usize },
    EmptySortKey,
    IncludeList,
    NotAnInclude { text: &'t str },
}

impl ValueError<'_> {
    /// The error as a diagnostic on `span`.
    pub(crate) fn at(self, span: Span) -> Diagnostic {
        let error = |code, message: String| Diagnostic::error(code, span, message);
        match self {
            Self::UnknownEscape { text } => error("unknown-escape", format!("{} is no escape", quote(text))).help(
                r"a backslash stands before `,` `$` `|` or another backslash; a backslash itself is written `\\`",
            ),
            Self::TooManyItems { limit } => {
                error("too-many-items", format!("the list has more than the {limit} values allowed"))
            }
            Self::EmptySortKey => error("empty-sort-key", "a sort key is missing".into())
                .help("write `_sort=status,-date`; a `-` sorts in descending order"),
            Self::IncludeList => error("include-list", "an include takes one path, no list".into())
                .help("repeat the parameter for every path"),
            Self::NotAnInclude { text } => error("not-an-include", format!("{} is no path to include", quote(text)))
                .help("write `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`"),
        }
    }
}

const PATHS: &str = "a search goes to a type (`Patient`), to all types (nothing before the `?`), or to a compartment \
                     (`Patient/23/Observation`, `Patient/23/*`)";

fn known_bases(known: &[&str]) -> String {
    if known.is_empty() {
        return "leave out everything before the resource type; no base is configured".to_owned();
    }
    let known: Vec<String> = known.iter().map(|base| quote(base)).collect();
    format!("leave out everything before the resource type, or use {}", known.join(" or "))
}
