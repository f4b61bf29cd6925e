//! How fast resources are written into SQLite: a bulk load, then single puts by one writer and by eight.
//!
//! `cargo bench --bench ingest -- [--patients N] [--puts N] [FILE]`
//!
//! Without a file it loads generated patients. Times of the processor stand beside the clock, which other work on the
//! machine holds up.

use fhirc::codegen::rows::TypeCode;
use fhirc::definitions::Registry;
use fhirc::generate::{Settings, generate};
use fhirc::load::{Limits, inputs, load};
use fhirc::stores::{Store, StoreSettings, Write};
use fhirc::tenant::TenantContext;
use serde_json::Value;
use std::error::Error;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// As in the binary.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failed = Box<dyn Error + Send + Sync>;

const WRITERS: [usize; 2] = [1, 8];

struct Options {
    patients: u32,
    puts: usize,
    file: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let options = options()?;
    let directory = std::env::temp_dir().join(format!("fhirc-ingest-{}", std::process::id()));
    std::fs::create_dir_all(&directory)?;
    let measured = measure(&options, &directory).await;
    std::fs::remove_dir_all(&directory)?;
    measured
}

fn options() -> Result<Options, Failed> {
    let mut options = Options { patients: 2_000, puts: 10_000, file: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().ok_or_else(|| format!("{argument} needs a number"));
        match argument.as_str() {
            // What cargo adds.
            "--bench" => {}
            "--patients" => options.patients = number()?.parse()?,
            "--puts" => options.puts = number()?.parse()?,
            file => options.file = Some(file.into()),
        }
    }
    Ok(options)
}

async fn measure(options: &Options, directory: &Path) -> Result<(), Failed> {
    let registry = Arc::new(Registry::r4().clone());
    let settings = StoreSettings { create: true, ..StoreSettings::new(Arc::clone(&registry)) };
    let url = format!("sqlite:{}", directory.join("ingest.db").display()).parse()?;
    let store = Arc::new(Store::open(&url, settings).await?);
    let generated = directory.join("generated.ndjson");
    let file = match &options.file {
        Some(file) => file.clone(),
        None => {
            write_file(&generated, options.patients)?;
            generated
        }
    };
    say(format_args!(
        "SQLite in a file, WAL, synchronous=NORMAL: a commit outlives the process, the last ones may not"
    ));
    say(format_args!("outlive a power failure\n"));
    bulk(&store, file).await?;
    for writers in WRITERS {
        puts(&store, &registry, writers, options.puts).await?;
    }
    if let Some(store) = Arc::into_inner(store) {
        store.close().await;
    }
    Ok(())
}

fn write_file(path: &Path, patients: u32) -> Result<(), Failed> {
    let mut file = BufWriter::new(std::fs::File::create(path)?);
    for resource in generate(Settings { patients, seed: 1 }) {
        file.write_all(resource.json.as_bytes())?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}

/// All of a file.
async fn bulk(store: &Store, file: PathBuf) -> Result<(), Failed> {
    let bytes = std::fs::metadata(&file)?.len();
    let (inputs, _) = inputs(&[file])?;
    let clock = Clock::start();
    let report = load(store, &TenantContext::default(), inputs, Limits::default(), &mut ()).await?;
    let resources = report.counts.resources();
    clock.tell("bulk load", resources);
    let size = store.size().await?;
    say(format_args!(
        "  {} index rows, file {} MB, store {} MB, peak memory {}",
        report.counts.rows,
        bytes / 1_000_000,
        size / 1_000_000,
        peak().unwrap_or_else(|| "unknown".to_owned()),
    ));
    Ok(())
}

/// Puts of new resources, each of which waits for its answer.
async fn puts(store: &Arc<Store>, registry: &Registry, writers: usize, puts: usize) -> Result<(), Failed> {
    // About 25 resources for a patient; another seed than that of the file, and ids of their own.
    let patients = u32::try_from(puts / 20 + 1)?;
    let generated = generate(Settings { patients, seed: 2 }).take(puts);
    let all = generated
        .map(|resource| put(registry, &resource.json, &format!("w{writers}-")))
        .collect::<Result<Vec<Write>, Failed>>()?;
    let mut shares: Vec<Vec<Write>> = (0..writers).map(|_| Vec::new()).collect();
    for (write, n) in all.into_iter().zip((0..writers).cycle()) {
        if let Some(share) = shares.get_mut(n) {
            share.push(write);
        }
    }
    let count: usize = shares.iter().map(Vec::len).sum();
    let clock = Clock::start();
    let tasks: Vec<_> = shares.into_iter().map(|share| tokio::spawn(write_all(Arc::clone(store), share))).collect();
    for task in tasks {
        task.await??;
    }
    let plural = if writers == 1 { "writer" } else { "writers" };
    clock.tell(&format!("single puts, {writers} {plural}"), count as u64);
    Ok(())
}

async fn write_all(store: Arc<Store>, writes: Vec<Write>) -> Result<(), Failed> {
    let tenant = TenantContext::default();
    for write in writes {
        store.write(&tenant, vec![write]).await?;
    }
    Ok(())
}

fn put(registry: &Registry, json: &str, prefix: &str) -> Result<Write, Failed> {
    let mut body: Value = serde_json::from_str(json)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).ok_or_else(|| format!("no `{name}`"));
    let ty = registry.resource_type(text("resourceType")?).ok_or("no such resource type")?;
    let id = format!("{prefix}{}", text("id")?);
    if let Value::Object(members) = &mut body {
        members.insert("id".to_owned(), Value::String(id.clone()));
    }
    Ok(Write::Put { ty: TypeCode(ty.code()), id, body, keep_updated: false })
}

struct Clock {
    begun: Instant,
    processor: Option<Duration>,
}

impl Clock {
    fn start() -> Clock {
        Clock { begun: Instant::now(), processor: processor() }
    }

    fn tell(&self, what: &str, resources: u64) {
        let elapsed = self.begun.elapsed();
        let processor = self.processor.zip(processor()).map(|(before, after)| after.saturating_sub(before));
        let processor = processor.map_or_else(|| "unknown".to_owned(), |time| format!("{:.2} s", time.as_secs_f64()));
        say(format_args!(
            "{what}: {resources} resources in {:.2} s, {:.0} a second; {processor} of processor time",
            elapsed.as_secs_f64(),
            resources as f64 / elapsed.as_secs_f64(),
        ));
    }
}

/// Processor time of this process, on Linux, whose ticks are 10 ms.
fn processor() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let ticks = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2).map(|field| field.parse::<u64>().ok());
    Some(Duration::from_millis(10 * ticks.sum::<Option<u64>>()?))
}

/// The most memory that this process had, on Linux.
fn peak() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map(|text| text.trim().to_owned())
}

#[expect(clippy::print_stdout, reason = "a benchmark shows what it measured")]
fn say(line: std::fmt::Arguments<'_>) {
    println!("{line}");
}
