//! Ctrl-C, or SIGTERM, while something long runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code of a process that was ended by Ctrl-C, as shells count it.
const INTERRUPTED: i32 = 130;

/// Is set by the first Ctrl-C or SIGTERM, after which the work shall stop where it can go on later. The second ends the process.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    tokio::spawn(on_interrupt(Arc::clone(&stop)));
    stop
}

async fn on_interrupt(stop: Arc<AtomicBool>) {
    if signal().await.is_err() {
        return;
    }
    stop.store(true, Ordering::Relaxed);
    if signal().await.is_ok() {
        std::process::exit(INTERRUPTED);
    }
}

#[cfg(unix)]
async fn signal() -> std::io::Result<()> {
    let mut terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
