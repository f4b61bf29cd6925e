//! The values that a parameter has in an element, by type of parameter. FHIR R4 3.1.1.4.

pub(super) mod composite;
pub(super) mod date;
pub(super) mod number;
pub(super) mod position;
pub(super) mod presence;
pub(super) mod quantity;
pub(super) mod range;
pub(super) mod reference;
pub(super) mod string;
pub(super) mod token;
pub(super) mod uri;
pub(super) mod words;

use self::position::Place;
use self::quantity::Quantity;
use self::reference::Ref;
use self::string::Text;
use self::token::Token;
use self::uri::Url;
use super::path::Element;
use super::universe::{Node, Universe};
use crate::definitions::ParamType;
use crate::ir::Test;
use crate::values::{DecimalRange, Interval};

/// One value, as tests and sort keys look at it.
#[derive(Clone, Debug)]
pub(super) enum Stored {
    Date(Interval),
    Number(DecimalRange),
    Quantity(Quantity),
    Text(Text),
    Token(Token),
    Reference(Ref),
    Url(Url),
    /// A logical id.
    Id(String),
    /// A folded word.
    Word(String),
    Place(Place),
}

/// The values of one element of `node` for a parameter of type `ty`; none where there is nothing to compare (item 42).
pub(super) fn stored(universe: &Universe<'_>, node: Node<'_>, ty: ParamType, element: &Element<'_>) -> Vec<Stored> {
    match ty {
        ParamType::Date => date::stored(element, &universe.env.zone).into_iter().map(Stored::Date).collect(),
        ParamType::Number => number::stored(element).into_iter().map(Stored::Number).collect(),
        ParamType::Quantity => quantity::stored(element).into_iter().map(Stored::Quantity).collect(),
        ParamType::String => string::stored(element).into_iter().map(Stored::Text).collect(),
        ParamType::Token => token::stored(element).into_iter().map(Stored::Token).collect(),
        ParamType::Reference => {
            let to = reference::stored(universe, element).and_then(|to| to.seen_from(universe, node));
            to.into_iter().map(Stored::Reference).collect()
        }
        ParamType::Uri => uri::stored(node, element).into_iter().map(Stored::Url).collect(),
        ParamType::Special => position::stored(element).into_iter().map(Stored::Place).collect(),
        // Its parts have values.
        ParamType::Composite => Vec::new(),
    }
}

/// Does a value pass a test of one value? A test of another type of value never holds: a parameter may find both
/// references and canonicals, and be asked for either.
pub(super) fn passes(test: &Test, stored: &Stored) -> bool {
    match (test, stored) {
        (Test::Any(tests), stored) => tests.iter().any(|test| passes(test, stored)),
        (Test::Date(test), Stored::Date(interval)) => date::passes(test, *interval),
        (Test::Number(test), Stored::Number(range)) => number::passes(test, range),
        (Test::Quantity(test), Stored::Quantity(quantity)) => quantity::passes(test, quantity),
        (Test::Text(test), Stored::Text(text)) => string::passes(test, text),
        (Test::Token(test), Stored::Token(token)) => token::passes(test, token),
        (Test::MediaType(name), Stored::Token(token)) => token::is_media_type(name, token),
        (Test::CodeStarts(code), Stored::Token(token)) => token::starts(code, token),
        (Test::AllWords(lists), Stored::Text(text)) => text.has_words(lists),
        (Test::Reference(test), Stored::Reference(to)) => reference::passes(test, to),
        (Test::Url(test), Stored::Url(url)) => uri::passes(test, url),
        (Test::Url(test), Stored::Reference(Ref::Canonical(url))) => uri::passes(test, url),
        (Test::Id(id), Stored::Id(stored)) => id == stored,
        (Test::Word(word), Stored::Word(stored)) => word == stored,
        (Test::Near(test), Stored::Place(place)) => position::passes(test, *place),
        _ => false,
    }
}
