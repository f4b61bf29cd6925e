//! Tenants: every read and write names one, and nothing of another can be reached with it.

use std::fmt;

/// The longest tenant name, in bytes.
pub const MAX_TENANT_NAME: usize = 64;

/// The tenant on whose behalf something is read or written.
///
/// There is no operation of a store without one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TenantContext {
    name: String,
}

impl TenantContext {
    /// A tenant by name: ASCII letters, digits, `-`, `_` and `.`, at most [`MAX_TENANT_NAME`] bytes.
    ///
    /// # Errors
    /// The name is empty, too long, or holds another character.
    pub fn new(name: &str) -> Result<TenantContext, InvalidTenant> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        let valid = !name.is_empty() && name.len() <= MAX_TENANT_NAME && name.chars().all(allowed);
        if valid { Ok(TenantContext { name: name.to_owned() }) } else { Err(InvalidTenant { name: name.to_owned() }) }
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The tenant of a house that has only one: `default`.
impl Default for TenantContext {
    fn default() -> Self {
        TenantContext { name: "default".to_owned() }
    }
}

impl fmt::Display for TenantContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// A text that cannot be a tenant's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidTenant {
    /// The text.
    pub name: String,
}

impl fmt::Display for InvalidTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "`{}` is no tenant name: it takes 1 to {MAX_TENANT_NAME} ASCII letters, digits, `-`, `_` and `.`",
            self.name
        )
    }
}

impl std::error::Error for InvalidTenant {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_plain() {
        assert_eq!(TenantContext::new("st-mary_2.eu").unwrap().name(), "st-mary_2.eu");
        for bad in ["", "a b", "a/b", "ä", "x'--", &"n".repeat(65)] {
            assert!(TenantContext::new(bad).is_err(), "{bad}");
        }
    }
}
