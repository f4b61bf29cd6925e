//! Folding: what two texts must share to be the same to a string search. FHIR search, `#string`.
//!
//! Compatibility decomposition (NFKD), combining marks dropped, full case folding, punctuation dropped, white space
//! collapsed to one blank and trimmed. Symbols stay. Every step but the last works on one character at a time, so
//! folding twice is folding once, and a part of a text folds as it does within the whole.

use caseless::Caseless;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// The version of [`fold`], [`fold_code`] and [`words`](super::words), stored with every index built by them.
///
/// Raised with each change of their answers, a new Unicode version of the tables included.
pub const FOLD_VERSION: u16 = 1;

/// The folded forms of a text: a dash is tried both dropped and as a blank.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Forms {
    /// Dashes dropped: `Smith-Jones` is `smithjones`. Sorting uses this form.
    pub primary: String,
    /// Dashes read as a blank: `smith jones`. Absent where it is the same as `primary`.
    pub dashed: Option<String>,
}

/// Folds `text`; dashes are dropped like other punctuation.
#[must_use]
pub fn fold(text: &str) -> String {
    Skeleton::of(text).primary()
}

/// Folds `text` into the forms that stand for it in an index and in a search.
#[must_use]
pub fn fold_forms(text: &str) -> Forms {
    Skeleton::of(text).forms()
}

/// The folded rest of `text` from each word after the first on, in all forms: a family name is found by its later
/// words too. Words end at white space and dashes.
#[must_use]
pub fn later_words(text: &str) -> Vec<String> {
    let skeleton = Skeleton::of(text);
    let mut found = Vec::new();
    for rest in skeleton.rests() {
        let Forms { primary, dashed } = rest.forms();
        for form in [Some(primary), dashed].into_iter().flatten() {
            if !found.contains(&form) {
                found.push(form);
            }
        }
    }
    found
}

/// Folds a code for a comparison that ignores case, and nothing else: canonically equivalent spellings and letter
/// case become one form (NFC), all else stays as it is.
#[must_use]
pub fn fold_code(code: &str) -> String {
    if code.is_ascii() {
        return code.to_ascii_lowercase();
    }
    code.nfd().default_case_fold().nfc().collect()
}

/// One character of folded text that still tells where words end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Folded {
    /// A letter, digit or symbol; never a mark, punctuation, a dash or white space.
    Char(char),
    Blank,
    Dash,
    /// Any other punctuation.
    Punctuation(char),
}

/// Calls `each` with the folded characters of `text`, in order; white space is not yet collapsed.
pub(super) fn folded_chars(text: &str, mut each: impl FnMut(Folded)) {
    for c in text.chars() {
        match c {
            'a'..='z' | '0'..='9' => each(Folded::Char(c)),
            'A'..='Z' => each(Folded::Char(c.to_ascii_lowercase())),
            ' ' => each(Folded::Blank),
            _ => folded_char(c, &mut each),
        }
    }
}

