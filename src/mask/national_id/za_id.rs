//! Identity numbers of South Africa: birth date, four digits (women below 5000), citizenship, a digit that was used
//! for race, a Luhn digit; `800101 5009 087`. Citizenship is 0 or 1 (class `id:za_id`), or 2 (`:refugee`); the digit
//! after it stays. The rank goes by day within a century, the four digits, and, of the first class, citizenship.

use super::check::{digit, luhn, number, put};
use super::dates::{self, DAYS};
use super::{Class, Kind, Layout};

const SERIALS: u64 = 10_000;

pub(super) const KIND: Kind = Kind {
    name: "za_id",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: "", count: DAYS * SERIALS * 2 },
        Class { suffix: ":refugee", count: DAYS * SERIALS },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 13] = text.try_into().ok()?;
    number(text)?;
    let (date, serial) = (number(&text[..6])?.cast_signed(), number(&text[6..10])?);
    let day = dates::rank((2000 + date / 10_000, date / 100 % 100, date % 100), 2000, 2099)?;
    let number = day * SERIALS + serial;
    match text[10] {
        b'0' | b'1' => Some((0, number * 2 + u64::from(text[10] - b'0'))),
        b'2' => Some((1, number)),
        _ => None,
    }
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let (citizenship, rank) = if class == 0 { (rank % 2, rank / 2) } else { (2, rank) };
    text[10] = digit(citizenship);
    let (year, month, day) = dates::unrank(rank / SERIALS, 2000);
    put(&mut text[..6], (year % 100 * 10_000 + month * 100 + day).unsigned_abs());
    put(&mut text[6..10], rank % SERIALS);
    text[12] = luhn(&text[..12]);
    true
}
