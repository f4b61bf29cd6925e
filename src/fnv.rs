//! FNV-1a with 128 bits (draft-eastlake-fnv): stable over releases and machines, which the hasher of `std` is not.

use std::fmt;

const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;

/// A hash under construction. Tells equal content again; no defence against somebody who looks for collisions.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fnv(u128);

impl Fnv {
    pub(crate) fn new() -> Fnv {
        Fnv(BASIS)
    }

    pub(crate) fn update(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
        }
    }

    /// The hash of what came so far.
    #[cfg(feature = "stores")]
    pub(crate) fn value(self) -> u128 {
        self.0
    }
}

/// Hashes what is formatted.
impl fmt::Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.update(text.as_bytes());
        Ok(())
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for Fnv {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        let mut hash = Fnv::new();
        hash.update(b"a");
        assert_eq!(hash.to_string(), "d228cb696f1a8caf78912b704e4a8964");
    }
}
