//! Decimal digits, several at a time: most of what cards, accounts and telephone numbers cost beside the cipher.

use std::array;

/// Decimal digits of the largest `u64`.
pub(super) const MOST: usize = 20;

/// `00` to `99`.
const PAIRS: [[u8; 2]; 100] = {
    let mut pairs = [[0; 2]; 100];
    let mut pair = 0;
    while pair < 100 {
        pairs[pair] = [b'0' + (pair / 10) as u8, b'0' + (pair % 10) as u8];
        pair += 1;
    }
    pairs
};

/// The last `count` digits of a number (up to 20), with zeros before them, at the end of the array.
#[inline]
pub(super) fn of(mut number: u64, count: usize) -> [u8; MOST] {
    let mut text = [b'0'; MOST];
    let mut end = MOST;
    let first = MOST - count.min(MOST);
    while end > first + 1 {
        text[end - 2..end].copy_from_slice(&PAIRS[(number % 100) as usize]);
        number /= 100;
        end -= 2;
    }
    if end > first {
        text[end - 1] = b'0' + (number % 10) as u8;
    }
    text
}

/// How many digits a number has.
#[inline]
pub(super) fn count(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// The number that eight ASCII digits are. Adds pairs, then fours, then eights, all within one word.
#[inline]
pub(super) fn eight(digits: [u8; 8]) -> u64 {
    let word = u64::from_le_bytes(digits) & 0x0f0f_0f0f_0f0f_0f0f;
    let word = word.wrapping_mul(10).wrapping_add(word >> 8) & 0x00ff_00ff_00ff_00ff;
    let word = word.wrapping_mul(100).wrapping_add(word >> 16) & 0x0000_ffff_0000_ffff;
    word.wrapping_mul(10_000).wrapping_add(word >> 32) & 0xffff_ffff
}

/// The number that up to twenty ASCII digits at the end of the array are, what is before them being zeros. The
/// caller knows that it is at most `u64::MAX`.
#[inline]
pub(super) fn number(digits: &[u8; MOST]) -> u64 {
    let part = |start: usize| eight(array::from_fn(|place| digits[start + place]));
    let head = digits[..4].iter().fold(0, |head, digit| head * 10 + u64::from(digit & 15));
    head.wrapping_mul(10_000_000_000_000_000).wrapping_add(part(4) * 100_000_000 + part(12))
}

/// Replaces the last `count` digits of a cell by the last ones of `digits`; what is between them stays.
#[inline]
pub(super) fn replace(cell: &mut [u8], digits: &[u8; MOST], count: usize) {
    let count = count.min(MOST);
    if let Some(start) = cell.len().checked_sub(count)
        && cell[start..].iter().all(u8::is_ascii_digit)
    {
        return cell[start..].copy_from_slice(&digits[MOST - count..]);
    }
    let mut next = MOST;
    for byte in cell.iter_mut().rev() {
        if next > MOST - count && byte.is_ascii_digit() {
            next -= 1;
            *byte = digits[next];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn digits_and_numbers_agree(number in any::<u64>(), shift in 0u32..64, digits in 0usize..=MOST) {
            let number = number >> shift;
            let text = format!("{number:020}");
            prop_assert_eq!(&of(number, MOST)[..], text.as_bytes());
            prop_assert_eq!(&of(number, digits)[MOST - digits..], &text.as_bytes()[MOST - digits..]);
            prop_assert_eq!(super::number(&of(number, MOST)), number);
            prop_assert_eq!(count(number), number.to_string().len());
        }

        #[test]
        fn eight_digits_are_a_number(value in 0u64..100_000_000) {
            prop_assert_eq!(eight(format!("{value:08}").as_bytes().try_into().unwrap()), value);
        }
    }

    #[test]
    fn the_last_digits_of_a_cell_are_replaced() {
        for (cell, expected) in [("(12) 3-4", "(10) 4-2"), ("1234", "1042"), ("x 34", "x 42"), ("4", "2")] {
            let mut cell = cell.as_bytes().to_vec();
            replace(&mut cell, &of(42, 3), 3);
            assert_eq!(cell, expected.as_bytes());
        }
    }
}
