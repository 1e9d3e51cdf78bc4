//! Policy, lock and schema from the options: what a plan is compiled from, and in which order they are looked for.

use std::fs::File;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use crate::base::{Error, ErrorKind, Result};
use crate::format::{self, Input, Reader, ReaderOptions};
use crate::pipeline::{Scrubber, ScrubberBuilder, read_schema, read_schemas};
use crate::plan::{Lock, Policy};
use crate::table::Schema;

use super::args::{OnUnparsed, PolicySource, Reading};
use super::from::Producer;
use super::usage;

/// The policy, under the project name in force.
pub(super) fn policy(source: &PolicySource) -> Result<Policy> {
    if !source.policy.exists() {
        return Err(usage(
            "there is no such policy: name yours with -p, or start from an example: scrub demo --policy > scrub.toml",
        )
        .in_file(source.policy.display().to_string()));
    }
    let mut policy = Policy::from_path(&source.policy)?;
    if let Some(project) = &source.project {
        policy.override_project(project);
    }
    Ok(policy)
}

/// The lock beside the policy.
pub(super) fn lock_path(source: &PolicySource) -> PathBuf {
    source.policy.with_extension("lock")
}

/// What can be read twice: for the schema, and for the rows.
pub(super) enum Again<'a> {
    /// Standard input cannot.
    Nothing,
    /// Files, which are one input or many.
    Files(&'a [&'a Path]),
    /// The database's own dump tool.
    Producer(&'a Producer),
}

/// A scrubber under construction: with the lock, else `--schema`, else the schema of a first pass over the input. A
/// pipe with none of them stops here, before its first row.
///
/// # Errors
/// No schema to be had; a lock that contradicts `--schema`.
pub(super) fn builder(
    policy: &Policy,
    source: &PolicySource,
    reading: &Reading,
    again: &Again<'_>,
) -> Result<ScrubberBuilder> {
    let lock = Lock::beside(policy)?;
    let given = source.schema.as_deref().map(|path| schema_of(path, policy, reading)).transpose()?;
    let mut builder = Scrubber::builder(policy.clone()).without_lock().reading(reader_options(reading)?);
    let schema = match (given, again) {
        (Some(schema), _) => Some(schema),
        _ if lock.is_some() || source.schema_from_stream => None,
        (None, Again::Files(paths)) => {
            let open = |path: &&Path| schema_reader(Input::path(path), policy, reading, !reading.no_trailer);
            Some(read_schemas(paths.iter().map(open))?)
        }
        (None, Again::Producer(producer)) => {
            Some(read_schema(schema_reader(producer.schema()?, policy, reading, true)?.as_mut())?)
        }
        (None, Again::Nothing) => return Err(no_schema(source)),
    };
    if let Some(lock) = lock {
        builder = builder.lock(lock);
    } else if source.schema_from_stream {
        return Ok(builder.schema_from_stream(true));
    }
    if let Some(schema) = schema {
        builder = builder.schema(schema);
    }
    Ok(builder)
}

fn no_schema(source: &PolicySource) -> Error {
    let policy = source.policy.display();
    Error::new(ErrorKind::Schema(format!(
        "a dump declares its keys after its rows, so a pipe needs a schema beforehand, and there is no {}.\n\
         Write it once, and keep it in git beside the policy:\n    pg_dump -s DB | scrub check -p {policy} --write\n\
         Or give --schema FILE (from `pg_dump -s`), or accept late checks with --schema-from-stream",
        lock_path(source).display()
    )))
}

/// The schema of a file of its own, whose format and tables are not those of the input.
fn schema_of(path: &Path, policy: &Policy, reading: &Reading) -> Result<Schema> {
    declared_in(path, policy.reading(&reader_options(reading)?, &path.display().to_string()))
}

/// The schema of a file of its own that no policy is about.
pub(super) fn plain_schema_of(path: &Path, reading: &Reading) -> Result<Schema> {
    declared_in(path, reader_options(reading)?)
}

fn declared_in(path: &Path, mut options: ReaderOptions) -> Result<Schema> {
    options.format = None;
    options.table = None;
    options.trailer = false;
    format::open_schema(Input::path(path), &options)
        .and_then(|mut reader| read_schema(reader.as_mut()))
        .map_err(|error| error.in_file(path.display().to_string()))
}

/// A reader for the schema alone; `trailer` says whether the input must be a whole dump.
fn schema_reader(input: Input, policy: &Policy, reading: &Reading, trailer: bool) -> Result<Box<dyn Reader>> {
    let mut options = policy.reading(&reader_options(reading)?, input.name());
    options.trailer = trailer;
    format::open_schema(input, &options)
}

/// The reader of the main input.
pub(super) fn reader(input: Input, policy: &Policy, reading: &Reading) -> Result<Box<dyn Reader>> {
    let options = policy.reading(&reader_options(reading)?, input.name());
    format::open(input, &options)
}

/// A reader of an input that no policy is for yet; it says what columns there are, where the input does not.
pub(super) fn reader_without_policy(input: Input, reading: &Reading) -> Result<Box<dyn Reader>> {
    let mut options = reader_options(reading)?;
    options.describe = true;
    format::open(input, &options)
}

/// A reader that also says what columns there are, where the input does not declare them.
pub(super) fn describing_reader(input: Input, policy: &Policy, reading: &Reading) -> Result<Box<dyn Reader>> {
    let mut options = policy.reading(&reader_options(reading)?, input.name());
    options.describe = true;
    format::open(input, &options)
}

pub(super) fn reader_options(reading: &Reading) -> Result<ReaderOptions> {
    let mut options = ReaderOptions::default();
    if let Some(name) = &reading.format {
        let format = format::FORMATS.iter().find(|format| format.name == name).ok_or_else(|| {
            let known: Vec<&str> = format::FORMATS.iter().map(|format| format.name).collect();
            usage(format!("there is no format \"{name}\"; there is {}", known.join(", ")))
        })?;
        options.format = Some(format.name);
    }
    if let Some(name) = &reading.table {
        let table = Policy::table_name(name).ok_or_else(|| {
            usage("--table takes the name of a table, as the policy writes it: schema.table, or table")
        })?;
        options.table = Some(table);
    }
    options.trailer = !reading.no_trailer;
    options.drop_unparsed = reading.on_unparsed == OnUnparsed::Drop;
    if let Some(size) = reading.block_size {
        options.block_size = size;
    }
    Ok(options)
}

/// Whether standard input is something other than a person.
pub(super) fn stdin_is_piped() -> bool {
    !std::io::stdin().is_terminal()
}

/// Opens a file with its name in the error.
pub(super) fn open_file(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| Error::from(error).in_file(path.display().to_string()))
}
