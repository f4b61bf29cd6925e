//! The types of the members of a query: their indexes alone are asked.

use super::answer::Types;
use crate::keys::type_code;
use crate::stores::{Slots, Tuple};
use fhirc_codegen::algebra::Set;
use fhirc_codegen::ord::type_of;
use fhirc_codegen::program::{Query, Yield};
use fhirc_codegen::rows::{KeyId, TypeCode, Value};
use std::collections::{BTreeSet, HashMap};

/// The types of the members of a query.
pub(super) fn types_of(query: &Query, slots: &Slots) -> Types {
    let mut known: HashMap<_, Types> = HashMap::new();
    for (id, node) in query.sets.iter() {
        let of = |child| known.get(child).cloned().unwrap_or(Types::Any);
        let types = match &node.set {
            Set::None => Types::Only(BTreeSet::new()),
            Set::All(universe) | Set::Rows { universe, .. } | Set::Elements { universe, .. } => {
                Types::Only(universe.0.iter().copied().collect())
            }
            Set::Slot(slot) => Types::Only(slots.get(slot).into_iter().flatten().map(type_of_tuple).collect()),
            Set::And(children) => children.iter().map(of).fold(Types::Any, Types::and),
            Set::Or(children) => children.iter().map(of).fold(Types::Only(BTreeSet::new()), Types::or),
            Set::Minus { from, .. } => of(from),
            Set::Named { names, .. } => Types::Only(BTreeSet::from([type_code(names.url)])),
            Set::Via { .. } | Set::Closure { .. } => Types::Any,
        };
        known.insert(id, types);
    }
    known.remove(&query.root).unwrap_or(Types::Any)
}

/// The types of the members that tell anything: of others, no rows stand under the keys.
pub(super) fn tell(yields: &Yield) -> Types {
    let of = |keys: &[KeyId]| Types::Only(keys.iter().map(|key| type_code(*key)).collect());
    match yields {
        Yield::Targets(edge) => of(&[edge.key]),
        Yield::Names(names) => of(&[names.url]),
        Yield::Rows(key, _) => of(&[*key]),
        Yield::Versions(keys) => of(keys),
        Yield::Page | Yield::Count | Yield::Rough | Yield::Rid => Types::Any,
    }
}

fn type_of_tuple(Tuple { ord, keys }: &Tuple) -> TypeCode {
    match keys.first() {
        Some(Some(Value::Rid(ty, _))) => *ty,
        _ => type_of(*ord),
    }
}

impl Types {
    pub(super) fn and(self, other: Types) -> Types {
        match (self, other) {
            (Types::Any, types) | (types, Types::Any) => types,
            (Types::Only(one), Types::Only(other)) => Types::Only(one.intersection(&other).copied().collect()),
        }
    }

    fn or(self, other: Types) -> Types {
        match (self, other) {
            (Types::Any, _) | (_, Types::Any) => Types::Any,
            (Types::Only(one), Types::Only(other)) => Types::Only(one.union(&other).copied().collect()),
        }
    }
}
