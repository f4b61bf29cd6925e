//! An ordinary parameter: modifier, values, and what they ask. FHIR R4 3.1.1.4.

use crate::definitions::{
    Component, Datatypes, Modifier, ParamId, ParamType, Registry, ResourceType, TypeSet, modifiers,
};
use crate::ir::{Direction, Pred, PredKind, Test};
use crate::keys::{Facet, facets};
use crate::resolve::chain::{End, Step};
use crate::resolve::control;
use crate::resolve::errors;
use crate::resolve::filter;
use crate::resolve::hierarchy;
use crate::resolve::list;
use crate::resolve::resolver::{Handling, Resolver};
use crate::resolve::value;
use crate::resolve::words;
use fhirc_grammar::{Diagnostic, Item, Link, Name, Param, Span, Spanned, Value};

/// Parameters that FHIR defines for every type and this version of the compiler does not know yet.
pub(super) const NOT_YET: [&str; 2] = ["_in", "_score"];

/// Whether a modifier is such as later versions of FHIR give to references.
fn is_not_yet(ty: ParamType, modifier: Modifier) -> bool {
    ty == ParamType::Reference && matches!(modifier, Modifier::CodeText | Modifier::TextAdvanced)
}

/// The last name of a key and its value.
struct Leaf<'t> {
    name: &'t Name,
    value: &'t Value,
    span: Span,
}

impl End for Leaf<'_> {
    fn name(&self) -> &Spanned<String> {
        &self.name.name
    }

    fn resolve(&self, resolver: &mut Resolver<'_>, ty: ResourceType) -> Option<Pred> {
        resolver.leaf(ty, self)
    }
}

