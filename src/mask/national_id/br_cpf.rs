//! Taxpayer numbers of people in Brazil: nine digits, two check digits; `529.982.247-25`. The rank is the first nine
//! digits. Check digits are sums weighted 10 to 2 and 11 to 2 modulo 11, below 2 being 0. Numbers of one digit
//! throughout are not issued.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout};

pub(super) const KIND: Kind = Kind {
    name: "br_cpf",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 1_000_000_000 }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    Some((0, number(&text[..9])?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..9], rank);
    let check = |sum: u64| if sum % 11 < 2 { 0 } else { 11 - sum % 11 };
    text[9] = digit(check(weigh(&text[..9], &[10, 9, 8, 7, 6, 5, 4, 3, 2])));
    text[10] = digit(check(weigh(&text[..10], &[11, 10, 9, 8, 7, 6, 5, 4, 3, 2])));
    text[..9].iter().any(|digit| *digit != text[0])
}
