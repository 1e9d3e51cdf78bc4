//! Western and southern Europe: Andorra, Austria, Belgium, France, Germany, Italy, Luxembourg, Malta, Monaco, the
//! Netherlands, Portugal, San Marino, Spain, Switzerland, Liechtenstein.

use super::common::{is_gs1, mod_97};
use super::iban::iban;
use super::parts::{
    BASE_36, at, digits, ends, is_alphanumeric, is_day, is_letters, is_luhn, is_mod_11_10, number, place,
    strip, sum, sum_back, two, when,
};

/// Letters that check the identity numbers of Spain.
const SPANISH: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";

/// Andorra, taxpayers.
pub(super) fn ad_nrt(text: &[u8]) -> Option<bool> {
    when(text.len() == 8 && text[7].is_ascii_uppercase())?;
    let serial = number(digits(&text[1..7], 6)?)?;
    Some(match text[0] {
        b'F' => serial <= 699_999,
        b'A' | b'L' => (700_000..800_000).contains(&serial),
        letter => b"CDEGOPU".contains(&letter),
    })
}

/// Austria, VAT.
pub(super) fn at_uid(text: &[u8]) -> Option<bool> {
    let text = digits(strip(strip(text, b"AT"), b"U"), 8)?;
    let doubled: i64 =
        [1, 3, 5].map(|place| 2 * at(text, place)).iter().map(|value| value / 10 + value % 10).sum();
    let plain: i64 = [0, 2, 4, 6].map(|place| at(text, place)).iter().sum();
    Some(ends(text, (10 - (doubled + plain + 4) % 10) % 10))
}

/// Austria, social insurance: the check digit is the fourth.
pub(super) fn at_vnr(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let check = sum(text, &[3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11;
    Some(text[0] != b'0' && at(text, 3) == check)
}

/// Austria, taxpayers.
pub(super) fn at_tin(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    Some(is_luhn(text))
}

/// Belgium, persons: birth date, number, 97 minus the rest; a 2 before it from the year 2000 on.
pub(super) fn be_nn(text: &[u8]) -> Option<bool> {
    belgian(text, &[0])
}

/// Belgium, persons without a residence: the month raised by 20 or 40.
pub(super) fn be_bis(text: &[u8]) -> Option<bool> {
    belgian(text, &[20, 40])
}

/// Belgium, social security.
pub(super) fn be_ssn(text: &[u8]) -> Option<bool> {
    belgian(text, &[0, 20, 40])
}

fn belgian(text: &[u8], raised: &[i64]) -> Option<bool> {
    let text = digits(text, 11)?;
    let (front, check) = (number(&text[..9])?, number(&text[9..])?);
    let (month, day) = (two(text, 2), two(text, 4));
    let lies = |century: i64| {
        raised.iter().any(|raised| {
            // Month or day 0: not known.
            let month = month - raised;
            (0..=12).contains(&month)
                && (month == 0 || day == 0 || is_day(century + two(text, 0), month, day))
                && day <= 31
        })
    };
    Some(check == 97 - front % 97 && lies(1900) || check == 97 - (2_000_000_000 + front) % 97 && lies(2000))
}

/// Belgium, identity cards.
pub(super) fn be_eid(text: &[u8]) -> Option<bool> {
    let text = digits(text, 12)?;
    let rest = number(&text[..10])? % 97;
    Some(number(&text[10..])? == if rest == 0 { 97 } else { rest })
}

/// Belgium, companies and VAT.
pub(super) fn be_vat(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"BE");
    let padded = if text.len() == 9 { [b"0", text].concat() } else { text.to_vec() };
    let text = digits(&padded, 10)?;
    Some(
        b"01".contains(&text[0])
            && number(&text[..8])? > 0
            && number(&text[8..])? == 97 - number(&text[..8])? % 97,
    )
}

/// Belgium, IBAN.
pub(super) fn be_iban(text: &[u8]) -> Option<bool> {
    when(text.starts_with(b"BE") && text.len() == 16)?;
    let account = digits(&text[4..], 12)?;
    let rest = number(&account[..10])? % 97;
    Some(iban(text)? && number(&account[10..])? == if rest == 0 { 97 } else { rest })
}

/// France, social security: 97 minus the rest; Corsica's letters count as digits.
pub(super) fn fr_nir(text: &[u8]) -> Option<bool> {
    when(text.len() == 15)?;
    let mut front = text[..13].to_vec();
    match &text[5..7] {
        b"2A" => front[5..7].copy_from_slice(b"19"),
        b"2B" => front[5..7].copy_from_slice(b"18"),
        _ => {}
    }
    digits(&front, 13)?;
    Some(b"123478".contains(&text[0]) && number(&text[13..])? == 97 - number(&front)? % 97)
}

/// France, taxpayers.
pub(super) fn fr_nif(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    Some(b"0123".contains(&text[0]) && number(&text[..10])? % 511 == number(&text[10..])?)
}

/// France, companies.
pub(super) fn fr_siren(text: &[u8]) -> Option<bool> {
    Some(is_luhn(digits(text, 9)?))
}

/// France, establishments; those of the post have another sum.
pub(super) fn fr_siret(text: &[u8]) -> Option<bool> {
    let text = digits(text, 14)?;
    if text.starts_with(b"356000000") && !text.ends_with(b"00048") {
        return Some(sum(text, &[1; 14]) % 5 == 0);
    }
    Some(is_luhn(text) && is_luhn(&text[..9]))
}

/// France and Monaco, VAT: two characters by the number behind them.
pub(super) fn fr_tva(text: &[u8]) -> Option<bool> {
    const ALPHABET: &[u8] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let text = strip(text, b"FR");
    when(text.len() == 11)?;
    let siren = digits(&text[2..], 9)?;
    // Those of Monaco are no number of a company.
    when(&siren[..3] == b"000" || is_luhn(siren))?;
    let value = number(siren)?.cast_signed();
    let (first, second) = (place(ALPHABET, text[0])?, place(ALPHABET, text[1])?);
    if first < 10 && second < 10 {
        return Some((value * 100 + 12) % 97 == two(text, 0));
    }
    let check = if first < 10 { first * 24 + second - 10 } else { first * 34 + second - 100 };
    Some((value + 1 + check / 11) % 11 == check % 11)
}

/// Monaco, VAT.
pub(super) fn mc_tva(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"FR");
    Some(text.len() == 11 && &text[2..5] == b"000" && fr_tva(text)?)
}

