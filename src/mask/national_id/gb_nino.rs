//! National Insurance numbers of the United Kingdom: two letters, six digits, and a letter A to D that may be absent;
//! `AB 12 34 56 C`. The first letter is none of D, F, I, Q, U, V, the second none of these nor O; BG, GB, KN, NK, NT,
//! TN and ZZ are not issued. The rank goes by the pairs of letters that are, then digits, then the last letter; those
//! without it are class `id:gb_nino:8`. Numbers that begin with QQ are never issued.

use super::check::{number, put};
use super::{Class, Kind, Layout, NeverIssued};

const SIX_DIGITS: u64 = 1_000_000;
const SUFFIXES: u64 = 4;

/// The pairs of letters that are issued, and the place of each pair among them.
const PAIRS: ([[u8; 2]; COUNT], [Option<u16>; 676]) = {
    let mut pairs = [[0; 2]; COUNT];
    let mut places = [None; 676];
    let (mut pair, mut count) = (0, 0);
    while pair < 676 {
        let (first, second) = (b'A' + (pair / 26) as u8, b'A' + (pair % 26) as u8);
        let no = matches!(first, b'D' | b'F' | b'I' | b'Q' | b'U' | b'V')
            || matches!(second, b'D' | b'F' | b'I' | b'O' | b'Q' | b'U' | b'V')
            || matches!([first, second], [b'B', b'G'] | [b'G', b'B'] | [b'K' | b'T', b'N'])
            || matches!([first, second], [b'N', b'K' | b'T'] | [b'Z', b'Z']);
        if !no {
            pairs[count] = [first, second];
            places[pair] = Some(count as u16);
            count += 1;
        }
        pair += 1;
    }
    (pairs, places)
};
const COUNT: usize = 20 * 19 - 7;

pub(super) const KIND: Kind = Kind {
    name: "gb_nino",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: "", count: COUNT as u64 * SIX_DIGITS * SUFFIXES },
        Class { suffix: ":8", count: COUNT as u64 * SIX_DIGITS },
    ],
    rank,
    unrank,
    never_issued: Some(NeverIssued {
        least: SIX_DIGITS,
        count: |text| if text.len() == 9 { SIX_DIGITS * SUFFIXES } else { SIX_DIGITS },
        unrank: |rank, text| {
            let rank = if text.len() == 9 { rank } else { rank * SUFFIXES };
            write(*b"QQ", rank, text);
            true
        },
    }),
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let (front, suffix) = text.split_at_checked(8)?;
    let [first, second, digits @ ..] = front else { return None };
    if !first.is_ascii_alphabetic() || !second.is_ascii_alphabetic() {
        return None;
    }
    let place = PAIRS.1[usize::from(first - b'A') * 26 + usize::from(second - b'A')]?;
    let number = u64::from(place) * SIX_DIGITS + number(digits)?;
    match suffix {
        [] => Some((1, number)),
        [letter @ b'A'..=b'D'] => Some((0, number * SUFFIXES + u64::from(letter - b'A'))),
        _ => None,
    }
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let rank = if class == 0 { rank } else { rank * SUFFIXES };
    let pair = PAIRS.0[(rank / SUFFIXES / SIX_DIGITS) as usize];
    write(pair, rank % (SUFFIXES * SIX_DIGITS), text);
    true
}

fn write(pair: [u8; 2], rank: u64, text: &mut [u8]) {
    text[..2].copy_from_slice(&pair);
    put(&mut text[2..8], rank / SUFFIXES);
    if let Some(suffix) = text.get_mut(8) {
        *suffix = b'A' + (rank % SUFFIXES) as u8;
    }
}
