//! The reader: cuts a dump into events, one statement or one block of rows at a time.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::lexer::{Lexer, Stop, insert_end, statement_end};
use super::settings::{self, Command, Landmark, Setting};
use super::statements::{self, Action, Sequence};
use super::tail::PgTail;
use super::words::Words;
use super::{Layout, PgCodec, insert};
use crate::base::{Error, ErrorKind, Result};
use crate::format;
use crate::format::buffer::{Buffer, NoLines};
use crate::format::input::Opened;
use crate::format::{Block, Codec, Event, Head, Mark, Reader, ReaderOptions, SequenceValue, Tail};
use crate::table::{Session, TableName};

/// Reads one dump.
pub(super) struct PgReader {
    options: ReaderOptions,
    buffer: Buffer,
    session: Arc<Session>,
    /// `standard_conforming_strings`.
    standard: bool,
    /// The COPY whose rows come next.
    copy: Option<Arc<Head>>,
    /// Rows of each table so far.
    rows: BTreeMap<TableName, u64>,
    /// Events that come before anything else.
    pending: VecDeque<Event>,
    ends: Ends,
    restricted: Option<String>,
}

/// Which completion marks were seen.
#[derive(Default)]
struct Ends {
    complete: bool,
    cluster_open: bool,
}

impl Reader for PgReader {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        if let Some(event) = self.pending.pop_front() {
            return Ok(Some(event));
        }
        self.event(spare)
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(PgCodec)
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(PgTail::default())
    }
}

impl PgReader {
    /// Reads plain text.
    pub(super) fn new(opened: Opened, options: &ReaderOptions) -> Self {
        Self {
            options: options.clone(),
            buffer: Buffer::new(opened.stream, options.block_size),
            session: Arc::default(),
            standard: true,
            copy: None,
            rows: BTreeMap::new(),
            pending: VecDeque::new(),
            ends: Ends::default(),
            restricted: None,
        }
    }

