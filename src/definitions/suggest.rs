//! The nearest known name to a mistyped one.

use strsim::damerau_levenshtein;

/// The candidate that `typed` most probably means: few letters changed, swapped, left out or too many, letter case
/// aside. Of equally near ones the first in the alphabet; none where more than a third of the letters differ.
pub(super) fn nearest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let folded = typed.to_lowercase();
    let most = (typed.chars().count() / 3).max(1);
    candidates
        // Each letter too many or too few is one change, so the length alone rules most candidates out.
        .filter(|candidate| candidate.len().abs_diff(folded.len()) <= most)
        .map(|candidate| (damerau_levenshtein(&candidate.to_lowercase(), &folded), candidate))
        .filter(|&(changes, _)| changes <= most)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_is_by_changes_then_alphabet() {
        let codes = || ["birthdate", "gender", "given", "name"].into_iter();
        assert_eq!(nearest("brithdate", codes()), Some("birthdate"));
        assert_eq!(nearest("birthDate", codes()), Some("birthdate"));
        assert_eq!(nearest("nam", codes()), Some("name"));
        assert_eq!(nearest("value", codes()), None);
        assert_eq!(nearest("", codes()), None);
        assert_eq!(nearest("b", ["c", "a"].into_iter()), Some("a"));
    }
}
