//! What checks are made of: fixed lengths, weighted sums, dates.

use crate::base::calendar::days_of_month;
pub(super) use crate::base::check_digits::{luhn, mod_11_10, number};

/// The text, if it is so many digits.
pub(super) fn digits(text: &[u8], count: usize) -> Option<&[u8]> {
    (text.len() == count && text.iter().all(u8::is_ascii_digit)).then_some(text)
}

/// The text without a prefix, if it has it.
pub(super) fn strip<'a>(text: &'a [u8], prefix: &[u8]) -> &'a [u8] {
    text.strip_prefix(prefix).unwrap_or(text)
}

/// The text if the condition holds.
pub(super) fn when(holds: bool) -> Option<()> {
    holds.then_some(())
}

/// The digit at a place.
pub(super) fn at(text: &[u8], place: usize) -> i64 {
    text.get(place).map_or(0, |byte| i64::from(byte & 15))
}

/// The sum of digits, each times its weight.
pub(super) fn sum(text: &[u8], weights: &[i64]) -> i64 {
    text.iter().zip(weights).map(|(byte, weight)| i64::from(byte & 15) * weight).sum()
}

/// The sum of digits from the last on, each times its weight.
pub(super) fn sum_back(text: &[u8], weights: &[i64]) -> i64 {
    text.iter().rev().zip(weights).map(|(byte, weight)| i64::from(byte & 15) * weight).sum()
}

/// Whether the last character is this digit.
pub(super) fn ends(text: &[u8], check: i64) -> bool {
    (0..10).contains(&check) && text.last() == Some(&(b'0' + check as u8))
}

/// Whether the last digit is the Luhn digit of the others.
pub(in crate::detect) fn is_luhn(text: &[u8]) -> bool {
    text.split_last().is_some_and(|(last, front)| text.iter().all(u8::is_ascii_digit) && *last == luhn(front))
}

/// Whether the last digit is the ISO/IEC 7064 MOD 11,10 digit of the others.
pub(super) fn is_mod_11_10(text: &[u8]) -> bool {
    text.split_last()
        .is_some_and(|(last, front)| text.iter().all(u8::is_ascii_digit) && *last == mod_11_10(front))
}

/// The number that two digits from a place on are.
pub(super) fn two(text: &[u8], place: usize) -> i64 {
    at(text, place) * 10 + at(text, place + 1)
}

/// Whether there is such a day.
pub(super) fn is_day(year: i64, month: i64, day: i64) -> bool {
    (1..=12).contains(&month) && day >= 1 && day <= days_of_month(year, month)
}

/// The place of a character in an alphabet.
pub(super) fn place(alphabet: &[u8], byte: u8) -> Option<i64> {
    alphabet.iter().position(|known| *known == byte).map(|place| place as i64)
}

/// Digits and capitals.
pub(super) const BASE_36: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// Whether all characters are digits or capitals.
pub(super) fn is_alphanumeric(text: &[u8]) -> bool {
    text.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// Whether all characters are capitals.
pub(super) fn is_letters(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_uppercase)
}
