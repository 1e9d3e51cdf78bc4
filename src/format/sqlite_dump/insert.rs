//! Rows of `INSERT INTO .. VALUES(..);`, as SQLite's shell writes them.
//!
//! A block is a run of statements with the same head. A value must be one literal, or one of the few calls by which the
//! shell writes text that has line ends or control characters; any other expression ends the run.

use std::borrow::Cow;
use std::ops::Range;

use encoding_rs::{Encoding, UTF_8};

use super::literal::{self, BLOB, NUMBER, TEXT};
use super::scan;
use super::text_call;
use crate::base::{ErrorKind, Result};
use crate::format::encoding::Text;
use crate::format::literals::is_number;
use crate::format::{Block, Cells, MAX_BLOCK, place};
use crate::table::Span;
use crate::table::quotes::undouble_into;
use crate::table::sqlite::{self, Kind, Lexer, Stop, Words, is_space};

/// What stands before the rows of a statement.
pub(super) struct Head<'a> {
    /// The table.
    pub(super) table: Cow<'a, [u8]>,
    /// Columns, if they are listed.
    pub(super) columns: Option<Vec<Cow<'a, [u8]>>>,
    /// Its length in bytes, `VALUES` included.
    pub(super) len: usize,
}

/// Reads the head of an `INSERT` that starts at the first of `bytes`; `None` when it is not one that a dump holds.
pub(super) fn head(bytes: &[u8]) -> Option<Head<'_>> {
    let mut words = Words::new(bytes);
    if !words.word("REPLACE") {
        words.word("INSERT").then_some(())?;
        let known = |words: &mut Words<'_>| ["REPLACE", "IGNORE"].iter().any(|word| words.word(word));
        (!words.word("OR") || known(&mut words)).then_some(())?;
    }
    words.word("INTO").then_some(())?;
    let table = words.object()?;
    let listed = words.peek()?.kind == Kind::Symbol(b'(');
    let columns = if listed { Some(words.columns()?) } else { None };
    let values = words.peek().filter(|token| token.is_word("VALUES"))?;
    Some(Head { table, columns, len: values.end() })
}

/// Whether a statement begins with the very bytes of another's head.
pub(super) fn same_head(statement: &[u8], head: &[u8]) -> bool {
    statement.starts_with(head) && !statement.get(head.len()).is_some_and(|&byte| sqlite::is_word_byte(byte))
}

/// Where an `INSERT` ends whose head is the first `head` bytes: a quick look that knows numbers and strings, and leaves
/// the rest to the lexer.
pub(super) fn end(bytes: &[u8], head: usize) -> Result<Option<usize>, Stop> {
    let mut at = head;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b';' => return Ok(Some(at + 1)),
            b'\'' => match memchr::memchr(b'\'', &bytes[at + 1..]) {
                Some(len) => at += len + 2,
                None => return Ok(None),
            },
            b'"' | b'[' | b'`' | b'/' | 0 => return sqlite::statement_end(bytes),
            b'-' if bytes.get(at + 1).is_none_or(|next| *next == b'-') => {
                return sqlite::statement_end(bytes);
            }
            _ => at += 1,
        }
    }
    Ok(None)
}

/// Finds the cells of the `wanted` columns.
pub(super) fn tokenize(block: &Block, columns: usize, wanted: &[usize], cells: &mut Cells) -> Result<()> {
    cells.clear(wanted.len());
    let bytes = &block.bytes[..];
    if bytes.len() >= MAX_BLOCK {
        return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
    }
    let text = if std::str::from_utf8(bytes).is_ok() { None } else { Some(Text::new(block.head.encoding)) };
    let mut offsets = std::mem::take(&mut cells.scratch);
    let found = scan::marks(bytes, &mut offsets);
    let marks = if found.regular { &offsets[..found.count] } else { &[] };
    let mut rows = Rows { text, encoding: block.head.encoding, ..Rows::new(bytes, columns, wanted) };
    let result = rows.read(marks, cells);
    let (at, column) = (rows.at, rows.column);
    cells.scratch = offsets;
    cells.text = true;
    result.map_err(|kind| {
        let error = place(kind, block, None, at);
        match block.head.columns.as_ref().and_then(|columns| columns.get(column)) {
            Some(column) => error.in_column(column),
            None => error,
        }
    })
}

