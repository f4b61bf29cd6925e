//! A terminology server over HTTP.

use super::answer::words;
use super::{Reply, TerminologyServer, Unanswered};
use data_encoding::BASE64;
use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;
use ureq::http::{HeaderName, HeaderValue, Response, Uri, header};
use ureq::{Agent, Body, Error, Timeout};

/// Bytes of an answer that are read: a page of a thousand codes with their texts has about 300 KB.
const MAX_ANSWER: u64 = 16 * 1024 * 1024;

/// How long a server has for one answer, unless the caller says otherwise.
const TIME: Duration = Duration::from_secs(10);

const FHIR_JSON: &str = "application/fhir+json";

/// A terminology server that is asked over HTTP, or HTTPS with the feature `https`. It follows no redirect: what is asked
/// and with which credentials is for the server that was named.
pub struct HttpServer {
    /// Without credentials and without a slash at the end.
    base: String,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What is shown nowhere, whoever says it.
    secrets: Vec<String>,
    time: Duration,
    agent: Agent,
}

/// A server, header or time that cannot be used. The message holds no credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidServer(String);

impl fmt::Display for InvalidServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for InvalidServer {}

impl HttpServer {
    /// The server with this base: `https://tx.example.org/r4`. A user and password in it go into the header
    /// `Authorization`, and nowhere else.
    ///
    /// # Errors
    /// It is no http or https URL, or https and the feature is not there.
    pub fn new(url: &str) -> Result<HttpServer, InvalidServer> {
        let invalid = |why: &str| InvalidServer(format!("no base of a terminology server: {why}"));
        let (scheme, rest) =
            url.split_once("://").ok_or_else(|| invalid("it has no `http://` or `https://` in front"))?;
        match scheme {
            "http" => {}
            "https" if cfg!(feature = "https") => {}
            "https" => return Err(invalid("this program was built without the feature `https`")),
            _ => return Err(invalid("it begins with neither `http://` nor `https://`")),
        }
        if rest.contains(['?', '#']) {
            return Err(invalid("it has a query or a fragment"));
        }
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (credentials, host) = match authority.rsplit_once('@') {
            Some((credentials, host)) => (Some(credentials), host),
            None => (None, authority),
        };
        let base = format!("{scheme}://{host}{}", path.trim_end_matches('/'));
        if base.parse::<Uri>().ok().is_none_or(|uri| uri.host().is_none_or(str::is_empty)) {
            return Err(invalid("it is no URL with a host"));
        }
        let server = HttpServer { base, headers: Vec::new(), secrets: Vec::new(), time: TIME, agent: agent() };
        match credentials {
            None => Ok(server),
            Some(credentials) => {
                let plain = unescaped(credentials).ok_or_else(|| invalid("its credentials are not percent-encoded"))?;
                let mut server =
                    server.header("Authorization", &format!("Basic {}", BASE64.encode(plain.as_bytes())))?;
                // `user:password`; a token stands alone.
                let secret = plain.split_once(':').map_or(plain.as_str(), |(_, password)| password);
                server.secrets.push(secret.to_owned());
                Ok(server)
            }
        }
    }

