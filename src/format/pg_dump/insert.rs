//! Rows of `INSERT INTO .. VALUES (..), (..);`: literals, as `pg_dump` writes them.
//!
//! A block is a run of statements with the same head. A value must be one literal, with casts at most: a function
//! call or a query in a row ends the run, for nobody could say what data it makes.

use std::ops::Range;

use super::lexer::{self, Kind, Lexer, Stop};
use super::literal::{BARE, BINARY, ESCAPE, HEX, NO_CELL, OLD, TEXT};
use super::words::{Words, unescape};
use crate::base::{ErrorKind, Result};
use crate::format::encoding::Text;
use crate::format::literals::{is_number, is_truth};
use crate::format::{Block, Cells};
use crate::table::Span;
use crate::table::quotes::undouble_into;

/// What stands before the rows of a statement.
pub(super) struct Head {
    /// Parts of the table's name.
    pub(super) table: Vec<Vec<u8>>,
    /// Columns, if they are listed.
    pub(super) columns: Option<Vec<Vec<u8>>>,
    /// Whether the row is `DEFAULT VALUES`.
    pub(super) default: bool,
    /// Its length in bytes, `VALUES` included.
    pub(super) len: usize,
}

/// Reads the head of an `INSERT` that starts at the first of `bytes`; `None` when it is not one that a dump holds.
pub(super) fn head(bytes: &[u8], standard: bool) -> Option<Head> {
    let mut words = Words::new(bytes, standard);
    if !words.words("INSERT INTO") {
        return None;
    }
    let table = words.qualified()?;
    let columns = if words.peek()?.kind == Kind::Symbol(b'(') { Some(words.columns()?) } else { None };
    if words.word("OVERRIDING") && !((words.word("SYSTEM") || words.word("USER")) && words.word("VALUE")) {
        return None;
    }
    let default = words.word("DEFAULT");
    let values = words.peek().filter(|token| token.is_word("VALUES"))?;
    Some(Head { table, columns, default, len: values.end() })
}

/// Whether a statement begins with the very bytes of another's head.
pub(super) fn same_head(statement: &[u8], head: &[u8]) -> bool {
    statement.starts_with(head) && !statement.get(head.len()).is_some_and(|&byte| lexer::is_word_byte(byte))
}

/// Finds the cells of the `wanted` columns.
pub(super) fn tokenize(
    block: &Block,
    standard: bool,
    columns: usize,
    wanted: &[usize],
    cells: &mut Cells,
) -> Result<()> {
    cells.clear(wanted.len());
    let text = Text::new(block.head.encoding);
    let mut position = 0;
    let mut next = 0;
    let mut rows = Rows { bytes: &block.bytes, at: 0, standard };
    let result = rows.each(&mut |part| {
        match part {
            Part::Value(value) => {
                if wanted.get(next) == Some(&position) {
                    let value = value.spans(&block.bytes, text, &mut cells.decoded)?;
                    push(cells, next, value);
                    next += 1;
                }
                position += 1;
            }
            Part::Default(at) => {
                for column in 0..wanted.len() {
                    push(cells, column, (Span::raw(at, 0), Span::NULL, NO_CELL));
                }
                position = columns;
            }
            Part::RowEnd => {
                if position != columns {
                    return Err(ErrorKind::ColumnCount { expected: columns, found: position });
                }
                cells.rows += 1;
                position = 0;
                next = 0;
            }
        }
        Ok(())
    });
    let column = position;
    result.map_err(|kind| {
        let error = super::place(kind, block, None, rows.at);
        match block.head.columns.as_ref().and_then(|columns| columns.get(column)) {
            Some(column) => error.in_column(column),
            None => error,
        }
    })
}

fn push(cells: &mut Cells, column: usize, (raw, value, style): (Span, Span, u8)) {
    let column = &mut cells.columns[column];
    column.raw.push(raw);
    column.values.push(value);
    column.styles.push(style);
}

