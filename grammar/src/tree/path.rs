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

impl PathExpr {
    /// The expressions it is made of, from left to right.
    pub fn children(&self) -> impl Iterator<Item = &PathNode> {
        let (left, right, many): (Option<&PathNode>, Option<&PathNode>, &[PathNode]) = match self {
            Self::Ident(_) | Self::Resource | Self::This => (None, None, &[]),
            Self::Child(left, _) | Self::As(left, _) | Self::OfType(left, _) | Self::Is(left, _) => {
                (Some(left), None, &[])
            }
            Self::Index(left, _) | Self::Extension(left, _) => (Some(left), None, &[]),
            Self::First(left) | Self::Resolve(left) | Self::Exists(left) => (Some(left), None, &[]),
            Self::Eq(left, _) | Self::Ne(left, _) => (Some(left), None, &[]),
            Self::Where(left, right) | Self::And(left, right) => (Some(left), Some(right), &[]),
            Self::Union(nodes) => (None, None, nodes),
        };
        left.into_iter().chain(right).chain(many)
    }

    /// Edges on the longest way down.
    pub(crate) fn height(&self) -> u32 {
        self.children().map(|child| 1 + child.node.height()).max().unwrap_or_default()
    }
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
