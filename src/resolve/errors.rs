//! What can be wrong with the meaning of a search, and how it is said.

use crate::definitions::{Modifier, ParamType, Progress, Registry, ResourceType};
use crate::resolve::control;
use crate::resolve::terminology::TerminologyError;
use fhirc_grammar::{Diagnostic, FilterOp, Name, Span, Spanned};

/// `Patient?brithdate=…`
pub(super) fn unknown_parameter(registry: &Registry, ty: ResourceType, name: &Spanned<String>) -> Diagnostic {
    if control::is_control(&name.node) {
        return misplaced_parameter(name);
    }
    if let Some(progress) = registry.being_built(ty, &name.node) {
        return being_built(registry, ty, name, &progress);
    }
    let type_name = registry.type_name(ty);
    let message = format!("`{type_name}` has no search parameter `{}`", name.node);
    // What a store has added or retired is listed with the store alone.
    let store = if registry.standings().is_empty() { "" } else { "--store URL " };
    let help = format!("`fhirc parameters {store}{type_name}` lists all {}", registry.params(ty).count());
    suggest(Diagnostic::error("unknown-parameter", name.span, message), registry.nearest_param(ty, &name.node))
        .help(help)
}

/// A parameter whose rows are not complete: refused in lenient searches too, since it is known, and leaving it out would
/// answer something else.
fn being_built(registry: &Registry, ty: ResourceType, name: &Spanned<String>, progress: &Progress) -> Diagnostic {
    let (type_name, (done, total)) = (registry.type_name(ty), progress.get());
    let message = format!("the index of `{}` of `{type_name}` is being built", name.node);
    let help = format!("{done} of {total} resources are done; `fhirc reindex` goes on with it");
    Diagnostic::error("being-built", name.span, message).help(help)
}

/// As [`unknown_parameter`], where the parameter is left out.
pub(super) fn ignored_parameter(registry: &Registry, ty: ResourceType, name: &Spanned<String>) -> Diagnostic {
    if let Some(progress) = registry.being_built(ty, &name.node) {
        return being_built(registry, ty, name, &progress);
    }
    let message = format!("`{}` has no search parameter `{}`: it is left out", registry.type_name(ty), name.node);
    let help = "no resource is told from another by it; with strict handling this is an error";
    suggest(Diagnostic::warning("ignored-parameter", name.span, message), registry.nearest_param(ty, &name.node))
        .help(help)
}

/// `subject:Patient._count=…`
pub(super) fn misplaced_parameter(name: &Spanned<String>) -> Diagnostic {
    let message = format!("`{}` says what comes back: it is no condition", name.node);
    let help = format!("it stands alone, as in `Patient?{}=…`", name.node);
    Diagnostic::error("misplaced-parameter", name.span, message).help(help)
}

/// `Patint?…`
pub(super) fn unknown_type(registry: &Registry, name: &Spanned<String>) -> Diagnostic {
    let message = format!("there is no resource type `{}`", name.node);
    suggest(Diagnostic::error("unknown-type", name.span, message), registry.nearest_type(&name.node))
}

/// `Observation/23/Patient?…`
pub(super) fn unknown_compartment(registry: &Registry, ty: &Spanned<String>) -> Diagnostic {
    let message = format!("`{}` has no compartment", ty.node);
    let known: Vec<&str> = registry.compartments().map(|known| registry.type_name(known.centre)).collect();
    Diagnostic::error("unknown-compartment", ty.span, message).help(format!("these have one: {}", list(&known)))
}

/// `_query=…` where no such query is registered (item 113).
pub(super) fn unknown_query(name: &str, span: Span, known: &[&str]) -> Diagnostic {
    let message = format!("there is no named query `{name}`");
    let help =
        if known.is_empty() { "none is registered".to_owned() } else { format!("registered are {}", list(known)) };
    let nearest = fhirc_grammar::nearest(name, known.iter().copied());
    suggest(Diagnostic::error("unknown-query", span, message), nearest).help(help)
}

/// `_list=$current-problems` where nobody has said what is on that list; `known` are those of which it was said.
pub(super) fn unknown_current_list(name: &str, span: Span, known: &[String]) -> Diagnostic {
    let message = format!("what is on `${name}` a server decides, and nothing is registered for it");
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    let how = format!("register it: `--current-list '{name}=List?status=current&code=…'`; or name a List by its id");
    let help = if known.is_empty() { how } else { format!("registered are {}; {how}", list(&known)) };
    let nearest = fhirc_grammar::nearest(&format!("${name}"), known.iter().copied());
    suggest(Diagnostic::error("not-supported", span, message), nearest).help(help)
}

/// `Patient?_query=…` where the query is one of Observations.
pub(super) fn query_of_other_type(name: &str, span: Span, ty: &str, types: &[&str]) -> Diagnostic {
    let message = format!("the named query `{name}` is none of `{ty}`");
    Diagnostic::error("unknown-query", span, message).help(format!("it is registered for {}", list(types)))
}

