//! What the masking loops of all operators share: reading a cell as text, and putting results back in row order.
//!
//! A value-keyed operator makes two passes over a batch: the first sorts rows into masked, rejected and kept and
//! collects what is to be hashed or permuted; the second, [`write`], walks the rows again and appends one cell each.

use super::invalid::{Rejected, Rejector};
use super::{CellError, Tally, digits};
use crate::base::ErrorKind;
use crate::table::{Column, ColumnBuilder};

/// The cell as text.
#[inline]
pub(super) fn text(row: usize, value: &[u8]) -> Result<&str, CellError> {
    std::str::from_utf8(value).map_err(|_| CellError { row, kind: ErrorKind::Encoding("UTF-8") })
}

/// The cell, unless it is NULL, empty, or nothing but the spaces that `char(n)` pads the empty string with: keyed
/// operators keep those.
#[inline]
pub(super) fn present(value: Option<&[u8]>) -> Option<&[u8]> {
    value.filter(|value| match value.first() {
        None => false,
        Some(b' ') => value.iter().any(|byte| *byte != b' '),
        Some(_) => true,
    })
}

/// All present cells with their rows.
#[inline]
pub(super) fn present_cells<'a>(cells: &Column<'a>) -> impl Iterator<Item = (usize, &'a [u8])> + use<'a> {
    cells.iter().enumerate().filter_map(|(row, value)| present(value).map(|value| (row, value)))
}

/// The value without the spaces that `char(n)` pads it with.
#[inline]
pub(super) fn trim_end(mut value: &[u8]) -> &[u8] {
    while let [rest @ .., b' '] = value {
        value = rest;
    }
    value
}

/// Appends one cell per row of `cells`: what `write` appends (given the index in `masked`, the cell's value and the
/// buffer) for rows in `masked`, the rejector's replacement for rejected rows, and the cell itself for all others.
/// Both lists of rows ascend.
#[inline]
pub(super) fn write(
    cells: &Column<'_>,
    masked: &[u32],
    rejector: &Rejector,
    rejected: &mut Rejected,
    out: &mut ColumnBuilder,
    mut write: impl FnMut(usize, &[u8], &mut Vec<u8>),
) -> Tally {
    rejector.finish(rejected);
    let mut next = 0;
    let mut next_rejected = 0;
    for row in 0..cells.len() {
        if masked.get(next).is_some_and(|masked| *masked as usize == row) {
            let value = cells.value(row).unwrap_or_default();
            out.write(|buffer| write(next, value, buffer));
            next += 1;
        } else if rejected.row(next_rejected) == Some(row) {
            out.write(|buffer| rejector.write(rejected, next_rejected, buffer));
            next_rejected += 1;
        } else {
            out.keep();
        }
    }
    Tally { masked: (next + next_rejected) as u64, invalid: next_rejected as u64 }
}

/// Appends one cell per row: kept where it is not [`present`], else what `write` appends.
#[inline]
pub(super) fn replace(
    cells: &Column<'_>,
    out: &mut ColumnBuilder,
    mut write: impl FnMut(&[u8], &mut Vec<u8>),
) -> Tally {
    let mut masked = 0;
    for value in cells.iter() {
        match present(value) {
            None => out.keep(),
            Some(value) => {
                out.write(|buffer| write(value, buffer));
                masked += 1;
            }
        }
    }
    Tally { masked, invalid: 0 }
}

/// Appends a number in decimal.
#[inline]
pub(super) fn write_decimal(number: u64, out: &mut Vec<u8>) {
    digits::push(number, digits::count(number), out);
}

/// Appends `like` with its last `count` decimal digits replaced by those of `number`.
#[inline]
pub(super) fn write_digits(number: u64, count: usize, like: &[u8], out: &mut Vec<u8>) {
    let start = out.len();
    out.extend_from_slice(like);
    digits::replace(&mut out[start..], &digits::of(number, count), count);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_cells_are_not_present() {
        for absent in [None, Some(&b""[..]), Some(b" "), Some(b"    ")] {
            assert_eq!(present(absent), None);
        }
        for value in [&b"a"[..], b" a", b"a ", b"\t"] {
            assert_eq!(present(Some(value)), Some(value));
        }
        assert_eq!(trim_end(b" a  "), b" a");
    }
}
