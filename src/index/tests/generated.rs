//! Resources generated from the type model, so that every route of every parameter has something to find.

use serde_json::{Map, Value, json};

use crate::definitions::{ElementInfo, Registry, ResourceType, TypeKind, Variant};

/// As deep as the longest expressions of the specification go.
const DEPTH: usize = 4;

/// A resource with all elements of its type down to a depth; the seed decides between the variants of choices and
/// between the values of primitives.
pub(super) fn resource(ty: ResourceType, seed: u32) -> Value {
    let name = Registry::r4().type_name(ty);
    let mut resource = Dice(seed).object(name, DEPTH);
    resource.insert("resourceType".to_owned(), json!(name));
    resource.insert("id".to_owned(), json!("x"));
    Value::Object(resource)
}

/// A small generator of numbers: the same for the same seed on every machine.
struct Dice(u32);

impl Dice {
    fn pick<T>(&mut self, from: &[T]) -> Option<T>
    where
        T: Copy,
    {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let place = (self.0 >> 8) as usize % from.len().max(1);
        from.get(place).copied()
    }

    fn object(&mut self, ty: &str, depth: usize) -> Map<String, Value> {
        let mut members = Map::new();
        for element in Registry::r4().elements(ty) {
            if !matches!(element.name, "contained" | "extension" | "modifierExtension") {
                self.add(&mut members, element, depth);
            }
        }
        members
    }

    fn add(&mut self, members: &mut Map<String, Value>, element: &ElementInfo, depth: usize) {
        let variants: Vec<_> = element.variants.iter().collect();
        let Some(variant) = self.pick(&variants) else { return };
        let name = variant.json_name.to_string();
        let primitive = kind(variant) == TypeKind::Primitive;
        if primitive && self.pick(&[true, false, false, false]) == Some(true) {
            members.insert(format!("_{name}"), json!({"extension": [{"url": "u", "valueString": "s"}]}));
        } else if element.repeats {
            let items = [self.value(element, variant, depth), Some(Value::Null), self.value(element, variant, depth)];
            members.insert(name, Value::Array(items.into_iter().flatten().collect()));
        } else if let Some(value) = self.value(element, variant, depth) {
            members.insert(name, value);
        }
    }

    fn value(&mut self, element: &ElementInfo, variant: &Variant, depth: usize) -> Option<Value> {
        match variant.ty {
            ty if kind(variant) == TypeKind::Primitive => self.primitive(ty, element),
            "Resource" => {
                let ty = self.pick(&["Composition", "MessageHeader"]);
                Some(json!({"resourceType": ty, "id": "i"}))
            }
            "Reference" => {
                let targets: Vec<_> = variant.targets.iter().collect();
                let ty = self.pick(&targets)?;
                Some(json!({"reference": format!("{}/1", Registry::r4().type_name(ty))}))
            }
            ty if depth > 0 => Some(Value::Object(self.object(ty, depth - 1))),
            _ => None,
        }
    }

    fn primitive(&mut self, ty: &str, element: &ElementInfo) -> Option<Value> {
        Some(match (ty, element.name) {
            ("boolean", _) => json!(self.pick(&[true, false])?),
            ("decimal" | "integer" | "positiveInt" | "unsignedInt", _) => json!(self.pick(&[0, 1, 17])?),
            // The literals that expressions ask for.
            ("code", "system") => json!(self.pick(&["phone", "email"])?),
            ("code", "type") => {
                json!(self.pick(&["composed-of", "depends-on", "derived-from", "predecessor", "successor"])?)
            }
            ("date" | "dateTime" | "instant", _) => json!(self.pick(&["2020-01-01", "2021-01-01T00:00:00Z"])?),
            _ => json!(self.pick(&["a", "b c", "D-e"])?),
        })
    }
}

fn kind(variant: &Variant) -> TypeKind {
    Registry::r4().type_info(variant.ty).unwrap().kind
}