    fn event(&mut self, mut spare: Vec<u8>) -> Result<Option<Event>> {
        if let Some(head) = self.copy.clone() {
            return self.rows(&head, spare).map(Some);
        }
        loop {
            let trivia = self.trivia()?;
            if trivia > 0 {
                return Ok(Some(verbatim(self.buffer.take(trivia), None)));
            }
            let event = match self.buffer.view().first() {
                None => return self.end().map(|()| None),
                Some(b'\\') => self.command()?,
                Some(_) => self.statement(&mut spare)?,
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
            let mut lexer = Lexer::new(&view[from..], self.standard);
            let mut landmarks = Vec::new();
            let end = loop {
                match lexer.token() {
                    Ok(Some(token)) if token.is_trivia() => landmarks.extend(settings::landmark(&token)),
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
                self.ends.pass(landmark);
            }
            return Ok(end.unwrap_or_else(|open| open));
        }
    }

    /// A psql command; `None` if its line is not there yet.
    fn command(&mut self) -> Result<Option<Event>> {
        let view = self.buffer.view();
        let len = match memchr::memchr(b'\n', view) {
            Some(at) => at + 1,
            None if self.buffer.ended() => view.len(),
            None => return Ok(None),
        };
        let command = settings::command(view[..len].trim_ascii_end()).map_err(|kind| self.here(kind))?;
        let mark = match command {
            Command::Restrict(token) => {
                self.restricted = Some(token.clone());
                Some(Mark::Restrict(token))
            }
            Command::Unrestrict(token) => {
                if self.restricted.take() != Some(token) {
                    return Err(self.here(ErrorKind::Syntax("\\unrestrict without its \\restrict")));
                }
                Some(Mark::Unrestrict)
            }
            Command::Connect(database) => {
                let name = |name: Vec<u8>| format::encoding::name(self.session.encoding, &name);
                let mut session = Session::default();
                session.database = database.map(name).or_else(|| self.session.database.clone());
                self.session = Arc::new(session);
                self.standard = true;
                None
            }
            Command::Encoding(encoding) => {
                self.apply(Some(Setting::Encoding(encoding)));
                None
            }
        };
        Ok(Some(verbatim(self.buffer.take(len), mark)))
    }

    /// A statement or a run of INSERTs; `None` if it is not all there yet.
    fn statement(&mut self, spare: &mut Vec<u8>) -> Result<Option<Event>> {
        let view = self.buffer.view();
        let len = match statement_end(view, self.standard) {
            Ok(Some(len)) => len,
            Ok(None) | Err(Stop::Open) => return Ok(None),
            Err(Stop::Malformed(what)) => return Err(self.here(ErrorKind::Syntax(what))),
        };
        let statement = &view[..len];
        let event = match statements::classify(statement, self.standard) {
            Action::Pass => verbatim(self.buffer.take(len), None),
            Action::Ddl => self.ddl(len, 0..0),
            Action::Cut(range, class) => {
                self.pending.push_back(Event::Dropped { class });
                self.ddl(len, range)
            }
            Action::Set => {
                let setting = settings::read(statement, self.standard).map_err(|kind| self.here(kind))?;
                self.apply(setting);
                verbatim(self.buffer.take(len), None)
            }
            Action::Sequence(sequence) => self.sequence(len, sequence)?,
            Action::LargeObject => Event::LargeObject(self.buffer.take(len)),
            Action::Copy => return self.copy(len),
            Action::Insert => match insert::head(statement, self.standard) {
                Some(head) => return self.inserts(len, &head, spare).map(Some),
                None => self.unknown(len)?,
            },
            Action::Drop(class) => {
                self.buffer.consume(len);
                Event::Dropped { class }
            }
            Action::Unknown => self.unknown(len)?,
        };
        Ok(Some(event))
    }

    fn ddl(&mut self, len: usize, cut: std::ops::Range<usize>) -> Event {
        let mut bytes = self.buffer.take(len);
        bytes.drain(cut);
        Event::Ddl { bytes, session: Arc::clone(&self.session) }
    }

    fn unknown(&mut self, len: usize) -> Result<Event> {
        if !self.options.drop_unparsed {
            let head = statements::head(&self.buffer.view()[..len], self.standard);
            return Err(self.here(ErrorKind::Statement { head }));
        }
        self.buffer.consume(len);
        Ok(Event::Dropped { class: "unparsed" })
    }

    fn apply(&mut self, setting: Option<Setting>) {
        match setting {
            Some(Setting::Encoding(encoding)) => Arc::make_mut(&mut self.session).encoding = encoding,
            Some(Setting::Schema(schema)) => {
                let schema = schema.map_or_else(
                    || "public".into(),
                    |name| format::encoding::name(self.session.encoding, &name),
                );
                Arc::make_mut(&mut self.session).schema = schema;
            }
            Some(Setting::StandardStrings(standard)) => self.standard = standard,
            None => {}
        }
    }

    fn sequence(&mut self, len: usize, sequence: Sequence) -> Result<Event> {
        let name = self.table(&sequence.name)?;
        Ok(Event::Sequence(SequenceValue {
            bytes: self.buffer.take(len),
            sequence: name,
            column: sequence.column.map(|column| format::encoding::name(self.session.encoding, &column)),
            value: sequence.value,
            digits: sequence.digits,
            ddl: None,
        }))
    }

    /// The header of a COPY, with the end of its line.
    fn copy(&mut self, len: usize) -> Result<Option<Event>> {
        let view = self.buffer.view();
        let Some(line_end) = memchr::memchr(b'\n', &view[len..]) else {
            return if self.buffer.ended() {
                Err(self.here(ErrorKind::Truncated(CUT_COPY)))
            } else {
                Ok(None)
            };
        };
        let crlf = match &view[len..len + line_end] {
            b"" => false,
            b"\r" => true,
            _ => return Err(self.here(ErrorKind::Syntax("something stands behind a COPY on its line"))),
        };
        let mut words = Words::new(&view[..len], self.standard);
        words.word("COPY");
        let table = words.qualified();
        let columns = words.columns();
        let (Some(table), true) = (table, words.words("FROM stdin") && words.end()) else {
            return Err(self.here(ErrorKind::Syntax("a COPY that is not COPY .. FROM stdin in plain text")));
        };
        let layout = if crlf { Layout::CopyCrlf } else { Layout::Copy };
        self.copy = Some(self.head(&table, columns, layout)?);
        Ok(Some(verbatim(self.buffer.take(len + line_end + 1), Some(Mark::RowsBegin))))
    }

    /// The next rows of a COPY, or the line that ends them.
    fn rows(&mut self, head: &Arc<Head>, spare: Vec<u8>) -> Result<Event> {
        let before = self.rows.get(&head.table).copied().unwrap_or(0);
        let place = |error: Error| error.in_table(head.table.to_string()).at_row(before + 1);
        let (line, byte) = (self.buffer.line, self.buffer.byte);
        match self.buffer.lines(spare).map_err(|error| place(error).at_line(line).at_byte(byte))? {
            Ok(lines) => {
                self.rows.insert(head.table.clone(), before + lines.count);
                Ok(Event::Rows(Block {
                    head: Arc::clone(head),
                    bytes: lines.bytes,
                    byte: lines.byte,
                    line: lines.line,
                }))
            }
            Err(NoLines::End(len)) => {
                self.copy = None;
                Ok(verbatim(self.buffer.take(len), Some(Mark::RowsEnd)))
            }
            Err(NoLines::Truncated) => Err(place(self.here(ErrorKind::Truncated(CUT_COPY)))),
        }
    }

    /// A run of INSERTs with one head. The first is `first` bytes long.
    fn inserts(&mut self, first: usize, head: &insert::Head, spare: &mut Vec<u8>) -> Result<Event> {
        let layout = if self.standard { Layout::Insert } else { Layout::InsertOld };
        let shared = self.head(&head.table, head.columns.clone(), layout)?;
        let mut end = first;
        while end < self.options.block_size {
            let view = self.buffer.view();
            match next_insert(&view[end..], &view[..head.len], self.standard) {
                Next::Insert(len) => end += len,
                Next::Other => break,
                Next::Unknown => {
                    if !self.buffer.fill()? {
                        break;
                    }
                }
            }
        }
        let (line, byte) = (self.buffer.line, self.buffer.byte);
        let mut bytes = std::mem::take(spare);
        bytes.clear();
        bytes.extend_from_slice(&self.buffer.view()[..end]);
        self.buffer.consume(end);
        Ok(Event::Rows(Block { head: shared, bytes, byte, line }))
    }

    fn head(&self, table: &[Vec<u8>], columns: Option<Vec<Vec<u8>>>, layout: Layout) -> Result<Arc<Head>> {
        let encoding = self.session.encoding;
        let name = |name: Vec<u8>| format::encoding::name(encoding, &name);
        let columns = columns.map(|columns| columns.into_iter().map(name).collect());
        Ok(Arc::new(Head { table: self.table(table)?, columns, layout: layout as u8, encoding }))
    }

    fn table(&self, parts: &[Vec<u8>]) -> Result<TableName> {
        let name = |name: &[u8]| format::encoding::name(self.session.encoding, name);
        let table = match parts {
            [table] => TableName::new(self.session.schema.as_str(), name(table)),
            [schema, table] => TableName::new(name(schema), name(table)),
            _ => return Err(self.here(ErrorKind::Syntax("a name of more than schema and table"))),
        };
        Ok(table.in_database(self.session.database.as_deref()))
    }

    /// Checks what must hold where the input ends.
    fn end(&self) -> Result<()> {
        if self.options.trailer
            && (!self.ends.complete || self.ends.cluster_open || self.restricted.is_some())
        {
            return Err(self.here(ErrorKind::Truncated(
                "the dump tool's completion mark is missing: the input is cut short \
                 (--no-trailer accepts dumps made without one)",
            )));
        }
        Ok(())
    }

    /// An error at the window's start.
    fn here(&self, kind: ErrorKind) -> Error {
        Error::new(kind).at_line(self.buffer.line).at_byte(self.buffer.byte)
    }
}

impl Ends {
    fn pass(&mut self, landmark: Landmark) {
        match landmark {
            Landmark::Begin => self.complete = false,
            Landmark::End => self.complete = true,
            Landmark::ClusterBegin => {
                self.complete = false;
                self.cluster_open = true;
            }
            Landmark::ClusterEnd => {
                self.complete = true;
                self.cluster_open = false;
            }
        }
    }
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

fn next_insert(bytes: &[u8], head: &[u8], standard: bool) -> Next {
    let mut lexer = Lexer::new(bytes, standard);
    loop {
        match lexer.token() {
            Ok(Some(token)) if token.is_trivia() => {}
            Ok(Some(token)) => {
                let statement = &bytes[token.start..];
                if statement.len() <= head.len() && head.starts_with(statement) {
                    return Next::Unknown;
                }
                if !insert::same_head(statement, head) {
                    return Next::Other;
                }
                return match insert_end(statement, head.len(), standard) {
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

fn verbatim(bytes: Vec<u8>, mark: Option<Mark>) -> Event {
    Event::Verbatim { bytes, mark }
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
const CUT_COPY: &str = "the input ends inside the rows of a COPY";
