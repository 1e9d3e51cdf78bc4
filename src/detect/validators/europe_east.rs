//! Eastern and south-eastern Europe, and the countries that were in the Soviet Union.

use super::parts::{
    at, digits, ends, is_day, is_letters, is_mod_11_10, number, place, strip, sum, sum_back, two, when,
};

/// Albania, taxpayers.
pub(super) fn al_nipt(text: &[u8]) -> Option<bool> {
    let text = strip(strip(text, b"(AL)"), b"AL");
    when(text.len() == 10)?;
    Some((b'A'..=b'M').contains(&text[0]) && digits(&text[1..9], 8).is_some() && text[9].is_ascii_uppercase())
}

/// Azerbaijan, taxpayers.
pub(super) fn az_voen(text: &[u8]) -> Option<bool> {
    let padded = if text.len() == 9 { [b"0", text].concat() } else { text.to_vec() };
    let text = digits(&padded, 10)?;
    Some(b"12".contains(&text[9]) && at(text, 8) == sum(text, &[4, 1, 8, 6, 2, 7, 5, 3]) % 11)
}

/// Bulgaria, persons: months raised by 20 before 1900, by 40 after 1999.
pub(super) fn bg_egn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let (month, century) = match two(text, 2) {
        month @ 41.. => (month - 40, 2000),
        month @ 21..=40 => (month - 20, 1800),
        month => (month, 1900),
    };
    let check = sum(text, &[2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11 % 10;
    Some(is_day(century + two(text, 0), month, two(text, 4)) && ends(text, check))
}

/// Bulgaria, foreigners.
pub(super) fn bg_pnf(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(ends(text, sum(text, &[21, 19, 17, 13, 11, 9, 7, 3, 1]) % 10))
}

/// Bulgaria, VAT.
pub(super) fn bg_vat(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"BG");
    if text.len() == 9 {
        let text = digits(text, 9)?;
        let check = match sum(text, &[1, 2, 3, 4, 5, 6, 7, 8]) % 11 {
            10 => sum(text, &[3, 4, 5, 6, 7, 8, 9, 10]) % 11 % 10,
            check => check,
        };
        return Some(ends(text, check));
    }
    let text = digits(text, 10)?;
    let other = (11 - sum(text, &[4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Some(bg_egn(text)? || bg_pnf(text)? || ends(text, other))
}

/// Belarus, taxpayers.
pub(super) fn by_unp(text: &[u8]) -> Option<bool> {
    const LETTERS: &[u8] = b"ABCEHKMOPT";
    let text = strip(text, b"UNP");
    when(text.len() == 9 && digits(&text[2..], 7).is_some())?;
    when(digits(&text[..2], 2).is_some() || text[..2].iter().all(|byte| LETTERS.contains(byte)))?;
    when(b"1234567ABCEHKM".contains(&text[0]))?;
    let first = place(super::parts::BASE_36, text[0])?;
    let second = if text[1].is_ascii_digit() { at(text, 1) } else { place(LETTERS, text[1])? };
    let total = first * 29 + second * 23 + sum(&text[2..8], &[19, 17, 13, 7, 5, 3]);
    Some(ends(text, total % 11))
}

/// The Czech Republic and Slovakia, persons: months of women raised by 50, of many by 20; no check digit before 1954.
pub(super) fn cz_rc(text: &[u8]) -> Option<bool> {
    let text = digits(text, text.len())?;
    let mut year = 1900 + two(text, 0);
    match text.len() {
        9 if year >= 1980 => year -= 100,
        9 if year > 1953 => return Some(false),
        9 => {}
        10 if year < 1954 => year += 100,
        10 => {}
        _ => return None,
    }
    let month = two(text, 2) % 50;
    let month = if month > 20 { month - 20 } else { month };
    when(is_day(year, month, two(text, 4)))?;
    if text.len() == 9 {
        return Some(true);
    }
    let rest = (number(&text[..9])? % 11).cast_signed();
    Some(ends(text, if year < 1985 { rest % 10 } else { rest }))
}

/// The Czech Republic, companies.
pub(super) fn cz_ico(text: &[u8]) -> Option<bool> {
    let text = digits(text, 8)?;
    let check = (11 - sum(text, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    Some(ends(text, if check == 0 { 1 } else { check % 10 }))
}

/// The Czech Republic, VAT.
pub(super) fn cz_dic(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"CZ");
    match text.len() {
        8 => Some(text[0] != b'9' && cz_ico(text)?),
        9 if text[0] == b'6' => {
            let text = digits(text, 9)?;
            let rest = sum(&text[1..8], &[8, 7, 6, 5, 4, 3, 2]) % 11;
            Some(ends(text, (8 - (10 - rest) % 11).rem_euclid(10)))
        }
        _ => cz_rc(text),
    }
}

/// The Czech Republic, bank accounts: prefix, number, bank.
pub(super) fn cz_bankaccount(text: &[u8]) -> Option<bool> {
    const WEIGHTS: [i64; 10] = [1, 2, 4, 8, 5, 10, 9, 7, 3, 6];
    let slash = text.iter().position(|byte| *byte == b'/')?;
    let (account, bank) = (&text[..slash], &text[slash + 1..]);
    let (prefix, account) = match account.iter().position(|byte| *byte == b'-') {
        Some(dash) => (&account[..dash], &account[dash + 1..]),
        None => (&account[..0], account),
    };
    digits(bank, 4)?;
    when(prefix.len() <= 6 && (2..=10).contains(&account.len()))?;
    digits(prefix, prefix.len())?;
    digits(account, account.len())?;
    Some(sum_back(prefix, &WEIGHTS) % 11 == 0 && sum_back(account, &WEIGHTS) % 11 == 0)
}

/// Slovakia, VAT.
pub(super) fn sk_dph(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"SK"), 10)?;
    Some(
        cz_rc(text) == Some(true)
            || text[0] != b'0' && b"234789".contains(&text[2]) && number(text)? % 11 == 0,
    )
}

/// Croatia, persons and companies.
pub(super) fn hr_oib(text: &[u8]) -> Option<bool> {
    Some(is_mod_11_10(digits(strip(text, b"HR"), 11)?))
}

/// Hungary, VAT.
pub(super) fn hu_anum(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"HU"), 8)?;
    Some(sum(text, &[9, 7, 3, 1, 9, 7, 3, 1]) % 10 == 0)
}

