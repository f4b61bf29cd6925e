//! The resources of one evaluation: who is there, who refers to whom.

use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;

use super::expressions::Expressions;
use super::path::{self, Element};
use super::place::Creation;
use super::value::reference::{self, Ref};
use super::value::uri::Url;
use super::{Earlier, Inner, Name, Reference, Resource, inner};
use crate::definitions::{ParamId, ParamType, Registry, ResourceType, TypeKind, reads};
use crate::ir::Env;

/// A resource at hand: a stored one, or one contained in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'v> {
    pub(super) ty: ResourceType,
    pub(super) json: &'v Value,
    /// The stored resource: itself, or the one it is contained in.
    pub(super) stored: &'v Resource,
}

impl Node<'_> {
    /// Is it contained in another resource?
    pub(super) fn is_contained(&self) -> bool {
        !std::ptr::eq(self.json, &*self.stored.json)
    }

    /// The stored resource.
    pub(super) fn container(self) -> Self {
        Node { ty: self.stored.ty, json: &self.stored.json, ..self }
    }

    /// The logical id; that of a contained resource is unique in its container only.
    pub(super) fn id(&self) -> &str {
        if self.is_contained() { local_id(self.json).unwrap_or_default() } else { &self.stored.id }
    }

    /// Type and logical id, of a contained one those of its container first (item 144).
    pub(super) fn name(&self) -> Name {
        let inside = if self.is_contained() { format!("#{}", self.id()) } else { String::new() };
        (self.stored.ty, self.stored.id.clone() + &inside)
    }
}

impl PartialEq for Node<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.json, other.json)
    }
}

/// A resource in one of its versions: an include may bring an earlier one, of which nothing but that it is there is known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Brought<'v> {
    /// The resource as it is now.
    pub(super) node: Node<'v>,
    pub(super) version: i64,
}

impl<'v> Brought<'v> {
    pub(super) fn current(node: Node<'v>) -> Self {
        Brought { node, version: node.stored.version }
    }

    pub(super) fn is_current(&self) -> bool {
        self.version == self.node.stored.version
    }
}

/// The resources and what their meaning depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Universe<'v> {
    pub(super) registry: &'v Registry,
    pub(super) env: &'v Env,
    resources: &'v [Resource],
    inner: &'v [Inner],
    earlier: &'v [Earlier],
    expressions: &'v Expressions,
    stop: &'v AtomicBool,
}

impl<'v> Universe<'v> {
    pub(super) fn new(reference: &'v Reference<'_>, env: &'v Env) -> Self {
        let Reference { registry, resources, inner, earlier, expressions, stop } = reference;
        Universe { registry, env, resources, inner, earlier, expressions, stop }
    }

    /// Whether nobody waits for the answer any more: every set of resources and of elements is empty from then on, so
    /// that whatever goes through them ends.
    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// All stored resources. Contained resources are none of them (item 143).
    pub(super) fn all(&self) -> impl Iterator<Item = Node<'v>> + use<'v> {
        let universe = *self;
        let going_on = self.resources.iter().take_while(move |_| !universe.is_stopped());
        going_on.map(|stored| Node { ty: stored.ty, json: &stored.json, stored })
    }

    /// Those of one type.
    pub(super) fn of_type(&self, ty: ResourceType) -> impl Iterator<Item = Node<'v>> + use<'v> {
        self.all().filter(move |node| node.ty == ty)
    }

