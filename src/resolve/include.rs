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
    let (types, any_type) = (wanted.types.as_slice(), wanted.returns_containers());
    let asked = Asked { way, iterate, target: None, types, any_type };
    let include = match tree {
        Tree::All if way == Way::Forward && any_type => {
            let what = "`_include=*` where containers of any type come back";
            resolver.report(errors::not_supported(what, param.span).help("name the references to follow"));
            None
        }
        Tree::All => Some((all(resolver, asked), None)),
        Tree::Of { source, parameter, target } => of(resolver, &source, parameter.as_ref(), target.as_ref(), asked),
    };
    if let Some((links, target)) = include {
        wanted.includes.push(Include { links, way, target, iterate, span: param.span });
    }
}

/// What an include is asked to do.
#[derive(Clone, Copy)]
struct Asked<'t> {
    way: Way,
    iterate: bool,
    target: Option<ResourceType>,
    /// The types searched.
    types: &'t [ResourceType],
    /// Whether containers come back, which are of any type.
    any_type: bool,
}

impl Asked<'_> {
    /// Whether the link can bring something. With `:iterate` it may start from whatever was included before.
    fn can_bring(self, resolver: &Resolver<'_>, Link { param }: Link) -> bool {
        let targets = resolver.registry.targets(param);
        let refers = |ty: &ResourceType| targets.contains(*ty) && self.target.is_none_or(|target| target == *ty);
        let starts = match self.way {
            Way::Forward => self.types.contains(&param.ty()),
            Way::Reverse => self.types.iter().any(refers),
        };
        (starts || self.iterate || self.any_type) && self.target.is_none_or(|target| targets.contains(target))
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

/// `*`: every reference of the matches, or every reference to them; with `:iterate` also of what was included.
fn all(resolver: &Resolver<'_>, asked: Asked<'_>) -> Vec<Link> {
    resolver.registry.types().flat_map(|ty| references(resolver, ty, asked)).collect()
}

/// The references of a type that can bring something.
fn references(resolver: &Resolver<'_>, ty: ResourceType, asked: Asked<'_>) -> Vec<Link> {
    let registry = resolver.registry;
    let is_reference = |param: &ParamId| registry.definition(*param).ty == ParamType::Reference;
    let links = registry.params(ty).filter(is_reference).map(|param| Link { param });
    links.filter(|link| asked.can_bring(resolver, *link)).collect()
}

fn of(
    resolver: &mut Resolver<'_>,
    source: &Spanned<String>,
    parameter: Option<&Spanned<String>>,
    target: Option<&Spanned<String>>,
    asked: Asked<'_>,
) -> Option<Links> {
    let ty = types::named(resolver, source)?;
    let target_type = match target {
        Some(name) => Some(types::named(resolver, name)?),
        None => None,
    };
    let asked = Asked { target: target_type, ..asked };
    let links = match parameter {
        None => references(resolver, ty, asked),
        Some(name) => {
            let param = resolver.reference_param(ty, name)?;
            let targets = resolver.registry.targets(param);
            if let Some(target) = target.filter(|_| target_type.is_some_and(|wanted| !targets.contains(wanted))) {
                resolver.report(errors::not_a_target(name, target, &resolver.type_names(targets)));
                return None;
            }
            vec![Link { param }]
        }
    };
    if !links.iter().any(|link| asked.can_bring(resolver, *link)) {
        let message = match asked.way {
            Way::Forward => format!("`{}` is not among the types searched: nothing is included", source.node),
            Way::Reverse => "this refers to no type that is searched: nothing is included".to_owned(),
        };
        resolver.report(Diagnostic::warning("idle-include", source.span, message));
    }
    Some((links, target_type))
}
