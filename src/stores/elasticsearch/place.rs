//! Where a store is and how it is used: a store URL read for the driver.

use crate::stores::{InvalidUrl, ServerUrl, StoreError};
use elasticsearch::http::Url;
use std::time::Duration;

/// Names of indexes have 255 bytes; those of tenants and types stand behind the prefix.
const PREFIX_BYTES: usize = 100;

/// How long a request may take.
const REQUEST: Duration = Duration::from_secs(60);

/// Identities that may stand behind one link.
const BEHIND: u32 = 250_000;

/// A place, with all secrets inside.
#[derive(Clone)]
pub(super) struct Place {
    /// The server, without a user.
    pub(super) server: Url,
    pub(super) user: Option<(String, String)>,
    /// What the names of all indexes begin with.
    pub(super) prefix: String,
    pub(super) refresh: Refresh,
    pub(super) tenants: Layout,
    /// Copies of each index; nothing: as many as the server makes by itself.
    pub(super) replicas: Option<u32>,
    /// Identities that may stand behind one link.
    pub(super) behind: u32,
    /// How long a request may take.
    pub(super) timeout: Duration,
    /// The URL as it may be shown.
    pub(super) shown: String,
}

/// When a search meets what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refresh {
    /// Some time after the write has ended.
    Later,
    /// When it ends: it waits for the next refresh.
    Wait,
    /// When it ends: it makes a refresh.
    Now,
}

impl Refresh {
    /// As the server calls it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Refresh::Later => "false",
            Refresh::Wait => "wait_for",
            Refresh::Now => "true",
        }
    }
}

/// Which resources share an index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// Those of one type and tenant.
    Apart,
    /// Those of one type: for many small tenants, of which a server cannot keep an index each.
    Shared,
}

impl Place {
    /// Reads a URL.
    ///
    /// # Errors
    /// It is no URL of Elasticsearch, or asks for what this build does not have. Nothing of the URL is repeated.
    pub(super) fn of(url: &ServerUrl) -> Result<Place, StoreError> {
        let form = || {
            invalid(
                "the URL is not `elasticsearch://USER:PASSWORD@HOST:PORT/PREFIX`; in user and password `:`, `/`, `?`, \
                 `#`, `@` and `%` are written as `%3A`, `%2F`, `%3F`, `%23`, `%40` and `%25`",
            )
        };
        let rest = url.with_password().strip_prefix("elasticsearch:").ok_or_else(form)?;
        let read = Url::parse(&format!("http:{rest}")).map_err(|_| form())?;
        let user = match (read.username(), read.password()) {
            ("", None) => None,
            (user, password) => {
                let decoded = |text| decoded(text).ok_or_else(form);
                Some((decoded(user)?, decoded(password.unwrap_or_default())?))
            }
        };
        let prefix = read.path().trim_start_matches('/').to_owned();
        if !is_prefix(&prefix) {
            return Err(invalid(
                "behind the port stands the prefix of the indexes: lower-case letters, digits and `_`, a letter first, at \
                 most 100 bytes",
            ));
        }
        let mut server = read.clone();
        server.set_path("/");
        server.set_query(None);
        // Only what cannot have a user fails.
        if server.set_username("").is_err() || server.set_password(None).is_err() {
            return Err(form());
        }
        let mut place = Place {
            server,
            user,
            prefix,
            refresh: Refresh::Wait,
            tenants: Layout::Apart,
            replicas: None,
            behind: BEHIND,
            timeout: REQUEST,
            shown: url.to_string(),
        };
        for pair in read.query().unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            place.set(pair)?;
        }
        Ok(place)
    }

    fn set(&mut self, pair: &str) -> Result<(), StoreError> {
        let number = |text: &str, said| text.parse::<u32>().map_err(|_| invalid(said));
        match pair.split_once('=') {
            Some(("refresh", "false")) => self.refresh = Refresh::Later,
            Some(("refresh", "wait_for")) => self.refresh = Refresh::Wait,
            Some(("refresh", "true")) => self.refresh = Refresh::Now,
            Some(("refresh", _)) => return Err(invalid("`refresh` is `false`, `wait_for` or `true`")),
            Some(("tenants", "apart")) => self.tenants = Layout::Apart,
            Some(("tenants", "shared")) => self.tenants = Layout::Shared,
            Some(("tenants", _)) => return Err(invalid("`tenants` is `apart` or `shared`")),
            Some(("replicas", text)) => self.replicas = Some(number(text, "`replicas` is a number")?),
            Some(("behind_links", text)) => {
                self.behind = number(text, "`behind_links` is a number")?.max(1);
            }
            Some(("statement_timeout", text)) => {
                let said = "`statement_timeout` is a number of milliseconds, at least 1";
                let millis = number(text, said)?;
                if millis == 0 {
                    return Err(invalid(said));
                }
                self.timeout = Duration::from_millis(millis.into());
            }
            _ => {
                return Err(invalid(
                    "of parameters there are `refresh`, `tenants`, `replicas`, `behind_links` and `statement_timeout`",
                ));
            }
        }
        Ok(())
    }
}

fn invalid(reason: &str) -> StoreError {
    StoreError::Url(InvalidUrl { reason: reason.to_owned() })
}

fn is_prefix(text: &str) -> bool {
    let letters = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    letters && text.len() <= PREFIX_BYTES && text.starts_with(|c: char| c.is_ascii_lowercase())
}

/// A part of a URL as it was meant.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                u8::try_from(digit()? * 16 + digit()?).ok()?
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::StoreUrl;

    fn place(text: &str) -> Result<Place, String> {
        let StoreUrl::Elasticsearch(url) = text.parse().unwrap() else { panic!("{text}") };
        Place::of(&url).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_ours_is_taken_out() {
        let place =
            place("elasticsearch://ada:a%40b@es.example:9201/ward_1?refresh=true&statement_timeout=250").unwrap();
        assert_eq!(place.server.as_str(), "http://es.example:9201/");
        assert_eq!(place.user, Some(("ada".to_owned(), "a@b".to_owned())));
        assert_eq!((place.prefix.as_str(), place.refresh), ("ward_1", Refresh::Now));
        assert_eq!((place.timeout, place.tenants), (Duration::from_millis(250), Layout::Apart));
        assert_eq!(place.shown, "elasticsearch://ada:***@es.example:9201/ward_1?refresh=true&statement_timeout=250");
    }

    #[test]
    fn what_is_wrong_is_said_without_a_secret() {
        for (text, said) in [
            ("elasticsearch://ada:hunter2@es.example", "the prefix"),
            ("elasticsearch://ada:hunter2@es.example/Ward", "the prefix"),
            ("elasticsearch://ada:hunter2@es.example/a/b", "the prefix"),
            ("elasticsearch://ada:hunter2@es.example/a?refresh=soon", "`refresh`"),
            ("elasticsearch://ada:hunter2@es.example/a?statement_timeout=0", "`statement_timeout`"),
            ("elasticsearch://ada:hunter2@es.example/a?behind_links=many", "`behind_links`"),
            ("elasticsearch://ada:hunter2@es.example/a?tls=on", "of parameters"),
            ("elasticsearch://ada:hunter2@es.example:port/a", "%3A"),
            ("elasticsearch://ada:hunter2%zz@es.example/a", "%3A"),
        ] {
            let Err(error) = place(text) else { panic!("{text}") };
            assert!(error.contains(said) && !error.contains("hunter2"), "{text}: {error}");
        }
    }
}
