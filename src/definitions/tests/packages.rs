//! Packages as they lie on disk.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::super::{from_resource, load_package};
use super::resource;

/// A folder that goes away with the test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("fhirc-{name}-{}", std::process::id()));
        fs::create_dir_all(path.join("package")).unwrap();
        Self(path)
    }

    fn write(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        fs::write(&path, content).unwrap();
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

fn codes(path: &Path) -> (Vec<String>, Vec<String>) {
    let (params, diagnostics) = load_package(path);
    (params.into_iter().map(|param| param.code).collect(), diagnostics.into_iter().map(|d| d.message).collect())
}

fn text(code: &str) -> String {
    resource(code, code, "Patient.gender").to_string()
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn a_folder_gives_its_parameters_in_the_order_of_its_files() {
    let folder = Folder::new("folder");
    folder.write("package/b.json", text("b"));
    folder.write("package/a.json", text("a"));
    folder.write("package/patient.json", json!({"resourceType": "Patient"}).to_string());
    folder.write("package/readme.md", "\"SearchParameter\"");
    assert_eq!(codes(&folder.0), (vec!["a".into(), "b".into()], vec![]));
    assert_eq!(codes(&folder.0.join("package")), (vec!["a".into(), "b".into()], vec![]));
}

#[test]
fn an_archive_is_known_by_its_content() {
    let folder = Folder::new("archive");
    let mut archive = tar::Builder::new(Vec::new());
    for (name, content) in [("package/b.json", text("b")), ("package/a.json", text("a")), ("other/c.json", text("c"))] {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        archive.append_data(&mut header, name, content.as_bytes()).unwrap();
    }
    let path = folder.write("guide.bin", gzip(&archive.into_inner().unwrap()));
    assert_eq!(codes(&path), (vec!["a".into(), "b".into()], vec![]));
}

#[test]
fn a_bundle_gives_its_entries_gzipped_or_not() {
    let folder = Folder::new("bundle");
    let entries = ["b", "a"].map(|code| json!({"resource": resource(code, code, "Patient.gender")}));
    let bundle = json!({"resourceType": "Bundle", "type": "collection", "entry": entries}).to_string();
    let plain = folder.write("plain", &bundle);
    let zipped = folder.write("zipped", gzip(bundle.as_bytes()));
    assert_eq!(codes(&plain), (vec!["b".into(), "a".into()], vec![]));
    assert_eq!(codes(&zipped), codes(&plain));
}

#[test]
fn what_is_wrong_names_the_file_and_the_element() {
    let folder = Folder::new("wrong");
    let mut wrong = resource("w", "w", "Patient.gender");
    wrong["type"] = json!("tokn");
    let mut retired = resource("r", "r", "Patient.gender");
    retired["status"] = json!("retired");
    let files = [
        folder.write("package/1.json", wrong.to_string()),
        folder.write("package/2.json", retired.to_string()),
        folder.write("package/3.json", "{\"resourceType\": \"SearchParameter\""),
    ];
    folder.write("package/4.json", text("good"));
    let (found, messages) = codes(&folder.0);
    assert_eq!(found, ["good"]);
    assert_eq!(messages.len(), 3);
    for (file, message) in files.iter().zip(&messages) {
        assert!(message.starts_with(&format!("`{}`", file.display())), "{message}");
    }
    assert!(messages[0].ends_with("`SearchParameter.type` has the unknown code `tokn`"), "{}", messages[0]);
    assert!(messages[1].ends_with("`http://example.org/SearchParameter/r` is retired and left out"), "{}", messages[1]);
}

#[test]
fn what_is_not_there_or_not_readable_is_said() {
    let folder = Folder::new("unreadable");
    let cut = folder.write("cut.tgz", &gzip(b"much more than this")[..15]);
    for path in [folder.0.join("nowhere"), cut] {
        let (found, messages) = codes(&path);
        assert_eq!((found.len(), messages.len()), (0, 1), "{messages:?}");
        assert!(messages[0].starts_with(&format!("`{}`: ", path.display())), "{}", messages[0]);
    }
}

#[test]
fn each_missing_or_mistaken_element_is_named() {
    let message = |change: Value| {
        let mut wrong = resource("x", "x", "Patient.gender");
        for (element, value) in change.as_object().unwrap() {
            wrong[element] = value.clone();
        }
        from_resource(&wrong).unwrap_err().message
    };
    assert_eq!(message(json!({"resourceType": "Patient"})), "`SearchParameter.resourceType` must be `SearchParameter`");
    assert_eq!(message(json!({"code": 5})), "`SearchParameter.code` must be a text");
    assert_eq!(message(json!({"url": ""})), "`SearchParameter.url` must be a text");
    assert_eq!(message(json!({"base": []})), "`SearchParameter.base` is missing");
    assert_eq!(message(json!({"base": "Patient"})), "`SearchParameter.base` must be a list of type names");
    assert_eq!(message(json!({"target": [1]})), "`SearchParameter.target` must be a list of type names");
    assert_eq!(message(json!({"component": [{}]})), "`SearchParameter.component.definition` is missing");
    assert_eq!(from_resource(&json!(null)).unwrap_err().code, "invalid-parameter");
}
