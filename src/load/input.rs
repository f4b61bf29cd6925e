//! Inputs: files, directories walked in the order of their names, standard input.

use super::place::{Place, Refusal};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// One stream of bytes to load.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// The name shown to people.
    pub name: Arc<str>,
    /// The file; `None` is standard input.
    pub path: Option<PathBuf>,
    /// Its size in bytes, compressed as it lies there; 0 if unknown.
    pub bytes: u64,
}

/// A path that cannot be loaded at all.
#[derive(Debug)]
pub struct MissingInput {
    /// The path.
    pub path: PathBuf,
    /// Why.
    pub source: io::Error,
}

impl std::fmt::Display for MissingInput {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "cannot read `{}`: {}", self.path.display(), self.source)
    }
}

impl std::error::Error for MissingInput {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
}

/// The inputs that paths stand for: `-` is standard input, a directory every visible file below it.
///
/// # Errors
/// A path that the caller named does not exist. What turns out unreadable below a directory is a refusal.
pub fn inputs(paths: &[PathBuf]) -> Result<(Vec<Input>, Vec<Refusal>), MissingInput> {
    let mut found = Found::default();
    for path in paths {
        if path.as_os_str() == "-" {
            found.inputs.push(Input { name: Arc::from("-"), path: None, bytes: 0 });
            continue;
        }
        let metadata = fs::metadata(path).map_err(|source| MissingInput { path: path.clone(), source })?;
        if metadata.is_dir() { found.walk(path) } else { found.file(path, metadata.len()) }
    }
    Ok((found.inputs, found.refusals))
}

#[derive(Default)]
struct Found {
    inputs: Vec<Input>,
    refusals: Vec<Refusal>,
}

impl Found {
    fn file(&mut self, path: &Path, bytes: u64) {
        let name = Arc::from(path.display().to_string());
        self.inputs.push(Input { name, path: Some(path.to_owned()), bytes });
    }

    fn walk(&mut self, directory: &Path) {
        let mut paths = match fs::read_dir(directory).and_then(Iterator::collect::<io::Result<Vec<_>>>) {
            Ok(entries) => entries.iter().map(fs::DirEntry::path).collect::<Vec<_>>(),
            Err(error) => return self.refuse(directory, &error),
        };
        paths.retain(|path| path.file_name().is_some_and(|name| !name.as_encoded_bytes().starts_with(b".")));
        paths.sort();
        for path in paths {
            // A link to a directory is not followed: it could lead around in a circle.
            match fs::symlink_metadata(&path) {
                Ok(metadata) if metadata.is_dir() => self.walk(&path),
                Ok(metadata) if metadata.is_symlink() => match fs::metadata(&path) {
                    Ok(target) if target.is_file() => self.file(&path, target.len()),
                    Ok(_) => {}
                    Err(error) => self.refuse(&path, &error),
                },
                Ok(metadata) => self.file(&path, metadata.len()),
                Err(error) => self.refuse(&path, &error),
            }
        }
    }

    fn refuse(&mut self, path: &Path, error: &io::Error) {
        let name = Arc::from(path.display().to_string());
        let reason = super::place::Reason::new("the file cannot be read").detail(error.to_string());
        self.refusals.push(reason.at(Place::file(&name)));
    }
}
