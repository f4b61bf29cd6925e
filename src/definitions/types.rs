//! Resource types as small numbers, and sets of them.

use std::fmt;

/// A concrete resource type: its place in the sorted list of the release's resource types.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ResourceType(u8);

impl ResourceType {
    /// The type at a place of the sorted list. Only a registry knows whether the list is that long.
    pub(super) fn at(index: usize) -> Option<Self> {
        // The last number stays free, so that `code` fits 8 bits.
        u8::try_from(index).ok().filter(|&index| index < u8::MAX).map(Self)
    }

    /// The number that stored keys carry: counted from 1, fits 8 bits, the same for every registry of a release.
    pub fn code(self) -> u8 {
        self.0 + 1
    }

    /// The place in the sorted list of resource types, counted from 0.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

impl fmt::Debug for ResourceType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "type{}", self.code())
    }
}

/// A set of resource types.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct TypeSet {
    low: u128,
    high: u128,
}

impl TypeSet {
    /// The set without members.
    pub const EMPTY: Self = Self { low: 0, high: 0 };

    /// Adds one type.
    pub fn insert(&mut self, ty: ResourceType) {
        if ty.0 < 128 { self.low |= bit(ty.0) } else { self.high |= bit(ty.0) }
    }

    /// Is `ty` a member?
    pub fn contains(self, ty: ResourceType) -> bool {
        let half = if ty.0 < 128 { self.low } else { self.high };
        half & bit(ty.0) != 0
    }

    /// The types that are members of both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { low: self.low & other.low, high: self.high & other.high }
    }

    /// The types that are members of either.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { low: self.low | other.low, high: self.high | other.high }
    }

    /// The number of members.
    pub fn len(self) -> usize {
        (self.low.count_ones() + self.high.count_ones()) as usize
    }

    /// Is there no member?
    pub fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// The members in ascending order, which is the order of their names.
    pub fn iter(self) -> impl Iterator<Item = ResourceType> {
        let low = ones(self.low).map(ResourceType);
        low.chain(ones(self.high).map(|index| ResourceType(index + 128)))
    }
}

fn bit(index: u8) -> u128 {
    1 << (index % 128)
}

/// The places of the bits that are set, ascending.
fn ones(bits: u128) -> impl Iterator<Item = u8> {
    let rest = std::iter::successors(Some(bits), |bits| Some(bits & bits.wrapping_sub(1)));
    rest.take_while(|&bits| bits != 0).map(|bits| bits.trailing_zeros() as u8)
}

impl FromIterator<ResourceType> for TypeSet {
    fn from_iter<I: IntoIterator<Item = ResourceType>>(types: I) -> Self {
        let mut set = Self::EMPTY;
        types.into_iter().for_each(|ty| set.insert(ty));
        set
    }
}

impl fmt::Debug for TypeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_come_back_in_order_from_both_halves() {
        let types: Vec<_> = [0, 127, 128, 254].into_iter().map(ResourceType).collect();
        let set: TypeSet = types.iter().rev().copied().collect();
        assert_eq!(set.iter().collect::<Vec<_>>(), types);
        assert_eq!(set.len(), 4);
        assert!(!set.contains(ResourceType(1)) && !set.contains(ResourceType(129)));
    }

    #[test]
    fn every_type_has_a_code_of_eight_bits() {
        assert_eq!(ResourceType::at(254).map(ResourceType::code), Some(255));
        assert_eq!(ResourceType::at(255), None);
    }
}
