//! Where the walk stands in the JSON: a chain of steps on the stack, written out only when something is reported.

use std::fmt;

/// A step into the JSON, and the steps before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'a> {
    before: Option<&'a Place<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Member(&'a str),
    Item(usize),
}

impl<'a> Place<'a> {
    /// The resource itself, by the name of its type.
    pub(super) fn root(name: &'a str) -> Self {
        Self { before: None, step: Step::Member(name) }
    }

    pub(super) fn member(&'a self, name: &'a str) -> Self {
        Self { before: Some(self), step: Step::Member(name) }
    }

    pub(super) fn item(&'a self, index: usize) -> Self {
        Self { before: Some(self), step: Step::Item(index) }
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(before) = self.before {
            before.fmt(f)?;
        }
        match self.step {
            Step::Member(name) if self.before.is_some() => write!(f, ".{name}"),
            Step::Member(name) => f.write_str(name),
            Step::Item(index) => write!(f, "[{index}]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_like_a_path() {
        let root = Place::root("Patient");
        let name = root.member("name");
        let second = name.item(1);
        assert_eq!(second.member("family").to_string(), "Patient.name[1].family");
    }
}
