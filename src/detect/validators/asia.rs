//! Asia and the Middle East.

use super::common::{mod_11_2, verhoeff};
use super::parts::{
    BASE_36, at, digits, ends, is_alphanumeric, is_day, is_letters, is_luhn, number, place, sum, two, when,
};

/// China, persons: province, birth date, number, ISO/IEC 7064 MOD 11-2.
pub(super) fn cn_ric(text: &[u8]) -> Option<bool> {
    when(text.len() == 18)?;
    let front = digits(&text[..17], 17)?;
    let year = number(&front[6..10])?.cast_signed();
    let province =
        matches!(two(front, 0), 11..=15 | 21..=23 | 31..=37 | 41..=46 | 50..=54 | 61..=65 | 71 | 81 | 82);
    Some(
        province
            && (1800..2200).contains(&year)
            && is_day(year, two(front, 10), two(front, 12))
            && mod_11_2(text)?,
    )
}

/// China, organisations.
pub(super) fn cn_uscc(text: &[u8]) -> Option<bool> {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
    const WEIGHTS: [i64; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
    when(text.len() == 18 && digits(&text[2..8], 6).is_some())?;
    let mut total = 0;
    for (byte, weight) in text.iter().zip(WEIGHTS) {
        total += place(ALPHABET, *byte)? * weight;
    }
    Some(text[17] == ALPHABET[((31 - total % 31) % 31) as usize])
}

/// Hong Kong: one or two letters, six digits, a check character.
pub(super) fn hk_id(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 8 | 9))?;
    let (letters, rest) = text.split_at(text.len() - 7);
    when(is_letters(letters))?;
    let front = digits(&rest[..6], 6)?;
    let value = |byte: u8| i64::from(byte - b'A') + 10;
    let letters = match letters {
        [one] => 36 * 9 + value(*one) * 8,
        [one, two] => value(*one) * 9 + value(*two) * 8,
        _ => return None,
    };
    let check = if rest[6] == b'A' { 10 } else { number(&rest[6..])?.cast_signed() };
    Some((letters + sum(front, &[7, 6, 5, 4, 3, 2]) + check) % 11 == 0)
}

/// Taiwan, persons: a letter that counts as two digits.
pub(super) fn tw_id(text: &[u8]) -> Option<bool> {
    when(text.len() == 10)?;
    let letter = place(b"ABCDEFGHJKLMNPQRSTUVXYWZIO", text[0])? + 10;
    let rest = digits(&text[1..], 9)?;
    when(b"1289".contains(&rest[0]))?;
    Some((letter / 10 + letter % 10 * 9 + sum(rest, &[8, 7, 6, 5, 4, 3, 2, 1, 1])) % 10 == 0)
}

/// Taiwan, companies.
pub(super) fn tw_ubn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 8)?;
    let total: i64 = text
        .iter()
        .zip([1, 2, 1, 2, 1, 2, 4, 1])
        .map(|(byte, weight)| i64::from(byte & 15) * weight)
        .map(|value| value / 10 + value % 10)
        .sum();
    Some(total % 5 == 0 || text[6] == b'7' && (total + 1) % 5 == 0)
}

/// Japan, persons.
pub(super) fn jp_in(text: &[u8]) -> Option<bool> {
    let text = digits(text, 12)?;
    Some(ends(text, (-sum(text, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])).rem_euclid(11) % 10))
}

/// Japan, companies: the check digit comes first.
pub(super) fn jp_cn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    Some(at(text, 0) == 9 - sum(&text[1..], &[2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1]) % 9)
}

/// Korea, residents: birth date, sex and century, area, a check digit (not for numbers since October 2020).
pub(super) fn kr_rrn(text: &[u8]) -> Option<bool> {
    korean(text, b"12340 9", 2)
}

/// Korea, foreigners.
pub(super) fn kr_frn(text: &[u8]) -> Option<bool> {
    korean(text, b"5678", 0)
}

fn korean(text: &[u8], kinds: &[u8], most: i64) -> Option<bool> {
    let text = digits(text, 13)?;
    let century = match text[6] {
        b'1' | b'2' | b'5' | b'6' => 1900,
        b'3' | b'4' | b'7' | b'8' => 2000,
        _ => 1800,
    };
    when(kinds.contains(&text[6]))?;
    let total = sum(text, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]);
    let check = if most == 0 { (13 - total % 11) % 10 } else { (11 - total % 11) % 10 };
    Some(
        is_day(century + two(text, 0), two(text, 2), two(text, 4)) && two(text, 7) <= 96 && ends(text, check),
    )
}

