//! Searches that a caller registers under a name: conditions on resources of one type.

use crate::definitions::{Registry, ResourceType};
use crate::ir::Pred;
use crate::resolve::control;
use crate::resolve::errors;
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, Item, Param, Path, Span, Spanned, Value, parse_search};

/// What stands under a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kind {
    /// `a named query`
    pub(super) one: &'static str,
    /// The code of what is wrong with one.
    pub(super) code: &'static str,
}

/// What a name stands for, and the type that it is about, with its place.
pub(super) type Conditions = (ResourceType, Spanned<String>, Vec<Param>);

impl Kind {
    /// Reads a registered search. What else `problem` finds wrong with a condition is wrong.
    pub(super) fn read(
        self,
        registry: &Registry,
        (name, search): (&str, &str),
        problem: impl Fn(ResourceType, &Param) -> Option<Diagnostic>,
    ) -> Result<Conditions, Vec<Diagnostic>> {
        let Kind { one, .. } = self;
        let (tree, diagnostics) = parse_search(search, &[]);
        if diagnostics.iter().any(Diagnostic::is_error) {
            return Err(diagnostics);
        }
        let whole = Span::from_offsets(0..search.len());
        let wrong = |span, message: String| Err(vec![self.wrong(span, message)]);
        let Some(tree) = tree else { return wrong(whole, format!("{one} is a search")) };
        if name.is_empty() || !name.chars().all(is_of_name) {
            return wrong(whole, format!("`{name}` is no name: it has letters, digits, `-` and `_`"));
        }
        let Path::Type(ty) = tree.path else {
            return wrong(whole, format!("{one} is about one resource type, as in `Patient?…`"));
        };
        let Some(of) = registry.resource_type(&ty.node) else { return Err(vec![errors::unknown_type(registry, &ty)]) };
        if tree.params.is_empty() {
            return wrong(whole, format!("{one} has conditions"));
        }
        let any = |param: &Param| self.problem(param).or_else(|| problem(of, param));
        let problems: Vec<Diagnostic> = tree.params.iter().filter_map(any).collect();
        if problems.is_empty() { Ok((of, ty, tree.params)) } else { Err(problems) }
    }

    /// What keeps a parameter from being a condition.
    fn problem(self, param: &Param) -> Option<Diagnostic> {
        let name = &param.key.end.name;
        if control::is_control(&name.node) {
            let message = format!("`{}` says what comes back: {} has conditions alone", name.node, self.one);
            return Some(self.wrong(name.span, message));
        }
        let message = format!("`{}` has no value: it would be no condition", name.node);
        says_nothing(&param.value).then(|| self.wrong(name.span, message))
    }

    pub(super) fn wrong(self, span: Span, message: String) -> Diagnostic {
        Diagnostic::error(self.code, span, message)
    }
}

pub(super) fn is_of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_')
}

/// Whether a value is none, or a list of none: the condition would be left out.
pub(super) fn says_nothing(value: &Value) -> bool {
    value.items().is_ok_and(|items| items.iter().all(Item::is_empty))
}

/// Where a search names what is registered.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Within {
    /// ``the named query `high` ``
    pub(super) what: String,
    /// Where the search names it.
    pub(super) span: Span,
}

impl Within {
    /// A condition as it was registered. Whatever is said of it is said of the name.
    pub(super) fn condition(&self, resolver: &mut Resolver<'_>, ty: ResourceType, condition: &Param) -> Option<Pred> {
        let before = resolver.diagnostics.len();
        let outside = resolver.places.within.replace(self.clone());
        let pred = resolver.parameter(ty, condition);
        resolver.places.within = outside;
        for told in resolver.diagnostics.split_off(before.min(resolver.diagnostics.len())) {
            resolver.report(self.of(told));
        }
        pred.map(|pred| pred.at(self.span))
    }

    /// What is said of the registered text, said of its name.
    pub(super) fn of(&self, told: Diagnostic) -> Diagnostic {
        let message = format!("in {}: {}", self.what, told.message);
        Diagnostic { message, span: self.span, labels: Vec::new(), ..told }
    }
}
