//! The numbering plans of `rules/phones/plan-1.toml`: reading telephone numbers, and counting those of a class.

use std::sync::LazyLock;

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::super::rows;

/// The table is immutable: an entry that changes would change masked values.
const PLANS: &str = include_str!("../../../rules/phones/plan-1.toml");

/// SHA-256 of the table, in hexadecimal digits.
pub(in crate::mask) fn plan_digest() -> String {
    data_encoding::HEXLOWER.encode(&Sha256::digest(PLANS))
}

/// Digits of the longest cell that can be a number: 15 of E.164, an international prefix, a trunk prefix.
const MOST_DIGITS: usize = 20;
/// What a character of a telephone number may be.
const DIGIT: u8 = 1;
const PLUS: u8 = 2;
const SEPARATOR: u8 = 4;
const FOREIGN: u8 = 8;
const KINDS: [u8; 256] = {
    let mut kinds = [FOREIGN; 256];
    let mut byte = 0;
    while byte < 256 {
        match byte as u8 {
            b'0'..=b'9' => kinds[byte] = DIGIT,
            b'+' => kinds[byte] = PLUS,
            b' ' | b'-' | b'(' | b')' | b'.' | b'/' => kinds[byte] = SEPARATOR,
            _ => {}
        }
        byte += 1;
    }
    kinds
};

/// A national number's length takes this many bits of a class number, and one says whether it begins with 0.
const LENGTH_BITS: u32 = 4;
/// Areas of the North American plan whose numbers 555-0100 to 555-0199 are fictional: 2 to 9, then 00 to 89 without 11.
const FICTIONAL_AREAS: u64 = 8 * 89;

/// All numbering plans.
pub(super) struct Numbering {
    plans: Vec<Plan>,
    /// The plan of each number of three digits that a calling code is, or that begins with one.
    by_prefix: Vec<Option<u16>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    #[serde(rename = "version")]
    _version: u32,
    #[serde(rename = "origin")]
    _origin: String,
    plan: Vec<Plan>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Plan {
    code: String,
    regions: Vec<String>,
    trunk: String,
    lengths: [usize; 2],
    #[serde(default)]
    fictional: Vec<String>,
}

/// Numbers of one plan and national length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PlanClass {
    plan: u16,
    length: u8,
    /// Whether national numbers begin with 0.
    zero: bool,
}

impl PlanClass {
    /// A number for the class.
    pub(super) fn number(self) -> usize {
        usize::from(self.plan) << (LENGTH_BITS + 1)
            | usize::from(self.zero) << LENGTH_BITS
            | usize::from(self.length)
    }

    /// The class of a number.
    pub(super) fn from_number(number: usize) -> Self {
        Self {
            plan: (number >> (LENGTH_BITS + 1)) as u16,
            zero: number >> LENGTH_BITS & 1 == 1,
            length: (number & ((1 << LENGTH_BITS) - 1)) as u8,
        }
    }

    /// Digits of the national number.
    pub(super) fn length(self) -> usize {
        self.length.into()
    }
}

impl Plan {
    /// The North American plan, whose areas and exchanges have rules.
    fn is_american(&self) -> bool {
        self.code == "1"
    }

    /// The class and value of these digits as a national number.
    #[inline]
    fn national(&self, plan: usize, digits: &[u8]) -> Option<(PlanClass, u64)> {
        if digits.len() < self.lengths[0] || digits.len() > self.lengths[1] {
            return None;
        }
        let zero = digits[0] == b'0';
        let valid = if self.is_american() {
            digits[0] >= b'2' && digits[3] >= b'2'
        } else {
            !zero || self.trunk.is_empty() && digits[1] != b'0'
        };
        let value = digits.iter().fold(0, |value, byte| value * 10 + u64::from(byte - b'0'));
        valid.then_some((PlanClass { plan: plan as u16, length: digits.len() as u8, zero }, value))
    }

    /// The same for digits that may have the trunk prefix before them. Where that is a digit that national numbers
    /// begin with too, it is a prefix if without it they would be too many.
    #[inline]
    fn with_trunk(&self, plan: usize, digits: &[u8]) -> Option<(PlanClass, u64)> {
        let is_prefix = self.trunk.starts_with('0') || digits.len() > self.lengths[1];
        let rest = digits.strip_prefix(self.trunk.as_bytes()).filter(|_| is_prefix);
        self.national(plan, rest.unwrap_or(digits))
    }
}

