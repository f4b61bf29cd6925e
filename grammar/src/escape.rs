//! Escapes inside quoted strings, of JSON and of FHIRPath, which differ in a quotation mark.

use std::iter::Peekable;
use std::ops::Range;
use std::str::CharIndices;

/// What is wrong with a string, and the bytes of it, quotation marks counted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum BadString {
    /// No escape of this kind.
    Escape(Range<usize>),
    /// A control character that must be escaped.
    Control(Range<usize>),
}

/// The text meant by a string between a pair of `quote`s. Marks that `also` names may be escaped besides those of
/// JSON. RFC 8259 7; FHIRPath "String".
pub(crate) fn unescape(quoted: &str, quote: char, also: &[char]) -> Result<String, Vec<BadString>> {
    let inner = quoted.strip_prefix(quote).and_then(|text| text.strip_suffix(quote)).unwrap_or_default();
    let mut chars = inner.char_indices().peekable();
    let mut text = String::with_capacity(inner.len());
    let mut bad = Vec::new();
    let marks = quote.len_utf8();
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            match escape(&mut chars, quote, also) {
                Some(meant) => text.push(meant),
                None => {
                    let end = chars.peek().map_or(inner.len(), |(end, _)| *end);
                    bad.push(BadString::Escape(marks + at..marks + end));
                }
            }
        } else if c < ' ' {
            bad.push(BadString::Control(marks + at..marks + at + 1));
        } else {
            text.push(c);
        }
    }
    if bad.is_empty() { Ok(text) } else { Err(bad) }
}

type Chars<'t> = Peekable<CharIndices<'t>>;

/// What follows a backslash.
fn escape(chars: &mut Chars<'_>, quote: char, also: &[char]) -> Option<char> {
    match chars.next()?.1 {
        c if c == quote || also.contains(&c) => Some(c),
        c @ ('\\' | '/') => Some(c),
        'b' => Some('\u{8}'),
        'f' => Some('\u{c}'),
        'n' => Some('\n'),
        'r' => Some('\r'),
        't' => Some('\t'),
        'u' => code_point(chars),
        _ => None,
    }
}

/// Four hexadecimal digits, or two such escapes that make a surrogate pair.
fn code_point(chars: &mut Chars<'_>) -> Option<char> {
    let first = hex4(chars)?;
    if !(0xd800..0xdc00).contains(&first) {
        return char::from_u32(first);
    }
    chars.next_if(|(_, c)| *c == '\\')?;
    chars.next_if(|(_, c)| *c == 'u')?;
    let second = hex4(chars)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
    char::from_u32(0x10000 + ((first - 0xd800) << 10) + second)
}

fn hex4(chars: &mut Chars<'_>) -> Option<u32> {
    (0..4).try_fold(0, |number, _| {
        let (_, digit) = chars.next_if(|(_, c)| c.is_ascii_hexdigit())?;
        Some(number * 16 + digit.to_digit(16)?)
    })
}

#[cfg(test)]
mod tests {
    use super::{BadString, unescape};

    #[test]
    fn every_json_escape() {
        let text = unescape(r#""\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00""#, '"', &[]);
        assert_eq!(text.unwrap(), "\"\\/\u{8}\u{c}\n\r\té😀");
    }

    #[test]
    fn all_bad_escapes_are_found() {
        let bad = |text, range| assert_eq!(unescape(text, '"', &[]), Err(vec![BadString::Escape(range)]), "{text}");
        bad(r#""a\x""#, 2..4);
        bad(r#""\u12""#, 1..5);
        bad(r#""\uD83D""#, 1..7);
        bad(r#""\uD83D\u0041""#, 1..13);
        bad(r#""\uDE00""#, 1..7);
        bad(r#""\'""#, 1..3);
        assert_eq!(unescape("\"a\nb\"", '"', &[]), Err(vec![BadString::Control(2..3)]));
        assert_eq!(unescape(r#""\q \é""#, '"', &[]).unwrap_err().len(), 2);
    }

    #[test]
    fn fhirpath_has_marks_of_its_own() {
        assert_eq!(unescape(r#"'it\'s \`a\` \"b\"'"#, '\'', &['"', '`']).unwrap(), "it's `a` \"b\"");
    }
}