/// Germany, taxpayers: of the first ten digits one comes twice or three times.
pub(super) fn de_idnr(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let mut counts = [0_u8; 10];
    for byte in &text[..10] {
        counts[usize::from(byte & 15)] += 1;
    }
    let repeated: Vec<u8> = counts.into_iter().filter(|count| *count > 1).collect();
    Some(text[0] != b'0' && matches!(repeated[..], [2 | 3]) && is_mod_11_10(text))
}

/// Germany, VAT.
pub(super) fn de_vat(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"DE"), 9)?;
    Some(text[0] != b'0' && is_mod_11_10(text))
}

/// Germany, tax numbers: ten or eleven digits as a Land writes them, thirteen as the federation does.
pub(super) fn de_stnr(text: &[u8]) -> Option<bool> {
    const LANDS: [&[u8]; 14] =
        [b"10", b"11", b"21", b"22", b"23", b"24", b"26", b"27", b"28", b"30", b"31", b"32", b"40", b"41"];
    let text = digits(text, text.len())?;
    Some(match text.len() {
        10 | 11 => true,
        13 => {
            text[4] == b'0'
                && (LANDS.contains(&&text[..2])
                    || text[0] == b'5'
                    || text[0] == b'9'
                    || text.starts_with(b"1"))
        }
        _ => false,
    })
}

