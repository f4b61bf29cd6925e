//! Stores: drivers that execute lowered queries, write, read and keep history.

#[cfg(feature = "stores")]
mod batch;
#[cfg(feature = "stores")]
mod body;
#[cfg(feature = "stores")]
mod build;
#[cfg(feature = "stores")]
mod compared;
#[cfg(feature = "stores")]
mod definitions;
#[cfg(feature = "elasticsearch")]
pub mod elasticsearch;
mod error;
#[cfg(feature = "stores")]
mod extract;
#[cfg(feature = "stores")]
pub(crate) mod inner;
#[cfg(feature = "stores")]
mod layout;
#[cfg(feature = "stores")]
pub mod memory;
#[cfg(feature = "stores")]
mod meta;
#[cfg(feature = "stores")]
mod number;
#[cfg(feature = "stores")]
mod packed;
#[cfg(feature = "postgres")]
pub mod postgres;
#[cfg(feature = "stores")]
pub(crate) mod reading;
mod record;
#[cfg(feature = "stores")]
mod rowed;
#[cfg(feature = "stores")]
mod rows;
mod settings;
#[cfg(feature = "stores")]
mod settled;
#[cfg(feature = "sqlite")]
pub mod sqlite;
#[cfg(feature = "stores")]
mod statistics;
#[cfg(feature = "stores")]
pub(crate) mod stop;
#[cfg(feature = "stores")]
mod store;
#[cfg(feature = "stores")]
mod tally;
#[cfg(feature = "stores")]
mod tenants;
#[cfg(feature = "stores")]
mod tried;
mod url;
#[cfg(feature = "stores")]
mod version;

#[cfg(feature = "stores")]
pub use batch::{Batch, Committed};
#[cfg(feature = "stores")]
pub use build::{Defined, Indexing, Reindexed, Watch};
pub use error::{InvalidMeta, StoreError};
#[cfg(feature = "stores")]
pub(crate) use meta::check_meta;
pub use record::{Change, Container, LiveVersion, Method, Slots, Stored, Tuple, Write, WriteOutcome};
pub use settings::{Clock, StoreSettings};
#[cfg(feature = "stores")]
pub use statistics::Statistics;
#[cfg(feature = "stores")]
pub(crate) use store::PutOff;
#[cfg(feature = "stores")]
pub use store::Store;
pub use url::{InvalidUrl, ServerUrl, StoreUrl};
#[cfg(feature = "stores")]
pub use version::WriteWarning;
