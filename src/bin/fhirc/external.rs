//! A terminology server beside the store.

use clap::Args;
use fhirc::resolve::Terminology;
use fhirc::terminology::{ExternalTerminology, HttpServer, StoredTerminology, TerminologyServer};
use std::sync::Arc;
use std::time::Duration;

/// Who knows the value sets and code systems that the store does not hold.
#[derive(Clone, Args)]
pub(crate) struct External {
    /// A FHIR terminology server, asked for value sets and code systems that the store does not hold
    #[arg(long, value_name = "URL")]
    terminology: Option<String>,
    /// A header for the terminology server, such as `Authorization: Bearer …`; repeatable
    #[arg(long = "terminology-header", value_name = "NAME: VALUE", requires = "terminology")]
    headers: Vec<String>,
    /// Seconds that the terminology server has for an answer
    #[arg(long = "terminology-time", value_name = "SECONDS", requires = "terminology", default_value_t = 10)]
    time: u64,
}

/// Without the values: they may hold credentials.
impl std::fmt::Debug for External {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("External").field("time", &self.time).finish_non_exhaustive()
    }
}

impl External {
    /// What is stored, and the server behind it if there is one.
    pub(crate) fn behind(&self, stored: StoredTerminology) -> Result<Arc<dyn Terminology>, String> {
        match self.server()? {
            Some(server) => Ok(Arc::new(ExternalTerminology::new(stored, server))),
            None => Ok(Arc::new(stored)),
        }
    }

    /// The same where no store is: nothing is stored.
    pub(crate) fn alone(&self) -> Result<Option<Arc<dyn Terminology>>, String> {
        let server = self.server()?;
        Ok(server.map(|server| Arc::new(ExternalTerminology::new(StoredTerminology::default(), server)) as Arc<_>))
    }

    fn server(&self) -> Result<Option<Arc<dyn TerminologyServer>>, String> {
        let Some(url) = &self.terminology else { return Ok(None) };
        let server = HttpServer::new(url).map_err(|error| format!("--terminology: {error}"))?;
        let mut server = server.time(Duration::from_secs(self.time));
        for header in &self.headers {
            let (name, value) = header.split_once(':').ok_or("--terminology-header: `NAME: VALUE`")?;
            let added = server.header(name.trim(), value.trim());
            server = added.map_err(|error| format!("--terminology-header: {error}"))?;
        }
        Ok(Some(Arc::new(server)))
    }
}