/// `_query=high` without the limit that it asks for.
pub(super) fn query_without(name: &str, span: Span, parameter: &str) -> Diagnostic {
    let message = format!("the named query `{name}` needs a value for `{parameter}`");
    Diagnostic::error("incomplete-query", span, message).help(format!("add `&{parameter}=…`"))
}

/// `measure:identifier=…` where `measure` is a canonical.
pub(super) fn identifies_nothing(name: &Spanned<String>, modifier: &Spanned<String>) -> Diagnostic {
    let message = format!("modifier `identifier` does not apply to `{}`, which is a canonical", name.node);
    Diagnostic::error("unsupported-modifier", modifier.span, message)
        .help("a canonical is a url, with or without version")
}

/// `subject:identifier.name=…`: behind a link stands a type.
pub(super) fn modified_link(name: &Spanned<String>, modifier: &Spanned<String>) -> Diagnostic {
    let message = format!("modifier `{}` does not go on to another resource", modifier.node);
    let help = format!("a type may stand there, as in `{}:Patient.…`", name.node);
    Diagnostic::error("unsupported-modifier", modifier.span, message).help(help)
}

fn suggest(diagnostic: Diagnostic, nearest: Option<&str>) -> Diagnostic {
    let span = diagnostic.span;
    match nearest {
        Some(nearest) => diagnostic.label(span, format!("did you mean `{nearest}`?")),
        None => diagnostic,
    }
}

/// `birthdate:contains=…`, `name:exakt=…`; `usable` are the modifiers that the parameter takes.
pub(super) fn unsupported_modifier(
    registry: &Registry,
    parameter: &str,
    modifier: &Spanned<String>,
    usable: &[Modifier],
) -> Diagnostic {
    let message = match Modifier::from_name(&modifier.node) {
        Some(_) => format!("modifier `{}` does not apply to `{parameter}`", modifier.node),
        None => format!("there is no modifier `{}`", modifier.node),
    };
    let help = match usable {
        [] => "no modifier applies here".to_owned(),
        [only] => format!("only `{}` applies", only.name()),
        _ => format!("these apply: {}", list(&usable.iter().map(|modifier| modifier.name()).collect::<Vec<_>>())),
    };
    let nearest = Modifier::nearest(&modifier.node, usable);
    let nearest =
        nearest.or_else(|| registry.nearest_type(&modifier.node).filter(|_| usable.contains(&Modifier::Type)));
    suggest(Diagnostic::error("unsupported-modifier", modifier.span, message), nearest).help(help)
}

/// `Observation?patient:below=…`: nothing that the parameter refers to stands in a hierarchy.
pub(super) fn leads_into_no_hierarchy(
    registry: &Registry,
    parameter: &Spanned<String>,
    modifier: &Spanned<String>,
) -> Diagnostic {
    let message = format!(
        "modifier `{}` does not apply to `{}`: it refers to no type that has a hierarchy",
        modifier.node, parameter.node
    );
    let types = registry.types().filter(|ty| registry.hierarchy(*ty).is_some());
    let types: Vec<_> = types.map(|ty| registry.type_name(ty)).collect();
    Diagnostic::error("unsupported-modifier", modifier.span, message).help(format!("these have one: {}", list(&types)))
}

/// `MedicationAdministration?context:below=EpisodeOfCare/1`; `types` are those whose hierarchies are followed.
pub(super) fn no_hierarchy(ty: &str, types: &[&str], span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error("no-hierarchy", span, format!("`{ty}` has no hierarchy"));
    if types.is_empty() { diagnostic } else { diagnostic.help(format!("here these have a hierarchy: {}", list(types))) }
}

/// `Procedure?location:below=http://elsewhere.org/Location/1`
pub(super) fn hierarchy_elsewhere(url: &str, span: Span) -> Diagnostic {
    let message = format!("`{url}` is not of this server: what stands above or below it is not known here");
    Diagnostic::error("no-hierarchy", span, message).help("`id`, `Type/id` or a url of this server")
}

/// `gender gt male`; `usable` are the operators that the type of the parameter has.
pub(super) fn unsupported_operator(ty: ParamType, op: &Spanned<FilterOp>, usable: &[FilterOp]) -> Diagnostic {
    let message = format!("operator `{}` does not apply to parameters of type {}", op.node.word(), ty.code());
    let help = match (ty, op.node) {
        (ParamType::Reference, FilterOp::Eq) => "`re` compares references".to_owned(),
        (ParamType::Reference, FilterOp::Ne) => "`not (… re …)` compares references".to_owned(),
        _ => format!("these apply: {}", list(&usable.iter().map(|op| op.word()).collect::<Vec<_>>())),
    };
    Diagnostic::error("unsupported-operator", op.span, message).help(help)
}

/// Something that FHIR has and this version of the compiler does not.
pub(super) fn not_supported(what: &str, span: Span) -> Diagnostic {
    Diagnostic::error("not-supported", span, format!("{what} is not supported yet"))
}

/// `name[…].part` asks something of one element that is no condition on its parts; `path` is the element.
pub(super) fn not_grouped(what: &str, span: Span, path: &str) -> Diagnostic {
    let message = format!("{what} is not answered for one element");
    let help = format!("these brackets are about the parts of one `{path}`, and no more of it");
    Diagnostic::error("not-supported", span, message).help(help)
}

