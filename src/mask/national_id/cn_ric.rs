//! Resident identity numbers of China: six digits for the county, birth date, three digits, a check character by
//! ISO/IEC 7064 MOD 11-2; `11010519491231002X`. Counties are a province of 34, a prefecture from 01 to 90, a county
//! from 01 to 99: one that comes out may not exist. The century of birth stays. The rank goes by province,
//! prefecture, county, day and serial number; classes `id:cn_ric:1900` and `:2000`.

use super::check::{digit, number, put, weigh};
use super::dates::{self, DAYS_1900, DAYS_2000, LAST};
use super::{Class, Kind, Layout};

const PROVINCES: [u64; 34] = [
    11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46, 50, 51, 52, 53, 54,
    61, 62, 63, 64, 65, 71, 81, 82,
];
const PREFECTURES: u64 = 90;
const COUNTIES: u64 = 99;
const REGIONS: u64 = PROVINCES.len() as u64 * PREFECTURES * COUNTIES;
const CENTURIES: [(i64, i64, u64); 2] = [(1900, 1999, DAYS_1900), (2000, LAST, DAYS_2000)];

pub(super) const KIND: Kind = Kind {
    name: "cn_ric",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":1900", count: REGIONS * DAYS_1900 * 1000 },
        Class { suffix: ":2000", count: REGIONS * DAYS_2000 * 1000 },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 18] = text.try_into().ok()?;
    let number = number(&text[..17])?;
    let (region, date, serial) = (number / 100_000_000_000, number / 1000 % 100_000_000, number % 1000);
    let province = PROVINCES.iter().position(|own| *own == region / 10_000)? as u64;
    let (prefecture, county) = (region / 100 % 100, region % 100);
    if !(1..=PREFECTURES).contains(&prefecture) || !(1..=COUNTIES).contains(&county) {
        return None;
    }
    let date = date.cast_signed();
    let class = usize::from(date >= 20_000_000);
    let (first, last, days) = CENTURIES[class];
    let day = dates::rank((date / 10_000, date / 100 % 100, date % 100), first, last)?;
    let region = (province * PREFECTURES + prefecture - 1) * COUNTIES + county - 1;
    Some((class, (region * days + day) * 1000 + serial))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let (first, _, days) = CENTURIES[class];
    let (year, month, day) = dates::unrank(rank / 1000 % days, first);
    let region = rank / 1000 / days;
    put(&mut text[..2], PROVINCES[(region / COUNTIES / PREFECTURES) as usize]);
    put(&mut text[2..4], region / COUNTIES % PREFECTURES + 1);
    put(&mut text[4..6], region % COUNTIES + 1);
    put(&mut text[6..14], (year * 10_000 + month * 100 + day).unsigned_abs());
    put(&mut text[14..17], rank % 1000);
    let sum = weigh(text, &[7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]);
    text[17] = match (12 - sum % 11) % 11 {
        10 => b'X',
        check => digit(check),
    };
    true
}
