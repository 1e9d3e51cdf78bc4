//! `scrub mask`: the main job.

use std::io::{IsTerminal, Write, stdout};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use crate::base::{Error, ErrorKind, ProjectKey, Result, sketch};
use crate::format::{self, Compression, Reader};
use crate::pipeline::{
    self, Digested, Digesting, Manifest, OutputCompression, Scrubber, Stream, Summary, TablePreview,
};
use crate::plan::{Plan, Policy, Severity};

use super::args::MaskArgs;
use super::from::Producer;
use super::input::{Digest, Meter};
use super::load::Again;
use super::output::{PendingFile, buffered};
use super::progress::Progress;
use super::{Finding, database, input, key, load, many, print, usage};

pub(super) fn run(args: &MaskArgs) -> Result<Finding> {
    if many::is_for(args) {
        return many::run(args).inspect_err(|_| refuse(args));
    }
    let Run { policy, plan, keys, scrubber, cancelled, reader, meter, read } =
        prepare(args).inspect_err(|_| refuse(args))?;
    if let Some(rows) = args.preview {
        return print::out(&preview(&scrubber.preview(reader, rows)?, args.reveal));
    }
    let inputs = [args.input.as_deref().unwrap_or(Path::new("/dev/stdin"))];
    let pending = |path: &PathBuf| PendingFile::new(path, &inputs);
    let output = args.output.as_ref().map(pending).transpose()?;
    let record = args.manifest.as_ref().map(pending).transpose()?;
    let started = Instant::now();
    let began = jiff::Timestamp::now();
    let progress = Progress::start(&meter, args.quiet);
    let mut database = database::Output::for_run(args, output.as_ref())?;
    let writer: Box<dyn Write + Send + '_> = match (&mut database, &output) {
        (Some(database), _) => Box::new(database),
        (None, Some(file)) => Box::new(file.writer()?),
        (None, None) => Box::new(buffered(stdout())),
    };
    let result = if read.is_some() {
        let (writer, written) = Digesting::new(writer, keys.as_ref());
        scrubber.mask_events(reader, writer).map(|summary| (summary, Some(written)))
    } else {
        scrubber.mask_events(reader, writer).map(|summary| (summary, None))
    };
    let result = match database {
        Some(database) => database.finish(result),
        None => result,
    };
    drop(progress);
    let (summary, written) = result.map_err(|error| {
        let cancelled = cancelled.load(Ordering::Relaxed);
        if cancelled { Error::new(ErrorKind::Cancelled) } else { error.in_file(input_name(args)) }
    })?;
    if let Some(file) = output {
        file.finish()?;
    }
    if let (Some(file), Some(plan), Some(written)) = (record, &plan, written) {
        let mut manifest = Manifest::new(&policy, plan, keys.as_ref(), &summary);
        describe(&mut manifest, args, &began.to_string(), started);
        manifest.inputs =
            read.iter().map(|read| whole(args, read, meter.size, keys.as_ref())).collect::<Result<_>>()?;
        manifest.outputs = vec![written.stream(name(args.output.as_deref()))];
        file.write(&json(&manifest)?)?;
    }
    conclude(args, &summary, &meter, started, plan.as_deref())
}

/// The summary, as it is wanted.
pub(super) fn conclude(
    args: &MaskArgs,
    summary: &Summary,
    meter: &Meter,
    started: Instant,
    plan: Option<&Plan>,
) -> Result<Finding> {
    if args.json {
        print::notice(&String::from_utf8_lossy(&json(summary)?));
    } else if !args.quiet {
        let bytes = meter.read.load(Ordering::Relaxed);
        print::notice(&conclusion(summary, bytes, started.elapsed().as_secs_f64(), plan));
    }
    Ok(Finding::Clean)
}

/// What the manifest says of the input. A file that was read at random places is read through for it.
fn whole(args: &MaskArgs, read: &Digested, size: Option<u64>, keys: Option<&ProjectKey>) -> Result<Stream> {
    let stream = read.stream(input_name(args));
    match (&args.input, size) {
        (Some(path), Some(size)) if stream.bytes < size => Ok(input::digest(path, keys)?.stream(stream.name)),
        _ => Ok(stream),
    }
}

