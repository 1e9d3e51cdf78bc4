//! Decimal digits, several at a time: most of what cards, accounts and telephone numbers cost beside the cipher.

use std::array;

/// Decimal digits of the largest `u64`.
pub(super) const MOST: usize = 20;

/// At least the last `count` digits of a number (up to 20), at the end of the array; zeros where it has no more.
#[inline]
pub(super) fn of(number: u64, count: usize) -> [u8; MOST] {
    let mut text = [b'0'; MOST];
    let (upper, lower) = (number / 100_000_000, number % 100_000_000);
    text[12..].copy_from_slice(&eight_of(lower));
    if count > 8 {
        let (head, middle) = (upper / 100_000_000, upper % 100_000_000);
        text[4..12].copy_from_slice(&eight_of(middle));
        if count > 16 {
            let head = eight_of(head);
            text[..4].copy_from_slice(&head[4..]);
        }
    }
    text
}

/// The digits of a number below 10^8. Halves it, then quarters, then single digits, all within one word.
#[inline]
fn eight_of(number: u64) -> [u8; 8] {
    let halves = (number / 10_000) | ((number % 10_000) << 32);
    let hundreds = ((halves * 10_486) >> 20) & 0x0000_007f_0000_007f;
    let pairs = hundreds | ((halves - hundreds * 100) << 16);
    let tens = ((pairs * 103) >> 10) & 0x000f_000f_000f_000f;
    let digits = tens | (pairs - tens * 10) << 8;
    (digits | 0x3030_3030_3030_3030).to_le_bytes()
}

/// How many digits a number has.
#[inline]
pub(super) fn count(number: u64) -> usize {
    number.checked_ilog10().map_or(1, |log| log as usize + 1)
}

/// Whether all of up to 20 characters are digits, and the array that ends with them after zeros.
#[inline]
pub(super) fn padded(value: &[u8]) -> Option<[u8; MOST]> {
    let mut text = [b'0'; MOST];
    let start = MOST.checked_sub(value.len())?;
    match (value.first_chunk::<8>(), value.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            // The middle of a value of more than 16 comes from neither end.
            if value.len() > 16 {
                text[4..12].copy_from_slice(&value[value.len() - 16..][..8]);
            }
            text[start..start + 8].copy_from_slice(first);
            text[12..].copy_from_slice(last);
        }
        _ => text[start..].copy_from_slice(value),
    }
    let (words, _) = text[4..].as_chunks::<8>();
    let head = [text[0], text[1], text[2], text[3], b'0', b'0', b'0', b'0'];
    words.iter().chain([&head]).all(|word| are_digits(u64::from_le_bytes(*word))).then_some(text)
}

/// Whether the eight bytes of a word are digits.
#[inline]
fn are_digits(word: u64) -> bool {
    let values = word ^ 0x3030_3030_3030_3030;
    (values | values.wrapping_add(0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080 == 0
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

/// Appends the last `count` of the digits.
#[inline]
pub(super) fn append(digits: &[u8; MOST], count: usize, out: &mut Vec<u8>) {
    // Copied at a fixed length and cut.
    let mut shifted = [0; 2 * MOST];
    shifted[..MOST].copy_from_slice(digits);
    let start = MOST - count.min(MOST);
    let end = out.len() + MOST - start;
    if let Some(digits) = shifted[start..].first_chunk::<MOST>() {
        out.extend_from_slice(digits);
        out.truncate(end);
    }
}

/// Appends the last `count` digits of a number, with zeros before them.
#[inline]
pub(super) fn push(number: u64, count: usize, out: &mut Vec<u8>) {
    if count > 8 {
        return append(&of(number, count), count, out);
    }
    // Eight digits without those before the last `count`, and what is too much cut off.
    let end = out.len() + count;
    let digits = u64::from_le_bytes(eight_of(number % 100_000_000)) >> (8 * (8 - count)).min(63);
    out.extend_from_slice(&digits.to_le_bytes());
    out.truncate(end);
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

    fn zeros_before(text: &str, digits: usize) -> [u8; MOST] {
        let mut zeros = [b'0'; MOST];
        zeros[MOST - digits..].copy_from_slice(&text.as_bytes()[MOST - digits..]);
        zeros
    }

    proptest! {
        #[test]
        fn what_is_not_all_digits_is_not_padded(value in "[0-9]{0,10}[ -~\u{80}-\u{ff}][0-9]{0,10}") {
            let digits = value.bytes().all(|byte| byte.is_ascii_digit());
            prop_assert_eq!(padded(value.as_bytes()).is_some(), digits && value.len() <= MOST);
        }

        #[test]
        fn digits_and_numbers_agree(number in any::<u64>(), shift in 0u32..64, digits in 0usize..=MOST) {
            let number = number >> shift;
            let text = format!("{number:020}");
            prop_assert_eq!(&of(number, MOST)[..], text.as_bytes());
            prop_assert_eq!(padded(&text.as_bytes()[MOST - digits..]), Some(zeros_before(&text, digits)));
            prop_assert_eq!(&of(number, digits)[MOST - digits..], &text.as_bytes()[MOST - digits..]);
            prop_assert_eq!(super::number(&of(number, MOST)), number);
            prop_assert_eq!(count(number), number.to_string().len());
        }

        #[test]
        fn a_number_is_written_with_as_many_digits_as_are_asked_for(number in any::<u64>(), digits in 0usize..=MOST) {
            let mut out = b"x".to_vec();
            push(number, digits, &mut out);
            let text = format!("{number:020}");
            prop_assert_eq!(&out[1..], &text.as_bytes()[MOST - digits..]);
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
