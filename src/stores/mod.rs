//! Stores: drivers that execute lowered queries, write, read and keep history.

mod error;
mod record;
#[cfg(feature = "sqlite")]
pub mod sqlite;
mod url;

pub use error::StoreError;
pub use record::{Change, Method, Slots, Stored, Tuple, Write, WriteOutcome};
pub use url::{InvalidUrl, ServerUrl, StoreUrl};
