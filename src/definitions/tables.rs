//! Which modifiers and prefixes a parameter type allows, and which data types it reads.

use super::param::ParamType;
use super::suggest;
use super::version::FhirVersion;

/// A modifier of a search parameter, as in `name:exact`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Modifier {
    /// Has the resource a value at all?
    Missing,
    /// The whole string, letter case and accents included.
    Exact,
    /// Anywhere in the string.
    Contains,
    /// The text that goes with a code, a reference or a string.
    Text,
    /// No value matches.
    Not,
    /// The code and what subsumes it; for references and URIs, what stands above.
    Above,
    /// The code and what it subsumes; for references and URIs, what stands below.
    Below,
    /// A member of the value set.
    In,
    /// No value is a member of the value set.
    NotIn,
    /// An identifier of this type and value.
    OfType,
    /// The identifier within a reference.
    Identifier,
    /// A reference to a resource of this type: `subject:Patient`.
    Type,
    /// What the code itself begins with (R5).
    CodeText,
    /// Words of the text that goes with a code or a reference (R5).
    TextAdvanced,
}

impl Modifier {
    const NAMED: [(&'static str, Self); 13] = [
        ("missing", Self::Missing),
        ("exact", Self::Exact),
        ("contains", Self::Contains),
        ("text", Self::Text),
        ("not", Self::Not),
        ("above", Self::Above),
        ("below", Self::Below),
        ("in", Self::In),
        ("not-in", Self::NotIn),
        ("of-type", Self::OfType),
        ("identifier", Self::Identifier),
        ("code-text", Self::CodeText),
        ("text-advanced", Self::TextAdvanced),
    ];

    /// The modifier of this name. [`Modifier::Type`] has no name of its own: it is the name of a resource type.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::NAMED.into_iter().find(|&(known, _)| known == name).map(|(_, modifier)| modifier)
    }

    /// The one among `usable` that a mistyped `name` may have meant.
    pub fn nearest(name: &str, usable: &[Self]) -> Option<&'static str> {
        suggest::nearest(name, usable.iter().map(|modifier| modifier.name()))
    }

    /// The name in a search: `not-in`; `[type]` for a resource type.
    pub fn name(self) -> &'static str {
        Self::NAMED.into_iter().find(|&(_, modifier)| modifier == self).map_or("[type]", |(name, _)| name)
    }
}

/// A prefix of a value, as in `ge2024`. FHIR R4 3.1.1.4.5.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Prefix {
    /// Equal: the value lies within the search range. The default.
    Eq,
    /// Not equal.
    Ne,
    /// Greater than.
    Gt,
    /// Less than.
    Lt,
    /// Greater or equal.
    Ge,
    /// Less or equal.
    Le,
    /// Starts after.
    Sa,
    /// Ends before.
    Eb,
    /// Approximately.
    Ap,
}

impl Prefix {
    const ALL: [Self; 9] = [Self::Eq, Self::Ne, Self::Gt, Self::Lt, Self::Ge, Self::Le, Self::Sa, Self::Eb, Self::Ap];

    /// The prefix of this name; names are lower-case.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|prefix| prefix.name() == name)
    }

    /// The two letters in a search.
    pub fn name(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Lt => "lt",
            Self::Ge => "ge",
            Self::Le => "le",
            Self::Sa => "sa",
            Self::Eb => "eb",
            Self::Ap => "ap",
        }
    }
}

