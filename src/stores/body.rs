//! Bodies as they are stored: compressed by LZ4, which halves a resource in some microseconds and gives it back in one.

use lz4_flex::block::{DecompressError, compress_prepend_size, decompress, uncompressed_size};
use std::error::Error;
use std::fmt;
use std::string::FromUtf8Error;

/// No block of LZ4 grows by more: what claims to is damaged, and no memory is asked for it.
const MOST_GROWTH: usize = 255;

/// The text as it is stored.
pub(super) fn packed(text: &str) -> Vec<u8> {
    compress_prepend_size(text.as_bytes())
}

/// The text that was stored.
pub(super) fn unpacked(stored: &[u8]) -> Result<String, Unreadable> {
    let (size, block) = uncompressed_size(stored).map_err(Unreadable::Compressed)?;
    if size > block.len().saturating_mul(MOST_GROWTH) {
        return Err(Unreadable::Size);
    }
    let bytes = decompress(block, size).map_err(Unreadable::Compressed)?;
    String::from_utf8(bytes).map_err(Unreadable::Text)
}

/// A body that nothing of ours has stored.
#[derive(Debug)]
pub(super) enum Unreadable {
    Size,
    Compressed(DecompressError),
    Text(FromUtf8Error),
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the stored body of a resource is damaged")
    }
}

impl Error for Unreadable {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Unreadable::Size => None,
            Unreadable::Compressed(error) => Some(error),
            Unreadable::Text(error) => Some(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_comes_back() {
        for text in
            ["", "{}", "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"Müller\"},{\"family\":\"Müller\"}]}"]
        {
            assert_eq!(unpacked(&packed(text)).unwrap(), text);
        }
        assert!(packed(&"Observation ".repeat(100)).len() < 100);
    }

    #[test]
    fn damage_is_an_error() {
        for damaged in [&[][..], &[1], &[255, 255, 255, 255, 0], &packed("{}")[..4], b"{\"resourceType\":\"Patient\"}"]
        {
            assert!(unpacked(damaged).is_err(), "{damaged:?}");
        }
    }
}
