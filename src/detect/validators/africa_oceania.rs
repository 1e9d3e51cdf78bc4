//! Africa, Australia and New Zealand.

use super::common::{mod_97, verhoeff};
use super::parts::{
    BASE_36, at, digits, ends, is_alphanumeric, is_day, is_letters, is_luhn, number, place, strip, sum, two,
    when,
};

/// Australia, businesses.
pub(super) fn au_abn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let total = sum(text, &[10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10;
    Some(total % 89 == 0)
}

/// Australia, companies.
pub(super) fn au_acn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    Some(ends(text, (10 - sum(text, &[8, 7, 6, 5, 4, 3, 2, 1]) % 10) % 10))
}

/// Australia, taxpayers.
pub(super) fn au_tfn(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 8 | 9))?;
    let text = digits(text, text.len())?;
    Some(number(text)? > 0 && sum(text, &[1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 == 0)
}

/// Australia, Medicare: eight digits, a check digit, the issue, perhaps the person.
pub(super) fn au_medicare(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 10 | 11))?;
    let text = digits(text, text.len())?;
    Some((b'2'..=b'6').contains(&text[0]) && sum(text, &[1, 3, 7, 9, 1, 3, 7, 9]) % 10 == at(text, 8))
}

/// New Zealand, taxpayers: a second set of weights where the first gives 10.
pub(super) fn nz_ird(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"NZ");
    let padded = if text.len() == 8 { [b"0", text].concat() } else { text.to_vec() };
    let text = digits(&padded, 9)?;
    when((10_000_000..150_000_000).contains(&number(text)?))?;
    let check = |weights: &[i64]| (11 - sum(text, weights) % 11) % 11;
    let first = check(&[3, 2, 7, 6, 5, 4, 3, 2]);
    Some(ends(text, if first == 10 { check(&[7, 4, 3, 2, 5, 2, 7, 6]) } else { first }))
}

/// New Zealand, health: letters without I and O; three and four digits, or the form of 2019.
pub(super) fn nz_nhi(text: &[u8]) -> Option<bool> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWXYZ";
    when(text.len() == 7 && is_letters(&text[..3]))?;
    let mut total = 0;
    for (front, byte) in text[..6].iter().enumerate() {
        let value = if byte.is_ascii_digit() { i64::from(byte & 15) } else { place(LETTERS, *byte)? + 1 };
        total += value * (7 - front as i64);
    }
    digits(&text[3..5], 2)?;
    if text[5].is_ascii_digit() {
        let rest = total % 11;
        return Some(rest != 0 && ends(text, (11 - rest) % 10));
    }
    Some(text[6] == LETTERS[(23 - total % 24) as usize])
}

/// Algeria, taxpayers.
pub(super) fn dz_nif(text: &[u8]) -> Option<bool> {
    Some(matches!(text.len(), 15 | 20) && digits(text, text.len()).is_some())
}

/// Egypt, persons: century, birth date, governorate, number.
pub(super) fn eg_nid(text: &[u8]) -> Option<bool> {
    let text = digits(text, 14)?;
    let century = match text[0] {
        b'2' => 1900,
        b'3' => 2000,
        _ => return Some(false),
    };
    Some(
        is_day(century + two(text, 1), two(text, 3), two(text, 5))
            && matches!(two(text, 7), 1..=4 | 11..=19 | 21..=29 | 31..=35 | 88),
    )
}

/// Egypt, taxpayers.
pub(super) fn eg_tn(text: &[u8]) -> Option<bool> {
    Some(digits(text, 9).is_some())
}

/// Ghana, taxpayers.
pub(super) fn gh_tin(text: &[u8]) -> Option<bool> {
    when(
        text.len() == 11
            && b"PCGQV".contains(&text[0])
            && &text[1..3] == b"00"
            && is_alphanumeric(&text[3..]),
    )?;
    let total: i64 =
        text[1..10].iter().enumerate().map(|(front, byte)| (front as i64 + 1) * i64::from(byte & 15)).sum();
    let check = if total % 11 == 10 { b'X' } else { b'0' + (total % 11) as u8 };
    Some(text[10] == check)
}