/// Korea, companies.
pub(super) fn kr_brn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let total = sum(text, &[1, 3, 7, 1, 3, 7, 1, 3, 5]) + at(text, 8) * 5 / 10;
    Some(
        two(text, 0) * 10 + at(text, 2) >= 101
            && two(text, 3) != 0
            && &text[5..9] != b"0000"
            && ends(text, (10 - total % 10) % 10),
    )
}

/// India, residents.
pub(super) fn in_aadhaar(text: &[u8]) -> Option<bool> {
    let text = digits(text, 12)?;
    Some(text[0] >= b'2' && !is_palindrome(text) && verhoeff(text)?)
}

/// India, numbers that stand for a resident's for a time.
pub(super) fn in_vid(text: &[u8]) -> Option<bool> {
    let text = digits(text, 16)?;
    Some(text[0] >= b'2' && !is_palindrome(text) && verhoeff(text)?)
}

fn is_palindrome(text: &[u8]) -> bool {
    text.iter().eq(text.iter().rev())
}

/// India, taxpayers: the fourth letter is the kind of holder.
pub(super) fn in_pan(text: &[u8]) -> Option<bool> {
    when(text.len() == 10 && is_letters(&text[..5]) && text[9].is_ascii_uppercase())?;
    let serial = digits(&text[5..9], 4)?;
    Some(b"ABCFGHJKLPT".contains(&text[3]) && serial != b"0000")
}

/// India, goods and services tax: state, number of the taxpayer, a check character modulo 36.
pub(super) fn in_gstin(text: &[u8]) -> Option<bool> {
    when(text.len() == 15 && is_alphanumeric(text) && in_pan(&text[2..12])?)?;
    let state = two(digits(&text[..2], 2)?, 0);
    when(matches!(state, 1..=38 | 97 | 99) && text[12] != b'0' && text[13] == b'Z')?;
    let mut total = 0;
    for (front, byte) in text[..14].iter().enumerate() {
        let value = place(BASE_36, *byte)? * (1 + front as i64 % 2);
        total += value / 36 + value % 36;
    }
    Some(place(BASE_36, text[14]) == Some((36 - total % 36) % 36))
}

/// India, voters: three letters, six digits, a Luhn digit.
pub(super) fn in_epic(text: &[u8]) -> Option<bool> {
    when(text.len() == 10 && is_letters(&text[..3]))?;
    Some(is_luhn(digits(&text[3..], 7)?))
}

/// Indonesia, taxpayers: fifteen digits, sixteen with a zero, or the number of a person.
pub(super) fn id_npwp(text: &[u8]) -> Option<bool> {
    let text = digits(text, text.len())?;
    match text.len() {
        15 => Some(is_luhn(&text[..9])),
        16 if text[0] == b'0' => Some(is_luhn(&text[1..10])),
        _ => id_nik(text),
    }
}

/// Indonesia, persons: district, birth date with 40 added for women, number.
pub(super) fn id_nik(text: &[u8]) -> Option<bool> {
    let text = digits(text, 16)?;
    let day = two(text, 6);
    let day = if day > 40 { day - 40 } else { day };
    let date =
        is_day(1900 + two(text, 10), two(text, 8), day) || is_day(2000 + two(text, 10), two(text, 8), day);
    Some(
        date && matches!(two(text, 0), 11..=21 | 31..=36 | 51..=53 | 61..=65 | 71..=76 | 81 | 82 | 91..=96)
            && number(&text[12..])? > 0,
    )
}

/// Israel, persons: up to nine digits, zeros before them.
pub(super) fn il_idnr(text: &[u8]) -> Option<bool> {
    when((5..=9).contains(&text.len()) && number(digits(text, text.len())?)? > 0)?;
    Some(is_luhn(text))
}

/// Israel, companies.
pub(super) fn il_hp(text: &[u8]) -> Option<bool> {
    Some(text.starts_with(b"5") && is_luhn(digits(text, 9)?))
}

