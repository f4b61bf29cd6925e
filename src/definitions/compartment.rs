//! Compartments: which resources belong to a patient, an encounter, ... FHIR R4 CompartmentDefinition.

use std::collections::BTreeMap;

use super::types::ResourceType;

/// A compartment: for each resource type, the reference parameters that put a resource into it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compartment {
    /// The type of the resource at the centre, which also names the compartment: `Patient`.
    pub centre: ResourceType,
    members: BTreeMap<ResourceType, Vec<String>>,
    centre_is_member: bool,
}

impl Compartment {
    /// An empty compartment around resources of type `centre`.
    pub(super) fn new(centre: ResourceType) -> Self {
        Self { centre, members: BTreeMap::new(), centre_is_member: false }
    }

    /// Resources of type `ty` belong to the compartment when one of the parameters `codes` refers to the centre.
    /// The code `{def}` stands for the centre itself.
    pub(super) fn add<'a>(&mut self, ty: ResourceType, codes: impl Iterator<Item = &'a str>) {
        for code in codes {
            if code == "{def}" {
                self.centre_is_member = true;
            } else {
                self.members.entry(ty).or_default().push(code.to_owned());
            }
        }
    }

    /// The codes of the reference parameters of `ty`, any of which puts a resource into the compartment; none where
    /// resources of that type never belong to it by a reference.
    pub fn params(&self, ty: ResourceType) -> &[String] {
        self.members.get(&ty).map_or(&[], Vec::as_slice)
    }

    /// The types that can belong to the compartment by a reference, with their parameters, in the order of the types.
    pub fn members(&self) -> impl Iterator<Item = (ResourceType, &[String])> {
        self.members.iter().map(|(&ty, codes)| (ty, codes.as_slice()))
    }

    /// Does the definition list the resource at the centre as a member without any reference (`{def}`)? In R4 so in
    /// all compartments but those of Device and Patient.
    pub fn centre_is_member(&self) -> bool {
        self.centre_is_member
    }
}
