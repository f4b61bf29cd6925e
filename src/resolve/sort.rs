//! `_sort`. FHIR R4 3.1.1.5.1.

use crate::definitions::{ParamId, ParamType, ResourceType};
use crate::ir::{Dir, SortBy, SortKey};
use crate::keys::{Facet, facets};
use crate::resolve::errors;
use crate::resolve::parameter::has_own_column;
use crate::resolve::resolver::{Handling, Resolver, Wanted};
use fhirc_grammar::{Diagnostic, Link, Param, SortKey as Tree, parse_sort};

/// Reads the sort keys of `_sort=status,-date,subject.name`.
pub(super) fn keys(resolver: &mut Resolver<'_>, param: &Param, wanted: &mut Wanted) {
    let keys = match parse_sort(&param.value) {
        Ok(keys) => keys,
        Err(diagnostics) => return resolver.diagnostics.extend(diagnostics),
    };
    for key in keys {
        if let Some(key) = sort_key(resolver, &key, wanted) {
            wanted.order.push(key);
        }
    }
}

fn sort_key(resolver: &mut Resolver<'_>, key: &Tree, wanted: &Wanted) -> Option<SortKey> {
    let dir = if key.descending { Dir::Desc } else { Dir::Asc };
    if let Some(modifier) = &key.key.end.modifier {
        resolver.report(errors::not_supported(&format!("sorting by `:{}`", modifier.node), modifier.span));
        return None;
    }
    let by = match (key.key.code(), key.key.links.as_slice()) {
        ("_lastUpdated", []) => SortBy::LastUpdated,
        ("_id", []) => SortBy::Id,
        _ => param_key(resolver, key, wanted)?,
    };
    Some(SortKey { by, dir, span: key.span })
}

fn param_key(resolver: &mut Resolver<'_>, key: &Tree, wanted: &Wanted) -> Option<SortBy> {
    let &[mut ty] = wanted.types.as_slice() else {
        let what = "sorting by a parameter in a search over several resource types";
        resolver.report(errors::not_supported(what, key.span).help("`_sort=_lastUpdated` and `_sort=_id` work there"));
        return None;
    };
    let via = match key.key.links.as_slice() {
        [] => None,
        [Link::Forward(name)] => {
            let link = resolver.reference_param(ty, &name.name)?;
            ty = chained_type(resolver, link, name, key)?;
            Some(link)
        }
        _ => {
            resolver.report(errors::not_supported("sorting over more than one link", key.span));
            return None;
        }
    };
    let name = &key.key.end.name;
    let Some(param) = resolver.registry.param(ty, &name.node) else {
        resolver.report(match resolver.settings.handling {
            Handling::Strict => errors::unknown_parameter(resolver.registry, ty, name),
            Handling::Lenient => errors::ignored_parameter(resolver.registry, ty, name),
        });
        return None;
    };
    if via.is_some() && has_own_column(&name.node) {
        resolver.report(errors::not_supported(&format!("sorting by `{}` over a link", name.node), key.span));
        return None;
    }
    let definition = resolver.registry.definition(param);
    match definition.ty {
        _ if facets(definition) == [Facet::Words] => {
            let message = format!("`{}` has words, which do not sort", definition.code);
            resolver.report(Diagnostic::error("unsortable", key.span, message));
            None
        }
        ParamType::Special if !facets(definition).is_empty() => {
            resolver.report(errors::not_supported(&format!("sorting by the distance of `{}`", name.node), key.span));
            None
        }
        is @ (ParamType::Composite | ParamType::Special) => {
            let message = format!("parameters of type {} do not sort", is.code());
            resolver.report(Diagnostic::error("unsortable", key.span, message));
            None
        }
        _ => Some(SortBy::Param { via, param }),
    }
}

/// The one target type over which a chained key sorts.
fn chained_type(
    resolver: &mut Resolver<'_>,
    link: ParamId,
    name: &fhirc_grammar::Name,
    key: &Tree,
) -> Option<ResourceType> {
    let targets = resolver.targets(link, name)?;
    let named = name.modifier.as_ref().and_then(|wanted| resolver.registry.resource_type(&wanted.node));
    let able = |ty: &ResourceType| resolver.has(*ty, key.key.code());
    match (named, targets.iter().filter(able).collect::<Vec<_>>().as_slice()) {
        (Some(ty), able) if able.contains(&ty) => Some(ty),
        (None, &[only]) => Some(only),
        _ => {
            let message = format!("the type that `{}` leads to is not clear", name.name.node);
            let help = format!("name it, as in `{}:{}`", name.name.node, "Patient");
            resolver.report(Diagnostic::error("ambiguous-sort", key.span, message).help(help));
            None
        }
    }
}
