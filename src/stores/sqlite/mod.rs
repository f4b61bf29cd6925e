//! SQLite, in process.
mod worker;
