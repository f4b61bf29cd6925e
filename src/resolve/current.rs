//! Functional lists: `_list=$current-problems`. What is on one, a server decides: here, whoever registers it. FHIR R4
//! 3.1.1.4.22, `lifecycle.html#current`.

use crate::definitions::Registry;
use crate::ir::Pred;
use crate::resolve::errors;
use crate::resolve::registered::{Kind, Within};
use crate::resolve::resolver::Resolver;
use fhirc_grammar::{Diagnostic, Param, Span};
use std::collections::{BTreeMap, BTreeSet};

const KIND: Kind = Kind { one: "a current list", code: "bad-current-list" };

/// The functional lists that a compiler knows. Without one, every `_list=$…` is refused.
#[derive(Clone, Debug, Default)]
pub struct CurrentLists {
    lists: BTreeMap<String, Definition>,
}

/// What a name stands for: the Lists that satisfy some conditions.
#[derive(Clone, Debug)]
struct Definition {
    text: String,
    conditions: Vec<Param>,
}

/// Which functional lists a search has named so far.
#[derive(Debug, Default)]
pub(super) struct Named {
    /// The names, with what they stand for.
    pub(super) texts: BTreeSet<String>,
    /// Whether what is resolved is the text of one.
    is_open: bool,
}

impl CurrentLists {
    /// Registers what `_list=$name` means: an entry, not flagged as deleted, of one of the Lists that a search finds, as
    /// in `List?status=current&code=problems` for `current-problems`. A `$` before the name is not looked at.
    ///
    /// # Errors
    /// What is wrong with the search, with places in its text. Values are read only when a search names the list.
    pub fn add(&mut self, registry: &Registry, name: &str, search: &str) -> Result<(), Vec<Diagnostic>> {
        let name = name.strip_prefix('$').unwrap_or(name);
        let (ty, written, conditions) = KIND.read(registry, (name, search), |_, _| None)?;
        if registry.type_name(ty) != "List" {
            let message = format!("a current list is the entries of Lists, not of `{}`", written.node);
            return Err(vec![KIND.wrong(written.span, message).help("`List?status=current&code=…`")]);
        }
        if self.lists.contains_key(name) {
            let whole = Span::from_offsets(0..search.len());
            return Err(vec![KIND.wrong(whole, format!("the current list `${name}` is registered already"))]);
        }
        self.lists.insert(name.to_owned(), Definition { text: search.to_owned(), conditions });
        Ok(())
    }
}

