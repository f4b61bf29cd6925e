//! What questions are called, in lists and refusals.

use super::Question;
use crate::rows::RowKind;
use std::fmt;

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Question::Row(kind, name, compare) => write!(f, "{kind} {}: {}", words(name), words(compare)),
            Question::Rows(kind) => write!(f, "rows of {kind}"),
            Question::OrderRows(kind) => write!(f, "order by {kind}"),
            Question::Typing(kind) => write!(f, "a value that does not fit a column of {kind}"),
            Question::Via(on, end) => write!(f, "via {}, result at the {}", words(on), words(end)),
            Question::OrderVia(on) => write!(f, "order via {}", words(on)),
            Question::Targets(on) => write!(f, "targets over {}", words(on)),
            Question::Elements => write!(f, "what holds of one element, `not` and `pr` included"),
            Question::Named => write!(f, "what links call by name"),
            Question::Names => write!(f, "what resources are called by links"),
            Question::Told(kind) => write!(f, "rows of {kind} themselves"),
            Question::Refined(most) => {
                write!(f, "a condition that has to be tested of more than {most} values; a narrower one has fewer")
            }
            Question::Versions => write!(f, "versions that references name"),
            Question::Inside => write!(f, "resources inside others"),
            Question::Cursor => write!(f, "a position that does not fit the order"),
            Question::Alternatives => write!(f, "too many alternatives in one test"),
            Question::Parameters => write!(f, "more values than one statement can have"),
            Question::Zero => write!(f, "a text with a character U+0000"),
            Question::Depth => write!(f, "sets nested too deeply"),
            Question::Size => {
                write!(f, "so many conditions and types at once; name the types of the links, or ask for less")
            }
            Question::Behind(most) => write!(
                f,
                "a link behind which more than {most} resources stand; fewer do where there are more conditions on them"
            ),
            Question::Gathered(most) => {
                write!(
                    f,
                    "putting more than {most} resources in order by such values; fewer match where there are more conditions"
                )
            }
            Question::Rounds(most) => {
                write!(f, "links that go on over more than {most} resources, one behind the other")
            }
            Question::Earlier => write!(f, "versions before the current ones, which references name"),
            Question::Dangling => write!(f, "a set that does not stand before its parent"),
            other => f.write_str(&words(other)),
        }
    }
}

impl fmt::Display for RowKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RowKind::One(base) => f.write_str(&words(base)),
            RowKind::Part(base) => write!(f, "part-{}", words(base)),
            RowKind::Tuple(tuple) => f.write_str(&words(tuple)),
            other => f.write_str(&words(other)),
        }
    }
}

/// `NotInSlot` as `not-in-slot`: the names of the types are the names in lists and refusals.
fn words(name: &impl fmt::Debug) -> String {
    let mut out = String::new();
    for c in format!("{name:?}").chars() {
        if c.is_ascii_uppercase() && !out.is_empty() {
            out.push('-');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}
