//! Rows of `COPY .. FROM stdin`: cells between tabs, rows between line ends, backslash escapes.
//!
//! Tokenizing is two passes. The first turns the block into the list of its tabs and line ends, 64 bytes at a time,
//! and marks the cells that need a look. The second walks that list column by column, for wanted columns only.

use memchr::{memchr, memchr_iter};

use super::bits;
use super::encoding::Text;
use super::splice::{Patch, Style};
use super::words::digits;
use crate::base::{Error, ErrorKind, Result};
use crate::format::{Block, Cells};
use crate::table::Span;

/// Set on a delimiter when the cell before it holds a backslash or a byte that is not ASCII.
const SPECIAL: u32 = 1 << 30;
const OFFSET: u32 = SPECIAL - 1;
/// A block must be shorter, so that offsets leave room for the mark.
pub(super) const MAX_BLOCK: usize = SPECIAL as usize;

/// Finds the cells of the `wanted` columns. `crlf` says that lines end with `\r\n`.
pub(super) fn tokenize(
    block: &Block,
    crlf: bool,
    columns: usize,
    wanted: &[usize],
    cells: &mut Cells,
) -> Result<()> {
    cells.clear(wanted.len());
    let bytes = &block.bytes;
    let mut delimiters = std::mem::take(&mut cells.scratch);
    let width = columns.max(1);
    let escaped_delimiter = find_delimiters(bytes, &mut delimiters);
    let rows = memchr_iter(b'\n', bytes).count();
    let shaped = bytes.len() < MAX_BLOCK
        && bytes.last().is_none_or(|&last| last == b'\n')
        && delimiters.len() == rows * width
        && delimiters.chunks_exact(width).all(|row| bytes[(row[width - 1] & OFFSET) as usize] == b'\n');
    if !shaped || escaped_delimiter || crlf || columns == 0 {
        check_rows(block, crlf, columns)?;
    }
    cells.rows = rows;
    let text = Text::new(block.head.encoding);
    for (index, &position) in wanted.iter().enumerate() {
        let column = Column { block, crlf: crlf && position + 1 == columns, position, width, text };
        column.collect(&delimiters, index, cells)?;
    }
    cells.scratch = delimiters;
    Ok(())
}

