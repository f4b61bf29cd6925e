//! Parameters that say what comes back, not what matches. FHIR R4 3.1.1.5.

use crate::ir::Total;
use crate::resolve::resolver::{MAX_PAGE, Resolver, Wanted};
use crate::resolve::{errors, include, named, shape, sort};
use fhirc_grammar::{Diagnostic, Param};

/// A result parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Sort,
    Count,
    Total,
    Summary,
    Elements,
    Include,
    Revinclude,
    /// Read when the searched types are decided.
    Type,
    /// Read before the others, which depend on it.
    Contained,
    /// The form of the answer: the caller's concern.
    Format,
    /// A named query: conditions, but of the whole search.
    Query,
}

impl Control {
    /// Whether what it may say depends on the types searched.
    pub(super) fn depends_on_type(self) -> bool {
        matches!(self, Control::Sort | Control::Elements | Control::Include | Control::Revinclude)
    }
}

const CONTROLS: [(&str, Control); 13] = [
    ("_sort", Control::Sort),
    ("_count", Control::Count),
    ("_total", Control::Total),
    ("_summary", Control::Summary),
    ("_elements", Control::Elements),
    ("_include", Control::Include),
    ("_revinclude", Control::Revinclude),
    ("_type", Control::Type),
    ("_format", Control::Format),
    ("_pretty", Control::Format),
    ("_contained", Control::Contained),
    ("_containedType", Control::Contained),
    ("_query", Control::Query),
];

/// The result parameter that `param` is, if it is one.
pub(super) fn of(param: &Param) -> Option<Control> {
    let code = param.key.code();
    CONTROLS.iter().find(|(name, _)| *name == code && !param.key.is_chained()).map(|(_, control)| *control)
}

/// Whether `code` names a result parameter.
pub(super) fn is_control(code: &str) -> bool {
    CONTROLS.iter().any(|(name, _)| *name == code)
}

/// Does what the result parameter says.
pub(super) fn apply(resolver: &mut Resolver<'_>, control: Control, param: &Param, wanted: &mut Wanted) {
    let text = param.value.raw.text();
    if text.is_empty() && control != Control::Type {
        resolver.report(errors::empty_value(&param.key.end));
        return;
    }
    if !matches!(control, Control::Include | Control::Revinclude) && !no_modifier(resolver, param) {
        return;
    }
    match control {
        Control::Sort => sort::keys(resolver, param, wanted),
        Control::Count => count(resolver, param, text, wanted),
        Control::Total => total(resolver, param, text, wanted),
        Control::Summary => shape::summary(resolver, param, text, wanted),
        Control::Include => include::include(resolver, param, wanted, crate::ir::Way::Forward),
        Control::Revinclude => include::include(resolver, param, wanted, crate::ir::Way::Reverse),
        Control::Elements => shape::elements(resolver, param, wanted),
        Control::Query => named::choose(resolver, param, text, wanted),
        Control::Type | Control::Contained | Control::Format => {}
    }
}

fn no_modifier(resolver: &mut Resolver<'_>, param: &Param) -> bool {
    let Some(modifier) = &param.key.end.modifier else { return true };
    let message = format!("`{}` takes no modifier", param.key.code());
    resolver.report(Diagnostic::error("unsupported-modifier", modifier.span, message));
    false
}

/// `_count=20`: a whole number (item 134).
fn count(resolver: &mut Resolver<'_>, param: &Param, text: &str, wanted: &mut Wanted) {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !digits {
        let message = format!("`{text}` is no number of matches");
        resolver.report(
            errors::bad_value("bad-count", param.value.span, message).help("a whole number, 0 for the total alone"),
        );
        return;
    }
    // More digits than fit are more than the cap.
    let count = text.parse().unwrap_or(u32::MAX);
    if count > MAX_PAGE {
        let message = format!("a page holds at most {MAX_PAGE} matches");
        let help = "so many are returned, and the way to the next page";
        resolver.report(Diagnostic::warning("count-too-large", param.value.span, message).help(help));
    }
    wanted.count = count.min(MAX_PAGE);
}

fn total(resolver: &mut Resolver<'_>, param: &Param, text: &str, wanted: &mut Wanted) {
    wanted.total = match text {
        "none" => Total::None,
        "estimate" => Total::Estimate,
        "accurate" => Total::Accurate,
        _ => {
            let message = format!("`{text}` is no kind of total");
            return resolver.report(
                errors::bad_value("bad-total", param.value.span, message).help("`none`, `estimate` or `accurate`"),
            );
        }
    };
}
