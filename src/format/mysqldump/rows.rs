//! The cells of a block of rows: found by the offsets of parentheses and commas outside strings.
//!
//! Tokenizing is two passes, as for COPY. The first writes down where parentheses and commas stand and sees to it that
//! they make rows. The second walks that list column by column, for wanted columns only.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x32};

use super::insert::{self, Begin, same_head, spaces};
use super::lexer::{self, Kind, Lexer, Mode, is_space};
use super::literal::{self, BYTES, DOUBLE_QUOTED, NOT_A_LITERAL, TEXT, Value};
use super::scan::{self, Counts, Stop};
use crate::base::{ErrorKind, Result};
use crate::format::encoding::Text;
use crate::format::{Block, Cells, MAX_BLOCK, RowShape, place};
use crate::table::Span;

/// Finds the cells of the wanted columns.
pub(super) fn tokenize(block: &Block, mode: Mode, shape: &RowShape, cells: &mut Cells) -> Result<()> {
    cells.clear(shape.wanted.len());
    let mut offsets = std::mem::take(&mut cells.scratch);
    let rows = rows(block, mode, shape.columns.len(), &mut offsets)?;
    cells.rows = rows;
    let stride = shape.columns.len().max(1) + 2;
    for (index, &position) in shape.wanted.iter().enumerate() {
        let column = Column {
            block,
            mode,
            position,
            stride,
            binary: shape.binary.contains(&position),
            text: Text::new(block.head.encoding),
        };
        column.collect(&offsets[..rows * stride], index, cells)?;
    }
    // What is not text is handed over as digits.
    cells.text = true;
    cells.scratch = offsets;
    Ok(())
}

/// Rows in a block, up to the first that cannot be read.
pub(super) fn count(block: &Block, mode: Mode) -> u64 {
    let mut offsets = Vec::new();
    let Ok(counts) = structure(&block.bytes, mode, &mut offsets) else { return 0 };
    counts.closes as u64
}

/// Reads every row of a block and counts them.
pub(super) fn check(block: &Block, mode: Mode, columns: usize, cells: &mut Cells) -> Result<u64> {
    rows(block, mode, columns, &mut cells.scratch).map(|rows| rows as u64)
}

/// Writes the offsets of the rows' marks, `columns + 2` for each: its parenthesis, the commas between its cells, its
/// other parenthesis, and the comma or semicolon behind it.
fn rows(block: &Block, mode: Mode, columns: usize, offsets: &mut Vec<u32>) -> Result<usize> {
    let bytes = &block.bytes;
    if bytes.len() >= MAX_BLOCK {
        return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
    }
    let found = structure(bytes, mode, offsets).map_err(|(kind, at)| place(kind, block, None, at))?;
    let width = columns.max(1);
    let stride = width + 2;
    let rows = found.closes;
    let marks = &offsets[..found.offsets];
    let mut end = 0;
    let shaped = found.opens == rows
        && marks.len() == rows * stride
        && marks.chunks_exact(stride).all(|row| {
            let (open, close, last) = (row[0] as usize, row[width] as usize, row[width + 1] as usize);
            let follows = end == 0 || open == end || is_gap(bytes, end, open);
            end = last + 1;
            follows
                && bytes[open] == b'('
                && bytes[close] == b')'
                && (last == close + 1 || is_blank(&bytes[close + 1..last]))
                && (columns > 0 || is_blank(&bytes[open + 1..close]))
        });
    if shaped && (end == bytes.len() || is_blank(&bytes[end..])) {
        return Ok(rows);
    }
    Err(wrong_row(block, columns, marks))
}

/// Whether nothing but blanks, or the head of the next statement, stands between two rows.
fn is_gap(bytes: &[u8], end: usize, open: usize) -> bool {
    // Heads were read already, each behind its semicolon.
    bytes[end - 1] == b';' || is_blank(&bytes[end..open])
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| is_space(*byte))
}

/// The slow way through a block: finds the row that is wrong.
fn wrong_row(block: &Block, columns: usize, marks: &[u32]) -> crate::base::Error {
    let bytes = &block.bytes;
    let (mut row, mut cells, mut open) = (0, 0, None);
    for &mark in marks {
        let at = mark as usize;
        match (bytes[at], open) {
            (b'(', None) => (open, cells) = (Some(at), 1),
            (b',', Some(_)) => cells += 1,
            (b')', Some(start)) => {
                let found = if cells == 1 && is_blank(&bytes[start + 1..at]) { 0 } else { cells };
                if found != columns {
                    return place(
                        ErrorKind::ColumnCount { expected: columns, found },
                        block,
                        Some(row),
                        start,
                    );
                }
                row += 1;
                open = None;
            }
            (b',' | b';', None) => {}
            _ => return place(NOT_A_LITERAL, block, Some(row), at),
        }
    }
    place(ErrorKind::Syntax("an INSERT whose rows cannot be read"), block, Some(row), 0)
}

