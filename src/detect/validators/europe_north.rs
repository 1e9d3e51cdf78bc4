//! The Nordic and Baltic countries, the United Kingdom and Ireland.

use super::parts::{at, digits, ends, is_day, is_letters, is_luhn, number, place, strip, sum, two, when};

/// Denmark, civil registration: day, month, year, century in the seventh digit. Check digits ran out in 2007.
pub(super) fn dk_cpr(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let year = two(text, 4);
    let century = match (text[6], year) {
        (b'0'..=b'3', _) => 1900,
        (b'4' | b'9', 37..) => 1900,
        (b'4' | b'9', _) => 2000,
        (_, 58..) => 1800,
        _ => 2000,
    };
    Some(is_day(century + year, two(text, 2), two(text, 0)))
}

/// Denmark, companies.
pub(super) fn dk_cvr(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"DK"), 8)?;
    Some(text[0] != b'0' && sum(text, &[2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0)
}

/// Sweden, persons: six or eight digits of the birth date, three, a Luhn digit.
pub(super) fn se_personnummer(text: &[u8]) -> Option<bool> {
    let text: Vec<u8> = text.iter().copied().filter(|byte| !b"+-".contains(byte)).collect();
    let (century, short) = match text.len() {
        12 => (Some(two(&text, 0)), &text[2..]),
        10 => (None, &text[..]),
        _ => return None,
    };
    let short = digits(short, 10)?;
    let day = two(short, 4);
    let day = if day > 60 { day - 60 } else { day };
    let exists = |century: i64| is_day(century * 100 + two(short, 0), two(short, 2), day);
    let date = century
        .map_or_else(|| exists(19) || exists(20), |century| (18..=20).contains(&century) && exists(century));
    Some(date && is_luhn(short))
}

/// Sweden, organisations.
pub(super) fn se_orgnr(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(is_luhn(text))
}

/// Sweden, VAT.
pub(super) fn se_vat(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"SE"), 12)?;
    Some(&text[10..] == b"01" && is_luhn(&text[..10]))
}

/// Sweden, postcodes.
pub(super) fn se_postnummer(text: &[u8]) -> Option<bool> {
    Some(digits(strip(text, b"SE"), 5)?[0] != b'0')
}

/// Norway, persons: two check digits.
pub(super) fn no_fodselsnummer(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let check = |weights: &[i64]| (11 - sum(text, weights) % 11) % 11;
    when(
        at(text, 9) == check(&[3, 7, 6, 1, 8, 9, 4, 5, 2])
            && ends(text, check(&[5, 4, 3, 2, 7, 6, 5, 4, 3, 2])),
    )?;
    let (mut day, mut month, year) = (two(text, 0), two(text, 2), two(text, 4));
    // Numbers for those without a residence, from hospitals, and for tests.
    if day > 40 {
        day -= 40;
    }
    if month > 80 {
        month -= 80;
    } else if month > 40 {
        month -= 40;
    }
    let century = match (number(&text[6..9])?, year) {
        (0..=499, _) => 1900,
        (500..=749, 54..) => 1800,
        (500..=999, 0..=39) => 2000,
        (900..=999, 40..) => 1900,
        _ => return Some(false),
    };
    Some(is_day(century + year, month, day))
}

/// Norway, organisations.
pub(super) fn no_orgnr(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    Some(ends(text, (11 - sum(&text[..8], &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11))
}

/// Norway, VAT.
pub(super) fn no_mva(text: &[u8]) -> Option<bool> {
    no_orgnr(strip(text, b"NO").strip_suffix(b"MVA")?)
}

/// Norway, bank accounts.
pub(super) fn no_kontonr(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"0000");
    match text.len() {
        7 => Some(is_luhn(text)),
        _ => {
            let text = digits(text, 11)?;
            Some(ends(text, sum(&text[..10], &[6, 7, 8, 9, 4, 5, 6, 7, 8, 9]) % 11))
        }
    }
}

/// Norway, IBAN.
pub(super) fn no_iban(text: &[u8]) -> Option<bool> {
    when(text.starts_with(b"NO") && text.len() == 15)?;
    Some(super::iban::iban(text)? && no_kontonr(&text[4..])?)
}

/// Finland, persons: date, sign of the century, number, check character.
pub(super) fn fi_hetu(text: &[u8]) -> Option<bool> {
    when(text.len() == 11)?;
    let (date, serial) = (digits(&text[..6], 6)?, digits(&text[7..10], 3)?);
    let century = match text[6] {
        b'+' => 1800,
        b'-' | b'U'..=b'Y' => 1900,
        b'A'..=b'F' => 2000,
        _ => return None,
    };
    let rest = (number(date)? * 1000 + number(serial)?) % 31;
    let letter = b"0123456789ABCDEFHJKLMNPRSTUVWXY"[rest as usize];
    Some(
        is_day(century + two(date, 4), two(date, 2), two(date, 0))
            && number(serial)? >= 2
            && text[10] == letter,
    )
}

/// Finland, companies and VAT.
pub(super) fn fi_alv(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"FI"), 8)?;
    Some(sum(text, &[7, 9, 10, 5, 8, 4, 2, 1]) % 11 == 0)
}

