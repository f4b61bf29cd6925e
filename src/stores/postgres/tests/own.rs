//! A server of one's own, to be killed.

use crate::stores::StoreUrl;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/servers");

/// What PostgreSQL promises by default. A server for tests is started without.
const DURABLE: [&str; 3] = ["fsync=on", "synchronous_commit=on", "full_page_writes=on"];

/// A server that goes with the test.
pub(super) struct Server {
    name: &'static str,
    folder: PathBuf,
}

impl Server {
    /// One of the servers that `scripts/servers` knows.
    pub(super) fn new(name: &'static str) -> Server {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let n = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("fhirc-faults-{}-{n}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        // It runs as another user than root.
        assert!(Command::new("chmod").arg("711").arg(&folder).status().unwrap().success());
        Server { name, folder }
    }

    /// Where its data lie, and what belongs to it.
    #[cfg(feature = "postgres-tls")]
    pub(super) fn folder(&self) -> &std::path::Path {
        &self.folder
    }

    fn script(&self, command: &str, settings: &[&str]) -> Output {
        let mut script = Command::new(SCRIPT);
        script.arg(command).arg(self.name).args(settings).env("FHIRC_SERVERS", &self.folder).output().unwrap()
    }

    /// Starts it, or starts it again on the same port with the same data.
    pub(super) fn start(&self) -> StoreUrl {
        let started = self.script("start", &DURABLE);
        assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
        String::from_utf8(started.stdout).unwrap().lines().last().unwrap().parse().unwrap()
    }

    /// Ends the process that all others hang on by a signal.
    pub(super) fn end(&self, signal: &str) {
        let file = std::fs::read_to_string(self.folder.join(self.name).join("data/postmaster.pid")).unwrap();
        let pid = file.lines().next().unwrap();
        send(signal, pid);
        // One that is dead works nowhere, even if nobody collects it.
        while std::fs::read_link(format!("/proc/{pid}/cwd")).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Sends a signal to a process.
pub(super) fn send(signal: &str, pid: &str) {
    assert!(Command::new("kill").args(["-s", signal, pid]).status().unwrap().success(), "{signal} {pid}");
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.script("stop", &[]);
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
