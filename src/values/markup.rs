//! The text of a narrative: XHTML without its markup. FHIR R4 2.4.3.

/// Elements inside a line: a word goes on across them. Any other one ends it.
const INLINE: [&str; 14] =
    ["a", "abbr", "acronym", "b", "big", "code", "em", "i", "q", "small", "span", "strong", "sub", "sup"];

/// The longest name of an entity that is looked for, with `&` and `;`.
const MAX_ENTITY: usize = 12;

/// Entities of XML.
const BASIC: [(&str, char); 5] = [("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\'')];

/// Entities of XHTML for U+00A0 to U+00FF, in this order.
#[rustfmt::skip]
const LATIN: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo", "not", "shy",
    "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot", "cedil", "sup1", "ordm",
    "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc", "Atilde", "Auml", "Aring", "AElig",
    "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute", "Icirc", "Iuml", "ETH", "Ntilde", "Ograve",
    "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash", "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN",
    "szlig", "agrave", "aacute", "acirc", "atilde", "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc",
    "euml", "igrave", "iacute", "icirc", "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml",
    "divide", "oslash", "ugrave", "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

/// The text of `xhtml`: tags, attributes and comments left out, entities decoded. Never fails: what is no XHTML gives
/// the text that can be seen in it.
pub fn plain_text(xhtml: &str) -> String {
    let mut text = String::with_capacity(xhtml.len());
    let mut rest = xhtml;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, special) = rest.split_at(at);
        text.push_str(before);
        rest = if special.starts_with('<') { tag(special, &mut text) } else { entity(special, &mut text) };
    }
    text.push_str(rest);
    text
}

/// Leaves out the tag or comment that `markup` begins with; what follows it.
fn tag<'t>(markup: &'t str, text: &mut String) -> &'t str {
    if let Some(comment) = markup.strip_prefix("<!--") {
        return comment.split_once("-->").map_or("", |(_, rest)| rest);
    }
    let name = markup.trim_start_matches(['<', '/']);
    let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
    if !INLINE.iter().any(|inline| inline.eq_ignore_ascii_case(name)) {
        text.push(' ');
    }
    // A `>` inside an attribute ends nothing.
    let mut quoted = None;
    let end = markup.find(|c| match (quoted, c) {
        (None, '"' | '\'') => {
            quoted = Some(c);
            false
        }
        (Some(quote), _) => {
            quoted = quoted.filter(|_| c != quote);
            false
        }
        (None, _) => c == '>',
    });
    end.and_then(|end| markup.get(end + 1..)).unwrap_or_default()
}

/// Decodes the entity that `reference` begins with; what follows it. A `&` that begins none stands for itself.
fn entity<'t>(reference: &'t str, text: &mut String) -> &'t str {
    let name = reference.char_indices().take(MAX_ENTITY).find(|&(_, c)| c == ';').and_then(|(end, _)| {
        let name = reference.get(1..end)?;
        Some((name, reference.get(end + 1..)?))
    });
    match name {
        Some((name, rest)) => {
            text.push(decoded(name).unwrap_or(' '));
            rest
        }
        None => {
            text.push('&');
            reference.get(1..).unwrap_or_default()
        }
    }
}

fn decoded(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    let basic = BASIC.iter().find(|(known, _)| *known == name).map(|(_, c)| *c);
    let latin = || (0xa0..).zip(LATIN).find(|(_, known)| *known == name).and_then(|(code, _)| char::from_u32(code));
    basic.or_else(latin)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::words;
    use proptest::prelude::*;

    #[test]
    fn text_of_narratives() {
        for (xhtml, expected) in [
            ("<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>in the <b>bone</b></p></div>", "in the bone"),
            ("<p>one</p><p>two</p><br/>three<hr />four", "one two three four"),
            ("H<sub>2</sub>O and m<SUP>2</SUP>", "h2o and m2"),
            ("<img alt='a > b' src=\"x\"/>seen", "seen"),
            ("a<!-- <b>not</b> > this -->b", "ab"),
            ("caf&eacute; M&uuml;ller 5&nbsp;mg &#65;&#x42; R&amp;D", "cafe muller 5 mg ab r d"),
            ("x &unknown; y & z &#xfffffff; &;", "x y z"),
            ("open <b", "open"),
            ("", ""),
        ] {
            assert_eq!(words(&plain_text(xhtml)).collect::<Vec<_>>().join(" "), expected, "{xhtml}");
        }
        assert_eq!((decoded("nbsp"), decoded("yuml"), decoded("szlig")), (Some('\u{a0}'), Some('ÿ'), Some('ß')));
    }

    proptest! {
        #[test]
        fn text_without_markup_stays(text in "[^<&]*") {
            prop_assert_eq!(plain_text(&text), text);
        }

        #[test]
        fn never_longer(text in "[a-z<>&;#'\"!/ -]*") {
            prop_assert!(plain_text(&text).len() <= text.len());
        }
    }
}
