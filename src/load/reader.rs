//! Reading: bytes become JSON documents, one per line or one per file, with bounded memory.

use super::input::Input;
use super::place::{Place, Reason, Refusal};
use flate2::bufread::MultiGzDecoder;
use serde::de::IgnoredAny;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A JSON document as it stands in the input, not parsed yet.
#[derive(Debug)]
pub(super) struct Raw {
    pub(super) place: Place,
    pub(super) json: Vec<u8>,
}

/// Takes what is read; `Break` ends the reading.
pub(super) type Emit<'a> = dyn FnMut(Result<Raw, Refusal>) -> ControlFlow<()> + 'a;

/// Reads an input to its end. `limit` bounds one line or document, in bytes; `count` follows the bytes read from disk.
pub(super) fn read(input: &Input, limit: usize, count: &Arc<AtomicU64>, emit: &mut Emit<'_>) -> ControlFlow<()> {
    let reading = open(input, Arc::clone(count)).and_then(|bytes| {
        let mut reader = Reader { bytes, file: &input.name, line: 0, limit };
        reader.run(emit)
    });
    reading.unwrap_or_else(|error| {
        let reason = Reason::new("the file cannot be read to its end").detail(error.to_string());
        emit(Err(reason.at(Place::file(&input.name))))
    })
}

/// Opens an input; gzip is recognised by its first two bytes, whatever the file is called.
fn open(input: &Input, count: Arc<AtomicU64>) -> io::Result<Box<dyn BufRead>> {
    let source: Box<dyn Read> = match &input.path {
        Some(path) => Box::new(File::open(path)?),
        None => Box::new(io::stdin()),
    };
    let mut counted = Counted { source, count };
    let mut start = Vec::with_capacity(GZIP.len());
    counted.by_ref().take(GZIP.len() as u64).read_to_end(&mut start)?;
    let gzip = start == GZIP;
    let bytes = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(counted));
    if gzip { Ok(Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(bytes)))) } else { Ok(Box::new(bytes)) }
}

struct Counted {
    source: Box<dyn Read>,
    count: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        self.count.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

struct Reader<'a> {
    bytes: Box<dyn BufRead>,
    file: &'a Arc<str>,
    line: u64,
    limit: usize,
}

enum Line {
    Text(Raw),
    TooLong(Place),
}

impl Reader<'_> {
    fn run(&mut self, emit: &mut Emit<'_>) -> io::Result<ControlFlow<()>> {
        let first = match self.next_line()? {
            Some(Line::Text(mut first)) => {
                if first.json.starts_with(BYTE_ORDER_MARK) {
                    first.json.drain(..BYTE_ORDER_MARK.len());
                }
                first
            }
            // Too long for a line: whatever follows is read line by line.
            Some(Line::TooLong(place)) => return self.lines(vec![Line::TooLong(place)], emit),
            None => return Ok(ControlFlow::Continue(())),
        };
        if first.json.trim_ascii_start().starts_with(b"[") {
            let reason = Reason::new("a JSON array is no FHIR format: write one resource per line, or a Bundle");
            return Ok(emit(Err(reason.at(first.place))));
        }
        if !is_cut(&first.json) {
            return self.lines(vec![Line::Text(first)], emit);
        }
        // The first line is the beginning of a document of several lines, or a cut line above whole ones.
        match self.next_line()? {
            Some(Line::Text(second)) if !is_whole_resource(&second.json) => self.document(first, &second, emit),
            second => self.lines(std::iter::once(Line::Text(first)).chain(second).collect(), emit),
        }
    }

    /// One document per line: `begun`, then the rest of the input.
    fn lines(&mut self, begun: Vec<Line>, emit: &mut Emit<'_>) -> io::Result<ControlFlow<()>> {
        let mut begun = begun.into_iter();
        loop {
            let line = match begun.next() {
                Some(line) => Some(line),
                None => self.next_line()?,
            };
            let item = match line {
                None => return Ok(ControlFlow::Continue(())),
                Some(Line::Text(raw)) => Ok(raw),
                Some(Line::TooLong(place)) => Err(self.too_long(place)),
            };
            if emit(item).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    /// One document for the whole input.
    fn document(&mut self, first: Raw, second: &Raw, emit: &mut Emit<'_>) -> io::Result<ControlFlow<()>> {
        let Raw { place, mut json } = first;
        json.push(b'\n');
        json.extend_from_slice(&second.json);
        let room = self.limit.saturating_sub(json.len());
        let read = self.bytes.by_ref().take(room as u64 + 1).read_to_end(&mut json)?;
        let item = if read > room { Err(self.too_long(place)) } else { Ok(Raw { place, json }) };
        Ok(emit(item))
    }

    /// The next line that is not blank.
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        loop {
            let mut json = Vec::new();
            let read = self.bytes.by_ref().take(self.limit as u64 + 1).read_until(b'\n', &mut json)?;
            if read == 0 {
                return Ok(None);
            }
            self.line += 1;
            let place = Place::line(self.file, self.line);
            if read > self.limit && !json.ends_with(b"\n") {
                self.skip_line()?;
                return Ok(Some(Line::TooLong(place)));
            }
            if !json.trim_ascii().is_empty() {
                return Ok(Some(Line::Text(Raw { place, json })));
            }
        }
    }

    fn skip_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.bytes.fill_buf()?;
            let end = buffer.iter().position(|&byte| byte == b'\n');
            let used = end.map_or(buffer.len(), |end| end + 1);
            if used == 0 {
                return Ok(());
            }
            self.bytes.consume(used);
            if end.is_some() {
                return Ok(());
            }
        }
    }

    fn too_long(&self, place: Place) -> Refusal {
        let limit = format!("{} bytes", self.limit);
        Reason::new("longer than the limit of one line or document").detail(limit).at(place)
    }
}

/// Whether the text ends before its JSON document does.
fn is_cut(json: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(json).is_err_and(|error| error.is_eof())
}

/// Whether the text is a resource of its own, and not a line of a document: `{"reference": "Patient/1"}` is none.
fn is_whole_resource(json: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Resource {
        #[serde(rename = "resourceType")]
        _ty: IgnoredAny,
    }
    serde_json::from_slice::<Resource>(json).is_ok()
}
