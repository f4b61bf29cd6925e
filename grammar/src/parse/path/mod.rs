//! Productions of `path.ebnf`.

mod function;
mod terminal;

use nom::multi::{many0, separated_list1};
use nom::sequence::preceded;
use nom::{Err, Parser};

use crate::decode::Decoded;
use crate::diagnostic::Diagnostic;
use crate::error::PathError;
use crate::lex::path::PathToken;
use crate::lex::{Token, tokens};
use crate::limits::{MAX_PATH_BYTES, MAX_PATH_DEPTH};
use crate::parse::{Fault, Sink, Tokens, fail, token};
use crate::span::{Span, Spanned};
use crate::tree::path::{PathExpr, PathNode};

pub(super) type Input<'t> = Tokens<'t, PathToken>;
pub(super) type Parsed<'t, T> = crate::parse::Parsed<'t, PathToken, T>;

/// Parses a SearchParameter expression. What FHIRPath allows but no definition uses is refused by its name. FHIR R4
/// 3.1.1.4.1.
pub fn parse_path(text: &str) -> (Option<PathNode>, Vec<Diagnostic>) {
    if text.len() > MAX_PATH_BYTES {
        return (None, vec![PathError::TooLong { limit: MAX_PATH_BYTES }.at(Span::empty(0))]);
    }
    let (source, sink) = (Decoded::plain(text), Sink::default());
    let read = tokens(&source, 0..text.len());
    match whole(Tokens::new(&read, &source, &sink)) {
        Ok(node) => (Some(node), Vec::new()),
        Err(diagnostic) => (None, vec![diagnostic]),
    }
}

fn whole(input: Input<'_>) -> Result<PathNode, Diagnostic> {
    match expression(input) {
        Ok((rest, node)) => match rest.peek() {
            None => Ok(node),
            Some(next) => Err(unexpected(next)),
        },
        Err(Err::Failure(Fault::Wrong(diagnostic) | Fault::Fatal(diagnostic))) => Err(*diagnostic),
        Err(_) => Err(PathError::NoExpression.at(input.place())),
    }
}

/// Why `next` can't follow a complete expression.
fn unexpected(next: Token<'_, PathToken>) -> Diagnostic {
    let operators = ["or", "xor", "implies", "in", "contains", "div", "mod"];
    match next.kind {
        PathToken::Operator => PathError::Operator { text: next.text },
        PathToken::Word if operators.contains(&next.text) => PathError::Operator { text: next.text },
        _ => PathError::Unexpected { text: next.text },
    }
    .at(next.span)
}

