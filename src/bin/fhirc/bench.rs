//! `fhirc bench`

use crate::common::{Definitions, Meaning, Where, open};
use crate::exit::Exit;
use crate::external::External;
use crate::output::Output;
use clap::Args;
use fhirc::compiler::Compiler;
use fhirc::runtime::{ExecuteError, Page, Request, execute};
use fhirc::stores::Store;
use fhirc::tenant::TenantContext;
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const EXAMPLES: &str = "\
Examples:
  printf 'smiths\\tPatient?name=smith\\nsmiths@page5\\tPatient?name=smith\\n' > queries.txt
  fhirc bench --store sqlite:ward.db queries.txt
  fhirc bench --store sqlite:ward.db queries.txt --repeat 101 --json > times.jsonl

A line of the file is a label, a tab and a search; empty lines and lines that begin with `#` are passed over. What is
timed is one page, from the text of the search to its resources: compiled, planned, run, bodies and includes read. It
runs once before the clock does. A label that ends in `@page5` times the fifth page instead of the first.";

/// Times searches on a store.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Bench {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    meaning: Meaning,
    #[command(flatten)]
    definitions: Definitions,
    #[command(flatten)]
    external: External,
    /// How often each search is timed
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    repeat: u32,
    /// One JSON object a line instead of a table: `label`, `median_ms`, `p95_ms`, `rows`, and of a
    /// server whose store counts them `requests`, for one run
    #[arg(long)]
    json: bool,
    /// The searches: a label, a tab and a search on each line
    queries: PathBuf,
}

/// A search to be timed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Case {
    label: String,
    query: String,
    /// Which page, counted from 1.
    page: u32,
}

/// What was measured of it.
struct Times {
    /// All runs, the fastest first.
    sorted: Vec<Duration>,
    /// Matches on the page, and what came along with them.
    rows: usize,
    /// Requests to the server for one run, where the store counts them.
    requests: Option<f64>,
}

impl Bench {
    /// Runs the command.
    pub(crate) async fn run(self, output: &mut Output) -> Exit {
        let text = match fs::read_to_string(&self.queries) {
            Ok(text) => text,
            Err(error) => return output.failed(&format!("{}: {error}", self.queries.display())),
        };
        let registry = self.definitions.registry(output);
        let prepared = registry.and_then(|registry| {
            let cases = cases(&text).map_err(|wrong| format!("{}: {wrong}", self.queries.display()))?;
            Ok((cases, self.place.parse()?, self.meaning.settings(registry)?))
        });
        let (cases, (url, tenant), settings) = match prepared {
            Ok(prepared) => prepared,
            Err(wrong) => return output.usage(&wrong),
        };
        let store = match open(&url, settings, &tenant, output).await {
            Ok(store) => store,
            Err(failed) => return output.failed(&failed),
        };
        let exit = match self.meaning.options_for(&store, &tenant, &self.external, output).await {
            Ok(options) => {
                let compiler = Compiler::new(store.registry(), options);
                self.all(&cases, &compiler, &store, &tenant, output).await
            }
            Err(exit) => exit,
        };
        store.close().await;
        exit
    }

    async fn all(
        &self,
        cases: &[Case],
        compiler: &Compiler,
        store: &Store,
        tenant: &TenantContext,
        output: &mut Output,
    ) -> Exit {
        let width = cases.iter().map(|case| case.label.chars().count()).max().unwrap_or(0).max("label".len());
        if !self.json {
            output.line(format_args!("{:<width$}  median ms     p95 ms    rows", "label"));
        }
        let mut exit = Exit::Done;
        for case in cases {
            warn(case, compiler, output);
            match self.time(case, compiler, store, tenant).await {
                Ok(times) => self.print(case, &times, width, output),
                Err(refused) => {
                    output.error(format_args!("{}: {}", case.label, refused.trim_end()));
                    exit = Exit::Refused;
                }
            }
        }
        exit
    }

    async fn time(
        &self,
        case: &Case,
        compiler: &Compiler,
        store: &Store,
        tenant: &TenantContext,
    ) -> Result<Times, String> {
        let mut request = Request { tenant: tenant.clone(), cursor: None };
        for page in 1..case.page {
            let next = run(case, compiler, store, &request).await?.next;
            request.cursor = Some(next.ok_or_else(|| format!("there are only {page} pages"))?);
        }
        let Page { matches, included, .. } = run(case, compiler, store, &request).await?;
        let rows = matches.len() + included.len();
        let mut sorted = Vec::new();
        let before = store.requests();
        for _ in 0..self.repeat {
            let begin = Instant::now();
            run(case, compiler, store, &request).await?;
            sorted.push(begin.elapsed());
        }
        sorted.sort();
        let sent = store.requests().zip(before).map(|(after, before)| after.saturating_sub(before));
        let requests = sent.map(|sent| (sent as f64 * 10.0 / f64::from(self.repeat)).round() / 10.0);
        Ok(Times { sorted, rows, requests })
    }

