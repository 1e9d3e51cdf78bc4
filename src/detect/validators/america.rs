//! North, Central and South America.

use super::parts::{
    at, digits, ends, is_alphanumeric, is_day, is_letters, is_luhn, number, place, strip, sum, sum_back, two,
    when,
};

/// The digits of a number that is written at once or in groups of these lengths.
fn grouped<const COUNT: usize>(text: &[u8], groups: &[usize]) -> Option<[u8; COUNT]> {
    let plain: Vec<u8> = text.iter().copied().filter(u8::is_ascii_digit).collect();
    let lengths = || text.split(|byte| b" -.".contains(byte)).map(<[u8]>::len);
    when(text.len() == COUNT || lengths().eq(groups.iter().copied()))?;
    when(text.iter().all(|byte| byte.is_ascii_digit() || b" -.".contains(byte)))?;
    plain.try_into().ok()
}

/// The United States, social security: areas, groups and serials that are issued.
pub(super) fn us_ssn(text: &[u8]) -> Option<bool> {
    let text = &grouped::<9>(text, &[3, 2, 4])?;
    let area = number(&text[..3])?;
    let advertised = [b"078051120".as_slice(), b"457555462", b"219099999"].contains(&text.as_slice());
    Some(
        area != 0
            && area != 666
            && area < 900
            && &text[3..5] != b"00"
            && &text[5..] != b"0000"
            && !advertised,
    )
}

/// The United States, taxpayers without social security.
pub(super) fn us_itin(text: &[u8]) -> Option<bool> {
    let text = &grouped::<9>(text, &[3, 2, 4])?;
    Some(text[0] == b'9' && matches!(two(text, 3), 50..=65 | 70..=88 | 90..=92 | 94..=99))
}

/// The United States, children in adoption.
pub(super) fn us_atin(text: &[u8]) -> Option<bool> {
    let text = &grouped::<9>(text, &[3, 2, 4])?;
    Some(text[0] == b'9' && two(text, 3) == 93)
}

/// The United States, employers: prefixes of the offices.
pub(super) fn us_ein(text: &[u8]) -> Option<bool> {
    let text = &grouped::<9>(text, &[2, 7])?;
    let prefix = two(text, 0);
    Some(!matches!(prefix, 0 | 7..=9 | 17..=19 | 28 | 29 | 49 | 69 | 70 | 78 | 79 | 89 | 96 | 97))
}

/// The United States, tax preparers.
pub(super) fn us_ptin(text: &[u8]) -> Option<bool> {
    Some(text.len() == 9 && text[0] == b'P' && digits(&text[1..], 8).is_some())
}

/// The United States, banks.
pub(super) fn us_rtn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    let issued = matches!(two(text, 0), 0..=12 | 21..=32 | 61..=72 | 80);
    Some(issued && number(text)? > 0 && sum(text, &[3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 == 0)
}

/// The United States, health providers: a Luhn digit with 80840 before the number.
pub(super) fn us_npi(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(b"12".contains(&text[0]) && is_luhn(&[b"80840", text].concat()))
}

/// The United States, prescribers.
pub(super) fn us_dea(text: &[u8]) -> Option<bool> {
    when(
        text.len() == 9
            && b"ABCDEFGHJKLMPRSTUX".contains(&text[0])
            && (text[1].is_ascii_uppercase() || text[1] == b'9'),
    )?;
    let rest = digits(&text[2..], 7)?;
    let total = at(rest, 0) + at(rest, 2) + at(rest, 4) + 2 * (at(rest, 1) + at(rest, 3) + at(rest, 5));
    Some(ends(rest, total % 10))
}

/// The United States, Medicare: letters without those that look like digits.
pub(super) fn us_mbi(text: &[u8]) -> Option<bool> {
    const LETTERS: &[u8] = b"ACDEFGHJKMNPQRTUVWXY";
    when(text.len() == 11)?;
    // C: 1 to 9; N: a digit; A: a letter; E: either.
    let fits = text.iter().zip(b"CAENAENAANN").all(|(byte, form)| match form {
        b'C' => (b'1'..=b'9').contains(byte),
        b'N' => byte.is_ascii_digit(),
        b'A' => LETTERS.contains(byte),
        _ => byte.is_ascii_digit() || LETTERS.contains(byte),
    });
    Some(fits)
}

/// Canada, social insurance.
pub(super) fn ca_sin(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    Some(!b"08".contains(&text[0]) && is_luhn(text))
}

/// Canada, businesses: perhaps with a programme behind the number.
pub(super) fn ca_bn(text: &[u8]) -> Option<bool> {
    let (front, programme) = text.split_at_checked(9)?;
    let known = programme.is_empty()
        || programme.len() == 6
            && [b"RC", b"RM", b"RP", b"RT"].iter().any(|known| programme.starts_with(*known))
            && digits(&programme[2..], 4).is_some();
    Some(known && is_luhn(digits(front, 9)?))
}

/// Canada, health in British Columbia.
pub(super) fn ca_bc_phn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let total: i64 = text[1..9]
        .iter()
        .zip([2, 4, 8, 5, 10, 9, 7, 3])
        .map(|(byte, weight)| i64::from(byte & 15) * weight % 11)
        .sum();
    Some(text[0] == b'9' && ends(text, (11 - total % 11) % 11))
}

