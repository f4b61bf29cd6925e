//! `_sort`. FHIR R4 3.1.1.5.1.

use crate::definitions::{ParamId, ParamType, Registry, ResourceType};
use crate::ir::{self, Dir, SortBy, SortKey, SortValue};
use crate::keys::{Facet, facets};
use crate::resolve::errors;
use crate::resolve::parameter::has_own_column;
use crate::resolve::resolver::{Handling, Resolver, Wanted};
use fhirc_grammar::limits::MAX_STEPS;
use fhirc_grammar::{Diagnostic, Link, Name, Param, SortKey as Tree, Spanned, parse_sort};
use std::collections::{HashMap, HashSet};

/// The most sort keys of a search. A query has a part for each, and each is read for every match.
const MAX_KEYS: usize = 20;

/// The most parameters that one key may stand for over untyped links.
const MAX_VALUES: usize = 1_000;

/// The most ways over links that all keys together may take. Each is a part of the query, or up to four where references
/// sort, and SQLite unites at most 500.
const MAX_WAYS: usize = 120;

/// Reads the sort keys of `_sort=status,-date,subject.name`. One that was there before changes no order.
pub(super) fn keys(resolver: &mut Resolver<'_>, param: &Param, wanted: &mut Wanted) {
    let keys = match parse_sort(&param.value) {
        Ok(keys) => keys,
        Err(diagnostics) => return resolver.diagnostics.extend(diagnostics),
    };
    let keys: Vec<Tree> = keys.iter().flat_map(|key| in_parts(resolver, key, &wanted.types)).collect();
    for key in keys {
        let Some(key) = sort_key(resolver, &key, wanted).filter(|key| !wanted.order.contains(key)) else { continue };
        if wanted.order.len() == MAX_KEYS {
            return resolver.report(errors::too_many_sort_keys(key.span, MAX_KEYS));
        }
        let taken: usize = wanted.order.iter().map(|key| ways(resolver.registry, &key.by)).sum();
        if taken + ways(resolver.registry, &key.by) > MAX_WAYS {
            return resolver.report(errors::chain_too_wide(key.span, MAX_WAYS));
        }
        wanted.order.push(key);
    }
}

/// How many ways lead over links to the values of a key. What may be named by its url has two, by reference and by url.
fn ways(registry: &Registry, by: &SortBy) -> usize {
    let SortBy::Values(values) = by else { return 0 };
    let by_url = |link: &&ir::Link| registry.datatypes(link.param).some_urls();
    let distinct: HashSet<&[ir::Link]> = values.iter().map(|value| value.via.as_slice()).collect();
    let linked = distinct.into_iter().filter(|via| !via.is_empty());
    linked.map(|via| 1_usize << via.iter().filter(by_url).count().min(MAX_STEPS)).sum()
}

/// The key; of a composite a key for each of its components, in turn, since FHIR gives composites no order: what has
/// the same code is put in order by its value. Each component sorts as the parameter that it is of the same type.
fn in_parts(resolver: &Resolver<'_>, key: &Tree, types: &[ResourceType]) -> Vec<Tree> {
    let Some(codes) = components(resolver, key, types) else { return vec![key.clone()] };
    let named = |code: String| {
        let mut part = key.clone();
        part.key.end.name.node = code;
        part
    };
    codes.into_iter().map(named).collect()
}

/// The codes of the components, if the key is the same composite of all types, and each component a parameter of them.
fn components(resolver: &Resolver<'_>, key: &Tree, types: &[ResourceType]) -> Option<Vec<String>> {
    let registry = resolver.registry;
    let links = key.key.links.iter().map(forward).collect::<Option<Vec<&Name>>>()?;
    let mut ways = Ways { registry, end: &key.key.end.name, known: HashMap::new() };
    let mut codes: Option<Vec<String>> = None;
    for &ty in types {
        ways.count(ty, &links).ok()?;
        for SortValue { param, .. } in ways.values(ty, &links) {
            let composite = Some(param).filter(|param| registry.definition(*param).ty == ParamType::Composite)?;
            let parts = registry.components(composite).iter().map(|component| &component.definition.code);
            let parts = parts.map(|code| registry.param(param.ty(), code).map(|_| code.clone()));
            let parts: Vec<String> = parts.collect::<Option<_>>()?;
            if codes.as_ref().is_some_and(|codes| *codes != parts) {
                return None;
            }
            codes = Some(parts);
        }
    }
    // A modifier is refused by the name of the composite.
    codes.filter(|codes| !codes.is_empty() && key.key.end.modifier.is_none())
}

