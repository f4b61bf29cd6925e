//! One NDJSON file for each resource type.

use super::sink::Sink;
use fhirc::generate::types;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The files.
#[derive(Debug)]
pub(super) struct Files {
    files: Vec<Lines>,
}

#[derive(Debug)]
struct Lines {
    ty: &'static str,
    name: String,
    sink: Sink<File>,
    count: u64,
}

impl Files {
    /// A file that would be overwritten.
    pub(super) fn existing(dir: &Path, gzip: bool) -> Option<PathBuf> {
        types().map(|ty| dir.join(name(ty, gzip))).find(|path| path.exists())
    }

    /// Creates the folder and the files in it.
    pub(super) fn create(dir: &Path, gzip: bool) -> io::Result<Files> {
        fs::create_dir_all(dir)?;
        let create = |ty| {
            let name = name(ty, gzip);
            let sink = Sink::new(File::create(dir.join(&name))?, gzip);
            Ok(Lines { ty, name, sink, count: 0 })
        };
        Ok(Files { files: types().map(create).collect::<io::Result<_>>()? })
    }

    /// Writes a resource into the file of its type.
    pub(super) fn line(&mut self, ty: &str, json: &str) -> io::Result<()> {
        match self.files.iter_mut().find(|file| file.ty == ty) {
            Some(file) => {
                file.count += 1;
                file.sink.line(json)
            }
            None => Err(io::Error::other(format!("there is no file for `{ty}`"))),
        }
    }

    /// Writes what is still held back.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.files.iter_mut().try_for_each(|file| file.sink.finish())
    }

    /// The names of the files with the number of their lines.
    pub(super) fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.files.iter().map(|file| (file.name.as_str(), file.count))
    }
}

fn name(ty: &str, gzip: bool) -> String {
    format!("{ty}.ndjson{}", if gzip { ".gz" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    #[test]
    fn each_type_has_its_file() {
        let dir = std::env::temp_dir().join(format!("fhirc-generate-files-{}", std::process::id()));
        assert_eq!(Files::existing(&dir, true), None);
        let mut files = Files::create(&dir, true).unwrap();
        for (ty, json) in [("Patient", "{\"a\":1}"), ("Procedure", "{}"), ("Patient", "{\"b\":2}")] {
            files.line(ty, json).unwrap();
        }
        assert!(files.line("Kumquat", "{}").is_err());
        files.finish().unwrap();
        let counts: Vec<_> = files.counts().filter(|(_, count)| *count > 0).collect();
        assert_eq!(counts, [("Patient.ndjson.gz", 2), ("Procedure.ndjson.gz", 1)]);
        let mut text = String::new();
        GzDecoder::new(File::open(dir.join("Patient.ndjson.gz")).unwrap()).read_to_string(&mut text).unwrap();
        let existing = Files::existing(&dir, true);
        fs::remove_dir_all(&dir).unwrap();
        assert_eq!(text, "{\"a\":1}\n{\"b\":2}\n");
        assert!(existing.is_some());
    }
}