/// Malaysia, persons: birth date, place, number.
pub(super) fn my_nric(text: &[u8]) -> Option<bool> {
    let text = digits(text, 12)?;
    let date = is_day(1900 + two(text, 0), two(text, 2), two(text, 4))
        || is_day(2000 + two(text, 0), two(text, 2), two(text, 4));
    Some(date && !matches!(two(text, 6), 0 | 17..=20 | 69 | 70 | 73 | 80 | 81 | 94..=97))
}

/// Pakistan, persons: province and, in the last digit, sex.
pub(super) fn pk_cnic(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    Some((b'1'..=b'7').contains(&text[0]) && text[12] != b'0')
}

/// Singapore, residents and foreigners.
pub(super) fn sg_nric(text: &[u8]) -> Option<bool> {
    when(text.len() == 9)?;
    let total = sum(digits(&text[1..8], 7)?, &[2, 7, 6, 5, 4, 3, 2]);
    let (table, more): (&[u8; 11], i64) = match text[0] {
        b'S' => (b"JZIHGFEDCBA", 0),
        b'T' => (b"JZIHGFEDCBA", 4),
        b'F' => (b"XWUTRQPNMLK", 0),
        b'G' => (b"XWUTRQPNMLK", 4),
        b'M' => (b"XWUTRQPNJLK", 3),
        _ => return None,
    };
    Some(text[8] == table[((total + more) % 11) as usize])
}

/// Singapore, companies: of three kinds.
pub(super) fn sg_uen(text: &[u8]) -> Option<bool> {
    const OTHER: &[u8] = b"ABCDEFGHJKLMNPQRSTUVWX0123456789";
    let last = *text.last()?;
    match text.len() {
        9 => {
            let total = sum(digits(&text[..8], 8)?, &[10, 4, 9, 3, 8, 2, 7, 1]);
            Some(last == b"XMKECAWLJDB"[(total % 11) as usize])
        }
        10 if text[0].is_ascii_digit() => {
            let total = sum(digits(&text[..9], 9)?, &[10, 8, 6, 4, 9, 7, 5, 3, 1]);
            Some(last == b"ZKCMDNERGWH"[(total % 11) as usize])
        }
        10 => {
            when(
                b"RST".contains(&text[0]) && digits(&text[1..3], 2).is_some() && is_alphanumeric(&text[3..5]),
            )?;
            digits(&text[5..9], 4)?;
            let mut total = 0;
            for (byte, weight) in text.iter().zip([4, 3, 5, 3, 10, 2, 2, 5, 7]) {
                total += place(OTHER, *byte)? * weight;
            }
            Some(last == OTHER[((total - 5).rem_euclid(11)) as usize])
        }
        _ => None,
    }
}

/// Thailand, persons.
pub(super) fn th_pin(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    Some(!b"09".contains(&text[0]) && thai(text))
}

/// Thailand, companies.
pub(super) fn th_moa(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    Some(text[0] == b'0' && thai(text))
}

/// Thailand, taxpayers: persons or companies.
pub(super) fn th_tin(text: &[u8]) -> Option<bool> {
    Some(th_pin(text)? || th_moa(text)?)
}

fn thai(text: &[u8]) -> bool {
    ends(text, (11 - sum(text, &[13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 10)
}

/// Vietnam, taxpayers: with three digits more for a branch.
pub(super) fn vn_mst(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 10 | 13))?;
    let text = digits(text, text.len())?;
    let check = 10 - sum(text, &[31, 29, 23, 19, 17, 13, 7, 5, 3]) % 11;
    Some(&text[2..9] != b"0000000" && check == at(text, 9) && (text.len() == 10 || &text[10..] != b"000"))
}

/// Vietnam, persons: province, century and sex, year.
pub(super) fn vn_cccd(text: &[u8]) -> Option<bool> {
    let text = digits(text, 12)?;
    Some((1..=96).contains(&number(&text[..3])?) && text[3] <= b'3')
}

/// The Emirates, persons.
pub(super) fn ae_eid(text: &[u8]) -> Option<bool> {
    let text = digits(text, 15)?;
    Some(text.starts_with(b"784") && (1900..2100).contains(&number(&text[3..7])?) && is_luhn(text))
}

/// Saudi Arabia, citizens and residents.
pub(super) fn sa_id(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(b"12".contains(&text[0]) && is_luhn(text))
}

/// The Philippines, taxpayers: a check digit for the first eight.
pub(super) fn ph_tin(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 9 | 12 | 14))?;
    let text = digits(text, text.len())?;
    Some(sum(text, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 % 10 == at(text, 8))
}
