//! In place of TLS, in a build without: a URL that asks for it is refused before.

use super::place::Security;
use crate::stores::StoreError;
use tokio_postgres::NoTls;

/// The name of what makes connections, as in a build with TLS.
pub(super) type Tls = NoTls;

/// Nothing to be made.
pub(super) fn tls(_: &Security) -> Result<Tls, StoreError> {
    Ok(NoTls)
}
