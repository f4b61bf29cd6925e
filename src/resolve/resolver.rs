//! The whole search: branches, result parameters, conditions.

use crate::definitions::{Registry, ResourceType};
use crate::ir::{Branch, Contained, Elements, Env, Include, Page, Pred, Returned, Search, Shape, SortKey, Total};
use crate::resolve::current::{self, CurrentLists};
use crate::resolve::named::{Named, NamedQueries};
use crate::resolve::places::{self, Places};
use crate::resolve::terminology::Terminology;
use crate::resolve::{contained, control, shape, types};
use fhirc_grammar::{Diagnostic, Param, Search as Tree, Span};
use std::sync::Arc;

/// The most matches on a page; a larger `_count` is cut to it, which item 134 allows.
pub const MAX_PAGE: u32 = 1_000;

/// Errors that are told of one search, and warnings: nobody reads more, and a list of 10,000 values may have as many.
const MAX_REPORTED: usize = 100;

/// Said of an error that other types share.
const OF_MORE_TYPES: &str =
    "the same holds of other types: name what is meant, by `_type=Patient` or as in `subject:Patient`";

/// What is done with a parameter that is not known. FHIR R4 3.1.1.3.1; the `Prefer: handling` header.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Handling {
    /// It is left out, with a warning.
    #[default]
    Lenient,
    /// It is an error.
    Strict,
}

impl Handling {
    /// The name, as the `Prefer` header has it.
    pub fn name(self) -> &'static str {
        match self {
            Handling::Lenient => "lenient",
            Handling::Strict => "strict",
        }
    }
}

/// What the caller decides.
#[derive(Clone, Debug)]
pub struct Settings {
    /// What the meaning depends on beside the text.
    pub env: Env,
    /// What is done with a parameter that is not known.
    pub handling: Handling,
    /// Matches on a page where the query does not say.
    pub default_count: u32,
    /// Value sets and code systems.
    pub terminology: Arc<dyn Terminology>,
    /// What `_query` may name.
    pub queries: Arc<NamedQueries>,
    /// What `_list=$…` may name.
    pub lists: Arc<CurrentLists>,
}

/// The outcome: a search unless there is an error among the diagnostics.
#[derive(Clone, Debug)]
pub struct Resolved {
    /// The search as it was understood.
    pub search: Option<Search>,
    /// Everything that is wrong or worth saying, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Decides what the text means.
pub fn resolve(tree: &Tree, registry: &Registry, settings: &Settings) -> Resolved {
    let (places, lists) = (Places::default(), current::Named::default());
    let mut resolver = Resolver { registry, settings, diagnostics: Vec::new(), nodes: 0, places, lists };
    let search = resolver.search(tree);
    let mut diagnostics = resolver.diagnostics;
    diagnostics.sort_by_key(|d| (d.span.start, d.span.end));
    diagnostics.dedup();
    let failed = diagnostics.iter().any(Diagnostic::is_error);
    Resolved { search: search.filter(|_| !failed), diagnostics }
}

/// The state of one resolution.
pub(super) struct Resolver<'a> {
    pub(super) registry: &'a Registry,
    pub(super) settings: &'a Settings,
    pub(super) diagnostics: Vec<Diagnostic>,
    /// Conditions made so far, against searches that grow without bound over untyped chains.
    pub(super) nodes: usize,
    /// Where value sets and hierarchies have given codes so far.
    pub(super) places: Places,
    /// What the search has named of functional lists.
    pub(super) lists: current::Named,
}

