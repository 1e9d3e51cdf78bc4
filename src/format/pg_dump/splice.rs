//! Putting new cells into a block: untouched runs are copied as they are, new values are written in between.

use encoding_rs::{Encoding, UTF_8};

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

    /// Whether a byte cannot always stand in a value as it is.
    fn is_special(byte: u8) -> bool;

    /// Writes NULL.
    fn null(&self, cell: Patch, out: &mut Vec<u8>);

    /// Writes a value (already in the block's encoding).
    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind>;
}

/// Writes the block with new cells.
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
        .filter_map(|(cells, built)| built.map(|built| New::of::<S>(cells, built, encoding)))
        .collect();
    out.reserve(bytes.len() + bytes.len() / 8);
    let mut done = 0;
    for row in 0..if columns.is_empty() { 0 } else { cells.rows } {
        for new in &columns {
            let cell = new.built.cell(row);
            if matches!(cell, Cell::Kept) {
                continue;
            }
            let range = new.cells.raw[row].range();
            append(out, bytes, done..range.start);
            done = range.end;
            if new.clean && new.encoded && S::PLAIN && new.built.append_value(row, out) {
                continue;
            }
            new.write(style, row, cell, encoding, out)
                .map_err(|kind| super::place(kind, block, Some(row), range.start))?;
        }
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(())
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
    fn of<S: Style>(cells: &'a CellColumn, built: &'a ColumnBuilder, encoding: &'static Encoding) -> Self {
        let bytes = built.bytes();
        let clean = !bytes.iter().fold(false, |special, &byte| special | S::is_special(byte));
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
