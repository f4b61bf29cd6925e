//! The numbering of index keys: which rows stand under which number, without a catalogue.

mod part;

pub use part::OfPart;

use fhirc_codegen::rows::{Base, KeyId, RowKind, Tuple, TypeCode};

use crate::definitions::{ParamId, ParamType, Registry, SearchParam};

/// What about a parameter's values a key holds. A modifier asks another key with the same kinds of tests.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Facet {
    /// The values themselves: what the parameter without a modifier asks.
    Value,
    /// Every quantity once more, in the canonical unit where its unit is UCUM and linear, else as it stands: what a
    /// search by unit compares, and what sorts.
    Canonical,
    /// The words of a text: `_text`, `_content`.
    Words,
    /// The text beside a code: `:text`.
    Text,
    /// The identifier inside a reference: `:identifier`.
    Identifier,
    /// Type and value of one identifier: `:of-type`.
    OfType,
    /// Is there an element with content at all: `:missing`.
    Present,
    /// What the store knows of the resource itself, without rows of a key: its id, its time of change.
    // 7 was a view that is gone: numbers of keys stay what they are.
    Own = 8,
    /// What the entries of a List refer to that are not flagged as deleted: `_list`.
    Listed,
    /// The range that the written precision of a stored number implies: `co` of `_filter`.
    Implied,
    /// Which resource a contained one stands in.
    Container,
    /// Is there something that the rows of a composite do not say of the two parameters that it combines, see
    /// [`Registry::compound`].
    Beside,
    /// Which elements a composite groups the parts of, and what the parts of each are, see [`Registry::grouping`]: brackets of
    /// `_filter`.
    Element,
}

const FACETS: [Facet; 12] = [
    Facet::Value,
    Facet::Canonical,
    Facet::Words,
    Facet::Text,
    Facet::Identifier,
    Facet::OfType,
    Facet::Present,
    Facet::Listed,
    Facet::Implied,
    Facet::Container,
    Facet::Beside,
    Facet::Element,
];

impl Facet {
    /// How the view is shown behind a parameter; nothing for the values themselves.
    pub fn suffix(self) -> &'static str {
        match self {
            Facet::Value | Facet::Own => "",
            Facet::Canonical => "#canonical",
            Facet::Words => "#words",
            Facet::Text => "#text",
            Facet::Identifier => "#identifier",
            Facet::OfType => "#of-type",
            Facet::Present => "#present",
            Facet::Listed => "#listed",
            Facet::Implied => "#implied",
            Facet::Container => "#container",
            Facet::Beside => "#beside",
            Facet::Element => "#element",
        }
    }
}

/// Whose values a key holds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Level {
    /// Those of resources.
    Top,
    /// Those of contained resources, which ordinary searches never meet and forward chains do.
    Contained,
}

/// A key of the index: a parameter of a type, what about its values, and whose.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Key {
    /// The parameter as it applies to one resource type. A changed definition has a new slot: that is its generation.
    pub param: ParamId,
    /// What about its values.
    pub facet: Facet,
    /// Whose values.
    pub level: Level,
}

const LEVEL_BITS: u32 = 1;
const FACET_BITS: u32 = 4;
/// Low bits of a slot: enough for a release and many changes.
const SLOT_BITS: u32 = 10;
const TYPE_BITS: u32 = 8;

impl Key {
    /// The number of the key, at most 29 bits: the six high bits of the slot, type code, the ten low bits of the slot,
    /// facet, level. The same on every store and every day, as long as the slot is.
    pub fn id(self) -> KeyId {
        let (high, low) = (self.param.slot() >> SLOT_BITS, self.param.slot() & ((1 << SLOT_BITS) - 1));
        let high = u32::from(high) << (TYPE_BITS + SLOT_BITS + FACET_BITS + LEVEL_BITS);
        let ty = u32::from(self.param.ty().code()) << (SLOT_BITS + FACET_BITS + LEVEL_BITS);
        let low = u32::from(low) << (FACET_BITS + LEVEL_BITS);
        let facet = (self.facet as u32) << LEVEL_BITS;
        KeyId(high | ty | low | facet | self.level as u32)
    }

