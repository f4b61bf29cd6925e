//! `_include` and `_revinclude`. FHIR R4 3.1.1.5.4.

use crate::definitions::{ParamId, ParamType, ResourceType};
use crate::ir::{Include, Link, Way};
use crate::resolve::resolver::{Resolver, Wanted};
use crate::resolve::{errors, types};
use fhirc_grammar::{Diagnostic, Include as Tree, Param, Spanned, parse_include};

/// Reads one `_include=Source:param[:Target]`.
pub(super) fn include(resolver: &mut Resolver<'_>, param: &Param, wanted: &mut Wanted, way: Way) {
    let Some(iterate) = iterate(resolver, param) else { return };
    let tree = match parse_include(&param.value) {
        Ok(tree) => tree.node,
        Err(diagnostics) => return resolver.diagnostics.extend(diagnostics),
    };
    let include = match tree {
        Tree::All if iterate => {
            resolver.report(
                errors::not_supported("`:iterate` over every reference", param.span)
                    .help("name the references to follow"),
            );
            None
        }
        Tree::All if way == Way::Forward && wanted.returns_containers() => {
            let what = "`_include=*` where containers of any type come back";
            resolver.report(errors::not_supported(what, param.span).help("name the references to follow"));
            None
        }
        Tree::All => all(resolver, param, wanted, way),
        Tree::Of { source, parameter, target } => {
            of(resolver, &source, parameter.as_ref(), target.as_ref(), wanted, way, iterate)
        }
    };
    if let Some((links, target)) = include {
        wanted.includes.push(Include { links, way, target, iterate, span: param.span });
    }
}

/// `:iterate`, which R3 called `:recurse`.
fn iterate(resolver: &mut Resolver<'_>, param: &Param) -> Option<bool> {
    match &param.key.end.modifier {
        None => Some(false),
        Some(modifier) if matches!(modifier.node.as_str(), "iterate" | "recurse") => Some(true),
        Some(modifier) => {
            let message = format!("`{}` has no modifier `{}`", param.key.code(), modifier.node);
            resolver
                .report(Diagnostic::error("unsupported-modifier", modifier.span, message).help("`iterate` applies"));
            None
        }
    }
}

type Links = (Vec<Link>, Option<ResourceType>);

/// `*`: every reference of the matches, or every reference to them.
fn all(resolver: &mut Resolver<'_>, param: &Param, wanted: &Wanted, way: Way) -> Option<Links> {
    let sources: Vec<ResourceType> = match way {
        Way::Forward => wanted.types.clone(),
        Way::Reverse => {
            resolver.report(
                errors::not_supported("`_revinclude=*`", param.span).help("name the types that refer to the matches"),
            );
            return None;
        }
    };
    let links = sources.into_iter().flat_map(|ty| references(resolver, ty)).collect();
    Some((links, None))
}

fn references(resolver: &Resolver<'_>, ty: ResourceType) -> Vec<Link> {
    let registry = resolver.registry;
    let is_reference = |param: &ParamId| registry.definition(*param).ty == ParamType::Reference;
    registry.params(ty).filter(is_reference).map(|param| Link { param }).collect()
}

fn of(
    resolver: &mut Resolver<'_>,
    source: &Spanned<String>,
    parameter: Option<&Spanned<String>>,
    target: Option<&Spanned<String>>,
    wanted: &Wanted,
    way: Way,
    iterate: bool,
) -> Option<Links> {
    let ty = types::named(resolver, source)?;
    let target_type = match target {
        Some(name) => Some(types::named(resolver, name)?),
        None => None,
    };
    if way == Way::Forward && !iterate && !wanted.types.contains(&ty) && !wanted.returns_containers() {
        let message = format!("`{}` is not among the types searched: nothing is included", source.node);
        resolver.report(Diagnostic::warning("idle-include", source.span, message));
    }
    let Some(name) = parameter else { return Some((references(resolver, ty), target_type)) };
    let param = resolver.reference_param(ty, name)?;
    if let (Some(target), Some(wanted)) = (target, target_type)
        && !resolver.registry.targets(param).contains(wanted)
    {
        let targets = resolver.type_names(resolver.registry.targets(param));
        resolver.report(errors::not_a_target(name, target, &targets));
        return None;
    }
    Some((vec![Link { param }], target_type))
}
