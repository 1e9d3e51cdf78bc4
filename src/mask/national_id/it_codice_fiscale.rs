//! Tax codes of people in Italy: three letters for the surname, three for the name, year, letter of the month, day,
//! place, check letter; `RSSMRA85T10A562S`. Three letters are consonants, then vowels, then X to fill up. Days from
//! 41 on are women's. Places are a letter A to M, or Z for abroad, and 001 to 999. Digits that became letters so that
//! two people differ (omocodia) stay letters. The rank goes by surname, name, day within a century, sex (men first),
//! letter and number of the place; three letters count in alphabetical order. The check letter is the sum of values
//! that characters have in odd and in even places modulo 26.

use super::check::{number, put};
use super::dates::{self, DAYS};
use super::{Class, Kind, Layout};

const MONTHS: &[u8; 12] = b"ABCDEHLMPRST";
const PLACES: &[u8; 14] = b"ABCDEFGHIJKLMZ";
const NUMBERS: u64 = 999;
/// What the digits 0 to 9 become in omocodia, and where digits are.
const OMOCODIA: &[u8; 10] = b"LMNPQRSTUV";
const DIGIT_PLACES: [usize; 7] = [6, 7, 9, 10, 12, 13, 14];
/// Values of 0 to 9 and A to Z in odd places; those of digits and of the first ten letters are the same.
const ODD: [u64; 26] =
    [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/// Triples of letters that names have, in order, and the place of each among them.
const TRIPLES: ([[u8; 3]; COUNT], [Option<u16>; 17_576]) = {
    let mut triples = [[0; 3]; COUNT];
    let mut places = [None; 17_576];
    let (mut number, mut count) = (0usize, 0);
    while number < 17_576 {
        let letters =
            [b'A' + (number / 676) as u8, b'A' + (number / 26 % 26) as u8, b'A' + (number % 26) as u8];
        // 0 consonants, 1 vowels, 2 filled up. An X after a vowel fills up.
        let (mut state, mut place, mut fits) = (0, 0, true);
        while place < 3 {
            let vowel = matches!(letters[place], b'A' | b'E' | b'I' | b'O' | b'U');
            let fill = letters[place] == b'X';
            state = match (state, vowel, fill) {
                (0, false, _) => 0,
                (0 | 1, true, _) => 1,
                (1 | 2, false, true) => 2,
                _ => {
                    fits = false;
                    state
                }
            };
            place += 1;
        }
        if fits {
            triples[count] = letters;
            places[number] = Some(count as u16);
            count += 1;
        }
        number += 1;
    }
    (triples, places)
};
/// Consonants, then vowels, then X: 21³ + 21² × 5 + 21 × 5² + 5³ + 21 × 5 + 5² + 5.
const COUNT: usize = 9261 + 2205 + 525 + 125 + 105 + 25 + 5;

pub(super) const KIND: Kind = Kind {
    name: "it_codice_fiscale",
    layout: Layout::Separated(" -./"),
    classes: &[Class {
        suffix: "",
        count: (COUNT * COUNT) as u64 * DAYS * 2 * PLACES.len() as u64 * NUMBERS,
    }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let mut text: [u8; 16] = text.try_into().ok()?;
    for place in DIGIT_PLACES {
        if let Some(digit) = OMOCODIA.iter().position(|letter| *letter == text[place]) {
            text[place] = b'0' + digit as u8;
        }
    }
    let [surname, name] = [triple(&text[..3])?, triple(&text[3..6])?];
    let month = MONTHS.iter().position(|letter| *letter == text[8])? as u64 + 1;
    let (year, day) = (number(&text[6..8])?.cast_signed(), number(&text[9..11])?.cast_signed());
    let (sex, day) = if day > 40 { (1, day - 40) } else { (0, day) };
    let day = dates::rank((2000 + year, month.cast_signed(), day), 2000, 2099)?;
    let place = PLACES.iter().position(|letter| *letter == text[11])? as u64;
    let number = number(&text[12..15])?.checked_sub(1)?;
    let person = ((surname * COUNT as u64 + name) * DAYS + day) * 2 + sex;
    Some((0, (person * PLACES.len() as u64 + place) * NUMBERS + number))
}

/// The place of three letters among those that names have.
fn triple(letters: &[u8]) -> Option<u64> {
    let number = letters.iter().try_fold(0, |number, letter| {
        letter.is_ascii_alphabetic().then(|| number * 26 + usize::from(letter - b'A'))
    })?;
    TRIPLES.1[number].map(u64::from)
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    let mut letters = [false; 16];
    for place in DIGIT_PLACES {
        letters[place] = text[place].is_ascii_alphabetic();
    }
    let (number, rank) = (rank % NUMBERS + 1, rank / NUMBERS);
    let (place, rank) = (rank % PLACES.len() as u64, rank / PLACES.len() as u64);
    let (sex, rank) = (rank % 2, rank / 2);
    let ((year, month, day), rank) = (dates::unrank(rank % DAYS, 2000), rank / DAYS);
    text[..3].copy_from_slice(&TRIPLES.0[(rank / COUNT as u64) as usize]);
    text[3..6].copy_from_slice(&TRIPLES.0[(rank % COUNT as u64) as usize]);
    put(&mut text[6..8], (year % 100).unsigned_abs());
    text[8] = MONTHS[(month - 1).unsigned_abs() as usize];
    put(&mut text[9..11], day.unsigned_abs() + 40 * sex);
    text[11] = PLACES[place as usize];
    put(&mut text[12..15], number);
    for place in DIGIT_PLACES.into_iter().filter(|place| letters[*place]) {
        text[place] = OMOCODIA[usize::from(text[place] & 15)];
    }
    let value = |byte: u8| usize::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' });
    let sum: u64 = text[..15]
        .iter()
        .enumerate()
        .map(|(place, byte)| if place % 2 == 0 { ODD[value(*byte)] } else { value(*byte) as u64 })
        .sum();
    text[15] = b'A' + (sum % 26) as u8;
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn triples_are_those_of_names() {
        for (letters, fits) in
            [(b"RSS", true), (b"MRA", true), (b"FOX", true), (b"AIX", true), (b"OXX", true), (b"XXX", true)]
                .into_iter()
                .chain([(b"ABC", false), (b"AXA", false), (b"OXB", false), (b"RAS", false)])
        {
            assert_eq!(triple(letters).is_some(), fits);
        }
        assert!(TRIPLES.0.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
