//! User text in messages: quoted so that it can't disturb a terminal, and compared to find what was meant.

/// Longer text is cut in a message; the underlined source shows it whole.
const MAX_QUOTED: usize = 60;

/// `text` in backticks for a message: at most sixty characters, control characters made visible.
pub fn quote(text: &str) -> String {
    let mut quoted = String::from("`");
    let mut chars = text.chars();
    quoted.extend(chars.by_ref().take(MAX_QUOTED).map(visible));
    if chars.next().is_some() {
        quoted.push('…');
    }
    quoted.push('`');
    quoted
}

/// The character, or a picture of it if a terminal would obey it: control characters, and those that turn the
/// direction of writing.
pub(crate) fn visible(c: char) -> char {
    match c {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '\u{80}'..='\u{9f}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => '\u{fffd}',
        _ => c,
    }
}

/// The candidate that `word` was probably meant to be: the first with the fewest edits (a character more, less or
/// different, or two neighbours swapped), if they are no more than a third of the word's length, and at least one is
/// allowed. Case counts for nothing.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let word: Vec<char> = word.chars().take(MAX_QUOTED).flat_map(char::to_lowercase).collect();
    let allowed = (word.len() / 3).max(1);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        let chars: Vec<char> = candidate.chars().flat_map(char::to_lowercase).collect();
        if chars.len().abs_diff(word.len()) > allowed {
            continue;
        }
        let edits = edits(&word, &chars);
        if edits <= allowed && best.is_none_or(|(fewest, _)| edits < fewest) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Optimal string alignment distance, row by row.
fn edits(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    let mut previous_a = None;
    for (row, &x) in a.iter().enumerate() {
        let mut current = vec![row + 1];
        let mut left = row + 1;
        let mut previous_b = None;
        for (column, &y) in b.iter().enumerate() {
            let at = |cells: &[usize], column: usize| cells.get(column).copied().unwrap_or(usize::MAX - 1);
            let swapped = previous_a == Some(y) && previous_b == Some(x);
            let swap = if swapped { at(&before, column.wrapping_sub(1)) + 1 } else { usize::MAX };
            let change = at(&above, column) + usize::from(x != y);
            left = change.min(swap).min(left + 1).min(at(&above, column + 1) + 1);
            current.push(left);
            previous_b = Some(y);
        }
        before = std::mem::replace(&mut above, current);
        previous_a = Some(x);
    }
    above.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{nearest, quote};

    #[test]
    fn a_typo_finds_the_name() {
        let names = ["birthdate", "gender", "given", "_id"];
        assert_eq!(nearest("brithdate", names), Some("birthdate"));
        assert_eq!(nearest("birthDate", names), Some("birthdate"));
        assert_eq!(nearest("gendr", names), Some("gender"));
        assert_eq!(nearest("id", names), Some("_id"));
        assert_eq!(nearest("organization", names), None);
        assert_eq!(nearest("", names), None);
    }

    #[test]
    fn fewest_edits_win_and_a_tie_goes_to_the_first() {
        assert_eq!(nearest("eg", ["ne", "eq", "ge"]), Some("eq"));
        assert_eq!(nearest("code", ["coder", "code"]), Some("code"));
    }

    #[test]
    fn quoted_text_is_short_and_harmless() {
        assert_eq!(quote("a\u{1b}[31m\n"), "`a␛[31m␊`");
        assert_eq!(quote(&"x".repeat(61)), format!("`{}…`", "x".repeat(60)));
    }
}