fn forward(link: &Link) -> Option<&Name> {
    match link {
        Link::Forward(name) => Some(name),
        Link::Has(_) => None,
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
    let mut ways = Ways { registry: resolver.registry, end, known: HashMap::new() };
    let mut all = 0_usize;
    for &ty in types {
        let of_type = match ways.count(ty, &links) {
            Ok(of_type) => of_type,
            Err(Unready { ty, name }) => {
                resolver.report(errors::unknown_parameter(resolver.registry, ty, name));
                return None;
            }
        };
        if of_type == 0 {
            nowhere(resolver, ty, &links, end);
            return None;
        }
        all = all.saturating_add(of_type);
        if all > MAX_VALUES {
            resolver.report(errors::chain_too_wide(key.span, MAX_VALUES));
            return None;
        }
    }
    let mut values: Vec<SortValue> = types.iter().flat_map(|&ty| ways.values(ty, &links)).collect();
    let params: Vec<ParamId> = values.iter().map(|value| value.param).collect();
    comparable(resolver, key, &params)?;
    let facet = facet(resolver, key, params.first().copied()?)?;
    values.iter_mut().for_each(|value| value.facet = facet);
    Some(values)
}

fn links<'t>(resolver: &mut Resolver<'_>, key: &'t Tree) -> Option<Vec<&'t Name>> {
    let links: Option<Vec<&Name>> = key.key.links.iter().map(forward).collect();
    if links.is_none() {
        // Which of those that refer here should stand for the resource, nothing says.
        let message = "a key sorts by what a resource refers to, not by what refers to it";
        resolver.report(Diagnostic::error("unsortable", key.span, message));
    }
    links
}

/// The ways from types over links to a parameter.
struct Ways<'r> {
    registry: &'r Registry,
    /// The code of the parameter.
    end: &'r Spanned<String>,
    /// How many ways lead there from a type over the last links, as many as are left.
    known: HashMap<(ResourceType, usize), usize>,
}

/// A parameter on the way whose rows are not complete.
struct Unready<'r> {
    ty: ResourceType,
    name: &'r Spanned<String>,
}

impl<'r> Ways<'r> {
    /// How many ways there are. Types that cannot go on take no part, as in chains (item 118). A parameter that is being
    /// built would take part as soon as it is, so it is no such type.
    fn count(&mut self, ty: ResourceType, links: &[&'r Name]) -> Result<usize, Unready<'r>> {
        if let Some(&known) = self.known.get(&(ty, links.len())) {
            return Ok(known);
        }
        let count = match links.split_first() {
            None => usize::from(self.param(ty, self.end)?.is_some()),
            Some((name, rest)) => match self.link(ty, name)? {
                None => 0,
                Some(link) => {
                    let mut count = 0_usize;
                    for target in self.targets(link, name) {
                        count = count.saturating_add(self.count(target, rest)?);
                    }
                    count
                }
            },
        };
        self.known.insert((ty, links.len()), count);
        Ok(count)
    }

    /// The ways that were counted.
    fn values(&self, ty: ResourceType, links: &[&'r Name]) -> Vec<SortValue> {
        if self.known.get(&(ty, links.len())).copied().unwrap_or_default() == 0 {
            return Vec::new();
        }
        let Some((name, rest)) = links.split_first() else {
            let param = self.registry.param(ty, &self.end.node);
            let value = param.map(|param| SortValue { via: Vec::new(), param, facet: Facet::Value });
            return value.into_iter().collect();
        };
        let Ok(Some(param)) = self.link(ty, name) else { return Vec::new() };
        let mut found: Vec<_> = self.targets(param, name).flat_map(|target| self.values(target, rest)).collect();
        found.iter_mut().for_each(|value| value.via.insert(0, ir::Link { param }));
        found
    }

    /// The reference that the name stands for in resources of a type.
    fn link(&self, ty: ResourceType, name: &'r Name) -> Result<Option<ParamId>, Unready<'r>> {
        let link = self.param(ty, &name.name)?;
        Ok(link.filter(|link| self.registry.definition(*link).ty == ParamType::Reference))
    }

    /// The types that a link leads to: all, or the one that is named.
    fn targets(&self, link: ParamId, name: &Name) -> impl Iterator<Item = ResourceType> + use<> {
        let named = name.modifier.as_ref().map(|wanted| self.registry.resource_type(&wanted.node));
        self.registry.targets(link).iter().filter(move |ty| named.is_none_or(|named| named == Some(*ty)))
    }

    fn param(&self, ty: ResourceType, name: &'r Spanned<String>) -> Result<Option<ParamId>, Unready<'r>> {
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
