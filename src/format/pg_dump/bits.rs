//! Where bytes stand, as one bit for each of 64 bytes.
//!
//! Compilers turn the compares into vector instructions; a multiplication gathers eight of their results. (Vector
//! intrinsics would do both at once, but cannot be called from safe code.)

/// Bytes that one mask stands for.
pub(super) const LANES: usize = 64;

/// The mask of the places in `chunk` whose byte is of a class.
#[inline]
pub(super) fn mask(chunk: &[u8; LANES], class: impl Fn(u8) -> bool) -> u64 {
    let found = chunk.map(|byte| u8::from(class(byte)));
    let (words, _) = found.as_chunks::<8>();
    let byte = |at: usize| gather(u64::from_le_bytes(words[at])) >> (56 - 8 * at) & 0xff << (8 * at);
    byte(0) | byte(1) | byte(2) | byte(3) | byte(4) | byte(5) | byte(6) | byte(7)
}

/// Whether `chunk` holds a byte of a class; cheaper than its mask.
#[inline]
pub(super) fn holds(chunk: &[u8; LANES], class: impl Fn(u8) -> bool) -> bool {
    chunk.iter().fold(false, |found, &byte| found | class(byte))
}

/// The lowest bits of eight bytes, side by side in the highest byte. The product puts bit `8 i` at `56 + i`; no two
/// terms meet.
#[inline]
fn gather(word: u64) -> u64 {
    word.wrapping_mul(0x0102_0408_1020_4080)
}

/// Calls `each` with every 64 bytes of `bytes` and their offset; the last are filled up with zeros.
#[inline]
pub(super) fn chunks(bytes: &[u8], mut each: impl FnMut(usize, &[u8; LANES])) {
    let (whole, rest) = bytes.as_chunks::<LANES>();
    for (index, chunk) in whole.iter().enumerate() {
        each(index * LANES, chunk);
    }
    if !rest.is_empty() {
        let mut last = [0; LANES];
        last[..rest.len()].copy_from_slice(rest);
        each(whole.len() * LANES, &last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_bit_is_set_where_the_byte_stands(bytes in proptest::collection::vec(0u8..12, LANES)) {
            let chunk: [u8; LANES] = bytes.try_into().expect("64 bytes");
            let found = mask(&chunk, |byte| byte == 9 || byte == 3);
            for (at, &byte) in chunk.iter().enumerate() {
                prop_assert_eq!(found >> at & 1 == 1, byte == 9 || byte == 3);
            }
            prop_assert_eq!(holds(&chunk, |byte| byte == 9 || byte == 3), found != 0);
        }
    }

    #[test]
    fn the_last_chunk_is_filled_with_zeros() {
        let mut seen = Vec::new();
        chunks(&[7; 70], |at, chunk| {
            seen.push((at, [mask(chunk, |byte| byte == 7), mask(chunk, |byte| byte == 0)]));
        });
        assert_eq!(seen, [(0, [u64::MAX, 0]), (64, [0b11_1111, !0b11_1111])]);
    }
}
