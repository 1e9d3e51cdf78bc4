//! The reader: cuts a dump into events, one statement or one block of rows at a time.

use std::collections::VecDeque;
use std::sync::Arc;

use super::insert::{self, Begin};
use super::landmark::{self, Landmark};
use super::lexer::{Lexer, Stop, statement_end};
use super::settings::Settings;
use super::statements::{self, Action, Counter};
use super::tail::MySqlTail;
use super::words::Words;
use super::{Layout, MySqlCodec};
use encoding_rs::Encoding;

use crate::base::{Error, ErrorKind, Result};
use crate::format::buffer::{Buffer, Found, Next};
use crate::format::input::Opened;
use crate::format::{Block, Codec, Event, Head, Mark, Reader, ReaderOptions, SequenceValue, Tail, encoding};
use crate::table::{Dialect, Session, TableName};

/// Reads one dump.
pub(super) struct MySqlReader {
    options: ReaderOptions,
    buffer: Buffer,
    settings: Settings,
    /// The database of the last `USE`.
    database: Option<String>,
    delimiter: Vec<u8>,
    /// The statement of rows in whose middle the input stands.
    open: Option<Run>,
    /// The head that the last block had, for most blocks have the same.
    last: Option<Run>,
    /// Events that come before anything else.
    pending: VecDeque<Event>,
    complete: bool,
}

/// A run of statements of rows with one head.
#[derive(Clone)]
struct Run {
    head: Arc<Head>,
    /// The head's bytes.
    bytes: Arc<[u8]>,
}

impl Reader for MySqlReader {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        if let Some(event) = self.pending.pop_front() {
            return Ok(Some(event));
        }
        self.event(spare)
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(MySqlCodec)
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(MySqlTail::default())
    }
}

impl MySqlReader {
    /// Reads plain text.
    pub(super) fn new(opened: Opened, options: &ReaderOptions) -> Self {
        Self {
            options: options.clone(),
            buffer: Buffer::new(opened.stream, options.block_size),
            settings: Settings::default(),
            database: None,
            delimiter: b";".to_vec(),
            open: None,
            last: None,
            pending: VecDeque::new(),
            complete: false,
        }
    }

