//! Individual numbers of Japan (My Number): eleven digits and a check digit, `1234 5678 9018`. The rank is the eleven
//! digits. The check digit is 11 minus the sum weighted 2 to 7, then 2 to 6, from the end, modulo 11; above 9 it is
//! 0.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout};

pub(super) const KIND: Kind = Kind {
    name: "jp_my_number",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 100_000_000_000 }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 12] = text.try_into().ok()?;
    Some((0, number(&text[..11])?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..11], rank);
    let check = 11 - weigh(text, &[6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
    text[11] = digit(if check > 9 { 0 } else { check });
    true
}
