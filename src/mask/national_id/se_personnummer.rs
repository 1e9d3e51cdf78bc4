//! Personal identity numbers of Sweden: birth date of six digits or eight, three digits, a Luhn digit over all but
//! the century; `880320-0016`. Without a century the day is one of any (class `id:se_personnummer`); with it the
//! century stays (`:1900` and `:2000`). Days from 61 on (coordination numbers) stay marked, and so does the + of
//! people above a hundred. The rank goes by day, then the three digits.

use super::check::{luhn, number, put};
use super::dates::{self, DAYS, DAYS_1900, DAYS_2000, LAST};
use super::{Class, Kind, Layout};

const SERIALS: u64 = 1000;
const SPANS: [(i64, i64); 3] = [(2000, 2099), (1900, 1999), (2000, LAST)];
/// What the days of coordination numbers are above others.
const COORDINATION: i64 = 60;

pub(super) const KIND: Kind = Kind {
    name: "se_personnummer",
    layout: Layout::Separated(" -+"),
    classes: &[
        Class { suffix: "", count: DAYS * SERIALS },
        Class { suffix: ":1900", count: DAYS_1900 * SERIALS },
        Class { suffix: ":2000", count: DAYS_2000 * SERIALS },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let (date, serial) = match text.len() {
        10 | 12 => text.split_at(text.len() - 4),
        _ => return None,
    };
    let (date, serial) = (number(date)?.cast_signed(), number(&serial[..3])?);
    let (class, year) = match (text.len(), date / 1_000_000) {
        (10, _) => (0, 2000 + date / 10_000),
        (_, 19) => (1, date / 10_000),
        (_, 20) => (2, date / 10_000),
        _ => return None,
    };
    let day = date % 100;
    let day = if day > COORDINATION { day - COORDINATION } else { day };
    let (first, last) = SPANS[class];
    let day = dates::rank((year, date / 100 % 100, day), first, last)?;
    Some((class, day * SERIALS + serial))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let end = text.len() - 4;
    let mark = if text[end - 2] >= b'6' { COORDINATION } else { 0 };
    let (year, month, day) = dates::unrank(rank / SERIALS, SPANS[class].0);
    // The century falls off where there is no room for it.
    put(&mut text[..end], (year * 10_000 + month * 100 + day + mark).unsigned_abs());
    put(&mut text[end..end + 3], rank % SERIALS);
    text[end + 3] = luhn(&text[end - 6..end + 3]);
    true
}