/// A run that is about to start: nothing that could be known to be wrong is.
struct Run {
    policy: Policy,
    plan: Option<Arc<Plan>>,
    keys: Option<ProjectKey>,
    scrubber: Scrubber,
    cancelled: Arc<AtomicBool>,
    reader: Box<dyn Reader>,
    meter: Meter,
    /// Digest of the input, when a manifest wants it.
    read: Option<Digested>,
}

fn prepare(args: &MaskArgs) -> Result<Run> {
    if args.input.is_none() && args.from.is_none() && !load::stdin_is_piped() {
        return Err(usage(
            "nothing to read: name a dump, or pipe one in: pg_dump DB | scrub mask | psql ...",
        ));
    }
    let policy = policy(args)?;
    let producer = args.from.as_deref().map(Producer::parse).transpose()?;
    let path = args.input.as_deref();
    let again = match (&producer, &path) {
        (Some(producer), _) => Again::Producer(producer),
        (None, Some(path)) => Again::Files(std::slice::from_ref(path)),
        (None, None) => Again::Nothing,
    };
    let mut builder = load::builder(&policy, &args.policy, &args.reading, &again)?;
    let plan = builder.plan()?;
    let keys = keys(plan.as_deref(), &policy, args)?;
    if let Some(keys) = &keys {
        builder = builder.project_key(keys.clone());
    }
    let cancelled = cancel_on_signal();
    let scrubber = builder
        .threads(threads(args.threads))
        .compress(compression(args))
        .cancel(Arc::clone(&cancelled))
        .build()?;
    let digest = if args.manifest.is_some() { Digest::For(keys.as_ref()) } else { Digest::None };
    let input::Source { input, meter, digest: read } = match &producer {
        Some(producer) => producer.rows(&cancelled, digest)?,
        None => input::open(path, &cancelled, digest)?,
    };
    let reader = load::reader(input, &policy, &args.reading)?;
    Ok(Run { policy, plan, keys, scrubber, cancelled, reader, meter, read })
}

/// The policy, unless the options contradict each other or it.
pub(super) fn policy(args: &MaskArgs) -> Result<Policy> {
    if args.reveal && !stdout().is_terminal() {
        return Err(usage("--reveal shows originals, and only to a terminal"));
    }
    if args.manifest.is_some() && args.policy.schema_from_stream {
        return Err(usage(
            "a manifest records a plan that was compiled before the run: give a lock or --schema",
        ));
    }
    let policy = load::policy(&args.policy)?;
    if policy.is_ephemeral() && !args.key.ephemeral_key {
        return Err(usage(
            "the policy says ephemeral = true, so no key may outlive the run: use --ephemeral-key, and no other key",
        ));
    }
    Ok(policy)
}

/// A run that cannot start must not look like an empty dump to whoever restores its output.
fn refuse(args: &MaskArgs) {
    if args.output.is_none() && args.preview.is_none() && !stdout().is_terminal() {
        let refusal = format::refusal(args.reading.format.as_deref(), &input_name(args));
        // The run has failed already; if this cannot be written either, there is no reader to be misled.
        let refusal = pipeline::compressed(compression(args), refusal);
        let _ = refusal.map(|refusal| stdout().write_all(&refusal));
    }
}

/// How the output is compressed: as told, else as its name says.
fn compression(args: &MaskArgs) -> OutputCompression {
    let named = || args.output.as_deref().map(Compression::of_name).unwrap_or_default().into();
    args.compress.unwrap_or_else(named)
}

/// The input as it was given.
fn input_name(args: &MaskArgs) -> String {
    args.from.clone().unwrap_or_else(|| name(args.input.as_deref()))
}

fn name(path: Option<&Path>) -> String {
    path.map_or_else(|| "-".to_owned(), |path| path.display().to_string())
}

pub(super) fn json(value: &impl serde::Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec_pretty(value).map_err(|_| Error::new(ErrorKind::Panic("a report")))
}

