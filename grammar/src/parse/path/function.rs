//! Function calls.

use super::terminal::{string, type_name};
use super::{Input, Parsed, enclosed};
use crate::error::PathError;
use crate::lex::Token;
use crate::lex::path::PathToken;
use crate::parse::{fail, token};
use crate::span::{Span, Spanned};
use crate::tree::path::{PathExpr, PathNode};

/// `function = typing | "extension" "(" string ")" | "where" "(" expression ")" | plain "(" ")"` (path.ebnf), from
/// its parenthesis on, applied to `left`, or to `$this` where there is none
pub(super) fn function<'t>(
    input: Input<'t>,
    name: Token<'t, PathToken>,
    left: Option<PathNode>,
) -> Parsed<'t, PathNode> {
    let Some((inner, open)) = input.next() else {
        return Err(fail(PathError::Unclosed { open: '(' }.at(name.span)));
    };
    let left = left.unwrap_or_else(|| Spanned::new(PathExpr::This, Span::empty(name.span.start)));
    let start = left.span;
    let left = Box::new(left);
    let (rest, (expr, close)) = match name.text {
        "as" | "ofType" => typing(inner, open, name, left)?,
        "first" => plain(inner, open, name, PathExpr::First(left))?,
        "exists" => plain(inner, open, name, PathExpr::Exists(left))?,
        "resolve" => plain(inner, open, name, PathExpr::Resolve(left))?,
        "extension" => {
            let (rest, url) = string(inner, name)?;
            let (rest, close) = closing(rest, open)?;
            (rest, (PathExpr::Extension(left, url), close))
        }
        "where" => {
            let (rest, (criterion, close)) = enclosed(input, inner, open)?;
            (rest, (PathExpr::Where(left, Box::new(criterion)), close))
        }
        other => return Err(fail(PathError::Function { name: other }.at(name.span))),
    };
    Ok((rest, Spanned::new(expr, start.to(close))))
}

/// `typing = ( "as" | "ofType" ) "(" type ")"` (path.ebnf)
fn typing<'t>(
    inner: Input<'t>,
    open: Token<'t, PathToken>,
    name: Token<'t, PathToken>,
    left: Box<PathNode>,
) -> Parsed<'t, (PathExpr, Span)> {
    let (rest, ty) = type_name(inner)?;
    let (rest, close) = closing(rest, open)?;
    let expr = if name.text == "as" { PathExpr::As(left, ty.node) } else { PathExpr::OfType(left, ty.node) };
    Ok((rest, (expr, close)))
}

/// `plain = "first" | "exists" | "resolve"` (path.ebnf), which take no argument
fn plain<'t>(
    inner: Input<'t>,
    open: Token<'t, PathToken>,
    name: Token<'t, PathToken>,
    expr: PathExpr,
) -> Parsed<'t, (PathExpr, Span)> {
    if inner.peek().is_some_and(|next| next.kind != PathToken::Close) {
        return Err(fail(PathError::Argument { function: name.text }.at(name.span)));
    }
    let (rest, close) = closing(inner, open)?;
    Ok((rest, (expr, close)))
}

fn closing<'t>(input: Input<'t>, open: Token<'t, PathToken>) -> Parsed<'t, Span> {
    match (token(PathToken::Close)(input), input.peek()) {
        (Ok((rest, close)), _) => Ok((rest, close.span)),
        (Err(_), Some(next)) => Err(fail(super::unexpected(next))),
        (Err(_), None) => Err(fail(PathError::Unclosed { open: '(' }.at(open.span))),
    }
}
