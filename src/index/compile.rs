//! Compiles the parameters of a resource type into its extraction program.

use std::collections::{BTreeMap, BTreeSet};

use fhirc_grammar::{Diagnostic, PathExpr, PathNode, Span, parse_path};

use super::compound::Compound;
use super::convert::converter;
use super::programs::OfType;
use super::route::{Condition, Route};
use super::routing::{Ground, Unroutable};
use super::trie::{Leaf, Node, Reader, Rule};
use super::tuples::{Part, Tuples};
use super::unindexed::Unindexed;
use super::words::Source;
use crate::definitions::{Component, ParamId, ParamType, Registry, ResourceType, SearchParam, TypeKind};
use crate::keys::{LIST_ITEM, base, facets, tuple_shape};

/// Compiles the parameters of a type that rows are kept for, as far as they are wanted.
pub(super) fn compile(
    registry: &Registry,
    ty: ResourceType,
    parsed: &mut Parsed,
    wanted: impl Fn(ParamId) -> bool,
) -> OfType {
    let mut compiler = Compiler { registry, ty, parsed, root: Node::default() };
    let mut of = OfType::default();
    of.compounds =
        registry.kept(ty).filter(|&param| wanted(param)).filter_map(|id| Compound::of(id, registry)).collect();
    let parts: BTreeSet<ParamId> = of.compounds.iter().flat_map(|compound| compound.parts).collect();
    of.only_read = parts.into_iter().filter(|&param| !wanted(param)).collect();
    for param in registry.kept(ty).filter(|param| wanted(*param) || of.only_read.contains(param)) {
        if let Some(source) = Source::of(registry.definition(param)) {
            of.words.push((param, source));
        } else if let Some(why) = Unindexed::why(registry.definition(param)) {
            of.unindexed.push((param, why));
        } else if let Err(refused) = compiler.param(param) {
            of.diagnostics.push(compiler.diagnostic(param, refused));
        }
    }
    OfType { root: compiler.root, ..of }
}

/// Expressions read so far: one definition may be for fourteen types.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    trees: BTreeMap<String, Result<PathNode, Refused>>,
}

impl Parsed {
    fn path(&mut self, expression: &str) -> Result<PathNode, Refused> {
        let known = self.trees.entry(expression.to_owned());
        known.or_insert_with(|| read(expression)).clone()
    }
}

fn read(expression: &str) -> Result<PathNode, Refused> {
    let (tree, mut problems) = parse_path(expression);
    problems.retain(Diagnostic::is_error);
    match (tree, problems.into_iter().next()) {
        (Some(tree), None) => Ok(tree),
        (_, Some(problem)) => Err(Refused { span: problem.span, what: problem.message }),
        (None, None) => Err(Refused::new("an empty expression")),
    }
}

/// Why a parameter cannot be compiled.
#[derive(Clone, Debug)]
struct Refused {
    what: String,
    span: Span,
}

impl Refused {
    fn new(what: impl Into<String>) -> Self {
        Self { what: what.into(), span: Span::new(0, 0) }
    }
}

impl From<Unroutable> for Refused {
    fn from(Unroutable { what, span }: Unroutable) -> Self {
        Self { what, span }
    }
}

struct Compiler<'a> {
    registry: &'a Registry,
    ty: ResourceType,
    parsed: &'a mut Parsed,
    root: Node,
}

