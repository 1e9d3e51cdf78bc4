//! FF1 (SP 800-38G) in general: any radix from 2 to 2^16, any tweak, AES of any key length.
//!
//! The plain transcription that the fast form in [`ff1_bits`](super::ff1_bits) is held to, and that is checked against
//! the published vectors. All arithmetic is on digits, by Horner's rule: exact for every length, and no logarithm is
//! rounded.

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128Enc, Aes192Enc, Aes256Enc, Block};

/// FF1 under one key and radix.
///
/// ```
/// use scrub::base::ff1::Ff1;
/// let ff1 = Ff1::new(&[7; 32], 10).expect("a key of 32 bytes, radix 10");
/// let sealed = ff1.encrypt(b"tweak", &[4, 1, 1, 1, 1, 1]).expect("six digits are enough");
/// assert_eq!(ff1.decrypt(b"tweak", &sealed), Some(vec![4, 1, 1, 1, 1, 1]));
/// ```
pub struct Ff1 {
    cipher: Aes,
    radix: u32,
}

enum Aes {
    Aes128(Aes128Enc),
    Aes192(Aes192Enc),
    Aes256(Aes256Enc),
}

impl Ff1 {
    /// `None` unless the key has 16, 24 or 32 bytes and the radix is 2 to 65,536.
    pub fn new(key: &[u8], radix: u32) -> Option<Self> {
        let cipher = match key.len() {
            16 => Aes::Aes128(Aes128Enc::new_from_slice(key).ok()?),
            24 => Aes::Aes192(Aes192Enc::new_from_slice(key).ok()?),
            32 => Aes::Aes256(Aes256Enc::new_from_slice(key).ok()?),
            _ => return None,
        };
        (2..=1 << 16).contains(&radix).then_some(Self { cipher, radix })
    }

    /// Encrypts a string of digits.
    ///
    /// `None` if a digit is not below the radix, or the string is shorter than 2 digits or has fewer than 100
    /// values (the bound of the 2016 standard; Rev. 1 asks for a million, and so does
    /// [`Permutation`](super::Permutation)).
    pub fn encrypt(&self, tweak: &[u8], digits: &[u32]) -> Option<Vec<u32>> {
        let (mut a, mut b) = self.halves(digits)?;
        for round in 0..ROUNDS {
            let y = self.round(tweak, digits.len(), round, &b);
            self.add(&mut a, &y);
            (a, b) = (b, a);
        }
        Some([a, b].concat())
    }

    /// Undoes [`encrypt`](Self::encrypt).
    pub fn decrypt(&self, tweak: &[u8], digits: &[u32]) -> Option<Vec<u32>> {
        let (mut a, mut b) = self.halves(digits)?;
        for round in (0..ROUNDS).rev() {
            let y = self.round(tweak, digits.len(), round, &a);
            self.subtract(&mut b, &y);
            (a, b) = (b, a);
        }
        Some([a, b].concat())
    }

    fn halves(&self, digits: &[u32]) -> Option<(Vec<u32>, Vec<u32>)> {
        let values = digits.iter().fold(1, |values: u32, _| values.saturating_mul(self.radix));
        let valid = digits.len() >= 2
            && u32::try_from(digits.len()).is_ok()
            && values >= 100
            && digits.iter().all(|digit| *digit < self.radix);
        valid.then(|| digits.split_at(digits.len() / 2)).map(|(a, b)| (a.to_vec(), b.to_vec()))
    }

    /// The round function: `d` pseudorandom bytes from tweak, round and one half.
    fn round(&self, tweak: &[u8], length: usize, round: u8, half: &[u32]) -> Vec<u8> {
        let (left, right) = (length / 2, length - length / 2);
        let largest = to_bytes(&vec![self.radix - 1; right], self.radix);
        let b = largest.len();
        let d = 4 * b.div_ceil(4) + 4;
        let mut input = vec![1, 2, 1];
        input.extend_from_slice(&self.radix.to_be_bytes()[1..]);
        input.extend_from_slice(&[ROUNDS, left as u8]);
        input.extend_from_slice(&(length as u32).to_be_bytes());
        input.extend_from_slice(&(tweak.len() as u32).to_be_bytes());
        input.extend_from_slice(tweak);
        input.resize((input.len() + b + 1).next_multiple_of(16) - b - 1, 0);
        input.push(round);
        let half = to_bytes(half, self.radix);
        input.resize(input.len() + b - half.len(), 0);
        input.extend_from_slice(&half);

        let r = input.as_chunks().0.iter().fold(0, |r, block| self.block(r ^ u128::from_be_bytes(*block)));
        let mut s = r.to_be_bytes().to_vec();
        for j in (1..).take_while(|j| 16 * j < d) {
            s.extend_from_slice(&self.block(r ^ j as u128).to_be_bytes());
        }
        s.truncate(d);
        s
    }