/// Iceland: persons and companies.
pub(super) fn is_kennitala(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let century = match text[9] {
        b'9' => 1900,
        b'0' => 2000,
        b'8' => 1800,
        _ => return Some(false),
    };
    let day = two(text, 0);
    let day = if day > 40 { day - 40 } else { day };
    Some(
        is_day(century + two(text, 4), two(text, 2), day)
            && sum(text, &[3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0,
    )
}

/// The Faroe Islands, VAT.
pub(super) fn fo_vn(text: &[u8]) -> Option<bool> {
    Some(digits(strip(text, b"FO"), 6).is_some())
}

/// Estonia and Lithuania, persons: century and sex, birth date, number, a check digit in two tries.
pub(super) fn ee_ik(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let century = match text[0] {
        b'1' | b'2' => 1800,
        b'3' | b'4' => 1900,
        b'5' | b'6' => 2000,
        b'7' | b'8' => 2100,
        // Lithuania gives 9 to those whose birth date is not known.
        _ => return Some(false),
    };
    Some(is_day(century + two(text, 1), two(text, 3), two(text, 5)) && ends(text, twice(&text[..10])))
}

/// Lithuania, persons.
pub(super) fn lt_asmens(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    if text[0] == b'9' {
        return Some(ends(text, twice(&text[..10])));
    }
    ee_ik(text)
}

/// A check digit by two sets of weights, the second where the first gives 10.
fn twice(front: &[u8]) -> i64 {
    let weigh = |first: i64| -> i64 {
        front
            .iter()
            .enumerate()
            .map(|(place, byte)| i64::from(byte & 15) * ((place as i64 + first) % 9 + 1))
            .sum::<i64>()
            % 11
    };
    match weigh(0) {
        10 => weigh(2) % 10,
        check => check,
    }
}

/// Estonia, companies.
pub(super) fn ee_registrikood(text: &[u8]) -> Option<bool> {
    let text = digits(text, 8)?;
    Some(b"1789".contains(&text[0]) && ends(text, twice(&text[..7])))
}

/// Estonia, VAT.
pub(super) fn ee_kmkr(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"EE"), 9)?;
    Some(sum(text, &[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0)
}

/// Lithuania, VAT.
pub(super) fn lt_pvm(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"LT");
    when(matches!(text.len(), 9 | 12) && text[text.len() - 2] == b'1')?;
    let text = digits(text, text.len())?;
    Some(ends(text, twice(&text[..text.len() - 1])))
}

/// Latvia: companies, and persons by birth date or, since 2017, `32` and digits.
pub(super) fn lv_pvn(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"LV"), 11)?;
    if text[0] > b'3' {
        return Some(sum(text, &[9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1]) % 11 == 3);
    }
    let check = (1 + sum(text, &[10, 5, 8, 4, 2, 1, 6, 3, 7, 9])) % 11 % 10;
    let date = || is_day(1800 + at(text, 6) * 100 + two(text, 4), two(text, 2), two(text, 0));
    Some(ends(text, check) && (text.starts_with(b"32") || date()))
}

/// The United Kingdom, health service.
pub(super) fn gb_nhs(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(sum(text, &[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0)
}

/// Scotland, health service: a birth date first.
pub(super) fn gb_chi(text: &[u8]) -> Option<bool> {
    let date = is_day(1900 + two(text, 4), two(text, 2), two(text, 0))
        || is_day(2000 + two(text, 4), two(text, 2), two(text, 0));
    Some(gb_nhs(text)? && date)
}

/// The United Kingdom, taxpayers.
pub(super) fn gb_utr(text: &[u8]) -> Option<bool> {
    let text = digits(text.strip_suffix(b"K").unwrap_or(text), 10)?;
    let rest = sum(&text[1..], &[6, 7, 8, 9, 10, 5, 4, 3, 2]) % 11;
    Some(b"21987654321".get(rest as usize) == Some(&text[0]))
}

/// The United Kingdom, national insurance: letters that are not given, a suffix A to D.
pub(super) fn gb_nino(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 8 | 9) && digits(&text[2..8], 6).is_some() && is_letters(&text[..2]))?;
    let first = !b"DFIQUV".contains(&text[0]);
    let second = !b"DFIQUVO".contains(&text[1]);
    let given =
        ![b"BG", b"GB", b"KN", b"NK", b"NT", b"TN", b"ZZ"].iter().any(|front| text.starts_with(*front));
    Some(first && second && given && text.get(8).is_none_or(|last| (b'A'..=b'D').contains(last)))
}

