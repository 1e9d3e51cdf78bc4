//! FF1 (SP 800-38G) with AES-256 on bit strings: radix 2, no tweak, up to 128 bits, 64 values in lock step.
//!
//! In this corner of FF1 a half of the state is a `u64`, the sum modulo a power of two is a mask, the block `P` is a
//! constant whose encryption is kept, and each round is one cipher block per value. That makes it some fifty times as
//! fast as the general form in [`ff1`](super::ff1), to which the tests hold it.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into the cipher's function loses its instructions"
)]

use aes::Block;

use super::cipher::{Cipher, Engine, Kernel, LANES};

/// FF1 on strings of a fixed number of bits.
pub struct Ff1Bits {
    cipher: Cipher,
    /// Lengths of the left and the right half in bits.
    lengths: [u32; 2],
    /// What each round XORs its half into: the encrypted block P, and the round's number in its place.
    rounds: [u128; ROUNDS],
    /// Whether y has 12 bytes rather than 8.
    wide: bool,
}

/// A number that is split into halves: `u64` and `u128`.
pub(super) trait Word: Copy + Default + PartialOrd {
    fn split(self, lengths: [u32; 2]) -> [u64; 2];
    fn join(halves: [u64; 2], right: u32) -> Self;
}

impl Word for u64 {
    fn split(self, [left, right]: [u32; 2]) -> [u64; 2] {
        [(self >> right) & mask(left), self & mask(right)]
    }

    fn join([left, right_half]: [u64; 2], right: u32) -> Self {
        left << right | right_half
    }
}

impl Word for u128 {
    fn split(self, [left, right]: [u32; 2]) -> [u64; 2] {
        [(self >> right) as u64 & mask(left), self as u64 & mask(right)]
    }

    fn join([left, right_half]: [u64; 2], right: u32) -> Self {
        u128::from(left) << right | u128::from(right_half)
    }
}

impl Ff1Bits {
    /// FF1 on strings of `bits` bits, 20 (the least that Rev. 1 allows) to 128.
    ///
    /// ```
    /// use scrub::base::ff1_bits::Ff1Bits;
    /// let ff1 = Ff1Bits::new(&[7; 32], 20).expect("20 bits will do");
    /// let mut values = [0, 1, 2];
    /// ff1.encrypt(&mut values);
    /// assert_ne!(values, [0, 1, 2]);
    /// ff1.decrypt(&mut values);
    /// assert_eq!(values, [0, 1, 2]);
    /// ```
    pub fn new(key: &[u8; 32], bits: u32) -> Option<Self> {
        (20..=128).contains(&bits).then(|| {
            let cipher = Cipher::new(key);
            let (left, right) = (bits / 2, bits - bits / 2);
            let bytes = right.div_ceil(8);
            let mut p = [1, 2, 1, 0, 0, 2, 10, left as u8, 0, 0, 0, bits as u8, 0, 0, 0, 0];
            p[8..12].copy_from_slice(&bits.to_be_bytes());
            let p = cipher.encrypt(u128::from_be_bytes(p));
            let rounds = std::array::from_fn(|round| p ^ (round as u128) << (8 * bytes));
            Self { cipher, lengths: [left, right], rounds, wide: bytes > 4 }
        })
    }

    /// Encrypts each value. Bits above the string's length are taken off.
    pub fn encrypt(&self, values: &mut [u128]) {
        for values in values.chunks_mut(LANES) {
            self.lanes::<_, false>(values);
        }
    }

    /// Undoes [`encrypt`](Self::encrypt).
    pub fn decrypt(&self, values: &mut [u128]) {
        for values in values.chunks_mut(LANES) {
            self.lanes::<_, true>(values);
        }
    }

    /// Runs up to [`LANES`] values through all rounds.
    pub(super) fn lanes<T: Word, const INVERSE: bool>(&self, values: &mut [T]) {
        let mut halves = [[0; LANES]; 2];
        let [left, right] = &mut halves;
        for ((value, left), right) in values.iter().zip(&mut *left).zip(&mut *right) {
            [*left, *right] = value.split(self.lengths);
        }
        let (ff1, active) = (self, values.len());
        if self.wide {
            self.cipher.run(Rounds::<INVERSE, 4> { ff1, left, right, active });
        } else {
            self.cipher.run(Rounds::<INVERSE, 0> { ff1, left, right, active });
        }
        for ((value, left), right) in values.iter_mut().zip(left).zip(right) {
            *value = T::join([*left, *right], self.lengths[1]);
        }
    }
}

/// The Feistel rounds. `Y` is where the last 64 bits of y start in the block.
struct Rounds<'a, const INVERSE: bool, const Y: usize> {
    ff1: &'a Ff1Bits,
    left: &'a mut [u64; LANES],
    right: &'a mut [u64; LANES],
    active: usize,
}