    /// Sends a header with every question, which is shown nowhere: `Authorization`, `X-API-Key`. A second one of the
    /// same name replaces the first.
    ///
    /// # Errors
    /// It is no header.
    pub fn header(mut self, name: &str, value: &str) -> Result<HttpServer, InvalidServer> {
        let invalid = |what| InvalidServer(format!("no header: its {what} has a character that headers do not have"));
        let name = HeaderName::try_from(name).map_err(|_| invalid("name"))?;
        // `Bearer …`: the scheme is no secret.
        self.secrets.push(value.rsplit(' ').next().unwrap_or(value).to_owned());
        let mut value = HeaderValue::try_from(value).map_err(|_| invalid("value"))?;
        value.set_sensitive(true);
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value));
        Ok(self)
    }

    /// How long one answer may take, from the first byte sent to the last one read.
    #[must_use]
    pub fn time(mut self, time: Duration) -> HttpServer {
        self.time = time;
        self
    }

    fn failed(&self, error: &Error) -> Unanswered {
        Unanswered(match error {
            Error::Timeout(_) => format!("did not answer within {} s", self.time.as_secs_f32()),
            Error::HostNotFound => "has a host that cannot be found".to_owned(),
            Error::BodyExceedsLimit(limit) => format!("answered with more than {} MiB", limit / (1024 * 1024)),
            Error::Io(error) => match error.kind() {
                ErrorKind::TimedOut | ErrorKind::WouldBlock => return self.failed(&Error::Timeout(Timeout::Global)),
                ErrorKind::ConnectionRefused => "refused the connection".to_owned(),
                ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted => {
                    "broke the connection off".to_owned()
                }
                _ => format!("cannot be reached: {}", words(&error.to_string())),
            },
            other => format!("cannot be asked: {}", words(&other.to_string())),
        })
    }

    fn send(&self, operation: &str, body: &str) -> Result<Response<Body>, Error> {
        let mut request = self.agent.post(format!("{}/{operation}", self.base));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request.header(header::ACCEPT, FHIR_JSON).header(header::CONTENT_TYPE, FHIR_JSON);
        request.config().timeout_global(Some(self.time)).build().send(body)
    }
}

/// Statuses are answers, and a redirect is none to follow.
fn agent() -> Agent {
    let config = Agent::config_builder().http_status_as_error(false).max_redirects(0).max_redirects_will_error(false);
    config.user_agent(concat!("fhirc/", env!("CARGO_PKG_VERSION"))).build().into()
}

impl TerminologyServer for HttpServer {
    fn name(&self) -> &str {
        &self.base
    }

    fn post(&self, operation: &str, body: &str) -> Result<Reply, Unanswered> {
        let mut response = self.send(operation, body).map_err(|error| self.failed(&error))?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(MAX_ANSWER).read_to_vec();
        Ok(Reply { status, body: body.map_err(|error| self.failed(&error))? })
    }

    fn hide(&self, text: &str) -> String {
        let secrets = self.secrets.iter().filter(|secret| !secret.is_empty());
        secrets.fold(text.to_owned(), |text, secret| text.replace(secret.as_str(), "…"))
    }
}

impl fmt::Debug for HttpServer {
    /// Without headers: they may hold credentials.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpServer").field("base", &self.base).field("time", &self.time).finish_non_exhaustive()
    }
}

/// `user:password`, percent-decoded.
fn unescaped(text: &str) -> Option<String> {
    let mut pieces = text.split('%');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend_from_slice(rest.as_bytes());
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_read_and_show_no_credentials() {
        let server = HttpServer::new("http://me:p%40ss@tx.example.org:8080/r4/").unwrap();
        assert_eq!(server.name(), "http://tx.example.org:8080/r4");
        assert_eq!(server.headers[0].1, "Basic bWU6cEBzcw==");
        let shown = format!("{server:?}");
        assert!(!shown.contains("ss@") && !shown.contains("bWU6"), "{shown}");
        for url in
            ["tx.example.org", "ftp://x", "http://", "http://x y", "http://x/?a=b", "http://me:%zz@x", "http://s3cret@"]
        {
            let error = HttpServer::new(url).unwrap_err().to_string();
            assert!(
                error.starts_with("no base of a terminology server: ") && !error.contains("s3cret"),
                "{url}: {error}"
            );
        }
        assert_eq!(server.hide("p@ss of me"), "… of me");
        assert_eq!(server.header("Authorization", "Bearer t0ken").unwrap().hide("Bearer t0ken"), "Bearer …");
        assert!(HttpServer::new("http://x").unwrap().header("X-Key", "a\nb").is_err());
    }
}
