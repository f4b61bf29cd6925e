//! What is seen of a load while it runs: progress on a terminal, refusals in a file, Ctrl-C.

use crate::interrupt::stop_flag;
use fhirc::load::{Counts, Refusal, Watch};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Watches a load.
#[derive(Debug)]
pub(super) struct Screen {
    bar: Option<ProgressBar>,
    refused: Option<BufWriter<File>>,
    lost: io::Result<()>,
    /// Resources that were dealt with so far.
    written: u64,
    stop: Arc<AtomicBool>,
}

impl Screen {
    /// `total` is the size of all inputs in bytes.
    pub(super) fn new(total: u64, refused: Option<&Path>) -> io::Result<Screen> {
        let refused = refused.map(File::create).transpose()?.map(BufWriter::new);
        let bar = io::stderr().is_terminal().then(|| bar(total));
        Ok(Screen { bar, refused, lost: Ok(()), written: 0, stop: stop_flag() })
    }

    /// Resources that were dealt with so far.
    pub(super) fn written(&self) -> u64 {
        self.written
    }

    /// Takes the progress away. The error is that of writing the refusals.
    pub(super) fn finish(self) -> io::Result<()> {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
        self.lost?;
        self.refused.map_or(Ok(()), |mut file| file.flush())
    }
}

fn bar(total: u64) -> ProgressBar {
    let template = "{bar:30} {bytes} of {total_bytes}, {msg}, {eta} to go";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr()).with_style(style)
}

impl Watch for Screen {
    fn progress(&mut self, counts: &Counts, bytes: u64) {
        self.written = counts.resources();
        if let Some(bar) = &self.bar {
            bar.set_position(bytes);
            bar.set_message(format!("{} resources", counts.resources()));
        }
    }

    fn refused(&mut self, refusal: &Refusal) {
        if let Some(file) = &mut self.refused
            && self.lost.is_ok()
        {
            self.lost =
                serde_json::to_writer(&mut *file, refusal).map_err(io::Error::from).and_then(|()| writeln!(file));
        }
    }

    fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }
}