impl<const INVERSE: bool, const Y: usize> Kernel for Rounds<'_, INVERSE, Y> {
    #[inline(always)]
    fn run(self, engine: &impl Engine) {
        let width = engine.width(self.active).min(LANES);
        let (mut from, mut to) = (&mut self.right[..width], &mut self.left[..width]);
        let masks = self.ff1.lengths.map(mask);
        let mut blocks = [Block::default(); LANES];
        let blocks = &mut blocks[..width];
        if INVERSE {
            (from, to) = (to, from);
        }
        for step in 0..ROUNDS {
            let round = if INVERSE { ROUNDS - 1 - step } else { step };
            let [high, low] = [self.ff1.rounds[round] >> 64, self.ff1.rounds[round]].map(|word| word as u64);
            for (block, half) in blocks.iter_mut().zip(&*from) {
                let [high, low] = [high, low ^ half].map(u64::to_be);
                *block = Block::from((u128::from(low) << 64 | u128::from(high)).to_le_bytes());
            }
            engine.encrypt(blocks);
            for (block, half) in blocks.iter().zip(&mut *to) {
                let y = u64::from_be_bytes(std::array::from_fn(|byte| block[Y + byte]));
                let sum = if INVERSE { half.wrapping_sub(y) } else { half.wrapping_add(y) };
                *half = sum & masks[round % 2];
            }
            (from, to) = (to, from);
        }
    }
}

/// The low `bits` bits, 1 to 64.
fn mask(bits: u32) -> u64 {
    u64::MAX >> (64 - bits)
}

const ROUNDS: usize = 10;

#[cfg(test)]
mod tests {
    use fpe::ff1::{BinaryNumeralString, FF1};
    use proptest::prelude::*;

    use super::*;
    use crate::base::ff1::Ff1;

    #[test]
    fn takes_20_to_128_bits() {
        assert!([0, 19, 129].into_iter().all(|bits| Ff1Bits::new(&[1; 32], bits).is_none()));
        assert!([20, 128].into_iter().all(|bits| Ff1Bits::new(&[1; 32], bits).is_some()));
    }

    #[test]
    fn bits_above_the_length_are_taken_off_both_ways() {
        let ff1 = Ff1Bits::new(&[1; 32], 33).unwrap();
        let mut values = [5, 5 | 1 << 33, 5 | 1 << 127];
        ff1.encrypt(&mut values);
        assert_eq!(values, [values[0]; 3]);
        values[1] |= 1 << 40;
        ff1.decrypt(&mut values);
        assert_eq!(values, [5; 3]);
    }

    fn digits(value: u128, bits: u32) -> Vec<u32> {
        (0..bits).rev().map(|bit| (value >> bit) as u32 & 1).collect()
    }

    #[test]
    fn agrees_with_the_general_form_for_every_length() {
        for bits in 20..=128 {
            let key = [bits as u8; 32];
            let all = u128::MAX >> (128 - bits);
            let mut values = [0, 1, all, all >> 1, all / 3, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef & all];
            let general = Ff1::new(&key, 2).unwrap();
            let sealed = values.map(|value| general.encrypt(b"", &digits(value, bits)).unwrap());
            let plain = values;
            let ff1 = Ff1Bits::new(&key, bits).unwrap();
            ff1.encrypt(&mut values);
            assert_eq!(values.map(|value| digits(value, bits)), sealed);
            ff1.decrypt(&mut values);
            assert_eq!(values, plain);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn words_of_both_sizes_agree_with_the_general_form_in_any_number(
            key: [u8; 32],
            bits in 20..=64u32,
            values in prop::collection::vec(any::<u64>(), 1..=LANES),
        ) {
            let values: Vec<u64> = values.iter().map(|value| value >> (64 - bits)).collect();
            let (ff1, general) = (Ff1Bits::new(&key, bits).unwrap(), Ff1::new(&key, 2).unwrap());
            let mut narrow = values.clone();
            ff1.lanes::<_, false>(&mut narrow);
            let mut wide: Vec<u128> = values.iter().copied().map(u128::from).collect();
            ff1.encrypt(&mut wide);
            prop_assert_eq!(&wide, &narrow.iter().copied().map(u128::from).collect::<Vec<_>>());
            for (value, sealed) in values.iter().zip(&wide) {
                let expected = general.encrypt(b"", &digits((*value).into(), bits)).unwrap();
                prop_assert_eq!(digits(*sealed, bits), expected);
            }
            ff1.lanes::<_, true>(&mut narrow);
            prop_assert_eq!(narrow, values);
        }

        /// The `fpe` crate reads bytes as bits from the least, so whole bytes only.
        #[test]
        fn agrees_with_the_fpe_crate(key: [u8; 32], value: u128, bytes in 3..=16usize) {
            let bits = 8 * bytes as u32;
            let value = value >> (128 - bits);
            let reversed = (value.reverse_bits() >> (128 - bits)).to_le_bytes();
            let oracle = FF1::<aes::Aes256>::new(&key, 2).unwrap();
            let sealed = oracle.encrypt(b"", &BinaryNumeralString::from_bytes_le(&reversed[..bytes])).unwrap();
            let mut expected = [0; 16];
            expected[..bytes].copy_from_slice(&sealed.to_bytes_le());
            let expected = u128::from_le_bytes(expected).reverse_bits() >> (128 - bits);
            let mut values = [value];
            Ff1Bits::new(&key, bits).unwrap().encrypt(&mut values);
            prop_assert_eq!(values, [expected]);
        }
    }
}
