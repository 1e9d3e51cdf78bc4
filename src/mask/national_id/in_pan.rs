//! Permanent account numbers of India: three letters, a letter for the kind of holder, a letter, four digits from
//! 0001, a letter; `ABCPE1234F`. The kind (one of ABCEFGHJLPT) stays. The rank goes by the first three letters, the
//! fifth, the digits and the last letter. The last letter is a check letter by a rule that was never published.

use super::check::{number, put};
use super::{Class, Kind, Layout};

const NUMBERS: u64 = 9999;

pub(super) const KIND: Kind = Kind {
    name: "in_pan",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 26u64.pow(5) * NUMBERS }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 10] = text.try_into().ok()?;
    let letter = |place: usize| text[place].is_ascii_alphabetic().then(|| u64::from(text[place] - b'A'));
    if !b"ABCEFGHJLPT".contains(&text[3]) {
        return None;
    }
    let mut rank = 0;
    for place in [0, 1, 2, 4] {
        rank = rank * 26 + letter(place)?;
    }
    let number = number(&text[5..9])?.checked_sub(1)?;
    Some((0, (rank * NUMBERS + number) * 26 + letter(9)?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    text[9] = b'A' + (rank % 26) as u8;
    put(&mut text[5..9], rank / 26 % NUMBERS + 1);
    let mut rank = rank / 26 / NUMBERS;
    for place in [4, 2, 1, 0] {
        text[place] = b'A' + (rank % 26) as u8;
        rank /= 26;
    }
    true
}
