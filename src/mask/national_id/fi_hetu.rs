//! Identity codes of Finland: birth date, a sign for the century, three digits, a check character; `131052-308T`. The
//! sign stays: + for the years 1800 to 1899; -, U, V, W, X, Y for the next century; A to F for this one. Serial
//! numbers 002 to 899 are issued for good, 900 to 999 for a time (hospitals, tests) and never for good. The rank goes
//! by day, then serial number; classes `id:fi_hetu:1900`, `:2000`, `:1800`, and `:1900:temporary` and so on. The
//! check character is the nine digits modulo 31, read from 0123456789ABCDEFHJKLMNPRSTUVWXY.

use super::check::{number, put};
use super::dates::{self, DAYS_1900, DAYS_2000, LAST};
use super::{Class, Kind, Layout, NeverIssued};

const CHECKS: &[u8; 31] = b"0123456789ABCDEFHJKLMNPRSTUVWXY";
/// First year, last year, days, and the signs.
const CENTURIES: [(i64, i64, u64, &[u8]); 3] =
    [(1900, 1999, DAYS_1900, b"-UVWXY"), (2000, LAST, DAYS_2000, b"ABCDEF"), (1800, 1899, DAYS_1800, b"+")];
const DAYS_1800: u64 = dates::days(1800, 1899);
/// First serial number, and how many there are: issued for good, and for a time.
const SERIALS: [(u64, u64); 2] = [(2, 898), (900, 100)];

pub(super) const KIND: Kind = Kind {
    name: "fi_hetu",
    layout: Layout::Whole,
    classes: &[
        Class { suffix: ":1900", count: DAYS_1900 * SERIALS[0].1 },
        Class { suffix: ":2000", count: DAYS_2000 * SERIALS[0].1 },
        Class { suffix: ":1800", count: DAYS_1800 * SERIALS[0].1 },
        Class { suffix: ":1900:temporary", count: DAYS_1900 * SERIALS[1].1 },
        Class { suffix: ":2000:temporary", count: DAYS_2000 * SERIALS[1].1 },
        Class { suffix: ":1800:temporary", count: DAYS_1800 * SERIALS[1].1 },
    ],
    rank,
    unrank,
    never_issued: Some(NeverIssued {
        least: DAYS_2000 * SERIALS[1].1,
        count: |text| CENTURIES[century(text)].2 * SERIALS[1].1,
        unrank: |rank, text| unrank(century(text) + 3, rank, text),
    }),
};

/// The century that the sign tells.
fn century(text: &[u8]) -> usize {
    CENTURIES.iter().position(|century| century.3.contains(&text[6])).unwrap_or_default()
}

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    let (date, serial) = (number(&text[..6])?.cast_signed(), number(&text[7..10])?);
    let century = CENTURIES.iter().position(|century| century.3.contains(&text[6]))?;
    let (first, last, ..) = CENTURIES[century];
    let day = dates::rank((first + date % 100, date / 100 % 100, date / 10_000), first, last)?;
    let temporary = usize::from(serial >= SERIALS[1].0);
    let (lowest, serials) = SERIALS[temporary];
    Some((century + 3 * temporary, day * serials + serial.checked_sub(lowest)?))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let (lowest, serials) = SERIALS[class / 3];
    let (year, month, day) = dates::unrank(rank / serials, CENTURIES[class % 3].0);
    let date = (day * 10_000 + month * 100 + year % 100).unsigned_abs();
    let serial = lowest + rank % serials;
    put(&mut text[..6], date);
    put(&mut text[7..10], serial);
    text[10] = CHECKS[((date * 1000 + serial) % 31) as usize];
    true
}
