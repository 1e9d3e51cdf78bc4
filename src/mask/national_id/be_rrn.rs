//! National register numbers of Belgium: birth date, serial number 001 to 997, two check digits; `85.07.30-033.28`.
//! The check digits are 97 minus the first nine digits modulo 97, with a 2 before them for people born from 2000 on:
//! they tell the century, which stays. The rank goes by day, then serial number; classes `id:be_rrn:1900` and
//! `:2000`. Numbers without a known birth date are outside.

use super::check::{number, put};
use super::dates::{self, DAYS_1900, DAYS_2000, LAST};
use super::{Class, Kind, Layout};

const SERIALS: u64 = 997;
const CENTURIES: [(i64, i64); 2] = [(1900, 1999), (2000, LAST)];

pub(super) const KIND: Kind = Kind {
    name: "be_rrn",
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
    let number = number(text)?;
    let (front, check) = (number / 100, number % 100);
    let class = (0..2).find(|class| check_digits(*class, front) == check)?;
    let (first, last) = CENTURIES[class];
    let (year, month, day) = (front / 10_000_000, front / 100_000 % 100, front / 1000 % 100);
    let serial = front % 1000;
    let day = dates::rank((first + year.cast_signed(), month.cast_signed(), day.cast_signed()), first, last)?;
    (1..=SERIALS).contains(&serial).then_some((class, day * SERIALS + serial - 1))
}

fn check_digits(class: usize, front: u64) -> u64 {
    97 - (front + class as u64 * 2_000_000_000) % 97
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let (year, month, day) = dates::unrank(rank / SERIALS, CENTURIES[class].0);
    let date = (year % 100 * 10_000 + month * 100 + day).unsigned_abs();
    let front = date * 1000 + rank % SERIALS + 1;
    put(text, front * 100 + check_digits(class, front));
    true
}
