//! How new cells are written: a string stays a string, a number a number as long as the new value is one.

use super::scan::{Scanner, escape, is_number, is_special};
use crate::base::Result;
use crate::format::{Block, Cells};
use crate::table::{Cell, ColumnBuilder, append};

/// A key that the row does not have.
pub(super) const ABSENT: u8 = 0;
/// A string; its cell is what stands between the quotes.
pub(super) const STRING: u8 = 1;
/// A number.
pub(super) const NUMBER: u8 = 2;
/// `true` or `false`.
pub(super) const BOOLEAN: u8 = 3;
/// `null`.
pub(super) const NULL: u8 = 4;
/// An object or array.
pub(super) const JSON: u8 = 5;

/// Writes the block with new cells over what `out` holds.
pub(super) fn splice(
    block: &Block,
    cells: &Cells,
    built: &[Option<&ColumnBuilder>],
    out: &mut Vec<u8>,
) -> Result<()> {
    let bytes = &block.bytes;
    let special =
        |built: &ColumnBuilder| built.bytes().iter().fold(false, |any, &byte| any | is_special(byte));
    let clean: Vec<bool> = built.iter().map(|built| built.is_some_and(|built| !special(built))).collect();
    out.clear();
    out.reserve(bytes.len() + bytes.len() / 8);
    let mut done = 0;
    for place in cells.special.chunks_exact(2) {
        let (column, entry) = (place[0] as usize, place[1] as usize);
        let Some(new) = built[column] else { continue };
        let cell = new.cell(entry);
        if matches!(cell, Cell::Kept) {
            continue;
        }
        let old = &cells.columns[column];
        let (mut range, style) = (old.raw[entry].range(), old.styles[entry]);
        let Cell::Value(value) = cell else {
            if style == STRING {
                range = range.start - 1..range.end + 1;
            }
            append(out, bytes, done..range.start);
            out.extend_from_slice(b"null");
            done = range.end;
            continue;
        };
        append(out, bytes, done..range.start);
        done = range.end;
        match style {
            STRING if clean[column] => append(out, new.bytes(), new.value_range(entry).unwrap_or_default()),
            STRING => escape(value, out),
            _ => write(value, style, out),
        }
    }
    out.extend_from_slice(&bytes[done..]);
    Ok(())
}

/// A value in place of one that was no string.
pub(super) fn write(value: &[u8], style: u8, out: &mut Vec<u8>) {
    match (style, value) {
        (NUMBER, number) if is_number(number) => out.extend_from_slice(number),
        (BOOLEAN, b"true" | b"t") => out.extend_from_slice(b"true"),
        (BOOLEAN, b"false" | b"f") => out.extend_from_slice(b"false"),
        (JSON, json)
            if !json.contains(&b'\n') && std::str::from_utf8(json).is_ok() && Scanner::is_one_value(json) =>
        {
            out.extend_from_slice(json);
        }
        (_, text) => {
            out.push(b'"');
            escape(text, out);
            out.push(b'"');
        }
    }
}
