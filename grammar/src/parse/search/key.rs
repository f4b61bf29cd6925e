//! The left side of a parameter.

use std::ops::Range;

use nom::branch::alt;
use nom::combinator::{map, verify};
use nom::multi::many0;
use nom::sequence::terminated;
use nom::{Err, Parser};

use crate::decode::Decoded;
use crate::diagnostic::Diagnostic;
use crate::error::KeyError;
use crate::lex::search::KeyToken;
use crate::lex::{Token, tokens};
use crate::limits::MAX_STEPS;
use crate::parse::{Fault, Sink, Tokens, fail, token};
use crate::span::Spanned;
use crate::tree::search::{Has, Key, Link, Name};

pub(super) type Input<'t> = Tokens<'t, KeyToken>;
pub(super) type Parsed<'t, T> = crate::parse::Parsed<'t, KeyToken, T>;

/// The key that is the whole of a piece of decoded text.
pub(super) fn parse_key(text: &Decoded, piece: Range<usize>) -> Result<Key, Diagnostic> {
    let (sink, start) = (Sink::default(), text.span(piece.clone()));
    let read = tokens(text, piece);
    match key(Tokens::new(&read, text, &sink)) {
        Ok((rest, key)) => match rest.peek() {
            None => Ok(key),
            Some(next) => Err(after_name(&key.end, next, rest)),
        },
        Err(Err::Failure(Fault::Wrong(diagnostic) | Fault::Fatal(diagnostic))) => Err(*diagnostic),
        Err(_) => Err(KeyError::NoName.at(start)),
    }
}

/// A name is followed by something that can't follow it.
fn after_name(name: &Name, next: Token<'_, KeyToken>, rest: Input<'_>) -> Diagnostic {
    match next.kind {
        KeyToken::Colon => KeyError::SecondModifier { name: &name.name.node }.at(rest.whole().span),
        _ => KeyError::NameCharacter { text: next.text }.at(next.span),
    }
}

/// `key = *( link ) name` (search.ebnf)
fn key(input: Input<'_>) -> Parsed<'_, Key> {
    let (rest, links) = many0(link).parse(input)?;
    let (rest, end) = name(rest)?;
    let last = end.modifier.as_ref().unwrap_or(&end.name).span;
    let key = Key { span: input.place().to(last), links, end };
    let steps = key.links.len() + 1;
    if steps > MAX_STEPS {
        return Err(fail(KeyError::ChainTooDeep { steps, limit: MAX_STEPS }.at(key.span)));
    }
    Ok((rest, key))
}

/// `link = has ":" | name "."` (search.ebnf)
fn link(input: Input<'_>) -> Parsed<'_, Link> {
    alt((map(has, Link::Has), map(terminated(name, token(KeyToken::Dot)), Link::Forward))).parse(input)
}

/// `has = "_has" ":" word ":" word` (search.ebnf), and the `":"` that follows it
fn has<'t>(input: Input<'t>) -> Parsed<'t, Has> {
    let (rest, keyword) = verify(token(KeyToken::Word), |word: &Token<'_, _>| word.text == "_has").parse(input)?;
    let part = |input: Input<'t>, kind| token(kind)(input).map_err(|_| incomplete_has(input, keyword));
    let (rest, _) = part(rest, KeyToken::Colon)?;
    let (rest, ty) = part(rest, KeyToken::Word)?;
    let (rest, _) = part(rest, KeyToken::Colon)?;
    let (rest, reference) = part(rest, KeyToken::Word)?;
    let (rest, _) = part(rest, KeyToken::Colon)?;
    part(rest, KeyToken::Word)?;
    Ok((rest, Has { ty: owned(ty), reference: owned(reference), span: keyword.span.to(reference.span) }))
}

fn incomplete_has(at: Input<'_>, keyword: Token<'_, KeyToken>) -> Err<Fault> {
    fail(KeyError::IncompleteHas.at(keyword.span.to(at.place())))
}

/// `name = word [ ":" word ]` (search.ebnf)
fn name(input: Input<'_>) -> Parsed<'_, Name> {
    let (rest, name) = word(input)?;
    let Ok((rest, _)) = token(KeyToken::Colon)(rest) else {
        return Ok((rest, Name { name, modifier: None }));
    };
    match token(KeyToken::Word)(rest) {
        Ok((rest, modifier)) => Ok((rest, Name { name, modifier: Some(owned(modifier)) })),
        Err(_) => Err(fail(match rest.peek() {
            Some(next) if is_stray(next.kind) => KeyError::NameCharacter { text: next.text }.at(next.span),
            _ => KeyError::NoModifier.at(rest.place()),
        })),
    }
}

/// `word = <one or more ASCII letters, digits, "_" and "-">` (search.ebnf)
fn word(input: Input<'_>) -> Parsed<'_, Spanned<String>> {
    match input.next() {
        Some((rest, token)) if token.kind == KeyToken::Word => Ok((rest, owned(token))),
        Some((_, token)) if is_stray(token.kind) => {
            Err(fail(KeyError::NameCharacter { text: token.text }.at(token.span)))
        }
        _ => Err(fail(KeyError::NoName.at(input.place()))),
    }
}

/// Never part of a key.
fn is_stray(kind: KeyToken) -> bool {
    matches!(kind, KeyToken::Other | KeyToken::Star)
}

pub(super) fn owned(token: Token<'_, KeyToken>) -> Spanned<String> {
    Spanned::new(token.text.to_owned(), token.span)
}
