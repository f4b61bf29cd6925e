//! Trees back to text: what is printed parses to the same tree.

mod filter;
mod path;
mod search;
