//! Filters, with parentheses where the tree has a group.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::tree::filter::{Filter, FilterLink, FilterOp, FilterPath, FilterValue, FilterValueKind, Logic, Node};

impl Display for Filter {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Logic { first, tail } => {
                operand(f, first)?;
                tail.iter().try_for_each(|tail| {
                    write!(f, " {} ", tail.op.node)?;
                    operand(f, &tail.right)
                })
            }
            Self::Not(inner) => write!(f, "not ({})", inner.node),
            Self::Compare { path, op, value } => write!(f, "{path} {} {value}", op.node),
        }
    }
}

/// A group keeps its parentheses: `a or (b and c)` is not `a or b and c`.
fn operand(f: &mut Formatter<'_>, node: &Node) -> fmt::Result {
    match node.node {
        Filter::Logic { .. } => write!(f, "({})", node.node),
        _ => node.node.fmt(f),
    }
}

impl Display for Logic {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::And => "and",
            Self::Or => "or",
        })
    }
}

impl Display for FilterOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Display for FilterPath {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for link in &self.links {
            match link {
                FilterLink::Forward(name) => write!(f, "{name}.")?,
                FilterLink::Has(has) => write!(f, "{has}:")?,
                FilterLink::Element { name, filter } => write!(f, "{}[{}].", name.node, filter.node)?,
            }
        }
        self.end.fmt(f)
    }
}

impl Display for FilterValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = match &self.kind {
            FilterValueKind::Bare(text) => return f.write_str(text),
            FilterValueKind::String(text) => text,
        };
        f.write_char('"')?;
        for c in text.chars() {
            match c {
                '"' | '\\' => write!(f, "\\{c}")?,
                '\0'..='\u{1f}' => write!(f, "\\u{:04x}", u32::from(c))?,
                _ => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}
