//! What rows say of a part of an element, and the numbers under which they say it.

use super::Facet;

/// What rows say of a part of an element.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum OfPart {
    /// One of its values.
    Value,
    /// One of its quantities in canonical units.
    Canonical,
    /// The range that the digits of one of its numbers imply.
    Implied,
    /// It is there, and has none of these.
    There,
    /// It is there in other types alone than the component reads.
    Otherwise,
}

impl OfPart {
    /// What holds the values of a view; nothing for views that parts do not have.
    pub fn view(facet: Facet) -> Option<OfPart> {
        match facet {
            Facet::Value => Some(OfPart::Value),
            Facet::Canonical => Some(OfPart::Canonical),
            Facet::Implied => Some(OfPart::Implied),
            _ => None,
        }
    }

    /// The number under which rows say it of a component, from 1: 0 is the element itself.
    pub fn number(self, component: usize) -> i64 {
        const OF_EACH: i64 = 8;
        // A composite has a handful of components.
        i64::try_from(component).unwrap_or(i64::MAX / OF_EACH - 1) * OF_EACH + self as i64 + 1
    }
}
