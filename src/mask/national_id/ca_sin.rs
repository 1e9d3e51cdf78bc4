//! Social insurance numbers of Canada: nine digits with a Luhn digit, `193-456-787`. Those of temporary residents
//! begin with 9 (class `id:ca_sin:temporary`), others with 1 to 7. The rank is the digits before the last, without
//! the first class's zero. Numbers that begin with 0 are never issued.

use super::check::{luhn, number, put};
use super::{Class, Kind, Layout, NeverIssued};

const SEVEN_DIGITS: u64 = 10_000_000;

pub(super) const KIND: Kind = Kind {
    name: "ca_sin",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: "", count: 7 * SEVEN_DIGITS },
        Class { suffix: ":temporary", count: SEVEN_DIGITS },
    ],
    rank,
    unrank,
    never_issued: Some(NeverIssued {
        least: SEVEN_DIGITS,
        count: |_| SEVEN_DIGITS,
        unrank: |rank, text| {
            write(rank, text);
            true
        },
    }),
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 9] = text.try_into().ok()?;
    let number = number(&text[..8])?;
    match number / SEVEN_DIGITS {
        1..=7 => Some((0, number - SEVEN_DIGITS)),
        9 => Some((1, number - 9 * SEVEN_DIGITS)),
        _ => None,
    }
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    write(rank + [1, 9][class] * SEVEN_DIGITS, text);
    true
}

fn write(number: u64, text: &mut [u8]) {
    put(&mut text[..8], number);
    text[8] = luhn(&text[..8]);
}
