//! Where a database is: a store URL read for the driver.

use crate::stores::{InvalidUrl, ServerUrl, StoreError};
use fhirc_codegen::sql::POSTGRES_SESSION;
use std::env;
use std::path::PathBuf;
use std::time::Duration;
use tokio_postgres::Config;
use tokio_postgres::config::SslMode;

/// The schema of a store whose URL names none.
const SCHEMA: &str = "fhirc";

/// The variable of the environment that holds the password where the URL has none, as for libpq: whoever lists the
/// processes of a machine sees command lines.
const PASSWORD: &str = "PGPASSWORD";

/// Names of schemas that need no quotes anywhere.
const NAME_BYTES: usize = 63;

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(10);

/// After how long without a sign of life a peer is asked for one, how often, and when it counts as dead. By default
/// that takes two hours, for which whoever waits for an answer would wait.
const IDLE: Duration = Duration::from_secs(30);
const ASKED_EVERY: Duration = Duration::from_secs(10);
const ASKED: u32 = 3;
const UNHEARD: Duration = Duration::from_secs(60);

/// What holds in every connection, as the server reads it when the connection begins.
fn session() -> String {
    let settings: String = POSTGRES_SESSION.iter().map(|(name, value)| format!("-c {name}={value} ")).collect();
    // Whatever a role or a database sets: what waits for a lock must see what was committed meanwhile.
    settings + "-c default_transaction_isolation=read\\ committed "
}

/// How connections are secured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Security {
    /// They are not.
    None,
    /// Nobody else can listen.
    #[cfg_attr(not(feature = "postgres-tls"), expect(dead_code, reason = "refused where the URL is read"))]
    Encrypted,
    /// The server is the one that it says to be, too.
    #[cfg_attr(not(feature = "postgres-tls"), expect(dead_code, reason = "refused where the URL is read"))]
    Verified {
        /// The file with the certificates of those who vouch for it; without, those whom browsers trust.
        roots: Option<PathBuf>,
    },
}

/// A place, with all secrets inside.
pub(super) struct Place {
    pub(super) config: Config,
    pub(super) security: Security,
    /// The schema that holds the tables.
    pub(super) schema: String,
    /// The URL as it may be shown.
    pub(super) shown: String,
}

impl Place {
    /// Reads a URL: what libpq knows, and `schema`, the schema of the tables, and `statement_timeout`, in milliseconds.
    ///
    /// # Errors
    /// It is no URL of PostgreSQL, or asks for what this build does not have. Nothing of the URL is repeated.
    pub(super) fn of(url: &ServerUrl) -> Result<Place, StoreError> {
        let text = url.with_password();
        let (place, query) = text.split_once('?').map_or((text, ""), |(place, query)| (place, query));
        let (mut schema, mut timeout, mut options) = (SCHEMA.to_owned(), None, String::new());
        let (mut mode, mut roots) = ("disable", None);
        let mut rest: Vec<&str> = Vec::new();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            match pair.split_once('=') {
                Some(("schema", name)) => schema = name.to_owned(),
                Some(("statement_timeout", millis)) => timeout = Some(milliseconds(millis)?),
                Some(("sslmode", given)) => mode = given,
                Some(("sslrootcert", path)) => roots = Some(PathBuf::from(path)),
                // The driver would read `ss%6Cmode` as `sslmode`, behind what is looked at here.
                Some((name, _)) if name.contains('%') => {
                    return Err(invalid("names of parameters are written without `%`"));
                }
                _ => rest.push(pair),
            }
        }
        let security = security(mode, roots)?;
        if !is_name(&schema) {
            return Err(invalid("`schema` is a name of lower-case letters, digits and `_`, at most 63 bytes long"));
        }
        let text = if rest.is_empty() { place.to_owned() } else { format!("{place}?{}", rest.join("&")) };
        // The parser's own words may repeat what stands in the place of a password.
        let mut config: Config = text.parse().map_err(|_| {
            if place.parse::<Config>().is_ok() {
                return invalid(
                    "a parameter behind `?` is not known or has a value that it cannot have; there are those of libpq, \
                     `schema` and `statement_timeout`",
                );
            }
            invalid(
                "the URL is not `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; in user and password `:`, `/`, `?`, `#`, \
                 `@` and `%` are written as `%3A`, `%2F`, `%3F`, `%23`, `%40` and `%25`",
            )
        })?;
        if let (None, Ok(password)) = (config.get_password(), env::var(PASSWORD)) {
            config.password(password);
        }
        if let Some(given) = config.get_options() {
            options.push_str(given);
            options.push(' ');
        }
        options.push_str(&format!("{}-c search_path=\"{schema}\"", session()));
        if let Some(timeout) = timeout {
            options.push_str(&format!(" -c statement_timeout={}", timeout.as_millis()));
        }
        config.options(options).ssl_mode(match security {
            Security::None => SslMode::Disable,
            Security::Encrypted | Security::Verified { .. } => SslMode::Require,
        });
        let given = |name: &str| rest.iter().any(|pair| pair.split_once('=').is_some_and(|(of, _)| of == name));
        if !given("keepalives_idle") {
            config.keepalives_idle(IDLE);
        }
        if !given("keepalives_interval") {
            config.keepalives_interval(ASKED_EVERY);
        }
        if !given("keepalives_retries") {
            config.keepalives_retries(ASKED);
        }
        if !given("tcp_user_timeout") {
            config.tcp_user_timeout(UNHEARD);
        }
        if config.get_application_name().is_none() {
            // Whoever looks at the server sees whose connections these are.
            config.application_name(format!("fhirc {schema}"));
        }
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        Ok(Place { config, security, schema, shown: url.to_string() })
    }
}