/// The United Kingdom, pupils.
pub(super) fn gb_upn(text: &[u8]) -> Option<bool> {
    const LETTERS: &[u8] = b"ABCDEFGHJKLMNPQRTUVWXYZ0123456789";
    when(text.len() == 13 && digits(&text[1..12], 11).is_some())?;
    let mut sum = 0;
    for (front, byte) in text[1..].iter().enumerate() {
        let value = if byte.is_ascii_digit() { i64::from(byte & 15) } else { place(LETTERS, *byte)? };
        sum += (front as i64 + 2) * value;
    }
    Some(text[0] == LETTERS[(sum % 23) as usize])
}

/// The United Kingdom, VAT.
pub(super) fn gb_vat(text: &[u8]) -> Option<bool> {
    let text = strip(strip(text, b"GB"), b"XI");
    match text {
        [b'G', b'D', rest @ ..] if rest.len() == 3 => Some(number(rest)? < 500),
        [b'H', b'A', rest @ ..] if rest.len() == 3 => Some(number(rest)? >= 500),
        // Departments and health authorities, as other countries write them.
        [b'G', b'D', b'8', b'8', b'8', b'8', rest @ ..] | [b'H', b'A', b'8', b'8', b'8', b'8', rest @ ..] => {
            let serial = number(&digits(rest, 5)?[..3])?;
            Some((serial < 500) == (text[0] == b'G') && number(&rest[3..])? == serial % 97)
        }
        _ => {
            when(matches!(text.len(), 9 | 12))?;
            let text = digits(text, text.len())?;
            let rest = sum(text, &[8, 7, 6, 5, 4, 3, 2, 10, 1]) % 97;
            Some(matches!(rest, 0 | 42) || rest == 55 && number(&text[..3])? >= 100)
        }
    }
}

/// The London stock exchange.
pub(super) fn gb_sedol(text: &[u8]) -> Option<bool> {
    when(text.len() == 7)?;
    when(!text[0].is_ascii_digit() || text.iter().all(u8::is_ascii_digit))?;
    when(!text.iter().any(|byte| b"AEIOU".contains(byte)))?;
    let mut sum = 0;
    for (byte, weight) in text.iter().zip([1, 3, 1, 7, 3, 9]) {
        sum += place(super::parts::BASE_36, *byte)? * weight;
    }
    Some(ends(text, (10 - sum % 10) % 10))
}

/// The United Kingdom, driving licences: five characters of the surname, the birth date with the sex, initials.
pub(super) fn gb_driver(text: &[u8]) -> Option<bool> {
    when(
        matches!(text.len(), 16 | 18)
            && text[..5].iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'9'),
    )?;
    let name = text[..5].iter().rposition(u8::is_ascii_uppercase)?;
    when(text[..=name].iter().all(u8::is_ascii_uppercase))?;
    let date = digits(&text[5..11], 6)?;
    let month = two(date, 1);
    let month = if month > 50 { month - 50 } else { month };
    let year = at(date, 0) * 10 + at(date, 5);
    let initials = text[11].is_ascii_uppercase() && (text[12].is_ascii_uppercase() || text[12] == b'9');
    Some(initials && (is_day(2000 + year, month, two(date, 3)) || is_day(1900 + year, month, two(date, 3))))
}

/// Ireland, persons.
pub(super) fn ie_pps(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 8 | 9) && text.get(8).is_none_or(|byte| b"AHWTX".contains(byte)))?;
    let front = digits(&text[..7], 7)?;
    // The W of the past, for wives, is not part of the sum.
    let extra = text.get(8).filter(|byte| b"AH".contains(byte)).map_or(0, |byte| i64::from(byte - b'A') + 1);
    Some(text[7] == irish(front, extra))
}

fn irish(front: &[u8], extra: i64) -> u8 {
    b"WABCDEFGHIJKLMNOPQRSTUV"[((sum(front, &[8, 7, 6, 5, 4, 3, 2]) + extra * 9) % 23) as usize]
}

/// Ireland, VAT.
pub(super) fn ie_vat(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"IE");
    when(matches!(text.len(), 8 | 9) && text[0].is_ascii_digit() && digits(&text[2..7], 5).is_some())?;
    if text[1].is_ascii_digit() {
        let extra = text.get(8).map_or(Some(0), |byte| place(b"WABCDEFGHIJKLMNOPQRSTUV", *byte))?;
        return Some(text[7] == irish(&text[..7], extra));
    }
    when(text[1].is_ascii_uppercase() || b"+*".contains(&text[1]))?;
    let front = [b"0", &text[2..7], &text[..1]].concat();
    Some(text.len() == 8 && text[7] == irish(&front, 0))
}
