//! In place of TLS, in a build without: a URL that asks for it is refused before.

use super::place::Security;
use crate::stores::StoreError;
use tokio_postgres::NoTls;
use tokio_postgres::tls::MakeTlsConnect;

/// What makes connections, as in a build with TLS.
#[derive(Clone, Debug)]
pub(super) struct Tls;

/// Nothing to be made.
pub(super) fn tls(_: &Security) -> Result<Tls, StoreError> {
    Ok(Tls)
}

impl<S> MakeTlsConnect<S> for Tls {
    type Stream = <NoTls as MakeTlsConnect<S>>::Stream;
    type TlsConnect = <NoTls as MakeTlsConnect<S>>::TlsConnect;
    type Error = <NoTls as MakeTlsConnect<S>>::Error;

    fn make_tls_connect(&mut self, domain: &str) -> Result<Self::TlsConnect, Self::Error> {
        MakeTlsConnect::<S>::make_tls_connect(&mut NoTls, domain)
    }
}
