//! The numbering of index keys: which rows stand under which number, without a catalogue.

use fhirc_codegen::rows::{Base, KeyId, RowKind, Tuple};

use crate::definitions::{FhirVersion, ParamId, ParamType, Registry};

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
    /// The code read as a text: `:code-text`, from R5 on.
    CodeText,
}

const FACETS: [Facet; 8] = [
    Facet::Value,
    Facet::Canonical,
    Facet::Words,
    Facet::Text,
    Facet::Identifier,
    Facet::OfType,
    Facet::Present,
    Facet::CodeText,
];

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
const SLOT_BITS: u32 = 10;

/// Slots a key can name, per resource type.
pub const MAX_SLOTS: u16 = 1 << SLOT_BITS;

impl Key {
    /// The number of the key, at most 23 bits: type code, slot, facet, level. The same on every store and every day.
    ///
    /// A slot from [`MAX_SLOTS`] on has no number; compiling such a parameter refuses it.
    pub fn id(self) -> KeyId {
        let ty = u32::from(self.param.ty().code()) << (SLOT_BITS + FACET_BITS + LEVEL_BITS);
        let slot = u32::from(self.param.slot() % MAX_SLOTS) << (FACET_BITS + LEVEL_BITS);
        let facet = (self.facet as u32) << LEVEL_BITS;
        KeyId(ty | slot | facet | self.level as u32)
    }

    /// The key with this number; `None` if the registry has no such parameter.
    pub fn from_id(id: KeyId, registry: &Registry) -> Option<Self> {
        let mut rest = id.0;
        let level = if take_bits(&mut rest, LEVEL_BITS) == 0 { Level::Top } else { Level::Contained };
        let facet = take_bits(&mut rest, FACET_BITS);
        let facet = FACETS.into_iter().find(|&known| known as u32 == facet)?;
        let slot = take_bits(&mut rest, SLOT_BITS);
        let ty = registry.types().find(|ty| u32::from(ty.code()) == rest)?;
        let param = registry.params(ty).find(|param| u32::from(param.slot()) == slot)?;
        Some(Self { param, facet, level })
    }
}

fn take_bits(number: &mut u32, bits: u32) -> u32 {
    let taken = *number & ((1 << bits) - 1);
    *number >>= bits;
    taken
}

/// The facets that parameters of a type have rows for.
pub fn facets(ty: ParamType, version: FhirVersion) -> &'static [Facet] {
    use Facet::{Canonical, CodeText, Identifier, OfType, Present, Text, Value};
    match ty {
        ParamType::Token if version >= FhirVersion::R5 => &[Value, Text, OfType, Present, CodeText],
        ParamType::Token => &[Value, Text, OfType, Present],
        ParamType::Reference => &[Value, Identifier, Present],
        ParamType::Quantity | ParamType::Composite => &[Value, Canonical, Present],
        ParamType::String | ParamType::Uri | ParamType::Date | ParamType::Number => &[Value, Present],
        ParamType::Special => &[Facet::Words],
    }
}

/// The kinds of rows that stand under a key of this facet; several where the values of one parameter are of several
/// kinds. Empty where the parameter has no such facet, or is a composite of a shape that no tuple row has.
pub fn row_kinds(param: ParamId, facet: Facet, registry: &Registry) -> Vec<RowKind> {
    let ty = registry.definition(param).ty;
    if !facets(ty, registry.version()).contains(&facet) {
        return Vec::new();
    }
    match (facet, ty) {
        (Facet::Present, _) => vec![RowKind::Present],
        (Facet::Words, _) => vec![RowKind::One(Base::Word)],
        (Facet::Text | Facet::CodeText, _) => vec![RowKind::One(Base::Text)],
        (Facet::Identifier, _) => vec![RowKind::One(Base::Token)],
        (Facet::OfType, _) => vec![RowKind::Tuple(Tuple::TokenToken)],
        (Facet::Value | Facet::Canonical, ParamType::Composite) => {
            let shape = tuple_shape(param, registry);
            let wanted = shape.filter(|shape| facet == Facet::Value || shape.parts().contains(&Base::Quantity));
            wanted.into_iter().map(RowKind::Tuple).collect()
        }
        (Facet::Value, ParamType::Reference) => {
            vec![RowKind::One(Base::Ref), RowKind::One(Base::RefText), RowKind::One(Base::Url)]
        }
        (Facet::Value | Facet::Canonical, ty) => base(ty).map(RowKind::One).into_iter().collect(),
    }
}

/// The tuple row of a composite; `None` if no row has that shape.
pub fn tuple_shape(param: ParamId, registry: &Registry) -> Option<Tuple> {
    let components = registry.components(param).iter();
    let parts: Option<Vec<Base>> = components.map(|component| base(component.ty())).collect();
    Tuple::of(&parts?)
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
        ParamType::Composite | ParamType::Special => None,
    }
}
