//! New cells in a block of rows.

use encoding_rs::UTF_8;

use super::lexer::Mode;
use super::literal::{self, BARE, TEXT};
use crate::base::{ErrorKind, Result};
use crate::format::literals::is_number;
use crate::format::{Block, CellColumn, Cells, encoding, place, splice};
use crate::table::{Cell, ColumnBuilder, append};

/// A column that gets new cells.
struct New<'a> {
    cells: &'a CellColumn,
    built: &'a ColumnBuilder,
    /// Whether no value holds a special byte.
    clean: bool,
    /// Whether all values are in the block's encoding as they are.
    encoded: bool,
}

impl New<'_> {
    /// Whether every new value is written as it is: between the quotes that are there, or as a number for a number.
    fn is_plain(&self) -> bool {
        let Self { cells, built, clean, encoded } = self;
        let fits = || {
            cells.styles.iter().all(|style| *style == TEXT)
                || cells.styles.iter().enumerate().all(|(row, style)| {
                    match (built.value_range(row), *style) {
                        (None, _) | (_, TEXT) => true,
                        (Some(range), BARE) => is_number(&built.bytes()[range]),
                        _ => false,
                    }
                })
        };
        *clean && *encoded && !built.has_nulls() && fits()
    }
}

/// Writes the block with new cells; what `out` holds from before is written over.
pub(super) fn splice(
    block: &Block,
    mode: Mode,
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
        .filter_map(|(cells, built)| {
            let (built, values) = ((*built)?, (*built)?.bytes());
            let clean = !values.iter().fold(false, |special, &byte| special | literal::is_special(byte));
            Some(New { cells, built, clean, encoded: encoding == UTF_8 || values.is_ascii() })
        })
        .collect();
    let rows = if columns.is_empty() { 0 } else { cells.rows };
    if columns.iter().all(New::is_plain) {
        let columns: Vec<_> = columns.iter().map(|new| (new.cells, new.built)).collect();
        splice::splice_plain(bytes, rows, &columns, out);
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
            let style = new.cells.styles[row];
            let quote = usize::from(style == TEXT);
            let range = new.cells.raw[row].range();
            append(out, bytes, done..range.start - quote);
            done = range.end + quote;
            let written = match cell {
                Cell::Value(value) if new.encoded || literal::is_binary(style) => {
                    literal::write(value, style, new.clean, mode, out);
                    Ok(())
                }
                Cell::Value(value) => encoding::encode(encoding, value)
                    .map(|value| literal::write(&value, style, new.clean, mode, out)),
                _ => {
                    literal::write_null(out);
                    Ok::<(), ErrorKind>(())
                }
            };
            written.map_err(|kind| place(kind, block, Some(row), range.start))?;
        }
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(())
}