    /// The key with this number; `None` if the registry has no such parameter.
    pub fn from_id(id: KeyId, registry: &Registry) -> Option<Self> {
        let mut rest = id.0;
        let level = if take_bits(&mut rest, LEVEL_BITS) == 0 { Level::Top } else { Level::Contained };
        let facet = take_bits(&mut rest, FACET_BITS);
        let facet = FACETS.into_iter().find(|&known| known as u32 == facet)?;
        let low = take_bits(&mut rest, SLOT_BITS);
        let code = take_bits(&mut rest, TYPE_BITS);
        let slot = rest << SLOT_BITS | low;
        let ty = registry.types().find(|ty| u32::from(ty.code()) == code)?;
        let param = registry.params(ty).find(|param| u32::from(param.slot()) == slot)?;
        Some(Self { param, facet, level })
    }
}

/// The key of the row that every contained resource of a type has, which is thereby the universe of negation within
/// them; `param` is the type's `_id`.
pub fn standing(param: ParamId) -> KeyId {
    Key { param, facet: Facet::Present, level: Level::Contained }.id()
}

/// The key of the row by which every contained resource of a type refers to its container; `param` is the type's `_id`.
pub fn container(param: ParamId) -> KeyId {
    Key { param, facet: Facet::Container, level: Level::Contained }.id()
}

/// Whose rows a key holds.
pub fn level(key: KeyId) -> Level {
    if key.0 & ((1 << LEVEL_BITS) - 1) == 0 { Level::Top } else { Level::Contained }
}

/// The number of the resource type that a key belongs to.
pub fn type_code(key: KeyId) -> TypeCode {
    let mut rest = key.0 >> (SLOT_BITS + FACET_BITS + LEVEL_BITS);
    let code = take_bits(&mut rest, TYPE_BITS);
    TypeCode(u8::try_from(code).unwrap_or(0))
}

fn take_bits(number: &mut u32, bits: u32) -> u32 {
    let taken = *number & ((1 << bits) - 1);
    *number >>= bits;
    taken
}

/// The first and the last number of the keys of a parameter, whatever facet and level.
pub fn range(param: ParamId) -> (KeyId, KeyId) {
    let first = first(Key { param, facet: Facet::Value, level: Level::Top }.id());
    (first, KeyId(first.0 | PER_PARAM))
}

/// The first number of the keys of the parameter that a key belongs to.
pub fn first(key: KeyId) -> KeyId {
    KeyId(key.0 & !PER_PARAM)
}

/// The bits in which keys of one parameter differ.
const PER_PARAM: u32 = (1 << (FACET_BITS + LEVEL_BITS)) - 1;

/// The special parameter that finds places by their distance.
pub const LOCATION_NEAR: &str = "http://hl7.org/fhir/SearchParameter/Location-near";

/// The parameter whose elements are the members of Lists.
pub const LIST_ITEM: &str = "http://hl7.org/fhir/SearchParameter/List-item";

/// The facets that a parameter has rows for; none for a special parameter whose rules are not known.
pub fn facets(param: &SearchParam) -> &'static [Facet] {
    use Facet::{
        Beside, Canonical, Container, Element, Identifier, Implied, Listed, OfType, Present, Text, Value, Words,
    };
    match param.ty {
        // Of contained resources alone: that they are there, and where.
        _ if param.code == "_id" => &[Present, Container],
        _ if matches!(param.code.as_str(), "_text" | "_content") => &[Words],
        _ if param.url == LIST_ITEM => &[Value, Identifier, Listed, Present],
        ParamType::Token => &[Value, Text, OfType, Present],
        ParamType::Reference => &[Value, Identifier, Present],
        ParamType::Quantity => &[Value, Canonical, Present],
        ParamType::Composite => &[Value, Canonical, Present, Beside, Element],
        ParamType::Number => &[Value, Implied, Present],
        ParamType::String | ParamType::Uri | ParamType::Date => &[Value, Present],
        ParamType::Special if param.url == LOCATION_NEAR => &[Value, Present],
        // Its rules are nobody's but its author's.
        ParamType::Special => &[],
    }
}

