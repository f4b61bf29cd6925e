//! Ctrl-C, or SIGTERM, while something long runs.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The exit code of a process that was ended by Ctrl-C, as shells count it.
const INTERRUPTED: i32 = 130;

/// Is set by the first Ctrl-C or SIGTERM, after which the work shall stop where it can go on later. The second ends the
/// process.
pub(crate) fn stop_flag() -> Arc<AtomicBool> {
    let stop = Arc::new(AtomicBool::new(false));
    tokio::spawn(on_interrupt(Arc::clone(&stop)));
    stop
}

async fn on_interrupt(stop: Arc<AtomicBool>) {
    // Where signals are not told, they end the process by themselves.
    let Ok(mut signals) = Signals::new() else { return };
    if signals.next().await.is_err() {
        return;
    }
    stop.store(true, Ordering::Relaxed);
    if signals.next().await.is_ok() {
        std::process::exit(INTERRUPTED);
    }
}

/// What asks a process to end.
#[cfg(unix)]
struct Signals([tokio::signal::unix::Signal; 2]);

#[cfg(unix)]
impl Signals {
    fn new() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals([signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?]))
    }

    async fn next(&mut self) -> io::Result<()> {
        use std::task::Poll;
        std::future::poll_fn(|context| {
            let any = self.0.iter_mut().any(|signal| signal.poll_recv(context).is_ready());
            if any { Poll::Ready(Ok(())) } else { Poll::Pending }
        })
        .await
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> io::Result<Signals> {
        Ok(Signals)
    }

    async fn next(&mut self) -> io::Result<()> {
        tokio::signal::ctrl_c().await
    }
}
