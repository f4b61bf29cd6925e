//! Exit codes.

use std::process::ExitCode;

/// The exit codes, for `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  done, but something was refused; it is listed with its reason
  2  the command line or a query is wrong
  3  a store, a file or the network failed, or the work was stopped";

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Everything was done.
    Done = 0,
    /// Something was refused.
    Refused = 1,
    /// The command line or a query is wrong.
    Usage = 2,
    /// A store, a file or the network failed, or the work was stopped.
    Failed = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}
