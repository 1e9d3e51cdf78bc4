//! `scrub check`: compile the policy, print the plan, and say what is wrong with it. The gate for CI.

use std::fmt::Write as _;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::base::{Error, ErrorKind, Result};
use crate::pipeline::read_statistics;
use crate::plan::{Lock, Plan, Policy, Problem, Severity, Statistics};
use crate::table::Schema;

use super::args::CheckArgs;
use super::input::{Digest, Meter};
use super::inputs::files;
use super::output::PendingFile;
use super::progress::Progress;
use super::{Finding, input, load, print, usage};

pub(super) fn run(args: &CheckArgs) -> Result<Finding> {
    let policy = load::policy(&args.policy)?;
    let seen = look_at_input(args, &policy)?;
    let mut lock = Lock::beside(&policy)?;
    let mut drift = Vec::new();
    if args.write {
        let Some((schema, statistics)) = &seen else {
            return Err(usage("--write needs a schema or a dump: pg_dump -s DB | scrub check --write"));
        };
        let mut fresh = Lock::new(schema, statistics);
        if let Some(older) = &lock {
            fresh = fresh.with_counts_of(older);
        }
        fresh.set_data(Plan::compile(&policy, schema, Some(&fresh)).data());
        let path = load::lock_path(&args.policy);
        PendingFile::new(&path, &[])?.write(fresh.to_toml().as_bytes())?;
        print::notice(&format!("wrote {}: {} tables", path.display(), schema.tables.len()));
        lock = Some(fresh);
    } else if let (Some(lock), Some((schema, _))) = (&lock, &seen) {
        drift = lock.check(schema);
    }
    let schema = match (&lock, &seen) {
        (Some(lock), _) => lock.schema(),
        (None, Some((schema, _))) => schema,
        (None, None) => {
            return Err(Error::new(ErrorKind::Schema(format!(
                "there is no {} and nothing was piped in: pg_dump -s DB | scrub check --write",
                load::lock_path(&args.policy).display()
            ))));
        }
    };
    let plan = match &lock {
        Some(lock) => Plan::compile(&policy, schema, Some(lock)),
        None => Plan::compile_input(&policy, schema),
    };
    if let Some(column) = &args.explain {
        let unknown = || usage(format!("there is no column {column}; write it as schema.table.column"));
        return print::out(&plan.explain(column).ok_or_else(unknown)?);
    }
    let unread = seen.iter().flat_map(|(schema, _)| &schema.warnings);
    drift.extend(unread.map(|warning| {
        let message = format!("a statement of the dump was read only in part: {warning}");
        Problem::new(Severity::Warning, format!("unread:{warning}"), message)
    }));
    let problems: Vec<&Problem> = drift.iter().chain(&plan.problems).collect();
    if args.json {
        let report = serde_json::to_string_pretty(&plan.to_json(&problems));
        print::out(&report.map_err(|_| Error::new(ErrorKind::Panic("the report")))?)?;
    } else {
        if !args.quiet {
            print::out(&plan.describe())?;
        }
        print::out(&report(&problems))?;
    }
    let failed = problems.iter().any(|problem| problem.blocks_check());
    Ok(if failed { Finding::Failed } else { Finding::Clean })
}

/// Schema and statistics of the input, if there is one.
fn look_at_input(args: &CheckArgs, policy: &Policy) -> Result<Option<(Schema, Statistics)>> {
    let given: Vec<&Path> = match &*args.inputs {
        [] => args.policy.schema.iter().map(PathBuf::as_path).collect(),
        inputs => inputs.iter().map(PathBuf::as_path).collect(),
    };
    if given.is_empty() && !(args.write && load::stdin_is_piped()) && !stdin_has_data() {
        return Ok(None);
    }
    let paths = files(&given)?;
    let stdin = match &*paths {
        [] => Some(input::open(None, &Arc::default(), Digest::None)?),
        _ => None,
    };
    let meter = match &stdin {
        Some(stdin) => stdin.meter.clone(),
        None => Meter { size: paths.iter().map(|path| input::size(path)).sum(), ..Meter::default() },
    };
    let _progress = Progress::start(&meter, args.quiet);
    let opened = paths.iter().map(|path| input::open_file_of(path, meter.clone(), Digest::None));
    let readers = stdin.into_iter().map(Ok).chain(opened).map(|source| {
        let input = source?.input;
        let name = input.name().to_owned();
        Ok((name, load::describing_reader(input, policy, &args.reading)?))
    });
    let (schema, statistics) = read_statistics(readers)?;
    Ok(Some((policy.fold(&schema), statistics)))
}

/// Whether somebody piped something in; `/dev/null` and terminals do not count.
fn stdin_has_data() -> bool {
    let Ok(data) = std::fs::metadata(Path::new("/dev/stdin")) else { return false };
    data.file_type().is_fifo() || (data.is_file() && data.len() > 0)
}

/// The problems, worst first, each with its id.
fn report(problems: &[&Problem]) -> String {
    let mut text = String::new();
    for severity in [Severity::Error, Severity::Review, Severity::Warning, Severity::Info] {
        for problem in problems.iter().filter(|problem| problem.severity == severity) {
            let place =
                problem.policy_line.map_or_else(String::new, |(line, _)| format!(" (policy line {line})"));
            let state =
                problem.acknowledged.as_ref().map_or(String::new(), |why| format!(" [accepted: {why}]"));
            let _ = writeln!(text, "{}: {}{place}{state}", severity.as_str(), problem.message);
            let _ = writeln!(text, "    id: {}", problem.id);
        }
    }
    let blocking = problems.iter().filter(|problem| problem.blocks_check()).count();
    let _ = match blocking {
        0 => writeln!(text, "check passed"),
        count => writeln!(text, "check failed: {count} problem(s) to settle"),
    };
    text
}
