//! Random decisions: the same for the same seed on every machine.

use serde_json::Value as Json;

/// A small generator of numbers (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// A generator of its own for the `n`-th piece of work, so that one piece can be done again alone.
    pub(super) fn fork(seed: u64, n: u64) -> Random {
        Random(Random(seed ^ n.rotate_left(32)).next())
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 where that is 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = (bound as u64).max(1);
        usize::try_from(self.next() % bound).unwrap_or_default()
    }

    /// True in `percent` of 100 cases.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of a list that is not empty.
    pub(super) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        self.one(from).copied().unwrap_or_default()
    }

    /// One of a list; nothing of an empty one.
    pub(super) fn one<'t, T>(&mut self, from: &'t [T]) -> Option<&'t T> {
        from.get(self.below(from.len()))
    }

    /// What `make` makes, or nothing.
    pub(super) fn maybe(&mut self, percent: usize, make: impl FnOnce(&mut Random) -> Json) -> Json {
        if self.chance(percent) { make(self) } else { Json::Null }
    }

    /// A list of up to `most` things; nothing where it would be empty.
    pub(super) fn list(&mut self, most: usize, mut make: impl FnMut(&mut Random) -> Json) -> Json {
        let count = self.below(most + 1);
        let items: Vec<Json> = (0..count).map(|_| make(self)).filter(|item| !item.is_null()).collect();
        if items.is_empty() { Json::Null } else { Json::Array(items) }
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn a_seed_gives_the_same_numbers_and_another_gives_others() {
        let numbers = |seed| {
            std::iter::repeat_with({
                let mut random = Random::fork(seed, 0);
                move || random.below(1_000)
            })
            .take(50)
            .collect::<Vec<_>>()
        };
        assert_eq!(numbers(1), numbers(1));
        assert_ne!(numbers(1), numbers(2));
    }

    #[test]
    fn every_item_of_a_list_is_picked_at_some_time() {
        let mut random = Random::fork(7, 0);
        let mut seen: Vec<u8> = (0..200).map(|_| random.pick(&[1, 2, 3])).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, [1, 2, 3]);
        assert_eq!(random.one::<u8>(&[]), None);
    }
}
