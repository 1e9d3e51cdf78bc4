//! Citizen service numbers of the Netherlands: nine digits, `111222333`, zeros at the front of which may be absent.
//! Their sum weighted 9 to 2 and -1 is a multiple of 11. How many digits there are without zeros in front stays: nine
//! (`id:nl_bsn:9`), eight or seven. The rank is the number without its last digit, less the least of the class; those
//! that would need a last digit of 10 are not issued.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout};

/// The least number of each class without its check digit, and the one above its largest.
const RANGES: [(u64, u64); 3] = [(10_000_000, 100_000_000), (1_000_000, 10_000_000), (100_000, 1_000_000)];

pub(super) const KIND: Kind = Kind {
    name: "nl_bsn",
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
    let Some((last, front)) = text.split_last_mut() else { return false };
    put(front, rank + RANGES[class].0);
    let weights = [9, 8, 7, 6, 5, 4, 3, 2];
    let check = weigh(front, &weights[weights.len().saturating_sub(front.len())..]) % 11;
    *last = digit(check);
    check < 10
}
