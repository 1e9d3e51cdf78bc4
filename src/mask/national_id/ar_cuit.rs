//! Tax numbers of Argentina (CUIT, CUIL): two digits for the kind of taxpayer, eight digits, a check digit;
//! `20-12345678-6`. The kind stays: each is a class, `id:ar_cuit:20`. The check digit is 11 minus the weighted sum
//! modulo 11, 11 being 0; numbers for which it is 10 are not issued.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout};

const EIGHT_DIGITS: u64 = 100_000_000;
const PREFIXES: [u64; 12] = [20, 23, 24, 25, 26, 27, 30, 33, 34, 50, 51, 55];

pub(super) const KIND: Kind = Kind {
    name: "ar_cuit",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":20", count: EIGHT_DIGITS },
        Class { suffix: ":23", count: EIGHT_DIGITS },
        Class { suffix: ":24", count: EIGHT_DIGITS },
        Class { suffix: ":25", count: EIGHT_DIGITS },
        Class { suffix: ":26", count: EIGHT_DIGITS },
        Class { suffix: ":27", count: EIGHT_DIGITS },
        Class { suffix: ":30", count: EIGHT_DIGITS },
        Class { suffix: ":33", count: EIGHT_DIGITS },
        Class { suffix: ":34", count: EIGHT_DIGITS },
        Class { suffix: ":50", count: EIGHT_DIGITS },
        Class { suffix: ":51", count: EIGHT_DIGITS },
        Class { suffix: ":55", count: EIGHT_DIGITS },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    let prefix = number(&text[..2])?;
    let class = PREFIXES.iter().position(|own| *own == prefix)?;
    Some((class, number(&text[2..10])?))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..2], PREFIXES[class]);
    put(&mut text[2..10], rank);
    let check = (11 - weigh(text, &[5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    text[10] = digit(check);
    check < 10
}
