//! Passes over the rows of an `INSERT`, 64 bytes at a time, each as a mask of one bit for each byte: what stands in
//! strings is told from what stands between them.
//!
//! The trick is that of simdjson (Langdale and Lemire, "Parsing Gigabytes of JSON per Second", 2019): the parity of the
//! quotes before a byte says whether it is in a string; a quote that is doubled closes the string and opens it again.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the dispatched function loses its instructions"
)]

use fearless_simd::prelude::*;
use fearless_simd::{Simd, u8x64};

use super::lexer::Mode;
use crate::format::bits::{LANES, parity, split, write_offsets};

/// Where a pass over rows stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// At the end of the bytes.
    Bytes,
    /// At the semicolon there.
    Semicolon(usize),
    /// At something that no dump tool writes into rows: a comment, another kind of quote, a backslash outside strings.
    Odd(usize),
}

/// What one chunk holds, outside strings.
struct Masks {
    opens: u64,
    closes: u64,
    commas: u64,
    /// The first semicolon or odd byte, and all before it.
    stop: Option<(u32, bool)>,
}

/// What is carried from chunk to chunk.
#[derive(Default)]
struct Carry {
    /// All ones in a string.
    string: u64,
    /// Whether the next byte is escaped.
    escaped: u64,
    /// Whether the last byte was a minus sign.
    minus: u64,
}

#[inline(always)]
fn masks<S: Simd>(simd: S, chunk: &[u8; LANES], mode: Mode, carry: &mut Carry) -> Masks {
    let chunk = u8x64::load_array_ref(simd, chunk);
    let backslashes = chunk.simd_eq(b'\\').to_bitmask();
    let mut quotes = chunk.simd_eq(b'\'').to_bitmask();
    if mode.escapes && (backslashes | carry.escaped) != 0 {
        quotes &= !escaped(backslashes, &mut carry.escaped);
    }
    let strings = parity(quotes) ^ carry.string;
    carry.string = ((strings as i64) >> (LANES - 1)) as u64;
    let outside = !(strings | quotes);
    let semicolons = chunk.simd_eq(b';').to_bitmask() & outside;
    let minus = chunk.simd_eq(b'-').to_bitmask() & outside;
    let dashes = minus & (minus << 1 | carry.minus);
    carry.minus = minus >> (LANES - 1);
    let other = chunk.simd_eq(b'"').to_vector()
        | chunk.simd_eq(b'#').to_vector()
        | chunk.simd_eq(b'/').to_vector()
        | chunk.simd_eq(b'`').to_vector();
    let odd = ((other.simd_ne(0).to_bitmask() | backslashes) & outside) | dashes;
    let mut masks = Masks {
        opens: chunk.simd_eq(b'(').to_bitmask() & outside,
        closes: chunk.simd_eq(b')').to_bitmask() & outside,
        commas: chunk.simd_eq(b',').to_bitmask() & outside,
        stop: None,
    };
    let stops = semicolons | odd;
    if stops != 0 {
        let place = stops.trailing_zeros();
        let before = (1_u64 << place) - 1;
        masks.opens &= before;
        masks.closes &= before;
        masks.commas &= before;
        masks.stop = Some((place, semicolons & (1 << place) != 0));
    }
    masks
}

/// The bytes that a backslash before them escapes.
#[inline(always)]
fn escaped(backslashes: u64, carry: &mut u64) -> u64 {
    const EVEN: u64 = 0x5555_5555_5555_5555;
    let backslashes = backslashes & !*carry;
    let follows = backslashes << 1 | *carry;
    let odd_starts = backslashes & !EVEN & !follows;
    let (even_runs, overflow) = odd_starts.overflowing_add(backslashes);
    *carry = u64::from(overflow);
    (EVEN ^ (even_runs << 1)) & follows
}

impl Stop {
    fn of(stop: Option<(u32, bool)>, base: usize) -> Option<Self> {
        let (place, semicolon) = stop?;
        let at = base + place as usize;
        Some(if semicolon { Self::Semicolon(at) } else { Self::Odd(at) })
    }
}

