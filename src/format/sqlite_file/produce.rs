//! The thread that reads a database: schema, rows, sequences, then indexes, views and triggers.

use std::sync::Arc;
use std::sync::mpsc::SyncSender;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::table::{TableShape, write_row};
use super::{Message, failed};
use crate::base::{Error, ErrorKind, Result};
use crate::format::sqlite_dump::session;
use crate::format::{Block, Event, Head, MAX_BLOCK, SequenceValue};
use crate::table::sqlite::statement_end;
use crate::table::{Session, TableName};

/// Reads one database.
pub(super) struct Producer {
    block_size: usize,
    schema_only: bool,
    events: SyncSender<Message>,
    session: Arc<Session>,
    /// Where the dump stands, for messages.
    byte: u64,
    line: u64,
}

/// Why a run stops early.
enum End {
    /// Nobody listens any more.
    Unheard,
    Failed(Error),
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<rusqlite::Error> for End {
    fn from(error: rusqlite::Error) -> Self {
        Self::Failed(failed(&error))
    }
}

/// An object of the schema.
struct Object {
    class: String,
    name: Vec<u8>,
    sql: Vec<u8>,
}

impl Producer {
    pub(super) fn new(block_size: usize, schema_only: bool, events: SyncSender<Message>) -> Self {
        Self { block_size, schema_only, events, session: Arc::new(session()), byte: 0, line: 1 }
    }

    /// Sends all events, and the end or the error that came first.
    pub(super) fn run(mut self, connection: &Connection) {
        let last = match self.database(connection) {
            Ok(()) => Ok(None),
            Err(End::Failed(error)) => Err(error),
            Err(End::Unheard) => return,
        };
        // A reader that is gone wants no end either.
        let _ = self.events.send(last);
    }

    fn send(&mut self, event: Event) -> Result<(), End> {
        let bytes = match &event {
            Event::Verbatim { bytes, .. } | Event::Ddl { bytes, .. } => bytes,
            Event::Rows(block) => &block.bytes,
            Event::Sequence(set) => &set.bytes,
            _ => &Vec::new(),
        };
        self.byte += bytes.len() as u64;
        self.line += memchr::memchr_iter(b'\n', bytes).count() as u64;
        self.events.send(Ok(Some(event))).map_err(|_| End::Unheard)
    }

    fn verbatim(&mut self, text: String) -> Result<(), End> {
        self.send(Event::Verbatim { bytes: text.into_bytes(), mark: None })
    }

    fn database(&mut self, connection: &Connection) -> Result<(), End> {
        let pragma =
            |name: &str| connection.query_row(&format!("PRAGMA {name}"), [], |row| row.get::<_, i64>(0));
        let encoding: String = connection.query_row("PRAGMA encoding", [], |row| row.get(0))?;
        self.verbatim(format!(
            "PRAGMA foreign_keys=OFF;\nPRAGMA page_size={};\nPRAGMA encoding='{encoding}';\nPRAGMA auto_vacuum={};\n\
             BEGIN TRANSACTION;\n",
            pragma("page_size")?,
            pragma("auto_vacuum")?,
        ))?;
        let objects = objects(connection)?;
        let own = |object: &&Object| object.name.starts_with(b"sqlite_");
        for object in objects.iter().filter(|object| object.class == "table" && !own(object)) {
            let shape = TableShape::read(connection, &object.name, encoding == "UTF-8")?;
            self.ddl(object)?;
            if !self.schema_only {
                self.rows(connection, &shape)?;
            }
        }
        for object in objects.iter().filter(own) {
            if object.name == b"sqlite_sequence" {
                self.sequences(connection)?;
            } else if object.name.starts_with(b"sqlite_stat") {
                self.send(Event::Dropped { class: "statistics" })?;
            }
        }
        for class in ["index", "view", "trigger"] {
            for object in objects.iter().filter(|object| object.class == class) {
                self.ddl(object)?;
            }
        }
        let (version, application) = (pragma("user_version")?, pragma("application_id")?);
        self.verbatim(format!(
            "PRAGMA user_version={version};\nPRAGMA application_id={application};\nCOMMIT;\n"
        ))
    }

