//! Diagnostics for a person at a terminal, without colour: the wrong piece underlined in the text it is from.

use unicode_width::UnicodeWidthChar;

use crate::diagnostic::{Diagnostic, Severity};
use crate::span::Span;
use crate::words::visible;

/// Columns of source shown at most; longer text is cut around the underlined piece.
const WINDOW: usize = 100;

/// Columns kept free before the underlined piece when the text is cut.
const MARGIN: usize = 30;

/// The diagnostic over several lines, the last with a line break. `source` is the text it was found in.
pub fn render(source: &str, diagnostic: &Diagnostic) -> String {
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let mut out = format!("{severity}[{}]: {}\n  |\n", diagnostic.code, line(&diagnostic.message));
    let remarks = |span| diagnostic.labels.iter().filter(move |label| label.span == span).map(|l| l.text.as_str());
    let beside: Vec<&str> = remarks(diagnostic.span).collect();
    let primary = Excerpt::new(source, diagnostic.span);
    out.push_str(&primary.source_line());
    out.push_str(&primary.underline(diagnostic.span, '^', &beside.join("; ")));
    for label in diagnostic.labels.iter().filter(|label| label.span != diagnostic.span) {
        let inside = primary.shows(label.span);
        let excerpt = if inside { &primary } else { &Excerpt::new(source, label.span) };
        if !inside {
            out.push_str(&excerpt.source_line());
        }
        out.push_str(&excerpt.underline(label.span, '-', &label.text));
    }
    if let Some(help) = &diagnostic.help {
        out.push_str(&format!("  = help: {}\n", line(help)));
    }
    out
}

/// One line that a terminal obeys in nothing.
fn line(text: &str) -> String {
    text.chars().map(visible).collect()
}

/// A character of the source as it is shown.
struct Cell {
    /// Its first byte in the source.
    at: u32,
    shown: char,
    /// Columns it takes; 0 for a combining one.
    width: usize,
}

/// The part of the source that is shown around a span.
struct Excerpt {
    cells: Vec<Cell>,
    cut_before: bool,
    cut_after: bool,
    /// One past the last byte shown.
    end: u32,
}

impl Excerpt {
    fn new(source: &str, around: Span) -> Self {
        let mut cells: Vec<Cell> = source.char_indices().map(|(at, c)| cell(at, c)).collect();
        let first = cells.partition_point(|cell| cell.at < around.start);
        let total: usize = cells.iter().map(|cell| cell.width).sum();
        let (mut cut_before, mut cut_after, mut end) = (false, false, Span::from_offsets(0..source.len()).end);
        if total > WINDOW {
            let keep = first.saturating_sub(fitting(cells.iter().take(first).rev(), MARGIN));
            cut_before = keep > 0;
            cells.drain(..keep);
            let fits = fitting(cells.iter(), WINDOW);
            if let Some(beyond) = cells.get(fits) {
                (cut_after, end) = (true, beyond.at);
                cells.truncate(fits);
            }
        }
        Self { cells, cut_before, cut_after, end }
    }

    fn shows(&self, span: Span) -> bool {
        self.cells.first().is_some_and(|first| first.at <= span.start) && span.end <= self.end
    }

    fn source_line(&self) -> String {
        let text: String = self.cells.iter().map(|cell| cell.shown).collect();
        let cut = |cut| if cut { "…" } else { "" };
        format!("  | {}{text}{}\n", cut(self.cut_before), cut(self.cut_after))
    }

    fn underline(&self, span: Span, mark: char, remark: &str) -> String {
        let width = |from: u32, to: u32| -> usize {
            self.cells.iter().filter(|cell| from <= cell.at && cell.at < to).map(|cell| cell.width).sum()
        };
        let before = usize::from(self.cut_before) + width(0, span.start);
        let marks: String = std::iter::repeat_n(mark, width(span.start, span.end).max(1)).collect();
        let underline = format!("  | {}{marks} {}", " ".repeat(before), line(remark));
        format!("{}\n", underline.trim_end())
    }
}

fn cell(at: usize, c: char) -> Cell {
    let shown = visible(c);
    Cell { at: Span::from_offsets(0..at).end, shown, width: shown.width().unwrap_or(1) }
}

/// How many of the cells fill at most so many columns.
fn fitting<'c>(cells: impl Iterator<Item = &'c Cell>, columns: usize) -> usize {
    let filled = cells.scan(0, |filled, cell| {
        *filled += cell.width;
        Some(*filled)
    });
    filled.take_while(|filled| *filled <= columns).count()
}