/// Where the last row ends whose comma stands right behind it, and where the pass stopped. `from` is outside strings.
#[inline(always)]
pub(super) fn last_row<S: Simd>(simd: S, bytes: &[u8], from: usize, mode: Mode) -> (Option<usize>, Stop) {
    let (whole, last) = split(&bytes[from..]);
    let mut carry = Carry::default();
    let (mut closed, mut found) = (0, None);
    for index in 0..=whole.len() {
        let chunk = whole.get(index).unwrap_or(&last);
        let masks = masks(simd, chunk, mode, &mut carry);
        let base = from + index * LANES;
        let rows = (masks.closes << 1 | closed) & masks.commas;
        closed = masks.closes >> (LANES - 1);
        if rows != 0 {
            found = Some(base + LANES - rows.leading_zeros() as usize);
        }
        if let Some(stop) = Stop::of(masks.stop, base) {
            return (found, stop);
        }
    }
    (found, Stop::Bytes)
}

/// How many parentheses a pass met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) offsets: usize,
    pub(super) opens: usize,
    pub(super) closes: usize,
}

/// Writes the offsets of parentheses and commas behind the first `counts.offsets` of `offsets`.
#[inline(always)]
pub(super) fn marks<S: Simd>(
    simd: S,
    bytes: &[u8],
    from: usize,
    mode: Mode,
    counts: &mut Counts,
    offsets: &mut Vec<u32>,
) -> Stop {
    let (whole, last) = split(&bytes[from..]);
    let mut carry = Carry::default();
    let (mut count, mut opens, mut closes) = (counts.offsets, counts.opens, counts.closes);
    let mut stop = None;
    for index in 0..=whole.len() {
        let chunk = whole.get(index).unwrap_or(&last);
        let masks = masks(simd, chunk, mode, &mut carry);
        let base = from + index * LANES;
        opens += masks.opens.count_ones() as usize;
        closes += masks.closes.count_ones() as usize;
        count = write_offsets(masks.opens | masks.closes | masks.commas, base as u32, count, offsets);
        stop = Stop::of(masks.stop, base);
        if stop.is_some() {
            break;
        }
    }
    *counts = Counts { offsets: count, opens, closes };
    stop.unwrap_or(Stop::Bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};
    use proptest::prelude::*;

    /// The plain way.
    fn slowly(bytes: &[u8], mode: Mode) -> (Vec<u32>, Stop) {
        let (mut offsets, mut string, mut at) = (Vec::new(), false, 0);
        while let Some(&byte) = bytes.get(at) {
            match byte {
                b'\\' if string && mode.escapes => at += 1,
                b'\'' => string = !string,
                _ if string => {}
                b';' => return (offsets, Stop::Semicolon(at)),
                b'"' | b'#' | b'/' | b'`' | b'\\' => return (offsets, Stop::Odd(at)),
                b'-' if at > 0 && bytes[at - 1] == b'-' => return (offsets, Stop::Odd(at)),
                b'(' | b')' | b',' => offsets.push(at as u32),
                _ => {}
            }
            at += 1;
        }
        (offsets, Stop::Bytes)
    }

    proptest! {
        #[test]
        fn marks_are_found_outside_strings(
            text in proptest::collection::vec(
                proptest::sample::select(&b"''''\\\\\\(),,;x1- \n\"/`"[..]), 0..300,
            ),
            common in proptest::collection::vec(proptest::sample::select(&b"''\\(),x"[..]), 0..300),
            escapes in any::<bool>(),
        ) {
            let mode = Mode { ansi: false, escapes };
            for bytes in [text, common] {
                let (expected, end) = slowly(&bytes, mode);
                let mut offsets = vec![7; 3];
                let mut counts = Counts::default();
                let stop = dispatch!(Level::new(), simd => marks(simd, &bytes, 0, mode, &mut counts, &mut offsets));
                prop_assert_eq!(stop, end);
                prop_assert_eq!(&offsets[..counts.offsets], &expected[..]);
                let number = |mark| expected.iter().filter(|at| bytes[**at as usize] == mark).count();
                prop_assert_eq!((counts.opens, counts.closes), (number(b'('), number(b')')));
                let (row, stop) = dispatch!(Level::new(), simd => last_row(simd, &bytes, 0, mode));
                prop_assert_eq!(stop, end);
                let mut pairs = expected.windows(2).filter(|pair| {
                    pair[1] == pair[0] + 1 && bytes[pair[0] as usize] == b')' && bytes[pair[1] as usize] == b','
                });
                prop_assert_eq!(row, pairs.next_back().map(|pair| pair[1] as usize + 1));
            }
        }
    }
}