/// Canada, health in Ontario.
pub(super) fn ca_ohip(text: &[u8]) -> Option<bool> {
    let front = text.get(..10)?;
    let version = &text[10..];
    Some(version.len() <= 2 && is_letters(version) && is_luhn(digits(front, 10)?) && front[0] != b'0')
}

/// Argentina, bank accounts: two blocks.
pub(super) fn ar_cbu(text: &[u8]) -> Option<bool> {
    let text = digits(text, 22)?;
    let check = |part: &[u8]| (10 - sum_back(part, &[3, 1, 7, 9, 3, 1, 7, 9, 3, 1, 7, 9, 3]) % 10) % 10;
    Some(at(text, 7) == check(&text[..7]) && ends(text, check(&text[8..21])))
}

/// Argentina, taxpayers.
pub(super) fn ar_cuit(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let known = matches!(two(text, 0), 20 | 23 | 24 | 27 | 30 | 33 | 34 | 50 | 51 | 55);
    let check = b"012345678990"[(11 - sum(text, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) as usize];
    Some(known && text[10] == check)
}

/// Argentina, identity documents.
pub(super) fn ar_dni(text: &[u8]) -> Option<bool> {
    Some(matches!(text.len(), 7 | 8) && digits(text, text.len()).is_some())
}

/// Brazil, persons: two check digits.
pub(super) fn br_cpf(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let first = (11 - sum(text, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10;
    let second = (11 - (sum(text, &[11, 10, 9, 8, 7, 6, 5, 4, 3]) + 2 * first) % 11) % 11 % 10;
    Some(
        number(text)? > 0
            && text.iter().any(|byte| *byte != text[0])
            && at(text, 9) == first
            && ends(text, second),
    )
}

/// Brazil, companies, with letters since 2026.
pub(super) fn br_cnpj(text: &[u8]) -> Option<bool> {
    const WEIGHTS: [i64; 13] = [6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2];
    when(text.len() == 14 && is_alphanumeric(text) && !text.starts_with(b"000000000000"))?;
    digits(&text[12..], 2)?;
    let check = |count: usize| -> i64 {
        let total: i64 = text[..count]
            .iter()
            .zip(&WEIGHTS[13 - count..])
            .map(|(byte, weight)| i64::from(byte - b'0') * weight)
            .sum();
        (11 - total % 11) % 11 % 10
    };
    Some(at(text, 12) == check(12) && ends(text, check(13)))
}

/// Brazil, driving licences.
pub(super) fn br_cnh(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let first = sum(text, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11;
    let (first, less) = if first > 9 { (0, 2) } else { (first, 0) };
    let second = sum(text, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11;
    let second = if second > 9 { 0 } else { (second - less).rem_euclid(11) % 10 };
    Some(text.iter().any(|byte| *byte != text[0]) && at(text, 9) == first && ends(text, second))
}

/// Brazil, voters and workers: the social number PIS.
pub(super) fn br_pis(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    Some(number(text)? > 0 && ends(text, (11 - sum(text, &[3, 2, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10))
}

/// Chile: persons and companies.
pub(super) fn cl_rut(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"CL");
    when(matches!(text.len(), 8 | 9))?;
    let (last, front) = text.split_last()?;
    let rest = (11 - sum_back(digits(front, front.len())?, &[2, 3, 4, 5, 6, 7, 2, 3]) % 11) % 11;
    Some(*last == b"0123456789K"[rest as usize])
}

/// Colombia, taxpayers: prime weights.
pub(super) fn co_nit(text: &[u8]) -> Option<bool> {
    when((8..=16).contains(&text.len()))?;
    let text = digits(text, text.len())?;
    let total =
        sum_back(&text[..text.len() - 1], &[3, 7, 13, 17, 19, 23, 29, 37, 41, 43, 47, 53, 59, 67, 71]);
    Some(text.last() == Some(&b"01987654321"[(total % 11) as usize]))
}

/// Costa Rica, persons.
pub(super) fn cr_cpf(text: &[u8]) -> Option<bool> {
    let parts: Vec<&[u8]> = text.split(|byte| *byte == b'-').collect();
    let padded = match parts[..] {
        [first, second, third] => format!(
            "{:0>2}{:0>4}{:0>4}",
            String::from_utf8_lossy(first),
            String::from_utf8_lossy(second),
            String::from_utf8_lossy(third)
        )
        .into_bytes(),
        [all] if all.len() == 9 => [b"0", all].concat(),
        [all] => all.to_vec(),
        _ => return None,
    };
    Some(digits(&padded, 10)?[0] == b'0')
}

/// Costa Rica, companies.
pub(super) fn cr_cpj(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let kind = number(&text[1..4])?;
    Some(match text[0] {
        b'2' => matches!(kind, 100 | 200 | 300 | 400),
        b'3' => matches!(kind, 2..=14 | 101..=110),
        b'4' => kind == 0,
        b'5' => kind == 1,
        _ => false,
    })
}

/// Costa Rica, foreigners.
pub(super) fn cr_cr(text: &[u8]) -> Option<bool> {
    Some(matches!(text.len(), 11 | 12) && text[0] == b'1' && digits(text, text.len()).is_some())
}

/// Cuba, persons: a birth date first, its century in the seventh digit.
pub(super) fn cu_ni(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let century = match text[6] {
        b'9' => 1800,
        b'0'..=b'5' => 1900,
        _ => 2000,
    };
    Some(is_day(century + two(text, 0), two(text, 2), two(text, 4)))
}

/// The Dominican Republic, persons.
pub(super) fn do_cedula(text: &[u8]) -> Option<bool> {
    Some(is_luhn(digits(text, 11)?))
}

/// The Dominican Republic, taxpayers.
pub(super) fn do_rnc(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    Some(ends(text, (10 - sum(text, &[7, 9, 8, 6, 5, 4, 3, 2]) % 11).rem_euclid(9) + 1))
}

/// The Dominican Republic, receipts.
pub(super) fn do_ncf(text: &[u8]) -> Option<bool> {
    match (text.len(), text.first()?) {
        (13, b'E') => Some(matches!(two(digits(&text[1..], 12)?, 0), 31..=34 | 41 | 43..=47)),
        (11, b'B') => Some(matches!(two(digits(&text[1..], 10)?, 0), 1..=4 | 11..=17)),
        (19, b'A' | b'P') => Some(matches!(two(digits(&text[1..], 18)?, 8), 1..=4 | 11..=17)),
        _ => None,
    }
}

/// Ecuador, persons: province, a third digit below 6, a sum like Luhn's.
pub(super) fn ec_ci(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(is_province(text) && text[2] < b'6' && is_luhn(text))
}

fn is_province(text: &[u8]) -> bool {
    matches!(two(text, 0), 1..=24 | 30 | 50)
}

/// Ecuador, taxpayers: persons, the state, companies.
pub(super) fn ec_ruc(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    when(is_province(text))?;
    let natural = ec_ci(&text[..10]) == Some(true) && &text[10..] != b"000";
    let public = sum(text, &[3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0 && &text[9..] != b"0000";
    let company = sum(text, &[4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0 && &text[10..] != b"000";
    Some(match text[2] {
        b'0'..=b'5' => natural,
        b'6' => public || is_luhn(&text[..10]) && &text[10..] != b"000",
        b'9' => company,
        _ => false,
    })
}

/// Guatemala, taxpayers.
pub(super) fn gt_nit(text: &[u8]) -> Option<bool> {
    when((2..=12).contains(&text.len()))?;
    let (last, front) = text.split_last()?;
    let total = sum_back(digits(front, front.len())?, &[2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    Some(*last == b"0123456789K"[(-total).rem_euclid(11) as usize])
}

/// Mexico, persons: letters of the names, birth date, sex, state, consonants.
pub(super) fn mx_curp(text: &[u8]) -> Option<bool> {
    const STATES: &str =
        "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL QR QT SL SP SR TC TL TS VZ YN ZS";
    when(
        text.len() == 18
            && is_letters(&text[..4])
            && is_letters(&text[10..16])
            && is_alphanumeric(&text[16..]),
    )?;
    let date = digits(&text[4..10], 6)?;
    let century = if text[16].is_ascii_digit() { 1900 } else { 2000 };
    when(is_day(century + two(date, 0), two(date, 2), two(date, 4)) && b"HMX".contains(&text[10]))?;
    when(STATES.as_bytes().chunks(3).any(|state| state[..2] == text[11..13]))?;
    let mut total = 0;
    for (front, byte) in text[..17].iter().enumerate() {
        // The letter after N has a place of its own.
        total += (18 - front as i64) * place(b"0123456789ABCDEFGHIJKLMN_OPQRSTUVWXYZ", *byte)?;
    }
    Some(ends(text, (10 - total % 10) % 10))
}

/// Mexico, taxpayers: persons and companies, the last three characters perhaps absent. Not all have a check digit that
/// is right, so it is not looked at.
pub(super) fn mx_rfc(text: &[u8]) -> Option<bool> {
    let letters = match text.len() {
        10 | 13 => 4,
        12 => 3,
        _ => return None,
    };
    when(text[..letters].iter().all(|byte| byte.is_ascii_uppercase() || *byte == b'&'))?;
    let date = digits(&text[letters..letters + 6], 6)?;
    let exists = |century: i64| is_day(century + two(date, 0), two(date, 2), two(date, 4));
    when(exists(1900) || exists(2000))?;
    if text.len() == 10 {
        return Some(true);
    }
    let tail = &text[letters + 6..];
    when((b'1'..=b'9').contains(&tail[0]) || tail[0].is_ascii_uppercase())?;
    when(
        ((b'1'..=b'9').contains(&tail[1])
            || (b'A'..=b'N').contains(&tail[1])
            || (b'P'..=b'Z').contains(&tail[1]))
            && (tail[2].is_ascii_digit() || tail[2] == b'A'),
    )?;
    Some(true)
}

/// Peru, identity documents: a digit or a letter checks eight digits.
pub(super) fn pe_cui(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 8 | 9))?;
    let front = digits(&text[..8], 8)?;
    let rest = ((11 - sum(front, &[3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11) as usize;
    Some(text.get(8).is_none_or(|last| *last == b"67890112345"[rest] || *last == b"KABCDEFGHIJ"[rest]))
}

/// Peru, taxpayers.
pub(super) fn pe_ruc(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let known = matches!(two(text, 0), 10 | 15 | 16 | 17 | 20);
    Some(known && ends(text, (11 - sum(text, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 10))
}

/// Paraguay, taxpayers.
pub(super) fn py_ruc(text: &[u8]) -> Option<bool> {
    when((5..=9).contains(&text.len()))?;
    let text = digits(text, text.len())?;
    let total = sum_back(&text[..text.len() - 1], &[2, 3, 4, 5, 6, 7, 8, 9]);
    Some(ends(text, (-total).rem_euclid(11) % 10))
}

/// El Salvador, taxpayers.
pub(super) fn sv_nit(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"SV"), 14)?;
    let check = if &text[10..13] <= b"100".as_slice() {
        sum(text, &[14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11 % 10
    } else {
        (-sum(text, &[2, 7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2])).rem_euclid(11) % 10
    };
    Some(b"019".contains(&text[0]) && ends(text, check))
}

/// Uruguay, taxpayers.
pub(super) fn uy_rut(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"UY"), 12)?;
    let known = (1..=22).contains(&two(text, 0)) && &text[2..8] != b"000000" && &text[8..11] == b"001";
    Some(known && ends(text, (-sum(text, &[4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2])).rem_euclid(11)))
}

/// Uruguay, persons.
pub(super) fn uy_ci(text: &[u8]) -> Option<bool> {
    let text = digits(text, 8)?;
    Some(ends(text, (10 - sum(text, &[2, 9, 8, 7, 6, 3, 4]) % 10) % 10))
}

/// Venezuela, taxpayers.
pub(super) fn ve_rif(text: &[u8]) -> Option<bool> {
    when(text.len() == 10)?;
    let kind = match text[0] {
        b'V' => 4,
        b'E' => 8,
        b'J' => 12,
        b'P' => 16,
        b'G' => 20,
        _ => return None,
    };
    let rest = digits(&text[1..], 9)?;
    let total = kind + sum(rest, &[3, 2, 7, 6, 5, 4, 3, 2]);
    Some(text[9] == b"00987654321"[(total % 11) as usize])
}
