//! The right side of a parameter that is a list of values.

use nom::branch::alt;
use nom::combinator::map;
use nom::multi::{many0, separated_list1};
use nom::{IResult, Parser};

use crate::diagnostic::Diagnostic;
use crate::error::ValueError;
use crate::lex::search::ValueToken;
use crate::lex::{Token, tokens};
use crate::limits::MAX_ITEMS;
use crate::parse::{Fault, Sink, Tokens, token};
use crate::span::Span;
use crate::tree::search::{Item, Part, Text, Value};

type Input<'t> = Tokens<'t, ValueToken>;
type Parsed<'t, T> = IResult<Input<'t>, T, Fault>;

impl Value {
    /// The alternatives of the value: split at `,`, each at `$`, each at `|`, escapes undone. No value at all has no
    /// alternatives; an empty alternative is kept. FHIR R4 3.1.1.3.2 and 3.1.1.4.7.
    ///
    /// # Errors
    /// Every backslash that begins no escape, or `too-many-items`.
    pub fn items(&self) -> Result<Vec<Item>, Vec<Diagnostic>> {
        if self.raw.text().is_empty() {
            return Ok(Vec::new());
        }
        let sink = Sink::default();
        let read = tokens::<ValueToken>(&self.raw, 0..self.raw.text().len());
        let commas = read.iter().filter(|token| token.kind == ValueToken::Comma).take(MAX_ITEMS).count();
        if commas == MAX_ITEMS {
            return Err(vec![ValueError::TooManyItems { limit: MAX_ITEMS }.at(self.span)]);
        }
        let parsed = items(Tokens::new(&read, &self.raw, &sink)).map(|(_, items)| items);
        let found = sink.into_sorted();
        match parsed {
            Ok(items) if found.is_empty() => Ok(items),
            _ => Err(found),
        }
    }
}

/// `items = item *( "," item )` (search.ebnf)
fn items(input: Input<'_>) -> Parsed<'_, Vec<Item>> {
    separated_list1(token(ValueToken::Comma), item).parse(input)
}

/// `item = part *( "$" part )` (search.ebnf)
fn item(input: Input<'_>) -> Parsed<'_, Item> {
    let make = |parts: Vec<Part>| Item { span: cover(parts.iter().map(|part| part.span), input), parts };
    map(separated_list1(token(ValueToken::Dollar), part), make).parse(input)
}

/// `part = text *( "|" text )` (search.ebnf)
fn part(input: Input<'_>) -> Parsed<'_, Part> {
    let make = |pieces: Vec<Text>| Part { span: cover(pieces.iter().map(|piece| piece.span), input), pieces };
    map(separated_list1(token(ValueToken::Pipe), text), make).parse(input)
}

/// `text = *( plain | "\," | "\$" | "\|" | "\\" )` (search.ebnf)
fn text(input: Input<'_>) -> Parsed<'_, Text> {
    let (rest, read) = many0(alt((token(ValueToken::Plain), escape, bad_escape))).parse(input)?;
    let span = match (read.first(), read.last()) {
        (Some(first), Some(last)) => first.span.to(last.span),
        _ => Span::empty(input.place().start),
    };
    Ok((rest, Text { text: read.iter().map(|token| token.text).collect(), span }))
}

/// An escape; its text is what it stands for.
fn escape(input: Input<'_>) -> Parsed<'_, Token<'_, ValueToken>> {
    let (rest, token) = token(ValueToken::Escape)(input)?;
    let meant = token.text.strip_prefix('\\').unwrap_or_default();
    Ok((rest, Token { text: meant, ..token }))
}

fn bad_escape(input: Input<'_>) -> Parsed<'_, Token<'_, ValueToken>> {
    let (rest, token) = token(ValueToken::BadEscape)(input)?;
    input.sink.report(ValueError::UnknownEscape { text: token.text }.at(token.span));
    Ok((rest, token))
}

/// The span from the first to the last, or the empty one where `input` begins.
fn cover(spans: impl Iterator<Item = Span>, input: Input<'_>) -> Span {
    spans.reduce(Span::to).unwrap_or_else(|| Span::empty(input.place().start))
}
