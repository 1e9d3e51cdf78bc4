//! Putting new cells into a block: untouched runs are copied as they are, new values are written in between.

use encoding_rs::Encoding;

use super::encoding;
use crate::base::{ErrorKind, Result};
use crate::format::{Block, CellColumn, Cells};
use crate::table::{Cell, ColumnBuilder};

/// The cell that a value replaces.
#[derive(Clone, Copy, Default)]
pub(super) struct Patch {
    /// Its style, when the format notes one.
    pub(super) style: u8,
}

/// How one kind of block writes cells.
pub(super) trait Style {
    /// Writes NULL.
    fn null(&self, cell: Patch, out: &mut Vec<u8>);

    /// Writes a value (already in the block's encoding).
    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind>;
}

/// Writes the block with new cells.
pub(super) fn splice(
    style: &impl Style,
    block: &Block,
    cells: &Cells,
    built: &[Option<&ColumnBuilder>],
    out: &mut Vec<u8>,
) -> Result<()> {
    let bytes = &block.bytes;
    let columns: Vec<(&CellColumn, &ColumnBuilder)> =
        cells.columns.iter().zip(built).filter_map(|(cells, built)| Some((cells, (*built)?))).collect();
    let plain = block.head.encoding == encoding_rs::UTF_8;
    out.reserve(bytes.len() + bytes.len() / 8);
    let mut done = 0;
    for row in 0..if columns.is_empty() { 0 } else { cells.rows } {
        for &(cells, built) in &columns {
            let cell = built.cell(row);
            if cell == Cell::Kept {
                continue;
            }
            let range = cells.raw[row].range();
            out.extend_from_slice(&bytes[done..range.start]);
            done = range.end;
            let patch = Patch { style: cells.styles.get(row).copied().unwrap_or_default() };
            let written = match cell {
                Cell::Null => {
                    style.null(patch, out);
                    Ok(())
                }
                Cell::Value(value) if plain => style.value(value, patch, out),
                Cell::Value(value) => encoded(style, block.head.encoding, value, patch, out),
                Cell::Kept => Ok(()),
            };
            written.map_err(|kind| super::place(kind, block, Some(row), range.start))?;
        }
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(())
}

fn encoded(
    style: &impl Style,
    encoding: &'static Encoding,
    value: &[u8],
    patch: Patch,
    out: &mut Vec<u8>,
) -> Result<(), ErrorKind> {
    style.value(&encoding::encode(encoding, value)?, patch, out)
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