/// What `sslmode` means, as libpq has it; what it would try first, and then do without, is not tried.
fn security(mode: &str, roots: Option<PathBuf>) -> Result<Security, StoreError> {
    let built = cfg!(feature = "postgres-tls");
    match (mode, roots) {
        ("require" | "verify-ca" | "verify-full", _) if !built => Err(invalid(
            "`sslmode` of `require` and above is not supported: this build speaks to PostgreSQL without TLS",
        )),
        #[cfg(feature = "postgres-tls")]
        ("require", None) => Ok(Security::Encrypted),
        #[cfg(feature = "postgres-tls")]
        ("verify-full", roots) => Ok(Security::Verified { roots }),
        ("disable" | "allow" | "prefer", None) => Ok(Security::None),
        (_, Some(_)) => Err(invalid("`sslrootcert` goes with `sslmode=verify-full`")),
        _ => Err(invalid("`sslmode` is `disable`, `allow`, `prefer`, `require` or `verify-full`")),
    }
}

fn invalid(reason: &str) -> StoreError {
    StoreError::Url(InvalidUrl { reason: reason.to_owned() })
}

fn milliseconds(text: &str) -> Result<Duration, StoreError> {
    // PostgreSQL holds them in 32 bits.
    match text.parse::<u32>() {
        Ok(millis) if millis > 0 && i32::try_from(millis).is_ok() => Ok(Duration::from_millis(millis.into())),
        _ => Err(invalid("`statement_timeout` is a number of milliseconds, at least 1")),
    }
}

fn is_name(text: &str) -> bool {
    let letters = text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_'));
    letters
        && text.len() <= NAME_BYTES
        && !text.starts_with("pg_")
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && !text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stores::StoreUrl;

    fn place(text: &str) -> Result<Place, String> {
        let StoreUrl::Postgres(url) = text.parse().unwrap() else { panic!("{text}") };
        Place::of(&url).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_ours_is_taken_out() {
        let place = place("postgres://ada:a%40b@db.example:5433/fhir?schema=ward&statement_timeout=250").unwrap();
        assert_eq!(place.schema, "ward");
        assert_eq!(place.config.get_password(), Some(&b"a@b"[..]));
        let options = place.config.get_options().unwrap();
        assert!(options.ends_with("-c search_path=\"ward\" -c statement_timeout=250"), "{options}");
        assert_eq!(place.shown, "postgres://ada:***@db.example:5433/fhir?schema=ward&statement_timeout=250");
    }

    const TLS: bool = cfg!(feature = "postgres-tls");

    #[test]
    fn tls_is_had_or_refused() {
        let security = |query: &str| place(&format!("postgres://db.example/fhir?{query}")).map(|place| place.security);
        assert_eq!(security("sslmode=prefer").unwrap(), Security::None);
        assert_eq!(security("application_name=x").unwrap(), Security::None);
        for mode in ["sslmode=require", "sslmode=verify-full", "sslmode=verify-full&sslrootcert=/etc/ca.pem"] {
            match security(mode) {
                Ok(security) => assert!(TLS && security != Security::None, "{mode}"),
                Err(error) => assert!(!TLS && error.contains("without TLS"), "{error}"),
            }
        }
    }

    #[test]
    fn a_dead_peer_is_noticed() {
        let usual = place("postgres://db.example/fhir").unwrap().config;
        assert!(usual.get_keepalives() && usual.get_keepalives_idle() == IDLE);
        assert_eq!(usual.get_keepalives_interval(), Some(ASKED_EVERY));
        assert_eq!((usual.get_keepalives_retries(), usual.get_tcp_user_timeout()), (Some(ASKED), Some(&UNHEARD)));
        let own = place("postgres://db.example/fhir?keepalives_idle=5&tcp_user_timeout=7").unwrap().config;
        assert_eq!(own.get_keepalives_idle(), Duration::from_secs(5));
        assert_eq!(own.get_tcp_user_timeout(), Some(&Duration::from_secs(7)));
    }

    #[test]
    fn what_is_wrong_is_said_without_a_secret() {
        for (text, said) in [
            ("postgres://ada:hunter2@db.example/fhir?sslmode=verify-ca", if TLS { "`sslmode`" } else { "TLS" }),
            ("postgres://ada:hunter2@db.example/fhir?sslmode=Require", "`sslmode`"),
            (
                "postgres://ada:hunter2@db.example/fhir?sslmode=require&sslrootcert=ca.pem",
                if TLS { "`sslrootcert`" } else { "TLS" },
            ),
            ("postgres://ada:hunter2@db.example/fhir?ss%6Cmode=require", "without `%`"),
            ("postgres://ada@db.example/fhir?p%61ssword=hunter2", "without `%`"),
            ("postgres://ada:hunter2@db.example/fhir?schema=Ward%20", "`schema`"),
            ("postgres://ada:hunter2@db.example/fhir?statement_timeout=soon", "`statement_timeout`"),
            ("postgres://ada:hunter2@db.example:port/fhir", "%3A"),
        ] {
            let Err(error) = place(text) else { panic!("{text}") };
            assert!(error.contains(said) && !error.contains("hunter2"), "{text}: {error}");
        }
    }
}
