//! Tax identification numbers of Germany: eleven digits, `86 095 742 719`. Of the first ten, one digit comes twice or
//! three times, not three times in a row, all others once at most; the last is a check digit by ISO/IEC 7064 MOD
//! 11,10. The rank counts such numbers in ascending order. Numbers that begin with 0 are for tests and never issued.

use super::check::{mod_11_10, number};
use super::{Class, Kind, Layout, NeverIssued};

const DIGITS: usize = 10;

/// What has been repeated so far.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeated {
    Nothing,
    /// One digit twice, and the two are not the last two.
    Apart,
    /// One digit twice: the last two.
    AtEnd,
    Thrice,
}

/// How many ways there are to go on, by digits left, different digits used, and [`Repeated`].
const WAYS: [[[u64; 4]; DIGITS + 1]; DIGITS + 1] = {
    let mut ways = [[[0; 4]; DIGITS + 1]; DIGITS + 1];
    let mut used = 0;
    while used <= DIGITS {
        ways[0][used] = [0, 1, 1, 1];
        used += 1;
    }
    let mut left = 1;
    while left <= DIGITS {
        let mut used = 0;
        while used <= DIGITS {
            let new = if used < DIGITS { (DIGITS - used) as u64 } else { 0 };
            let next = if used < DIGITS { ways[left - 1][used + 1] } else { [0; 4] };
            let same = ways[left - 1][used];
            // A digit that was there: the last one, or another.
            let repeats = if used == 0 { 0 } else { same[2] + (used as u64 - 1) * same[1] };
            ways[left][used] =
                [new * next[0] + repeats, new * next[1] + same[3], new * next[1], new * next[3]];
            used += 1;
        }
        left += 1;
    }
    ways
};

const ISSUABLE: u64 = 9 * WAYS[DIGITS - 1][1][0];
const FOR_TESTS: u64 = WAYS[DIGITS - 1][1][0];

pub(super) const KIND: Kind = Kind {
    name: "de_steuer_id",
    layout: Layout::Separated(" -./"),
    classes: &[Class { suffix: "", count: ISSUABLE }],
    rank,
    unrank: |_, rank, text| {
        write(rank + FOR_TESTS, text);
        true
    },
    never_issued: Some(NeverIssued {
        least: FOR_TESTS,
        count: |_| FOR_TESTS,
        unrank: |rank, text| {
            write(rank, text);
            true
        },
    }),
};

/// How often a digit was there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Never,
    Once,
    /// Once, as the last one.
    Last,
    /// Twice or more.
    Repeated,
}

/// The digits so far.
struct Prefix {
    seen: [Seen; DIGITS],
    length: usize,
    used: usize,
    last: usize,
    repeated: Repeated,
}

impl Prefix {
    fn new() -> Self {
        Self { seen: [Seen::Never; DIGITS], length: 0, used: 0, last: 0, repeated: Repeated::Nothing }
    }

    /// What is repeated after one more digit; `None` if it may not stand there.
    fn with(&self, seen: Seen) -> Option<Repeated> {
        match (seen, self.repeated) {
            (Seen::Never, Repeated::AtEnd) => Some(Repeated::Apart),
            (Seen::Never, repeated) => Some(repeated),
            (Seen::Once, Repeated::Nothing) => Some(Repeated::Apart),
            (Seen::Last, Repeated::Nothing) => Some(Repeated::AtEnd),
            (Seen::Repeated, Repeated::Apart) => Some(Repeated::Thrice),
            _ => None,
        }
    }

    /// How many numbers begin with these digits and one more, by how often that one was there.
    #[inline]
    fn ways(&self) -> [u64; 4] {
        let next = &WAYS[DIGITS - 1 - self.length];
        [Seen::Never, Seen::Once, Seen::Last, Seen::Repeated].map(|seen| {
            let used = (self.used + usize::from(seen == Seen::Never)).min(DIGITS);
            self.with(seen).map_or(0, |repeated| next[used][repeated as usize])
        })
    }

    #[inline]
    fn push(&mut self, digit: usize) -> Option<()> {
        let seen = self.seen[digit];
        self.repeated = self.with(seen)?;
        self.used += usize::from(seen == Seen::Never);
        self.length += 1;
        if self.seen[self.last] == Seen::Last {
            self.seen[self.last] = Seen::Once;
        }
        self.seen[digit] = if seen == Seen::Never { Seen::Last } else { Seen::Repeated };
        self.last = digit;
        Some(())
    }
}

fn rank(text: &[u8]) -> Option<(usize, u64)> {
    let text: &[u8; 11] = text.try_into().ok()?;
    number(text)?;
    let mut prefix = Prefix::new();
    let mut rank = 0;
    for byte in &text[..DIGITS] {
        let digit = usize::from(byte & 15);
        let ways = prefix.ways();
        rank += prefix.seen[..digit].iter().map(|lower| ways[*lower as usize]).sum::<u64>();
        prefix.push(digit)?;
    }
    if prefix.repeated == Repeated::Nothing {
        return None;
    }
    Some((0, rank.checked_sub(FOR_TESTS)?))
}

/// Writes the number of a rank among all, those for tests first.
fn write(mut rank: u64, text: &mut [u8]) {
    let mut prefix = Prefix::new();
    for byte in &mut text[..DIGITS] {
        let ways = prefix.ways();
        // All ten are looked at: where the search ends is as good as random, and a wrong guess costs more.
        let (mut below, mut passed, mut digit) = (0, 0, 0);
        for seen in &prefix.seen[..DIGITS - 1] {
            below += ways[*seen as usize];
            if below <= rank {
                passed = below;
                digit += 1;
            }
        }
        rank -= passed;
        *byte = b'0' + digit as u8;
        prefix.push(digit);
    }
    text[DIGITS] = mod_11_10(&text[..DIGITS]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_counted_as_combinatorics_has_it() {
        // Twice: 10 digits, 9 that are missing, 10! / 2!. Thrice: 36 pairs that are missing, 10! / 3!, less 8! in a row.
        let all = 10 * 9 * 1_814_400 + 10 * 36 * (604_800 - 40_320);
        assert_eq!(ISSUABLE + FOR_TESTS, all);
        assert_eq!(FOR_TESTS * 10, all);
    }

    #[test]
    fn three_in_a_row_and_other_patterns_are_not_issued() {
        for number in ["11123456780", "12345678900", "11223456780", "11112345670", "1234567890"] {
            assert_eq!(rank(number.as_bytes()), None, "{number}");
        }
        for number in ["86095742719", "12131456780", "11213456780"] {
            assert!(rank(number.as_bytes()).is_some(), "{number}");
        }
    }
}
