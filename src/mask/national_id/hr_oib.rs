//! Personal identification numbers of Croatia (OIB): ten digits and a check digit by ISO/IEC 7064 MOD 11,10;
//! `33392005961`. The rank is the ten digits.

use super::check::{mod_11_10, number, put};
use super::{Class, Kind, Layout};

pub(super) const KIND: Kind = Kind {
    name: "hr_oib",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 10_000_000_000 }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    Some((0, number(&text[..10])?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..10], rank);
    text[10] = mod_11_10(&text[..10]);
    true
}
