//! The reader: cuts a dump into events, one statement or one block of rows at a time.

use std::sync::Arc;

use memchr::memmem;

use super::statements::{self, Action, Sequence};
use super::tail::SqliteTail;
use super::{SqliteCodec, insert};
use crate::base::{Error, ErrorKind, Result};
use crate::format::buffer::Buffer;
use crate::format::input::Opened;
use crate::format::{Block, Codec, Event, Head, Reader, ReaderOptions, SequenceValue, Tail, encoding};
use crate::table::sqlite::{Kind, Lexer, Stop, statement_end};
use crate::table::{Dialect, Session, TableName};

/// Reads one dump.
pub(super) struct SqliteReader {
    options: ReaderOptions,
    buffer: Buffer,
    session: Arc<Session>,
    /// Heads of the last tables, so that blocks of one table share theirs.
    heads: Vec<Arc<Head>>,
    complete: bool,
}

impl Reader for SqliteReader {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        self.event(spare)
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(SqliteCodec)
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(SqliteTail)
    }
}

impl SqliteReader {
    pub(super) fn new(opened: Opened, options: &ReaderOptions) -> Self {
        Self {
            options: options.clone(),
            buffer: Buffer::new(opened.stream, options.block_size),
            session: Arc::new(session()),
            heads: Vec::new(),
            complete: false,
        }
    }

    fn event(&mut self, mut spare: Vec<u8>) -> Result<Option<Event>> {
        loop {
            let trivia = self.trivia()?;
            if trivia > 0 {
                return Ok(Some(verbatim(self.buffer.take(trivia))));
            }
            if self.buffer.view().is_empty() {
                return self.end().map(|()| None);
            }
            let event = self.statement(&mut spare)?;
            if event.is_some() {
                return Ok(event);
            }
            if !self.buffer.fill()? {
                return Err(self.here(ErrorKind::Truncated("the input ends in the middle of a statement")));
            }
        }
    }

    /// The length of the blanks and comments that come next.
    fn trivia(&mut self) -> Result<usize> {
        loop {
            let view = self.buffer.view();
            let marked = self.buffer.byte == 0 && view.starts_with(BYTE_ORDER_MARK);
            let from = if marked { BYTE_ORDER_MARK.len() } else { 0 };
            let mut lexer = Lexer::new(&view[from..]);
            let mut failed = false;
            let end = loop {
                match lexer.token() {
                    Ok(Some(token)) if token.is_trivia() => {
                        failed |= token.kind == Kind::Comment && is_error(token.bytes);
                    }
                    Ok(Some(token)) => break Ok(from + token.start),
                    Ok(None) => break Ok(view.len()),
                    Err(Stop::Malformed(_)) => break Ok(from + lexer.at()),
                    Err(Stop::Open) => break Err(from + lexer.at()),
                }
            };
            if failed {
                return Err(self.here(FAILED));
            }
            let behind = end.is_ok_and(|end| end < view.len());
            if !behind && self.buffer.fill()? {
                continue;
            }
            return Ok(end.unwrap_or_else(|open| open));
        }
    }

    /// A statement or a run of INSERTs; `None` if it is not all there yet.
    fn statement(&mut self, spare: &mut Vec<u8>) -> Result<Option<Event>> {
        let view = self.buffer.view();
        let len = match statement_end(view) {
            Ok(Some(len)) => len,
            Ok(None) | Err(Stop::Open) => return Ok(None),
            Err(Stop::Malformed(what)) => return Err(self.here(ErrorKind::Syntax(what))),
        };
        if memchr::memchr(0, &view[..len]).is_some() {
            return Err(self.here(ZERO_BYTE));
        }
        let event = match statements::classify(&view[..len]) {
            Action::Pass => verbatim(self.buffer.take(len)),
            Action::Ddl => Event::Ddl { bytes: self.buffer.take(len), session: Arc::clone(&self.session) },
            Action::Begin => {
                self.complete = false;
                verbatim(self.buffer.take(len))
            }
            Action::Commit => {
                self.complete = true;
                verbatim(self.buffer.take(len))
            }
            Action::Failed => return Err(self.here(FAILED)),
            Action::Sequence(Sequence { table, value, digits }) => Event::Sequence(SequenceValue {
                bytes: self.buffer.take(len),
                sequence: TableName::new("", text(&table)),
                column: None,
                value,
                digits,
                ddl: None,
            }),
            Action::Rows => return self.rows(len, spare),
            Action::Drop(class) => {
                self.buffer.consume(len);
                Event::Dropped { class }
            }
            Action::Unknown if self.options.drop_unparsed => {
                self.buffer.consume(len);
                Event::Dropped { class: "unparsed" }
            }
            Action::Unknown => {
                let head = statements::head(&view[..len]);
                return Err(self.here(ErrorKind::Statement { head }));
            }
        };
        Ok(Some(event))
    }

