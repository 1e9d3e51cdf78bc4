//! Health service numbers of England, Wales and the Isle of Man, and others of that form: nine digits and a check
//! digit, `943 476 5919`. The rank is the first nine digits. The check digit is 11 minus the sum weighted 10 to 2
//! modulo 11, 11 being 0; those for which it is 10 are not issued. Numbers that begin with 999 are kept for tests and
//! never issued.

use super::check::{digit, number, put, weigh};
use super::{Class, Kind, Layout, NeverIssued};

const FOR_TESTS: u64 = 999_000_000;

pub(super) const KIND: Kind = Kind {
    name: "gb_nhs",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: FOR_TESTS }],
    rank,
    unrank,
    never_issued: Some(NeverIssued {
        least: 1_000_000,
        count: |_| 1_000_000,
        unrank: |rank, text| unrank(0, rank + FOR_TESTS, text),
    }),
};

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 10] = text.try_into().ok()?;
    number(&text[..9]).filter(|number| *number < FOR_TESTS).map(|number| (0, number))
}

fn unrank(_: usize, rank: u64, text: &mut [u8]) -> bool {
    put(&mut text[..9], rank);
    let check = (11 - weigh(text, &[10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11) % 11;
    text[9] = digit(check);
    check < 10
}