    /// The contained resources of one type.
    pub(super) fn contained(&self, ty: ResourceType) -> impl Iterator<Item = Node<'v>> + use<'v> {
        let registry = self.registry;
        let inside = move |node: Node<'v>| {
            inner::contained(registry, node.json).into_iter().map(move |(ty, _, json)| Node { ty, json, ..node })
        };
        self.all().flat_map(inside).filter(move |node| node.ty == ty)
    }

    /// The place of a resource in the order of all.
    pub(super) fn creation(&self, node: &Node<'v>) -> Creation {
        let is_it = |inner: &Inner| {
            let (ty, id) = &inner.container;
            (*ty, id, inner.ty, inner.id.as_str()) == (node.stored.ty, &node.stored.id, node.ty, node.id())
        };
        let appeared = || (0..).zip(self.inner).find(|(_, inner)| is_it(inner)).map_or(i64::MAX, |(n, _)| n);
        let number = if node.is_contained() { appeared() } else { node.stored.ord };
        Creation { ty: node.ty.code(), inside: node.is_contained(), number }
    }

    /// The elements of a resource that a parameter reads.
    pub(super) fn elements(&self, node: Node<'v>, param: ParamId) -> Vec<Element<'v>> {
        if self.is_stopped() {
            return Vec::new();
        }
        let definition = self.registry.definition(param);
        let start = Element::resource(node, self.registry);
        let found = self.find(node, definition.expression.as_deref().unwrap_or_default(), start);
        found.into_iter().filter(|element| self.reads(definition.ty, element)).collect()
    }

    /// The elements that a parameter is about, whether or not they hold more than extensions.
    pub(super) fn subjects(&self, node: Node<'v>, param: ParamId) -> Vec<Element<'v>> {
        let definition = self.registry.definition(param);
        let start = Element::resource(node, self.registry);
        let tree = definition.expression.as_deref().and_then(|expression| self.expressions.tree(expression));
        let Some(tree) = tree else { return Vec::new() };
        let found = path::evaluate(self, node, &tree, start);
        if found.iter().any(Element::is_computed) {
            return path::subjects(self, node, &tree, start);
        }
        found.into_iter().filter(|element| self.reads(definition.ty, element)).collect()
    }

    /// What an expression finds from an element of a resource.
    pub(super) fn find(&self, node: Node<'v>, expression: &str, start: Element<'v>) -> Vec<Element<'v>> {
        let tree = self.expressions.tree(expression);
        tree.map(|tree| path::evaluate(self, node, &tree, start)).unwrap_or_default()
    }

    /// Does a parameter of type `ty` read this element? A choice may have other types beside those that it reads.
    pub(super) fn reads(&self, ty: ParamType, element: &Element<'v>) -> bool {
        let is_resource =
            || self.registry.type_info(element.datatype).is_some_and(|info| info.kind == TypeKind::Resource);
        // In a Bundle a resource itself stands where elsewhere a reference to it does.
        reads(ty, element.datatype) || ty == ParamType::Reference && is_resource()
    }

    /// The live resources that a reference parameter of `node` refers to: stored ones, and contained ones of the same
    /// container (items 89, 90). A reference to a version leads to the current one (item 88).
    pub(super) fn targets(&self, node: Node<'v>, param: ParamId) -> Vec<Node<'v>> {
        let elements = self.elements(node, param);
        let refs = elements.iter().filter_map(|element| reference::stored(self, element));
        refs.flat_map(|to| self.referred(node, &to, param)).collect()
    }

    /// The same for an include: a reference to a version leads to that version, if it is there (item 88).
    pub(super) fn named(&self, node: Node<'v>, param: ParamId) -> Vec<Brought<'v>> {
        let elements = self.elements(node, param);
        let refs = elements.iter().filter_map(|element| reference::stored(self, element));
        let led = |to: Ref| -> Vec<Brought<'v>> {
            let targets = self.referred(node, &to, param).into_iter();
            targets.filter_map(|node| Some(Brought { node, version: self.version(node, &to)? })).collect()
        };
        refs.flat_map(led).collect()
    }

    /// The version of `target` that a reference to it names: the current one if it names none.
    fn version(&self, target: Node<'v>, to: &Ref) -> Option<i64> {
        let current = target.stored.version;
        let Ref::Local { version: Some(named), .. } = to else { return Some(current) };
        let of_target = |earlier: &&Earlier| (earlier.ty, &earlier.id) == (target.ty, &target.stored.id);
        let earlier = self.earlier.iter().filter(of_target).map(|earlier| earlier.version);
        earlier.chain([current]).find(|version| version.to_string() == *named)
    }

    fn referred(&self, node: Node<'v>, to: &Ref, param: ParamId) -> Vec<Node<'v>> {
        match to {
            Ref::Local { ty, id, .. } => self.of_type(*ty).filter(|target| target.stored.id == *id).collect(),
            Ref::Contained(id) => self.inside(node, id).into_iter().collect(),
            // Canonicals join by url and version; without a version, every resource with that url (decision 123).
            Ref::Canonical(Url { url, version, .. }) => {
                let targets = self.registry.targets(param);
                // `Device.url` is an address in a network: only types with both parameters are canonical.
                let is_canonical = |ty| ["url", "version"].iter().all(|code| self.registry.param(ty, code).is_some());
                let is_called = |target: &Node<'v>| {
                    path::listed(target.json.get("url")).iter().any(|name| path::text(name) == Some(url))
                };
                let has_version =
                    |target: &Node<'v>, version| target.json.get("version").and_then(path::text) == Some(version);
                self.all()
                    .filter(|target| targets.contains(target.ty) && is_canonical(target.ty))
                    .filter(is_called)
                    .filter(|target| version.as_deref().is_none_or(|version| has_version(target, version)))
                    .collect()
            }
            Ref::Elsewhere(_) => Vec::new(),
        }
    }

    /// The resource that `#id` names for `node`: in its container, or the container itself for `#`.
    pub(super) fn inside(&self, node: Node<'v>, id: &str) -> Option<Node<'v>> {
        let stored = node.stored;
        if id.is_empty() {
            return Some(node.container());
        }
        let contained = stored.json.get("contained")?.as_array()?;
        let json = contained.iter().find(|json| local_id(json) == Some(id))?;
        let ty = self.registry.resource_type(json.get("resourceType")?.as_str()?)?;
        Some(Node { ty, json, ..node })
    }
}

fn local_id(json: &Value) -> Option<&str> {
    json.get("id")?.as_str()
}
