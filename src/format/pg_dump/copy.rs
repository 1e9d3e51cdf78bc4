//! Rows of `COPY .. FROM stdin`: cells between tabs, rows between line ends, backslash escapes.
//!
//! Tokenizing is two passes. The first turns the block into the list of its tabs and line ends, 64 bytes at a time. The
//! second walks that list column by column, for wanted columns only, and notes the cells that need a look.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x32};
use memchr::{memchr, memchr_iter};

use super::words::digits;
use crate::base::{Error, ErrorKind, Result};
use crate::format::encoding::Text;
use crate::format::splice::{Patch, Style};
use crate::format::{Block, CellColumn, Cells};
use crate::format::{MAX_BLOCK, bits};
use crate::table::Span;

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
    let found = bits::delimiters(bytes, &mut delimiters);
    let ends = &delimiters[..found.count];
    let rows = found.lines;
    let shaped = bytes.len() < MAX_BLOCK
        && bytes.last().is_none_or(|&last| last == b'\n')
        && ends.len() == rows * width
        && ends.chunks_exact(width).all(|row| bytes[row[width - 1] as usize] == b'\n');
    if !shaped || found.escaped || crlf || columns == 0 {
        check_rows(block, crlf, columns)?;
    }
    cells.rows = rows;
    let text = Text::new(block.head.encoding);
    for (index, &position) in wanted.iter().enumerate() {
        let column = Column { block, crlf: crlf && position + 1 == columns, position, width, text };
        column.collect(ends, index, cells)?;
    }
    cells.text = true;
    cells.scratch = delimiters;
    Ok(())
}

/// Rows in a block.
pub(super) fn count(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
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
        if line.split(|&byte| byte == b'\t').any(bits::ends_in_escape) {
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
    fn collect(&self, ends: &[u32], index: usize, cells: &mut Cells) -> Result<()> {
        let Cells { columns, decoded, special, .. } = cells;
        let column = &mut columns[index];
        let found = dispatch!(Level::new(), simd => self.find(simd, ends, column, special));
        column.values.extend_from_slice(&column.raw);
        for &row in &special[..found] {
            let value = &mut column.values[row as usize];
            let start = value.range().start;
            *value = self.value(*value, decoded).map_err(|kind| self.error(kind, row as usize, start))?;
        }
        if !self.crlf && self.position + 1 == self.width {
            self.refuse_carriage_returns(&column.raw)?;
        }
        Ok(())
    }

    /// Where the cells stand, and the rows of those that hold a backslash or a byte that is not ASCII: they are escaped,
    /// or text that may not be UTF-8. Returns how many those are.
    #[inline(always)]
    fn find<S: Simd>(&self, simd: S, ends: &[u32], column: &mut CellColumn, special: &mut Vec<u32>) -> usize {
        let bytes = &self.block.bytes[..];
        let rows = ends.len() / self.width;
        if special.len() < rows {
            special.resize(rows, 0);
        }
        column.raw.reserve(rows);
        let mut found = 0;
        let mut row_start = 0;
        for (row, ends) in ends.chunks_exact(self.width).enumerate() {
            let start = match self.position.checked_sub(1) {
                Some(before) => ends[before] + 1,
                None => row_start,
            } as usize;
            row_start = ends[self.width - 1] + 1;
            let end = ends[self.position] as usize - usize::from(self.crlf);
            column.raw.push(Span::raw(start, end - start));
            // Written down each time and counted if it is special: a coin toss is no branch to guess.
            special[found] = row as u32;
            found += usize::from(is_special(simd, bytes, start, end));
        }
        found
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

/// Whether a cell holds a backslash or a byte that is not ASCII.
#[inline(always)]
fn is_special<S: Simd>(simd: S, bytes: &[u8], start: usize, end: usize) -> bool {
    const LANES: usize = 32;
    let slow = |cell: &[u8]| cell.iter().fold(false, |found, &byte| found | (byte >= 0x80) | (byte == b'\\'));
    let len = end - start;
    let Some(window) = bytes[start..].first_chunk::<LANES>() else { return slow(&bytes[start..end]) };
    let window = u8x32::load_array_ref(simd, window);
    let special =
        (window | window.simd_eq(b'\\').to_vector().bitcast::<u8x32<S>>()).simd_ge(0x80).to_bitmask();
    let own = (1_u64 << len.min(LANES)) - 1;
    special & own != 0 || (len > LANES && slow(&bytes[start + LANES..end]))
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
    const COUNTED: bool = true;

    fn is_special(&self, byte: u8) -> bool {
        byte < 0x20 || byte == b'\\'
    }

    fn null(&self, _: Patch, out: &mut Vec<u8>) {
        out.extend_from_slice(b"\\N");
    }

    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
        let special = |byte: &u8| self.is_special(*byte);
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
