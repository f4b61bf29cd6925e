//! The `fhirc` command.

mod bench;
mod bundle;
mod common;
mod conformance;
mod differential;
mod exit;
mod explain;
mod external;
mod generate;
mod interrupt;
mod load;
mod output;
mod parameters;
mod reindex;
mod search;

use clap::{Parser, Subcommand};
use exit::Exit;
use output::Output;
use std::process::ExitCode;

/// Extraction is many small texts made on one thread and dropped on another, where the system's allocator takes a tenth
/// of a load.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Compiles FHIR search for the database that you already run.
#[derive(Debug, Parser)]
#[command(name = "fhirc", version, after_help = exit::HELP)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Load(load::Load),
    Search(search::Search),
    Explain(explain::Explain),
    Bench(bench::Bench),
    Parameters(parameters::Parameters),
    Reindex(reindex::Reindex),
    Conformance(conformance::Conformance),
    Generate(generate::Generate),
    Differential(differential::Differential),
}

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help goes to standard output, a usage error to standard error; a closed pipe is nobody's loss.
            let _ = error.print();
            return if error.use_stderr() { Exit::Usage.into() } else { Exit::Done.into() };
        }
    };
    let mut output = Output::default();
    let exit = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime.block_on(async {
            match cli.command {
                Command::Load(load) => load.run(&mut output).await,
                Command::Search(search) => search.run(&mut output).await,
                Command::Explain(explain) => explain.run(&mut output).await,
                Command::Bench(bench) => bench.run(&mut output).await,
                Command::Parameters(parameters) => parameters.run(&mut output).await,
                Command::Reindex(reindex) => reindex.run(&mut output).await,
                Command::Conformance(conformance) => conformance.run(&mut output).await,
                Command::Generate(generate) => generate.run(&mut output),
                Command::Differential(differential) => differential.run(&mut output).await,
            }
        }),
        Err(error) => {
            output.error(format_args!("the asynchronous runtime could not be started: {error}"));
            Exit::Failed
        }
    };
    output.finish(exit).into()
}