/// Guinea, taxpayers.
pub(super) fn gn_nifp(text: &[u8]) -> Option<bool> {
    Some(is_luhn(digits(text, 9)?))
}

/// Kenya, taxpayers: persons and companies.
pub(super) fn ke_pin(text: &[u8]) -> Option<bool> {
    Some(
        text.len() == 11
            && b"AP".contains(&text[0])
            && digits(&text[1..10], 9).is_some()
            && text[10].is_ascii_uppercase(),
    )
}

/// Morocco, companies.
pub(super) fn ma_ice(text: &[u8]) -> Option<bool> {
    Some(mod_97(digits(text, 15)?)? == 0)
}

/// Mauritius, persons: letter of the surname, birth date, number.
pub(super) fn mu_nid(text: &[u8]) -> Option<bool> {
    when(text.len() == 14 && text[0].is_ascii_uppercase() && digits(&text[1..13], 12).is_some())?;
    let mut total = 0;
    for (front, byte) in text[..13].iter().enumerate() {
        total += (14 - front as i64) * place(BASE_36, *byte)?;
    }
    let date = is_day(1900 + two(text, 5), two(text, 3), two(text, 1))
        || is_day(2000 + two(text, 5), two(text, 3), two(text, 1));
    Some(date && text[13] == BASE_36[((17 - total % 17) % 17) as usize])
}

/// Mozambique, taxpayers.
pub(super) fn mz_nuit(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    Some(text[8] == b"01234567891"[(sum(text, &[8, 9, 4, 5, 6, 7, 8, 9]) % 11) as usize])
}

/// Nigeria, persons.
pub(super) fn ng_nin(text: &[u8]) -> Option<bool> {
    verhoeff(digits(text, 11)?)
}

/// Senegal, taxpayers: seven or nine digits, perhaps with a code of the tax behind them.
pub(super) fn sn_ninea(text: &[u8]) -> Option<bool> {
    let digits_end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (front, cofi) =
        if text.len() > 9 { text.split_at(text.len() - 3) } else { text.split_at(digits_end) };
    let known = match cofi {
        [] => true,
        [first, second, third] => {
            (b'0'..=b'2').contains(first)
                && b"ABCDEFGHJKLMNPQRSTUVWZ".contains(second)
                && third.is_ascii_digit()
        }
        _ => false,
    };
    let padded = if front.len() == 7 { [b"00", front].concat() } else { front.to_vec() };
    Some(known && sum(digits(&padded, 9)?, &[1, 2, 1, 2, 1, 2, 1, 2, 1]) % 10 == 0)
}

/// Tunisia, taxpayers: seven digits, a check letter, codes of the tax and the kind, the establishment.
pub(super) fn tn_mf(text: &[u8]) -> Option<bool> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRSTVWXYZ";
    let front = text.iter().position(|byte| !byte.is_ascii_digit())?;
    when((1..=7).contains(&front))?;
    let rest = &text[front..];
    when(LETTERS.contains(&rest[0]))?;
    let known = match rest.len() {
        1 => true,
        6 => {
            b"ABPDN".contains(&rest[1])
                && b"MPCNE".contains(&rest[2])
                && digits(&rest[3..], 3).is_some()
                && (&rest[3..] == b"000" || rest[2] == b'E')
        }
        _ => false,
    };
    Some(known)
}

/// South Africa, persons: birth date, sex, citizenship, a Luhn digit.
pub(super) fn za_idnr(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    let date = is_day(1900 + two(text, 0), two(text, 2), two(text, 4))
        || is_day(2000 + two(text, 0), two(text, 2), two(text, 4));
    Some(date && b"012".contains(&text[10]) && is_luhn(text))
}

/// South Africa, taxpayers.
pub(super) fn za_tin(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"ZA"), 10)?;
    Some(b"01239".contains(&text[0]) && is_luhn(text))
}