impl Numbering {
    /// The plans of the table.
    pub(super) fn get() -> &'static Self {
        static NUMBERING: LazyLock<Numbering> = LazyLock::new(|| {
            let table: Table =
                toml::from_str(PLANS).expect("the table is part of the program, and a test reads it");
            let mut by_prefix = vec![None; 1000];
            for (number, plan) in table.plan.iter().enumerate() {
                // A code of fewer digits is that of ten prefixes, or of a hundred.
                let count = 10_usize.pow(3_u32.saturating_sub(plan.code.len() as u32));
                let first = plan.code.parse::<usize>().expect("a calling code is a number") * count;
                by_prefix[first..first + count].fill(Some(number as u16));
            }
            Numbering { plans: table.plan, by_prefix }
        });
        &NUMBERING
    }

    /// The plan of a country.
    pub(super) fn of_region(&self, region: &str) -> Option<usize> {
        self.plans.iter().position(|plan| plan.regions.iter().any(|own| own == region))
    }

    /// One more than the highest class number.
    pub(super) fn classes(&self) -> usize {
        self.plans.len() << (LENGTH_BITS + 1)
    }

    /// The spec string of a class.
    pub(super) fn spec(&self, class: PlanClass) -> String {
        let zero = if class.zero { ":0" } else { "" };
        format!("phone:{}:{}{zero}", self.plan(class).code, class.length)
    }

    /// Reads a telephone number: its class, and its national number as an integer.
    #[inline]
    pub(super) fn parse(&self, value: &[u8], home: Option<usize>) -> Option<(PlanClass, u64)> {
        // No branch on what a character is, which is as good as random.
        let mut buffer = [0; MOST_DIGITS + 1];
        let (mut count, mut seen, mut pluses, mut late_plus) = (0, 0, 0, false);
        for byte in value {
            let kind = KINDS[usize::from(*byte)];
            seen |= kind;
            pluses += usize::from(kind == PLUS);
            late_plus |= kind == PLUS && count > 0;
            buffer[count.min(MOST_DIGITS)] = *byte;
            count += usize::from(kind == DIGIT);
        }
        if seen & FOREIGN != 0 || count > MOST_DIGITS || pluses > 1 || late_plus {
            return None;
        }
        let plus = pluses == 1;
        let digits = &buffer[..count];
        if plus {
            return self.international(digits);
        }
        if let Some(digits) = digits.strip_prefix(b"00") {
            return self.international(digits);
        }
        let number = home?;
        let plan = &self.plans[number];
        if plan.is_american()
            && let Some(digits) = digits.strip_prefix(b"011")
        {
            return self.international(digits);
        }
        plan.with_trunk(number, digits).or_else(|| {
            let digits = digits.strip_prefix(plan.code.as_bytes())?;
            plan.national(number, digits)
        })
    }

    /// Calling code and national number, perhaps with the trunk prefix between them: `+44 (0)20 ..`.
    #[inline]
    fn international(&self, digits: &[u8]) -> Option<(PlanClass, u64)> {
        let (prefix, _) = digits.split_first_chunk::<3>()?;
        let prefix = prefix.iter().fold(0, |prefix, byte| prefix * 10 + usize::from(byte - b'0'));
        let number = usize::from(self.by_prefix[prefix]?);
        let plan = &self.plans[number];
        let digits = &digits[plan.code.len()..];
        if plan.trunk.starts_with('0') {
            plan.with_trunk(number, digits)
        } else {
            plan.national(number, digits)
        }
    }

    /// Appends the digits of a number of the class with its calling code: its E.164 form without the `+`.
    #[inline]
    pub(super) fn write_international(&self, class: PlanClass, national: u64, out: &mut Vec<u8>) {
        out.extend_from_slice(self.plan(class).code.as_bytes());
        if class.zero {
            out.push(b'0');
        }
        rows::write_decimal(national, out);
    }

    /// How many national numbers the class has.
    pub(super) fn members(&self, class: PlanClass) -> u64 {
        if self.plan(class).is_american() { 800 * 800 * 10_000 } else { 9 * least(class) }
    }

    /// The rank of a national number among them.
    pub(super) fn rank(&self, class: PlanClass, national: u64) -> u64 {
        if !self.plan(class).is_american() {
            return national - least(class);
        }
        let (area, exchange, line) = (national / 10_000_000, national / 10_000 % 1000, national % 10_000);
        ((area - 200) * 800 + exchange - 200) * 10_000 + line
    }

    /// The national number of a rank.
    pub(super) fn unrank(&self, class: PlanClass, rank: u64) -> u64 {
        if !self.plan(class).is_american() {
            return rank + least(class);
        }
        (rank / 8_000_000 + 200) * 10_000_000 + (rank / 10_000 % 800 + 200) * 10_000 + rank % 10_000
    }

    /// How many numbers of the class are kept for fiction.
    pub(super) fn fictional(&self, class: PlanClass) -> u64 {
        let plan = self.plan(class);
        if plan.is_american() {
            return if class.length == 10 && !class.zero { FICTIONAL_AREAS * 100 } else { 0 };
        }
        plan.fictional_patterns(class).map(members_of).sum()
    }

    /// The fictional number of that rank: by pattern in the table's order (areas in the American plan), then by value.
    pub(super) fn fictional_number(&self, class: PlanClass, mut rank: u64) -> u64 {
        let plan = self.plan(class);
        if plan.is_american() {
            let (area, line) = (rank / 100, rank % 100);
            let rest = area % 89;
            let rest = if rest < 11 { rest } else { rest + 1 };
            return ((area / 89 + 2) * 100 + rest) * 10_000_000 + 555_0100 + line;
        }
        for pattern in plan.fictional_patterns(class) {
            let members = members_of(pattern);
            if rank < members {
                return fill(pattern, rank);
            }
            rank -= members;
        }
        least(class)
    }

    /// The fewest fictional numbers of any class that has some.
    pub(super) fn fewest_fictional(&self) -> u64 {
        (0..self.classes())
            .map(PlanClass::from_number)
            .map(|class| self.fictional(class))
            .filter(|count| *count > 0)
            .min()
            .unwrap_or(1)
    }

    fn plan(&self, class: PlanClass) -> &Plan {
        &self.plans[usize::from(class.plan)]
    }
}