    /// What `SET NAMES` said, while it is in force.
    pub(super) fn names(&self) -> Option<&'static Encoding> {
        self.settings.names
    }

    fn event(&mut self, mut spare: Vec<u8>) -> Result<Option<Event>> {
        if let Some(run) = self.open.clone() {
            return self.rows(run, spare, true).map(Some);
        }
        loop {
            let trivia = self.trivia()?;
            if trivia > 0 {
                return Ok(Some(verbatim(self.buffer.take(trivia))));
            }
            let view = self.buffer.view();
            let event = if view.is_empty() {
                return self.end().map(|()| None);
            } else if is_delimiter_command(view) {
                self.delimiter_command()?
            } else if insert::begins(view) && self.delimiter == b";" {
                self.insert(&mut spare)?
            } else {
                self.statement()?
            };
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
            let from = if self.buffer.byte == 0 && view.starts_with(BYTE_ORDER_MARK) {
                BYTE_ORDER_MARK.len()
            } else {
                0
            };
            let mut lexer = Lexer::new(&view[from..], self.settings.mode, &self.delimiter);
            let mut landmarks = Vec::new();
            let end = loop {
                match lexer.token() {
                    Ok(Some(token)) if token.is_trivia() => {
                        let ended = view.get(from + token.end()) == Some(&b'\n');
                        landmarks.extend(landmark::of(token.bytes).filter(|_| ended));
                    }
                    Ok(Some(token)) => break Ok(from + token.start),
                    Ok(None) => break Ok(view.len()),
                    Err(Stop::Malformed(_)) => break Ok(from + lexer.at()),
                    Err(Stop::Open) => break Err(from + lexer.at()),
                }
            };
            let behind = end.is_ok_and(|end| end < view.len());
            if !behind && self.buffer.fill()? {
                continue;
            }
            for landmark in landmarks {
                self.complete = landmark == Landmark::End;
            }
            return Ok(end.unwrap_or_else(|open| open));
        }
    }

    /// `DELIMITER ;;`; `None` if its line is not there yet.
    fn delimiter_command(&mut self) -> Result<Option<Event>> {
        let view = self.buffer.view();
        let len = match memchr::memchr(b'\n', view) {
            Some(at) => at + 1,
            None if self.buffer.ended() => view.len(),
            None => return Ok(None),
        };
        let delimiter = view[DELIMITER.len()..len].trim_ascii();
        let known = matches!(delimiter.len(), 1..=4)
            && delimiter.iter().all(|byte| matches!(byte, b';' | b'$' | b'/' | b'|' | b'@'))
            && !delimiter.starts_with(b"/*");
        if !known {
            return Err(self.here(ErrorKind::Syntax("a DELIMITER that is not a few of ; $ / | @")));
        }
        self.delimiter = delimiter.to_vec();
        let mark = Mark::Delimiter(String::from_utf8_lossy(delimiter).into_owned());
        Ok(Some(Event::Verbatim { bytes: self.buffer.take(len), mark: Some(mark) }))
    }

    /// A statement that holds no rows; `None` if it is not all there yet.
    fn statement(&mut self) -> Result<Option<Event>> {
        let view = self.buffer.view();
        let (mode, delimiter) = (self.settings.mode, &*self.delimiter);
        let len = match statement_end(view, mode, delimiter) {
            Ok(Some(len)) => len,
            Ok(None) | Err(Stop::Open) => return Ok(None),
            Err(Stop::Malformed(what)) => return Err(self.here(ErrorKind::Syntax(what))),
        };
        let statement = &view[..len];
        if statement == delimiter {
            return Ok(Some(verbatim(self.buffer.take(len))));
        }
        let event = match statements::classify(statement, mode, delimiter) {
            Action::Pass => verbatim(self.buffer.take(len)),
            Action::Ddl => Event::Ddl { bytes: self.buffer.take(len), session: self.session() },
            Action::Cut(range, class) => {
                self.pending.push_back(Event::Dropped { class });
                let mut bytes = self.buffer.take(len);
                bytes.drain(range);
                Event::Ddl { bytes, session: self.session() }
            }
            Action::Set => {
                let words = Words::new(statement, mode, delimiter);
                let mut settings = self.settings.clone();
                let known = settings.apply(words).map_err(|kind| self.here(kind))?;
                if known {
                    self.settings = settings;
                    self.last = None;
                    verbatim(self.buffer.take(len))
                } else {
                    self.unknown(len)?
                }
            }
            Action::Use(database) => {
                self.database = Some(encoding::name(self.settings.encoding, &database));
                self.last = None;
                verbatim(self.buffer.take(len))
            }
            Action::Counter(counter) => self.counter(len, counter)?,
            Action::Drop(class) => self.drop(len, class),
            Action::Unknown => self.unknown(len)?,
        };
        Ok(Some(event))
    }

    fn drop(&mut self, len: usize, class: &'static str) -> Event {
        self.buffer.consume(len);
        Event::Dropped { class }
    }

    fn unknown(&mut self, len: usize) -> Result<Event> {
        if !self.options.drop_unparsed {
            let statement = &self.buffer.view()[..len];
            let head = statements::head(statement, self.settings.mode, &self.delimiter);
            return Err(self.here(ErrorKind::Statement { head }));
        }
        Ok(self.drop(len, "unparsed"))
    }

    fn counter(&mut self, len: usize, counter: Counter) -> Result<Event> {
        let name = |name: Vec<u8>| encoding::name(self.settings.encoding, &name);
        Ok(Event::Sequence(SequenceValue {
            sequence: self.table(&counter.name)?,
            column: counter.column.map(name),
            value: counter.value,
            digits: counter.digits,
            ddl: counter.ddl.then(|| self.session()),
            bytes: self.buffer.take(len),
        }))
    }

    /// A statement of rows; `None` if the bytes do not tell what it is.
    fn insert(&mut self, spare: &mut Vec<u8>) -> Result<Option<Event>> {
        let view = self.buffer.view();
        if let Some(run) = self.last.clone().filter(|run| insert::same_head(view, &run.bytes)) {
            return self.rows(run, std::mem::take(spare), false).map(Some);
        }
        let head = match insert::begin(view, self.settings.mode) {
            Begin::Head(head) => head,
            Begin::Cut => return Ok(None),
            Begin::Other => return self.whole(Self::unknown),
        };
        let table = self.table(&head.table)?;
        let system = table.database.as_deref().is_some_and(|database| database.eq_ignore_ascii_case("mysql"));
        if system && let Some(class) = statements::system_table(table.table.as_bytes()) {
            return self.whole(|reader, len| Ok(reader.drop(len, class)));
        }
        let name = |name: Vec<u8>| encoding::name(self.settings.encoding, &name);
        let columns = head.columns.map(|columns| columns.into_iter().map(name).collect());
        let layout = Layout::of_mode(self.settings.mode) as u8;
        let bytes = view[..head.len].into();
        let head = Arc::new(Head { table, columns, layout, encoding: self.settings.encoding });
        let run = Run { head, bytes };
        self.last = Some(run.clone());
        self.rows(run, std::mem::take(spare), false).map(Some)
    }

    /// What becomes of the whole of the statement that comes next; `None` if it is not all there yet.
    fn whole(&mut self, then: impl FnOnce(&mut Self, usize) -> Result<Event>) -> Result<Option<Event>> {
        match statement_end(self.buffer.view(), self.settings.mode, b";") {
            Ok(Some(len)) => then(self, len).map(Some),
            Ok(None) | Err(Stop::Open) => Ok(None),
            Err(Stop::Malformed(what)) => Err(self.here(ErrorKind::Syntax(what))),
        }
    }

    /// The next block of a run of statements. `open` says that it begins in the middle of one.
    fn rows(&mut self, run: Run, spare: Vec<u8>, open: bool) -> Result<Event> {
        let mode = self.settings.mode;
        let mut open_behind = open;
        let at = (self.buffer.line, self.buffer.byte);
        let in_rows = |error: Error| error.in_table(run.head.table.to_string()).at_line(at.0).at_byte(at.1);
        let next = self.buffer.rows(spare, &mut |bytes| {
            let cut = insert::cut(bytes, &run.bytes, mode, open);
            open_behind = cut.open;
            Ok(if cut.end == 0 && cut.odd { Found::Other } else { Found::rows(bytes, cut.end) })
        });
        let bytes = match next.map_err(in_rows)? {
            Next::Rows(lines) => lines.bytes,
            Next::End => return Err(in_rows(self.here(CUT))),
            // What only the lexer can read is one block up to the statement's end.
            Next::Other => {
                open_behind = false;
                self.whole_statement().map_err(in_rows)?
            }
        };
        let head = Arc::clone(&run.head);
        let block = Block { head, bytes, byte: at.1, line: at.0 };
        self.open = open_behind.then_some(run);
        Ok(Event::Rows(block))
    }

    /// Takes the rest of the statement that comes next, however long it is.
    fn whole_statement(&mut self) -> Result<Vec<u8>> {
        loop {
            match statement_end(self.buffer.view(), self.settings.mode, b";") {
                Ok(Some(len)) => return Ok(self.buffer.take(len)),
                Err(Stop::Malformed(what)) => return Err(self.here(ErrorKind::Syntax(what))),
                Ok(None) | Err(Stop::Open) => {}
            }
            if !self.buffer.fill()? {
                return Err(self.here(CUT));
            }
        }
    }

    fn session(&self) -> Arc<Session> {
        let mut session = Session::default();
        session.database.clone_from(&self.database);
        session.schema = String::new();
        session.encoding = self.settings.encoding;
        session.dialect = Dialect::MySql;
        Arc::new(session)
    }

    fn table(&self, parts: &[Vec<u8>]) -> Result<TableName> {
        let name = |name: &[u8]| encoding::name(self.settings.encoding, name);
        match parts {
            [table] => Ok(TableName::new("", name(table)).in_database(self.database.as_deref())),
            [database, table] => Ok(TableName::new("", name(table)).in_database(Some(&name(database)))),
            _ => Err(self.here(ErrorKind::Syntax("a name of more than database and table"))),
        }
    }

    /// Checks what must hold where the input ends.
    fn end(&self) -> Result<()> {
        if self.delimiter != b";" {
            return Err(self.here(ErrorKind::Truncated("the input ends under a DELIMITER of its own")));
        }
        if self.options.trailer && !self.complete {
            return Err(self.here(ErrorKind::Truncated(
                "the line \"-- Dump completed\" is missing: the input is cut short (--no-trailer accepts dumps made \
                 without comments)",
            )));
        }
        Ok(())
    }

    /// An error at the window's start.
    fn here(&self, kind: ErrorKind) -> Error {
        Error::new(kind).at_line(self.buffer.line).at_byte(self.buffer.byte)
    }
}

/// Whether the client's own command comes next.
fn is_delimiter_command(view: &[u8]) -> bool {
    let word = view.get(..DELIMITER.len());
    word.is_some_and(|word| word.eq_ignore_ascii_case(DELIMITER))
        && matches!(view.get(DELIMITER.len()), Some(b' ' | b'\t'))
}

fn verbatim(bytes: Vec<u8>) -> Event {
    Event::Verbatim { bytes, mark: None }
}

const DELIMITER: &[u8] = b"DELIMITER";
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const CUT: ErrorKind = ErrorKind::Truncated("the input ends inside the rows of an INSERT");
