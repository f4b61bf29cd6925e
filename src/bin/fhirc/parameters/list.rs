//! Lists of search parameters.

use crate::exit::Exit;
use crate::output::{Output, thousands};
use fhirc::definitions::{Registry, Standing, State, TypeSet};

/// Names of types that are listed.
const SHOWN: usize = 6;

/// The parameters of a type: code, type, what a reference leads to.
pub(super) fn of_type(registry: &Registry, name: &str, output: &mut Output) -> Exit {
    let Some(ty) = registry.resource_type(name) else {
        let near = registry.nearest_type(name).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        return output.usage(&format!("there is no resource type `{name}`{near}"));
    };
    for param in registry.params(ty) {
        let definition = registry.definition(param);
        let targets = names(registry, registry.targets(param));
        let line = format!("{:<32}{:<11}{targets}", definition.code, definition.ty.code());
        output.line(format_args!("{}", line.trim_end()));
    }
    for param in registry.kept(ty) {
        let definition = registry.definition(param);
        if let Some(progress) = registry.being_built(ty, &definition.code) {
            let (done, total) = progress.get();
            let far = format!("being built: {} of {} resources", thousands(done), thousands(total));
            output.line(format_args!("{:<32}{:<11}{far}", definition.code, definition.ty.code()));
        }
    }
    Exit::Done
}

/// The definitions that are not simply the release's.
pub(super) fn changed(registry: &Registry, output: &mut Output) -> Exit {
    let standings = registry.standings();
    if standings.is_empty() {
        output.line(format_args!("the definitions of FHIR {}, without changes", registry.version()));
    }
    standings.iter().for_each(|standing| one(registry, standing, output));
    Exit::Done
}

/// The definition behind one URL, in all its states.
pub(super) fn standing(registry: &Registry, url: &str, output: &mut Output) {
    let of_url = registry.standings().into_iter().filter(|standing| standing.definition.url == url);
    of_url.for_each(|standing| one(registry, &standing, output));
}

fn one(registry: &Registry, Standing { definition, types, state }: &Standing, output: &mut Output) {
    let state = match state {
        State::Active => "active".to_owned(),
        State::Building { answered, done, total } => {
            let meanwhile = if *answered { "the definition before answers" } else { "not searchable yet" };
            format!("being built: {} of {} resources; {meanwhile}", thousands(*done), thousands(*total))
        }
        State::Idle => "without effect: the definitions behind its codes stay".to_owned(),
        State::Retired => "retired: its rows are still to be deleted".to_owned(),
        State::Withdrawn => "retired".to_owned(),
    };
    let (code, ty, of) = (&definition.code, definition.ty.code(), names(registry, *types));
    output.line(format_args!("{}", definition.url));
    output.line(format_args!("  {code} ({ty}) of {of}: {state}"));
}

fn names(registry: &Registry, types: TypeSet) -> String {
    let mut names: Vec<&str> = types.iter().take(SHOWN).map(|ty| registry.type_name(ty)).collect();
    if types.len() > SHOWN {
        names.push("...");
    }
    names.join(", ")
}