impl Resolver<'_> {
    /// A parameter as a condition on resources of type `ty`.
    pub(super) fn parameter(&mut self, ty: ResourceType, param: &Param) -> Option<Pred> {
        let steps: Vec<Step<'_>> = param.key.links.iter().map(step).collect();
        let leaf = Leaf { name: &param.key.end, value: &param.value, span: param.span };
        self.follow(ty, &steps, &leaf, param.span)
    }

    /// Whether some type searched lacks the parameter; says so.
    pub(super) fn is_unknown(&mut self, ty: ResourceType, name: &Name, types: &[ResourceType]) -> bool {
        let Some(&lacking) = types.iter().find(|&&ty| !self.knows(ty, &name.name.node)) else { return false };
        if lacking == ty {
            let say = match self.settings.handling {
                Handling::Lenient => errors::ignored_parameter,
                Handling::Strict => errors::unknown_parameter,
            };
            self.report(say(self.registry, ty, &name.name));
        }
        true
    }

    /// Whether resources of type `ty` have a parameter `code`. One that is being built counts: what names it is refused,
    /// not passed over.
    pub(super) fn knows(&self, ty: ResourceType, code: &str) -> bool {
        is_known(self.registry, ty, code) || NOT_YET.contains(&code)
    }

    /// Whether a definition says what `code` means, or will say it as soon as its rows are complete.
    pub(super) fn has(&self, ty: ResourceType, code: &str) -> bool {
        is_defined(self.registry, ty, code)
    }

    fn leaf(&mut self, ty: ResourceType, leaf: &Leaf<'_>) -> Option<Pred> {
        let name = &leaf.name.name;
        if name.node == "_filter" {
            return self.filter_leaf(ty, leaf);
        }
        if name.node == "_list" {
            return list::members(self, leaf.name, leaf.value, leaf.span);
        }
        if let Some(message) = self.refusal(name) {
            self.report(message);
            return None;
        }
        let Some(param) = self.registry.param(ty, &name.node) else {
            self.report(errors::unknown_parameter(self.registry, ty, name));
            return None;
        };
        match facets(self.registry.definition(param)) {
            [Facet::Words] => return words::occur(self, param, leaf.name, leaf.value, leaf.span),
            [] => {
                self.report(errors::not_supported(&format!("`{}`", name.node), name.span));
                return None;
            }
            _ => {}
        }
        let (modifier, only) = self.modifier(param, leaf.name)?;
        let items = self.items(leaf.value)?;
        if items.is_empty() {
            self.report(errors::empty_value(leaf.name));
            return None;
        }
        let asked = Asked { modifier, only, ..Asked::of(self.registry, param, leaf.span) };
        match modifier {
            Some(Modifier::Missing) => self.missing(param, &asked, &items),
            Some(Modifier::Above) if asked.ty == ParamType::Reference => {
                hierarchy::related(self, param, Direction::Above, &asked, &items)
            }
            Some(Modifier::Below) if asked.ty == ParamType::Reference => {
                hierarchy::related(self, param, Direction::Below, &asked, &items)
            }
            _ => self.values(param, &asked, &items),
        }
    }

    fn refusal(&self, name: &Spanned<String>) -> Option<Diagnostic> {
        if NOT_YET.contains(&name.node.as_str()) {
            return Some(errors::not_supported(&format!("`{}`", name.node), name.span));
        }
        control::is_control(&name.node).then(|| errors::misplaced_parameter(name))
    }

    fn filter_leaf(&mut self, ty: ResourceType, leaf: &Leaf<'_>) -> Option<Pred> {
        if let Some(modifier) = &leaf.name.modifier {
            self.report(Diagnostic::error("unsupported-modifier", modifier.span, "`_filter` takes no modifier"));
            return None;
        }
        if leaf.value.raw.text().is_empty() {
            self.report(errors::empty_value(leaf.name));
            return None;
        }
        let (tree, diagnostics) = fhirc_grammar::parse_filter(&leaf.value.raw);
        self.diagnostics.extend(diagnostics);
        filter::filter(self, ty, &tree?)
    }

    /// The items of a value list, without empty ones. An error in one is reported.
    pub(super) fn items(&mut self, value: &Value) -> Option<Vec<Item>> {
        if value.raw.text().is_empty() {
            return Some(Vec::new());
        }
        let mut items = match value.items() {
            Ok(items) => items,
            Err(diagnostics) => {
                self.diagnostics.extend(diagnostics);
                return None;
            }
        };
        for empty in items.iter().filter(|item| item.is_empty()) {
            self.report(errors::empty_item(empty.span));
        }
        items.retain(|item| !item.is_empty());
        Some(items)
    }

    /// The modifier, and the type that it names, if the parameter allows it. FHIR R4 3.1.1.4.4.
    fn modifier(&mut self, param: ParamId, name: &Name) -> Option<(Option<Modifier>, Option<ResourceType>)> {
        let Some(written) = &name.modifier else { return Some((None, None)) };
        let ty = self.registry.definition(param).ty;
        let allowed = modifiers(self.settings.env.fhir, ty);
        if allowed.contains(&Modifier::Type)
            && let Some(target) = self.registry.resource_type(&written.node)
        {
            let targets = self.registry.targets(param);
            if !targets.contains(target) {
                self.report(errors::not_a_target(&name.name, written, &self.type_names(targets)));
                return None;
            }
            return Some((Some(Modifier::Type), Some(target)));
        }
        let modifier = Modifier::from_name(&written.node).filter(|modifier| allowed.contains(modifier));
        let Some(modifier) = modifier.filter(|modifier| own_columns_allow(&name.name.node, *modifier)) else {
            let code = &name.name.node;
            let leads = |modifier| ty != ParamType::Reference || hierarchy::applies(self.registry, param, modifier);
            let usable = |modifier: &Modifier| {
                own_columns_allow(code, *modifier) && !is_not_yet(ty, *modifier) && leads(*modifier)
            };
            let usable: Vec<Modifier> = allowed.iter().copied().filter(usable).collect();
            self.report(errors::unsupported_modifier(self.registry, code, written, &usable));
            return None;
        };
        if ty == ParamType::Reference && !hierarchy::applies(self.registry, param, modifier) {
            self.report(errors::leads_into_no_hierarchy(self.registry, &name.name, written));
            return None;
        }
        // A canonical is a url alone: it has no place for an identifier (item 80).
        if modifier == Modifier::Identifier && self.registry.datatypes(param).only_urls() {
            self.report(errors::identifies_nothing(&name.name, written));
            return None;
        }
        if is_not_yet(ty, modifier) {
            let what = format!("modifier `{}` on parameters of type {}", written.node, ty.code());
            self.report(errors::not_supported(&what, written.span));
            return None;
        }
        Some((Some(modifier), None))
    }

    /// `:missing`: exactly one of `true` and `false` (item 106).
    fn missing(&mut self, param: ParamId, asked: &Asked<'_>, items: &[Item]) -> Option<Pred> {
        let missing = match items {
            [item] if item.text() == "true" => true,
            [item] if item.text() == "false" => false,
            _ => {
                let span = items.iter().map(|item| item.span).reduce(Span::to).unwrap_or(asked.span);
                self.report(errors::bad_value("bad-missing", span, "`:missing` takes `true` or `false`"));
                return None;
            }
        };
        Some(presence(param, asked, !missing))
    }

    /// One of the items must match; with `:not` and `:not-in`, none of them may (items 66, 68).
    fn values(&mut self, param: ParamId, asked: &Asked<'_>, items: &[Item]) -> Option<Pred> {
        let mut views: Vec<(Facet, Vec<Test>)> = Vec::new();
        let mut failed = false;
        for item in items {
            let Some((facet, test)) = value::test(self, asked, item) else {
                failed = true;
                continue;
            };
            match views.iter_mut().find(|(known, _)| *known == facet) {
                Some((_, tests)) => tests.push(test),
                None => views.push((facet, vec![test])),
            }
        }
        if failed {
            return None;
        }
        let pred = |(facet, tests)| Pred::new(PredKind::Param { param, facet, test: one_of(tests) }, asked.span);
        let any = Pred::any(views.into_iter().map(pred).collect(), asked.span);
        Some(if matches!(asked.modifier, Some(Modifier::Not | Modifier::NotIn)) { any.not() } else { any })
    }
}

