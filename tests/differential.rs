//! Generated comparison of every store of this build with the reference evaluator, and the cases that it found.

#![cfg(feature = "sqlite")]

#[cfg(test)]
#[cfg(feature = "server-tests")]
#[path = "server/mod.rs"]
mod server;

#[cfg(test)]
mod tests {
    use fhirc::differential::{Case, Subject, run};
    use fhirc::stores::{StoreError, StoreUrl};
    use std::fmt::Write;
    use std::fs;
    use std::path::Path;

    /// A store's comparison: its URL, how many searches, and what it refuses by name: the cases that were found, by their
    /// files, and of so many generated searches at most one. The reference is compared with itself in the face of a store:
    /// its pages, cursors, totals and versions.
    macro_rules! store_tests {
        ($name:ident, $url:expr, $count:expr) => {
            store_tests!($name, $url, $count, refused: "", 10);
        };
        ($name:ident, $url:expr, $count:expr, refused: $refused:expr, $of:expr) => {
            mod $name {
                #[tokio::test]
                async fn cases_that_were_found_hold() {
                    super::replay(&$url.parse().unwrap(), $refused).await;
                }

                #[tokio::test]
                async fn agrees_with_the_reference() {
                    super::compare(&$url.parse().unwrap(), $count, $of).await;
                }
            }
        };
    }

    store_tests!(reference, "reference:", 500);
    // Within two minutes, unoptimized.
    store_tests!(sqlite, "sqlite::memory:", 2_000);
    #[cfg(feature = "server-tests")]
    store_tests!(postgres, crate::server::postgres("differential"), 1_000);
    #[cfg(feature = "server-tests")]
    store_tests!(elasticsearch, crate::server::own("FHIRC_ELASTICSEARCH_URL", "?refresh=true&replicas=0&tenants=shared", "differential"), 200, refused: super::REFUSED, 2);

    /// Cases that Elasticsearch refuses by name.
    #[cfg(feature = "server-tests")]
    const REFUSED: &str = include_str!("differential-elasticsearch.txt");

    async fn replay(url: &StoreUrl, refused: &str) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/differential");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty());
        let mut subject = Subject::open(url).await.unwrap();
        let mut failed = String::new();
        for file in files {
            let case = Case::read(&fs::read_to_string(&file).unwrap()).unwrap();
            let is_refused = refused.lines().any(|line| file.file_stem().unwrap() == line);
            match subject.replay(&case).await {
                Ok(None) if is_refused => writeln!(failed, "{}: is answered", file.display()).unwrap(),
                Ok(None) => {}
                Err(StoreError::Unsupported { .. }) if is_refused => {}
                Ok(Some(found)) => writeln!(failed, "{}\n{found}", file.display()).unwrap(),
                Err(error) => writeln!(failed, "{}\n{error}", file.display()).unwrap(),
            }
        }
        assert!(failed.is_empty(), "{failed}");
    }

    async fn compare(url: &StoreUrl, count: u32, of: u32) {
        let mut failed = String::new();
        let mut observe = |_: &_, found: &_| writeln!(failed, "{found}").unwrap();
        let report = run(url, 4, count, &mut observe).await.unwrap();
        assert!(failed.is_empty(), "{failed}\n{report:?}");
        // Comparisons of nothing with nothing say little.
        assert!(report.matched > count / 3, "{report:?}");
        let tried = count + report.refused;
        assert!(report.rejected < tried / 10 && report.refused < tried / of, "{report:?}");
    }
}