    /// `digits + bytes` modulo radix^length.
    fn add(&self, digits: &mut [u32], bytes: &[u8]) {
        let y = self.digits(bytes, digits.len());
        let mut carry = 0;
        for (digit, y) in digits.iter_mut().zip(y).rev() {
            let sum = *digit + y + carry;
            (*digit, carry) = (sum % self.radix, sum / self.radix);
        }
    }

    /// `digits - bytes` modulo radix^length.
    fn subtract(&self, digits: &mut [u32], bytes: &[u8]) {
        let y = self.digits(bytes, digits.len());
        let mut borrow = 0;
        for (digit, y) in digits.iter_mut().zip(y).rev() {
            let difference = self.radix + *digit - y - borrow;
            (*digit, borrow) = (difference % self.radix, 1 - difference / self.radix);
        }
    }

    /// The last `length` digits of a number given as bytes.
    fn digits(&self, bytes: &[u8], length: usize) -> Vec<u32> {
        let mut digits = vec![0; length];
        for byte in bytes {
            let mut carry = u32::from(*byte);
            for digit in digits.iter_mut().rev() {
                let value = *digit * 256 + carry;
                (*digit, carry) = (value % self.radix, value / self.radix);
            }
        }
        digits
    }

    fn block(&self, block: u128) -> u128 {
        let mut bytes = Block::from(block.to_be_bytes());
        match &self.cipher {
            Aes::Aes128(cipher) => cipher.encrypt_block(&mut bytes),
            Aes::Aes192(cipher) => cipher.encrypt_block(&mut bytes),
            Aes::Aes256(cipher) => cipher.encrypt_block(&mut bytes),
        }
        u128::from_be_bytes(bytes.into())
    }
}

/// A number given as digits as the fewest big-endian bytes; none for zero.
fn to_bytes(digits: &[u32], radix: u32) -> Vec<u8> {
    let mut little_endian: Vec<u8> = Vec::new();
    for digit in digits {
        let mut carry = *digit;
        for byte in &mut little_endian {
            let value = u32::from(*byte) * radix + carry;
            (*byte, carry) = (value as u8, value >> 8);
        }
        while carry > 0 {
            little_endian.push(carry as u8);
            carry >>= 8;
        }
    }
    little_endian.reverse();
    little_endian
}

const ROUNDS: u8 = 10;

#[cfg(test)]
mod tests {
    use fpe::ff1::{FF1, FlexibleNumeralString};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn refuses_keys_radixes_and_strings_that_the_standard_refuses() {
        assert!(Ff1::new(&[0; 20], 10).is_none());
        assert!(Ff1::new(&[0; 16], 1).is_none());
        assert!(Ff1::new(&[0; 16], 65_537).is_none());
        let ff1 = Ff1::new(&[0; 16], 10).unwrap();
        assert_eq!(ff1.encrypt(b"", &[1]), None);
        assert_eq!(ff1.encrypt(b"", &[1, 10]), None);
        assert!(ff1.encrypt(b"", &[0, 0]).is_some());
        assert_eq!(Ff1::new(&[0; 16], 2).unwrap().encrypt(b"", &[1; 6]), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn agrees_with_the_fpe_crate(
            key: [u8; 32],
            radix in 2u32..=65_535,
            tweak in prop::collection::vec(any::<u8>(), 0..40),
            digits in prop::collection::vec(any::<u16>(), 20..80),
        ) {
            let digits: Vec<u16> = digits.iter().map(|digit| (u32::from(*digit) % radix) as u16).collect();
            let wide: Vec<u32> = digits.iter().map(|digit| (*digit).into()).collect();
            let oracle = FF1::<aes::Aes256>::new(&key, radix).unwrap();
            let sealed: Vec<u16> = oracle.encrypt(&tweak, &FlexibleNumeralString::from(digits)).unwrap().into();
            let sealed: Vec<u32> = sealed.into_iter().map(u32::from).collect();
            let ff1 = Ff1::new(&key, radix).unwrap();
            prop_assert_eq!(ff1.encrypt(&tweak, &wide), Some(sealed.clone()));
            prop_assert_eq!(ff1.decrypt(&tweak, &sealed), Some(wide));
        }
    }
}
