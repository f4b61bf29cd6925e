//! A hasher for sets and their numbers: a rotation and a multiplication for eight bytes.
//!
//! That of `std` makes five times the work of it: a fourth of the instructions of compiling. This one is no match for
//! whoever knows its state, so that is drawn anew by every process, and equal hashes cost time alone, never an answer.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hash, Hasher, RandomState};
use std::sync::LazyLock;

/// A map with small keys, or with hashes as keys.
pub(super) type FastMap<K, V> = HashMap<K, V, BuildHasherDefault<Fast>>;

/// Odd, half of its bits set, without a pattern: 2^64 divided by the golden ratio.
const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

/// Where every hash begins.
static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(FACTOR));

/// The hasher.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fast(u64);

impl Default for Fast {
    fn default() -> Self {
        Fast(*SEED)
    }
}

/// The hash of a value.
pub(super) fn hash(value: &impl Hash) -> u64 {
    let mut hasher = Fast::default();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Fast {
    fn mix(&mut self, word: u64) {
        self.0 = (self.0.rotate_left(5) ^ word).wrapping_mul(FACTOR);
    }
}

impl Hasher for Fast {
    /// Tables look at the low bits, which a multiplication mixes least.
    fn finish(&self) -> u64 {
        self.0.rotate_left(26)
    }

    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        words.iter().for_each(|word| self.mix(u64::from_le_bytes(*word)));
        if !rest.is_empty() {
            let last = rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte));
            // With its length: a zero at the end counts.
            self.mix(last | (rest.len() as u64) << 56);
        }
    }

    fn write_u8(&mut self, n: u8) {
        self.mix(n.into());
    }

    fn write_u32(&mut self, n: u32) {
        self.mix(n.into());
    }

    fn write_u64(&mut self, n: u64) {
        self.mix(n);
    }

    fn write_usize(&mut self, n: usize) {
        self.mix(n as u64);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_in_a_bit_differs() {
        let hashes: std::collections::BTreeSet<u64> = (0..10_000_u32).map(|n| hash(&n)).collect();
        assert_eq!(hashes.len(), 10_000);
        let texts = ["", "\0", "a", "a\0", "12345678", "12345678\0", "123456789"];
        let hashes: std::collections::BTreeSet<u64> = texts.iter().map(hash).collect();
        assert_eq!(hashes.len(), texts.len());
    }
}