    /// The statement that makes an object. A comment at its end must not take the semicolon with it.
    fn ddl(&mut self, object: &Object) -> Result<(), End> {
        let mut bytes = object.sql.clone();
        bytes.extend_from_slice(b";\n");
        if statement_end(&bytes) != Ok(Some(bytes.len() - 1)) {
            bytes.truncate(object.sql.len());
            bytes.extend_from_slice(b"\n;\n");
        }
        if statement_end(&bytes) != Ok(Some(bytes.len() - 1)) || memchr::memchr(0, &bytes).is_some() {
            let error = Error::new(ErrorKind::Syntax("the schema has a statement that no dump can hold"));
            return Err(error.in_table(String::from_utf8_lossy(&object.name)).into());
        }
        self.send(Event::Ddl { bytes, session: Arc::clone(&self.session) })
    }

    /// The rows of a table, a block at a time.
    fn rows(&mut self, connection: &Connection, shape: &TableShape) -> Result<(), End> {
        let head = Arc::new(Head {
            table: TableName::new("", shape.name.as_str()),
            columns: Some(shape.columns.clone()),
            layout: 0,
            encoding: encoding_rs::UTF_8,
        });
        let place = |error: Error| error.in_table(shape.name.as_str());
        let mut query = connection.prepare(&shape.query)?;
        let mut found = query.query([])?;
        let mut rows = 0;
        let mut bytes = Vec::new();
        loop {
            let row = found.next()?;
            let last = row.is_none();
            if let Some(row) = row {
                write_row(shape, row, &mut bytes).map_err(place)?;
                rows += 1;
                if bytes.len() >= MAX_BLOCK {
                    return Err(place(ErrorKind::Syntax("a row is longer than 1 GiB").into()).into());
                }
            }
            if rows > 0 && (last || bytes.len() >= self.block_size) {
                let (byte, line) = (self.byte, self.line);
                let next = Vec::with_capacity(bytes.len());
                let bytes = std::mem::replace(&mut bytes, next);
                self.send(Event::Rows(Block { head: Arc::clone(&head), bytes, byte, line }))?;
                rows = 0;
            }
            if last {
                return Ok(());
            }
        }
    }

    /// The last numbers of AUTOINCREMENT keys.
    fn sequences(&mut self, connection: &Connection) -> Result<(), End> {
        let mut numbers: Vec<(String, i64)> = Vec::new();
        {
            let mut query = connection.prepare("SELECT name, seq FROM sqlite_sequence ORDER BY rowid")?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let (ValueRef::Text(name), ValueRef::Integer(number)) = (row.get_ref(0)?, row.get_ref(1)?)
                else {
                    continue;
                };
                numbers.push((String::from_utf8_lossy(name).into_owned(), number));
            }
        }
        if self.schema_only {
            return Ok(());
        }
        self.verbatim("DELETE FROM sqlite_sequence;\n".into())?;
        for (table, value) in numbers {
            let start = format!("INSERT INTO sqlite_sequence VALUES('{}',", table.replace('\'', "''"));
            let number = value.to_string();
            let digits = start.len()..start.len() + number.len();
            let bytes = format!("{start}{number});\n").into_bytes();
            let sequence = TableName::new("", table);
            self.send(Event::Sequence(SequenceValue {
                bytes,
                sequence,
                column: None,
                value,
                digits,
                ddl: None,
            }))?;
        }
        Ok(())
    }
}

/// All objects that a statement makes, in the order in which they were made.
fn objects(connection: &Connection) -> Result<Vec<Object>, End> {
    let mut query = connection
        .prepare("SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")?;
    let mut rows = query.query([])?;
    let mut objects = Vec::new();
    let bytes = |value: ValueRef<'_>| match value {
        ValueRef::Text(text) => text.to_vec(),
        _ => Vec::new(),
    };
    while let Some(row) = rows.next()? {
        let class = String::from_utf8_lossy(&bytes(row.get_ref(0)?)).into_owned();
        objects.push(Object { class, name: bytes(row.get_ref(1)?), sql: bytes(row.get_ref(2)?) });
    }
    Ok(objects)
}