/// Rows in a block, up to the first that cannot be read.
pub(super) fn count(block: &Block) -> u64 {
    let mut cells = Cells::default();
    // The count up to an error is what is wanted; whoever reads the rows meets the error too.
    let mut found = 0;
    let mut rows = Rows::new(&block.bytes, 0, &[]);
    drop(rows.each_tuple(&mut cells, &mut |_| found += 1));
    found
}

/// The values of each row of one statement, which `bytes` are.
///
/// # Errors
/// Rows that cannot be read.
#[cfg(feature = "sqlite")]
pub(super) fn values(bytes: &[u8]) -> Result<Vec<Vec<Value<'_>>>> {
    let mut rows = Rows::new(bytes, 0, &[]);
    rows.start()?;
    rows.at += rows.head.len();
    let mut found = Vec::new();
    loop {
        let mut row = Vec::new();
        rows.tuple(&mut |_, value| {
            row.push(value);
            Ok(())
        })?;
        found.push(row);
        if !rows.goes_on()? {
            return Ok(found);
        }
    }
}

/// A value and where it stands.
pub(super) struct Value<'a> {
    /// All its bytes.
    pub(super) raw: Range<usize>,
    pub(super) style: u8,
    pub(super) content: Content<'a>,
}

/// What a value is.
pub(super) enum Content<'a> {
    Null,
    /// As it stands in the block.
    Plain(Range<usize>),
    /// Between quotes, some doubled.
    Doubled(&'a [u8]),
    /// Hexadecimal digits of a blob.
    Bytes(&'a [u8]),
    /// Made by a call, or a number that is written in another way.
    Made(Vec<u8>),
}

/// Walks the statements of a block.
struct Rows<'a> {
    bytes: &'a [u8],
    encoding: &'static Encoding,
    columns: usize,
    wanted: &'a [usize],
    /// How text is checked; absent where the whole block is known to be valid.
    text: Option<Text>,
    at: usize,
    /// The head of the statements, with its opening parenthesis if that follows at once.
    head: &'a [u8],
    /// The column being read, for errors.
    column: usize,
}

impl<'a> Rows<'a> {
    fn new(bytes: &'a [u8], columns: usize, wanted: &'a [usize]) -> Self {
        Self { bytes, encoding: UTF_8, columns, wanted, text: None, at: 0, head: &[], column: 0 }
    }

    /// All rows: by the marks where they fit, token by token where they do not.
    fn read(&mut self, marks: &[u32], cells: &mut Cells) -> Result<(), ErrorKind> {
        let bytes = self.bytes;
        self.start()?;
        let opens = bytes[self.at..].get(self.head.len()) == Some(&b'(');
        let head = &bytes[self.at..self.at + self.head.len() + usize::from(opens)];
        let first = self.at + head.len();
        // Marks up to the one that opens a row.
        let in_head = marks.iter().take_while(|&&mark| (mark as usize) < first).count();
        let mut next = 0;
        loop {
            while bytes.get(self.at).is_some_and(|byte| is_space(*byte)) {
                self.at += 1;
            }
            if self.at == bytes.len() {
                return Ok(());
            }
            let quick = opens && self.columns > 0 && bytes[self.at..].starts_with(head);
            if quick
                && let Some(end) =
                    self.quick(head.len(), marks.get(next + in_head..).unwrap_or_default(), cells)?
            {
                next += in_head + self.columns + 1;
                self.at = end;
                continue;
            }
            self.statement(cells)?;
            while marks.get(next).is_some_and(|mark| (*mark as usize) < self.at) {
                next += 1;
            }
        }
    }

