//! Tax numbers of Portugal: eight digits and a check digit, `501 964 843`. The first digit, from 1 to 9, tells people
//! from companies and stays: classes `id:pt_nif:1` to `:9`. The rank is the seven digits after it. The check digit is
//! 11 minus the sum weighted 9 to 2 modulo 11; above 9 it is 0.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout};

const SEVEN_DIGITS: u64 = 10_000_000;

pub(super) const KIND: Kind = Kind {
    name: "pt_nif",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":1", count: SEVEN_DIGITS },
        Class { suffix: ":2", count: SEVEN_DIGITS },
        Class { suffix: ":3", count: SEVEN_DIGITS },
        Class { suffix: ":4", count: SEVEN_DIGITS },
        Class { suffix: ":5", count: SEVEN_DIGITS },
        Class { suffix: ":6", count: SEVEN_DIGITS },
        Class { suffix: ":7", count: SEVEN_DIGITS },
        Class { suffix: ":8", count: SEVEN_DIGITS },
        Class { suffix: ":9", count: SEVEN_DIGITS },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 9] = text.try_into().ok()?;
    let number = number(&text[..8])?;
    let class = (number / SEVEN_DIGITS).checked_sub(1)?;
    Some((class as usize, number % SEVEN_DIGITS))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..8], (class as u64 + 1) * SEVEN_DIGITS + rank);
    let check = 11 - weigh(text, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11;
    text[8] = digit(if check > 9 { 0 } else { check });
    true
}
