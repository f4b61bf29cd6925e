//! Strings: folded text, whole values, exact text. FHIR R4 3.1.1.4.8.

use crate::definitions::Modifier;
use crate::ir::{Test, TextMatch, TextTest};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::Asked;
use crate::resolve::resolver::Resolver;
use crate::resolve::value::Written;
use crate::values::fold_forms;
use std::collections::BTreeSet;

/// `eve`, `:exact`, `:contains`
pub(super) fn test(resolver: &mut Resolver<'_>, asked: &Asked<'_>, written: &Written) -> Option<(Facet, Test)> {
    let how = match asked.modifier {
        Some(Modifier::Exact) => {
            let forms = vec![written.text.clone()];
            return Some((Facet::Value, Test::Text(TextTest { how: TextMatch::Exact, forms })));
        }
        Some(Modifier::Contains) => TextMatch::Contains,
        _ => TextMatch::Starts,
    };
    Some((Facet::Value, folded(resolver, how, written)))
}

/// A test of folded text: a dash is tried both dropped and as a blank (decision 44).
pub(in crate::resolve) fn folded(resolver: &mut Resolver<'_>, how: TextMatch, written: &Written) -> Test {
    let forms = fold_forms(&written.text);
    if forms.primary.is_empty() {
        // A prefix of everything would be everything (decision 52).
        resolver.report(errors::never_matches(written.span, "nothing is left of it without punctuation and blanks"));
        return Test::Any(Vec::new());
    }
    let forms = std::iter::once(forms.primary).chain(forms.dashed).collect();
    Test::Text(TextTest { how, forms })
}

/// The most words that are looked for in one text.
const MAX_WORDS: usize = 32;

/// A test of the words of a text (item 73): folded as strings are, they end at white space, and a dash is tried both
/// dropped and as a blank. The words of one text count together, those of two texts do not.
pub(super) fn words(resolver: &mut Resolver<'_>, written: &Written) -> Option<Test> {
    let forms = fold_forms(&written.text);
    if forms.primary.is_empty() {
        resolver.report(errors::never_matches(written.span, "it has no word"));
        return Some(Test::Any(Vec::new()));
    }
    let words = |form: String| -> Vec<String> {
        let words: BTreeSet<&str> = form.split(' ').collect();
        words.into_iter().map(str::to_owned).collect()
    };
    let lists: Vec<Vec<String>> = std::iter::once(forms.primary).chain(forms.dashed).map(words).collect();
    if lists.iter().any(|words| words.len() > MAX_WORDS) {
        let message = format!("a text is asked for more than {MAX_WORDS} words");
        resolver.report(errors::bad_value("too-many-words", written.span, message));
        return None;
    }
    Some(Test::AllWords(lists))
}