/// Hungary, health insurance.
pub(super) fn hu_taj(text: &[u8]) -> Option<bool> {
    let text = digits(text, 9)?;
    Some(ends(text, sum(text, &[3, 7, 3, 7, 3, 7, 3, 7]) % 10))
}

/// Hungary, taxpayers: 8, days since 1867, number.
pub(super) fn hu_adoazonosito(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(text[0] == b'8' && ends(text, sum(text, &[1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11))
}

/// Moldova, companies.
pub(super) fn md_idno(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    Some(ends(text, sum(text, &[7, 3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1]) % 10))
}

/// Montenegro, IBAN: the account has the check too.
pub(super) fn me_iban(text: &[u8]) -> Option<bool> {
    when(text.starts_with(b"ME") && text.len() == 22)?;
    Some(super::iban::iban(text)? && super::common::mod_97(digits(&text[4..], 18)?)? == 1)
}

/// Montenegro, companies.
pub(super) fn me_pib(text: &[u8]) -> Option<bool> {
    let text = digits(text, 8)?;
    Some(ends(text, (11 - sum(text, &[8, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10))
}

/// North Macedonia, companies.
pub(super) fn mk_edb(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"MK"), 13)?;
    Some(ends(text, (11 - sum(text, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10))
}

/// Poland, persons: the month tells the century.
pub(super) fn pl_pesel(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let month = two(text, 2);
    let century = [1900, 2000, 2100, 2200, 1800][(month / 20).min(4) as usize];
    let check = (10 - sum(text, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10;
    Some(is_day(century + two(text, 0), month % 20, two(text, 4)) && ends(text, check))
}

/// Poland, VAT.
pub(super) fn pl_nip(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"PL"), 10)?;
    Some(ends(text, sum(text, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11))
}

/// Poland, companies, by nine or fourteen digits.
pub(super) fn pl_regon(text: &[u8]) -> Option<bool> {
    let text = digits(text, text.len())?;
    match text.len() {
        9 => Some(ends(text, sum(text, &[8, 9, 2, 3, 4, 5, 6, 7]) % 11 % 10)),
        14 => {
            let long = sum(text, &[2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8]) % 11 % 10;
            Some(ends(text, long) && pl_regon(&text[..9])?)
        }
        _ => None,
    }
}

/// Poland, identity cards: three letters, a check digit, five digits.
pub(super) fn pl_dowod(text: &[u8]) -> Option<bool> {
    when(text.len() == 9 && is_letters(&text[..3]))?;
    let rest = digits(&text[3..], 6)?;
    let letters: i64 =
        text[..3].iter().zip([7, 3, 1]).map(|(byte, weight)| i64::from(byte - b'A' + 10) * weight).sum();
    Some((letters + sum(&rest[1..], &[7, 3, 1, 7, 3])) % 10 == at(rest, 0))
}

/// Romania, persons: sex and century, birth date, county, number.
pub(super) fn ro_cnp(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    let century = match text[0] {
        b'3' | b'4' => 1800,
        b'5' | b'6' => 2000,
        b'0' => return Some(false),
        _ => 1900,
    };
    let county = two(text, 7);
    let check = match sum(text, &[2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11 {
        10 => 1,
        check => check,
    };
    let known = matches!(county, 1..=48 | 51 | 52 | 70 | 80..=83);
    Some(known && is_day(century + two(text, 1), two(text, 3), two(text, 5)) && ends(text, check))
}

/// Romania, companies.
pub(super) fn ro_cui(text: &[u8]) -> Option<bool> {
    let text = strip(text, b"RO");
    when((2..=10).contains(&text.len()) && text[0] != b'0')?;
    let text = digits(text, text.len())?;
    let total = sum_back(&text[..text.len() - 1], &[2, 3, 5, 7, 1, 2, 3, 5, 7]) * 10 % 11 % 10;
    Some(ends(text, total))
}

/// Romania, VAT: that of companies or persons.
pub(super) fn ro_cf(text: &[u8]) -> Option<bool> {
    if strip(text, b"RO").len() == 13 { ro_cnp(strip(text, b"RO")) } else { ro_cui(text) }
}

/// Serbia, taxpayers.
pub(super) fn rs_pib(text: &[u8]) -> Option<bool> {
    Some(is_mod_11_10(digits(text, 9)?))
}

/// Russia, taxpayers: ten digits of companies, twelve of persons.
pub(super) fn ru_inn(text: &[u8]) -> Option<bool> {
    let text = digits(text, text.len())?;
    match text.len() {
        10 => Some(ends(text, sum(text, &[2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10)),
        12 => {
            let first = sum(text, &[7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10;
            Some(
                at(text, 10) == first && ends(text, sum(text, &[3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11 % 10),
            )
        }
        _ => None,
    }
}

/// Russia, companies and sole traders.
pub(super) fn ru_ogrn(text: &[u8]) -> Option<bool> {
    let text = digits(text, text.len())?;
    when(text.first() != Some(&b'0'))?;
    match text.len() {
        13 => Some(ends(text, (number(&text[..12])? % 11 % 10).cast_signed())),
        15 => Some(ends(text, (number(&text[..14])? % 13 % 10).cast_signed())),
        _ => None,
    }
}

/// Russia, pension insurance.
pub(super) fn ru_snils(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    Some(sum(text, &[9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101 % 100 == two(text, 9))
}

/// Slovenia, VAT.
pub(super) fn si_ddv(text: &[u8]) -> Option<bool> {
    let text = digits(strip(text, b"SI"), 8)?;
    let check = 11 - sum(text, &[8, 7, 6, 5, 4, 3, 2]) % 11;
    Some(text[0] != b'0' && ends(text, if check == 10 { 0 } else { check }))
}

/// Slovenia and the other countries of Yugoslavia, persons: birth date, region, number.
pub(super) fn si_emso(text: &[u8]) -> Option<bool> {
    let text = digits(text, 13)?;
    let year = number(&text[4..7])?.cast_signed();
    let year = if year < 800 { 2000 + year } else { 1000 + year };
    let check = (11 - sum(text, &[7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11 % 10;
    Some(is_day(year, two(text, 2), two(text, 0)) && ends(text, check))
}

/// Slovenia, companies.
pub(super) fn si_maticna(text: &[u8]) -> Option<bool> {
    when(matches!(text.len(), 7 | 10))?;
    let (front, rest) = text.split_at(7);
    let front = digits(front, 7)?;
    when(rest.is_empty() || rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()))?;
    let check = 11 - sum(front, &[7, 6, 5, 4, 3, 2]) % 11;
    Some(check != 11 && ends(front, check % 10))
}

/// Ukraine, companies.
pub(super) fn ua_edrpou(text: &[u8]) -> Option<bool> {
    let text = digits(text, 8)?;
    let middle = b"345".contains(&text[0]);
    let first: [i64; 7] = if middle { [7, 1, 2, 3, 4, 5, 6] } else { [1, 2, 3, 4, 5, 6, 7] };
    let check = match sum(text, &first) % 11 {
        10 => sum(text, &first.map(|weight| weight + 2)) % 11 % 10,
        check => check,
    };
    Some(ends(text, check))
}

/// Ukraine, persons.
pub(super) fn ua_rntrc(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    Some(ends(text, sum(text, &[-1, 5, 7, 9, 4, 6, 10, 5, 7]).rem_euclid(11) % 10))
}

/// Turkey, persons: two check digits.
pub(super) fn tr_tckimlik(text: &[u8]) -> Option<bool> {
    let text = digits(text, 11)?;
    let (odd, even) = (sum(text, &[1, 0, 1, 0, 1, 0, 1, 0, 1]), sum(text, &[0, 1, 0, 1, 0, 1, 0, 1]));
    let tenth = (odd * 7 - even).rem_euclid(10);
    Some(text[0] != b'0' && at(text, 9) == tenth && ends(text, (odd + even + tenth) % 10))
}

/// Turkey, taxpayers.
pub(super) fn tr_vkn(text: &[u8]) -> Option<bool> {
    let text = digits(text, 10)?;
    let total: i64 = (0..9)
        .map(|place| {
            let first = (at(text, place as usize) + 9 - place) % 10;
            if first == 0 {
                return 0;
            }
            match first * (1 << (9 - place)) % 9 {
                0 => 9,
                value => value,
            }
        })
        .sum();
    Some(ends(text, (10 - total % 10) % 10))
}
