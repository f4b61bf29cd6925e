//! The command line as a process: exit codes, what is printed where, several processes on one store.

#![expect(clippy::unwrap_used, reason = "a failed test says which")]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const PATIENT: &str = r#"{"resourceType":"Patient","id":"p","name":[{"family":"Smith"}]}"#;

fn fhirc(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_fhirc")).current_dir(folder).args(arguments).output().unwrap()
}

/// An empty folder of a test, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn folder_with(name: &str, resources: &str) -> Folder {
    let folder = Folder::new(name);
    fs::write(folder.path().join("in.ndjson"), resources).unwrap();
    folder
}

fn loaded(name: &str) -> Folder {
    let folder = folder_with(name, PATIENT);
    let load = ["load", "--store", "sqlite:s.db", "--base", "https://fhir.example.org/r4/", "in.ndjson"];
    let output = fhirc(folder.path(), &load);
    assert!(output.status.success(), "{output:?}");
    folder
}

fn said(output: &Output) -> (Option<i32>, String) {
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn several_loads_make_one_new_store() {
    let folder = Folder::new("loads");
    let load = |n: usize| {
        let mut load = Command::new(env!("CARGO_BIN_EXE_fhirc"))
            .current_dir(folder.path())
            .args(["load", "--store", "sqlite:new.db", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let patient = PATIENT.replace("\"p\"", &format!("\"p{n}\""));
        load.stdin.take().unwrap().write_all(patient.as_bytes()).unwrap();
        load
    };
    let loads: Vec<_> = (0..4).map(load).collect();
    for load in loads {
        let output = load.wait_with_output().unwrap();
        assert!(output.status.success(), "{output:?}");
    }
    let found = fhirc(folder.path(), &["search", "--store", "sqlite:new.db", "--format", "ids", "Patient"]);
    assert_eq!(String::from_utf8_lossy(&found.stdout).lines().count(), 4, "{found:?}");
}

#[test]
fn an_empty_file_is_no_store_and_stays_empty() {
    let folder = Folder::new("empty");
    let path = folder.path().join("empty.db");
    fs::write(&path, "").unwrap();
    let (code, said) = said(&fhirc(folder.path(), &["search", "--store", "sqlite:empty.db", "Patient"]));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("there is no store"), "{said}");
    assert_eq!(fs::metadata(path).unwrap().len(), 0);
}

#[test]
fn what_an_explained_search_did_is_part_of_the_json() {
    let folder = loaded("json");
    let explain = ["explain", "--analyze", "--format", "json", "--store", "sqlite:s.db", "Patient?name=smith"];
    let output = fhirc(folder.path(), &explain);
    let sections: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let last = sections.as_array().unwrap().last().unwrap();
    assert_eq!(last["stage"], "analyze");
    assert_eq!(last["output"][0]["rows"], 1);
}

#[test]
fn options_that_say_nothing_together_are_refused() {
    let folder = loaded("options");
    for (options, why) in [
        (["--format", "dot", "--stage", "ir"].as_slice(), "shows the optimized plan"),
        (&["--format", "dot", "--analyze"], "`--analyze` is for text and json"),
        (&["--target", "postgres", "--analyze"], "leave `--target` out"),
    ] {
        let all = [&["explain", "--store", "sqlite:s.db"], options, &["Patient?name=smith"]].concat();
        let (code, said) = said(&fhirc(folder.path(), &all));
        assert_eq!(code, Some(2), "{said}");
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn entries_of_a_bundle_stand_on_the_base_of_the_store() {
    let folder = loaded("bundle");
    let output = fhirc(folder.path(), &["search", "--store", "sqlite:s.db", "--format", "bundle", "Patient"]);
    let bundle: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(bundle["entry"][0]["fullUrl"], "https://fhir.example.org/r4/Patient/p");
}

#[test]
fn a_search_that_is_timed_tells_what_it_leaves_out() {
    let folder = loaded("bench");
    fs::write(folder.path().join("q.txt"), "born\tPatient?brithdate=1980\n").unwrap();
    let (code, said) = said(&fhirc(folder.path(), &["bench", "--store", "sqlite:s.db", "--repeat", "1", "q.txt"]));
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("born: warning") && said.contains("birthdate"), "{said}");
}

#[test]
fn a_file_for_refusals_that_cannot_be_written_is_named_before_anything_is_loaded() {
    let folder = folder_with("refused", PATIENT);
    let load = ["load", "--store", "sqlite:s.db", "--refused", "nowhere/r.jsonl", "in.ndjson"];
    let (code, said) = said(&fhirc(folder.path(), &load));
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("--refused"), "{said}");
    assert!(!folder.path().join("s.db").exists());
}

#[test]
fn what_is_on_a_functional_list_is_said_by_whoever_searches() {
    let patient = |id: &str| format!(r#"{{"resourceType":"Patient","id":"{id}"}}"#);
    let list = |id: &str, status: &str, of: &str| {
        let entry = format!(r#"{{"item":{{"reference":"Patient/{of}"}}}}"#);
        format!(r#"{{"resourceType":"List","id":"{id}","status":"{status}","entry":[{entry}]}}"#)
    };
    let lines = [patient("a"), patient("b"), patient("c"), list("x", "current", "b"), list("y", "retired", "c")];
    let folder = folder_with("lists", &lines.join("\n"));
    let search = |more: &[&str]| {
        let all = [&["search", "--store", "reference:in.ndjson", "--format", "ids"], more].concat();
        fhirc(folder.path(), &[&all[..], &["Patient?_list=$current-patients"]].concat())
    };
    let found = search(&["--current-list", "current-patients=List?status=current"]);
    assert_eq!(String::from_utf8_lossy(&found.stdout), "Patient/b\n", "{found:?}");
    let (code, told) = said(&search(&[]));
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("--current-list 'current-patients=List?"), "{told}");
    let (code, told) = said(&search(&["--current-list", "current-patients=Patient?name=eve"]));
    assert_eq!(code, Some(2), "{told}");
    assert!(told.contains("--current-list current-patients:") && told.contains("^^^^^^^"), "{told}");
}
