//! Identity numbers of Turkey: nine digits, the first not 0, and two check digits; `17291716060`. The rank is the
//! nine digits less 100,000,000. The first check digit is seven times the digits in odd places less those in even
//! places, modulo 10, the second the sum of the ten digits before it modulo 10.

use super::check::{digit, number, put};
use super::{Class, Kind, Layout};

const FIRST: u64 = 100_000_000;

pub(super) const KIND: Kind = Kind {
    name: "tr_tckn",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 9 * FIRST }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    Some((0, number(&text[..9])?.checked_sub(FIRST)?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..9], rank + FIRST);
    let sum = |from: usize| text[from..9].iter().step_by(2).map(|digit| u64::from(digit & 15)).sum::<u64>();
    let (odd, even) = (sum(0), sum(1));
    // Four digits in even places are 36 at most.
    let first = (odd * 7 + 40 - even) % 10;
    text[9] = digit(first);
    text[10] = digit(odd + even + first);
    true
}
