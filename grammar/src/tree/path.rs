//! Tree of a SearchParameter expression: the FHIRPath subset that the definitions use, `path.ebnf`.

use serde::Serialize;

use crate::span::Spanned;

/// An expression and where it stands; a parenthesised one with its parentheses.
pub type PathNode = Spanned<PathExpr>;

/// A SearchParameter expression. FHIR R4 3.1.1.4.1, FHIRPath.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum PathExpr {
    /// The first step: a type name, or an element of what the expression is evaluated on.
    Ident(String),
    /// `%resource`
    Resource,
    /// `$this`, also what a leading function is applied to: `where(resolve() is Patient)`.
    This,
    /// `x.name`
    Child(Box<PathNode>, String),
    /// `x as T`, `x.as(T)`
    As(Box<PathNode>, String),
    /// `x.ofType(T)`
    OfType(Box<PathNode>, String),
    /// `x[0]`
    Index(Box<PathNode>, u32),
    /// `x.first()`
    First(Box<PathNode>),
    /// `x.extension('url')`
    Extension(Box<PathNode>, String),
    /// `x.resolve()`
    Resolve(Box<PathNode>),
    /// `x.where(criterion)`
    Where(Box<PathNode>, Box<PathNode>),
    /// `x | y | z`, at least two.
    Union(Vec<PathNode>),
    /// `x.exists()`
    Exists(Box<PathNode>),
    /// `x is T`
    Is(Box<PathNode>, String),
    /// `x = literal`
    Eq(Box<PathNode>, Literal),
    /// `x != literal`
    Ne(Box<PathNode>, Literal),
    /// `x and y`
    And(Box<PathNode>, Box<PathNode>),
}

/// A literal in a comparison.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize)]
pub enum Literal {
    /// `'official'`, without quotes and escapes.
    String(String),
    /// `true`, `false`
    Bool(bool),
    /// `12`, `1.50`: the digits as written.
    Number(String),
}
