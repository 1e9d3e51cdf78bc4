//! A SQLite database file, read as if it were the dump of itself.
//!
//! The file is only ever read. A thread of its own walks the tables in one read transaction and writes statements as
//! `.dump` has them, a block at a time; from there on it is a dump like any other. Text with line ends stays text with line
//! ends; text that no literal can hold is a `CAST` of its bytes.

mod produce;
mod table;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::input::{FormatInfo, Identity};
use super::sqlite_dump::{SqliteCodec, SqliteTail};
use super::{Codec, Event, Reader, Tail};
use crate::base::{Error, ErrorKind, Result};

/// The format's entry in the list of formats.
pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "sqlite",
    summary: "SQLite database file; read as a dump, written as a database with -o",
    identity: Identity::Converted,
    refusal: super::pg_dump::refusal,
    sniff: |start| start.starts_with(MAGIC),
    open: |opened, options| {
        let path = opened.path.ok_or_else(|| {
            Error::new(ErrorKind::Usage(
                "a SQLite database is read from its file, neither from a pipe nor compressed; or pipe in its .dump".into(),
            ))
        })?;
        let connection = connect(&path)?;
        // Two blocks wait at most, beside those that are worked on.
        let (send, events) = sync_channel(2);
        let producer = produce::Producer::new(options.block_size, opened.schema_only, send);
        std::thread::Builder::new().name("sqlite".into()).spawn(move || producer.run(&connection))?;
        Ok(Box::new(DatabaseReader { events }) as Box<dyn Reader>)
    },
};

const MAGIC: &[u8] = b"SQLite format 3\0";

/// What the thread that reads the file sends.
type Message = Result<Option<Event>>;

struct DatabaseReader {
    events: Receiver<Message>,
}

impl Reader for DatabaseReader {
    fn next(&mut self, _: Vec<u8>) -> Result<Option<Event>> {
        let lost = || Err(Error::new(ErrorKind::Panic("the reader of the database")));
        self.events.recv().unwrap_or_else(|_| lost())
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(SqliteCodec)
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(SqliteTail)
    }
}

/// Whether a file is a SQLite database, by its first bytes.
pub fn is_database(path: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(path).and_then(|file| file.take(MAGIC.len() as u64).read_to_end(&mut start));
    read.is_ok() && start == MAGIC
}

/// How many rows of a database reference rows that are not there.
///
/// # Errors
/// A file that cannot be read as a database.
pub fn count_foreign_key_violations(path: &Path) -> Result<u64> {
    let connection = connect(path)?;
    let mut check = connection.prepare("PRAGMA foreign_key_check").map_err(|error| failed(&error))?;
    let mut rows = check.query([]).map_err(|error| failed(&error))?;
    let mut violations = 0;
    while rows.next().map_err(|error| failed(&error))?.is_some() {
        violations += 1;
    }
    Ok(violations)
}

/// Opens a database so that nothing is written, not even beside it if that can be helped.
fn connect(path: &Path) -> Result<Connection> {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        Path::new(&name).metadata().is_ok_and(|data| data.len() > 0)
    };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    // A database in WAL mode that nobody has open has all its pages in the file. To open it as usual would leave an index
    // of an empty log beside it.
    let at_rest = in_wal_mode(path) && !beside("-wal");
    let connection = if at_rest {
        let uri = format!("file:{}?immutable=1", percent_encoded(path));
        Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)
    } else {
        Connection::open_with_flags(path, flags)
    };
    let connection = connection.map_err(|error| failed(&error))?;
    connection
        .execute_batch("PRAGMA query_only=ON; PRAGMA trusted_schema=OFF; BEGIN")
        .map_err(|error| failed(&error))?;
    // Takes the read lock now, so that all that follows is one state of the database.
    connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .map_err(|error| failed(&error))?;
    Ok(connection)
}

/// Whether the file's header says so.
fn in_wal_mode(path: &Path) -> bool {
    let mut header = [0; 20];
    File::open(path).and_then(|mut file| file.read_exact(&mut header)).is_ok() && header[18] == 2
}

fn percent_encoded(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes
        .iter()
        .map(|&byte| match byte {
            b'/' | b'.' | b'-' | b'_' => char::from(byte).to_string(),
            _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

/// An error of SQLite in our words: its own may quote values.
fn failed(error: &rusqlite::Error) -> Error {
    let text = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => "the database file is damaged",
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "the database is locked by another process"
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly) => {
            "the database cannot be opened for reading only: its last writer may have left a log beside it that must be \
             played back first"
        }
        Some(ErrorCode::SystemIoFailure) => "the database file cannot be read",
        _ => "SQLite cannot read the database",
    };
    Error::new(ErrorKind::Syntax(text))
}