    /// A run of INSERTs with one head. The first is `first` bytes long.
    fn rows(&mut self, first: usize, spare: &mut Vec<u8>) -> Result<Option<Event>> {
        let Some(head) = insert::head(self.buffer.view()) else { return Ok(None) };
        let (table, len) = (text(&head.table), head.len);
        let columns = head.columns.map(|columns| columns.iter().map(|name| text(name)).collect());
        let shared = self.head(table, columns);
        let mut end = first;
        while end < self.options.block_size {
            let view = self.buffer.view();
            match next_insert(&view[end..], &view[..len]) {
                Next::Insert(len) => end += len,
                Next::Other => break,
                Next::Unknown => {
                    if !self.buffer.fill()? {
                        break;
                    }
                }
            }
        }
        if memchr::memchr(0, &self.buffer.view()[..end]).is_some() {
            return Err(self.here(ZERO_BYTE).in_table(shared.table.to_string()));
        }
        let (line, byte) = (self.buffer.line, self.buffer.byte);
        let mut bytes = std::mem::take(spare);
        bytes.clear();
        bytes.extend_from_slice(&self.buffer.view()[..end]);
        self.buffer.consume(end);
        Ok(Some(Event::Rows(Block { head: shared, bytes, byte, line })))
    }

    fn head(&mut self, table: String, columns: Option<Vec<String>>) -> Arc<Head> {
        let known = |head: &&Arc<Head>| head.table.table == table && head.columns == columns;
        if let Some(head) = self.heads.iter().find(known) {
            return Arc::clone(head);
        }
        if self.heads.len() == RECENT_HEADS {
            self.heads.remove(0);
        }
        let table = TableName::new("", table);
        let head = Arc::new(Head { table, columns, layout: 0, encoding: encoding_rs::UTF_8 });
        self.heads.push(Arc::clone(&head));
        head
    }

    /// Checks what must hold where the input ends.
    fn end(&self) -> Result<()> {
        if self.options.trailer && !self.complete {
            return Err(self.here(ErrorKind::Truncated(
                "the dump does not end with COMMIT: the input is cut short (--no-trailer accepts dumps made without \
                 one: .dump --data-only, .schema)",
            )));
        }
        Ok(())
    }

    /// An error at the window's start.
    fn here(&self, kind: ErrorKind) -> Error {
        Error::new(kind).at_line(self.buffer.line).at_byte(self.buffer.byte)
    }
}

/// The state in which every statement of SQLite runs.
pub(in crate::format) fn session() -> Session {
    Session { schema: String::new(), dialect: Dialect::Sqlite, ..Session::default() }
}

/// What follows an INSERT.
enum Next {
    /// Another with the same head; it ends so many bytes on.
    Insert(usize),
    /// Something else.
    Other,
    /// The bytes that are there do not tell.
    Unknown,
}

fn next_insert(bytes: &[u8], head: &[u8]) -> Next {
    let mut lexer = Lexer::new(bytes);
    loop {
        match lexer.token() {
            Ok(Some(token)) if token.kind == Kind::Space => {}
            Ok(Some(token)) => {
                let statement = &bytes[token.start..];
                if statement.len() <= head.len() && head.starts_with(statement) {
                    return Next::Unknown;
                }
                if !insert::same_head(statement, head) {
                    return Next::Other;
                }
                return match insert::end(statement, head.len()) {
                    Ok(Some(len)) => Next::Insert(token.start + len),
                    Ok(None) | Err(Stop::Open) => Next::Unknown,
                    Err(Stop::Malformed(_)) => Next::Other,
                };
            }
            Ok(None) | Err(Stop::Open) => return Next::Unknown,
            Err(Stop::Malformed(_)) => return Next::Other,
        }
    }
}

/// Whether a comment is the dump tool's word that it could not read the database.
fn is_error(comment: &[u8]) -> bool {
    comment.starts_with(b"/****") && memmem::find(comment, b"ERROR").is_some()
}

fn text(name: &[u8]) -> String {
    encoding::name(encoding_rs::UTF_8, name)
}

fn verbatim(bytes: Vec<u8>) -> Event {
    Event::Verbatim { bytes, mark: None }
}

/// Heads that are remembered; a dump by INSERT may alternate between a few.
const RECENT_HEADS: usize = 32;
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const ZERO_BYTE: ErrorKind =
    ErrorKind::Syntax("a zero byte, which SQLite's shell would take for the end of a line");
const FAILED: ErrorKind = ErrorKind::Truncated(
    "the dump tool met errors and says so (ROLLBACK, or an ERROR comment): the dump is not whole",
);