impl Plan {
    fn fictional_patterns(&self, class: PlanClass) -> impl Iterator<Item = &str> {
        let fits = move |pattern: &&String| pattern.len() == class.length() && !class.zero;
        self.fictional.iter().filter(fits).map(String::as_str)
    }
}

/// The least national number of a class as an integer: its first digit that is not 0 by the class is 1.
fn least(class: PlanClass) -> u64 {
    10u64.pow(u32::from(class.length).saturating_sub(u32::from(class.zero) + 1))
}

/// How many numbers a pattern has.
fn members_of(pattern: &str) -> u64 {
    10u64.pow(pattern.bytes().filter(|byte| *byte == b'X').count() as u32)
}

/// The number of a pattern with the digits of `rank` for its Xs.
fn fill(pattern: &str, mut rank: u64) -> u64 {
    let mut number = 0;
    let mut scale = 1;
    for byte in pattern.bytes().rev() {
        let digit = if byte == b'X' {
            let digit = rank % 10;
            rank /= 10;
            digit
        } else {
            u64::from(byte - b'0')
        };
        number += digit * scale;
        scale *= 10;
    }
    number
}

#[cfg(test)]
mod tests {

    use super::*;

    fn class(cell: &str) -> PlanClass {
        Numbering::get().parse(cell.as_bytes(), None).unwrap().0
    }

    #[test]
    fn the_table_is_the_one_that_was_released() {
        assert_eq!(plan_digest(), DIGEST);
    }

    const DIGEST: &str = "d6da0303b802ef95f2ec5dd84f5d4747fac51cfdfe54d73d81397c8ba4e16f37";

    #[test]
    fn calling_codes_are_prefix_free_and_lengths_fit() {
        let plans = &Numbering::get().plans;
        for (number, plan) in plans.iter().enumerate() {
            assert!(plan.lengths[0] >= 4 && plan.lengths[0] <= plan.lengths[1], "{}", plan.code);
            assert!(plan.lengths[1] + plan.code.len() <= 15, "{}", plan.code);
            for other in &plans[number + 1..] {
                assert!(
                    !other.code.starts_with(&plan.code) && !plan.code.starts_with(&other.code),
                    "{}",
                    other.code
                );
                assert!(!other.regions.iter().any(|region| plan.regions.contains(region)), "{}", other.code);
            }
            for pattern in &plan.fictional {
                assert!((plan.lengths[0]..=plan.lengths[1]).contains(&pattern.len()), "{pattern}");
                assert!(
                    pattern.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X')
                        && !pattern.starts_with(['0', 'X'])
                );
            }
        }
    }

    #[test]
    fn classes_have_numbers() {
        for cell in ["+12125550100", "+390669821234", "+442079460000", "+99450123456"] {
            let class = Numbering::get().parse(cell.as_bytes(), None);
            if let Some((class, _)) = class {
                assert_eq!(PlanClass::from_number(class.number()), class);
                assert!(class.number() < Numbering::get().classes());
            }
        }
        assert_eq!(Numbering::get().spec(class("+390669821234")), "phone:39:10:0");
        assert_eq!(Numbering::get().spec(class("+12125550100")), "phone:1:10");
    }

    #[test]
    fn ranks_come_back_and_cover_the_class() {
        let numbering = Numbering::get();
        for cell in ["+12125550100", "+390669821234", "+442079460000", "+34612345678"] {
            let class = class(cell);
            for rank in [0, 1, 9_999, 10_000, numbering.members(class) / 3, numbering.members(class) - 1] {
                let national = numbering.unrank(class, rank);
                assert_eq!(numbering.rank(class, national), rank);
                let mut text = b"+".to_vec();
                numbering.write_international(class, national, &mut text);
                assert_eq!(numbering.parse(&text, None), Some((class, national)));
            }
        }
    }

    #[test]
    fn every_fictional_number_is_a_different_number_of_its_class() {
        let numbering = Numbering::get();
        for number in 0..numbering.classes() {
            let class = PlanClass::from_number(number);
            let count = numbering.fictional(class);
            let numbers: std::collections::BTreeSet<u64> =
                (0..count).map(|rank| numbering.fictional_number(class, rank)).collect();
            assert_eq!(numbers.len() as u64, count);
            for national in numbers {
                let mut text = b"+".to_vec();
                numbering.write_international(class, national, &mut text);
                assert_eq!(numbering.parse(&text, None), Some((class, national)));
            }
        }
    }
}
