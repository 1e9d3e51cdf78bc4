//! Central person register numbers of Denmark: birth date and four digits, `211062-5629`. The first of the four tells
//! the century together with the year; the century stays: classes `id:dk_cpr:1900`, `:2000` and `:1858`. There is no
//! check digit: since 2007 numbers are issued without. The rank goes by the cohorts below, then day, then the four
//! digits.

use super::check::{number, put};
use super::dates::{self, Cohort, LAST};
use super::{Class, Kind, Layout};

const COHORTS: [&[Cohort]; 3] = [
    &[
        Cohort { years: (1900, 1999), serials: (0, 3999) },
        Cohort { years: (1937, 1999), serials: (4000, 4999) },
        Cohort { years: (1937, 1999), serials: (9000, 9999) },
    ],
    &[
        Cohort { years: (2000, LAST), serials: (4000, 4999) },
        Cohort { years: (2000, LAST), serials: (5000, 8999) },
        Cohort { years: (2000, LAST), serials: (9000, 9999) },
    ],
    &[Cohort { years: (1858, 1899), serials: (5000, 8999) }],
];

pub(super) const KIND: Kind = Kind {
    name: "dk_cpr",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":1900", count: dates::count(COHORTS[0]) },
        Class { suffix: ":2000", count: dates::count(COHORTS[1]) },
        Class { suffix: ":1858", count: dates::count(COHORTS[2]) },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let (date, serial) = (number(&text[..6])?.cast_signed(), number(&text[6..])?);
    let (day, month, year) = (date / 10_000, date / 100 % 100, date % 100);
    (0..3).find_map(|class| {
        let century = if class == 1 {
            2000
        } else if class == 0 {
            1900
        } else {
            1800
        };
        Some((class, dates::rank_in(COHORTS[class], (century + year, month, day), serial)?))
    })
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let ((year, month, day), serial) = dates::unrank_in(COHORTS[class], rank);
    put(&mut text[..6], (day * 10_000 + month * 100 + year % 100).unsigned_abs());
    put(&mut text[6..], serial);
    true
}