    /// A statement of one row, if the marks behind its head are those of one. Returns where it ends.
    #[inline]
    fn quick(&mut self, head: usize, marks: &[u32], cells: &mut Cells) -> Result<Option<usize>, ErrorKind> {
        let bytes = self.bytes;
        let Some(ends) = marks.get(..=self.columns) else { return Ok(None) };
        let (close, end) = (ends[self.columns - 1] as usize, ends[self.columns] as usize);
        if bytes[close] != b')' || bytes[end] != b';' || end != close + 1 {
            return Ok(None);
        }
        let rows = cells.rows;
        let mut start = self.at + head;
        let mut next = 0;
        for (column, &mark) in ends[..self.columns].iter().enumerate() {
            let mark = mark as usize;
            let wanted = self.wanted.get(next) == Some(&column);
            let simple = mark > start && (bytes[mark] == b',' || mark == close);
            let value = if simple { simple_value(bytes, start..mark, wanted) } else { None };
            let Some(value) = value else {
                for column in &mut cells.columns {
                    column.raw.truncate(rows);
                    column.values.truncate(rows);
                    column.styles.truncate(rows);
                }
                return Ok(None);
            };
            if wanted {
                self.column = column;
                self.push(next, value, cells)?;
                next += 1;
            }
            start = mark + 1;
        }
        cells.rows += 1;
        Ok(Some(end + 1))
    }

    #[inline]
    fn push(&self, index: usize, value: Value<'_>, cells: &mut Cells) -> Result<(), ErrorKind> {
        let Cells { columns, decoded, .. } = cells;
        let column = &mut columns[index];
        let start = decoded.len();
        let span = match value.content {
            Content::Null => Span::NULL,
            Content::Plain(range) => {
                let raw = Span::raw(range.start, range.len());
                match self.text {
                    Some(text) => text.value(&self.bytes[range], raw, decoded)?,
                    None => raw,
                }
            }
            Content::Doubled(inner) => {
                undouble_into(inner, b'\'', decoded);
                Text::new(self.encoding).decoded(start, decoded)?
            }
            Content::Bytes(digits) => {
                decoded.extend_from_slice(b"\\x");
                decoded.extend(digits.iter().map(u8::to_ascii_lowercase));
                Text::new(self.encoding).decoded(start, decoded)?
            }
            Content::Made(bytes) => {
                decoded.extend_from_slice(&bytes);
                Text::new(self.encoding).decoded(start, decoded)?
            }
        };
        column.raw.push(Span::raw(value.raw.start, value.raw.len()));
        column.values.push(span);
        column.styles.push(value.style);
        Ok(())
    }

