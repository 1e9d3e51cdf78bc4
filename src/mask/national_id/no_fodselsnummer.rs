//! Birth numbers of Norway: birth date, three digits, two check digits; `151086 95088`. The three digits tell the
//! century together with the year, and it stays: classes `id:no_fodselsnummer:1900`, `:2000` and `:1854`. Marks on
//! the date stay: days from 41 on (D numbers), months from 41 on (help numbers) and from 81 on (synthetic people).
//! The rank goes by the cohorts below, then day, then the three digits. Check digits are weighted sums modulo 11;
//! numbers that would need a 10 are not issued. Numbers with months from 81 on are never issued.

use super::check::{digit, number, put, weigh};
use super::dates::{self, Cohort, LAST};
use super::{Class, Kind, Layout, NeverIssued};

const COHORTS: [&[Cohort]; 3] = [
    &[Cohort { years: (1900, 1999), serials: (0, 499) }, Cohort { years: (1940, 1999), serials: (900, 999) }],
    &[Cohort { years: (2000, LAST), serials: (500, 999) }],
    &[Cohort { years: (1854, 1899), serials: (500, 749) }],
];
const CENTURIES: [i64; 3] = [1900, 2000, 1800];
/// What synthetic people's months are above others.
const SYNTHETIC: u64 = 80;

pub(super) const KIND: Kind = Kind {
    name: "no_fodselsnummer",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":1900", count: dates::count(COHORTS[0]) },
        Class { suffix: ":2000", count: dates::count(COHORTS[1]) },
        Class { suffix: ":1854", count: dates::count(COHORTS[2]) },
    ],
    rank,
    unrank: |class, rank, text| {
        let (day, month) = marks(text);
        write(class, rank, (day, month), text)
    },
    never_issued: Some(NeverIssued {
        least: dates::count(COHORTS[2]),
        count: |text| rank(text).map_or(1, |(class, _)| dates::count(COHORTS[class])),
        unrank: |number, text| {
            let class = rank(text).map_or(0, |(class, _)| class);
            let (day, _) = marks(text);
            write(class, number, (day, SYNTHETIC), text)
        },
    }),
};

/// What is added to the day and to the month.
fn marks(text: &[u8]) -> (u64, u64) {
    let day = if text[0] >= b'4' { 40 } else { 0 };
    let month = match text[2] {
        b'8'..=b'9' => SYNTHETIC,
        b'4'..=b'5' => 40,
        _ => 0,
    };
    (day, month)
}

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    let (day, month, year, serial) =
        (number(&text[..2])?, number(&text[2..4])?, number(&text[4..6])?, number(&text[6..9])?);
    let marks = marks(text);
    let day = day.checked_sub(marks.0)?.cast_signed();
    let month = month.checked_sub(marks.1)?.cast_signed();
    (0..3).find_map(|class| {
        let year = CENTURIES[class] + year.cast_signed();
        Some((class, dates::rank_in(COHORTS[class], (year, month, day), serial)?))
    })
}

fn write(class: usize, rank: u64, marks: (u64, u64), text: &mut [u8]) -> bool {
    let ((year, month, day), serial) = dates::unrank_in(COHORTS[class], rank);
    put(&mut text[..2], day.unsigned_abs() + marks.0);
    put(&mut text[2..4], month.unsigned_abs() + marks.1);
    put(&mut text[4..6], (year % 100).unsigned_abs());
    put(&mut text[6..9], serial);
    let first = (11 - weigh(text, &[3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11) % 11;
    text[9] = digit(first);
    let second = (11 - weigh(text, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    text[10] = digit(second);
    first < 10 && second < 10
}