/// What a manifest says of the run as a whole.
pub(super) fn describe(manifest: &mut Manifest, args: &MaskArgs, began: &str, started: Instant) {
    began.clone_into(&mut manifest.started);
    manifest.seconds = started.elapsed().as_secs_f64();
    manifest.destination.clone_from(&args.destination);
    manifest.expires.clone_from(&args.expires);
}

/// The key that the plan needs.
pub(super) fn keys(plan: Option<&Plan>, policy: &Policy, args: &MaskArgs) -> Result<Option<ProjectKey>> {
    let load =
        || -> Result<ProjectKey> { Ok(key::load(&args.key, policy.project())?.project(policy.project())) };
    match plan {
        Some(plan) => {
            plan.ready()?;
            plan.needs_key().then(load).transpose()
        }
        // Whether a key is needed shows later; a run that needs one and has none ends there.
        None if args.key.is_given() => Ok(Some(load()?)),
        None => Ok(load().ok()),
    }
}

pub(super) fn threads(given: Option<usize>) -> usize {
    given.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from))
}

/// Ctrl-C (and termination) ends the run at the next block; a second one ends the process.
pub(super) fn cancel_on_signal() -> Arc<AtomicBool> {
    let cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&cancelled);
    let set = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            #[expect(clippy::exit, reason = "the first signal could not end the run")]
            std::process::exit(2);
        }
    });
    if set.is_err() {
        print::notice("scrub: Ctrl-C cannot be handled here");
    }
    cancelled
}

/// The last lines of a run: what was done, what to look at, what to do next.
fn conclusion(summary: &Summary, bytes: u64, seconds: f64, plan: Option<&Plan>) -> String {
    let megabytes = bytes as f64 / 1e6;
    let mut lines = vec![format!(
        "scrub: {} rows in {} tables, {} cells masked; {megabytes:.1} MB in {seconds:.2} s ({:.0} MB/s)",
        print::count(summary.rows()),
        summary.tables.len(),
        print::count(summary.masked()),
        megabytes / seconds.max(1e-9),
    )];
    if summary.invalid() > 0 {
        let columns: Vec<String> = summary
            .tables
            .iter()
            .flat_map(|table| table.columns.iter().map(move |column| (table, column)))
            .filter(|(_, column)| column.invalid > 0)
            .map(|(table, column)| format!("{}.{} {}", table.name, column.name, print::count(column.invalid)))
            .collect();
        lines.push(format!(
            "  outside their operator's domain, replaced all the same: {}",
            columns.join(", ")
        ));
    }
    for (class, count) in &summary.dropped {
        let what = if *class == "metadata" {
            "entries of the file's metadata"
        } else {
            &format!("{class} statement(s)")
        };
        lines.push(format!("  left out: {} {what}", print::count(*count)));
    }
    if let Some(plan) = plan {
        let kept = plan.kept_text_columns();
        if kept > 0 {
            lines.push(format!("  {kept} text column(s) kept as they are; `scrub check` lists them"));
        }
        let open = plan.problems.iter().filter(|problem| {
            problem.acknowledged.is_none() && matches!(problem.severity, Severity::Review | Severity::Warning)
        });
        let open = open.count();
        if open > 0 {
            lines.push(format!("  {open} warning(s) about the policy; `scrub check` prints them"));
        }
    }
    lines.join("\n")
}

/// Each table's rows, a line per cell: sketch (or original) and output.
pub(super) fn preview(tables: &[TablePreview], reveal: bool) -> String {
    let mut text = String::new();
    for table in tables {
        text.push_str(&table.table);
        text.push('\n');
        let mut lines = Vec::new();
        for (column, cells) in &table.columns {
            for (original, output) in cells {
                let before = match original {
                    None => "NULL".to_owned(),
                    Some(value) if reveal => printable(value),
                    Some(value) => sketch(value),
                };
                let after = match output {
                    _ if output == original => before.clone(),
                    None => "NULL".to_owned(),
                    Some(value) => printable(value),
                };
                lines.push(vec![format!("  {column}"), before, "->".into(), after]);
            }
        }
        text.push_str(&print::table(&lines));
    }
    text
}

fn printable(value: &[u8]) -> String {
    let text = String::from_utf8_lossy(value);
    let printed = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    text.chars().take(48).map(printed).collect()
}
