//! `_list`: the resources that a List has as entries. FHIR R4 3.1.1.4.22; item 112.

use crate::ir::{Pred, PredKind, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::parameter::one_of;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, Item, Name, Span, Value};

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
    let ids: Vec<Option<Test>> = items.iter().map(|item| id(resolver, item).map(Test::Id)).collect();
    let test = one_of(ids.into_iter().collect::<Option<_>>()?);
    let ty = resolver.registry.resource_type("List")?;
    let (own, item) = (resolver.registry.param(ty, "_id")?, resolver.registry.param(ty, "item")?);
    let list = Pred::new(PredKind::Param { param: own, facet: Facet::Own, test }, span);
    Some(Pred::new(PredKind::Listed { item, list: Box::new(list) }, span))
}

/// The logical id of a List.
fn id(resolver: &mut Resolver<'_>, item: &Item) -> Option<String> {
    let text = item.text();
    if text.starts_with("$current-") {
        resolver.report(errors::not_supported(&format!("the list `{text}`"), item.span));
        return None;
    }
    let local = resolver.settings.env.bases.iter().find_map(|base| base.strip(&text)).unwrap_or(&text);
    let id = local.strip_prefix("List/").unwrap_or(local);
    if id.is_empty() || id.contains('/') {
        let message = format!("`{text}` is no List");
        resolver.report(errors::bad_value("bad-list", item.span, message).help("`id` or `List/id`"));
        return None;
    }
    Some(id.to_owned())
}
