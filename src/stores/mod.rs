//! Stores: drivers that execute lowered queries, write, read and keep history.

#[cfg(feature = "sqlite")]
mod batch;
#[cfg(feature = "sqlite")]
mod build;
#[cfg(feature = "sqlite")]
mod definitions;
mod error;
#[cfg(feature = "sqlite")]
mod extract;
#[cfg(feature = "sqlite")]
pub(crate) mod inner;
#[cfg(feature = "sqlite")]
pub mod memory;
#[cfg(feature = "sqlite")]
mod meta;
#[cfg(feature = "sqlite")]
mod packed;
#[cfg(feature = "sqlite")]
pub(crate) mod reading;
mod record;
mod settings;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(feature = "sqlite")]
mod statistics;
#[cfg(feature = "sqlite")]
pub(crate) mod stop;
#[cfg(feature = "sqlite")]
mod store;
mod url;
#[cfg(feature = "sqlite")]
mod version;

#[cfg(feature = "sqlite")]
pub use batch::{Batch, Committed};
#[cfg(feature = "sqlite")]
pub use build::{Defined, Indexing, Reindexed, Watch};
pub use error::{InvalidMeta, StoreError};
#[cfg(feature = "sqlite")]
pub(crate) use meta::check_meta;
pub use record::{Change, Container, LiveVersion, Method, Slots, Stored, Tuple, Write, WriteOutcome};
pub use settings::{Clock, StoreSettings};
#[cfg(feature = "sqlite")]
pub use statistics::Statistics;
#[cfg(feature = "sqlite")]
pub use store::Store;
pub use url::{InvalidUrl, ServerUrl, StoreUrl};
#[cfg(feature = "sqlite")]
pub use version::WriteWarning;
