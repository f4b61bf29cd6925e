//! The extraction program of a resource type: the routes of all its parameters as one trie over JSON member names.

use std::collections::BTreeMap;

use serde_json::Value;

use super::convert::Convert;
use super::place::Place;
use super::route::{Condition, Route, Step};
use super::scope::Scope;
use super::tuples::Tuples;
use crate::definitions::ParamId;

/// What is known after some steps: where to go on, and what is wanted of the element here.
#[derive(Debug, Default)]
pub(super) struct Node {
    members: BTreeMap<String, Node>,
    /// The same element again, for routes that go on only under a condition.
    conditions: Vec<(Condition, Node)>,
    leaves: Vec<Leaf>,
}

/// The end of a route: a parameter wants the element.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) param: ParamId,
    pub(super) rule: Rule,
}

/// What a parameter does with an element.
#[derive(Debug)]
pub(super) enum Rule {
    /// Reads it.
    Value(Reader),
    /// Combines values found inside it.
    Tuples(Tuples),
    /// Asks whether something is true of it.
    Truth(Condition),
    /// Reads the reference in an entry of a List, unless the entry is flagged as deleted.
    Listed(Reader),
}

/// How elements at the end of a route become values.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader {
    pub(super) convert: Convert,
    /// The code system that the binding of the element names.
    pub(super) system: Option<&'static str>,
}

/// What the walk meets.
#[derive(Clone, Copy, Debug)]
pub(super) enum Meeting<'t> {
    /// An element that a parameter wants.
    Wanted(&'t Leaf),
    /// A value without members where routes lead on.
    DeadEnd,
}

impl Node {
    /// Adds a route and what is wanted at its end.
    pub(super) fn add(&mut self, route: &Route, leaf: Leaf) {
        let mut node = self;
        for step in &route.steps {
            node = match step {
                Step::Member(name) => node.members.entry(name.clone()).or_default(),
                Step::Only(condition) => node.under(condition),
            };
        }
        node.leaves.push(leaf);
    }

    fn under(&mut self, condition: &Condition) -> &mut Node {
        let known = self.conditions.iter().position(|(known, _)| known == condition);
        let place = known.unwrap_or(self.conditions.len());
        if known.is_none() {
            self.conditions.push((condition.clone(), Node::default()));
        }
        #[expect(clippy::indexing_slicing, reason = "found, or pushed just now")]
        &mut self.conditions[place].1
    }

    /// Walks an element once, in the order of the document.
    pub(super) fn walk<'v>(
        &self,
        element: &'v Value,
        at: Spot<'_>,
        scope: Scope<'v>,
        meet: &mut dyn FnMut(Meeting<'_>, &'v Value, Spot<'_>),
    ) {
        for leaf in &self.leaves {
            meet(Meeting::Wanted(leaf), element, at);
        }
        for (condition, node) in &self.conditions {
            if condition.holds(element, at.index, scope) == Some(true) {
                node.walk(element, at, scope, meet);
            }
        }
        match element {
            Value::Object(members) => {
                for (name, value) in members {
                    if let Some(node) = self.members.get(name) {
                        node.walk_member(value, at.place.member(name), scope, meet);
                    }
                }
            }
            // Where a parameter reads the element itself, its reader complains.
            _ if self.leaves.is_empty() && !self.members.is_empty() => meet(Meeting::DeadEnd, element, at),
            _ => {}
        }
    }

    fn walk_member<'v>(
        &self,
        member: &'v Value,
        place: Place<'_>,
        scope: Scope<'v>,
        meet: &mut dyn FnMut(Meeting<'_>, &'v Value, Spot<'_>),
    ) {
        match member {
            // A list of primitives holds null where an item has extensions only.
            Value::Null => {}
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate().filter(|(_, item)| !item.is_null()) {
                    self.walk(item, Spot { place: place.item(index), index }, scope, meet);
                }
            }
            value => self.walk(value, Spot { place, index: 0 }, scope, meet),
        }
    }
}

/// Where an element stands, and which of its list it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spot<'a> {
    pub(super) place: Place<'a>,
    pub(super) index: usize,
}
