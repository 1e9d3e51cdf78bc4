//! A dump of SQLite, made into a new database file as it is written.
//!
//! The statements are run as they come, rows with bound values, in the dump's own transaction. The file must be new: what
//! it holds is what was written, and there is no journal beside it. A run that fails leaves a file that is to be removed.

use std::io::{self, Write};
use std::path::Path;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OpenFlags, ToSql};

use crate::base::{Error, ErrorKind, Result};
use crate::format::sqlite_dump::replay::{Literal, Statement, statement, trivia};

/// Takes a dump's bytes, and makes a database of them.
///
/// ```
/// use std::io::Write;
/// use scrub::pipeline::SqliteWriter;
/// let folder = tempfile::tempdir()?;
/// let mut writer = SqliteWriter::create(&folder.path().join("new.db"))?;
/// writer.write_all(b"BEGIN TRANSACTION; CREATE TABLE t (a); INSERT INTO t VALUES('x'); COMMIT;")?;
/// assert_eq!(writer.finish()?, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct SqliteWriter {
    connection: Connection,
    /// A statement that is not whole yet.
    pending: Vec<u8>,
    /// The statement for rows of the table that came last, by its head and the number of its values.
    insert: (String, usize, String),
    error: Option<Error>,
    committed: bool,
}

impl SqliteWriter {
    /// Starts a database in a file that is empty or not there.
    ///
    /// # Errors
    /// A file that cannot be made, or that holds something.
    pub fn create(path: &Path) -> Result<Self> {
        if path.metadata().is_ok_and(|data| data.len() > 0) {
            return Err(ErrorKind::Usage("a database is written to a new file only".into()).into());
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|error| failed(&error))?;
        // The file is thrown away if anything fails, so nothing need be undone.
        connection
            .execute_batch("PRAGMA foreign_keys=OFF; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-8192")
            .map_err(|error| failed(&error))?;
        Ok(Self {
            connection,
            pending: Vec::new(),
            insert: (String::new(), 0, String::new()),
            error: None,
            committed: false,
        })
    }

    /// The first error, in our words; writing it through [`Write`] loses them.
    pub fn take_error(&mut self) -> Option<Error> {
        self.error.take()
    }

    /// Ends the database: all was written, it is sound. Returns how many rows reference rows that are not there.
    ///
    /// # Errors
    /// A dump that did not end, a database that SQLite finds unsound.
    pub fn finish(mut self) -> Result<u64> {
        if let Some(error) = self.take_error() {
            return Err(error);
        }
        let rest = trivia(&self.pending);
        if rest < self.pending.len() || !self.committed || !self.connection.is_autocommit() {
            return Err(ErrorKind::Truncated("the dump did not end, so the database is not whole").into());
        }
        let sound: String = self
            .connection
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .map_err(|error| failed(&error))?;
        if sound != "ok" {
            let text = "SQLite finds the new database unsound: masked values break a NOT NULL, CHECK or UNIQUE, or rows \
                        are damaged";
            return Err(ErrorKind::Schema(text.into()).into());
        }
        let violations = {
            let mut check =
                self.connection.prepare("PRAGMA foreign_key_check").map_err(|error| failed(&error))?;
            let mut rows = check.query([]).map_err(|error| failed(&error))?;
            let mut count = 0;
            while rows.next().map_err(|error| failed(&error))?.is_some() {
                count += 1;
            }
            count
        };
        self.connection.close().map_err(|(_, error)| failed(&error))?;
        Ok(violations)
    }

    /// Runs all statements that are whole.
    fn run(&mut self) -> Result<()> {
        let mut done = 0;
        let pending = std::mem::take(&mut self.pending);
        while let Some((len, next)) = statement(&pending[done..])? {
            match next {
                Statement::Rows(head, rows) => self.insert(head, &rows)?,
                Statement::Other(sql) => {
                    self.connection.execute_batch(sql).map_err(|error| failed(&error))?;
                    self.committed = self.connection.is_autocommit();
                }
            }
            done += len;
        }
        self.pending = pending;
        self.pending.drain(..done);
        Ok(())
    }

