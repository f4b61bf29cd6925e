//! Lists that are never empty, so that a draw always finds something.

/// A constant list with at least one member.
#[derive(Debug)]
pub(super) struct List<T: 'static> {
    first: &'static T,
    rest: &'static [T],
}

impl<T> List<T> {
    #[expect(clippy::panic, reason = "lists are constants: an empty one ends the build, not the program")]
    pub(super) const fn of(members: &'static [T]) -> List<T> {
        match members.split_first() {
            Some((first, rest)) => List { first, rest },
            None => panic!("a list has at least one member"),
        }
    }

    pub(super) fn len(&self) -> u64 {
        self.rest.len() as u64 + 1
    }

    /// The member at a place counted from 0; after the last comes the first again.
    pub(super) fn at(&self, place: u64) -> &'static T {
        let later = (place % self.len()).checked_sub(1).and_then(|place| self.rest.get(place as usize));
        later.unwrap_or(self.first)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'static T> + use<T> {
        std::iter::once(self.first).chain(self.rest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn after_the_last_comes_the_first() {
        const LIST: List<u8> = List::of(&[7, 8, 9]);
        assert_eq!([0, 1, 2, 3, 4, u64::MAX].map(|place| *LIST.at(place)), [7, 8, 9, 7, 8, 7]);
        assert_eq!(LIST.iter().copied().collect::<Vec<_>>(), [7, 8, 9]);
    }
}
