//! The sets that a set is made of.

use super::{Set, SetId};
use std::ops::Deref;

/// The sets that a set is made of, in order.
#[derive(Clone, Copy, Debug)]
pub enum Children<'s> {
    /// None.
    None,
    /// One.
    One([SetId; 1]),
    /// Two.
    Two([SetId; 2]),
    /// Any number.
    Many(&'s [SetId]),
}

impl Deref for Children<'_> {
    type Target = [SetId];

    fn deref(&self) -> &[SetId] {
        match self {
            Children::None => &[],
            Children::One(one) => one,
            Children::Two(two) => two,
            Children::Many(many) => many,
        }
    }
}

impl Set {
    /// The sets it is made of, in order.
    pub fn children(&self) -> Children<'_> {
        match self {
            Set::All(_) | Set::None | Set::Rows { .. } | Set::Elements { .. } | Set::Slot(_) | Set::Named { .. } => {
                Children::None
            }
            Set::And(children) | Set::Or(children) => Children::Many(children),
            Set::Minus { from, less } => Children::Two([*from, *less]),
            Set::Via { far, .. } => Children::One([*far]),
            Set::Closure { seed, .. } => Children::One([*seed]),
        }
    }
}