/// Germany, pension insurance: area, birth date, letter of the name, number.
pub(super) fn de_rvnr(text: &[u8]) -> Option<bool> {
    when(text.len() == 12 && text[8].is_ascii_uppercase())?;
    let letter = text[8] - b'A' + 1;
    let mut all = text[..8].to_vec();
    all.extend([b'0' + letter / 10, b'0' + letter % 10]);
    all.extend(&text[9..]);
    let all = digits(&all, 13)?;
    let total: i64 = all[..12]
        .iter()
        .zip([2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1])
        .map(|(byte, weight)| i64::from(byte & 15) * weight)
        .map(|value| value / 10 + value % 10)
        .sum();
    let month = two(text, 4);
    let day = two(text, 2);
    Some(ends(all, total % 10) && (1..=12).contains(&month) && (1..=81).contains(&day))
}

/// Germany, health insurance: a letter, nine digits.
pub(super) fn de_kvnr(text: &[u8]) -> Option<bool> {
    when(text.len() == 10 && text[0].is_ascii_uppercase())?;
    let letter = text[0] - b'A' + 1;
    let mut all = vec![b'0' + letter / 10, b'0' + letter % 10];
    all.extend(digits(&text[1..], 9)?);
    let total: i64 = all[..10]
        .iter()
        .zip([1, 2, 1, 2, 1, 2, 1, 2, 1, 2])
        .map(|(byte, weight)| i64::from(byte & 15) * weight)
        .map(|value| value / 10 + value % 10)
        .sum();
    Some(ends(text, total % 10))
}

/// ICAO 9303: documents whose last digit weighs 7, 3, 1.
pub(super) fn icao(text: &[u8]) -> Option<bool> {
    when((9..=11).contains(&text.len()))?;
    let (last, front) = text.split_last()?;
    let mut total = 0;
    for (byte, weight) in front.iter().zip([7, 3, 1].into_iter().cycle()) {
        total += place(BASE_36, *byte)? * weight;
    }
    Some(last.is_ascii_digit() && total % 10 == at(text, text.len() - 1))
}

/// Germany, identity cards and passports: letters without vowels, a check digit that may be absent.
pub(super) fn de_document(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 9 | 10) && b"CFGHJKLMNPRTVWXYZT".contains(&text[0]))?;
    when(text.iter().all(|byte| byte.is_ascii_digit() || b"CFGHJKLMNPRTVWXYZ".contains(byte)))?;
    if text.len() == 9 {
        Some(text.iter().filter(|byte| byte.is_ascii_digit()).count() >= 3)
    } else {
        icao(text)
    }
}

/// Germany, physicians: weights 4 and 9, one digit from 10, two digits of the field.
pub(super) fn de_lanr(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    let check = (10 - sum(text, &[4, 9, 4, 9, 4, 9]) % 10) % 10;
    Some(at(text, 6) == check)
}

/// Germany, securities.
pub(super) fn de_wkn(text: &[u8]) -> Option<bool> {
    Some(text.len() == 6 && is_alphanumeric(text) && !text.iter().any(|byte| b"IO".contains(byte)))
}

/// Italy, persons: a check letter by the places of the others.
pub(super) fn it_codicefiscale(text: &[u8]) -> Option<bool> {
    const ODD: [i64; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    const MONTHS: &[u8] = b"ABCDEHLMPRST";
    if text.len() == 11 {
        return it_iva(text);
    }
    when(
        text.len() == 16 && is_letters(&text[..6]) && text[11].is_ascii_uppercase() && is_alphanumeric(text),
    )?;
    // Letters stand for digits where two persons would have one number.
    let plain = |byte: u8| {
        if byte.is_ascii_digit() {
            Some(byte)
        } else {
            place(b"LMNPQRSTUV", byte).map(|digit| b'0' + digit as u8)
        }
    };
    let mut date = [0; 4];
    for (digit, from) in date.iter_mut().zip([6, 7, 9, 10]) {
        *digit = plain(text[from])?;
    }
    for byte in &text[12..15] {
        plain(*byte)?;
    }
    let month = place(MONTHS, text[8])? + 1;
    let day = two(&date, 2);
    let day = if day > 40 { day - 40 } else { day };
    let year = two(&date, 0);
    let total: i64 = text[..15]
        .iter()
        .enumerate()
        .map(|(place, byte)| {
            let value = if byte.is_ascii_digit() { byte & 15 } else { byte - b'A' };
            if place % 2 == 0 { ODD[usize::from(value)] } else { i64::from(value) }
        })
        .sum();
    Some(
        (is_day(1900 + year, month, day) || is_day(2000 + year, month, day))
            && text[15] == b'A' + (total % 26) as u8,
    )
}

/// Italy, VAT: seven digits, an office, a Luhn digit.
pub(super) fn it_iva(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"IT"), 11)?;
    let office = number(&text[7..10])?;
    Some(&text[..7] != b"0000000" && matches!(office, 1..=100 | 120 | 121 | 888 | 999) && is_luhn(text))
}

