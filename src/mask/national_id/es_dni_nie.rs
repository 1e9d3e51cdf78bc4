//! Identity numbers of Spain: eight digits and a letter (DNI, `54362315K`), or X, Y or Z, seven digits and a letter
//! (NIE, `X-2482300W`) for foreigners. Both are classes, `id:es_dni_nie:dni` and `:nie`, where X, Y and Z are a digit
//! 0, 1, 2. The letter is the number modulo 23, read from TRWAGMYFPDXBNJZSQVHLCKE.

use super::check::{number, put};
use super::{Class, Kind, Layout};

const LETTERS: &[u8; 23] = b"TRWAGMYFPDXBNJZSQVHLCKE";
const SEVEN_DIGITS: u64 = 10_000_000;

pub(super) const KIND: Kind = Kind {
    name: "es_dni_nie",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":dni", count: 10 * SEVEN_DIGITS },
        Class { suffix: ":nie", count: 3 * SEVEN_DIGITS },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 9] = text.try_into().ok()?;
    match text[0] {
        first @ b'X'..=b'Z' => Some((1, u64::from(first - b'X') * SEVEN_DIGITS + number(&text[1..8])?)),
        _ => Some((0, number(&text[..8])?)),
    }
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..8], rank);
    if class == 1 {
        text[0] = b'X' + (text[0] - b'0');
    }
    text[8] = LETTERS[(rank % 23) as usize];
    true
}
