//! `_list`: the resources that a List has as entries. FHIR R4 3.1.1.4.22; item 112.

use crate::definitions::ParamId;
use crate::ir::{Link, Pred, PredKind, Test, Way};
use crate::keys::Facet;
use crate::resolve::current;
use crate::resolve::errors;
use crate::resolve::parameter::one_of;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, FilterOp, FilterValue, Name, Span, Spanned, Value};

/// `_list=42`, `_list=42,List/43`: an entry of one of them. What no List of the store is has no entries.
pub(super) fn members(resolver: &mut Resolver<'_>, name: &Name, value: &Value, span: Span) -> Option<Pred> {
    if let Some(modifier) = &name.modifier {
        resolver.report(Diagnostic::error("unsupported-modifier", modifier.span, "`_list` takes no modifier"));
        return None;
    }
    let items = resolver.items(value)?;
    if items.is_empty() {
        resolver.report(errors::empty_value(name));
        return None;
    }
    let lists = items.iter().map(|item| one(resolver, &item.text(), item.span));
    let lists: Vec<Option<OneList>> = lists.collect();
    listed(resolver, lists.into_iter().collect::<Option<_>>()?, span)
}

/// What a value names: a List, or Lists.
enum OneList {
    /// By its logical id.
    Id(String),
    /// Those that satisfy a condition.
    Which(Pred),
}

/// `_list eq 42` in a filter.
pub(super) fn compare(
    resolver: &mut Resolver<'_>,
    op: &Spanned<FilterOp>,
    value: &FilterValue,
    span: Span,
) -> Option<Pred> {
    if op.node != FilterOp::Eq {
        let message = format!("operator `{}` does not apply to `_list`", op.node.word());
        resolver.report(Diagnostic::error("unsupported-operator", op.span, message).help("only `eq` applies"));
        return None;
    }
    entry(resolver, value, span)
}

/// `subject in List/42` in a filter: the reference leads to a resource that is an entry of the List (item 160), as
/// `subject._list=42` asks.
pub(super) fn refers_to_entry(
    resolver: &mut Resolver<'_>,
    param: ParamId,
    value: &FilterValue,
    span: Span,
) -> Option<Pred> {
    let entry = entry(resolver, value, span)?;
    let ends = resolver.registry.targets(param).iter().map(|ty| (ty, entry.clone())).collect();
    Some(Pred::new(PredKind::Linked { link: Link { param }, way: Way::Forward, ends }, span))
}

/// An entry of the List that a value of a filter names.
fn entry(resolver: &mut Resolver<'_>, value: &FilterValue, span: Span) -> Option<Pred> {
    let list = one(resolver, value.text(), value.span)?;
    listed(resolver, vec![list], span)
}

fn listed(resolver: &Resolver<'_>, lists: Vec<OneList>, span: Span) -> Option<Pred> {
    let ty = resolver.registry.resource_type("List")?;
    let (own, item) = (resolver.registry.param(ty, "_id")?, resolver.registry.param(ty, "item")?);
    let (mut ids, mut which) = (Vec::new(), Vec::new());
    for list in lists {
        match list {
            OneList::Id(id) => ids.push(Test::Id(id)),
            OneList::Which(pred) => which.push(pred),
        }
    }
    let by_id = PredKind::Param { param: own, facet: Facet::Own, test: one_of(ids.clone()) };
    let by_id = (!ids.is_empty()).then(|| Pred::new(by_id, span));
    let list = Pred::any(by_id.into_iter().chain(which).collect(), span);
    Some(Pred::new(PredKind::Listed { item, list: Box::new(list) }, span))
}

/// The List, or the functional list, that a value names.
fn one(resolver: &mut Resolver<'_>, text: &str, span: Span) -> Option<OneList> {
    match text.strip_prefix('$') {
        Some(name) => current::lists(resolver, name, span).map(OneList::Which),
        None => id(resolver, text, span).map(OneList::Id),
    }
}

/// The logical id of a List.
fn id(resolver: &mut Resolver<'_>, text: &str, span: Span) -> Option<String> {
    let local = resolver.settings.env.bases.iter().find_map(|base| base.strip(text)).unwrap_or(text);
    let id = local.strip_prefix("List/").unwrap_or(local);
    if id.is_empty() || id.contains('/') {
        let message = format!("`{text}` is no List");
        resolver.report(errors::bad_value("bad-list", span, message).help("`id` or `List/id`"));
        return None;
    }
    Some(id.to_owned())
}