/// The Lists that make up the functional list `$name`.
pub(super) fn lists(resolver: &mut Resolver<'_>, name: &str, span: Span) -> Option<Pred> {
    let known = &resolver.settings.lists.lists;
    let Some(definition) = known.get(name) else {
        let names: Vec<String> = known.keys().map(|name| format!("${name}")).collect();
        resolver.report(errors::unknown_current_list(name, span, &names));
        return None;
    };
    if resolver.lists.is_open {
        let message = format!("what is on `${name}` cannot be said by another functional list");
        resolver.report(Diagnostic::error("not-supported", span, message));
        return None;
    }
    resolver.lists.texts.insert(format!("${name}={}", definition.text));
    let ty = resolver.registry.resource_type("List")?;
    let within = Within { what: format!("the current list `${name}`"), span };
    resolver.lists.is_open = true;
    let conditions = definition.conditions.iter().map(|condition| within.condition(resolver, ty, condition));
    let conditions: Vec<Option<Pred>> = conditions.collect();
    resolver.lists.is_open = false;
    // One that is left out would make the list longer.
    Some(Pred::all(conditions.into_iter().collect::<Option<_>>()?, span))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{Compiler, Options, Rejected};
    use crate::ir::print;

    const PROBLEMS: &str =
        "List?status=current&code=http://terminology.hl7.org/CodeSystem/list-example-use-codes|problems";

    fn compiler() -> Compiler {
        let mut lists = CurrentLists::default();
        for (name, search) in [
            ("$current-problems", PROBLEMS),
            ("current-of-eve", "List?subject:Patient.name=eve"),
            ("current-of-current", "List?_list=$current-problems"),
            ("current-wrong", "List?date=2013-13"),
            ("current-unknown", "List?status=current&flavour=sweet"),
        ] {
            lists.add(Registry::r4(), name, search).unwrap();
        }
        Compiler::r4(Options { lists: lists.into(), ..Options::default() })
    }

    fn conditions(query: &str) -> String {
        print(&compiler().compile(query).unwrap().search, Registry::r4())
    }

    fn refused(query: &str) -> (&'static str, String, String) {
        let Rejected { diagnostics, .. } = compiler().compile(query).unwrap_err();
        let told = &diagnostics[0];
        (told.code, told.message.clone(), told.span.text(query).unwrap_or_default().to_owned())
    }

    #[test]
    fn a_functional_list_is_the_lists_that_a_search_finds() {
        let listed = conditions("Condition?_list=$current-problems");
        assert!(listed.starts_with("Condition\n  entry of List\n    all\n      List.status is "), "{listed}");
        let either = conditions("Condition?_list=42,$current-of-eve");
        assert!(either.contains("    any\n      List._id is \"42\"\n      List.subject ->"), "{either}");
        let said = "entry of List\n    all\n      List.status is ";
        for query in
            ["Condition?_filter=_list eq $current-problems", "Condition?_filter=_list eq \"$current-problems\""]
        {
            assert!(conditions(query).contains(said), "{query}");
        }
        assert!(conditions("Observation?_filter=subject in $current-problems").contains("entry of List"));
    }

    #[test]
    fn what_a_list_stands_for_belongs_to_the_search() {
        let definition = |query| compiler().compile(query).unwrap().search.definition;
        assert_eq!(definition("Condition?_list=$current-problems"), [format!("$current-problems={PROBLEMS}")]);
        assert!(definition("Condition?_list=42").is_empty());
    }

    #[test]
    fn what_is_wrong_is_told_where_the_search_says_it() {
        let unknown = "what is on `$current-probelms` a server decides, and nothing is registered for it";
        let place = "$current-probelms".to_owned();
        assert_eq!(refused("Condition?_list=$current-probelms"), ("not-supported", unknown.to_owned(), place));
        let (code, message, place) = refused("Condition?_list=$current-wrong");
        assert_eq!((code, place.as_str()), ("bad-date", "$current-wrong"));
        assert!(message.starts_with("in the current list `$current-wrong`: "), "{message}");
        // Left out, it would make the list longer, in lenient handling too.
        assert_eq!(refused("Condition?_list=$current-unknown").0, "unknown-parameter");
        let (code, message, _) = refused("Condition?_list=$current-of-current");
        assert_eq!(code, "not-supported");
        assert!(message.contains("cannot be said by another functional list"), "{message}");
        let help = |compiler: &Compiler| {
            compiler.compile("Condition?_list=$current-drugs").unwrap_err().diagnostics[0].help.clone().unwrap()
        };
        assert!(help(&compiler()).starts_with("registered are `$current-of-current`, "), "{}", help(&compiler()));
        let none = help(&Compiler::r4(Options::default()));
        assert!(none.starts_with("register it: `--current-list 'current-drugs=List?"), "{none}");
    }

    #[test]
    fn what_cannot_be_registered_is_told() {
        let mut lists = CurrentLists::default();
        lists.add(Registry::r4(), "x", "List?status=current").unwrap();
        for (name, search, place) in [
            ("x", "List?code=a", "List?code=a"),
            ("a b", "List?code=a", "List?code=a"),
            ("y", "Patient?name=eve", "Patient"),
            ("y", "List", "List"),
            ("y", "?code=a", "?code=a"),
            ("y", "List?code=a&_count=5", "_count"),
            ("y", "List?code=", "code"),
        ] {
            let wrong = lists.add(Registry::r4(), name, search).unwrap_err();
            assert_eq!((wrong[0].code, wrong[0].span.text(search)), ("bad-current-list", Some(place)), "{wrong:?}");
        }
    }
}
