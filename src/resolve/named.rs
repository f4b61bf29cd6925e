//! Named queries: conditions under a name, with parameters of their own. FHIR R4 `search.html#query`; item 113.

use crate::definitions::{Registry, ResourceType};
use crate::ir::Pred;
use crate::resolve::errors;
use crate::resolve::parameter::NOT_YET;
use crate::resolve::registered::{Kind, Within, is_of_name, says_nothing};
use crate::resolve::resolver::{Resolver, Wanted};
use crate::resolve::{control, parameter};
use fhirc_grammar::{Diagnostic, Has, Key, Link, Name, Param, Span, Spanned, Value};
use std::collections::BTreeMap;

const KIND: Kind = Kind { one: "a named query", code: "bad-named-query" };

/// The named queries that a compiler knows. Without one, every `_query` is refused.
#[derive(Clone, Debug, Default)]
pub struct NamedQueries {
    queries: BTreeMap<String, BTreeMap<ResourceType, Definition>>,
}

/// What a name stands for on resources of one type.
#[derive(Clone, Debug)]
struct Definition {
    text: String,
    conditions: Vec<Param>,
}

impl Definition {
    /// The names of the values that a search gives.
    fn values(&self) -> Vec<&str> {
        self.conditions.iter().filter_map(|param| open(&param.value)).collect()
    }
}

impl NamedQueries {
    /// Registers what `_query=name` means on the type of a search: its conditions hold beside those of the search that
    /// names it. Where a value is `{limit}`, the search must say `limit=…`, and each value that it gives stands
    /// there; so `high=Observation?code=8480-6&value-quantity={limit}` is asked as `_query=high&limit=gt140`. A name may
    /// be registered for several types.
    ///
    /// # Errors
    /// What is wrong with the search, with places in its text. Values are read only when a search names the query.
    pub fn add(&mut self, registry: &Registry, name: &str, search: &str) -> Result<(), Vec<Diagnostic>> {
        let (of, ty, conditions) = KIND.read(registry, (name, search), |of, param| problem(registry, of, param))?;
        let by_type = self.queries.entry(name.to_owned()).or_default();
        if by_type.contains_key(&of) {
            let whole = Span::from_offsets(0..search.len());
            let message = format!("the named query `{name}` is registered for `{}` already", ty.node);
            return Err(vec![KIND.wrong(whole, message)]);
        }
        by_type.insert(of, Definition { text: search.to_owned(), conditions });
        Ok(())
    }
}

/// What keeps a parameter from being a condition of a named query.
fn problem(registry: &Registry, ty: ResourceType, param: &Param) -> Option<Diagnostic> {
    let Some(own) = open(&param.value) else {
        let text = param.value.raw.text();
        let (_, behind) = text.split_once('{')?;
        let (own, _) = behind.split_once('}')?;
        let message = format!("`{{{own}}}` stands for a value in `{text}`, and can only stand for all of it");
        let help = format!("`{}={{{own}}}`", param.key.code());
        return Some(KIND.wrong(param.value.span, message).help(help));
    };
    let is_known = parameter::is_known(registry, ty, own) || control::is_control(own);
    if own.is_empty() || !own.chars().all(is_of_name) || is_known || NOT_YET.contains(&own) {
        let message = format!("`{own}` cannot be the name of a parameter of a named query");
        return Some(KIND.wrong(param.value.span, message));
    }
    None
}

/// The parameter that stands for a value: `{limit}`.
fn open(value: &Value) -> Option<&str> {
    value.raw.text().strip_prefix('{')?.strip_suffix('}')
}

/// A named query that a search names.
#[derive(Clone, Debug)]
pub(super) struct Named {
    name: String,
    span: Span,
}

/// `_query=high` (item 113).
pub(super) fn choose(resolver: &mut Resolver<'_>, param: &Param, text: &str, wanted: &mut Wanted) {
    let span = param.value.span;
    if wanted.query.is_some() {
        let message = "there can be one `_query` in a search";
        return resolver.report(Diagnostic::error("second-query", param.span, message));
    }
    let known = &resolver.settings.queries.queries;
    if !known.contains_key(text) {
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        return resolver.report(errors::unknown_query(text, span, &names));
    }
    wanted.query = Some(Named { name: text.to_owned(), span });
}

impl Named {
    /// The texts that it is registered with for the types of a search.
    pub(super) fn definition(&self, queries: &NamedQueries, types: &[ResourceType]) -> Vec<String> {
        let Some(by_type) = queries.queries.get(&self.name) else { return Vec::new() };
        types.iter().filter_map(|ty| Some(by_type.get(ty)?.text.clone())).collect()
    }

