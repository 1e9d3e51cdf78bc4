//! One pass over a block of INSERTs, 64 bytes at a time: where commas, parentheses and semicolons stand outside of
//! strings.
//!
//! A quote is only ever doubled, never escaped, so that the parity of quotes says what is a string. Whatever could make
//! that wrong (quotes in comments or names, strings side by side) is noticed, and the block is read token by token.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

use crate::format::bits::{LANES, parity, split, write_offsets};

/// What [`marks`] found.
pub(super) struct Marks {
    /// How many.
    pub(super) count: usize,
    /// Whether every string begins behind `,`, `(` or `X`, and ends before `,` or `)`.
    pub(super) regular: bool,
}

/// Writes the offsets of `,`, `(`, `)` and `;` outside of strings into `offsets`, which may be longer than what was
/// found.
pub(super) fn marks(bytes: &[u8], offsets: &mut Vec<u32>) -> Marks {
    dispatch!(Level::new(), simd => find(simd, bytes, offsets))
}

#[inline(always)]
fn find<S: Simd>(simd: S, bytes: &[u8], offsets: &mut Vec<u32>) -> Marks {
    let (whole, last) = split(bytes);
    let mut count = 0;
    let (mut inside, mut ended, mut begins, mut irregular) = (0_u64, 0_u64, 0_u64, 0_u64);
    for index in 0..=whole.len() {
        let chunk = u8x64::load_array_ref(simd, whole.get(index).unwrap_or(&last));
        let quotes = chunk.simd_eq(b'\'').to_bitmask();
        let commas = chunk.simd_eq(b',').to_bitmask();
        let opens = chunk.simd_eq(b'(').to_bitmask();
        let closes = chunk.simd_eq(b')').to_bitmask();
        let semicolons = chunk.simd_eq(b';').to_bitmask();
        let prefixes = chunk.simd_eq(b'X').to_bitmask() | chunk.simd_eq(b'x').to_bitmask();
        let strings = parity(quotes) ^ inside;
        let (opening, closing) = (quotes & strings, quotes & !strings);
        irregular |= (closing << 1 | ended) & !(quotes | commas | closes);
        let before = quotes | commas | opens | prefixes;
        irregular |= opening & !(before << 1 | begins);
        ended = closing >> (LANES - 1);
        begins = before >> (LANES - 1);
        inside = 0_u64.wrapping_sub(strings >> (LANES - 1));
        let left = (commas | opens | closes | semicolons) & !strings;
        count = write_offsets(left, (index * LANES) as u32, count, offsets);
    }
    Marks { count, regular: irregular | inside | ended == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same, byte by byte.
    fn plain(bytes: &[u8]) -> (Vec<u32>, bool) {
        let (mut offsets, mut inside, mut regular) = (Vec::new(), false, true);
        for (at, &byte) in bytes.iter().enumerate() {
            if byte == b'\'' {
                inside = !inside;
                let neighbour = if inside { at.checked_sub(1) } else { Some(at + 1) };
                let neighbour = neighbour.and_then(|at| bytes.get(at)).copied().unwrap_or(0);
                let fits = if inside { b"',(Xx".as_slice() } else { b"',)" };
                regular &= fits.contains(&neighbour);
            } else if !inside && b",();".contains(&byte) {
                offsets.push(at as u32);
            }
        }
        (offsets, regular && !inside)
    }

    proptest! {
        #[test]
        fn every_mark_is_found(bytes in "[',();Xab\n]{0,300}") {
            let mut offsets = vec![7; 3];
            let found = marks(bytes.as_bytes(), &mut offsets);
            let (expected, regular) = plain(bytes.as_bytes());
            prop_assert_eq!(&offsets[..found.count], expected);
            prop_assert_eq!(found.regular, regular);
        }
    }
}