    fn insert(&mut self, head: &str, rows: &[Vec<Literal<'_>>]) -> Result<()> {
        for row in rows {
            if self.insert.0 != head || self.insert.1 != row.len() {
                let places = vec!["?"; row.len()].join(",");
                self.insert = (head.to_owned(), row.len(), format!("{head}({places})"));
            }
            let mut insert =
                self.connection.prepare_cached(&self.insert.2).map_err(|error| failed(&error))?;
            for (index, value) in row.iter().enumerate() {
                insert.raw_bind_parameter(index + 1, Bound(value)).map_err(|error| failed(&error))?;
            }
            insert.raw_execute().map_err(|error| failed(&error))?;
        }
        Ok(())
    }
}

impl Write for SqliteWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.error.is_none()
            && let Err(error) = self.run()
        {
            self.error = Some(error);
        }
        if self.error.is_some() { Err(io::Error::other("the database")) } else { Ok(bytes.len()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Bound<'a>(&'a Literal<'a>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Literal::Null => ValueRef::Null,
            Literal::Integer(number) => ValueRef::Integer(*number),
            Literal::Real(number) => ValueRef::Real(*number),
            Literal::Text(text) => ValueRef::Text(text),
            Literal::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

/// An error of SQLite in our words: its own may quote values.
fn failed(error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode;
    let text = match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => {
            "a masked row breaks a constraint of its table (UNIQUE, NOT NULL, CHECK or a STRICT type)"
        }
        Some(ErrorCode::DiskFull) => "there is no room for the database",
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => "the database cannot be written here",
        Some(ErrorCode::SystemIoFailure) => "the database cannot be written",
        _ => "SQLite refuses a statement of the dump",
    };
    ErrorKind::Schema(text.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(parts: &[&str]) -> Result<Connection> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new.db");
        let mut writer = SqliteWriter::create(&path)?;
        for part in parts {
            if writer.write_all(part.as_bytes()).is_err() {
                return Err(writer.take_error().unwrap());
            }
        }
        writer.finish()?;
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "files beside the database");
        Ok(Connection::open(&path).unwrap())
    }

    #[test]
    fn statements_may_come_in_pieces() {
        let text = "PRAGMA page_size=512; BEGIN TRANSACTION;\nCREATE TABLE t (a, b REAL);\n\
                    INSERT INTO t VALUES('it''s;',0.1),(X'00',1);\nCOMMIT;\n-- end";
        for cut in 0..text.len() {
            let made = write(&[&text[..cut], &text[cut..]]).unwrap();
            let found: (i64, f64) = made
                .query_row("SELECT count(*), sum(b) FROM t", [], |row| Ok((row.get(0)?, row.get(1)?)))
                .unwrap();
            assert_eq!(found, (2, 1.1));
            assert_eq!(made.query_row("PRAGMA page_size", [], |row| row.get::<_, i64>(0)), Ok(512));
        }
    }

    #[test]
    fn what_did_not_end_or_does_not_fit_is_an_error_that_quotes_nothing() {
        for (text, expected) in [
            ("BEGIN TRANSACTION; CREATE TABLE t (a);", "did not end"),
            ("BEGIN TRANSACTION; COMMIT; INSERT INTO", "did not end"),
            ("", "did not end"),
            (
                "BEGIN; CREATE TABLE t (a UNIQUE); INSERT INTO t VALUES('jane'),('jane'); COMMIT;",
                "constraint",
            ),
            ("BEGIN; INSERT INTO jane VALUES('jane'); COMMIT;", "refuses a statement"),
        ] {
            let error = write(&[text]).err().unwrap().to_string();
            assert!(error.contains(expected) && !error.contains("jane"), "{text}: {error}");
        }
    }
}
