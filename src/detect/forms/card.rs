//! Payment cards: digits of an issuer's range and length with a Luhn digit, in usual groups.

use crate::detect::validators::is_luhn;

/// Bits of evidence that a value is a card's number: one digit of check, and the few prefixes that are given out.
pub(in crate::detect) fn strength(value: &[u8]) -> Option<f32> {
    let (digits, count, grouped) = read(value)?;
    let digits = &digits[..count];
    (is_issued(digits) && is_luhn(digits)).then_some(if grouped { 8.0 } else { 6.0 })
}

/// The same for a number in a text. Where a word beside it says that it is a card, brands are not asked for, and in four
/// groups of four digits not even the check: people mistype.
pub(in crate::detect) fn in_text(value: &[u8], hinted: bool) -> Option<f32> {
    if !hinted {
        return strength(value);
    }
    let (digits, count, grouped) = read(value)?;
    let digits = &digits[..count];
    if count < 12 || digits.iter().all(|byte| *byte == digits[0]) {
        return None;
    }
    if is_luhn(digits) {
        return Some(if is_issued(digits) { 12.0 } else { 9.0 });
    }
    let fours = grouped && value.split(|byte| !byte.is_ascii_digit()).all(|group| group.len() == 4);
    (fours && count == 16 && is_issued(digits)).then_some(6.0)
}

/// The digits of a value, how many they are, and whether they are in groups.
fn read(value: &[u8]) -> Option<([u8; 19], usize, bool)> {
    let mut digits = [0_u8; 19];
    let mut count = 0;
    for byte in value {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = *byte;
                count += 1;
            }
            b' ' | b'-' | b'.' => {}
            _ => return None,
        }
    }
    let grouped = count != value.len();
    if grouped && !value.split(|byte| !byte.is_ascii_digit()).all(|group| (2..=7).contains(&group.len())) {
        return None;
    }
    Some((digits, count, grouped))
}

/// Whether a number has the first digits and the length of a brand (ISO/IEC 7812, and what the networks publish).
fn is_issued(digits: &[u8]) -> bool {
    if digits.len() < 12 || digits.iter().all(|byte| *byte == digits[0]) {
        return false;
    }
    let front = digits[..4].iter().fold(0_u32, |front, byte| front * 10 + u32::from(byte & 15));
    let six = digits[..6].iter().fold(0_u32, |front, byte| front * 10 + u32::from(byte & 15));
    match digits.len() {
        13 => (4000..=4999).contains(&front),
        14 => matches!(front, 3000..=3059 | 3095 | 3600..=3699 | 3800..=3999),
        15 => matches!(front, 3400..=3499 | 3700..=3799 | 2131 | 1800),
        16 => {
            matches!(front, 4000..=5599 | 2221..=2720 | 6011 | 6221..=6229 | 6240..=6289 | 6440..=6599 | 3528..=3589 | 2200..=2204 | 5600..=5899 | 6000..=6999 | 8100..=8171 | 9792)
                && !matches!(six, 600_000..=600_099)
        }
        12 | 17..=19 => {
            matches!(front, 5018 | 5020 | 5038 | 5600..=5899 | 6300..=6399 | 6700..=6799 | 6200..=6299 | 4000..=4999 | 3528..=3589 | 6000..=6099)
        }
        _ => false,
    }
}
