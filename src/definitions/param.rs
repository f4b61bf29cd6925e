//! Search parameters as they are published. FHIR R4 SearchParameter (<http://hl7.org/fhir/R4/searchparameter.html>).

use std::sync::Arc;

use super::datatypes::Datatypes;
use super::types::{ResourceType, TypeSet};

/// The type of a search parameter, which decides how its values are read. FHIR R4 3.1.1.4.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum ParamType {
    /// A whole or decimal number.
    Number,
    /// A date, an instant or a period.
    Date,
    /// Text, matched by its beginning.
    String,
    /// A code, an identifier, a Boolean.
    Token,
    /// A reference to a resource.
    Reference,
    /// Two or more parameters that must hold on the same element.
    Composite,
    /// A number with a unit.
    Quantity,
    /// A URI, matched exactly.
    Uri,
    /// A parameter with rules of its own.
    Special,
}

impl ParamType {
    const ALL: [Self; 9] = [
        Self::Number,
        Self::Date,
        Self::String,
        Self::Token,
        Self::Reference,
        Self::Composite,
        Self::Quantity,
        Self::Uri,
        Self::Special,
    ];

    /// The type with this code of <http://hl7.org/fhir/search-param-type>: `token`.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ty| ty.code() == code)
    }

    /// The code of the type: `token`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::String => "string",
            Self::Token => "token",
            Self::Reference => "reference",
            Self::Composite => "composite",
            Self::Quantity => "quantity",
            Self::Uri => "uri",
            Self::Special => "special",
        }
    }
}

/// One search parameter as it applies to one resource type. Valid for the registry that gave it, and for every
/// registry made from that one by adding parameters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ParamId {
    pub(super) ty: ResourceType,
    pub(super) slot: u16,
}

impl ParamId {
    /// The resource type the parameter is applied to.
    pub fn ty(self) -> ResourceType {
        self.ty
    }

    /// The number of the parameter within its type. Numbers never move: a changed definition gets a new one.
    pub fn slot(self) -> u16 {
        self.slot
    }
}

/// A search parameter as published: names are text, nothing is resolved yet.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SearchParam {
    /// Canonical URL, without version.
    pub url: String,
    /// The name used in a search: `birthdate`.
    pub code: String,
    /// The types it is defined for, by name; may be abstract (`Resource`, `DomainResource`).
    pub bases: Vec<String>,
    /// How its values are read.
    pub ty: ParamType,
    /// The FHIRPath expression that finds its values; absent for parameters that are not about elements.
    pub expression: Option<String>,
    /// The types a reference may point to.
    pub targets: Targets,
    /// The parts of a composite, in the order of their values in a search.
    pub components: Vec<ComponentRef>,
    /// Is it published for trial or as an example, not for use?
    pub experimental: bool,
}

/// The types a reference may point to, as stated by a definition.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Targets {
    /// The definition says nothing.
    #[default]
    Unstated,
    /// Every resource type that can be referred to.
    Any,
    /// The types with these names.
    Named(Vec<String>),
}

/// A part of a composite, as published.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ComponentRef {
    /// The canonical URL of the parameter that says how values of this part are read, without version.
    pub definition: String,
    /// The expression of the part, relative to each element that the composite's own expression finds.
    pub expression: String,
}

/// A part of a composite, resolved.
#[derive(Clone, Debug)]
pub struct Component {
    /// The parameter that says how values of this part are read.
    pub definition: Arc<SearchParam>,
    /// The expression of the part, relative to each element that the composite's own expression finds.
    pub expression: String,
    /// Where the part is a reference: the types it may point to.
    pub targets: TypeSet,
    /// What its values can be.
    pub datatypes: Datatypes,
}

impl Component {
    /// How values of this part are read.
    pub fn ty(&self) -> ParamType {
        self.definition.ty
    }
}
