//! `fhirc parameters`

use crate::exit::Exit;
use crate::output::Output;
use clap::Args;
use fhirc::definitions::Registry;

const EXAMPLES: &str = "\
Examples:
  fhirc parameters Patient";

/// Lists the search parameters of a resource type: code, type, what a reference leads to.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Parameters {
    /// The resource type
    #[arg(value_name = "TYPE")]
    ty: String,
}

impl Parameters {
    /// Runs the command.
    pub(crate) fn run(&self, output: &mut Output) -> Exit {
        const SHOWN: usize = 6;
        let registry = Registry::r4();
        let Some(ty) = registry.resource_type(&self.ty) else {
            let near =
                registry.nearest_type(&self.ty).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
            return output.usage(&format!("there is no resource type `{}`{near}", self.ty));
        };
        for param in registry.params(ty) {
            let definition = registry.definition(param);
            let targets = registry.targets(param);
            let mut names: Vec<&str> = targets.iter().take(SHOWN).map(|ty| registry.type_name(ty)).collect();
            if targets.len() > SHOWN {
                names.push("...");
            }
            let line = format!("{:<32}{:<11}{}", definition.code, definition.ty.code(), names.join(", "));
            output.line(format_args!("{}", line.trim_end()));
        }
        Exit::Done
    }
}
