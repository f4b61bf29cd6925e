//! A place in a text that is read from left to right.

#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { rest: text, at: 0 }
    }

    /// Byte offset in the whole text.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Steps over `expected` if it stands here.
    pub(super) fn eat(&mut self, expected: char) -> bool {
        let here = self.peek() == Some(expected);
        if here {
            self.take(expected.len_utf8());
        }
        here
    }

    /// The longest run of characters that are `wanted`, possibly none.
    pub(super) fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        self.take(self.rest.find(|c| !wanted(c)).unwrap_or(self.rest.len()))
    }

    pub(super) fn digits(&mut self) -> &'a str {
        self.take_while(|c| c.is_ascii_digit())
    }

    /// The text from here to where `end` stands; `None` unless that is later in the same text.
    pub(super) fn until(&self, end: &Self) -> Option<&'a str> {
        self.rest.get(..end.at.checked_sub(self.at)?)
    }

    /// `len` must end at a character boundary.
    fn take(&mut self, len: usize) -> &'a str {
        let (taken, rest) = self.rest.split_at_checked(len).unwrap_or((self.rest, ""));
        self.rest = rest;
        self.at += taken.len();
        taken
    }
}