/// `expression = comparison *( "and" comparison )` (path.ebnf)
pub(super) fn expression(input: Input<'_>) -> Parsed<'_, PathNode> {
    let too_deep = || fail(PathError::TooDeep { limit: MAX_PATH_DEPTH }.at(input.before()));
    if input.depth > MAX_PATH_DEPTH {
        return Err(too_deep());
    }
    let (rest, first) = comparison(input)?;
    let (rest, others) = many0(preceded(word("and"), comparison)).parse(rest)?;
    if others.len() > MAX_PATH_DEPTH as usize {
        return Err(too_deep());
    }
    let and = |left: PathNode, right: PathNode| {
        let span = left.span.to(right.span);
        Spanned::new(PathExpr::And(Box::new(left), Box::new(right)), span)
    };
    let node = others.into_iter().fold(first, and);
    // The height of the tree decides, not the number of brackets it was written with: what is printed parses again.
    if node.node.height() > MAX_PATH_DEPTH { Err(too_deep()) } else { Ok((rest, node)) }
}

/// `comparison = union [ ( "=" | "!=" ) literal ]` (path.ebnf)
fn comparison(input: Input<'_>) -> Parsed<'_, PathNode> {
    let (rest, left) = union(input)?;
    let make = match rest.peek().map(|token| token.kind) {
        Some(PathToken::Equals) => PathExpr::Eq,
        Some(PathToken::NotEquals) => PathExpr::Ne,
        _ => return Ok((rest, left)),
    };
    let (rest, right) = terminal::literal(rest.skip())?;
    let span = left.span.to(right.span);
    Ok((rest, Spanned::new(make(Box::new(left), right.node), span)))
}

/// `union = typed *( "|" typed )` (path.ebnf)
fn union(input: Input<'_>) -> Parsed<'_, PathNode> {
    let (rest, mut nodes) = separated_list1(token(PathToken::Pipe), typed).parse(input)?;
    let span = nodes.iter().map(|node| node.span).reduce(Span::to).unwrap_or_else(|| input.place());
    match (nodes.pop(), nodes.is_empty()) {
        (Some(only), true) => Ok((rest, only)),
        (last, _) => {
            nodes.extend(last);
            Ok((rest, Spanned::new(PathExpr::Union(nodes), span)))
        }
    }
}

/// `typed = postfix [ ( "as" | "is" ) type ]` (path.ebnf)
fn typed(input: Input<'_>) -> Parsed<'_, PathNode> {
    let (rest, left) = postfix(input)?;
    let make = match rest.peek().map(|token| token.text) {
        Some("as") => PathExpr::As,
        Some("is") => PathExpr::Is,
        _ => return Ok((rest, left)),
    };
    let (rest, ty) = terminal::type_name(rest.skip())?;
    let span = left.span.to(ty.span);
    Ok((rest, Spanned::new(make(Box::new(left), ty.node), span)))
}

/// `postfix = primary *( "." invocation | "[" integer "]" )` (path.ebnf)
fn postfix(input: Input<'_>) -> Parsed<'_, PathNode> {
    let (mut rest, mut node) = primary(input)?;
    for _ in 0..=MAX_PATH_DEPTH {
        (rest, node) = match rest.peek().map(|token| token.kind) {
            Some(PathToken::Dot) => invocation(rest.skip(), Some(node))?,
            Some(PathToken::OpenBracket) => terminal::index(rest, node)?,
            _ => return Ok((rest, node)),
        };
    }
    Err(fail(PathError::TooDeep { limit: MAX_PATH_DEPTH }.at(rest.before())))
}

/// `primary = "(" expression ")" | "%resource" | "$this" | invocation` (path.ebnf)
fn primary(input: Input<'_>) -> Parsed<'_, PathNode> {
    let Some((rest, token)) = input.next() else {
        return Err(fail(PathError::NoExpression.at(input.place())));
    };
    match (token.kind, token.text) {
        (PathToken::Open, _) => {
            let (rest, (node, close)) = enclosed(input, rest, token)?;
            Ok((rest, Spanned::new(node.node, token.span.to(close))))
        }
        (PathToken::Environment, "%resource") => Ok((rest, Spanned::new(PathExpr::Resource, token.span))),
        (PathToken::Special, "$this") => Ok((rest, Spanned::new(PathExpr::This, token.span))),
        _ => invocation(input, None),
    }
}

/// An expression up to the parenthesis that closes `open`, and the place of that parenthesis.
pub(super) fn enclosed<'t>(
    outer: Input<'t>,
    inner: Input<'t>,
    open: Token<'t, PathToken>,
) -> Parsed<'t, (PathNode, Span)> {
    let (rest, node) = expression(inner.deeper())?;
    match rest.next() {
        Some((rest, token)) if token.kind == PathToken::Close => Ok((rest.as_deep_as(outer), (node, token.span))),
        Some((_, next)) => Err(fail(unexpected(next))),
        None => Err(fail(PathError::Unclosed { open: '(' }.at(open.span))),
    }
}

/// `invocation = function | word` (path.ebnf), applied to `left`; at the start of an expression there is none
fn invocation(input: Input<'_>, left: Option<PathNode>) -> Parsed<'_, PathNode> {
    let (rest, name) = terminal::name(input)?;
    if rest.peek().is_some_and(|next| next.kind == PathToken::Open) {
        return function::function(rest, name, left);
    }
    let node = match left {
        None => Spanned::new(PathExpr::Ident(name.text.to_owned()), name.span),
        Some(left) => {
            let span = left.span.to(name.span);
            Spanned::new(PathExpr::Child(Box::new(left), name.text.to_owned()), span)
        }
    };
    Ok((rest, node))
}

/// A word of that text.
pub(super) fn word<'t>(text: &'static str) -> impl Fn(Input<'t>) -> Parsed<'t, Token<'t, PathToken>> {
    move |input| match input.next() {
        Some((rest, token)) if token.kind == PathToken::Word && token.text == text => Ok((rest, token)),
        _ => Err(Err::Error(Fault::NoMatch)),
    }
}
