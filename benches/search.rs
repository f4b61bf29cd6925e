//! Our searches against statements written by hand for our tables, in one run:
//! `cargo bench --bench search -- --store ward.db [--repeat N] [--only LABEL]`.
//!
//! Each class of `classes.txt` runs as `fhirc search` runs it, from the text to the bodies, and as the statements under
//! its label in `handwritten.sql` run on a connection of their own, bodies read likewise. Both must find the same
//! resources in the same order. Both alternate, so that what else the machine does meets both.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a benchmark that cannot run says so by stopping"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints its table")]

mod handwritten;

use fhirc::compiler::{Compiler, Options};
use fhirc::definitions::Registry;
use fhirc::runtime::{Page, Request, Resource, StepReport, execute, terminology};
use fhirc::stores::{Store, StoreSettings};
use fhirc::tenant::TenantContext;
use handwritten::{Answer, Class, classes};
use rusqlite::{Connection, OpenFlags};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A line of `classes.txt`.
struct Case {
    label: &'static str,
    query: &'static str,
    page: u32,
}

/// What was measured.
struct Times {
    rows: usize,
    /// From the text to the bodies.
    ours: Vec<Duration>,
    /// The statements alone, lowering included.
    steps: Vec<Duration>,
    /// The best way by hand.
    hand: Option<Vec<Duration>>,
    /// Ways by hand that do not find the same, counted from 1.
    wrong: Vec<usize>,
}

/// What all searches share.
struct Bench {
    store: Store,
    compiler: Compiler,
    connection: Connection,
    repeat: usize,
}

fn main() {
    let argument = |name: &str| {
        let mut arguments = std::env::args().skip_while(|argument| argument != name);
        arguments.nth(1)
    };
    let path = argument("--store").unwrap_or_else(|| panic!("--store PATH: a database that `fhirc load` has made"));
    let repeat = argument("--repeat").map_or(25, |repeat| repeat.parse().unwrap());
    let only = argument("--only");
    let runtime = tokio::runtime::Builder::new_multi_thread().build().unwrap();
    runtime.block_on(async {
        let bench = Bench::open(&path, repeat).await;
        let registry = bench.store.registry();
        let hand = classes(&registry);
        println!("| class | rows | ours | p95 | statements | by hand | ratio | bound | |");
        println!("|---|---:|---:|---:|---:|---:|---:|---|---|");
        for case in cases().filter(|case| only.as_ref().is_none_or(|only| case.label.starts_with(only.as_str()))) {
            let stem = case.label.split('@').next().unwrap();
            let class = hand.iter().find(|class| class.label == stem);
            let times = bench.time(&case, class).await;
            print(&case, class, times);
        }
    });
}

/// The classes.
fn cases() -> impl Iterator<Item = Case> {
    let lines = include_str!("classes.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(|line| {
        let (label, query) = line.split_once('\t').unwrap();
        let page = label.split_once("@page").map_or(1, |(_, page)| page.parse().unwrap());
        Case { label, query, page }
    })
}

impl Bench {
    async fn open(path: &str, repeat: usize) -> Bench {
        let registry = Arc::new(Registry::r4().clone());
        let url = format!("sqlite:{path}").parse().unwrap();
        let store = Store::open(&url, StoreSettings::new(registry)).await.unwrap();
        let terminology = Arc::new(terminology(&store, &TenantContext::default()).await.unwrap());
        let options = Options { zone: store.zone().clone(), terminology, ..Options::default() };
        let compiler = Compiler::new(store.registry(), options);
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        connection.set_prepared_statement_cache_capacity(64);
        // As `stores::sqlite` opens its own.
        connection.execute_batch("PRAGMA cache_size = -65536; PRAGMA temp_store = memory").unwrap();
        Bench { store, compiler, connection, repeat }
    }

    async fn page(&self, case: &Case, request: &Request, steps: &mut Duration) -> Result<Page, String> {
        let compiled = self.compiler.compile(case.query).map_err(|error| error.to_string())?;
        let mut observe = |report: StepReport<'_>| *steps += report.time;
        execute(&self.store, &compiled, request, Some(&mut observe)).await.map_err(|error| error.to_string())
    }

    async fn time(&self, case: &Case, class: Option<&Class>) -> Result<Times, String> {
        let mut request = Request::default();
        for page in 1..case.page {
            let next = self.page(case, &request, &mut Duration::default()).await?.next;
            request.cursor = Some(next.ok_or_else(|| format!("there are only {page} pages"))?);
        }
        let first = answer(&self.page(case, &request, &mut Duration::default()).await?);
        let before = class.and_then(|class| class.before(&self.connection, case.page));
        let ways = class.map_or(0, |class| if before.is_some() { 1 } else { class.ways() });
        let run = |way| class.map(|class| class.run(&self.connection, way, before.as_ref()));
        let (good, bad): (Vec<usize>, Vec<usize>) =
            (0..ways).partition(|way| run(*way).is_some_and(|found| found == first));
        let mut hand: Vec<Vec<Duration>> = vec![Vec::new(); good.len()];
        let wrong = bad.into_iter().map(|way| way + 1).collect();
        let mut times = Times { rows: first.rows(), ours: Vec::new(), steps: Vec::new(), hand: None, wrong };
        for _ in 0..self.repeat {
            let (begin, mut steps) = (Instant::now(), Duration::default());
            black_box(self.page(case, &request, &mut steps).await?);
            times.ours.push(begin.elapsed());
            times.steps.push(steps);
            for (way, times) in good.iter().zip(&mut hand) {
                let begin = Instant::now();
                black_box(run(*way));
                times.push(begin.elapsed());
            }
        }
        times.hand = hand.into_iter().min_by_key(|times| at(times, 50));
        Ok(times)
    }
}

impl Answer {
    fn rows(&self) -> usize {
        self.matches.len() + self.included.len() + usize::from(self.total.is_some())
    }
}

/// What both find, in the same form. Includes have no order.
fn answer(page: &Page) -> Answer {
    let ids = |resources: &[Resource]| resources.iter().map(|found| found.id.clone()).collect();
    let total = page.total.map(|total| i64::try_from(total).unwrap());
    let mut included: Vec<String> = ids(&page.included);
    included.sort();
    Answer { matches: ids(&page.matches), included, total }
}

/// The time that `percent` of the runs did not exceed.
fn at(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    sorted.get((sorted.len() * percent).div_ceil(100).saturating_sub(1)).copied().unwrap_or_default()
}

fn print(case: &Case, class: Option<&Class>, times: Result<Times, String>) {
    let label = case.label;
    let times = match times {
        Ok(times) => times,
        Err(refused) => return println!("| {label} | | | | | | | | {} |", refused.trim().replace('\n', " ")),
    };
    let show = |time: Duration| format!("{:.3}", time.as_secs_f64() * 1e3);
    let (ours, p95, steps) = (at(&times.ours, 50), at(&times.ours, 95), at(&times.steps, 50));
    let hand = times.hand.as_ref().map(|hand| at(hand, 50));
    let ratio = hand.map_or_else(String::new, |hand| format!("{:.2}", ours.as_secs_f64() / hand.as_secs_f64()));
    let (bound, reason) = class.map_or(("", ""), |class| (class.bound.as_str(), class.reason.as_str()));
    let wrong = &times.wrong;
    let differs =
        if wrong.is_empty() { String::new() } else { format!(" (by hand, ways {wrong:?} find something else)") };
    println!(
        "| {label} | {} | {} | {} | {} | {} | {ratio} | {bound} | {reason}{differs} |",
        times.rows,
        show(ours),
        show(p95),
        show(steps),
        hand.map_or_else(String::new, show),
    );
}
