//! `_sort`. FHIR R4 3.1.1.5.1.

use crate::definitions::{ParamId, ParamType, Registry, ResourceType};
use crate::ir::{self, Dir, SortBy, SortKey, SortValue};
use crate::keys::{Facet, facets};
use crate::resolve::errors;
use crate::resolve::parameter::has_own_column;
use crate::resolve::resolver::{Handling, Resolver, Wanted};
use fhirc_grammar::{Diagnostic, Link, Name, Param, SortKey as Tree, Spanned, parse_sort};

/// The most parameters that one key may stand for over untyped links.
const MAX_VALUES: usize = 1_000;

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
    let plain = key.key.links.is_empty() && key.key.end.modifier.is_none();
    let by = match key.key.code() {
        "_lastUpdated" if plain => SortBy::LastUpdated,
        "_id" if plain => SortBy::Id,
        "_score" => {
            resolver.report(errors::not_supported("sorting by relevance", key.span));
            return None;
        }
        _ if wanted.returns_containers() => {
            let message =
                format!("`{}` does not sort the containers that come back, which are of any type", key.key.code());
            let help =
                "`_sort=_lastUpdated` and `_sort=_id` do; `_containedType=contained` brings the contained resources";
            resolver.report(Diagnostic::error("unsortable", key.span, message).help(help));
            return None;
        }
        _ => SortBy::Values(values(resolver, key, &wanted.types)?),
    };
    Some(SortKey { by, dir, span: key.span })
}

/// The values of the key in resources of these types. What they are must be the same in all of them.
fn values(resolver: &mut Resolver<'_>, key: &Tree, types: &[ResourceType]) -> Option<Vec<SortValue>> {
    let links = links(resolver, key)?;
    let end = &key.key.end.name;
    let mut values = Vec::new();
    for &ty in types {
        let of_type = match (Ways { registry: resolver.registry, end }).values(ty, &links) {
            Ok(of_type) => of_type,
            Err(Unready { ty, name }) => {
                resolver.report(errors::unknown_parameter(resolver.registry, ty, name));
                return None;
            }
        };
        if of_type.is_empty() {
            nowhere(resolver, ty, &links, end);
            return None;
        }
        values.extend(of_type);
        if values.len() > MAX_VALUES {
            resolver.report(errors::chain_too_wide(key.span, MAX_VALUES));
            return None;
        }
    }
    let params: Vec<ParamId> = values.iter().map(|value| value.param).collect();
    comparable(resolver, key, &params)?;
    let facet = facet(resolver, key, params.first().copied()?)?;
    values.iter_mut().for_each(|value| value.facet = facet);
    Some(values)
}

fn links<'t>(resolver: &mut Resolver<'_>, key: &'t Tree) -> Option<Vec<&'t Name>> {
    let forward = |link: &'t Link| match link {
        Link::Forward(name) => Some(name),
        Link::Has(_) => None,
    };
    let links: Option<Vec<&Name>> = key.key.links.iter().map(forward).collect();
    if links.is_none() {
        // Which of those that refer here should stand for the resource, nothing says.
        let message = "a key sorts by what a resource refers to, not by what refers to it";
        resolver.report(Diagnostic::error("unsortable", key.span, message));
    }
    links
}

/// The ways from a type over links to a parameter.
#[derive(Clone, Copy)]
struct Ways<'r> {
    registry: &'r Registry,
    /// The code of the parameter.
    end: &'r Spanned<String>,
}

/// A parameter on the way whose rows are not complete.
struct Unready<'r> {
    ty: ResourceType,
    name: &'r Spanned<String>,
}

