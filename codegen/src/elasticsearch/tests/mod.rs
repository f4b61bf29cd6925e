//! The requests that are written, evaluated on documents in memory and compared with a naive evaluation of the algebra.

mod agreement;
mod engine;
mod golden;
