//! Store URLs: which store, and where. Never shows a password.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

/// Where a store is.
#[derive(Clone, PartialEq, Eq)]
pub enum StoreUrl {
    /// `sqlite:PATH`: a SQLite database file.
    Sqlite(PathBuf),
    /// `sqlite::memory:`: a SQLite database that lives as long as the handle.
    SqliteMemory,
    /// `reference:`: the executable specification over resources in memory, none at first.
    Reference,
    /// `reference:PATH`: the same over the resources of a file or folder.
    ReferenceFiles(PathBuf),
    /// `postgres://USER:PASSWORD@HOST:PORT/DATABASE`
    Postgres(ServerUrl),
    /// `elasticsearch://USER:PASSWORD@HOST:PORT/PREFIX`: OpenSearch too.
    Elasticsearch(ServerUrl),
    /// `mongodb://USER:PASSWORD@HOST:PORT/DATABASE`
    MongoDb(ServerUrl),
    /// `s3://BUCKET/PREFIX?endpoint=URL`
    S3(ServerUrl),
    /// `file:DIR`: the layout of `s3:` in a directory.
    Files(PathBuf),
}

/// The URL of a server. `Display` and `Debug` leave the password out.
#[derive(Clone, PartialEq, Eq)]
pub struct ServerUrl {
    text: String,
}

impl ServerUrl {
    /// The whole URL with its password, for the driver alone.
    pub fn with_password(&self) -> &str {
        &self.text
    }
}

impl StoreUrl {
    /// The name of the kind of store, as URLs begin.
    pub fn kind(&self) -> &'static str {
        match self {
            StoreUrl::Sqlite(_) | StoreUrl::SqliteMemory => "sqlite",
            StoreUrl::Reference | StoreUrl::ReferenceFiles(_) => "reference",
            StoreUrl::Postgres(_) => "postgres",
            StoreUrl::Elasticsearch(_) => "elasticsearch",
            StoreUrl::MongoDb(_) => "mongodb",
            StoreUrl::S3(_) => "s3",
            StoreUrl::Files(_) => "file",
        }
    }
}

impl StoreUrl {
    /// The URL of a store beside this one, for what needs definitions or settings of its own: in PostgreSQL a schema with
    /// this name behind that of the URL, in Elasticsearch a prefix. Other kinds have none: it is the same.
    pub fn apart(&self, name: &str) -> StoreUrl {
        match self {
            StoreUrl::Postgres(url) => StoreUrl::Postgres(url.apart(name)),
            StoreUrl::Elasticsearch(url) => StoreUrl::Elasticsearch(url.prefixed(name)),
            other => other.clone(),
        }
    }
}

impl ServerUrl {
    fn apart(&self, name: &str) -> ServerUrl {
        let (place, query) = self.text.split_once('?').unwrap_or((&self.text, ""));
        let schema = query.split('&').find_map(|pair| pair.strip_prefix("schema=")).unwrap_or("fhirc");
        let others = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("schema="));
        let own = format!("schema={schema}_{}", plain(name));
        let query: Vec<&str> = others.chain([own.as_str()]).collect();
        ServerUrl { text: format!("{place}?{}", query.join("&")) }
    }

    fn prefixed(&self, name: &str) -> ServerUrl {
        let (place, query) = self.text.split_once('?').map_or((self.text.as_str(), None), |(p, q)| (p, Some(q)));
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        ServerUrl { text: format!("{place}_{}{query}", plain(name)) }
    }
}

/// The name in lower-case letters, digits and `_`.
fn plain(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect()
}

/// A text that is no store URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidUrl {
    /// What is wrong. Holds nothing of the text after its scheme.
    pub reason: String,
}

const FORMS: &str = "`sqlite:PATH`, `sqlite::memory:`, `reference:`, `reference:PATH`, `postgres://…`, \
                     `elasticsearch://…`, `mongodb://…`, `s3://BUCKET/PREFIX` or `file:DIR`";

impl FromStr for StoreUrl {
    type Err = InvalidUrl;

    fn from_str(text: &str) -> Result<StoreUrl, InvalidUrl> {
        let invalid = |reason: String| Err(InvalidUrl { reason });
        let Some((scheme, rest)) = text.split_once(':') else {
            return invalid(format!("a store URL begins with its kind: {FORMS}"));
        };
        let server = |form: fn(ServerUrl) -> StoreUrl| match rest.strip_prefix("//") {
            Some(place) if !place.is_empty() && !place.starts_with('/') => {
                Ok(form(ServerUrl { text: text.to_owned() }))
            }
            _ => invalid(format!("`{scheme}:` needs `//` and a place after it")),
        };
        let path = |form: fn(PathBuf) -> StoreUrl| match rest {
            "" => invalid(format!("`{scheme}:` needs a path after it")),
            path => Ok(form(PathBuf::from(path))),
        };
        match scheme {
            "sqlite" if rest == ":memory:" => Ok(StoreUrl::SqliteMemory),
            "sqlite" => path(StoreUrl::Sqlite),
            "reference" if rest.is_empty() => Ok(StoreUrl::Reference),
            "reference" => path(StoreUrl::ReferenceFiles),
            "postgres" | "postgresql" => server(StoreUrl::Postgres),
            "elasticsearch" => server(StoreUrl::Elasticsearch),
            "mongodb" => server(StoreUrl::MongoDb),
            "s3" => server(StoreUrl::S3),
            "file" => path(StoreUrl::Files),
            // The text may be a bare user:password@host, so nothing of it is repeated.
            _ => invalid(format!("a store URL begins with its kind: {FORMS}")),
        }
    }
}

