//! `_text` and `_content`: words of the narrative, of the whole resource. FHIR R4 3.1.1.4.20; decision 114.

use crate::definitions::ParamId;
use crate::ir::{Pred, PredKind, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::resolver::Resolver;
use crate::values::words;
use fhirc_grammar::{Diagnostic, FilterOp, FilterValue, Name, Span, Spanned, Value};

/// All words of one item must occur, in any order and anywhere; of several items one must hold.
pub(super) fn occur(
    resolver: &mut Resolver<'_>,
    param: ParamId,
    name: &Name,
    value: &Value,
    span: Span,
) -> Option<Pred> {
    if let Some(modifier) = &name.modifier {
        let message = format!("`{}` takes no modifier", name.name.node);
        resolver.report(Diagnostic::error("unsupported-modifier", modifier.span, message));
        return None;
    }
    let items = resolver.items(value)?;
    if items.is_empty() {
        resolver.report(errors::empty_value(name));
        return None;
    }
    Some(Pred::any(items.iter().map(|item| all(resolver, param, &item.text(), item.span)).collect(), span))
}

/// All words of a text must occur.
pub(super) fn all(resolver: &mut Resolver<'_>, param: ParamId, text: &str, span: Span) -> Pred {
    let mut wanted: Vec<String> = words(text).collect();
    wanted.sort_unstable();
    wanted.dedup();
    if wanted.is_empty() {
        resolver.report(errors::never_matches(span, "it has no word"));
        return Pred::constant(false, span);
    }
    let occurs = |word| PredKind::Param { param, facet: Facet::Words, test: Test::Word(word) };
    Pred::all(wanted.into_iter().map(|word| Pred::new(occurs(word), span)).collect(), span)
}

/// `_content co "bone marrow"` in a filter: all of the words, as the parameter itself asks for them.
pub(super) fn compare(
    resolver: &mut Resolver<'_>,
    param: ParamId,
    op: &Spanned<FilterOp>,
    value: &FilterValue,
) -> Option<Pred> {
    if op.node != FilterOp::Co {
        let code = &resolver.registry.definition(param).code;
        let message = format!("operator `{}` does not apply to `{code}`, which has words", op.node.word());
        resolver.report(Diagnostic::error("unsupported-operator", op.span, message).help("only `co` applies"));
        return None;
    }
    Some(all(resolver, param, value.text(), value.span))
}
