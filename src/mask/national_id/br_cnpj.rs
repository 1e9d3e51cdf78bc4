//! Company numbers of Brazil: eight characters for the company, four for the branch, two check digits;
//! `11.222.333/0001-81`. The company is permuted, its branch stays, so that branches of one company stay together.
//! Companies of digits only are class `id:br_cnpj`, those with letters (issued from 2026 on) `id:br_cnpj:alnum`, in
//! radix 36, digits before letters. Check digits are weighted sums modulo 11 of character codes minus 48, below 2
//! being 0.

use super::check::{digit, number, put};
use super::{Class, Kind, Layout};

pub(super) const KIND: Kind = Kind {
    name: "br_cnpj",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: 100_000_000 }, Class { suffix: ":alnum", count: 36u64.pow(8) }],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 14] = text.try_into().ok()?;
    let company = &text[..8];
    if let Some(number) = number(company) {
        return Some((0, number));
    }
    let place = |byte: u8| u64::from(if byte.is_ascii_digit() { byte - b'0' } else { byte - b'A' + 10 });
    Some((1, company.iter().fold(0, |rank, byte| rank * 36 + place(*byte))))
}

fn unrank(class: usize, mut rank: u64, text: &mut [u8]) -> bool {
    if class == 0 {
        put(&mut text[..8], rank);
    } else {
        for byte in text[..8].iter_mut().rev() {
            let place = (rank % 36) as u8;
            *byte = if place < 10 { b'0' + place } else { b'A' + place - 10 };
            rank /= 36;
        }
        if text[..8].iter().all(u8::is_ascii_digit) {
            return false;
        }
    }
    for length in [12, 13] {
        let sum: u64 = text[..length]
            .iter()
            .rev()
            .enumerate()
            .map(|(place, byte)| u64::from(byte - b'0') * (place as u64 % 8 + 2))
            .sum();
        let rest = sum % 11;
        text[length] = digit(if rest < 2 { 0 } else { 11 - rest });
    }
    true
}