/// Rows in a block, up to the first that cannot be read.
pub(super) fn count(bytes: &[u8], standard: bool) -> u64 {
    let mut rows = 0;
    let counted = Rows { bytes, at: 0, standard }.each(&mut |part| {
        rows += u64::from(matches!(part, Part::RowEnd));
        Ok(())
    });
    drop(counted);
    rows
}

/// A piece of a row.
enum Part {
    Value(Value),
    /// A row of defaults, and where it ends.
    Default(usize),
    RowEnd,
}

/// A literal.
struct Value {
    /// All its bytes, without casts.
    raw: Range<usize>,
    /// What stands between its quotes.
    inner: Range<usize>,
    style: u8,
    /// Whether quotes are doubled or bytes escaped in it.
    coded: bool,
    null: bool,
}

impl Value {
    fn spans(&self, bytes: &[u8], text: Text, decoded: &mut Vec<u8>) -> Result<(Span, Span, u8), ErrorKind> {
        let raw = Span::raw(self.raw.start, self.raw.len());
        let inner = &bytes[self.inner.clone()];
        let value = if self.null {
            Span::NULL
        } else if self.coded {
            let start = decoded.len();
            if self.style == TEXT {
                undouble_into(inner, b'\'', decoded);
            } else {
                unescape(inner, decoded)
                    .ok_or(ErrorKind::Syntax("a string with an escape that is not valid"))?;
            }
            text.decoded(start, decoded)?
        } else {
            text.value(inner, Span::raw(self.inner.start, inner.len()), decoded)?
        };
        Ok((raw, value, self.style))
    }
}

/// Walks the statements of a block.
struct Rows<'a> {
    bytes: &'a [u8],
    at: usize,
    standard: bool,
}