/// One of these tests; one alone stays itself.
pub(super) fn one_of(mut tests: Vec<Test>) -> Test {
    match (tests.len(), tests.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            tests.extend(last);
            Test::Any(tests)
        }
    }
}

fn step(link: &Link) -> Step<'_> {
    match link {
        Link::Forward(name) => Step::Forward(name),
        Link::Has(has) => Step::Has(has),
    }
}

/// A parameter, or a component of a composite, as it is asked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'r> {
    /// The type whose parameter it is; of a component it does not matter.
    pub(super) of: Option<ResourceType>,
    pub(super) ty: ParamType,
    pub(super) code: &'r str,
    pub(super) datatypes: &'r Datatypes,
    pub(super) targets: TypeSet,
    pub(super) components: &'r [Component],
    pub(super) modifier: Option<Modifier>,
    /// The type that a modifier names: `subject:Patient`.
    pub(super) only: Option<ResourceType>,
    pub(super) span: Span,
}

impl<'r> Asked<'r> {
    /// The parameter itself, without modifier.
    pub(super) fn of(registry: &'r Registry, param: ParamId, span: Span) -> Asked<'r> {
        let definition = registry.definition(param);
        Asked {
            of: Some(param.ty()),
            ty: definition.ty,
            code: &definition.code,
            datatypes: registry.datatypes(param),
            targets: registry.targets(param),
            components: registry.components(param),
            modifier: None,
            only: None,
            span,
        }
    }

    /// A component of it.
    pub(super) fn component(component: &'r Component, span: Span) -> Asked<'r> {
        Asked {
            of: None,
            ty: component.ty(),
            code: &component.definition.code,
            datatypes: &component.datatypes,
            targets: component.targets,
            components: &[],
            modifier: None,
            only: None,
            span,
        }
    }
}

/// Whether resources of type `ty` have a parameter `code` that is answered.
pub(super) fn is_known(registry: &Registry, ty: ResourceType, code: &str) -> bool {
    is_defined(registry, ty, code) || matches!(code, "_filter" | "_list")
}

fn is_defined(registry: &Registry, ty: ResourceType, code: &str) -> bool {
    registry.param(ty, code).is_some() || registry.being_built(ty, code).is_some()
}

/// Whether the parameter has a value at all. Every resource has an id (decision 108), and but for contained ones a time
/// of change.
pub(super) fn presence(param: ParamId, asked: &Asked<'_>, want: bool) -> Pred {
    if asked.code == "_id" {
        return Pred::constant(want, asked.span);
    }
    let present = Pred::new(PredKind::Present { param }, asked.span);
    if want { present } else { present.not() }
}

/// Whether the parameter is a column of the resource itself, not indexed rows.
pub(super) fn has_own_column(code: &str) -> bool {
    matches!(code, "_id" | "_lastUpdated")
}

/// `_id` is a token, but only presence and negation make sense of it.
fn own_columns_allow(code: &str, modifier: Modifier) -> bool {
    code != "_id" || matches!(modifier, Modifier::Missing | Modifier::Not)
}