impl Compiler<'_> {
    fn param(&mut self, id: ParamId) -> Result<(), Refused> {
        let param = self.registry.definition(id);
        let Some(expression) = &param.expression else {
            return Err(Refused::new("it has no expression"));
        };
        let path = self.parsed.path(expression)?;
        match param.ty {
            ParamType::Composite => self.composite(id, &path),
            ParamType::Special if facets(param).is_empty() => {
                Err(Refused::new("a special parameter has rules of its own"))
            }
            _ => self.plain(id, param, &path),
        }
    }

    fn plain(&mut self, id: ParamId, param: &SearchParam, path: &PathNode) -> Result<(), Refused> {
        let mut wanted = 0;
        for path in alternatives(path) {
            if is_condition(path) {
                let condition = self.ground(&self.resource()).condition(path)?;
                // `Patient.deceased.exists()` says nothing of a Person.
                if !condition.routes().is_empty() {
                    self.truth(id, param, condition)?;
                    wanted += 1;
                }
                continue;
            }
            for route in self.ground(&self.resource()).routes(path)? {
                let Some(reader) = self.reader(param.ty, &route) else { continue };
                let route = self.only_targets(id, route);
                if param.url == LIST_ITEM {
                    self.listed(id, reader)?;
                }
                self.root.add(&route, Leaf { param: id, rule: Rule::Value(reader) });
                wanted += 1;
            }
        }
        if wanted > 0 { Ok(()) } else { Err(Refused::new(format!("no element that a {} reads", param.ty.code()))) }
    }

    /// The entries of a List, which say themselves whether they still hold.
    fn listed(&mut self, id: ParamId, reader: Reader) -> Result<(), Refused> {
        let entries = self.parsed.path("List.entry")?;
        for entry in self.ground(&self.resource()).routes(&entries)? {
            self.root.add(&entry, Leaf { param: id, rule: Rule::Listed(reader) });
        }
        Ok(())
    }

    fn truth(&mut self, id: ParamId, param: &SearchParam, condition: Condition) -> Result<(), Refused> {
        if param.ty != ParamType::Token {
            return Err(Refused::new(format!("a condition, which a {} does not read", param.ty.code())));
        }
        self.root.add(&self.resource(), Leaf { param: id, rule: Rule::Truth(condition) });
        Ok(())
    }

    /// A resource that stands in the place of a reference counts only if the reference could name it.
    fn only_targets(&self, id: ParamId, route: Route) -> Route {
        if route.datatype == "Resource" { route.only(Condition::IsResource(self.registry.targets(id))) } else { route }
    }

    fn composite(&mut self, id: ParamId, path: &PathNode) -> Result<(), Refused> {
        let Some(shape) = tuple_shape(id, self.registry) else {
            return Err(Refused::new("components of types that no row combines"));
        };
        // A canonical joins by its url: no row has that beside another part.
        if self
            .registry
            .components(id)
            .iter()
            .any(|part| part.ty() == ParamType::Reference && part.datatypes.some_urls())
        {
            return Err(Refused::new("a canonical among other components"));
        }
        let focuses = self.ground(&self.resource()).routes(path)?;
        if focuses.is_empty() {
            return Err(Refused::new("no element to read components on"));
        }
        for focus in focuses {
            let components = self.registry.components(id);
            let parts: Result<_, _> = components.iter().map(|component| self.part(component, &focus)).collect();
            let tuples = Tuples { shape, parts: parts?, groups: self.registry.grouping(id).is_some() };
            self.root.add(&focus, Leaf { param: id, rule: Rule::Tuples(tuples) });
        }
        Ok(())
    }

    fn part(&mut self, component: &Component, focus: &Route) -> Result<Part, Refused> {
        let path = self.parsed.path(&component.expression)?;
        let routes = self.ground(&focus.restart()).routes(&path)?;
        let any_type = match component.expression.split_once(".as(") {
            Some((element, _)) => {
                let path = self.parsed.path(element)?;
                self.ground(&focus.restart()).routes(&path)?
            }
            None => routes.clone(),
        };
        let readers = routes.into_iter().filter_map(|route| {
            let reader = self.reader(component.ty(), &route)?;
            Some((route, reader))
        });
        let readers: Vec<_> = readers.collect();
        match base(component.ty()) {
            Some(base) if !readers.is_empty() => Ok(Part { base, readers, any_type }),
            _ => Err(Refused::new(format!("no element for the component `{}`", component.definition.url))),
        }
    }

    fn reader(&self, ty: ParamType, route: &Route) -> Option<Reader> {
        let is_resource = self.registry.type_info(route.datatype).is_some_and(|info| info.kind == TypeKind::Resource);
        let datatype = if is_resource { "Resource" } else { route.datatype };
        let convert = converter(ty, datatype, route.element, self.registry)?;
        let system = route.element.and_then(|element| element.system);
        Some(Reader { convert, system })
    }

    fn resource(&self) -> Route {
        Route::resource(self.registry.type_name(self.ty))
    }

    fn ground<'g>(&'g self, start: &'g Route) -> Ground<'g> {
        Ground { registry: self.registry, resource: self.ty, start }
    }

    fn diagnostic(&self, id: ParamId, Refused { what, span }: Refused) -> Diagnostic {
        let param = self.registry.definition(id);
        let ty = self.registry.type_name(self.ty);
        let message = format!("`{}` of `{ty}` cannot be indexed: {what}", param.code);
        let diagnostic = Diagnostic::error("uncompilable-parameter", span, message);
        match &param.expression {
            Some(expression) => diagnostic.help(format!("its expression is `{expression}`")),
            None => diagnostic,
        }
    }
}

fn alternatives(path: &PathNode) -> &[PathNode] {
    match &path.node {
        PathExpr::Union(alternatives) => alternatives,
        _ => std::slice::from_ref(path),
    }
}

fn is_condition(path: &PathNode) -> bool {
    use PathExpr::{And, Eq, Exists, Is, Ne};
    matches!(path.node, Exists(_) | And(..) | Eq(..) | Ne(..) | Is(..))
}
