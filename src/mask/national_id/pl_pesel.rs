//! PESEL numbers of Poland: birth date, four digits, a check digit; `44051401359`. The month tells the century (20
//! more from 2000 on), which stays: classes `id:pl_pesel:1900` and `:2000`. The rank goes by day, then the four
//! digits. The check digit is minus the sum weighted 1, 3, 7, 9 over and over, modulo 10.

use super::check::{digit, number, put, weigh};
use super::dates::{self, DAYS_1900, DAYS_2000, LAST};
use super::{Class, Kind, Layout};

const SERIALS: u64 = 10_000;
/// First year, last year, what is added to the month.
const CENTURIES: [(i64, i64, i64); 2] = [(1900, 1999, 0), (2000, LAST, 20)];

pub(super) const KIND: Kind = Kind {
    name: "pl_pesel",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":1900", count: DAYS_1900 * SERIALS },
        Class { suffix: ":2000", count: DAYS_2000 * SERIALS },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    let (date, serial) = (number(&text[..6])?.cast_signed(), number(&text[6..10])?);
    let class = usize::from(date / 100 % 100 > 20);
    let (first, last, mark) = CENTURIES[class];
    let day = dates::rank((first + date / 10_000, date / 100 % 100 - mark, date % 100), first, last)?;
    Some((class, day * SERIALS + serial))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let (first, _, mark) = CENTURIES[class];
    let (year, month, day) = dates::unrank(rank / SERIALS, first);
    put(&mut text[..6], (year % 100 * 10_000 + (month + mark) * 100 + day).unsigned_abs());
    put(&mut text[6..10], rank % SERIALS);
    text[10] = digit((10 - weigh(text, &[1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10) % 10);
    true
}