impl<'r> Ways<'r> {
    /// Types that cannot go on take no part, as in chains (item 118). A parameter that is being built would take part
    /// as soon as it is, so it is no such type.
    fn values(self, ty: ResourceType, links: &[&'r Name]) -> Result<Vec<SortValue>, Unready<'r>> {
        let Some((name, rest)) = links.split_first() else {
            let param = self.param(ty, self.end)?;
            let value = param.map(|param| SortValue { via: Vec::new(), param, facet: Facet::Value });
            return Ok(value.into_iter().collect());
        };
        let link = self.param(ty, &name.name)?;
        let Some(param) = link.filter(|link| self.registry.definition(*link).ty == ParamType::Reference) else {
            return Ok(Vec::new());
        };
        let named = name.modifier.as_ref().map(|wanted| self.registry.resource_type(&wanted.node));
        let targets = self.registry.targets(param).iter().filter(|ty| named.is_none_or(|named| named == Some(*ty)));
        let mut found = Vec::new();
        for target in targets {
            if found.len() > MAX_VALUES {
                break;
            }
            found.extend(self.values(target, rest)?);
        }
        found.iter_mut().for_each(|value| value.via.insert(0, ir::Link { param }));
        Ok(found)
    }

    fn param(self, ty: ResourceType, name: &'r Spanned<String>) -> Result<Option<ParamId>, Unready<'r>> {
        let param = self.registry.param(ty, &name.node);
        let unready = param.is_none() && self.registry.being_built(ty, &name.node).is_some();
        if unready { Err(Unready { ty, name }) } else { Ok(param) }
    }
}

/// Says why the key leads to no value in resources of a type.
fn nowhere(resolver: &mut Resolver<'_>, ty: ResourceType, links: &[&Name], end: &Spanned<String>) {
    let Some((name, rest)) = links.split_first() else {
        return resolver.report(match resolver.settings.handling {
            Handling::Strict => errors::unknown_parameter(resolver.registry, ty, end),
            Handling::Lenient => errors::ignored_parameter(resolver.registry, ty, end),
        });
    };
    let Some(link) = resolver.reference_param(ty, &name.name) else { return };
    let Some(targets) = resolver.targets(link, name) else { return };
    let next = rest.first().map_or(end, |next| &next.name);
    let mut able = targets.iter().filter(|target| resolver.has(*target, &next.node));
    match (able.next(), targets.iter().next()) {
        (Some(able), _) => nowhere(resolver, able, rest, end),
        (None, Some(only)) if targets.len() == 1 => {
            resolver.report(errors::unknown_parameter(resolver.registry, only, next));
        }
        _ => resolver.report(errors::dead_chain(&name.name, next, &resolver.type_names(targets))),
    }
}

/// Whether the values of all these parameters have one order: they are of one type, which sorts.
fn comparable(resolver: &mut Resolver<'_>, key: &Tree, params: &[ParamId]) -> Option<()> {
    let &first = params.first()?;
    let ty = |param: ParamId| resolver.registry.definition(param).ty;
    if let Some(&other) = params.iter().find(|&&other| ty(other) != ty(first)) {
        let of = |param: ParamId| format!("{} in `{}`", ty(param).code(), resolver.registry.type_name(param.ty()));
        let message =
            format!("`{}` is of type {} and {}: their values do not compare", key.key.code(), of(first), of(other));
        let help = match key.key.links.is_empty() {
            true => "search one type, or sort by a parameter that is the same in all",
            false => "name the type, as in `subject:Patient.name`",
        };
        resolver.report(Diagnostic::error("ambiguous-sort", key.span, message).help(help));
        return None;
    }
    let definition = resolver.registry.definition(first);
    if definition.ty == ParamType::Special && !facets(definition).is_empty() {
        resolver.report(errors::not_supported(&format!("sorting by the distance of `{}`", definition.code), key.span));
        return None;
    }
    let why = match definition.ty {
        _ if facets(definition) == [Facet::Words] => format!("`{}` has words, which do not sort", definition.code),
        ParamType::Composite => format!("`{}` has values of several parts, which have no one order", definition.code),
        ParamType::Special => format!("`{}` has no values of its own to sort by", definition.code),
        _ => return Some(()),
    };
    let diagnostic = Diagnostic::error("unsortable", key.span, why);
    let parts = resolver.registry.components(first).iter().map(|part| format!("`{}`", part.definition.code));
    let parts: Vec<String> = parts.collect();
    resolver.report(match parts.is_empty() {
        true => diagnostic,
        false => diagnostic.help(format!("its parts sort: {}", parts.join(", "))),
    });
    None
}

/// The view of the values that sorts: `code:text` is what the code is called (item 132).
fn facet(resolver: &mut Resolver<'_>, key: &Tree, param: ParamId) -> Option<Facet> {
    let definition = resolver.registry.definition(param);
    let Some(modifier) = &key.key.end.modifier else {
        return Some(match definition.ty {
            _ if has_own_column(&definition.code) => Facet::Own,
            // By canonical value where there is one (decision 43).
            ParamType::Quantity => Facet::Canonical,
            _ => Facet::Value,
        });
    };
    if modifier.node == "text" && facets(definition).contains(&Facet::Text) && !has_own_column(&definition.code) {
        return Some(Facet::Text);
    }
    let message = format!("`{}` does not sort by `:{}`", definition.code, modifier.node);
    let help = "a code sorts by `:text`, what it is called; nothing else has another order";
    resolver.report(Diagnostic::error("unsupported-modifier", modifier.span, message).help(help));
    None
}