/// The kinds of rows that stand under a key of this facet; several where the values of one parameter are of several
/// kinds. Empty where the parameter has no such facet, or is a composite of a shape that no tuple row has.
pub fn row_kinds(param: ParamId, facet: Facet, registry: &Registry) -> Vec<RowKind> {
    let definition = registry.definition(param);
    if !facets(definition).contains(&facet) {
        return Vec::new();
    }
    match (facet, definition.ty) {
        (Facet::Own, _) => Vec::new(),
        (Facet::Present | Facet::Beside, _) => vec![RowKind::Present],
        (Facet::Element, _) => {
            let Some(shape) = tuple_shape(param, registry).filter(|_| registry.grouping(param).is_some()) else {
                return Vec::new();
            };
            let bases = std::iter::once(shape).chain(elsewhere(shape)).flat_map(Tuple::parts);
            let mut kinds: Vec<RowKind> = bases.map(|base| RowKind::Part(*base)).chain([RowKind::Element]).collect();
            kinds.sort_unstable();
            kinds.dedup();
            kinds
        }
        (Facet::Words, _) => vec![RowKind::One(Base::Word)],
        (Facet::Text, _) => vec![RowKind::One(Base::Text)],
        (Facet::Identifier, _) => vec![RowKind::One(Base::Token)],
        (Facet::Listed | Facet::Container, _) => vec![RowKind::One(Base::Ref)],
        (Facet::OfType, _) => vec![RowKind::Tuple(Tuple::TokenToken)],
        (Facet::Value, ParamType::Reference) => {
            vec![RowKind::One(Base::Ref), RowKind::One(Base::RefText), RowKind::One(Base::Url)]
        }
        (Facet::Value, ParamType::Composite) => {
            let shape = tuple_shape(param, registry);
            shape.into_iter().chain(shape.and_then(elsewhere)).map(RowKind::Tuple).collect()
        }
        (Facet::Canonical, ParamType::Composite) => {
            let shape = tuple_shape(param, registry).filter(|shape| shape.parts().contains(&Base::Quantity));
            shape.map(RowKind::Tuple).into_iter().collect()
        }
        (Facet::Value | Facet::Canonical | Facet::Implied, ty) => base(ty).map(RowKind::One).into_iter().collect(),
    }
}

/// The tuple row of a composite; `None` if no row has that shape.
pub fn tuple_shape(param: ParamId, registry: &Registry) -> Option<Tuple> {
    let components = registry.components(param).iter();
    let parts: Option<Vec<Base>> = components.map(|component| base(component.ty())).collect();
    Tuple::of(&parts?)
}

/// The shape of the same rows where the reference in them leaves the store.
fn elsewhere(shape: Tuple) -> Option<Tuple> {
    let leaves = |base: &Base| if *base == Base::Ref { Base::RefText } else { *base };
    let parts: Vec<Base> = shape.parts().iter().map(leaves).collect();
    Tuple::of(&parts).filter(|other| *other != shape)
}

