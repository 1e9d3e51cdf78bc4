//! The cells of a block of CSV rows.
//!
//! As with COPY, the first pass makes a list of delimiters and line ends, and the second walks it column by column, for
//! wanted columns only, and notes the cells that need a look: quoted ones, NULL, text that is not ASCII.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x32};
use memchr::memchr;

use super::dialect::Dialect;
use super::record::{Broken, OPEN_QUOTE, RETURN, record};
use super::{bits, style};
use crate::base::{Error, ErrorKind, Result};
use crate::format::encoding::Text;
use crate::format::{Block, CellColumn, Cells, MAX_BLOCK};
use crate::table::Span;
use crate::table::quotes::undouble_into;

/// Finds the cells of the `wanted` columns.
pub(super) fn tokenize(
    block: &Block,
    dialect: &Dialect,
    columns: usize,
    wanted: &[usize],
    cells: &mut Cells,
) -> Result<()> {
    cells.clear(wanted.len());
    let bytes = &block.bytes;
    if bytes.len() >= MAX_BLOCK {
        return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
    }
    let mut separators = std::mem::take(&mut cells.scratch);
    let found = bits::separators(bytes, dialect.delimiter, dialect.quote, &mut separators);
    let ends = &separators[..found.count];
    let is_end = |at: u32| bytes.get(at as usize).is_none_or(|&byte| byte == b'\n');
    let shaped = columns > 0
        && found.sound
        && ends.len() == found.rows * columns
        && ends.chunks_exact(columns).all(|row| is_end(row[columns - 1]));
    if !shaped {
        cells.scratch = separators;
        return Err(wrong_row(block, dialect, columns));
    }
    cells.rows = found.rows;
    let text = Text::new(block.head.encoding);
    for (index, &position) in wanted.iter().enumerate() {
        let column = Column { block, dialect, position, width: columns, text };
        column.collect(ends, index, cells)?;
    }
    cells.text = true;
    cells.scratch = separators;
    Ok(())
}

/// Rows in a block.
pub(super) fn count(bytes: &[u8], dialect: &Dialect) -> u64 {
    let found = bits::rows(bytes, dialect.quote);
    found.rows + u64::from(found.end < bytes.len())
}

/// The slow way through a block: finds the row that is wrong.
fn wrong_row(block: &Block, dialect: &Dialect, columns: usize) -> Error {
    let bytes = &block.bytes;
    let mut start = 0;
    for row in 0.. {
        if start >= bytes.len() {
            break;
        }
        let place = |kind, at: usize| super::super::place(kind, block, Some(row), start + at);
        match record(&bytes[start..], dialect) {
            Ok(Some(read)) if !read.ended && bytes.ends_with(b"\r") => {
                return place(ErrorKind::Syntax(RETURN), read.len - 1);
            }
            Ok(Some(read)) if read.cells.len() == columns => start += read.len,
            Ok(Some(read)) => {
                return place(ErrorKind::ColumnCount { expected: columns, found: read.cells.len() }, 0);
            }
            Ok(None) => return place(ErrorKind::Syntax(OPEN_QUOTE), 0),
            Err(Broken { at, why }) => return place(ErrorKind::Syntax(why), at),
        }
    }
    Error::new(ErrorKind::Panic("the CSV tokenizer"))
}

/// One wanted column while its cells are collected.
struct Column<'a> {
    block: &'a Block,
    dialect: &'a Dialect,
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
            let row = row as usize;
            let raw = column.raw[row];
            let cell = &self.block.bytes[raw.range()];
            if cell.is_empty() && self.dialect.null.is_empty() {
                column.values[row] = Span::NULL;
                continue;
            }
            if self.dialect.quote.is_some() && cell.first().copied() == self.dialect.quote {
                // Most files quote nothing, and then there are no styles.
                column.styles.resize(column.raw.len(), style::BARE);
                column.styles[row] = style::QUOTED;
            }
            column.values[row] =
                self.value(cell, raw, decoded).map_err(|kind| self.error(kind, row, raw.range().start))?;
        }
        Ok(())
    }

    /// Where the cells stand, and the rows of those that need a look. Returns how many those are.
    #[inline(always)]
    fn find<S: Simd>(&self, simd: S, ends: &[u32], column: &mut CellColumn, special: &mut Vec<u32>) -> usize {
        let bytes = &self.block.bytes[..];
        let rows = ends.len() / self.width;
        if special.len() < rows {
            special.resize(rows, 0);
        }
        // Without quotes a byte is looked for that is special anyway.
        let quote = self.dialect.quote.unwrap_or(0x80);
        let null = self.dialect.null.len();
        let last = self.position + 1 == self.width;
        column.raw.reserve(rows);
        let mut found = 0;
        let mut row_start = 0;
        for (row, ends) in ends.chunks_exact(self.width).enumerate() {
            let start = match self.position.checked_sub(1) {
                Some(before) => ends[before] + 1,
                None => row_start,
            } as usize;
            row_start = ends[self.width - 1] + 1;
            let mut end = ends[self.position] as usize;
            // Outside of quotes a carriage return is always part of a line end.
            end -= usize::from(last && end > start && bytes[end - 1] == b'\r');
            column.raw.push(Span::raw(start, end - start));
            special[found] = row as u32;
            found += usize::from(end - start == null || is_special(simd, bytes, start, end, quote));
        }
        found
    }

    /// The value of a cell that is quoted, that may be NULL, or that is not ASCII.
    fn value(&self, cell: &[u8], raw: Span, decoded: &mut Vec<u8>) -> Result<Span, ErrorKind> {
        if cell == self.dialect.null {
            return Ok(Span::NULL);
        }
        let Some(quote) = self.dialect.quote.filter(|quote| cell.first() == Some(quote)) else {
            return self.text.value(cell, raw, decoded);
        };
        let inner = &cell[1..cell.len() - 1];
        if memchr(quote, inner).is_none() {
            return self.text.value(inner, Span::raw(raw.range().start + 1, inner.len()), decoded);
        }
        let start = decoded.len();
        undouble_into(inner, quote, decoded);
        self.text.decoded(start, decoded)
    }

    fn error(&self, kind: ErrorKind, row: usize, offset: usize) -> Error {
        let error = super::super::place(kind, self.block, Some(row), offset);
        match self.block.head.columns.as_ref().and_then(|columns| columns.get(self.position)) {
            Some(column) => error.in_column(column),
            None => error,
        }
    }
}

/// Whether a cell holds a quote or a byte that is not ASCII.
#[inline(always)]
fn is_special<S: Simd>(simd: S, bytes: &[u8], start: usize, end: usize, quote: u8) -> bool {
    const LANES: usize = 32;
    let slow = |cell: &[u8]| cell.iter().fold(false, |found, &byte| found | (byte >= 0x80) | (byte == quote));
    let len = end - start;
    let Some(window) = bytes[start..].first_chunk::<LANES>() else { return slow(&bytes[start..end]) };
    let window = u8x32::load_array_ref(simd, window);
    let special =
        (window | window.simd_eq(quote).to_vector().bitcast::<u8x32<S>>()).simd_ge(0x80).to_bitmask();
    let own = (1_u64 << len.min(LANES)) - 1;
    special & own != 0 || (len > LANES && slow(&bytes[start + LANES..end]))
}
