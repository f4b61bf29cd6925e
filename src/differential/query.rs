//! Searches as trees, so that parts can be left out of them.

use std::fmt::{self, Write as _};

/// A search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Query {
    /// What stands before the `?`.
    pub(super) path: String,
    pub(super) parts: Vec<Part>,
}

/// One `key=value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Values are escaped already, and joined by commas.
    Values { key: String, values: Vec<String> },
    /// `_filter`, at the end of `links`.
    Filter { links: String, filter: Filter },
}

/// A filter expression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Compare(String),
    Not(Box<Filter>),
    Join { first: Box<Filter>, tail: Vec<(&'static str, Filter)> },
}

impl fmt::Display for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)?;
        for (n, part) in self.parts.iter().enumerate() {
            f.write_char(if n == 0 { '?' } else { '&' })?;
            match part {
                Part::Values { key, values } => write!(f, "{key}={}", encoded(&values.join(",")))?,
                Part::Filter { links, filter } => write!(f, "{links}_filter={}", encoded(&filter.to_string()))?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Filter::Compare(text) => f.write_str(text),
            Filter::Not(inner) => write!(f, "not ({inner})"),
            Filter::Join { first, tail } => {
                operand(first, f)?;
                tail.iter().try_for_each(|(op, right)| {
                    write!(f, " {op} ")?;
                    operand(right, f)
                })
            }
        }
    }
}

fn operand(filter: &Filter, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match filter {
        Filter::Join { .. } => write!(f, "({filter})"),
        other => write!(f, "{other}"),
    }
}

/// Percent-encoded, but for what is readable and means nothing in a URL.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => out.push(char::from(byte)),
            _ if b"-._~:/|,$\\()'\"[]*".contains(&byte) => out.push(char::from(byte)),
            // Writing to a string does not fail.
            _ => drop(write!(out, "%{byte:02X}")),
        }
        out
    })
}

impl Query {
    /// All searches that are one step smaller.
    pub(super) fn smaller(&self) -> Vec<Query> {
        let mut found = Vec::new();
        for (place, part) in self.parts.iter().enumerate() {
            let with = |parts: Vec<Part>| {
                let (before, after) = (self.parts.iter().take(place), self.parts.iter().skip(place + 1));
                let parts = before.cloned().chain(parts).chain(after.cloned()).collect();
                Query { path: self.path.clone(), parts }
            };
            found.push(with(Vec::new()));
            match part {
                Part::Values { key, values } if values.len() > 1 => {
                    found.extend(
                        without_one(values)
                            .into_iter()
                            .map(|values| with(vec![Part::Values { key: key.clone(), values }])),
                    );
                }
                Part::Values { .. } => {}
                Part::Filter { links, filter } => found.extend(
                    filter
                        .smaller()
                        .into_iter()
                        .map(|filter| with(vec![Part::Filter { links: links.clone(), filter }])),
                ),
            }
        }
        found
    }
}

impl Filter {
    fn smaller(&self) -> Vec<Filter> {
        match self {
            Filter::Compare(_) => Vec::new(),
            Filter::Not(inner) => {
                let inside = inner.smaller().into_iter().map(|inner| Filter::Not(Box::new(inner)));
                std::iter::once(inner.as_ref().clone()).chain(inside).collect()
            }
            Filter::Join { first, tail } => {
                let alone = std::iter::once(first.as_ref()).chain(tail.iter().map(|(_, right)| right)).cloned();
                let fewer = without_one(tail).into_iter().filter(|tail| !tail.is_empty());
                let fewer = fewer.map(|tail| Filter::Join { first: first.clone(), tail });
                let left = first.smaller().into_iter();
                let left = left.map(|first| Filter::Join { first: Box::new(first), tail: tail.clone() });
                alone.chain(fewer).chain(left).collect()
            }
        }
    }
}

/// The list without each of its items in turn.
fn without_one<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
    let without = |place: usize| {
        let kept = items.iter().enumerate().filter(|(n, _)| *n != place);
        kept.map(|(_, item)| item.clone()).collect()
    };
    (0..items.len()).map(without).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded_and_parts_can_be_left_out() {
        let compare = |text: &str| Filter::Compare(text.to_owned());
        let tail = vec![("and", compare("c eq d")), ("or", Filter::Not(Box::new(compare("e pr true"))))];
        let filter = Filter::Join { first: Box::new(compare("a eq \"&\"")), tail };
        let values = vec!["100%".to_owned(), "b c".to_owned()];
        let parts =
            vec![Part::Values { key: "name".to_owned(), values }, Part::Filter { links: String::new(), filter }];
        let query = Query { path: "Patient".to_owned(), parts };
        let text = "Patient?name=100%25,b%20c&_filter=a%20eq%20\"%26\"%20and%20c%20eq%20d%20or%20not%20(e%20pr%20true)";
        assert_eq!(query.to_string(), text);
        let smaller: Vec<String> = query.smaller().iter().map(Query::to_string).collect();
        assert_eq!(smaller.len(), 9);
        assert!(smaller.contains(&"Patient?name=100%25,b%20c".to_owned()), "{smaller:?}");
    }
}