    fn print(&self, case: &Case, times: &Times, width: usize, output: &mut Output) {
        let (label, rows) = (&case.label, times.rows);
        let (median, p95) = (milliseconds(times.at(50)), milliseconds(times.at(95)));
        if self.json {
            let mut line = json!({ "label": label, "median_ms": median, "p95_ms": p95, "rows": rows });
            if let (Some(requests), Some(line)) = (times.requests, line.as_object_mut()) {
                line.insert("requests".to_owned(), json!(requests));
            }
            output.line(format_args!("{line}"));
        } else {
            let requests = times.requests.map(|requests| format!("  {requests} requests")).unwrap_or_default();
            output.line(format_args!("{label:<width$}  {median:>9.3}  {p95:>9.3}  {rows:>6}{requests}"));
        }
    }
}

/// Says what of a search is left out. What is wrong with it is said when it is to be run.
fn warn(case: &Case, compiler: &Compiler, output: &mut Output) {
    let Ok(compiled) = compiler.compile(&case.query) else { return };
    for warning in &compiled.warnings {
        output.note(format_args!("{}: {}", case.label, compiled.query.render(warning).trim_end()));
    }
}

/// One page, from the text of the search on.
async fn run(case: &Case, compiler: &Compiler, store: &Store, request: &Request) -> Result<Page, String> {
    let compiled = compiler.compile(&case.query).map_err(|rejected| rejected.to_string())?;
    execute(store, &compiled, request, None).await.map_err(|error: ExecuteError| error.to_string())
}

impl Times {
    /// The time that `percent` of the runs did not exceed.
    fn at(&self, percent: usize) -> Duration {
        let place = (self.sorted.len() * percent).div_ceil(100).saturating_sub(1);
        self.sorted.get(place).copied().unwrap_or_default()
    }
}

/// In milliseconds, to the microsecond.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

/// The searches of a file.
fn cases(text: &str) -> Result<Vec<Case>, String> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    let cases: Vec<Case> =
        lines.map(|(n, line)| case(line).map_err(|wrong| format!("line {n}: {wrong}"))).collect::<Result<_, _>>()?;
    if cases.is_empty() { Err("no searches in it".to_owned()) } else { Ok(cases) }
}

fn case(line: &str) -> Result<Case, String> {
    let (label, query) = line.split_once('\t').ok_or("a line is a label, a tab and a search")?;
    let page = match label.rsplit_once("@page") {
        Some((_, number)) => {
            let page = number.parse().ok().filter(|page| *page > 0);
            page.ok_or_else(|| format!("`@page{number}` names no page: they count from 1"))?
        }
        None => 1,
    };
    Ok(Case { label: label.to_owned(), query: query.trim().to_owned(), page })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_searches() {
        let text = "# comment\n\nall\tPatient\nfifth@page5\tPatient?name=a\n";
        let of = |label: &str, query: &str, page| Case { label: label.to_owned(), query: query.to_owned(), page };
        assert_eq!(cases(text), Ok(vec![of("all", "Patient", 1), of("fifth@page5", "Patient?name=a", 5)]));
        assert_eq!(cases("Patient?name=a"), Err("line 1: a line is a label, a tab and a search".to_owned()));
        assert_eq!(cases("a@page0\tPatient"), Err("line 1: `@page0` names no page: they count from 1".to_owned()));
        assert_eq!(cases("\n"), Err("no searches in it".to_owned()));
    }

    #[test]
    fn the_median_of_two_is_the_lower_and_p95_of_few_the_greatest() {
        let of = |of: &[u64]| of.iter().map(|n| Duration::from_millis(*n)).collect();
        let times = |some: &[u64]| Times { sorted: of(some), rows: 0, requests: None };
        assert_eq!(times(&[1, 2]).at(50), Duration::from_millis(1));
        assert_eq!(times(&[1, 2, 3]).at(95), Duration::from_millis(3));
        let hundred: Vec<u64> = (1..=100).collect();
        assert_eq!(times(&hundred).at(95), Duration::from_millis(95));
    }
}