fn folded_char(c: char, each: &mut impl FnMut(Folded)) {
    // Folding can undo a decomposition, so it is followed by another one.
    for c in std::iter::once(c).nfkd().filter(|c| !is_mark(*c)).default_case_fold().nfkd().filter(|c| !is_mark(*c)) {
        each(match c.general_category() {
            _ if c.is_whitespace() => Folded::Blank,
            GeneralCategory::DashPunctuation => Folded::Dash,
            _ if c.general_category_group() == GeneralCategoryGroup::Punctuation => Folded::Punctuation(c),
            _ => Folded::Char(c),
        });
    }
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// Folded text in which dashes are kept as `-`, which is otherwise gone, and blanks are not collapsed.
struct Skeleton(String);

impl Skeleton {
    fn of(text: &str) -> Self {
        let mut skeleton = String::with_capacity(text.len());
        folded_chars(text, |c| match c {
            Folded::Char(c) => skeleton.push(c),
            Folded::Blank => skeleton.push(' '),
            Folded::Dash => skeleton.push('-'),
            Folded::Punctuation(_) => {}
        });
        Self(skeleton)
    }

    fn primary(&self) -> String {
        collapse(self.0.chars().filter(|c| *c != '-'))
    }

    fn forms(&self) -> Forms {
        let primary = self.primary();
        let dashed = collapse(self.0.chars().map(|c| if c == '-' { ' ' } else { c }));
        Forms { dashed: (dashed != primary).then_some(dashed), primary }
    }

    /// The skeletons that begin at the second word, the third, and so on.
    fn rests(&self) -> impl Iterator<Item = Self> {
        let mut rest = self.0.trim_start_matches(ends_word);
        std::iter::from_fn(move || {
            rest = rest.split_once(ends_word)?.1.trim_start_matches(ends_word);
            (!rest.is_empty()).then(|| Self(rest.to_owned()))
        })
    }
}

fn ends_word(c: char) -> bool {
    matches!(c, ' ' | '-')
}

fn collapse(chars: impl Iterator<Item = char>) -> String {
    let mut text = String::new();
    let mut blank = false;
    for c in chars {
        if c == ' ' {
            blank = !text.is_empty();
        } else {
            if std::mem::take(&mut blank) {
                text.push(' ');
            }
            text.push(c);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_tables_belong_to_the_fold_version() {
        let tables =
            (unicode_normalization::UNICODE_VERSION, caseless::UNICODE_VERSION, unicode_properties::UNICODE_VERSION);
        assert_eq!((FOLD_VERSION, tables), (1, ((18, 0, 0), (16, 0, 0), (18, 0, 0))), "new tables, new fold version");
    }

    #[test]
    fn folding_table() {
        for (text, folded) in [
            ("André", "andre"),
            ("Andre\u{301}", "andre"),
            ("O'Brien", "obrien"),
            ("O’Brien", "obrien"),
            ("Smith-Jones", "smithjones"),
            ("SMITH\u{2010}JONES", "smithjones"),
            ("  van\tder \u{a0}  Berg\n", "van der berg"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"),
            ("Οδυσσεύς", "οδυσσευσ"),
            ("ΟΔΥΣΣΕΎΣ", "οδυσσευσ"),
            ("İstanbul", "istanbul"),
            ("ısı", "ısı"),
            ("ﬁnance Ǆ ŉ", "finance dz ʼn"),
            ("Ⅷ ½ x²", "viii 1⁄2 x2"),
            ("ᾳ ΐ", "α ι"),
            ("Ｆｕｌｌ　ｗｉｄｔｈ", "full width"),
            ("ñ Ø Ł", "n ø ł"),
            ("한글", "한글".nfkd().collect::<String>().as_str()),
            ("a+b = 3€ <5", "a+b = 3€ <5"),
            ("(a, b); c.d!", "a b cd"),
            ("---", ""),
            (" . - ", ""),
            ("", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn a_dash_is_dropped_and_a_blank() {
        let forms = |text| {
            let Forms { primary, dashed } = fold_forms(text);
            (primary, dashed)
        };
        assert_eq!(forms("Smith-Jones"), ("smithjones".into(), Some("smith jones".into())));
        assert_eq!(forms("Smith – Jones"), ("smith jones".into(), None));
        assert_eq!(forms("-Smith-"), ("smith".into(), None));
        assert_eq!(forms("Smith"), ("smith".into(), None));
        assert_eq!(forms("-"), (String::new(), None));
        // The minus sign is a symbol.
        assert_eq!(forms("a\u{2212}b"), ("a\u{2212}b".into(), None));
    }

    #[test]
    fn later_words_begin_after_white_space_and_dashes() {
        for (text, rests) in [
            ("Carreno Quinones-Vega", &["quinonesvega", "quinones vega", "vega"][..]),
            ("van der Berg", &["der berg", "berg"]),
            ("O'Brien", &[]),
            ("-Smith- ", &[]),
            ("x - x", &["x"]),
            ("a . b", &["b"]),
            ("", &[]),
        ] {
            assert_eq!(later_words(text), rests, "{text:?}");
        }
    }

    #[test]
    fn a_code_loses_its_case_alone() {
        for (code, folded) in [
            ("LA6576-8", "la6576-8"),
            (" A  b ", " a  b "),
            ("Straße", "strasse"),
            ("É", "é"),
            ("E\u{301}", "é"),
            ("ﬁ", "fi"),
            ("x²", "x²"),
        ] {
            assert_eq!(fold_code(code), folded, "{code:?}");
        }
    }

    #[test]
    fn every_character_folds_to_a_fixpoint() {
        for c in '\0'..=char::MAX {
            let text = c.to_string();
            let folded = fold(&text);
            assert_eq!(fold(&folded), folded, "{c:?}");
            let code = fold_code(&text);
            assert_eq!(fold_code(&code), code, "{c:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in "\\PC*|[a-zA-Z -]*|[\u{1c0}-\u{5ff} \u{300}-\u{36f}-]*") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded.as_str());
            let code = fold_code(&text);
            prop_assert_eq!(fold_code(&code), code.as_str());
        }

        #[test]
        fn canonically_equivalent_texts_fold_alike(text in "\\PC*") {
            let decomposed: String = text.nfd().collect();
            prop_assert_eq!(fold(&decomposed), fold(&text));
            prop_assert_eq!(fold_code(&decomposed), fold_code(&text));
        }

        #[test]
        fn the_rest_from_a_later_word_is_a_suffix_of_the_whole(text in "[a-zé .-]{0,20}") {
            let Forms { primary, dashed } = fold_forms(&text);
            for rest in later_words(&text) {
                prop_assert!(primary.ends_with(&rest) || dashed.as_ref().is_some_and(|d| d.ends_with(&rest)));
            }
        }
    }
}
