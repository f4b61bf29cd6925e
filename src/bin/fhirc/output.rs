//! Printing: the only place that does.

use crate::exit::Exit;
use fhirc::compiler::Rejected;
use std::fmt::Arguments;
use std::io::{self, ErrorKind, Write};

/// The code of an error that is no fault of the query: a terminology server failed.
const TERMINOLOGY_SERVER: &str = "terminology-server";

/// Standard output for results, standard error for errors. Without colours.
#[derive(Debug, Default)]
pub(crate) struct Output {
    state: State,
}

#[derive(Debug, Default)]
enum State {
    #[default]
    Open,
    /// The reader of a pipe has gone: it has seen enough.
    Closed,
    Failed(io::Error),
}

impl Output {
    /// A line of the result.
    pub(crate) fn line(&mut self, text: Arguments<'_>) {
        self.stream(|out| writeln!(out, "{text}"));
    }

    /// A result that is too large for its lines to be written one by one. `write` ends at its first error.
    pub(crate) fn stream(&mut self, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) {
        if !matches!(self.state, State::Open) {
            return;
        }
        if let Err(error) = write(&mut io::stdout().lock()) {
            self.state = if error.kind() == ErrorKind::BrokenPipe { State::Closed } else { State::Failed(error) };
        }
    }

    /// Says what went wrong.
    pub(crate) fn error(&mut self, text: Arguments<'_>) {
        // There is no other place to say that this failed.
        let _ = writeln!(io::stderr().lock(), "error: {text}");
    }

    /// Says something beside the result.
    pub(crate) fn note(&mut self, text: Arguments<'_>) {
        let _ = writeln!(io::stderr().lock(), "{text}");
    }

    /// The command line is wrong.
    pub(crate) fn usage(&mut self, wrong: &str) -> Exit {
        self.error(format_args!("{wrong}"));
        Exit::Usage
    }

    /// A query is wrong; the text says so itself, with the place underlined.
    pub(crate) fn rejected(&mut self, diagnostics: &str) -> Exit {
        self.note(format_args!("{}", diagnostics.trim_end()));
        Exit::Usage
    }

    /// A query could not be compiled: it is wrong, or who was asked for its value sets did not answer.
    pub(crate) fn uncompiled(&mut self, rejected: &Rejected) -> Exit {
        let exit = self.rejected(&rejected.to_string());
        let mut errors = rejected.diagnostics.iter().filter(|diagnostic| diagnostic.is_error());
        if errors.all(|error| error.code == TERMINOLOGY_SERVER) { Exit::Failed } else { exit }
    }

    /// A store, a file or the network failed.
    pub(crate) fn failed(&mut self, why: &str) -> Exit {
        self.error(format_args!("{why}"));
        Exit::Failed
    }

    /// The exit code, given that of the command.
    pub(crate) fn finish(mut self, exit: Exit) -> Exit {
        if let Err(error) = io::stdout().lock().flush()
            && matches!(self.state, State::Open)
            && error.kind() != ErrorKind::BrokenPipe
        {
            self.state = State::Failed(error);
        }
        match std::mem::take(&mut self.state) {
            State::Open | State::Closed => exit,
            State::Failed(error) => {
                self.error(format_args!("the output could not be written: {error}"));
                Exit::Failed
            }
        }
    }
}

/// A number with its thousands apart.
pub(crate) fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A size in bytes, in the unit that people read best.
pub(crate) fn bytes(n: u64) -> String {
    let units = [("GiB", 30), ("MiB", 20), ("KiB", 10)];
    let unit = units.into_iter().find(|(_, shift)| n >> shift > 0);
    unit.map_or_else(
        || format!("{n} bytes"),
        |(name, shift)| format!("{}.{} {name}", n >> shift, ((n >> (shift - 10)) % 1024) * 10 / 1024),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(thousands), ["0", "999", "1,000", "1,234,567"]);
        let sizes = [1_023, 1_024, 1_536, 1 << 20, (5 << 30) + (1 << 29)].map(bytes);
        assert_eq!(sizes, ["1023 bytes", "1.0 KiB", "1.5 KiB", "1.0 MiB", "5.5 GiB"]);
    }
}
