//! Resident registration numbers of Korea: birth date, a digit for century, sex and nationality, four digits for the
//! place of which the first two are 00 to 95, a serial digit, a check digit; `971013-9019902`. Century and
//! nationality stay: classes `id:kr_rrn:12`, `:34`, `:56`, `:78` and `:90`, whose digits are men and women born from
//! 1900 and from 2000, foreigners likewise, and people born before 1900. The rank goes by day, sex (as the class
//! names them), and the five digits after it. Numbers issued without a check digit since October 2020 are outside,
//! unless they have the right one.

use super::check::{digit, number, put, weigh};
use super::dates::{self, DAYS_1900, DAYS_2000, LAST};
use super::{Class, Kind, Layout};

const DAYS_1800: u64 = dates::days(1800, 1899);
/// Digits of the class, first and last year.
const CENTURIES: [(&[u8; 2], i64, i64); 5] =
    [(b"12", 1900, 1999), (b"34", 2000, LAST), (b"56", 1900, 1999), (b"78", 2000, LAST), (b"90", 1800, 1899)];
/// The five digits after the sex.
const SERIALS: u64 = 96_000;

pub(super) const KIND: Kind = Kind {
    name: "kr_rrn",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":12", count: DAYS_1900 * 2 * SERIALS },
        Class { suffix: ":34", count: DAYS_2000 * 2 * SERIALS },
        Class { suffix: ":56", count: DAYS_1900 * 2 * SERIALS },
        Class { suffix: ":78", count: DAYS_2000 * 2 * SERIALS },
        Class { suffix: ":90", count: DAYS_1800 * 2 * SERIALS },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 13] = text.try_into().ok()?;
    let (date, serial) = (number(&text[..6])?.cast_signed(), number(&text[7..12])?);
    let class = CENTURIES.iter().position(|century| century.0.contains(&text[6]))?;
    let (digits, first, last) = CENTURIES[class];
    let day = dates::rank((first + date / 10_000, date / 100 % 100, date % 100), first, last)?;
    let sex = u64::from(text[6] == digits[1]);
    (serial < SERIALS).then_some((class, (day * 2 + sex) * SERIALS + serial))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let (digits, first, _) = CENTURIES[class];
    let (serial, rank) = (rank % SERIALS, rank / SERIALS);
    let (year, month, day) = dates::unrank(rank / 2, first);
    put(&mut text[..6], (year % 100 * 10_000 + month * 100 + day).unsigned_abs());
    text[6] = digits[(rank % 2) as usize];
    put(&mut text[7..12], serial);
    text[12] = digit((11 - weigh(text, &[2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11) % 10);
    true
}