impl Rows<'_> {
    fn each(&mut self, sink: &mut impl FnMut(Part) -> Result<(), ErrorKind>) -> Result<(), ErrorKind> {
        let bytes = self.bytes;
        let mut head: &[u8] = b"";
        let mut default = false;
        loop {
            self.skip_trivia()?;
            let rest = &bytes[self.at..];
            if rest.is_empty() {
                return Ok(());
            }
            if head.is_empty() || !same_head(rest, head) {
                let read = self::head(rest, self.standard)
                    .ok_or(ErrorKind::Syntax("an INSERT that is not INSERT INTO .. VALUES"))?;
                head = &rest[..read.len];
                default = read.default;
            }
            self.at += head.len();
            if default {
                sink(Part::Default(self.at))?;
                sink(Part::RowEnd)?;
            } else {
                self.tuples(sink)?;
            }
            self.statement_end()?;
        }
    }

    fn tuples(&mut self, sink: &mut impl FnMut(Part) -> Result<(), ErrorKind>) -> Result<(), ErrorKind> {
        loop {
            self.expect(b'(')?;
            loop {
                self.skip_trivia()?;
                sink(Part::Value(self.value()?))?;
                self.skip_trivia()?;
                match self.byte() {
                    Some(b',') => self.at += 1,
                    Some(b')') => break,
                    _ => return Err(NOT_A_LITERAL),
                }
            }
            sink(Part::RowEnd)?;
            self.at += 1;
            self.skip_trivia()?;
            if self.byte() != Some(b',') {
                return Ok(());
            }
            self.at += 1;
        }
    }

    /// `[ON CONFLICT DO NOTHING];`
    fn statement_end(&mut self) -> Result<(), ErrorKind> {
        self.skip_trivia()?;
        if self.byte() != Some(b';') {
            let mut words = Words::new(&self.bytes[self.at..], self.standard);
            if !words.words("ON CONFLICT DO NOTHING") {
                return Err(ErrorKind::Syntax("an INSERT goes on behind its rows"));
            }
            self.at += words.peek().map_or(0, |token| token.start);
        }
        self.expect(b';')
    }

    fn byte(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn expect(&mut self, byte: u8) -> Result<(), ErrorKind> {
        self.skip_trivia()?;
        if self.byte() != Some(byte) {
            return Err(ErrorKind::Syntax("an INSERT whose rows cannot be read"));
        }
        self.at += 1;
        Ok(())
    }

    #[inline]
    fn skip_trivia(&mut self) -> Result<(), ErrorKind> {
        while let Some(byte) = self.byte() {
            if lexer::is_space(byte) {
                self.at += 1;
            } else if matches!(byte, b'-' | b'/') {
                let mut lexer = Lexer::new(&self.bytes[self.at..], self.standard);
                match lexer.token() {
                    Ok(Some(token)) if token.is_trivia() => self.at += token.end(),
                    Ok(_) => return Ok(()),
                    Err(stop) => return Err(refused(stop)),
                }
            } else {
                return Ok(());
            }
        }
        Ok(())
    }

    fn value(&mut self) -> Result<Value, ErrorKind> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let (first, second) = (rest.first().copied().unwrap_or_default(), rest.get(1).copied());
        let value = match first {
            b'\'' if self.standard => {
                let (len, coded) = lexer::quoted(rest, b'\'').map_err(refused)?;
                quoted(start, 0, len, TEXT, coded)
            }
            b'\'' => quoted(start, 0, lexer::escaped(rest).map_err(refused)?, OLD, true),
            b'E' | b'e' if second == Some(b'\'') => {
                quoted(start, 1, 1 + lexer::escaped(&rest[1..]).map_err(refused)?, ESCAPE, true)
            }
            b'B' | b'b' | b'X' | b'x' if second == Some(b'\'') => {
                let (len, coded) = lexer::quoted(&rest[1..], b'\'').map_err(refused)?;
                let style = if first.eq_ignore_ascii_case(&b'b') { BINARY } else { HEX };
                if coded {
                    return Err(NOT_A_LITERAL);
                }
                quoted(start, 1, 1 + len, style, false)
            }
            _ => {
                let len = rest.iter().position(|byte| !is_bare(*byte)).unwrap_or(rest.len());
                let bare = &rest[..len];
                let null = bare.eq_ignore_ascii_case(b"NULL") || bare.eq_ignore_ascii_case(b"DEFAULT");
                if !null && !is_truth(bare) && !is_number(bare) {
                    return Err(NOT_A_LITERAL);
                }
                let raw = start..start + len;
                Value { inner: raw.clone(), raw, style: if null { TEXT } else { BARE }, coded: false, null }
            }
        };
        self.at = value.raw.end;
        if self.bytes[self.at..].starts_with(b"::") {
            self.casts()?;
        }
        Ok(value)
    }

    /// `::name(1,2)[]`, as often as it comes.
    fn casts(&mut self) -> Result<(), ErrorKind> {
        let mut lexer = Lexer::new(&self.bytes[self.at..], self.standard);
        let mut nested = false;
        loop {
            let start = lexer.at();
            let Some(token) = lexer.token().map_err(refused)? else { return Err(NOT_A_LITERAL) };
            match token.kind {
                Kind::Symbol(b')' | b',') if !nested => {
                    self.at += start;
                    return Ok(());
                }
                Kind::Symbol(b'(') if !nested => nested = true,
                Kind::Symbol(b')') => nested = false,
                Kind::Number | Kind::Symbol(b',') if nested => {}
                Kind::Symbol(b':' | b'.' | b'[' | b']') | Kind::Word | Kind::Identifier if !nested => {}
                Kind::Space | Kind::Comment => {}
                _ => return Err(NOT_A_LITERAL),
            }
        }
    }
}

const NOT_A_LITERAL: ErrorKind = ErrorKind::Syntax("a value that is not one literal");

fn refused(stop: Stop) -> ErrorKind {
    match stop {
        Stop::Open => ErrorKind::Syntax("a string or comment without its end"),
        Stop::Malformed(what) => ErrorKind::Syntax(what),
    }
}

fn quoted(start: usize, prefix: usize, len: usize, style: u8, coded: bool) -> Value {
    let raw = start..start + len;
    Value { inner: raw.start + prefix + 1..raw.end - 1, raw, style, coded, null: false }
}

fn is_bare(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.' | b'_')
}
