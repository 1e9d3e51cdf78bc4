//! `scrub init`: drafts policy and lock from a dump or a schema, or adds what is new to an existing policy.

use std::path::Path;

use crate::base::{Error, ErrorKind, Result};
use crate::detect::Catalogue;
use crate::pipeline::{draft_of, lock_of};
use crate::plan::{Lock, Plan, Policy};

use super::args::InitArgs;
use super::output::PendingFile;
use super::scan::Looking;
use super::{Finding, print, usage};

pub(super) fn run(args: &InitArgs) -> Result<Finding> {
    let own = args.own.catalogue()?;
    let catalogue = own.as_ref().unwrap_or(Catalogue::builtin());
    let lock_path = args.output.with_extension("lock");
    let existing = match std::fs::read_to_string(&args.output) {
        Ok(_) if args.overwrite => None,
        Ok(text) => Some(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
        Err(error) => return Err(Error::from(error).in_file(args.output.display().to_string())),
    };
    if existing.is_none() && lock_path.exists() && !args.overwrite {
        return Err(usage("there is a lock without its policy; use --overwrite to write both anew")
            .in_file(lock_path.display().to_string()));
    }
    let looked = Looking {
        input: args.input.as_deref(),
        sample: args.sample,
        locales: &args.locale,
        reading: &args.reading,
        threads: args.threads,
        quiet: args.quiet,
    };
    let scan = looked.scan(catalogue)?;
    if scan.schema.tables.is_empty() {
        return Err(Error::new(ErrorKind::Schema(
            "the input declares no tables: give a dump with its schema, or `pg_dump -s`".into(),
        )));
    }
    let mut lock = lock_of(&scan);
    if existing.is_some() {
        let policy = Policy::from_path(&args.output)?;
        if let Some(older) = Lock::beside(&policy)? {
            lock = lock.with_counts_of(&older);
        }
    }
    let project = args.project.clone().unwrap_or_else(|| project(&args.output));
    let locale = args.locale.first().map(|locale| locale.replace('-', "_"));
    let locale = locale.filter(|locale| locale.contains('_'));
    let draft = draft_of(&scan, &lock, &project, locale.as_deref(), existing.as_deref())
        .map_err(|error| error.in_file(args.output.display().to_string()))?;
    let policy = Policy::parse(&draft.text, &args.output.display().to_string())?;
    lock.set_data(Plan::compile(&policy, lock.schema(), Some(&lock)).data());
    let inputs: Vec<&Path> = args.input.as_deref().into_iter().collect();
    let (written, locked) =
        (PendingFile::new(&args.output, &inputs)?, PendingFile::new(&lock_path, &inputs)?);
    written.write(draft.text.as_bytes())?;
    locked.write(lock.to_toml().as_bytes())?;
    if !args.quiet {
        let verb = if existing.is_some() { "added to" } else { "wrote" };
        print::notice(&format!(
            "{verb} {}: {} columns masked, {} for review, {} kept; wrote {}",
            args.output.display(),
            draft.masked,
            draft.reviewed,
            draft.kept,
            lock_path.display()
        ));
        if !draft.refused.is_empty() {
            print::notice(&format!("  {} problem(s) that a draft cannot solve", draft.refused.len()));
        }
        print::notice("  next: decide what is marked \"review\"; scrub check says what is open");
    }
    Ok(Finding::Clean)
}

/// A name for the project: that of the policy's folder.
fn project(output: &Path) -> String {
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().ok();
    let name = folder.as_deref().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    format!("{}/dev", name.unwrap_or_else(|| "data".into()))
}