    /// What it adds for resources of type `ty`, one of the types of a search; `given` are the parameters of the search.
    /// Gives the parameters that are left, too. A value that is asked for on another of the types alone is none of them,
    /// unless it has a meaning here.
    pub(super) fn conditions<'p>(
        &self,
        resolver: &mut Resolver<'_>,
        (ty, types): (ResourceType, &[ResourceType]),
        given: &[&'p Param],
    ) -> (Vec<Pred>, Vec<&'p Param>) {
        let settings = resolver.settings;
        let Some(by_type) = settings.queries.queries.get(&self.name) else { return (Vec::new(), given.to_vec()) };
        let Some(definition) = by_type.get(&ty) else {
            let types: Vec<&str> = by_type.keys().map(|ty| resolver.registry.type_name(*ty)).collect();
            let here = resolver.registry.type_name(ty);
            resolver.report(errors::query_of_other_type(&self.name, self.span, here, &types));
            return (Vec::new(), given.to_vec());
        };
        let own = definition.values();
        let elsewhere: Vec<&str> = types.iter().filter_map(|ty| by_type.get(ty)).flat_map(Definition::values).collect();
        let is_of = |names: &[&str], param: &Param| !param.key.is_chained() && names.contains(&param.key.code());
        let (filled, mut left): (Vec<&Param>, Vec<&Param>) = given.iter().partition(|param| is_of(&own, param));
        left.retain(|param| !is_of(&elsewhere, param) || parameter::is_known(resolver.registry, ty, param.key.code()));
        let within = Within { what: format!("the named query `{}`", self.name), span: self.span };
        let mut preds = Vec::new();
        for condition in &definition.conditions {
            match open(&condition.value) {
                None => preds.extend(within.condition(resolver, ty, condition)),
                Some(name) => preds.extend(self.open(resolver, ty, condition, name, &filled)),
            }
        }
        (preds, left)
    }

    /// A condition for each value that the search gives it (item 98).
    fn open(
        &self,
        resolver: &mut Resolver<'_>,
        ty: ResourceType,
        condition: &Param,
        name: &str,
        filled: &[&Param],
    ) -> Vec<Pred> {
        let given = filled.iter().filter(|param| param.key.code() == name && !says_nothing(&param.value));
        let given: Vec<&&Param> = given.collect();
        if given.is_empty() {
            resolver.report(errors::query_without(&self.name, self.span, name));
        }
        let pred = |param: &&&Param| {
            let mut key = moved(&condition.key, param.key.span);
            match (&param.key.end.modifier, &key.end.modifier) {
                (Some(modifier), Some(_)) => {
                    let message = format!("`{name}` takes no modifier in the named query `{}`", self.name);
                    resolver.report(Diagnostic::error("unsupported-modifier", modifier.span, message));
                    return None;
                }
                (Some(modifier), None) => key.end.modifier = Some(modifier.clone()),
                (None, _) => {}
            }
            resolver.parameter(ty, &Param { key, value: param.value.clone(), span: param.span })
        };
        given.iter().filter_map(pred).collect()
    }
}

