//! The sources, without comments, texts and tests, and what they name.

#![expect(clippy::string_slice, reason = "offsets are those of characters found in the same text")]

use std::fs;
use std::path::{Path, PathBuf};

/// A source file.
#[derive(Debug)]
pub(crate) struct Source {
    /// From the root of the repository: `src/plan/graph.rs`.
    pub(crate) path: String,
    /// As it stands.
    pub(crate) text: String,
    /// Comments, texts, characters and tests blanked out: line by line the same.
    pub(crate) code: String,
}

/// A path that a source names: `crate::plan::Graph` is `["crate", "plan", "Graph"]`; of a group, each member.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
}

/// All sources below a folder of the repository.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    collect(&root.join(folder), &mut files);
    files.sort();
    let read = |file: PathBuf| {
        let path = file.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        Source::new(path, fs::read_to_string(file).unwrap())
    };
    files.into_iter().map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

impl Source {
    pub(crate) fn new(path: String, text: String) -> Source {
        let code = without_tests(&blanked(&text));
        Source { path, text, code }
    }

    /// Whether the whole file is test code.
    pub(crate) fn is_test(&self) -> bool {
        self.path.split('/').any(|part| part == "tests" || part == "tests.rs")
    }

    /// The module of the root crate that the file belongs to: `plan` for `src/plan/graph.rs`, `bin` for the program.
    pub(crate) fn module(&self) -> &str {
        let inside = self.path.strip_prefix("src/").unwrap();
        inside.split(['/', '.']).next().unwrap()
    }

    /// The path of the module that the file is: `["plan", "graph"]`.
    fn module_path(&self) -> Vec<String> {
        let inside = self.path.split_once("src/").unwrap().1.trim_end_matches(".rs");
        let inside = inside.trim_end_matches("/mod");
        inside.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
    }

    /// Every path with `::` in it, `super` and `self` written out from `crate`.
    pub(crate) fn named(&self) -> Vec<Named> {
        let mut found = Vec::new();
        for (line, path) in paths(&self.code) {
            let mut path: Vec<String> = path.into_iter().collect();
            let ups = path.iter().take_while(|part| *part == "super").count();
            if ups > 0 || path.first().is_some_and(|first| first == "self") {
                let here = self.module_path();
                let start = here.into_iter().rev().skip(ups).collect::<Vec<_>>().into_iter().rev();
                let rest = path.split_off(ups.max(1));
                path = std::iter::once("crate".to_owned()).chain(start).chain(rest).collect();
            }
            found.push(Named { line, path });
        }
        found
    }

    /// The line of the first character at `offset` of the code.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }
}

/// The text with comments, string and character literals as blanks. Raw strings are as long as their hashes say.
fn blanked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = literal(rest, out.chars().next_back());
        let taken = if length == 0 { first.len_utf8() } else { length };
        let (piece, after) = rest.split_at(taken);
        match length {
            0 => out.push_str(piece),
            _ => out.extend(piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' })),
        }
        rest = after;
    }
    out
}

/// The bytes of the comment or literal that the text begins with; 0 if it begins with neither.
fn literal(text: &str, before: Option<char>) -> usize {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return text.find("*/").map_or(text.len(), |end| end + 2);
    }
    let hashes = text.strip_prefix('r').map(|raw| raw.len() - raw.trim_start_matches('#').len());
    if let (Some(hashes), false) = (hashes, in_word)
        && text[1 + hashes..].starts_with('"')
    {
        let close = format!("\"{}", "#".repeat(hashes));
        return text[hashes + 2..].find(&close).map_or(text.len(), |end| hashes + 2 + end + close.len());
    }
    if text.starts_with('"') {
        return quoted(text, '"');
    }
    // `'a` without a closing quote is a lifetime.
    let mut chars = text.chars();
    match (chars.next(), chars.next(), chars.next()) {
        (Some('\''), Some('\\'), _) => quoted(text, '\''),
        (Some('\''), Some(c), Some('\'')) => 2 + c.len_utf8(),
        _ => 0,
    }
}

fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The code with every item behind `#[cfg(test)]` blanked out.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut out = code.to_owned();
    while let Some(start) = out.find(MARK) {
        let end = start + MARK.len() + item(&out[start + MARK.len()..]);
        let blank: String = out[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blank);
    }
    out
}

/// The bytes of the item at the beginning: up to its `;`, or to the end of its braces.
fn item(code: &str) -> usize {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return at + 1,
            '}' => depth -= 1,
            ';' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Each path with its line, groups taken apart.
fn paths(code: &str) -> Vec<(usize, Vec<String>)> {
    let (mut found, mut line) = (Vec::new(), 1);
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let word = word(rest);
        if word.is_empty() {
            line += usize::from(first == '\n');
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let (taken, members) = path(rest);
        line += rest[..taken].matches('\n').count();
        found.extend(members.into_iter().filter(|path| path.len() > 1).map(|path| (line, path)));
        rest = &rest[taken..];
    }
    found
}

/// The path at the beginning, which begins with a word: its bytes, and the paths that it stands for.
fn path(code: &str) -> (usize, Vec<Vec<String>>) {
    let mut at = word(code).len();
    let first = code[..at].to_owned();
    let Some(after) = code[at..].strip_prefix("::") else { return (at, vec![vec![first]]) };
    at += 2;
    let (taken, tails) = match after.chars().next() {
        Some('{') => group(after),
        _ if word(after).is_empty() => (0, vec![Vec::new()]),
        _ => path(after),
    };
    let paths = tails.into_iter().map(|tail| std::iter::once(first.clone()).chain(tail).collect());
    (at + taken, paths.collect())
}

/// `{a, b::c}`
fn group(code: &str) -> (usize, Vec<Vec<String>>) {
    let (mut at, mut members) = (1, Vec::new());
    while let Some(first) = code[at..].chars().next() {
        if first == '}' {
            return (at + 1, members);
        }
        let (taken, tails) =
            if word(&code[at..]).is_empty() { (first.len_utf8(), Vec::new()) } else { path(&code[at..]) };
        members.extend(tails);
        at += taken;
    }
    (code.len(), members)
}

fn word(code: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    &code[..code.find(|c| !is_part(c)).unwrap_or(code.len())]
}

#[test]
fn paths_are_read() {
    let text = r##"
        //! crate::comment
        use crate::{ir, plan::{self, Graph}};
        use super::cost::Estimates;
        const A: &str = "crate::text \" crate::text"; const B: &str = r#"crate::"raw"#; const C: char = '"';
        fn f<'a>(x: &'a str) { super::super::keys::g(petgraph::Graph::<u8, u8>::new()) }
        #[cfg(test)]
        mod tests { use crate::runtime::Page; fn t() { {} } }
        fn g() { crate::values::fold() }
    "##;
    let source = Source::new("src/plan/passes/choose.rs".to_owned(), text.to_owned());
    let found: Vec<String> =
        source.named().iter().map(|named| format!("{} {}", named.line, named.path.join("::"))).collect();
    let want = [
        "3 crate::ir",
        "3 crate::plan::self",
        "3 crate::plan::Graph",
        "4 crate::plan::passes::cost::Estimates",
        "6 crate::plan::keys::g",
        "6 petgraph::Graph",
        "9 crate::values::fold",
    ];
    assert_eq!(found, want);
}
