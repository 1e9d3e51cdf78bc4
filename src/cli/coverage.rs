//! `scrub coverage`: what the rows of an input, masked as they are read, never exercise.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::base::{Error, ErrorKind, Result};
use crate::pipeline::{CoverageRows, read_coverage, read_declarations, read_schema};
use crate::synth::coverage::{Accumulator, Coverage, Criterion, Model, Tally};
use crate::table::Schema;

use super::args::CoverageArgs;
use super::coverage_html::page;
use super::coverage_report::{Report, RowsAre};
use super::input::Digest;
use super::load::Again;
use super::output::PendingFile;
use super::progress::Progress;
use super::{Finding, input, key, load, mask, print, usage};

/// What the policy file is called when nobody names one.
const USUAL_POLICY: &str = "scrub.toml";

pub(super) fn run(args: &CoverageArgs) -> Result<Finding> {
    let criteria = criteria(args)?;
    if args.min.is_some_and(|min| !(0.0..=100.0).contains(&min)) {
        return Err(usage("--min takes percent, from 0 to 100"));
    }
    if args.policy.schema_from_stream {
        return Err(usage(
            "coverage needs the schema before the rows: a lock beside the policy, --schema, or a file that can be read twice",
        ));
    }
    if args.input.is_none() && !load::stdin_is_piped() {
        return Err(usage("nothing to read: name a dump, or pipe one in: pg_dump -s DB | scrub coverage"));
    }
    let html = match &args.html {
        Some(path) => {
            Some(PendingFile::new(path, &args.input.iter().map(AsRef::as_ref).collect::<Vec<_>>())?)
        }
        None => None,
    };
    let has_policy = args.policy.policy.exists() || args.policy.policy != Path::new(USUAL_POLICY);
    let (model, seen, rows) = if args.manifest.is_some() || args.input_is_safe {
        as_they_are(args)?
    } else if has_policy {
        masked(args)?
    } else {
        schema_alone(args)?
    };
    let coverage = Coverage::new(&model, &seen);
    let tally = Tally::new(&coverage, &criteria);
    let report = Report { coverage, tally: &tally, rows, criteria: &criteria };
    if let Some(html) = html {
        html.write(page(&report).as_bytes())?;
    }
    if args.json {
        print::out(&String::from_utf8_lossy(&mask::json(&report.to_json())?))?;
    } else {
        print::out(&report.describe(args.quiet))?;
    }
    let failed = args.min.is_some_and(|min| tally.total.percent() < min);
    Ok(if failed { Finding::Failed } else { Finding::Clean })
}

fn criteria(args: &CoverageArgs) -> Result<Vec<Criterion>> {
    if args.criteria.is_empty() {
        return Ok(Criterion::ALL.to_vec());
    }
    let one = |name: &String| {
        let known = || Criterion::ALL.map(Criterion::name).join(", ");
        Criterion::named(name.trim())
            .ok_or_else(|| usage(format!("there is no criterion of that name; there is {}", known())))
    };
    let mut criteria = args.criteria.iter().map(one).collect::<Result<Vec<_>>>()?;
    criteria.sort_unstable();
    criteria.dedup();
    Ok(criteria)
}

/// The rows are masked under the policy as they are read.
fn masked(args: &CoverageArgs) -> Result<(Model, Accumulator, RowsAre)> {
    let policy = load::policy(&args.policy)?;
    if policy.is_ephemeral() && !args.key.ephemeral_key {
        return Err(usage(
            "the policy says ephemeral = true, so no key may outlive the run: use --ephemeral-key",
        ));
    }
    let path = args.input.as_deref();
    let again = match &path {
        Some(path) => Again::Files(std::slice::from_ref(path)),
        None => Again::Nothing,
    };
    let mut builder = load::builder(&policy, &args.policy, &args.reading, &again)?;
    let schema = builder.schema_in_use()?.unwrap_or_default();
    let plan = builder.plan()?;
    if let Some(plan) = &plan {
        plan.ready()?;
        if plan.needs_key() {
            builder = builder.project_key(key::load(&args.key, policy.project())?.project(policy.project()));
        }
    }
    let cancelled = mask::cancel_on_signal();
    let scrubber = builder.threads(mask::threads(args.threads)).cancel(Arc::clone(&cancelled)).build()?;
    let input::Source { input, meter, .. } = input::open(path, &cancelled, Digest::None)?;
    let reader = load::reader(input, &policy, &args.reading)?;
    let model = Model::new(&schema);
    let _progress = Progress::start(&meter, args.quiet);
    let seen = read_coverage(reader, &model, CoverageRows::Masked(&scrubber)).map_err(|error| {
        if cancelled.load(Ordering::Relaxed) {
            ErrorKind::Cancelled.into()
        } else {
            error.in_file(name(args))
        }
    })?;
    Ok((model, seen, RowsAre::MaskedAsRead))
}