/// A key that is said at another place.
fn moved(key: &Key, span: Span) -> Key {
    let at = |name: &Spanned<String>| Spanned::new(name.node.clone(), span);
    let name = |name: &Name| Name { name: at(&name.name), modifier: name.modifier.as_ref().map(at) };
    let link = |link: &Link| match link {
        Link::Forward(forward) => Link::Forward(name(forward)),
        Link::Has(has) => Link::Has(Has { ty: at(&has.ty), reference: at(&has.reference), span }),
    };
    Key { links: key.links.iter().map(link).collect(), end: name(&key.end), span }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{Compiler, Options};
    use crate::ir::print;
    use crate::resolve::Handling;

    fn queries() -> NamedQueries {
        let mut queries = NamedQueries::default();
        for (name, search) in [
            ("high", "Observation?code=8480-6&value-quantity={limit}"),
            ("high", "Patient?_has:Observation:patient:value-quantity={limit}"),
            ("eves", "Observation?subject:Patient.name={name}&subject:Patient.gender=female"),
            ("members", "Observation?code:in=http://t/none"),
            ("two", "Observation?value-quantity={limit}"),
            ("two", "Patient?birthdate={day}"),
        ] {
            queries.add(Registry::r4(), name, search).unwrap();
        }
        queries
    }

    fn compiler() -> Compiler {
        Compiler::r4(Options { queries: queries().into(), ..Options::default() })
    }

    #[test]
    fn a_named_query_is_its_conditions() {
        let meaning = |query: &str| print(&compiler().compile(query).unwrap().search, Registry::r4());
        let conditions = |query: &str| meaning(query).split("env").next().unwrap().to_owned();
        for (named, written) in [
            ("Observation?_query=high&limit=gt140", "Observation?code=8480-6&value-quantity=gt140"),
            (
                "Observation?status=final&limit=gt140&_count=5&_query=high&limit=lt150,200",
                "Observation?code=8480-6&value-quantity=gt140&value-quantity=lt150,200&status=final&_count=5",
            ),
            ("Patient?_query=high&limit=gt140", "Patient?_has:Observation:patient:value-quantity=gt140"),
            (
                "Observation?_query=eves&name:exact=Eve",
                "Observation?subject:Patient.name:exact=Eve&subject:Patient.gender=female",
            ),
        ] {
            assert_eq!(conditions(named), conditions(written), "{named}");
        }
    }

    /// Strict handling reports what no type knows.
    #[test]
    fn types_may_ask_for_values_of_different_names() {
        let options = Options { handling: Handling::Strict, queries: queries().into(), ..Options::default() };
        let compiler = Compiler::r4(options);
        let codes = |query: &str| match compiler.compile(query) {
            Ok(compiled) => compiled.warnings.iter().map(|told| told.code).collect::<Vec<_>>(),
            Err(rejected) => rejected.diagnostics.iter().map(|told| told.code).collect(),
        };
        assert!(codes("?_type=Observation,Patient&_query=two&limit=gt140&day=gt2000").is_empty());
        // A type that is not searched asks for nothing.
        assert_eq!(codes("Observation?_query=two&limit=gt140&day=gt2000"), ["unknown-parameter"]);
        assert_eq!(codes("?_type=Observation,Patient&_query=two&limit=gt140"), ["incomplete-query"]);
        assert_eq!(codes("?_type=Observation,Patient&_query=two&limit=1&day=2000&size=3"), ["unknown-parameter"]);
        let both = compiler.compile("?_type=Observation,Patient&_query=two&limit=gt140&day=gt2000").unwrap();
        let conditions = print(&both.search, Registry::r4());
        assert!(conditions.starts_with("Observation\n  Observation.value-quantity"), "{conditions}");
        assert!(conditions.contains("Patient\n  Patient.birthdate"), "{conditions}");
    }

    #[test]
    fn what_is_wrong_is_told_where_the_search_says_it() {
        for (query, code, place, message) in [
            ("Observation?_query=hihg&limit=1", "unknown-query", "hihg", "there is no named query `hihg`"),
            ("Patient?_query=eves&name=eve", "unknown-query", "eves", "the named query `eves` is none of `Patient`"),
            ("Observation?_query=high", "incomplete-query", "high", "the named query `high` needs a value for `limit`"),
            (
                "Observation?_query=high&limit=",
                "incomplete-query",
                "high",
                "the named query `high` needs a value for `limit`",
            ),
            (
                "Observation?_query=high&limit=,",
                "incomplete-query",
                "high",
                "the named query `high` needs a value for `limit`",
            ),
            (
                "Observation?_query=eves&name=,,",
                "incomplete-query",
                "eves",
                "the named query `eves` needs a value for `name`",
            ),
            ("Observation?_query=high&limit=gtx", "bad-number", "gtx", "`x` is no number: a digit is missing"),
            (
                "Observation?_query=high&limit:below=5",
                "unsupported-modifier",
                "below",
                "modifier `below` does not apply to `value-quantity`",
            ),
            (
                "Observation?_query=high&limit=5&_query=eves",
                "second-query",
                "_query=eves",
                "there can be one `_query` in a search",
            ),
            (
                "Observation?_query=members",
                "no-terminology",
                "members",
                "in the named query `members`: value sets and code systems are not at hand here",
            ),
        ] {
            let rejected = compiler().compile(query).unwrap_err();
            let told = rejected.diagnostics.iter().find(|told| told.is_error()).unwrap();
            let found = (told.code, told.span.text(query).unwrap(), told.message.as_str());
            assert_eq!(found, (code, place, message), "{rejected}");
        }
        let rejected = compiler().compile("Observation?_query=hihg").unwrap_err();
        assert_eq!(rejected.diagnostics[0].help.as_deref(), Some("registered are `eves`, `high`, `members`, `two`"));
    }

    #[test]
    fn what_cannot_be_registered_is_told() {
        for (name, search, place) in [
            ("a b", "Patient?name=eve", "Patient?name=eve"),
            ("high", "Observation?code=a", "Observation?code=a"),
            ("x", "Patient", "Patient"),
            ("x", "?name=eve", "?name=eve"),
            ("x", "Patiend?name=eve", "Patiend"),
            ("x", "Patient?name=eve&_count=5", "_count"),
            ("x", "Patient?_query=high", "_query"),
            ("x", "Patient?gender=male&name=", "name"),
            ("x", "Patient?name=,&gender=male", "name"),
            ("x", "Patient?identifier=http://s|{x}", "http://s|{x}"),
            ("x", "Patient?gender=male,{x}", "male,{x}"),
            ("x", "Patient?name={gender}", "{gender}"),
            ("x", "Patient?name={_sort}", "{_sort}"),
            ("x", "Patient?name={}", "{}"),
            ("x", "Patient?name:=eve", ""),
        ] {
            let wrong = queries().add(Registry::r4(), name, search).unwrap_err();
            assert_eq!(wrong[0].span.text(search), Some(place), "{wrong:?}");
        }
    }
}
