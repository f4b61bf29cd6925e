//! Random numbers that are the same on every machine: SplitMix64 (Steele, Lea, Flood 2014).

use super::list::List;

const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    /// The stream that belongs to these numbers: another one for each patient, so that none depends on those before.
    pub(super) fn new(parts: [u64; 3]) -> Random {
        let state = parts.into_iter().fold(0, |state, part| Random(state ^ part).next());
        Random(state)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `n`; 0 if there is none.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        scaled(self.next(), n)
    }

    /// A number below `n`, small ones more often: a quarter of the numbers gets half of the draws.
    pub(super) fn skewed(&mut self, n: u64) -> u64 {
        let drawn = self.next();
        scaled(scaled(drawn, drawn), n)
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low.saturating_add_unsigned(self.below(low.abs_diff(high).saturating_add(1)))
    }

    /// A number with this mean and standard deviation, at most three deviations away.
    pub(super) fn bell(&mut self, mean: i64, deviation: i64) -> i64 {
        // A uniform number of [-d, d] has the variance d²/3.
        (0..3).fold(mean, |sum, _| sum + self.between(-deviation, deviation))
    }

    /// True in so many of a hundred cases.
    pub(super) fn percent(&mut self, share: u64) -> bool {
        self.below(100) < share
    }

    /// Any member of a list.
    pub(super) fn any<T>(&mut self, list: &List<T>) -> &'static T {
        let place = self.below(list.len());
        list.at(place)
    }

    /// A member of a list that begins with the most frequent: the k-th comes 1/k as often as the first (Zipf).
    pub(super) fn ranked<T>(&mut self, list: &List<T>) -> &'static T {
        const FIRST: u64 = 1_000_000;
        let weight = |place: u64| FIRST / (place + 1);
        let total = (0..list.len()).map(weight).sum();
        let mut left = self.below(total);
        let place = (0..list.len()).find(|&place| match left.checked_sub(weight(place)) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        });
        list.at(place.unwrap_or_default())
    }

    /// A member of a list of values with their weights.
    pub(super) fn weighted<T>(&mut self, list: &List<(u32, T)>) -> &'static T {
        let total = list.iter().map(|(weight, _)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        let found = list.iter().find(|(weight, _)| match left.checked_sub(u64::from(*weight)) {
            Some(rest) => {
                left = rest;
                false
            }
            None => true,
        });
        &found.unwrap_or(list.at(0)).1
    }

    /// The pattern, with a digit in the place of each `#`.
    pub(super) fn digits(&mut self, pattern: &str) -> String {
        let digit = |random: &mut Random| char::from(b'0' + random.below(10) as u8);
        pattern.chars().map(|c| if c == '#' { digit(self) } else { c }).collect()
    }
}

/// `drawn`, any number of 64 bits, brought below `n`.
fn scaled(drawn: u64, n: u64) -> u64 {
    ((u128::from(drawn) * u128::from(n)) >> 64) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_splitmix64() {
        let mut random = Random(1_234_567);
        assert_eq!([random.next(), random.next()], [6_457_827_717_110_365_317, 3_203_168_211_198_807_973]);
    }

    #[test]
    fn streams_differ_in_every_part() {
        let first = |parts| Random::new(parts).next();
        let streams = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 0]].map(first);
        assert!((1..5).all(|place| !streams[..place].contains(&streams[place])));
    }

    #[test]
    fn draws_follow_their_weights() {
        const RANKED: List<usize> = List::of(&[0, 1, 2, 3]);
        const WEIGHTED: List<(u32, usize)> = List::of(&[(12, 0), (6, 1), (4, 2), (3, 3)]);
        let mut random = Random::new([1, 2, 3]);
        let mut counts = [[0; 4]; 2];
        for _ in 0..25_000 {
            counts[0][*random.ranked(&RANKED)] += 1;
            counts[1][*random.weighted(&WEIGHTED)] += 1;
        }
        for counts in counts {
            for (count, expected) in counts.into_iter().zip([12_000_i32, 6_000, 4_000, 3_000]) {
                assert!((count - expected).abs() < 300, "{count} instead of {expected}");
            }
        }
    }

    #[test]
    fn a_quarter_of_the_numbers_gets_half_of_the_skewed_draws() {
        let mut random = Random::new([1, 2, 3]);
        let low = (0..10_000).filter(|_| random.skewed(1_000) < 250).count();
        assert!((4_800..5_200).contains(&low), "{low}");
    }

    #[test]
    fn a_bell_keeps_its_bounds() {
        let mut random = Random::new([1, 2, 3]);
        let drawn: Vec<i64> = (0..10_000).map(|_| random.bell(100, 10)).collect();
        assert!(drawn.iter().all(|n| (70..=130).contains(n)));
        let within_one = drawn.iter().filter(|n| (90..=110).contains(*n)).count();
        assert!((6_500..7_300).contains(&within_one), "{within_one}");
    }
}
