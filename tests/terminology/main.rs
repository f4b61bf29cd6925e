//! Searches by terminology, stored and of a server: within bounds, and what is not known completely refused by name.

#[cfg(test)]
#[cfg(all(feature = "sqlite", feature = "http"))]
mod external;
#[cfg(test)]
#[cfg(all(feature = "sqlite", feature = "http"))]
mod faults;
#[cfg(test)]
#[cfg(all(feature = "sqlite", feature = "http"))]
mod server;
#[cfg(test)]
#[cfg(feature = "sqlite")]
mod stored;
