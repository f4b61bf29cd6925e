//! The values of ordinary parameters, by type of parameter.

pub(super) mod coded;
pub(super) mod composite;
pub(super) mod date;
pub(super) mod media_type;
pub(super) mod near;
pub(super) mod number;
pub(super) mod quantity;
pub(super) mod reference;
pub(super) mod string;
pub(super) mod token;
pub(super) mod uri;

use crate::definitions::ParamType;
use crate::ir::Test;
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::Item;

/// The test that one item of a value list stands for, and the indexed view that it looks at.
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, item: &Item) -> Option<(Facet, Test)> {
    match asked.ty {
        ParamType::Composite => composite::test(resolver, asked, item),
        ParamType::Special => near::test(resolver, item),
        _ => written(resolver, asked, &Written::of(item)),
    }
}

/// The same, of a value that is no composite.
pub(super) fn written(resolver: &mut Resolver<'_>, asked: &Asked<'_>, text: &Written) -> Option<(Facet, Test)> {
    match asked.ty {
        ParamType::Date => date::test(resolver, asked, text),
        ParamType::Number => number::test(resolver, asked, text),
        ParamType::Quantity => quantity::test(resolver, text),
        ParamType::String => string::test(resolver, asked, text),
        ParamType::Token => token::test(resolver, asked, text),
        ParamType::Reference => reference::test(resolver, asked, text),
        ParamType::Uri => uri::test(resolver, asked, text),
        ParamType::Composite | ParamType::Special => {
            resolver.report(errors::not_supported(&format!("`{}`", asked.code), asked.span));
            None
        }
    }
}

/// A value as written: its pieces between `|`, and the whole.
#[derive(Clone, Debug)]
pub(super) struct Written {
    /// The whole, `|` and `$` put back.
    pub(super) text: String,
    /// Between unescaped `|`; never empty.
    pub(super) pieces: Vec<String>,
    /// Where it stands.
    pub(super) span: fhirc_grammar::Span,
}

impl Written {
    /// A whole item: `$` has no meaning in it.
    pub(in crate::resolve) fn of(item: &Item) -> Written {
        let mut pieces = vec![String::new()];
        for (n, part) in item.parts.iter().enumerate() {
            for (m, piece) in part.pieces.iter().enumerate() {
                match (m, pieces.last_mut()) {
                    (0, Some(last)) => {
                        if n > 0 {
                            last.push('$');
                        }
                        last.push_str(&piece.text);
                    }
                    _ => pieces.push(piece.text.clone()),
                }
            }
        }
        Written { text: item.text(), pieces, span: item.span }
    }

    /// One part of a composite value.
    pub(super) fn part(part: &fhirc_grammar::Part) -> Written {
        let pieces = part.pieces.iter().map(|piece| piece.text.clone()).collect();
        Written { text: part.text(), pieces, span: part.span }
    }
}
