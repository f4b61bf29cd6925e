//! Who may import what: the layers of `ARCHITECTURE.md`, read off the sources.

#[cfg(test)]
mod rules;
#[cfg(test)]
mod source;
#[cfg(test)]
mod tree;
