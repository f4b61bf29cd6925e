//! The SQL that is written, executed on SQLite and compared with a naive evaluation of the algebra.

mod agreement;
mod database;
mod golden;