/// The modifiers a parameter of type `ty` allows. FHIR R4 3.1.1.4.4; R5 3.2.1.5.5
/// (`#modifiers` on both search pages).
///
/// R4 excepts composites from `:missing`; we define it for them: a composite is missing where no tuple exists. Of
/// special parameters it says that only their own descriptions decide; that of `near` names no modifier, and whether a
/// place has a position can be asked all the same.
/// `:code-text` and `:text-advanced` are of R5; tokens take them in R4 too, since R4 gives these names no other meaning.
/// R5 took `:text` from strings, gave it to references, and gave `:contains` to URIs.
pub fn modifiers(version: FhirVersion, ty: ParamType) -> &'static [Modifier] {
    use Modifier::{
        Above, Below, CodeText, Contains, Exact, Identifier, In, Missing, Not, NotIn, OfType, Text, TextAdvanced, Type,
    };
    use ParamType as P;
    #[rustfmt::skip]
    let (since_r4, since_r5): (&[Modifier], &[Modifier]) = match ty {
        P::Number | P::Date | P::Quantity | P::Composite => (
            &[Missing],
            &[Missing],
        ),
        P::String => (
            &[Missing, Exact, Contains, Text],
            &[Missing, Exact, Contains],
        ),
        P::Token => (
            &[Missing, Text, Not, Above, Below, In, NotIn, OfType, CodeText, TextAdvanced],
            &[Missing, Text, Not, Above, Below, In, NotIn, OfType, CodeText, TextAdvanced],
        ),
        P::Reference => (
            &[Missing, Type, Identifier, Above, Below],
            &[Missing, Type, Identifier, Above, Below, Text, CodeText, TextAdvanced],
        ),
        P::Uri => (
            &[Missing, Above, Below],
            &[Missing, Above, Below, Contains],
        ),
        P::Special => (
            &[Missing],
            &[Missing],
        ),
    };
    match version {
        FhirVersion::R4 | FhirVersion::R4B => since_r4,
        FhirVersion::R5 | FhirVersion::R6 => since_r5,
    }
}

/// The prefixes a value of a parameter of type `ty` may carry. FHIR R4 3.1.1.4.5.
pub fn prefixes(ty: ParamType) -> &'static [Prefix] {
    match ty {
        ParamType::Number | ParamType::Date | ParamType::Quantity => &Prefix::ALL,
        // The parts of a composite carry prefixes by their own types.
        ParamType::String
        | ParamType::Token
        | ParamType::Reference
        | ParamType::Composite
        | ParamType::Uri
        | ParamType::Special => &[],
    }
}

/// Does a parameter of type `ty` read values of the data type `data`? FHIR R4 3.1.1.4, under each type.
#[rustfmt::skip]
pub fn reads(ty: ParamType, data: &str) -> bool {
    match ty {
        ParamType::Number => matches!(data, "integer" | "positiveInt" | "unsignedInt" | "decimal" | "Range"),
        ParamType::Date => matches!(data, "date" | "dateTime" | "instant" | "Period" | "Timing"),
        ParamType::String => matches!(data, "string" | "markdown" | "HumanName" | "Address"),
        ParamType::Token => matches!(
            data,
            "code" | "Coding" | "CodeableConcept" | "Identifier" | "ContactPoint" | "boolean" | "id" | "string" | "uri"
                | "oid" | "uuid" | "url" | "canonical"
        ),
        ParamType::Reference => matches!(data, "Reference" | "canonical" | "uri" | "url"),
        ParamType::Quantity => matches!(
            data,
            "Quantity" | "Money" | "Age" | "Count" | "Distance" | "Duration" | "Range" | "SampledData"
        ),
        ParamType::Uri => matches!(data, "uri" | "url" | "canonical" | "oid" | "uuid"),
        ParamType::Composite | ParamType::Special => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_modifiers_and_prefixes() {
        for (name, modifier) in Modifier::NAMED {
            assert_eq!(Modifier::from_name(name), Some(modifier));
            assert_eq!(modifier.name(), name);
        }
        for prefix in Prefix::ALL {
            assert_eq!(Prefix::from_name(prefix.name()), Some(prefix));
        }
        assert_eq!(Modifier::Type.name(), "[type]");
        assert_eq!(Modifier::from_name("[type]"), None);
        assert_eq!(Prefix::from_name("GE"), None);
    }

    #[test]
    fn r5_adds_modifiers_that_r4_refuses() {
        assert!(!modifiers(FhirVersion::R4, ParamType::Reference).contains(&Modifier::CodeText));
        assert!(modifiers(FhirVersion::R5, ParamType::Reference).contains(&Modifier::CodeText));
        for version in [FhirVersion::R4, FhirVersion::R5] {
            assert!(modifiers(version, ParamType::Token).contains(&Modifier::CodeText));
        }
    }
}
