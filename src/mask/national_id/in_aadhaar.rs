//! Aadhaar numbers of India: eleven digits, the first from 2 to 9, and a check digit by Verhoeff's scheme; `2341 2341
//! 2346`. The rank is the eleven digits less
//! 20,000,000,000. Palindromes are not issued.

use super::check::{number, put};
use super::{Class, Kind, Layout};

const FIRST: u64 = 20_000_000_000;

pub(super) const KIND: Kind = Kind {
    name: "in_aadhaar",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 8 * FIRST / 2 }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 12] = text.try_into().ok()?;
    Some((0, number(&text[..11])?.checked_sub(FIRST)?))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..11], rank + FIRST);
    text[11] = verhoeff(&text[..11]);
    (0..6).any(|place| text[place] != text[11 - place])
}

/// The product in the dihedral group of a pentagon.
fn product(a: u8, b: u8) -> u8 {
    match (a < 5, b < 5) {
        (true, true) => (a + b) % 5,
        (true, false) => (a + b - 5) % 5 + 5,
        (false, true) => (a - 5 + 5 - b) % 5 + 5,
        (false, false) => (a - 5 + 5 - (b - 5)) % 5,
    }
}

/// The check digit behind these digits.
fn verhoeff(digits: &[u8]) -> u8 {
    /// Where the permutation 1 5 7 6 2 8 3 0 9 4 takes each digit after so many times.
    const POWERS: [[u8; 10]; 8] = {
        let mut powers = [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]; 8];
        let mut times = 1;
        while times < 8 {
            let mut digit = 0;
            while digit < 10 {
                powers[times][digit] = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4][powers[times - 1][digit] as usize];
                digit += 1;
            }
            times += 1;
        }
        powers
    };
    let total =
        digits.iter().rev().enumerate().fold(0, |total, (place, digit)| {
            product(total, POWERS[(place + 1) % 8][usize::from(digit & 15)])
        });
    // The inverse: turns of the pentagon the other way, reflections as they are.
    b'0' + if total < 5 { (5 - total) % 5 } else { total }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_digits_have_their_check_digit() {
        assert_eq!(verhoeff(b"236"), b'3');
        assert_eq!(verhoeff(b"23412341234"), b'6');
    }
}
