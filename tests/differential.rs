//! Generated comparison of every store of this build with the reference evaluator, and the cases that it found.

#![cfg(feature = "sqlite")]

#[cfg(test)]
#[cfg(feature = "server-tests")]
#[path = "server/mod.rs"]
mod server;

#[cfg(test)]
mod tests {
    use fhirc::differential::{Case, Subject, run};
    use fhirc::stores::StoreUrl;
    use std::fmt::Write;
    use std::fs;
    use std::path::Path;

    /// A store's comparison: its URL and how many searches. The reference is compared with itself in the face of a store:
    /// its pages, cursors, totals and versions.
    macro_rules! store_tests {
        ($name:ident, $url:expr, $count:expr) => {
            mod $name {
                #[tokio::test]
                async fn cases_that_were_found_hold() {
                    super::replay(&$url.parse().unwrap()).await;
                }

                #[tokio::test]
                async fn agrees_with_the_reference() {
                    super::compare(&$url.parse().unwrap(), $count).await;
                }
            }
        };
    }

    store_tests!(reference, "reference:", 500);
    // Within two minutes, unoptimized.
    store_tests!(sqlite, "sqlite::memory:", 2_000);
    #[cfg(feature = "server-tests")]
    store_tests!(postgres, crate::server::postgres("differential"), 1_000);

    async fn replay(url: &StoreUrl) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/differential");
        let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        assert!(!files.is_empty());
        let mut subject = Subject::open(url).await.unwrap();
        let mut failed = String::new();
        for file in files {
            let case = Case::read(&fs::read_to_string(&file).unwrap()).unwrap();
            match subject.replay(&case).await {
                Ok(None) => {}
                Ok(Some(found)) => writeln!(failed, "{}\n{found}", file.display()).unwrap(),
                Err(error) => writeln!(failed, "{}\n{error}", file.display()).unwrap(),
            }
        }
        assert!(failed.is_empty(), "{failed}");
    }

    async fn compare(url: &StoreUrl, count: u32) {
        let mut failed = String::new();
        let mut observe = |_: &_, found: &_| writeln!(failed, "{found}").unwrap();
        let report = run(url, 4, count, &mut observe).await.unwrap();
        assert!(failed.is_empty(), "{failed}\n{report:?}");
        // Comparisons of nothing with nothing say little.
        assert!(report.matched > count / 3, "{report:?}");
        assert!(report.rejected + report.refused < count / 10, "{report:?}");
    }
}
