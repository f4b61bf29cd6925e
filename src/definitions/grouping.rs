//! Elements that repeat and that composites group the parts of. FHIR R4 3.1.3; item 164.

use super::Registry;
use super::model::ElementInfo;
use super::param::{Component, ParamId, ParamType};

/// An element that repeats, and what a composite calls the parts of one of them.
#[derive(Clone, Debug)]
pub struct Grouping<'r> {
    /// The name of the element: `component`.
    pub name: &'r str,
    /// The type of the element.
    pub datatype: &'static str,
    /// Its parts, in the order of the components of the composite.
    pub parts: Vec<GroupedPart<'r>>,
}

/// What a part of an element is called.
#[derive(Clone, Debug)]
pub struct GroupedPart<'r> {
    /// The element below: `value`. It may have types beside those that the component reads.
    pub element: &'r str,
    /// The element of one type, where the component reads one of several: `valueQuantity`.
    pub of_type: Option<&'r str>,
    /// The code of the parameter that says how the part is read: `component-value-quantity`.
    pub code: &'r str,
}

impl<'r> GroupedPart<'r> {
    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &'r str> {
        [Some(self.element), self.of_type, Some(self.code)].into_iter().flatten()
    }
}

impl Registry {
    /// The element that a composite groups the parts of: it reads nothing but one that repeats, right below the resource,
    /// and its components read parts of that.
    pub fn grouping(&self, composite: ParamId) -> Option<Grouping<'_>> {
        let mut own = self.own_branches(composite).filter(|_| self.definition(composite).ty == ParamType::Composite);
        let ty = self.type_name(composite.ty);
        let name = own.next()?.strip_prefix(ty)?.strip_prefix('.')?;
        let element = self.element(ty, name).filter(|element| element.repeats)?;
        let ([variant], None) = (element.variants.as_slice(), own.next()) else { return None };
        let parts = self.components(composite).iter().map(|component| self.part(variant.ty, component));
        Some(Grouping { name, datatype: variant.ty, parts: parts.collect::<Option<_>>()? })
    }

    /// What a component of a composite over an element of type `datatype` is called; nothing if it is no part of that.
    fn part<'r>(&'r self, datatype: &str, component: &'r Component) -> Option<GroupedPart<'r>> {
        // `value.as(Quantity) | value.as(Range)`: one element, of some of its types.
        let mut branches = component.expression.split('|').map(|branch| match branch.trim().split_once(".as(") {
            Some((name, ty)) => (name, ty.strip_suffix(')')),
            None => (branch.trim(), None),
        });
        let (name, ty) = branches.next()?;
        let element = self.element(datatype, name)?;
        let others: Vec<&str> = branches.map(|(name, _)| name).collect();
        if others.iter().any(|other| *other != name) {
            return None;
        }
        let of_type = ty.filter(|_| others.is_empty()).and_then(|ty| json_name(element, ty));
        Some(GroupedPart { element: name, of_type, code: &component.definition.code })
    }

    /// The branches of the expression of a parameter that begin at the type of its resources.
    pub fn own_branches(&self, param: ParamId) -> impl Iterator<Item = &str> {
        let expression = self.definition(param).expression.as_deref().unwrap_or_default();
        let root = self.type_name(param.ty);
        expression.split('|').map(str::trim).filter(move |branch| {
            let begin = branch.trim_start_matches('(');
            begin.strip_prefix(root).is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
        })
    }

    /// Does the parameter read exactly what stands at `path`, as far as the type of the resource is concerned?
    pub fn reads_only(&self, param: ParamId, path: &str) -> bool {
        let mut own = self.own_branches(param);
        own.next() == Some(path) && own.next().is_none()
    }

    /// The parameter that reads the same part of every element that the composite groups the parts of.
    pub fn part_alone(&self, composite: ParamId, component: usize) -> Option<ParamId> {
        let (grouping, part) = (self.grouping(composite)?, self.components(composite).get(component)?);
        let param = self.part_read_by(composite, component)?;
        let path = format!("{}.{}.{}", self.type_name(composite.ty), grouping.name, part.expression);
        self.reads_only(param, &path).then_some(param)
    }

    /// A parameter that reads the part of every element that the composite groups the parts of, and maybe more.
    pub fn part_read_by(&self, composite: ParamId, component: usize) -> Option<ParamId> {
        let (grouping, part) = (self.grouping(composite)?, self.components(composite).get(component)?);
        let param = self.param(composite.ty, &part.definition.code)?;
        let own: Vec<String> = self.own_branches(param).map(narrowed).collect();
        let path = |branch: &str| format!("{}.{}.{}", self.type_name(composite.ty), grouping.name, branch.trim());
        let reads_all = part.expression.split('|').all(|branch| own.contains(&path(branch)));
        (self.definition(param).ty == part.ty() && reads_all).then_some(param)
    }
}

/// `(Observation.component.value as Quantity)` as `Observation.component.value.as(Quantity)`.
fn narrowed(branch: &str) -> String {
    let inner = branch.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    match inner.and_then(|inner| inner.split_once(" as ")) {
        Some((path, ty)) => format!("{}.as({})", path.trim(), ty.trim()),
        None => branch.to_owned(),
    }
}

fn json_name<'r>(element: &'r ElementInfo, ty: &str) -> Option<&'r str> {
    let variant = element.variants.iter().find(|variant| variant.ty == ty)?;
    Some(&variant.json_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_whose_parts_stand_together() {
        let registry = Registry::r4();
        let mut found = Vec::new();
        for ty in ["DocumentReference", "Group", "Observation", "ValueSet"] {
            for composite in registry.params(registry.resource_type(ty).unwrap()) {
                let Some(grouping) = registry.grouping(composite) else { continue };
                let names = |part: &GroupedPart<'_>| part.names().collect::<Vec<_>>().join("/");
                let parts: Vec<String> = grouping.parts.iter().map(names).collect();
                found.push(format!("{ty}.{}: {}", grouping.name, parts.join(", ")));
            }
        }
        let expected = [
            "DocumentReference.relatesTo: target/relatesto, code/relation",
            "Group.characteristic: code/characteristic, value/value",
            "Observation.component: code/component-code, value/valueCodeableConcept/component-value-concept",
            "Observation.component: code/component-code, value/valueQuantity/component-value-quantity",
            "ValueSet.useContext: code/context-type, value/context-quantity",
            "ValueSet.useContext: code/context-type, value/valueCodeableConcept/context",
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn most_parts_are_read_by_a_parameter_of_their_own() {
        let registry = Registry::r4();
        let param = |ty, code| registry.param(registry.resource_type(ty).unwrap(), code).unwrap();
        let component = param("Observation", "component-code-value-quantity");
        let alone = [0, 1, 2].map(|n| registry.part_alone(component, n));
        // It reads SampledData too.
        assert_eq!(alone, [Some(param("Observation", "component-code")), None, None]);
        let read_by = [0, 1, 2].map(|n| registry.part_read_by(component, n));
        let codes = ["component-code", "component-value-quantity"].map(|code| Some(param("Observation", code)));
        assert_eq!(read_by, [codes[0], codes[1], None]);
        assert_eq!(registry.part_read_by(param("Observation", "code-value-quantity"), 0), None, "no element repeats");
    }
}
