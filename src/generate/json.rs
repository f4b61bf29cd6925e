//! JSON, written as it comes: members keep their order, numbers their digits.

use std::fmt::{self, Display, Write};

/// The text of one JSON object.
pub(super) fn object(members: impl FnOnce(&mut Object<'_>)) -> String {
    let mut out = String::with_capacity(1_024);
    braced(&mut out, members);
    out
}

fn braced(out: &mut String, members: impl FnOnce(&mut Object<'_>)) {
    out.push('{');
    members(&mut Object { out, empty: true });
    out.push('}');
}

/// An object that is being written.
#[derive(Debug)]
pub(super) struct Object<'o> {
    out: &'o mut String,
    empty: bool,
}

impl Object<'_> {
    /// A text.
    pub(super) fn text(&mut self, name: &str, value: impl Display) {
        self.name(name);
        quoted(self.out, value);
    }

    /// A number or a Boolean, as its text says.
    pub(super) fn bare(&mut self, name: &str, value: impl Display) {
        self.name(name);
        push(self.out, value);
    }

    /// An object.
    pub(super) fn object(&mut self, name: &str, members: impl FnOnce(&mut Object<'_>)) {
        self.name(name);
        braced(self.out, members);
    }

    /// A list of objects. FHIR has no empty lists: without items, nothing is written.
    pub(super) fn objects<T>(
        &mut self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        mut members: impl FnMut(&mut Object<'_>, T),
    ) {
        self.list(name, items, |out, item| braced(out, |object| members(object, item)));
    }

    /// A list of texts; without items, nothing is written.
    pub(super) fn texts<T: Display>(&mut self, name: &str, items: impl IntoIterator<Item = T>) {
        self.list(name, items, quoted);
    }

    fn list<T>(&mut self, name: &str, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
        let mut items = items.into_iter();
        let Some(first) = items.next() else { return };
        self.name(name);
        self.out.push('[');
        write(self.out, first);
        for item in items {
            self.out.push(',');
            write(self.out, item);
        }
        self.out.push(']');
    }

    fn name(&mut self, name: &str) {
        if !std::mem::take(&mut self.empty) {
            self.out.push(',');
        }
        quoted(self.out, name);
        self.out.push(':');
    }
}

fn quoted(out: &mut String, value: impl Display) {
    out.push('"');
    push(&mut Escaped(out), value);
    out.push('"');
}

fn push(out: &mut impl Write, value: impl Display) {
    // Writing into a text cannot fail.
    let _ = write!(out, "{value}");
}

/// Escapes what may not stand in a JSON string (RFC 8259, section 7).
struct Escaped<'o>(&'o mut String);

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            match c {
                '"' | '\\' => self.0.extend(['\\', c]),
                c if c < ' ' => write!(self.0, "\\u{:04x}", u32::from(c))?,
                c => self.0.push(c),
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_is_written_is_read_again() {
        let text = object(|o| {
            o.text("text", "\"\\\n\u{1}é王");
            o.bare("number", "72.0");
            o.object("object", |o| o.bare("yes", true));
            o.objects("objects", [1, 2], |o, n| o.bare("n", n));
            o.texts("texts", ["a", "b"]);
            o.texts("none", [0; 0]);
        });
        let expected = json!({
            "text": "\"\\\n\u{1}é王", "number": serde_json::from_str::<Value>("72.0").unwrap(),
            "object": {"yes": true}, "objects": [{"n": 1}, {"n": 2}], "texts": ["a", "b"]
        });
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
        assert!(text.contains("\"number\":72.0,"));
    }
}
