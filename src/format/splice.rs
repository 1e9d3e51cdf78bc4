//! Putting new cells into a block: untouched runs are copied as they are, new values are written in between.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use std::ops::Range;

use encoding_rs::{Encoding, UTF_8};
use fearless_simd::{Level, dispatch};

use super::encoding;
use crate::base::{ErrorKind, Result};
use crate::format::{Block, CellColumn, Cells};
use crate::table::{Cell, ColumnBuilder, append};

/// The cell that a value replaces.
#[derive(Clone, Copy, Default)]
pub(super) struct Patch {
    /// Its style, when the format notes one.
    pub(super) style: u8,
    /// Whether the new value is known to hold no byte that is special.
    pub(super) clean: bool,
}

/// How one kind of block writes cells.
pub(super) trait Style {
    /// Whether a value without special bytes is written as it is, with nothing around it.
    const PLAIN: bool;

    /// Whether rows are counted from the table's first, so that an error can name one.
    const COUNTED: bool;

    /// Whether a byte cannot always stand in a value as it is.
    fn is_special(&self, byte: u8) -> bool;

    /// Whether values without special bytes are written as they are, whatever else they hold.
    fn is_plain(&self, built: &ColumnBuilder) -> bool {
        let _ = built;
        true
    }

    /// Writes NULL.
    fn null(&self, cell: Patch, out: &mut Vec<u8>);

    /// Writes a value (already in the block's encoding).
    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind>;
}

/// Writes the block with new cells; what `out` holds from before is written over.
pub(super) fn splice<S: Style>(
    style: &S,
    block: &Block,
    cells: &Cells,
    built: &[Option<&ColumnBuilder>],
    out: &mut Vec<u8>,
) -> Result<()> {
    let bytes = &block.bytes;
    let encoding = block.head.encoding;
    let columns: Vec<New<'_>> = cells
        .columns
        .iter()
        .zip(built)
        .filter_map(|(cells, built)| built.map(|built| New::of(style, cells, built, encoding)))
        .collect();
    let rows = if columns.is_empty() { 0 } else { cells.rows };
    let plain = |new: &New<'_>| {
        new.clean
            && new.encoded
            && !new.built.has_nulls()
            && new.cells.styles.is_empty()
            && style.is_plain(new.built)
    };
    if S::PLAIN && columns.iter().all(plain) {
        dispatch!(Level::new(), simd => { let _ = simd; write_plain(bytes, rows, &columns, out) });
        return Ok(());
    }
    out.clear();
    out.reserve(bytes.len() + bytes.len() / 8);
    let mut done = 0;
    for row in 0..rows {
        for new in &columns {
            let cell = new.built.cell(row);
            if matches!(cell, Cell::Kept) {
                continue;
            }
            let range = new.cells.raw[row].range();
            append(out, bytes, done..range.start);
            done = range.end;
            new.write(style, row, cell, encoding, out)
                .map_err(|kind| super::place(kind, block, S::COUNTED.then_some(row), range.start))?;
        }
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(())
}

/// The block with new cells where every value is written as it is.
#[inline(always)]
fn write_plain(bytes: &[u8], rows: usize, columns: &[New<'_>], out: &mut Vec<u8>) {
    // At most so long; grown, not cleared.
    out.resize(bytes.len() + columns.iter().map(|new| new.built.bytes().len()).sum::<usize>(), 0);
    let (mut done, mut len) = (0, 0);
    for row in 0..rows {
        for new in columns {
            let Some(value) = new.built.value_range(row) else { continue };
            let cell = new.cells.raw[row].range();
            len = copy(bytes, done..cell.start, out, len);
            done = cell.end;
            len = copy(new.built.bytes(), value, out, len);
        }
    }
    len = copy(bytes, done..bytes.len(), out, len);
    out.truncate(len);
}

/// Copies `bytes[range]` to `out[at..]` and returns where it ends there. A short run with room after it is copied at a
/// fixed length, which is several times as fast as a call of `memcpy` for its real length; what is too much is written
/// over by the next.
#[inline(always)]
fn copy(bytes: &[u8], range: Range<usize>, out: &mut [u8], at: usize) -> usize {
    const SHORT: usize = 32;
    let (start, len) = (range.start, range.len());
    let from = bytes.get(start..).and_then(<[u8]>::first_chunk::<SHORT>);
    let to = out.get_mut(at..).and_then(<[u8]>::first_chunk_mut::<SHORT>);
    match (from, to) {
        (Some(from), Some(to)) if len <= SHORT => *to = *from,
        _ => out[at..at + len].copy_from_slice(&bytes[range]),
    }
    at + len
}

/// A column that gets new cells.
struct New<'a> {
    cells: &'a CellColumn,
    built: &'a ColumnBuilder,
    /// Whether no value holds a special byte.
    clean: bool,
    /// Whether all values are in the block's encoding as they are.
    encoded: bool,
}

impl<'a> New<'a> {
    fn of(
        style: &impl Style,
        cells: &'a CellColumn,
        built: &'a ColumnBuilder,
        encoding: &'static Encoding,
    ) -> Self {
        let bytes = built.bytes();
        let clean = !bytes.iter().fold(false, |special, &byte| special | style.is_special(byte));
        Self { cells, built, clean, encoded: encoding == UTF_8 || bytes.is_ascii() }
    }

    fn write(
        &self,
        style: &impl Style,
        row: usize,
        cell: Cell<'_>,
        encoding: &'static Encoding,
        out: &mut Vec<u8>,
    ) -> Result<(), ErrorKind> {
        let noted = self.cells.styles.get(row).copied().unwrap_or_default();
        let patch = Patch { style: noted, clean: self.clean };
        match cell {
            Cell::Kept => Ok(()),
            Cell::Null => {
                style.null(patch, out);
                Ok(())
            }
            Cell::Value(value) if self.encoded => style.value(value, patch, out),
            // No encoding turns a character into ASCII bytes, so what is clean stays so.
            Cell::Value(value) => style.value(&encoding::encode(encoding, value)?, patch, out),
        }
    }
}

/// One cell as it would be written in place of a string.
pub(super) fn literal(style: &impl Style, cell: Cell<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let written = match cell {
        Cell::Value(value) => style.value(value, Patch::default(), &mut out),
        Cell::Null => {
            style.null(Patch::default(), &mut out);
            Ok(())
        }
        Cell::Kept => Ok(()),
    };
    if written.is_err() {
        out.clear();
    }
    out
}

/// The block with new cells where every value is written as it is, for formats that see to that by themselves.
pub(super) fn splice_plain(
    bytes: &[u8],
    rows: usize,
    columns: &[(&CellColumn, &ColumnBuilder)],
    out: &mut Vec<u8>,
) {
    let new = |&(cells, built)| New { cells, built, clean: true, encoded: true };
    let columns: Vec<New<'_>> = columns.iter().map(new).collect();
    dispatch!(Level::new(), simd => { let _ = simd; write_plain(bytes, rows, &columns, out) });
}
