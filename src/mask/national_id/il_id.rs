//! Identity numbers of Israel: eight digits and a Luhn digit, `039337423`, zeros at the front of which may be absent.
//! How many digits there are without those stays: nine (`id:il_id:9`), eight or seven. The rank is the number without
//! its last digit, less the least of the class.

use super::check::{luhn, number, put};
use super::{Class, Kind, Layout};

/// The least number of each class without its check digit, and the one above its largest.
const RANGES: [(u64, u64); 3] = [(10_000_000, 100_000_000), (1_000_000, 10_000_000), (100_000, 1_000_000)];

pub(super) const KIND: Kind = Kind {
    name: "il_id",
    layout: Layout::Separated(" -./"),
    classes: &[
        Class { suffix: ":9", count: RANGES[0].1 - RANGES[0].0 },
        Class { suffix: ":8", count: RANGES[1].1 - RANGES[1].0 },
        Class { suffix: ":7", count: RANGES[2].1 - RANGES[2].0 },
    ],
    rank,
    unrank,
    never_issued: None,
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let (_, front) = text.split_last().filter(|_| text.len() <= 9)?;
    let number = number(front)?;
    let class = RANGES.iter().position(|(first, end)| (*first..*end).contains(&number))?;
    Some((class, number - RANGES[class].0))
}

fn unrank(class: usize, rank: u64, text: &mut [u8]) -> bool {
    let Some((check, front)) = text.split_last_mut() else { return false };
    put(front, rank + RANGES[class].0);
    *check = luhn(front);
    true
}
