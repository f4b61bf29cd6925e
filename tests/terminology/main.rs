//! Searches by stored terminology: within bounds, and what is not known completely refused by name.

#[cfg(test)]
#[cfg(feature = "sqlite")]
mod stored;