impl Resolver<'_> {
    fn search(&mut self, tree: &Tree) -> Option<Search> {
        let types = types::searched(self, tree);
        let known = types.is_some();
        let mut wanted = Wanted::new(self.settings, types.unwrap_or_default());
        wanted.contained = contained::decide(self, tree);
        let mut conditions = Vec::new();
        for param in &tree.params {
            match control::of(param) {
                // Without a type there is no telling what could be sorted by or included.
                Some(control) if known || !control.depends_on_type() => {
                    control::apply(self, control, param, &mut wanted)
                }
                Some(_) => {}
                None => conditions.push(param),
            }
        }
        if !known {
            return None;
        }
        contained::check_conditions(self, wanted.contained, &conditions);
        let membership = types::compartment(self, tree, &mut wanted.types);
        let branches = self.for_each_type(wanted.types.iter().copied(), |resolver, ty| {
            let mut filter: Vec<Pred> = membership.iter().filter(|(of, _)| *of == ty).map(|(_, p)| p.clone()).collect();
            let (named, conditions) = match &wanted.query {
                Some(query) => query.conditions(resolver, (ty, &wanted.types), &conditions),
                None => (Vec::new(), conditions.clone()),
            };
            filter.extend(named);
            filter.extend(conditions.iter().filter_map(|param| resolver.condition(ty, param, &wanted.types)));
            Branch { ty, filter: Pred::all(filter, whole(tree)) }
        });
        places::check(self);
        wanted.check();
        let shape = shape::decide(self, &wanted);
        let mut search = wanted.into_search(branches, shape, self.settings);
        search.definition.extend(std::mem::take(&mut self.lists.texts));
        Some(search)
    }

    /// Resolves the same for each of several types. An error that they share, of one kind and at one place, is told once.
    pub(super) fn for_each_type<T>(
        &mut self,
        types: impl IntoIterator<Item = ResourceType>,
        mut resolve: impl FnMut(&mut Self, ResourceType) -> T,
    ) -> Vec<T> {
        let before = self.diagnostics.len();
        let mut resolved = Vec::new();
        for ty in types {
            let own = self.diagnostics.len();
            resolved.push(resolve(self, ty));
            for diagnostic in self.diagnostics.split_off(own) {
                let of_others = self.diagnostics.get_mut(before..own).unwrap_or_default();
                let is_alike = |known: &&mut Diagnostic| {
                    known.is_error() && (known.code, known.span) == (diagnostic.code, diagnostic.span)
                };
                match of_others.iter_mut().find(is_alike) {
                    Some(known) => known.help = Some(OF_MORE_TYPES.to_owned()),
                    None => self.diagnostics.push(diagnostic),
                }
            }
        }
        resolved
    }

    /// A parameter as a condition on resources of type `ty`; nothing if it is left out or wrong.
    fn condition(&mut self, ty: ResourceType, param: &Param, types: &[ResourceType]) -> Option<Pred> {
        if !param.key.is_chained() && self.is_unknown(ty, &param.key.end, types) {
            return None;
        }
        self.parameter(ty, param)
    }

    /// Adds a diagnostic, unless it is there, or enough of its sort are. A search over many types finds the same in each.
    pub(super) fn report(&mut self, diagnostic: Diagnostic) {
        let alike = self.diagnostics.iter().filter(|known| known.severity == diagnostic.severity).count();
        if alike < MAX_REPORTED && !self.diagnostics.contains(&diagnostic) {
            self.diagnostics.push(diagnostic);
        }
    }
}

/// What the result parameters asked for.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) types: Vec<ResourceType>,
    pub(super) order: Vec<SortKey>,
    pub(super) count: u32,
    pub(super) total: Total,
    /// `_summary=count`
    pub(super) only_count: bool,
    pub(super) includes: Vec<Include>,
    /// What `_summary` asks for, and where.
    pub(super) summary: Option<(Shape, Span)>,
    pub(super) elements: Vec<Elements>,
    pub(super) query: Option<Named>,
    pub(super) contained: Option<Contained>,
}

impl Wanted {
    fn new(settings: &Settings, types: Vec<ResourceType>) -> Self {
        Wanted {
            types,
            order: Vec::new(),
            count: settings.default_count.min(MAX_PAGE),
            total: Total::None,
            only_count: false,
            includes: Vec::new(),
            summary: None,
            elements: Vec::new(),
            query: None,
            contained: None,
        }
    }

    /// Whether resources come back that only contain what is searched: of any type.
    pub(super) fn returns_containers(&self) -> bool {
        self.contained.is_some_and(|contained| contained.returned == Returned::Container)
    }

    fn check(&mut self) {
        if self.only_count || self.count == 0 {
            self.count = 0;
            self.total = Total::Accurate;
            self.includes.clear();
        }
    }

    fn into_search(self, branches: Vec<Branch>, shape: Shape, settings: &Settings) -> Search {
        let page = Page { count: self.count };
        let definition = self.query.iter().flat_map(|query| query.definition(&settings.queries, &self.types)).collect();
        let Wanted { order, includes, total, contained, .. } = self;
        Search { branches, order, page, includes, total, contained, shape, definition, env: settings.env.clone() }
    }
}

/// The span of the whole query.
pub(super) fn whole(tree: &Tree) -> Span {
    let ends = tree.params.iter().map(|param| param.span.end).max();
    Span::new(0, ends.unwrap_or(0))
}
