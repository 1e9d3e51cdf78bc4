//! Social insurance numbers of Switzerland (AHV, AVS): 756, nine digits, the check digit of an EAN-13;
//! `756.9217.0769.85`. The rank is the nine digits.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout};

pub(super) const KIND: Kind = Kind {
    name: "ch_ahv",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 1_000_000_000 }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 13] = text.try_into().ok()?;
    Some((0, number(&text[3..12])?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..3], 756);
    put(&mut text[3..12], rank);
    text[12] = digit(10 - weigh(text, &[1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10);
    true
}
