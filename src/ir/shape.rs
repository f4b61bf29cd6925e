//! Which parts of the resources come back. FHIR R4 3.1.1.5.8 and 3.1.1.5.9.

use crate::definitions::ResourceType;

/// Which parts of each resource come back. It never changes which resources match.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Shape {
    /// All of it.
    #[default]
    Whole,
    /// `_summary=true`: the elements of the summary.
    Summary,
    /// `_summary=text`: the narrative, the id, `meta` and the mandatory elements.
    Text,
    /// `_summary=data`: all but the narrative.
    Data,
    /// `_elements`: the named elements of these types; resources of other types come back whole.
    Elements(Vec<Elements>),
}

/// The elements of a type that `_elements` names. Mandatory ones and modifiers stay beside them (item 142).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elements {
    /// The type.
    pub ty: ResourceType,
    /// Elements at the root of it, by the names of the model: `value` for `value[x]`.
    pub names: Vec<String>,
}
