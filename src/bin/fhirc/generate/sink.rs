//! Lines into a file or a pipe, compressed or not.

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, BufWriter, Write};

/// Large enough that a pipe is filled at once.
const BUFFER: usize = 64 << 10;

/// Takes lines.
#[derive(Debug)]
pub(super) enum Sink<W: Write> {
    Plain(BufWriter<W>),
    // Without a time and a name in its head: the same lines give the same bytes.
    Gzip(GzEncoder<BufWriter<W>>),
}

impl<W: Write> Sink<W> {
    pub(super) fn new(out: W, gzip: bool) -> Sink<W> {
        let out = BufWriter::with_capacity(BUFFER, out);
        if gzip { Sink::Gzip(GzEncoder::new(out, Compression::default())) } else { Sink::Plain(out) }
    }

    /// Writes one line.
    pub(super) fn line(&mut self, text: &str) -> io::Result<()> {
        let out: &mut dyn Write = match self {
            Sink::Plain(out) => out,
            Sink::Gzip(out) => out,
        };
        out.write_all(text.as_bytes())?;
        out.write_all(b"\n")
    }

    /// Writes what is still held back.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        match self {
            Sink::Plain(out) => out.flush(),
            Sink::Gzip(out) => {
                out.try_finish()?;
                out.get_mut().flush()
            }
        }
    }
}