/// Luxembourg, VAT.
pub(super) fn lu_tva(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"LU"), 8)?;
    Some(number(&text[..6])? % 89 == number(&text[6..])?)
}

/// Luxembourg, persons: birth date, number, a Luhn and a Verhoeff digit.
pub(super) fn lu_matricule(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    let verhoeff = super::common::verhoeff(&[&text[..11], &text[12..]].concat())?;
    Some(
        is_day(number(&text[..4])?.cast_signed(), two(text, 4), two(text, 6))
            && is_luhn(&text[..12])
            && verhoeff,
    )
}

/// Malta, VAT.
pub(super) fn mt_vat(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"MT"), 8)?;
    Some(text[0] != b'0' && sum(text, &[3, 4, 6, 7, 8, 9, 10, 1]) % 37 == 0)
}

/// The Netherlands, persons: the test of eleven with -1 for the last digit.
pub(super) fn nl_bsn(text: &[u8]) -> Option<bool> {
    dutch(text).map(|rest| rest == 0)
}

/// The Netherlands, pupils without a number of persons.
pub(super) fn nl_onderwijsnummer(text: &[u8]) -> Option<bool> {
    Some(text.starts_with(b"10") && text.len() == 9 && dutch(text)? == 5)
}

fn dutch(text: &[u8]) -> Option<i64> {
    when((8..=9).contains(&text.len()))?;
    let padded = if text.len() == 8 { [b"0", text].concat() } else { text.to_vec() };
    let text = digits(&padded, 9)?;
    when(number(text)? > 0)?;
    Some((sum(text, &[9, 8, 7, 6, 5, 4, 3, 2]) - at(text, 8)).rem_euclid(11))
}

/// The Netherlands, VAT: a number of persons, or since 2020 one modulo 97.
pub(super) fn nl_btw(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"NL");
    let padded = if text.len() == 11 { [b"0", text].concat() } else { text.to_vec() };
    let text = &padded[..];
    when(
        text.len() == 12
            && text[9] == b'B'
            && number(&text[10..])? > 0
            && digits(&text[..9], 9).is_some()
            && number(&text[..9])? > 0,
    )?;
    let mut all = b"NL".to_vec();
    all.extend(text);
    Some(nl_bsn(&text[..9])? || mod_97(&all)? == 1)
}

/// The Netherlands, identity cards and passports.
pub(super) fn nl_document(text: &[u8]) -> Option<bool> {
    let letters = is_letters(&text[..text.len().min(2)]) && is_alphanumeric(text) && !text.contains(&b'O');
    Some(text.len() == 9 && letters && text[8].is_ascii_digit())
}

/// The Netherlands, postcodes.
pub(super) fn nl_postcode(text: &[u8]) -> Option<bool> {
    let text = strip(text, if text.len() == 8 { b"NL" } else { b"" });
    when(text.len() == 6 && digits(&text[..4], 4).is_some() && text[0] != b'0' && is_letters(&text[4..]))?;
    Some(![b"SA", b"SD", b"SS"].iter().any(|bad| text.ends_with(*bad)))
}