/// Finds parentheses, commas and the semicolons that end statements, outside strings, and reads the heads.
fn structure(bytes: &[u8], mode: Mode, offsets: &mut Vec<u32>) -> Result<Counts, (ErrorKind, usize)> {
    dispatch!(Level::new(), simd => {
        let mut counts = Counts::default();
        let mut head: &[u8] = b"";
        let mut at = spaces(bytes);
        // Only the first of a block may lack its head: the block before it ends in the middle of the statement.
        let mut open = bytes.get(at) == Some(&b'(');
        loop {
            if at == bytes.len() {
                break Ok(counts);
            }
            if !open {
                let rest = &bytes[at..];
                if head.is_empty() || !same_head(rest, head) {
                    head = match insert::begin(rest, mode) {
                        Begin::Head(read) => &rest[..read.len],
                        _ => break Err((ErrorKind::Syntax("an INSERT that is not INSERT INTO .. VALUES"), at)),
                    };
                }
                at += head.len();
                at += spaces(&bytes[at..]);
                if bytes.get(at) != Some(&b'(') {
                    break Err((ErrorKind::Syntax("no row stands behind the VALUES of an INSERT"), at));
                }
            }
            match scan::marks(simd, bytes, at, mode, &mut counts, offsets) {
                Stop::Bytes => break Ok(counts),
                Stop::Semicolon(semicolon) => at = push(semicolon, &mut counts, offsets),
                Stop::Odd(odd) => match slowly(bytes, odd, mode, &mut counts, offsets) {
                    Ok(Some(semicolon)) => at = push(semicolon, &mut counts, offsets),
                    Ok(None) => break Ok(counts),
                    Err(kind) => break Err((kind, odd)),
                },
            }
            at += spaces(&bytes[at..]);
            open = false;
        }
    })
}

fn push(semicolon: usize, counts: &mut Counts, offsets: &mut Vec<u32>) -> usize {
    offsets.truncate(counts.offsets);
    offsets.push(semicolon as u32);
    counts.offsets += 1;
    semicolon + 1
}

/// Goes on where the fast pass met something odd, outside strings, up to the statement's end. Comments are taken for the
/// blanks that they are.
fn slowly(
    bytes: &[u8],
    from: usize,
    mode: Mode,
    counts: &mut Counts,
    offsets: &mut Vec<u32>,
) -> Result<Option<usize>, ErrorKind> {
    let mut lexer = Lexer::new(&bytes[from..], mode, b";");
    offsets.truncate(counts.offsets);
    loop {
        let token = match lexer.token() {
            Ok(Some(token)) => token,
            Ok(None) => return Ok(None),
            Err(lexer::Stop::Open) => return Err(ErrorKind::Syntax("a string or comment without its end")),
            Err(lexer::Stop::Malformed(what)) => return Err(ErrorKind::Syntax(what)),
        };
        match token.kind {
            Kind::End => return Ok(Some(from + token.start)),
            Kind::Comment | Kind::VersionOpen | Kind::VersionClose => {
                return Err(ErrorKind::Syntax("a comment among the rows of an INSERT"));
            }
            Kind::Symbol(b'(') => counts.opens += 1,
            Kind::Symbol(b')') => counts.closes += 1,
            Kind::Symbol(b',') => {}
            _ => continue,
        }
        offsets.push((from + token.start) as u32);
        counts.offsets += 1;
    }
}

/// One wanted column while its cells are collected.
struct Column<'a> {
    block: &'a Block,
    mode: Mode,
    position: usize,
    stride: usize,
    /// Whether its values are bytes, whatever their literals look like.
    binary: bool,
    text: Text,
}

