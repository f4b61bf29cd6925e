//! Text and definitions in, typed search out. All FHIR meaning is decided here.

mod chain;
mod contained;
mod control;
mod current;
mod errors;
mod filter;
mod filter_value;
mod group;
mod group_rows;
mod group_several;
mod group_single;
mod hierarchy;
mod include;
mod list;
mod named;
mod parameter;
mod places;
mod prefix;
mod registered;
mod resolver;
mod shape;
mod sort;
mod terminology;
mod types;
mod value;
mod words;

pub use current::CurrentLists;
pub use named::NamedQueries;
pub use resolver::{Handling, MAX_PAGE, Resolved, Settings, resolve};
pub use terminology::{Code, Direction, MAX_CODES, NoTerminology, Terminology, TerminologyError};
