//! SearchParameter expressions, with the parentheses that precedence needs.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::tree::path::{Literal, PathExpr, PathNode};

/// How tightly an expression holds together, loosest first: the rules of `path.ebnf` from top to bottom.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Conjunction,
    Comparison,
    Union,
    Typed,
    Postfix,
}

impl PathExpr {
    fn strength(&self) -> Strength {
        match self {
            Self::And(..) => Strength::Conjunction,
            Self::Eq(..) | Self::Ne(..) => Strength::Comparison,
            Self::Union(_) => Strength::Union,
            Self::As(..) | Self::Is(..) => Strength::Typed,
            _ => Strength::Postfix,
        }
    }
}

impl Display for PathExpr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ident(name) => f.write_str(name),
            Self::Resource => f.write_str("%resource"),
            Self::This => f.write_str("$this"),
            Self::Child(left, name) => write!(f, "{}.{name}", at(left, Strength::Postfix)),
            Self::OfType(left, ty) => write!(f, "{}ofType({ty})", Call(left)),
            Self::Index(left, number) => write!(f, "{}[{number}]", at(left, Strength::Postfix)),
            Self::First(left) => write!(f, "{}first()", Call(left)),
            Self::Exists(left) => write!(f, "{}exists()", Call(left)),
            Self::Resolve(left) => write!(f, "{}resolve()", Call(left)),
            Self::Extension(left, url) => write!(f, "{}extension({})", Call(left), Quoted(url)),
            Self::Where(left, criterion) => write!(f, "{}where({})", Call(left), criterion.node),
            Self::As(left, ty) => write!(f, "{} as {ty}", at(left, Strength::Postfix)),
            Self::Is(left, ty) => write!(f, "{} is {ty}", at(left, Strength::Postfix)),
            Self::Union(nodes) => nodes.iter().enumerate().try_for_each(|(number, node)| {
                write!(f, "{}{}", if number == 0 { "" } else { " | " }, at(node, Strength::Typed))
            }),
            Self::Eq(left, literal) => write!(f, "{} = {literal}", at(left, Strength::Union)),
            Self::Ne(left, literal) => write!(f, "{} != {literal}", at(left, Strength::Union)),
            Self::And(left, right) => {
                write!(f, "{} and {}", at(left, Strength::Conjunction), at(right, Strength::Comparison))
            }
        }
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::String(text) => Quoted(text).fmt(f),
            Self::Bool(value) => value.fmt(f),
            Self::Number(digits) => f.write_str(digits),
        }
    }
}

/// A node where something at least as strong must stand.
struct At<'t>(&'t PathExpr, Strength);

fn at(node: &PathNode, least: Strength) -> At<'_> {
    At(&node.node, least)
}

impl Display for At<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.0.strength() < self.1 { write!(f, "({})", self.0) } else { self.0.fmt(f) }
    }
}

/// What a function is applied to, with its dot; `$this` is left out.
struct Call<'t>(&'t PathNode);

impl Display for Call<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.node {
            PathExpr::This => Ok(()),
            _ => write!(f, "{}.", at(self.0, Strength::Postfix)),
        }
    }
}

struct Quoted<'t>(&'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars() {
            match c {
                '\'' | '\\' => write!(f, "\\{c}")?,
                '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(c))?,
                _ => f.write_char(c)?,
            }
        }
        f.write_char('\'')
    }
}
