//! Tax numbers of Chile (RUT, RUN): seven or eight digits and a check character, `12.345.678-5`. Seven digits
//! (`id:cl_rut:7`), eight digits below 50 million, which are people's (`id:cl_rut:8`), and from there on, which are
//! companies' (`id:cl_rut:company`), are classes. The check character is 11 minus the sum weighted 2 to 7 from the
//! end modulo 11: 10 is K, 11 is 0.

use super::check::{digit, number, put};
use super::{Class, Kind, Layout};

/// First and last number of each class.
const RANGES: [(u64, u64); 3] = [(1_000_000, 9_999_999), (10_000_000, 49_999_999), (50_000_000, 99_999_999)];

pub(super) const KIND: Kind = Kind {
    name: "cl_rut",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":7", count: RANGES[0].1 - RANGES[0].0 + 1 },
        Class { suffix: ":8", count: RANGES[1].1 - RANGES[1].0 + 1 },
        Class { suffix: ":company", count: RANGES[2].1 - RANGES[2].0 + 1 },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let (_, digits) = text.split_last().filter(|(_, digits)| matches!(digits.len(), 7 | 8))?;
    let number = number(digits)?;
    let class = RANGES.iter().position(|(first, last)| (*first..=*last).contains(&number))?;
    Some((class, number - RANGES[class].0))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let Some((check, digits)) = text.split_last_mut() else { return false };
    put(digits, rank + RANGES[class].0);
    let sum: u64 = digits
        .iter()
        .rev()
        .zip([2, 3, 4, 5, 6, 7, 2, 3])
        .map(|(digit, weight)| u64::from(digit & 15) * weight)
        .sum();
    *check = match 11 - sum % 11 {
        10 => b'K',
        check => digit(check % 11),
    };
    true
}
