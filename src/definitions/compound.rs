//! Composites that say of a whole resource what two parameters say together.

use super::Registry;
use super::expression::branches;
use super::param::{Component, ParamId, ParamType};

impl Registry {
    /// The two parameters whose values a composite of two parts puts side by side, the first a token, if it reads them on
    /// the resource itself: there `code-value-quantity=c$v` finds what `code=c&value-quantity=v` finds, but for values that
    /// only one of the definitions has (R4 leaves SampledData out of the composite). FHIR R4 3.1.1.4.12.
    ///
    /// Who compares the values of both, resource by resource, has to have done so from the first resource on. So a
    /// parameter that came after the composite is none of these: its rows may have been made without looking back.
    pub fn compound(&self, composite: ParamId) -> Option<[ParamId; 2]> {
        let applied = self.applied(composite);
        let [first, second] = applied.components.as_slice() else { return None };
        let name = self.type_name(composite.ty);
        let expression = applied.definition.expression.as_deref().unwrap_or_default();
        let on_resource = branches(&self.facts.model, name, expression) == [name];
        if first.ty() != ParamType::Token || !on_resource {
            return None;
        }
        let parts = [self.behind(composite, first)?, self.behind(composite, second)?];
        Some(parts)
    }

    /// The composite that puts the values of two parameters of a type side by side, see [`Registry::compound`].
    pub fn combined(&self, parts: [ParamId; 2]) -> Option<ParamId> {
        let [first, second] = parts.map(|part| self.definition(part).url.as_str());
        let names_them = |composite: &ParamId| match self.components(*composite) {
            [one, other] => one.definition.url == first && other.definition.url == second,
            _ => false,
        };
        self.params(parts[0].ty).filter(names_them).find(|composite| self.compound(*composite) == Some(parts))
    }

    /// The parameter that has the definition of a part, and had it when the composite came.
    fn behind(&self, composite: ParamId, part: &Component) -> Option<ParamId> {
        let has_it = |param: &ParamId| self.definition(*param) == part.definition.as_ref();
        let param = self.kept(composite.ty).find(has_it)?;
        let of_release = |param: ParamId| self.is_of_release(param);
        (param.slot < composite.slot || of_release(param) && of_release(composite)).then_some(param)
    }

    /// Whether a slot was given by the release: what falls back to it later has another one.
    pub(crate) fn is_of_release(&self, param: ParamId) -> bool {
        let of_type = self.release.types.get(param.ty.index());
        of_type.is_some_and(|params| u32::from(param.slot) < params.next)
    }
}

#[cfg(test)]
mod tests {
    use crate::definitions::Registry;

    #[test]
    fn composites_on_the_resource_itself_have_the_parameters_beside_them() {
        let registry = Registry::r4();
        let mut found = Vec::new();
        for ty in registry.types() {
            for composite in registry.params(ty) {
                let Some(parts) = registry.compound(composite) else { continue };
                let codes = parts.map(|part| registry.definition(part).code.as_str());
                found.push((registry.type_name(ty), registry.definition(composite).code.as_str(), codes));
            }
        }
        let expected = [
            ("code-value-concept", ["code", "value-concept"]),
            ("code-value-date", ["code", "value-date"]),
            ("code-value-quantity", ["code", "value-quantity"]),
            ("code-value-string", ["code", "value-string"]),
        ];
        assert_eq!(found, expected.map(|(composite, codes)| ("Observation", composite, codes)));
    }
}