/// Portugal, taxpayers.
pub(super) fn pt_nif(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"PT"), 9)?;
    Some(text[0] != b'0' && ends(text, (11 - sum(text, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10))
}

/// Portugal, citizens' cards.
pub(super) fn pt_cc(text: &[u8]) -> Option<bool> {
    when(text.len() == 12 && digits(&text[..9], 9).is_some() && is_alphanumeric(&text[9..11]))?;
    let mut total = 0;
    for (front, byte) in text.iter().enumerate() {
        let value = place(BASE_36, *byte)?;
        let value = if front % 2 == 0 { value * 2 } else { value };
        total += if front % 2 == 0 && value > 9 { value - 9 } else { value };
    }
    Some(text[11].is_ascii_digit() && total % 10 == 0)
}

/// Portugal, social security: prime weights.
pub(super) fn pt_niss(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    Some(b"12".contains(&text[0]) && ends(text, 9 - sum(text, &[29, 23, 19, 17, 13, 11, 7, 5, 3, 2]) % 10))
}

/// Portugal, bank accounts.
pub(super) fn pt_nib(text: &[u8]) -> Option<bool> {
    Some(mod_97(digits(text, 21)?)? == 1)
}

/// San Marino, companies.
pub(super) fn sm_coe(text: &[u8]) -> Option<bool> {
    Some((2..=5).contains(&text.len()) && digits(text, text.len()).is_some())
}

/// Spain, persons: the letter of the number modulo 23.
pub(super) fn es_dni(text: &[u8]) -> Option<bool> {
    when(text.len() == 9)?;
    let value = number(digits(&text[..8], 8)?)?;
    Some(text[8] == SPANISH[(value % 23) as usize])
}

/// Spain, foreigners.
pub(super) fn es_nie(text: &[u8]) -> Option<bool> {
    when(text.len() == 9)?;
    let first = place(b"XYZ", text[0])?;
    es_dni(&[&[b'0' + first as u8], &text[1..]].concat())
}

/// Spain, companies.
pub(super) fn es_cif(text: &[u8]) -> Option<bool> {
    when(text.len() == 9 && b"ABCDEFGHJNPQRSUVW".contains(&text[0]))?;
    let middle = digits(&text[1..8], 7)?;
    let check = super::parts::luhn(middle) & 15;
    let letter = text[8] == b"JABCDEFGHI"[usize::from(check)];
    let digit = text[8] == b'0' + check;
    Some(match text[0] {
        b'K' | b'N' | b'P' | b'Q' | b'R' | b'S' | b'W' => letter,
        b'A' | b'B' | b'E' | b'H' => digit,
        _ => letter || digit,
    })
}

/// Spain, taxpayers of any kind.
pub(super) fn es_nif(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"ES");
    when(text.len() == 9)?;
    match text[0] {
        b'K' | b'L' | b'M' => {
            let value = number(digits(&text[1..8], 7)?)?;
            Some(text[8] == SPANISH[(value % 23) as usize])
        }
        b'X' | b'Y' | b'Z' => es_nie(text),
        b'0'..=b'9' => es_dni(text),
        _ => es_cif(text),
    }
}

/// Spain, bank accounts: a check digit for the branch, one for the account.
pub(super) fn es_ccc(text: &[u8]) -> Option<bool> {
    let text = digits(text, 20)?;
    let check = |part: &[u8]| match 11 - sum(part, &[1, 2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 {
        10 => 1,
        11 => 0,
        check => check,
    };
    Some(at(text, 8) == check(&[b"00", &text[..8]].concat()) && at(text, 9) == check(&text[10..]))
}

/// Spain, IBAN.
pub(super) fn es_iban(text: &[u8]) -> Option<bool> {
    Some(text.starts_with(b"ES") && text.len() == 24 && iban(text)? && es_ccc(&text[4..])?)
}

/// Spain, points of supply of energy.
pub(super) fn es_cups(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 20 | 22) && text.starts_with(b"ES"))?;
    let rest = number(digits(&text[2..18], 16)?)? % 529;
    let border = text.len() == 20 || text[20].is_ascii_digit() && b"FPRCXYZ".contains(&text[21]);
    Some(border && text[18] == SPANISH[(rest / 23) as usize] && text[19] == SPANISH[(rest % 23) as usize])
}

