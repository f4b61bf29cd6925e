//! A notation for what does not fit on a line: repetition, lists of numbers, characters that cannot be seen.

/// The text that a notation stands for: `⟨(×64⟩` is 64 parentheses, `⟨1..9⟩` is `1,2,…,9`, `⟨U+202E⟩` one character.
/// They may stand in each other. All else stands for itself.
pub(crate) fn expand(text: &str) -> String {
    let Some((before, rest)) = text.split_once('⟨') else { return text.to_owned() };
    let (inner, after) = rest.split_at(closing(rest));
    format!("{before}{}{}", meant(inner), expand(after.strip_prefix('⟩').unwrap()))
}

/// Where the bracket that is open closes.
fn closing(text: &str) -> usize {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        match c {
            '⟨' => depth += 1,
            '⟩' if depth == 0 => return at,
            '⟩' => depth -= 1,
            _ => {}
        }
    }
    panic!("a bracket is never closed: {text}")
}

fn meant(inner: &str) -> String {
    if let Some(code) = inner.strip_prefix("U+") {
        return u32::from_str_radix(code, 16).ok().and_then(char::from_u32).unwrap().to_string();
    }
    if let Some((from, to)) = inner.split_once("..").filter(|_| !inner.contains('×')) {
        let numbers = from.parse::<u32>().unwrap()..=to.parse().unwrap();
        return numbers.map(|n| n.to_string()).collect::<Vec<_>>().join(",");
    }
    let (what, times) = inner.rsplit_once('×').unwrap_or_else(|| panic!("what is ⟨{inner}⟩?"));
    expand(what).repeat(times.parse().unwrap())
}

#[test]
fn notations_are_read() {
    assert_eq!(expand("a⟨(×3⟩b⟨1..4⟩"), "a(((b1,2,3,4");
    assert_eq!(expand("⟨⟨U+0041⟩b×2⟩⟨U+0000⟩"), "AbAb\0");
}