/// Somebody, or a manifest, says that the rows may be looked at.
fn as_they_are(args: &CoverageArgs) -> Result<(Model, Accumulator, RowsAre)> {
    let rows = match (&args.manifest, &args.input) {
        (Some(manifest), Some(path)) => {
            check_manifest(args, manifest, path)?;
            RowsAre::MaskedByManifest
        }
        _ => {
            print::notice(
                "scrub: the rows are looked at as they are, because --input-is-safe says that they may be",
            );
            RowsAre::DeclaredSafe
        }
    };
    let path = args.input.as_deref();
    let cancelled = mask::cancel_on_signal();
    let schema = match (&args.policy.schema, path) {
        (Some(schema), _) => load::plain_schema_of(schema, &args.reading)?,
        (None, Some(path)) => {
            let input = input::open(Some(path), &cancelled, Digest::None)?.input;
            read_schema(load::reader_without_policy(input, &args.reading)?.as_mut())?
        }
        (None, None) => {
            return Err(usage(
                "standard input can be read only once: give the schema too, with --schema, or name a file",
            ));
        }
    };
    let input::Source { input, meter, .. } = input::open(path, &cancelled, Digest::None)?;
    let reader = load::reader_without_policy(input, &args.reading)?;
    let model = Model::new(&schema);
    let _progress = Progress::start(&meter, args.quiet);
    let threads = mask::threads(args.threads);
    let how = CoverageRows::AsTheyAre { schema: &schema, threads, cancelled: &cancelled };
    let seen = read_coverage(reader, &model, how).map_err(|error| error.in_file(name(args)))?;
    Ok((model, seen, rows))
}

/// Nothing says that rows may be looked at, so there must be none.
fn schema_alone(args: &CoverageArgs) -> Result<(Model, Accumulator, RowsAre)> {
    let given = args.policy.schema.as_deref().map(|path| load::plain_schema_of(path, &args.reading));
    let cancelled = mask::cancel_on_signal();
    let input = input::open(args.input.as_deref(), &cancelled, Digest::None)?.input;
    let mut reader = load::reader_without_policy(input, &args.reading)?;
    let declared = read_declarations(reader.as_mut()).map_err(|error| error.in_file(name(args)))?;
    let schema: Schema = given.transpose()?.unwrap_or(declared);
    Ok((Model::new(&schema), Accumulator::default(), RowsAre::None))
}

/// Whether the input is an output of the run that wrote the manifest, byte by byte.
fn check_manifest(args: &CoverageArgs, manifest: &Path, path: &Path) -> Result<()> {
    let in_manifest = |message: &str| usage(message).in_file(manifest.display().to_string());
    let text = std::fs::read(manifest)
        .map_err(|error| Error::from(error).in_file(manifest.display().to_string()))?;
    let record: serde_json::Value = serde_json::from_slice(&text)
        .map_err(|_| in_manifest("this is no manifest of a run of scrub mask"))?;
    let digests: Vec<&str> = record["outputs"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|output| output["digest"].as_str())
        .collect();
    if !path.is_file() {
        return Err(usage("a manifest is checked against a file"));
    }
    let keyed = digests.iter().any(|digest| digest.starts_with("hmac-"));
    let keys = match record["project"].as_str() {
        Some(project) if keyed => Some(key::load(&args.key, project)?.project(project)),
        _ => None,
    };
    let found = input::digest(path, keys.as_ref())?.stream("").digest;
    if digests.contains(&found.as_str()) {
        Ok(())
    } else {
        Err(in_manifest("the input is no output of the run that wrote this manifest, or the key is another"))
    }
}

fn name(args: &CoverageArgs) -> String {
    args.input.as_ref().map_or_else(|| "-".to_owned(), |path| path.display().to_string())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_usual_policy_is_the_default_of_the_option() {
        use clap::Parser;
        let cli = super::super::Cli::try_parse_from(["scrub", "coverage", "x.sql"]).unwrap();
        let super::super::Verb::Coverage(args) = cli.verb else { panic!("another verb") };
        assert_eq!(args.policy.policy, std::path::Path::new(super::USUAL_POLICY));
    }
}