/// The columns a value of this type fills as one part of a row.
pub fn base(ty: ParamType) -> Option<Base> {
    match ty {
        ParamType::Token => Some(Base::Token),
        ParamType::String => Some(Base::Text),
        ParamType::Reference => Some(Base::Ref),
        ParamType::Uri => Some(Base::Url),
        ParamType::Date => Some(Base::Time),
        ParamType::Number => Some(Base::Number),
        ParamType::Quantity => Some(Base::Quantity),
        // The one special parameter that has rows finds positions.
        ParamType::Special => Some(Base::Point),
        ParamType::Composite => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn param(ty: &str, code: &str) -> ParamId {
        let registry = Registry::r4();
        registry.param(registry.resource_type(ty).unwrap(), code).unwrap()
    }

    #[test]
    fn every_key_of_the_release_has_its_own_number_and_comes_back_from_it() {
        let registry = Registry::r4();
        let mut seen = std::collections::BTreeSet::new();
        for param in registry.types().flat_map(|ty| registry.params(ty).collect::<Vec<_>>()) {
            for facet in FACETS {
                for level in [Level::Top, Level::Contained] {
                    let key = Key { param, facet, level };
                    assert!(key.id().0 < 1 << 23);
                    assert!(seen.insert(key.id()), "{key:?}");
                    if facet == Facet::Value {
                        assert_eq!(Key::from_id(key.id(), registry), Some(key));
                    }
                }
            }
        }
    }

    #[test]
    fn numbers_without_a_parameter_name_no_key() {
        let registry = Registry::r4();
        assert_eq!(Key::from_id(KeyId(0), registry), None);
        assert_eq!(Key::from_id(KeyId(u32::MAX), registry), None);
        let key = Key { param: param("Patient", "birthdate"), facet: Facet::Value, level: Level::Top };
        assert_eq!(Key::from_id(KeyId(key.id().0 | 0b11110), registry), None, "a facet that does not exist");
    }

    #[test]
    fn kinds_of_rows() {
        use Facet::{Canonical, Identifier, OfType, Present, Text, Value, Words};
        let one = |base| vec![RowKind::One(base)];
        let table = [
            ("Patient", "gender", Value, one(Base::Token)),
            ("Patient", "gender", Text, one(Base::Text)),
            ("Patient", "gender", Canonical, vec![]),
            ("Patient", "identifier", OfType, vec![RowKind::Tuple(Tuple::TokenToken)]),
            ("Patient", "birthdate", Value, one(Base::Time)),
            ("Patient", "birthdate", Present, vec![RowKind::Present]),
            ("Patient", "name", Value, one(Base::Text)),
            ("Patient", "_profile", Value, one(Base::Url)),
            ("Patient", "_text", Words, one(Base::Word)),
            ("Patient", "_text", Value, vec![]),
            ("Location", "near", Value, one(Base::Point)),
            ("Location", "near", Present, vec![RowKind::Present]),
            ("Location", "near", Text, vec![]),
            ("ChargeItem", "factor-override", Value, one(Base::Number)),
            (
                "Observation",
                "subject",
                Value,
                vec![RowKind::One(Base::Ref), RowKind::One(Base::RefText), RowKind::One(Base::Url)],
            ),
            ("Observation", "subject", Identifier, one(Base::Token)),
            ("Observation", "_id", Value, vec![]),
            ("Observation", "_id", Facet::Container, one(Base::Ref)),
            ("Observation", "value-quantity", Canonical, one(Base::Quantity)),
            ("Observation", "code-value-quantity", Canonical, vec![RowKind::Tuple(Tuple::TokenQuantity)]),
            ("Observation", "code-value-concept", Canonical, vec![]),
            ("Observation", "code-value-quantity", Facet::Element, vec![]),
            (
                "Observation",
                "component-code-value-quantity",
                Facet::Element,
                vec![RowKind::Element, RowKind::Part(Base::Token), RowKind::Part(Base::Quantity)],
            ),
            ("Observation", "code-value-quantity", Facet::Beside, vec![RowKind::Present]),
            ("Observation", "code-value-concept", Value, vec![RowKind::Tuple(Tuple::TokenToken)]),
            (
                "DocumentReference",
                "relationship",
                Value,
                vec![RowKind::Tuple(Tuple::RefToken), RowKind::Tuple(Tuple::RefTextToken)],
            ),
        ];
        for (ty, code, facet, expected) in table {
            assert_eq!(row_kinds(param(ty, code), facet, Registry::r4()), expected, "{ty} {code} {facet:?}");
        }
    }

    #[test]
    fn every_composite_of_the_release_has_a_shape() {
        let registry = Registry::r4();
        for param in registry.types().flat_map(|ty| registry.params(ty).collect::<Vec<_>>()) {
            let composite = registry.definition(param).ty == ParamType::Composite;
            assert_eq!(tuple_shape(param, registry).is_some(), composite, "{}", registry.definition(param).url);
        }
    }
}
