//! Requests to the server: JSON there and back, again where it has too much to do.

use super::dialect::Dialect;
use super::fault::{Said, Unexpected};
use super::place::Place;
use crate::stores::StoreError;
use elasticsearch::auth::Credentials;
use elasticsearch::http::Method;
use elasticsearch::http::headers::{CONTENT_TYPE, HeaderMap, HeaderValue};
use elasticsearch::http::transport::{SingleNodeConnectionPool, Transport, TransportBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::time::sleep;

/// How often a request, or a document, is sent that the server has no room for (429).
pub(super) const ATTEMPTS: u32 = 8;
/// How long it waits before the second time; twice as long each time.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// A server.
#[derive(Debug)]
pub(super) struct Link {
    transport: Transport,
    timeout: Duration,
    requests: AtomicU64,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(super) struct Ask {
    /// For people, if it fails: `running a query`.
    pub(super) doing: &'static str,
    method: Method,
    path: String,
    params: Vec<(&'static str, String)>,
    body: Option<String>,
}

/// What came back.
#[derive(Debug)]
pub(super) enum Reply {
    /// Done.
    Done(Vec<u8>),
    /// Not done.
    Said(Said),
}

impl Ask {
    pub(super) fn new(doing: &'static str, method: Method, path: impl Into<String>) -> Ask {
        Ask { doing, method, path: path.into(), params: Vec::new(), body: None }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<String>) -> Ask {
        self.params.push((name, value.into()));
        self
    }

    /// JSON, or lines of it.
    pub(super) fn body(self, body: String) -> Ask {
        Ask { body: Some(body), ..self }
    }

    /// What is written as JSON.
    pub(super) fn json(self, body: &impl serde::Serialize) -> Result<Ask, StoreError> {
        let written = serde_json::to_string(body);
        let doing = self.doing;
        Ok(self.body(written.map_err(|error| StoreError::Failed { doing, source: Box::new(error) })?))
    }
}

impl Link {
    pub(super) fn new(place: &Place) -> Result<Link, StoreError> {
        let pool = SingleNodeConnectionPool::new(place.server.clone());
        let mut builder = TransportBuilder::new(pool).disable_proxy().timeout(place.timeout).enable_meta_header(false);
        if let Some((user, password)) = &place.user {
            builder = builder.auth(Credentials::Basic(user.clone(), password.clone()));
        }
        let failed = |error| StoreError::Failed { doing: "making a client", source: Box::new(error) };
        Ok(Link { transport: builder.build().map_err(failed)?, timeout: place.timeout, requests: AtomicU64::new(0) })
    }

    /// What the server is.
    pub(super) async fn dialect(&self) -> Result<Dialect, StoreError> {
        let doing = "asking the server what it is";
        let response = self.send(&Ask::new(doing, Method::Get, "/_cluster/health")).await?;
        let headers = response.headers();
        if let Some(dialect) = Dialect::by_header(|name| headers.contains_key(name)) {
            return Ok(dialect);
        }
        if !response.status_code().is_success() {
            return Err(Said::new(response.status_code().as_u16(), &[]).failed(doing));
        }
        let about = self.ask(&Ask::new(doing, Method::Get, "/")).await?;
        let about: Option<About> =
            if let Reply::Done(body) = about { serde_json::from_slice(&body).ok() } else { None };
        about
            .and_then(|about| Dialect::by_name(&about.version.distribution))
            .ok_or_else(|| Unexpected("it is neither OpenSearch nor Elasticsearch 7.14 or later").failed(doing))
    }

    /// Asks, and again while the server has too much to do.
    pub(super) async fn ask(&self, ask: &Ask) -> Result<Reply, StoreError> {
        let mut pause = PAUSE;
        for attempt in 1.. {
            let response = self.send(ask).await?;
            let status = response.status_code();
            let body = response.bytes().await.map_err(|error| self.broken(ask.doing, &error))?;
            if status.is_success() {
                return Ok(Reply::Done(body.to_vec()));
            }
            if status.as_u16() != 429 || attempt == ATTEMPTS {
                return Ok(Reply::Said(Said::new(status.as_u16(), &body)));
            }
            sleep(pause).await;
            pause *= 2;
        }
        Err(StoreError::Closed)
    }

    /// Asks for what must be done.
    pub(super) async fn done<T: DeserializeOwned>(&self, ask: &Ask) -> Result<T, StoreError> {
        match self.ask(ask).await? {
            Reply::Done(body) => parsed(ask.doing, &body),
            Reply::Said(said) => Err(said.failed(ask.doing)),
        }
    }

    /// Requests that were sent so far.
    pub(super) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    async fn send(&self, ask: &Ask) -> Result<elasticsearch::http::response::Response, StoreError> {
        let mut headers = HeaderMap::new();
        self.requests.fetch_add(1, Ordering::Relaxed);
        // Plain JSON: OpenSearch does not know the client's own types.
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let sent =
            self.transport.send(ask.method, &ask.path, headers, Some(ask.params.as_slice()), ask.body.as_deref(), None);
        sent.await.map_err(|error| self.broken(ask.doing, &error))
    }

    fn broken(&self, doing: &'static str, error: &elasticsearch::Error) -> StoreError {
        if error.is_timeout() { StoreError::TimedOut { after: self.timeout } } else { StoreError::Lost { doing } }
    }
}

/// An answer, read.
pub(super) fn parsed<T: DeserializeOwned>(doing: &'static str, body: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(body).map_err(|error| StoreError::Failed { doing, source: Box::new(error) })
}

/// What a server says about itself.
#[derive(Deserialize)]
struct About {
    version: Version,
}

#[derive(Deserialize)]
struct Version {
    #[serde(default)]
    distribution: String,
}
