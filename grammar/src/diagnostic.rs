//! What is wrong, where, and what would be right.

use serde::Serialize;

use crate::span::Span;

/// Does a diagnostic stop the query?
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The query must not run.
    Error,
    /// The query runs, perhaps not as meant.
    Warning,
}

/// A remark on a further piece of the text, or on the primary one.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Label {
    /// The piece the remark is about. The primary span itself puts the remark beside its underline.
    pub span: Span,
    /// The remark: lowercase, no full stop, user text in backticks.
    pub text: String,
}

/// One problem of a query: a stable code, a one-line message, the shortest wrong piece of the text, remarks and help.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Diagnostic {
    /// Stable name of the kind of problem, kebab-case.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// One line: lowercase, no full stop, user text in backticks, no Rust names.
    pub message: String,
    /// The shortest wrong piece; empty where something is missing.
    pub span: Span,
    /// Remarks on pieces of the text, in the order they were added.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// A problem that stops the query.
    pub fn error(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, span, message.into())
    }

    /// A problem that does not stop the query.
    pub fn warning(code: &'static str, span: Span, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, span, message.into())
    }

    fn new(severity: Severity, code: &'static str, span: Span, message: String) -> Self {
        Self { code, severity, message, span, labels: Vec::new(), help: None }
    }

    /// The same with a remark on `span`.
    #[must_use]
    pub fn label(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// The same with a help line; a later one replaces an earlier one.
    #[must_use]
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Does it stop the query?
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
