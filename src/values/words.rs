//! Words for `_text` and `_content`: text cut and folded alike in index and search.

use super::fold::{Folded, folded_chars};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

/// Cuts `text` into folded words, in order, repetitions included.
///
/// A word is a run of letters and digits; white space, dashes, punctuation and symbols end it, but an apostrophe does
/// not: `O'Brien` is `obrien`, `3.5 mg/dl` is `3`, `5`, `mg`, `dl`. Han and hiragana are written without blanks, so
/// there each character is a word. No stemming, no stop words.
pub fn words(text: &str) -> impl Iterator<Item = String> + use<> {
    let mut words = Vec::new();
    let mut word = String::new();
    let mut end = |word: &mut String| {
        if !word.is_empty() {
            words.push(std::mem::take(word));
        }
    };
    folded_chars(text, |folded| match folded {
        Folded::Char(c) | Folded::Punctuation(c) if is_apostrophe(c) => {}
        Folded::Char(c) if stands_alone(c) => {
            end(&mut word);
            word.push(c);
            end(&mut word);
        }
        Folded::Char(c) if is_word(c) => word.push(c),
        _ => end(&mut word),
    });
    end(&mut word);
    words.into_iter()
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2bc}')
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Number)
}

/// Han (all CJK unified ideographs) and hiragana.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309f}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::fold;
    use proptest::prelude::*;

    #[test]
    fn word_table() {
        for (text, expected) in [
            ("Chronic Kidney-Disease, stage 3", &["chronic", "kidney", "disease", "stage", "3"][..]),
            ("O'Brien’s", &["obriens"]),
            ("3.5 mg/dl", &["3", "5", "mg", "dl"]),
            ("Straße nach Málaga", &["strasse", "nach", "malaga"]),
            ("糖尿病 type 2", &["糖", "尿", "病", "type", "2"]),
            ("a\u{301}b", &["ab"]),
            ("½", &["1", "2"]),
            (" -- ' + ", &[]),
            ("", &[]),
        ] {
            assert_eq!(words(text).collect::<Vec<_>>(), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn words_are_folded_and_whole(text in "\\PC*") {
            for word in words(&text) {
                prop_assert_eq!(fold(&word), word.as_str());
                prop_assert_eq!(words(&word).collect::<Vec<_>>(), [word]);
            }
        }
    }
}
