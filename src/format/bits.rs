//! Passes over whole blocks of COPY rows, 64 bytes at a time, each as a mask of one bit for each byte.
//!
//! What runs inside `dispatch!` is compiled once for each kind of processor and must be inlined into it to get that
//! processor's instructions.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Level, Simd, dispatch, u8x64};

/// Bytes that one mask stands for.
pub(super) const LANES: usize = 64;
/// Delimiters that are written down at once, needed or not: how many there are is not to be guessed for each chunk.
const AT_ONCE: usize = 8;

/// What [`delimiters`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Delimiters {
    /// Tabs and line ends.
    pub(super) count: usize,
    /// Line ends.
    pub(super) lines: usize,
    /// Whether one is escaped: a backslash stands before it that is not escaped itself.
    pub(super) escaped: bool,
}

/// Writes the offsets of tabs and line ends into `offsets`, which grows as needed and may be longer than what was found.
pub(super) fn delimiters(bytes: &[u8], offsets: &mut Vec<u32>) -> Delimiters {
    dispatch!(Level::new(), simd => find_delimiters(simd, bytes, offsets))
}

#[inline(always)]
fn find_delimiters<S: Simd>(simd: S, bytes: &[u8], offsets: &mut Vec<u32>) -> Delimiters {
    let (whole, last) = split(bytes);
    let (mut count, mut lines) = (0, 0);
    let (mut open_escape, mut escaped) = (0, false);
    for index in 0..=whole.len() {
        let chunk = u8x64::load_array_ref(simd, whole.get(index).unwrap_or(&last));
        let ends = chunk.simd_eq(b'\n').to_bitmask();
        let left = ends | chunk.simd_eq(b'\t').to_bitmask();
        let backslashes = chunk.simd_eq(b'\\').to_bitmask();
        let behind_backslash = (backslashes << 1 | open_escape) & left;
        if behind_backslash != 0 {
            escaped |= is_any_escaped(bytes, index * LANES, behind_backslash);
        }
        open_escape = backslashes >> (LANES - 1);
        lines += ends.count_ones() as usize;
        count = write_offsets(left, (index * LANES) as u32, count, offsets);
    }
    Delimiters { count, lines, escaped }
}

/// Writes `base` plus the place of each bit behind the first `count` offsets, and returns how many there are then.
#[inline(always)]
pub(super) fn write_offsets(mut left: u64, base: u32, count: usize, offsets: &mut Vec<u32>) -> usize {
    if offsets.len() < count + LANES {
        offsets.resize(2 * count + LANES, 0);
    }
    let mut next = count;
    let count = count + left.count_ones() as usize;
    while let Some(slots) = offsets[next..].first_chunk_mut::<AT_ONCE>() {
        for slot in slots {
            *slot = base + left.trailing_zeros();
            left &= left.wrapping_sub(1);
        }
        next += AT_ONCE;
        if next >= count {
            break;
        }
    }
    count
}

/// For each bit whether an odd number of bits is set up to and with it.
#[inline(always)]
pub(super) fn parity(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

/// Whether one of the bytes marked in `places`, which count from `base`, has an odd number of backslashes before it.
#[cold]
fn is_any_escaped(bytes: &[u8], base: usize, mut places: u64) -> bool {
    while places != 0 {
        if ends_in_escape(&bytes[..base + places.trailing_zeros() as usize]) {
            return true;
        }
        places &= places - 1;
    }
    false
}

/// Whether an odd number of backslashes stands last.
pub(super) fn ends_in_escape(cell: &[u8]) -> bool {
    cell.iter().rev().take_while(|&&byte| byte == b'\\').count() % 2 == 1
}

/// What [`lines`] found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    /// Line ends, up to the mark if there is one.
    pub(super) count: u64,
    /// Where a line starts for which `is_mark` holds.
    pub(super) mark: Option<usize>,
}

/// Counts line ends up to the first line but the first that begins with a backslash and for which `is_mark` holds; it is
/// asked with the bytes from that line on.
pub(super) fn lines(bytes: &[u8], is_mark: impl Fn(&[u8]) -> bool) -> Lines {
    dispatch!(Level::new(), simd => find_lines(simd, bytes, &is_mark))
}

#[inline(always)]
fn find_lines<S: Simd>(simd: S, bytes: &[u8], is_mark: &impl Fn(&[u8]) -> bool) -> Lines {
    let (whole, last) = split(bytes);
    let (mut count, mut open_line) = (0, 0);
    for index in 0..=whole.len() {
        let chunk = u8x64::load_array_ref(simd, whole.get(index).unwrap_or(&last));
        let ends = chunk.simd_eq(b'\n').to_bitmask();
        let mut candidates = (ends << 1 | open_line) & chunk.simd_eq(b'\\').to_bitmask();
        open_line = ends >> (LANES - 1);
        while candidates != 0 {
            let place = candidates.trailing_zeros();
            let start = index * LANES + place as usize;
            if is_mark(&bytes[start..]) {
                count += u64::from((ends & ((1 << place) - 1)).count_ones());
                return Lines { count, mark: Some(start) };
            }
            candidates &= candidates - 1;
        }
        count += u64::from(ends.count_ones());
    }
    Lines { count, mark: None }
}

/// Whole chunks, and what is left, filled up with zeros.
#[inline(always)]
pub(super) fn split(bytes: &[u8]) -> (&[[u8; LANES]], [u8; LANES]) {
    let (whole, rest) = bytes.as_chunks::<LANES>();
    let mut last = [0; LANES];
    last[..rest.len()].copy_from_slice(rest);
    (whole, last)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text() -> impl Strategy<Value = Vec<u8>> {
        proptest::collection::vec(
            prop_oneof![Just(b'\t'), Just(b'\n'), Just(b'\\'), Just(b'.'), any::<u8>()],
            0..300,
        )
    }

    proptest! {
        #[test]
        fn every_delimiter_is_found(bytes in text()) {
            let mut offsets = vec![7; 3];
            let found = delimiters(&bytes, &mut offsets);
            let is_delimiter = |at: &usize| matches!(bytes[*at], b'\t' | b'\n');
            let expected: Vec<u32> = (0..bytes.len()).filter(is_delimiter).map(|at| at as u32).collect();
            prop_assert_eq!(&offsets[..found.count], expected);
            prop_assert_eq!(found.lines, bytes.iter().filter(|byte| **byte == b'\n').count());
            let escaped = (0..bytes.len()).filter(is_delimiter).any(|at| ends_in_escape(&bytes[..at]));
            prop_assert_eq!(found.escaped, escaped);
        }

        #[test]
        fn lines_are_counted_up_to_the_mark(bytes in text()) {
            let found = lines(&bytes, |line| line.starts_with(b"\\."));
            let mark = bytes.windows(3).position(|window| window == b"\n\\.").map(|at| at + 1);
            prop_assert_eq!(found.mark, mark);
            let counted = &bytes[..mark.unwrap_or(bytes.len())];
            prop_assert_eq!(found.count, counted.iter().filter(|byte| **byte == b'\n').count() as u64);
        }
    }
}
