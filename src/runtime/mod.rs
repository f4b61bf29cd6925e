//! Runs a program on a store: steps in order, slots filled, a page assembled.

mod cursor;
mod error;
mod execute;
mod include;
mod measure;
mod page;
mod shape;
mod terminology;

pub use cursor::{CursorKey, InvalidCursor};
pub use error::ExecuteError;
pub use execute::{Observer, Request, StepReport, execute};
pub(crate) use execute::{execute_program, program, program_of};
pub use measure::{Measured, measured};
pub use page::{Page, Resource};
pub use terminology::terminology;
