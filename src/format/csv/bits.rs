//! Passes over whole blocks of CSV, 64 bytes at a time: where rows end, where cells end, and whether quotes are sound.
//!
//! A byte is inside quotes when the number of quotes before it is odd; a doubled quote leaves and enters at once, with
//! nothing in between.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use crate::format::bits::{LANES, parity, split, write_offsets};

/// Whole rows at the start of some bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    /// Where the last of them ends.
    pub(super) end: usize,
    /// How many there are.
    pub(super) rows: u64,
    /// Line ends in them, those inside quotes too.
    pub(super) lines: u64,
}

/// The rows that end within `bytes`, which start with one.
pub(super) fn rows(bytes: &[u8], quote: Option<u8>) -> Rows {
    dispatch!(Level::new(), simd => find_rows(simd, bytes, quote))
}

#[inline(always)]
fn find_rows<S: Simd>(simd: S, bytes: &[u8], quote: Option<u8>) -> Rows {
    let (whole, last) = split(bytes);
    let mut found = Rows { end: 0, rows: 0, lines: 0 };
    // Ones while the byte before is inside quotes.
    let (mut carry, mut lines) = (0_u64, 0_u64);
    for index in 0..=whole.len() {
        let chunk = u8x64::load_array_ref(simd, whole.get(index).unwrap_or(&last));
        let ends = chunk.simd_eq(b'\n').to_bitmask();
        let quotes = quote.map_or(0, |quote| chunk.simd_eq(quote).to_bitmask());
        let inside = inside(quotes, carry);
        carry = 0_u64.wrapping_sub(inside >> (LANES - 1));
        let rows = ends & !inside;
        if rows != 0 {
            let place = u64::BITS - 1 - rows.leading_zeros();
            let up_to = u64::MAX >> (u64::BITS - 1 - place);
            found.end = index * LANES + place as usize + 1;
            found.rows += u64::from(rows.count_ones());
            found.lines = lines + u64::from((ends & up_to).count_ones());
        }
        lines += u64::from(ends.count_ones());
    }
    found
}

/// What [`separators`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Separators {
    /// Delimiters and line ends outside of quotes, the end of the block among them if no line end stands there.
    pub(super) count: usize,
    /// Of those, line ends.
    pub(super) rows: usize,
    /// Whether every quote opens a cell, closes one or is doubled inside one, all are closed, and carriage returns
    /// outside of quotes stand before line ends.
    pub(super) sound: bool,
}

/// Writes the offsets of delimiters and line ends that are outside of quotes into `offsets`, which grows as needed and
/// may be longer than what was found.
pub(super) fn separators(
    bytes: &[u8],
    delimiter: u8,
    quote: Option<u8>,
    offsets: &mut Vec<u32>,
) -> Separators {
    dispatch!(Level::new(), simd => find_separators(simd, bytes, delimiter, quote, offsets))
}

#[inline(always)]
fn find_separators<S: Simd>(
    simd: S,
    bytes: &[u8],
    delimiter: u8,
    quote: Option<u8>,
    offsets: &mut Vec<u32>,
) -> Separators {
    let (whole, last) = split(bytes);
    let open = bytes.last().is_some_and(|&last| last != b'\n');
    let (mut count, mut row_ends) = (0, 0);
    let mut carry = 0_u64;
    // Whether the byte before the chunk is one that a quote may stand behind, closes a cell, is a carriage return.
    let (mut before, mut closed, mut returned) = (1_u64, 0_u64, 0_u64);
    let mut wrong = 0_u64;
    for index in 0..=whole.len() {
        let chunk = u8x64::load_array_ref(simd, whole.get(index).unwrap_or(&last));
        let ends = chunk.simd_eq(b'\n').to_bitmask();
        let delimiters = chunk.simd_eq(delimiter).to_bitmask();
        let returns = chunk.simd_eq(b'\r').to_bitmask();
        let quotes = quote.map_or(0, |quote| chunk.simd_eq(quote).to_bitmask());
        let inside = inside(quotes, carry);
        carry = 0_u64.wrapping_sub(inside >> (LANES - 1));
        // The end of a last row without a line end counts as one.
        let open_end = if open && index == whole.len() { 1 << (bytes.len() % LANES) } else { 0 };
        let marks = (ends | delimiters | open_end) & !inside;
        let opening = quotes & inside;
        let closing = quotes & !inside;
        let returns = returns & !inside;
        let after = marks | quotes;
        wrong |= opening & !(after << 1 | before);
        wrong |= (closing << 1 | closed) & !(after | returns);
        wrong |= (returns << 1 | returned) & !ends;
        before = after >> (LANES - 1);
        closed = closing >> (LANES - 1);
        returned = returns >> (LANES - 1);
        row_ends += ((ends | open_end) & marks).count_ones() as usize;
        count = write_offsets(marks, (index * LANES) as u32, count, offsets);
    }
    Separators { count, rows: row_ends, sound: wrong == 0 && carry == 0 }
}

/// The bytes that are inside quotes, opening quotes among them and closing ones not; `carry` is all ones when the bytes
/// before were.
#[inline(always)]
fn inside(quotes: u64, carry: u64) -> u64 {
    if quotes == 0 {
        return carry;
    }
    parity(quotes) ^ carry
}