impl Column<'_> {
    fn collect(&self, marks: &[u32], index: usize, cells: &mut Cells) -> Result<()> {
        let rows = marks.len() / self.stride;
        let Cells { columns, decoded, special, .. } = cells;
        let column = &mut columns[index];
        column.raw.reserve(rows);
        if special.len() < rows {
            special.resize(rows, 0);
        }
        let found = dispatch!(Level::new(), simd => self.find(simd, marks, &mut column.raw, special));
        column.values.extend_from_slice(&column.raw);
        column.styles.resize(rows, TEXT);
        for &row in &special[..found] {
            let row = row as usize;
            let raw = column.raw[row];
            let cell = self.cell(raw, decoded).map_err(|kind| self.error(kind, row, raw))?;
            (column.raw[row], column.values[row], column.styles[row]) = cell;
        }
        Ok(())
    }

    /// Where the cells stand: for a string without anything special in it what is between its quotes, for the others,
    /// whose rows are written to `special`, all of the cell. Returns how many others there are.
    #[inline(always)]
    fn find<S: Simd>(&self, simd: S, marks: &[u32], raw: &mut Vec<Span>, special: &mut [u32]) -> usize {
        let bytes = &self.block.bytes[..];
        let mut found = 0;
        for (row, marks) in marks.chunks_exact(self.stride).enumerate() {
            let start = marks[self.position] as usize + 1;
            let end = marks[self.position + 1] as usize;
            let quoted = end - start >= 2 && bytes[start] == b'\'' && bytes[end - 1] == b'\'' && !self.binary;
            let plain = quoted && !is_special(simd, bytes, start + 1, end - 1);
            let quote = usize::from(plain);
            raw.push(Span::raw(start + quote, end - start - 2 * quote));
            // Written down each time and counted if it is special: a coin toss is no branch to guess.
            special[found] = row as u32;
            found += usize::from(!plain);
        }
        found
    }

    /// A cell that is more than a plain string: the bytes that a new value replaces, the value, and the style.
    #[inline]
    fn cell(&self, raw: Span, decoded: &mut Vec<u8>) -> Result<(Span, Span, u8), ErrorKind> {
        let range = raw.range();
        let cell = &self.block.bytes[range.clone()];
        if !cell.is_empty() && cell.iter().all(u8::is_ascii_digit) {
            return Ok((raw, raw, literal::BARE));
        }
        let blank = cell.len() - cell.trim_ascii_start().len();
        let cell = cell.trim_ascii();
        let start = range.start + blank;
        let read = literal::read(cell, self.mode).ok_or(NOT_A_LITERAL)?;
        if literal::is_introduced(read.style) && self.block.head.encoding != encoding_rs::UTF_8 {
            return Err(NOT_A_LITERAL);
        }
        let raw = Span::raw(start, cell.len());
        let inner = &cell[read.inner.clone()];
        let inner_raw = Span::raw(start + read.inner.start, inner.len());
        let from = decoded.len();
        let mut style = read.style;
        if self.binary && style == TEXT {
            style = BYTES;
        }
        let value = match read.value {
            Value::Null => Span::NULL,
            Value::Digits => {
                decoded.extend_from_slice(b"\\x");
                decoded.extend(inner.iter().map(u8::to_ascii_lowercase));
                Span::decoded(from, decoded.len() - from)
            }
            Value::Plain if literal::is_binary(style) => {
                literal::write_hex(inner, decoded);
                Span::decoded(from, decoded.len() - from)
            }
            Value::Plain => match self.text.value(inner, inner_raw, decoded) {
                Ok(value) => value,
                Err(_) if style == TEXT => {
                    style = BYTES;
                    literal::write_hex(inner, decoded);
                    Span::decoded(from, decoded.len() - from)
                }
                Err(kind) => return Err(kind),
            },
            Value::Coded(quote) => {
                literal::unescape(inner, quote, self.mode, decoded)?;
                let text = (!literal::is_binary(style)).then(|| self.text.decoded(from, decoded));
                match text {
                    Some(Ok(value)) => value,
                    Some(Err(kind)) if style != TEXT => return Err(kind),
                    _ => {
                        if style == TEXT {
                            style = BYTES;
                        }
                        literal::hex_of_last(from, decoded)
                    }
                }
            }
        };
        if decoded.len() > MAX_DECODED {
            return Err(ErrorKind::Syntax("the text of one block is longer than 2 GiB"));
        }
        // In a string a new value replaces what is between the quotes, else all of the literal.
        let replaced = if style == TEXT && cell[0] == b'\'' { inner_raw } else { raw };
        if style == TEXT && cell[0] != b'\'' {
            style = DOUBLE_QUOTED;
        }
        Ok((replaced, value, style))
    }

    fn error(&self, kind: ErrorKind, row: usize, raw: Span) -> crate::base::Error {
        let error = place(kind, self.block, Some(row), raw.range().start);
        match self.block.head.columns.as_ref().and_then(|columns| columns.get(self.position)) {
            Some(column) => error.in_column(column),
            None => error,
        }
    }
}

const MAX_DECODED: usize = i32::MAX as usize;

/// Whether a cell holds a backslash, a quote or a byte that is not ASCII.
#[inline(always)]
fn is_special<S: Simd>(simd: S, bytes: &[u8], start: usize, end: usize) -> bool {
    const LANES: usize = 32;
    let slow = |cell: &[u8]| {
        cell.iter().fold(false, |found, &byte| found | (byte >= 0x80) | (byte == b'\\') | (byte == b'\''))
    };
    let len = end - start;
    let Some(window) = bytes[start..].first_chunk::<LANES>() else { return slow(&bytes[start..end]) };
    let window = u8x32::load_array_ref(simd, window);
    let quotes = window.simd_eq(b'\'').to_vector() | window.simd_eq(b'\\').to_vector();
    let special = (window | quotes.bitcast::<u8x32<S>>()).simd_ge(0x80).to_bitmask();
    let own = (1_u64 << len.min(LANES)) - 1;
    special & own != 0 || (len > LANES && slow(&bytes[start + LANES..end]))
}
