//! Tax file numbers of Australia: nine digits, `123 456 782`, whose sum weighted 1, 4, 3, 7, 5, 8, 6, 9, 10 is a
//! multiple of 11. The rank is the first eight digits; those that would need a last digit of 10 are not issued.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout};

pub(super) const KIND: Kind = Kind {
    name: "au_tfn",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 100_000_000 }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 9] = text.try_into().ok()?;
    Some((0, number(&text[..8])?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..8], rank);
    // A weight of 10 is -1 modulo 11.
    let check = weigh(text, &[1, 4, 3, 7, 5, 8, 6, 9]) % 11;
    text[8] = digit(check);
    check < 10
}
