//! Search strings in one canonical form: percent-encoded where needed, escapes as they were.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::tree::search::{Has, Include, Item, Key, Link, Name, Path, Search, SortKey, Value};

impl Display for Search {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)?;
        for (number, param) in self.params.iter().enumerate() {
            f.write_char(if number == 0 { '?' } else { '&' })?;
            encode(f, &param.key.to_string())?;
            f.write_char('=')?;
            param.value.fmt(f)?;
        }
        Ok(())
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => Ok(()),
            Self::Type(ty) => encode(f, &ty.node),
            Self::Compartment { ty, id, member } => {
                encode(f, &ty.node)?;
                f.write_char('/')?;
                encode(f, &id.node)?;
                f.write_char('/')?;
                encode(f, member.as_ref().map_or("*", |member| &member.node))
            }
        }
    }
}

/// As it stands in a search string: percent-encoded.
impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        encode(f, self.raw.text())
    }
}

/// Readable: not percent-encoded.
impl Display for Key {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for link in &self.links {
            match link {
                Link::Forward(name) => write!(f, "{name}.")?,
                Link::Has(has) => write!(f, "{has}:")?,
            }
        }
        self.end.fmt(f)
    }
}

impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name.node)?;
        match &self.modifier {
            Some(modifier) => write!(f, ":{}", modifier.node),
            None => Ok(()),
        }
    }
}

impl Display for Has {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "_has:{}:{}", self.ty.node, self.reference.node)
    }
}

/// Readable: escapes are back, percent-encoding is not.
impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (number, part) in self.parts.iter().enumerate() {
            f.write_str(if number == 0 { "" } else { "$" })?;
            for (number, piece) in part.pieces.iter().enumerate() {
                f.write_str(if number == 0 { "" } else { "|" })?;
                for c in piece.text.chars() {
                    f.write_str(if matches!(c, ',' | '$' | '|' | '\\') { "\\" } else { "" })?;
                    f.write_char(c)?;
                }
            }
        }
        Ok(())
    }
}

impl Display for SortKey {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.key)
    }
}

impl Display for Include {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self::Of { source, parameter, target } = self else { return f.write_char('*') };
        write!(f, "{}:{}", source.node, parameter.as_ref().map_or("*", |parameter| &parameter.node))?;
        match target {
            Some(target) => write!(f, ":{}", target.node),
            None => Ok(()),
        }
    }
}

/// Writes what needs no encoding in a query as it is, all else as the escapes of its UTF-8 bytes. RFC 3986 3.4, with
/// `+`, `&`, `=` and `?` encoded because they mean something in a search string, and `/` left readable.
fn encode(f: &mut Formatter<'_>, text: &str) -> fmt::Result {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => f.write_char(char::from(byte))?,
            b':' | b'/' | b',' | b'$' | b'*' | b'@' | b';' | b'!' | b'(' | b')' => f.write_char(char::from(byte))?,
            _ => write!(f, "%{byte:02X}")?,
        }
    }
    Ok(())
}
