//! Strict hierarchies: which reference parameter holds their links. FHIR R4 3.1.1.4.14, semantics.md item 91.
//!
//! "When the reference establishes a strict hierarchy, the modifiers :above and :below may be used." Which references
//! do, the release itself declares, element by element (`structuredefinition-hierarchy`); a parameter is one of a
//! hierarchy if all that it reads in its own type are such references to that same type. In R4 these are:
//!
//! | type | parameters | the hierarchy of the type |
//! |---|---|---|
//! | CarePlan | `based-on`, `part-of`, `replaces` | `part-of` |
//! | Encounter | `part-of` | `part-of` |
//! | Location | `partof` | `partof` |
//! | Organization | `partof` | `partof` |
//!
//! Such a parameter is followed along itself. Any other leads into "locations that are part of location 42": into the
//! hierarchy of each target type, the one whose element is `partOf`. References that lead back to their type without
//! being declared strict (`Task.partOf`, `Procedure.partOf`, `Device.parent`) are none.

use super::Registry;
use super::expression::{branches, plain_steps};
use super::param::{ParamId, ParamType};
use super::types::ResourceType;

/// The element that makes the hierarchy of a type, where it has several.
const PART_OF: &str = "partOf";

/// Data types that refer by type and id; a canonical names a resource by url, and its `:below` compares versions.
const REFERENCE: &str = "Reference";

impl Registry {
    /// The parameters that hold the links of the hierarchies that `id` leads into, at most one per target type, in the
    /// order of the types. None: `:above` and `:below` do not apply to its references.
    pub fn hierarchies(&self, id: ParamId) -> Vec<ParamId> {
        if self.definition(id).ty != ParamType::Reference || !self.datatypes(id).some(&[REFERENCE]) {
            return Vec::new();
        }
        if self.is_hierarchy(id, None) {
            return vec![id];
        }
        self.targets(id).iter().filter_map(|ty| self.hierarchy(ty)).collect()
    }

    /// The parameter that holds the links of the hierarchy of a type, if it has one.
    pub fn hierarchy(&self, ty: ResourceType) -> Option<ParamId> {
        let found = || self.params(ty).find(|&param| self.is_hierarchy(param, Some(PART_OF))).map(ParamId::slot);
        let slot = self.types.get(ty.index())?.hierarchy.get_or_init(found);
        slot.map(|slot| ParamId { ty, slot })
    }

    /// Is all that the parameter reads a strict hierarchy over its own type, through the element `only` if one is named?
    fn is_hierarchy(&self, id: ParamId, only: Option<&str>) -> bool {
        let definition = self.definition(id);
        if definition.ty != ParamType::Reference || !self.targets(id).iter().eq([id.ty()]) {
            return false;
        }
        let (model, name) = (&self.facts.model, self.type_name(id.ty()));
        let branches = branches(model, name, definition.expression.as_deref().unwrap_or_default());
        let strict = |branch: &&str| {
            let Some(steps) = plain_steps(model, branch) else { return false };
            let variants = model.walk(name, &steps);
            let declared = variants.iter().all(|variant| variant.hierarchy && variant.ty == REFERENCE);
            let named = only.is_none_or(|only| steps.as_slice() == [only]);
            declared && named && !variants.is_empty()
        };
        !branches.is_empty() && branches.iter().all(strict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hierarchies(ty: &str, code: &str) -> Vec<String> {
        let registry = Registry::r4();
        let param = registry.param(registry.resource_type(ty).unwrap(), code).unwrap();
        let name = |id: ParamId| format!("{}.{}", registry.type_name(id.ty()), registry.definition(id).code);
        registry.hierarchies(param).into_iter().map(name).collect()
    }

    #[test]
    fn the_parameters_of_hierarchies_are_those_of_the_table() {
        let registry = Registry::r4();
        let params = registry.types().flat_map(|ty| registry.params(ty));
        let own = params.filter(|id| registry.hierarchies(*id) == [*id]);
        let own: Vec<_> = own.map(|id| registry.definition(id).url.rsplit('/').next().unwrap()).collect();
        let table = ["based-on", "part-of", "replaces"].map(|code| format!("CarePlan-{code}"));
        assert_eq!(own[..3], table);
        assert_eq!(own[3..], ["Encounter-part-of", "Location-partof", "Organization-partof"]);
    }

    #[test]
    fn other_references_lead_into_the_hierarchies_of_their_targets() {
        assert_eq!(hierarchies("Procedure", "location"), ["Location.partof"]);
        assert_eq!(hierarchies("MedicationAdministration", "context"), ["Encounter.part-of"]);
        assert_eq!(hierarchies("ServiceRequest", "based-on"), ["CarePlan.part-of"]);
        let any = ["CarePlan.part-of", "Encounter.part-of", "Location.partof", "Organization.partof"];
        assert_eq!(hierarchies("List", "item"), any);
    }

    /// One that is added leads where its targets do; none takes the place of the release's, which others are followed by.
    #[test]
    fn parameters_that_are_added_follow_the_same_rule() {
        let r4 = Registry::r4();
        let added = |code: &str, base: &str, target: &str, expression: &str| {
            let resource = serde_json::json!({
                "resourceType": "SearchParameter", "status": "active", "code": code, "type": "reference",
                "url": format!("http://example.org/SearchParameter/{code}"), "base": [base], "target": [target],
                "expression": expression,
            });
            crate::definitions::from_resource(&resource).unwrap()
        };
        let place = added("place", "Procedure", "Location", "Procedure.location");
        let param = |registry: &Registry, ty: &str, code: &str| {
            registry.param(registry.resource_type(ty).unwrap(), code).unwrap()
        };
        let (registry, _) = r4.with_params(vec![place]);
        let partof = param(r4, "Location", "partof");
        assert_eq!(registry.hierarchies(param(&registry, "Procedure", "place")), [partof]);
        let wider = added("partof", "Location", "Location", "Location.partOf | Location.endpoint");
        let (registry, problems) = registry.with_params(vec![wider]);
        assert_eq!(problems.iter().map(|problem| problem.code).collect::<Vec<_>>(), ["unused-parameter"]);
        assert_eq!(registry.hierarchies(param(&registry, "Procedure", "place")), [partof]);
    }

    #[test]
    fn what_is_not_declared_strict_is_no_hierarchy() {
        for (ty, code) in [
            ("Task", "part-of"),
            ("Procedure", "part-of"),
            ("Observation", "patient"),
            ("StructureDefinition", "base"),
            ("PlanDefinition", "depends-on"),
            ("Patient", "name"),
        ] {
            assert!(hierarchies(ty, code).is_empty(), "{ty}.{code}");
        }
    }
}
