//! The `fhirc` command.
fn main() {}