/// `name[…]` where no parameters of `name` are known to stand together.
pub(super) fn ungrouped(name: &Spanned<String>) -> Diagnostic {
    let message = format!("which values stand together in one `{}` is not known", name.node);
    let help = "brackets stand behind references, elements that occur once, and elements over which a composite is \
                defined, as in `component[code eq a].value gt 5`";
    Diagnostic::error("not-supported", name.span, message).help(help)
}

/// A part of an element that brackets know nothing of; `parts` are those that they do.
pub(super) fn unknown_part(name: &Spanned<String>, path: &str, parts: &[&str]) -> Diagnostic {
    let message = format!("no search parameter reads `{}` of one `{path}`", name.node);
    Diagnostic::error("not-supported", name.span, message)
        .help(format!("these parts can be asked for: {}", list(parts)))
}

/// A value that cannot be read as what it must be.
pub(super) fn bad_value(code: &'static str, span: Span, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(code, span, message)
}

/// A value set or hierarchy that is not known completely: never a shorter answer (item 69).
pub(super) fn terminology(error: &TerminologyError, span: Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(error.code(), span, error.to_string());
    match error.help() {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// A code that nothing is known to stand above or below.
pub(super) fn alone(error: &TerminologyError, span: Span) -> Diagnostic {
    let message = format!("{error}: nothing is known above or below it");
    Diagnostic::warning(error.code(), span, message)
}

/// `:text-advanced`, `_text`, `_content`
pub(super) fn too_many_words(span: Span, limit: usize) -> Diagnostic {
    bad_value("too-many-words", span, format!("a text is asked for more than {limit} words"))
}

/// An empty value: the parameter is left out (item 101).
pub(super) fn empty_value(name: &Name) -> Diagnostic {
    let message = format!("`{}` has no value: it is left out", name.name.node);
    Diagnostic::warning("empty-value", name.name.span, message)
}

/// `a,,b`
pub(super) fn empty_item(span: Span) -> Diagnostic {
    Diagnostic::warning("empty-item", span, "an empty item in a list is left out")
}

/// A reference to a resource of a type that does not exist: an empty result, no error (item 105).
pub(super) fn reference_to_no_type(registry: &Registry, span: Span, text: &str, name: &str) -> Diagnostic {
    let meant = registry.nearest_type(name).map(|nearest| text.replacen(name, nearest, 1));
    suggest(never_matches(span, &format!("`{name}` is no resource type")), meant.as_deref())
}

/// A value that no stored value can match.
pub(super) fn never_matches(span: Span, why: &str) -> Diagnostic {
    Diagnostic::warning("never-matches", span, format!("this matches nothing: {why}"))
}

/// `subject.foo=…` where no target type has `foo`.
pub(super) fn dead_chain(link: &Spanned<String>, next: &Spanned<String>, targets: &[&str]) -> Diagnostic {
    let message = format!("no resource type that `{}` refers to has a search parameter `{}`", link.node, next.node);
    Diagnostic::error("unknown-parameter", next.span, message).help(format!(
        "`{}` refers to {}",
        link.node,
        list(targets)
    ))
}

/// A chain over something that is no reference.
pub(super) fn not_a_reference(
    registry: &Registry,
    ty: ResourceType,
    name: &Spanned<String>,
    is: ParamType,
) -> Diagnostic {
    let message =
        format!("`{}` of `{}` is of type {}: only references chain", name.node, registry.type_name(ty), is.code());
    Diagnostic::error("not-a-reference", name.span, message)
}

/// `subject:Medication`
pub(super) fn not_a_target(name: &Spanned<String>, ty: &Spanned<String>, targets: &[&str]) -> Diagnostic {
    let message = format!("`{}` cannot refer to `{}`", name.node, ty.node);
    Diagnostic::error("not-a-target", ty.span, message).help(format!("it refers to {}", list(targets)))
}

/// A filter that nests too deeply, read from left to right.
pub(super) fn too_many_turns(span: Span, limit: usize) -> Diagnostic {
    let message = format!("this filter turns between `and` and `or` more than {limit} times without brackets");
    Diagnostic::error("filter-too-deep", span, message).help("put what belongs together in brackets")
}

/// A chain that multiplies over more types than can be looked at.
pub(super) fn chain_too_wide(span: Span, limit: usize) -> Diagnostic {
    let message = format!("this chain leads to more than {limit} combinations of resource types");
    Diagnostic::error("chain-too-wide", span, message).help("name the types, as in `subject:Patient.name`")
}

/// One sort key more than a search may have.
pub(super) fn too_many_sort_keys(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error("too-many-sort-keys", span, format!("a search has at most {limit} sort keys"))
}

/// One `_include` or `_revinclude` more than a search may have.
pub(super) fn too_many_includes(span: Span, limit: usize) -> Diagnostic {
    Diagnostic::error("too-many-includes", span, format!("a search has at most {limit} includes"))
}

fn list(names: &[&str]) -> String {
    const SHOWN: usize = 15;
    let mut text = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}
