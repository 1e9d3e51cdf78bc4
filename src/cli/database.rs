//! A database as the output of `mask`: for a database as input, with `-o`.

use std::io::{self, Write};

#[cfg(feature = "sqlite")]
use crate::base::ErrorKind;
use crate::base::Result;

use super::args::MaskArgs;
use super::output::PendingFile;

/// The database that a run writes.
#[cfg(feature = "sqlite")]
pub(super) struct Output {
    writer: crate::pipeline::SqliteWriter,
    /// Rows of the input that reference rows that are not there.
    dangling: u64,
}

#[cfg(feature = "sqlite")]
impl Output {
    /// The database that this run is to write, if it is to write one: the input is a database, and `-o` names a file that
    /// is not called `.sql`.
    pub(super) fn for_run(args: &MaskArgs, output: Option<&PendingFile>) -> Result<Option<Self>> {
        let input = args.input.as_deref().filter(|input| crate::format::is_database(input));
        let (Some(input), Some(output), Some(name)) = (input, output, &args.output) else { return Ok(None) };
        if name.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("sql")) {
            return Ok(None);
        }
        let dangling = crate::format::count_foreign_key_violations(input)?;
        Ok(Some(Self { writer: crate::pipeline::SqliteWriter::create(output.path())?, dangling }))
    }

    /// Ends the database of a run that went well. Of one that could not write, gives the error that SQLite met.
    pub(super) fn finish<T>(mut self, result: Result<T>) -> Result<T> {
        let result = result.map_err(|error| match error.kind() {
            ErrorKind::Io(_) => self.writer.take_error().unwrap_or(error),
            // What came after it is the tail of a failed run, which no database takes.
            _ => error,
        })?;
        if self.writer.finish()? > self.dangling {
            let text = "rows of the masked database reference rows that are not there, and did not before";
            return Err(ErrorKind::Schema(text.into()).into());
        }
        Ok(result)
    }
}

#[cfg(feature = "sqlite")]
impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// Without SQLite there is no database to write.
#[cfg(not(feature = "sqlite"))]
pub(super) enum Output {}

#[cfg(not(feature = "sqlite"))]
impl Output {
    pub(super) fn for_run(_: &MaskArgs, _: Option<&PendingFile>) -> Result<Option<Self>> {
        Ok(None)
    }

    pub(super) fn finish<T>(self, _: Result<T>) -> Result<T> {
        match self {}
    }
}

#[cfg(not(feature = "sqlite"))]
impl Write for Output {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        match *self {}
    }

    fn flush(&mut self) -> io::Result<()> {
        match *self {}
    }
}