impl fmt::Display for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (scheme, rest) = self.text.split_once("//").unwrap_or(("", &self.text));
        let (place, query) = rest.split_once('?').map_or((rest, None), |(place, query)| (place, Some(query)));
        write!(f, "{scheme}//")?;
        if query.is_some_and(|query| query.contains('@')) {
            // A password with an unescaped `?`, or a parameter with an `@`: it cannot be told where secrets end.
            return f.write_str("***");
        }
        // A password may hold `/` and `@` unescaped: everything up to the last `@` counts as user information.
        match place.rsplit_once('@') {
            Some((user, place)) => match user.split_once(':') {
                Some((user, _)) => write!(f, "{user}:***@{place}")?,
                None => write!(f, "{user}@{place}")?,
            },
            None => f.write_str(place)?,
        }
        let mut separator = '?';
        for pair in query.into_iter().flat_map(|query| query.split('&')) {
            match pair.split_once('=') {
                Some((name, _)) if is_secret(name) => write!(f, "{separator}{name}=***")?,
                _ => write!(f, "{separator}{pair}")?,
            }
            separator = '&';
        }
        Ok(())
    }
}

/// Whether a query parameter of this name may hold a secret. Guesses on the safe side.
fn is_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    // An escaped name is read as what it stands for.
    name.contains('%')
        || ["pass", "pwd", "secret", "token", "key", "credential", "auth"].iter().any(|word| name.contains(word))
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreUrl::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            StoreUrl::SqliteMemory => f.write_str("sqlite::memory:"),
            StoreUrl::Reference => f.write_str("reference:"),
            StoreUrl::ReferenceFiles(path) => write!(f, "reference:{}", path.display()),
            StoreUrl::Files(path) => write!(f, "file:{}", path.display()),
            StoreUrl::Postgres(url) | StoreUrl::Elasticsearch(url) | StoreUrl::MongoDb(url) | StoreUrl::S3(url) => {
                url.fmt(f)
            }
        }
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoreUrl({self})")
    }
}

impl fmt::Debug for ServerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerUrl({self})")
    }
}

impl fmt::Display for InvalidUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl std::error::Error for InvalidUrl {}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let url: StoreUrl = text.parse().unwrap();
        assert_eq!(format!("{url:?}"), format!("StoreUrl({url})"));
        url.to_string()
    }

    #[test]
    fn every_kind_is_recognised() {
        for text in [
            "sqlite:ward.db",
            "sqlite:/var/lib/ward.db",
            "sqlite::memory:",
            "reference:",
            "reference:export.ndjson",
            "postgres://db.example:5432/fhir",
            "elasticsearch://search.example:9200/fhir",
            "mongodb://db.example/fhir?directConnection=true",
            "s3://bucket/prefix?endpoint=http://minio.example:9000",
            "file:/data/fhir",
        ] {
            assert_eq!(shown(text), text);
        }
    }

    #[test]
    fn a_store_beside_has_a_schema_of_its_own() {
        let beside = |text: &str| text.parse::<StoreUrl>().unwrap().apart("Token-1").to_string();
        assert_eq!(beside("postgres://db.example/fhir"), "postgres://db.example/fhir?schema=fhirc_token_1");
        assert_eq!(
            beside("postgres://db.example/fhir?schema=a&user=b"),
            "postgres://db.example/fhir?user=b&schema=a_token_1"
        );
        assert_eq!(beside("elasticsearch://h:9/fhir?refresh=true"), "elasticsearch://h:9/fhir_token_1?refresh=true");
        assert_eq!(beside("sqlite:ward.db"), "sqlite:ward.db");
    }

    #[test]
    fn passwords_are_never_shown() {
        for text in [
            "postgres://ada:hunter2@db.example/fhir",
            "postgres://ada:hun/hunter2@x@db.example/fhir",
            "postgres://ada:hun?hunter2@db.example/fhir",
            "postgres://db.example/fhir?password=hun@hunter2",
            "postgres://db.example/fhir?user=ada&password=hunter2",
            "postgres://db.example/fhir?user=ada&p%61ssword=hunter2",
            "mongodb://ada:hunter2@db.example/fhir?authSource=hunter2",
            "s3://bucket/prefix?secret_access_key=hunter2&endpoint=http://minio.example",
        ] {
            let shown = shown(text);
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(shown.contains("***"), "{shown}");
        }
    }

    #[test]
    fn what_is_no_store_is_refused_without_repeating_it() {
        for text in ["", "ward.db", "sqlite:", "postgres:", "postgres:///x", "s3://", "ada:hunter2@host"] {
            let refused = text.parse::<StoreUrl>().unwrap_err();
            assert!(!refused.reason.contains("hunter2"), "{refused}");
        }
    }
}