/// Rows in a block.
pub(super) fn count(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// Fills `delimiters` with the offsets of tabs and line ends, marked where the cell before is special. Returns whether
/// a backslash stands right before a delimiter and escapes it.
fn find_delimiters(bytes: &[u8], delimiters: &mut Vec<u32>) -> bool {
    let mut found = 0;
    let mut escaped_delimiter = false;
    let mut special_cell = false;
    bits::chunks(bytes, |base, chunk| {
        let mut left = chunk.either(b'\t', b'\n');
        if delimiters.len() < found + bits::LANES {
            delimiters.resize(2 * found + bits::LANES, 0);
        }
        // Eight at a time, needed or not: how many there are is not to be guessed for each chunk.
        let (first, mut next) = (found, found);
        found += left.count_ones() as usize;
        loop {
            for delimiter in &mut delimiters[next..next + 8] {
                *delimiter = base as u32 + left.trailing_zeros();
                left &= left.wrapping_sub(1);
            }
            next += 8;
            if next >= found {
                break;
            }
        }
        let special = chunk.this_or_not_ascii(b'\\');
        if special_cell || special != 0 {
            let found = &mut delimiters[first..found];
            special_cell = mark_special(base, special, special_cell, found);
            let escaped =
                |&end: &u32| end & SPECIAL != 0 && ends_in_escape(&bytes[..(end & OFFSET) as usize]);
            escaped_delimiter |= found.iter().any(escaped);
        }
    });
    delimiters.truncate(found);
    escaped_delimiter
}

/// Marks the delimiters of one chunk whose cell is special: it holds an escape, or text that may not be UTF-8. Returns
/// whether the cell that goes on into the next chunk is.
fn mark_special(base: usize, mut special: u64, mut special_cell: bool, found: &mut [u32]) -> bool {
    for delimiter in found {
        let before = (1_u64 << (*delimiter as usize - base)) - 1;
        if special_cell || special & before != 0 {
            *delimiter |= SPECIAL;
        }
        special_cell = false;
        special &= !before;
    }
    special_cell || special != 0
}

/// The slow way through a block: finds the row that is wrong.
fn check_rows(block: &Block, crlf: bool, columns: usize) -> Result<()> {
    let bytes = &block.bytes;
    if bytes.len() >= MAX_BLOCK {
        return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
    }
    let mut start = 0;
    for row in 0.. {
        let Some(len) = memchr(b'\n', &bytes[start..]) else { break };
        let mut line = &bytes[start..start + len];
        let fail = |kind| Err(super::place(kind, block, Some(row), start));
        if crlf {
            let Some(stripped) = line.strip_suffix(b"\r") else {
                return fail(ErrorKind::Syntax("line ends differ within one COPY"));
            };
            line = stripped;
        }
        if line.split(|&byte| byte == b'\t').any(ends_in_escape) {
            return fail(ErrorKind::Syntax(
                "a backslash before a tab or a line end, which no dump tool writes",
            ));
        }
        let found = if columns == 0 && line.is_empty() { 0 } else { memchr_iter(b'\t', line).count() + 1 };
        if found != columns {
            return fail(ErrorKind::ColumnCount { expected: columns, found });
        }
        start += len + 1;
    }
    if start < bytes.len() {
        return Err(ErrorKind::Truncated("the last row has no line end").into());
    }
    Ok(())
}

/// Whether an odd number of backslashes stands last.
fn ends_in_escape(cell: &[u8]) -> bool {
    cell.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// One wanted column while its cells are collected.
struct Column<'a> {
    block: &'a Block,
    /// Whether the cells end with a carriage return that is part of the line end.
    crlf: bool,
    position: usize,
    width: usize,
    text: Text,
}

impl Column<'_> {
    fn collect(&self, delimiters: &[u32], index: usize, cells: &mut Cells) -> Result<()> {
        let Cells { columns, decoded, .. } = cells;
        let column = &mut columns[index];
        let mut row_start = 0;
        let mut specials = 0;
        column.raw.extend(delimiters.chunks_exact(self.width).map(|ends| {
            let start = match self.position.checked_sub(1) {
                Some(before) => (ends[before] & OFFSET) + 1,
                None => row_start,
            } as usize;
            let end = ends[self.position];
            row_start = (ends[self.width - 1] & OFFSET) + 1;
            specials += end / SPECIAL;
            let end = (end & OFFSET) as usize - usize::from(self.crlf);
            Span::raw(start, end - start)
        }));
        column.values.extend_from_slice(&column.raw);
        if specials > 0 {
            let ends = delimiters.iter().skip(self.position).step_by(self.width);
            for (row, (end, value)) in ends.zip(&mut column.values).enumerate() {
                if end & SPECIAL != 0 {
                    let start = value.range().start;
                    *value = self.value(*value, decoded).map_err(|kind| self.error(kind, row, start))?;
                }
            }
        }
        if !self.crlf && self.position + 1 == self.width {
            self.refuse_carriage_returns(&column.raw)?;
        }
        Ok(())
    }

    /// The value of a cell that holds a backslash or a byte that is not ASCII.
    fn value(&self, raw: Span, decoded: &mut Vec<u8>) -> Result<Span, ErrorKind> {
        let cell = &self.block.bytes[raw.range()];
        if cell == b"\\N" {
            return Ok(Span::NULL);
        }
        if memchr(b'\\', cell).is_none() {
            return self.text.value(cell, raw, decoded);
        }
        let start = decoded.len();
        unescape(cell, decoded)?;
        self.text.decoded(start, decoded)
    }

    /// A carriage return at a row's end belongs to the line end for the server, so it cannot be part of a value.
    fn refuse_carriage_returns(&self, raw: &[Span]) -> Result<()> {
        let bytes = &self.block.bytes;
        match raw.iter().position(|span| bytes[span.range()].last() == Some(&b'\r')) {
            None => Ok(()),
            Some(row) => {
                let start = raw[row].range().start;
                Err(self.error(ErrorKind::Syntax("line ends differ within one COPY"), row, start))
            }
        }
    }

    fn error(&self, kind: ErrorKind, row: usize, offset: usize) -> Error {
        let error = super::place(kind, self.block, Some(row), offset);
        match self.block.head.columns.as_ref().and_then(|columns| columns.get(self.position)) {
            Some(column) => error.in_column(column),
            None => error,
        }
    }
}

/// Takes the backslash escapes out of a cell, as COPY does.
fn unescape(cell: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let mut rest = cell;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let Some(&code) = rest.get(at + 1) else {
            return Err(ErrorKind::Syntax("a cell ends in the middle of an escape"));
        };
        let mut len = 2;
        out.push(match code {
            b'b' => 0x08,
            b'f' => 0x0c,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'v' => 0x0b,
            b'0'..=b'7' => {
                let (value, digits) = digits(&rest[at + 1..], 3, 8);
                len = 1 + digits;
                value as u8
            }
            b'x' if rest.get(at + 2).is_some_and(u8::is_ascii_hexdigit) => {
                let (value, digits) = digits(&rest[at + 2..], 2, 16);
                len = 2 + digits;
                value as u8
            }
            other => other,
        });
        rest = &rest[at + len..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// Writes cells the way COPY reads them.
pub(super) struct CopyStyle;

impl Style for CopyStyle {
    const PLAIN: bool = true;

    fn is_special(byte: u8) -> bool {
        byte < 0x20 || byte == b'\\'
    }

    fn null(&self, _: Patch, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\\N");
    }

    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
        let special = |byte: &u8| Self::is_special(*byte);
        if cell.clean || !value.iter().fold(false, |found, byte| found | special(byte)) {
            out.extend_from_slice(value);
            return Ok(());
        }
        let mut rest = value;
        while let Some(at) = rest.iter().position(special) {
            out.extend_from_slice(&rest[..at]);
            match rest[at] {
                b'\\' => out.extend_from_slice(b"\\\\"),
                0x08 => out.extend_from_slice(b"\\b"),
                0x0c => out.extend_from_slice(b"\\f"),
                b'\n' => out.extend_from_slice(b"\\n"),
                b'\r' => out.extend_from_slice(b"\\r"),
                b'\t' => out.extend_from_slice(b"\\t"),
                0x0b => out.extend_from_slice(b"\\v"),
                0 => return Err(super::ZERO_BYTE),
                other => out.push(other),
            }
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        Ok(())
    }
}