    /// Reads the head of the first statement, from its first byte.
    fn start(&mut self) -> Result<(), ErrorKind> {
        self.skip_trivia();
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return Ok(());
        }
        let read = head(rest).ok_or(ErrorKind::Syntax("an INSERT that is not INSERT INTO .. VALUES"))?;
        self.head = &rest[..read.len];
        Ok(())
    }

    /// One statement with any number of rows, token by token.
    fn statement(&mut self, cells: &mut Cells) -> Result<(), ErrorKind> {
        self.skip_trivia();
        let rest = &self.bytes[self.at..];
        if rest.is_empty() {
            return Ok(());
        }
        if !same_head(rest, self.head) {
            return Err(ErrorKind::Syntax("another statement within a run of INSERTs"));
        }
        self.at += self.head.len();
        loop {
            let mut next = 0;
            let wanted = self.wanted;
            // The cells are put aside first: pushing borrows the walker.
            let mut row = Vec::new();
            let found = self.tuple(&mut |column, value| {
                if wanted.get(next) == Some(&column) {
                    row.push(value);
                    next += 1;
                }
                Ok(())
            })?;
            for (index, value) in row.into_iter().enumerate() {
                self.column = wanted[index];
                self.push(index, value, cells)?;
            }
            if found != self.columns {
                return Err(ErrorKind::ColumnCount { expected: self.columns, found });
            }
            cells.rows += 1;
            if !self.goes_on()? {
                return Ok(());
            }
        }
    }

    /// `(value, ..)`; returns how many.
    fn tuple(
        &mut self,
        sink: &mut impl FnMut(usize, Value<'a>) -> Result<(), ErrorKind>,
    ) -> Result<usize, ErrorKind> {
        self.expect(b'(')?;
        let mut found = 0;
        loop {
            self.skip_trivia();
            self.column = found;
            let value = self.value()?;
            self.at = value.raw.end;
            sink(found, value)?;
            found += 1;
            self.skip_trivia();
            match self.byte() {
                Some(b',') => self.at += 1,
                Some(b')') => break,
                _ => return Err(NOT_A_LITERAL),
            }
        }
        self.at += 1;
        Ok(found)
    }

    /// Whether another row follows, or the statement ends.
    fn goes_on(&mut self) -> Result<bool, ErrorKind> {
        self.skip_trivia();
        let more = match self.byte() {
            Some(b',') => true,
            Some(b';') => false,
            _ => return Err(ErrorKind::Syntax("an INSERT goes on behind its rows")),
        };
        self.at += 1;
        Ok(more)
    }

    /// Calls `row` with the number of values of each row.
    fn each_tuple(&mut self, cells: &mut Cells, row: &mut impl FnMut(usize)) -> Result<(), ErrorKind> {
        self.start()?;
        while self.at < self.bytes.len() {
            loop {
                let before = cells.rows;
                let at = self.at;
                match self.statement(cells) {
                    Ok(()) => {
                        (before..cells.rows).for_each(|_| row(self.columns));
                        break;
                    }
                    Err(ErrorKind::ColumnCount { found, .. })
                        if found != self.columns && before == cells.rows =>
                    {
                        self.columns = found;
                        self.at = at;
                    }
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), ErrorKind> {
        self.skip_trivia();
        if self.byte() != Some(byte) {
            return Err(ErrorKind::Syntax("an INSERT whose rows cannot be read"));
        }
        self.at += 1;
        Ok(())
    }

    fn skip_trivia(&mut self) {
        let mut lexer = Lexer::new(&self.bytes[self.at..]);
        let mut end = 0;
        loop {
            match lexer.token() {
                Ok(Some(token)) if token.is_trivia() => end = token.end(),
                Ok(_) => break,
                // What is open or malformed is told where it is read as a value.
                Err(_) => break,
            }
        }
        self.at += end;
    }

    fn value(&self) -> Result<Value<'a>, ErrorKind> {
        let bytes = self.bytes;
        let start = self.at;
        let mut lexer = Lexer::new(&bytes[start..]);
        let mut token = lexer.token().map_err(refused)?.ok_or(NOT_A_LITERAL)?;
        let signed = matches!(token.kind, Kind::Symbol(b'-' | b'+'));
        if signed {
            token = lexer.token().map_err(refused)?.ok_or(NOT_A_LITERAL)?;
        }
        let range = start..start + token.end();
        match token.kind {
            Kind::Number | Kind::Text | Kind::Blob if !signed || token.kind == Kind::Number => {
                simple_value(bytes, range, true).ok_or(NOT_A_LITERAL)
            }
            Kind::Word if !signed && token.is_word("NULL") => {
                Ok(Value { raw: range, style: TEXT, content: Content::Null })
            }
            Kind::Word if !signed => {
                let (made, style, len) = text_call::read(&bytes[start..]).ok_or(NOT_A_LITERAL)?;
                Ok(Value { raw: start..start + len, style, content: Content::Made(made) })
            }
            _ => Err(NOT_A_LITERAL),
        }
    }
}

/// The literal that takes up all of `range`, in which no quote is open; a closer look only if its value is wanted.
#[inline]
fn simple_value(bytes: &[u8], range: Range<usize>, wanted: bool) -> Option<Value<'_>> {
    let cell = &bytes[range.clone()];
    let (style, content) = match cell {
        [b'\'', inner @ .., b'\''] => {
            let place = range.start + 1..range.end - 1;
            let doubled = wanted && memchr::memchr(b'\'', inner).is_some();
            (TEXT, if doubled { Content::Doubled(inner) } else { Content::Plain(place) })
        }
        [b'X' | b'x', b'\'', digits @ .., b'\''] => {
            let valid = !wanted || (digits.len() % 2 == 0 && digits.iter().all(u8::is_ascii_hexdigit));
            valid.then_some((BLOB, Content::Bytes(digits)))?
        }
        b"NULL" => (TEXT, Content::Null),
        number if is_number(number) => {
            let other = if wanted { literal::number(number) } else { None };
            (NUMBER, other.map_or(Content::Plain(range.clone()), Content::Made))
        }
        _ => return None,
    };
    Some(Value { raw: range, style, content })
}

const NOT_A_LITERAL: ErrorKind = ErrorKind::Syntax("a value that is not one literal");

fn refused(stop: Stop) -> ErrorKind {
    match stop {
        Stop::Open => ErrorKind::Syntax("a string or comment without its end"),
        Stop::Malformed(what) => ErrorKind::Syntax(what),
    }
}
