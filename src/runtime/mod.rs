//! Runs a search on a store, a page at a time: by a program, whose steps run in order, or by evaluation.

mod closure;
mod compile;
mod cursor;
mod definitions;
mod error;
mod evaluate;
mod execute;
mod include;
mod measure;
mod page;
mod refine;
mod refused;
mod run;
mod shape;
mod terminology;

pub use compile::compile;
pub use cursor::{CursorKey, InvalidCursor};
pub use error::ExecuteError;
pub use execute::{Observer, Request, StepReport, execute};
pub(crate) use execute::{execute_program, program_of};
pub use measure::{Measured, measured};
pub use page::{Page, Resource};
pub use terminology::terminology;
