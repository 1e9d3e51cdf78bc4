//! Where bytes stand, as one bit for each of 64 bytes.

use wide::u8x16;

/// Bytes that one mask stands for.
pub(super) const LANES: usize = 64;

/// 64 bytes, ready to be compared.
#[derive(Clone, Copy)]
pub(super) struct Chunk([u8x16; 4]);

impl Chunk {
    #[inline]
    fn new(bytes: &[u8; LANES]) -> Self {
        let (quarters, _) = bytes.as_chunks::<16>();
        Self([0, 1, 2, 3].map(|at| u8x16::new(quarters[at])))
    }

    /// The places of either byte.
    #[inline]
    pub(super) fn either(self, one: u8, other: u8) -> u64 {
        let (one, other) = (u8x16::splat(one), u8x16::splat(other));
        self.mask(|bytes| bytes.simd_eq(one) | bytes.simd_eq(other))
    }

    /// The places of a byte, and of all that are not ASCII.
    #[inline]
    pub(super) fn this_or_not_ascii(self, byte: u8) -> u64 {
        let byte = u8x16::splat(byte);
        self.mask(|bytes| bytes | bytes.simd_eq(byte))
    }

    /// The highest bit of each byte that `of` makes of a chunk.
    #[inline]
    fn mask(self, of: impl Fn(u8x16) -> u8x16) -> u64 {
        let [a, b, c, d] = self.0.map(|bytes| u64::from(of(bytes).to_bitmask()));
        a | b << 16 | c << 32 | d << 48
    }
}

/// Calls `each` with every 64 bytes of `bytes` and their offset; the last are filled up with zeros.
#[inline]
pub(super) fn chunks(bytes: &[u8], mut each: impl FnMut(usize, Chunk)) {
    let (whole, rest) = bytes.as_chunks::<LANES>();
    for (index, chunk) in whole.iter().enumerate() {
        each(index * LANES, Chunk::new(chunk));
    }
    if !rest.is_empty() {
        let mut last = [0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        each(whole.len() * LANES, Chunk::new(&last));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bit_is_set_where_the_byte_stands(
            bytes in proptest::collection::vec(prop_oneof![0u8..12, any::<u8>()], LANES)
        ) {
            let bytes: [u8; LANES] = bytes.try_into().expect("64 bytes");
            let chunk = Chunk::new(&bytes);
            let (either, special) = (chunk.either(9, 3), chunk.this_or_not_ascii(5));
            for (at, &byte) in bytes.iter().enumerate() {
                prop_assert_eq!(either >> at & 1 == 1, byte == 9 || byte == 3);
                prop_assert_eq!(special >> at & 1 == 1, byte == 5 || byte >= 0x80);
            }
        }
    }

    #[test]
    fn the_last_chunk_is_filled_with_zeros() {
        let mut seen = Vec::new();
        chunks(&[7; 70], |at, chunk| seen.push((at, [chunk.either(7, 7), chunk.either(0, 0)])));
        assert_eq!(seen, [(0, [u64::MAX, 0]), (64, [0b11_1111, !0b11_1111])]);
    }
}
