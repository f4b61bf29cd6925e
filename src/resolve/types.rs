//! Which resource types are searched: the path, `_type`, compartments.

use crate::definitions::ResourceType;
use crate::ir::{Pred, PredKind, ReferenceTest, Test};
use crate::keys::Facet;
use crate::resolve::errors;
use crate::resolve::resolver::{Handling, Resolver};
use fhirc_grammar::{Diagnostic, Param, Path, Search as Tree, Spanned};

/// The types that the path and `_type` leave, in the order of their numbers.
pub(super) fn searched(resolver: &mut Resolver<'_>, tree: &Tree) -> Option<Vec<ResourceType>> {
    let mut types = match &tree.path {
        Path::System | Path::Compartment { member: None, .. } => resolver.registry.types().collect(),
        Path::Type(name) | Path::Compartment { member: Some(name), .. } => vec![named(resolver, name)?],
    };
    for param in tree.params.iter().filter(|param| param.key.code() == "_type" && !param.key.is_chained()) {
        let wanted = type_list(resolver, param)?;
        types.retain(|ty| wanted.is_empty() || wanted.contains(ty));
    }
    Some(types)
}

/// A resource type by name.
pub(super) fn named(resolver: &mut Resolver<'_>, name: &Spanned<String>) -> Option<ResourceType> {
    let ty = resolver.registry.resource_type(&name.node);
    if ty.is_none() {
        resolver.report(errors::unknown_type(resolver.registry, name));
    }
    ty
}

/// `_type=Patient,Practitioner`; repeated, both must hold (item 111).
fn type_list(resolver: &mut Resolver<'_>, param: &Param) -> Option<Vec<ResourceType>> {
    let items = resolver.items(&param.value)?;
    if items.is_empty() {
        resolver.report(errors::empty_value(&param.key.end));
    }
    let types: Vec<_> = items.iter().map(|item| named(resolver, &Spanned::new(item.text(), item.span))).collect();
    types.into_iter().collect()
}

/// `Patient/23/Observation`: the condition that membership is, per type. Types outside the compartment have no member,
/// and are left out of `*`. FHIR R4 3.1.1.2.
pub(super) fn compartment(
    resolver: &mut Resolver<'_>,
    tree: &Tree,
    types: &mut Vec<ResourceType>,
) -> Vec<(ResourceType, Pred)> {
    let Path::Compartment { ty, id, member } = &tree.path else { return Vec::new() };
    let Some(of) = named(resolver, ty) else { return Vec::new() };
    let Some(owner) = resolver.registry.compartment(&ty.node) else {
        resolver.report(errors::unknown_compartment(resolver.registry, ty));
        return Vec::new();
    };
    let span = ty.span.to(id.span);
    let mut members = Vec::new();
    for &candidate in types.iter() {
        let mut ways = Vec::new();
        if candidate == of && owner.centre_is_member() {
            ways.push(own_id(resolver, of, id));
        }
        for code in owner.params(candidate) {
            let Some(param) = resolver.registry.param(candidate, code) else {
                if resolver.has(candidate, code) {
                    let name = Spanned::new(code.clone(), span);
                    resolver.report(errors::unknown_parameter(resolver.registry, candidate, &name));
                }
                continue;
            };
            let test = Test::Reference(ReferenceTest::Local { ty: of, id: id.node.clone(), version: None });
            ways.push(Some(Pred::new(PredKind::Param { param, facet: Facet::Value, test }, span)));
        }
        let ways: Vec<Pred> = ways.into_iter().flatten().collect();
        if !ways.is_empty() {
            members.push((candidate, Pred::any(ways, span)));
        }
    }
    if members.is_empty() {
        // No such resource is ever in the compartment: the answer is empty, and a strict caller is told so.
        let (message, span) = match member {
            Some(name) => (format!("`{}` is never part of the {} compartment", name.node, ty.node), name.span),
            None => (format!("no type that is searched is ever part of the {} compartment", ty.node), span),
        };
        resolver.report(match resolver.settings.handling {
            Handling::Strict => Diagnostic::error("not-in-compartment", span, message),
            Handling::Lenient => Diagnostic::warning("not-in-compartment", span, message),
        });
    }
    match member {
        Some(_) if members.is_empty() => types.iter().map(|&ty| (ty, Pred::constant(false, span))).collect(),
        _ => {
            types.retain(|ty| members.iter().any(|(member, _)| member == ty));
            members
        }
    }
}

fn own_id(resolver: &Resolver<'_>, ty: ResourceType, id: &Spanned<String>) -> Option<Pred> {
    let param = resolver.registry.param(ty, "_id")?;
    let kind = PredKind::Param { param, facet: Facet::Own, test: Test::Id(id.node.clone()) };
    Some(Pred::new(kind, id.span))
}