/// Spain, social security.
pub(super) fn es_nss(text: &[u8]) -> Option<bool> {
    let text = digits(text, 12)?;
    let (province, serial) = (number(&text[..2])?, number(&text[2..10])?);
    let all =
        if serial < 10_000_000 { province * 10_000_000 + serial } else { province * 100_000_000 + serial };
    Some((1..=66).contains(&province) && number(&text[10..])? == all % 97)
}

/// Spain, cadastre.
pub(super) fn es_referenciacatastral(text: &[u8]) -> Option<bool> {
    const WEIGHTS: [i64; 11] = [13, 15, 12, 5, 4, 17, 9, 21, 3, 7, 1];
    when(text.len() == 20 && is_alphanumeric(text))?;
    let check = |part: &[u8]| {
        let value = |byte: u8| {
            if byte.is_ascii_digit() {
                i64::from(byte & 15)
            } else {
                i64::from(byte - b'A') + if byte > b'N' { 2 } else { 1 }
            }
        };
        let total: i64 =
            part.iter().chain(&text[14..18]).zip(WEIGHTS).map(|(byte, weight)| value(*byte) * weight).sum();
        b"MQWERTYUIOPASDFGHJKLBZX"[(total % 23) as usize]
    };
    Some(text[18] == check(&text[..7]) && text[19] == check(&text[7..14]))
}

/// Spain, postcodes: the province first.
pub(super) fn es_postal_code(text: &[u8]) -> Option<bool> {
    let text = digits(text, 5)?;
    Some((1..=52).contains(&two(text, 0)))
}

/// Switzerland, social security.
pub(super) fn ch_ssn(text: &[u8]) -> Option<bool> {
    Some(text.len() == 13 && text.starts_with(b"756") && is_gs1(text))
}

/// Switzerland, companies.
pub(super) fn ch_uid(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"CHE"), 9)?;
    Some(ends(text, (11 - sum(&text[..8], &[5, 4, 3, 2, 7, 6, 5, 4]) % 11) % 11))
}

/// Switzerland, VAT.
pub(super) fn ch_vat(text: &[u8]) -> Option<bool> {
    let (front, tax) = text.split_at_checked(12)?;
    Some(matches!(tax, b"MWST" | b"TVA" | b"IVA" | b"TPV") && ch_uid(front)?)
}

/// Switzerland, references of payment slips: recursive modulo 10.
pub(super) fn ch_esr(text: &[u8]) -> Option<bool> {
    when((2..=27).contains(&text.len()))?;
    let text = digits(text, text.len())?;
    let mut carry = 0;
    for byte in &text[..text.len() - 1] {
        carry = i64::from(b"0946827135"[((carry + i64::from(byte & 15)) % 10) as usize] & 15);
    }
    Some(ends(text, (10 - carry) % 10))
}

/// Liechtenstein, persons.
pub(super) fn li_peid(text: &[u8]) -> Option<bool> {
    Some((4..=12).contains(&text.len()) && digits(text, text.len()).is_some())
}

/// Greece, taxpayers: powers of two.
pub(super) fn gr_vat(text: &[u8]) -> Option<bool> {
    let text = strip(strip(text, b"EL"), b"GR");
    let padded = if text.len() == 8 { [b"0", text].concat() } else { text.to_vec() };
    let text = digits(&padded, 9)?;
    Some(ends(text, sum_back(&text[..8], &[2, 4, 8, 16, 32, 64, 128, 256]) % 11 % 10))
}

/// Greece, social security.
pub(super) fn gr_amka(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let date = |century: i64| is_day(century + two(text, 4), two(text, 2), two(text, 0));
    Some(is_luhn(text) && (date(1900) || date(2000)))
}

/// Cyprus, VAT.
pub(super) fn cy_vat(text: &[u8]) -> Option<bool> {
    const EVEN: [i64; 10] = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21];
    let text = strip(text, b"CY");
    when(text.len() == 9)?;
    let front = digits(&text[..8], 8)?;
    let total: i64 = (0..8)
        .map(|place| if place % 2 == 0 { EVEN[at(front, place) as usize] } else { at(front, place) })
        .sum();
    Some(&front[..2] != b"12" && text[8] == b'A' + (total % 26) as u8)
}
