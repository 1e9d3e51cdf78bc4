//! Telephone numbers: international ones anywhere, national ones where the country is known, by the numbering plans in
//! `rules/phones/numbers-1.txt`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::forms::network::octets;
use super::scope::{Countries, Scope};

const NUMBERS: &str = include_str!("../../rules/phones/numbers-1.txt");

/// Bits of evidence in a number that is valid somewhere, written with its calling code.
const INTERNATIONAL: f32 = 10.0;
/// Bits in one that is valid in a country of the scope: written in groups, and as mere digits.
const GROUPED: f32 = 5.0;
const PLAIN: f32 = 2.0;
/// Bits in three groups as Americans write them.
const AMERICAN: f32 = 7.0;
/// Bits in one that is valid somewhere: in three groups or more, or with a bracket. Fewer groups say nothing.
const SOMEWHERE: f32 = 3.0;

/// The numbers of a region.
struct Region {
    name: String,
    trunk: Vec<u8>,
    /// First and last number of four digits that a national number may begin with, and the lengths that it may have, as
    /// bits; in order.
    ranges: Vec<(u16, u16, u32)>,
}

struct Numbers {
    regions: Vec<Region>,
    by_code: BTreeMap<u16, Vec<u16>>,
    /// For the first four digits of a national number the lengths that it may have in some region, as bits.
    anywhere: Vec<u32>,
    /// The same for numbers behind a trunk prefix, for each such prefix.
    behind_trunk: Vec<(Vec<u8>, Vec<u32>)>,
}

impl Region {
    fn is_valid(&self, digits: &[u8]) -> bool {
        if digits.len() < 4 || digits.len() > 17 {
            return false;
        }
        let front = front(&digits[..4]) as u16;
        let place = self.ranges.partition_point(|(_, last, _)| *last < front);
        self.ranges[place..]
            .iter()
            .take_while(|(first, _, _)| *first <= front)
            .any(|(_, _, lengths)| lengths >> digits.len() & 1 == 1)
    }

    /// Whether digits are a national number, with the trunk prefix or without it.
    fn is_national(&self, digits: &[u8]) -> bool {
        if let Some(rest) = digits.strip_prefix(&self.trunk[..]).filter(|_| !self.trunk.is_empty()) {
            if self.is_valid(rest) {
                return true;
            }
            // Argentina's mobile numbers: 15 behind the area within the country, 9 before it from abroad.
            let argentine = |area: usize| {
                let (front, behind) = rest.split_at_checked(area)?;
                let number = [b"9", front, behind.strip_prefix(b"15")?].concat();
                Some(self.is_valid(&number))
            };
            if self.name == "AR" && (2..=4).any(|area| argentine(area) == Some(true)) {
                return true;
            }
        }
        self.is_valid(digits)
    }
}

impl Numbers {
    fn get() -> &'static Self {
        static TABLE: LazyLock<Numbers> = LazyLock::new(|| Numbers::read(NUMBERS));
        &TABLE
    }

    fn read(text: &str) -> Self {
        let mut numbers = Self {
            regions: Vec::new(),
            by_code: BTreeMap::new(),
            anywhere: vec![0; FRONTS],
            behind_trunk: Vec::new(),
        };
        for line in text.lines() {
            if let Some(head) = line.strip_prefix('@') {
                let mut words = head.split(' ');
                let mut word = || words.next().unwrap_or_default();
                let (name, code, trunk) = (word().to_owned(), word(), word());
                let place = numbers.regions.len() as u16;
                numbers.by_code.entry(code.parse().unwrap_or_default()).or_default().push(place);
                let trunk = if trunk == "-" { Vec::new() } else { trunk.into() };
                numbers.regions.push(Region { name, trunk, ranges: Vec::new() });
            } else if let (Some((lengths, prefixes)), Some(region)) =
                (line.split_once(": "), numbers.regions.last_mut())
            {
                let lengths = lengths
                    .split(',')
                    .filter_map(|length| length.parse::<u32>().ok())
                    .fold(0, |bits, length| bits | 1 << length);
                for prefix in prefixes.split(' ') {
                    region.ranges.extend(expand(prefix).map(|(first, last)| (first, last, lengths)));
                }
            }
        }
        for region in &mut numbers.regions {
            region.ranges.sort_unstable();
            // Neighbours with the same lengths are one; others must not overlap, or the search would miss some.
            let mut joined: Vec<(u16, u16, u32)> = Vec::with_capacity(region.ranges.len());
            for (first, last, lengths) in region.ranges.drain(..) {
                match joined.last_mut() {
                    Some(before) if before.2 == lengths && before.1 + 1 == first => before.1 = last,
                    _ => joined.push((first, last, lengths)),
                }
            }
            region.ranges = joined;
        }
        for region in &numbers.regions {
            let mut tables = vec![&mut numbers.anywhere];
            if !region.trunk.is_empty() {
                let known = numbers.behind_trunk.iter().position(|(trunk, _)| *trunk == region.trunk);
                let place = known.unwrap_or(numbers.behind_trunk.len());
                if known.is_none() {
                    numbers.behind_trunk.push((region.trunk.clone(), vec![0; FRONTS]));
                }
                tables.push(&mut numbers.behind_trunk[place].1);
            }
            for table in tables {
                for (first, last, lengths) in &region.ranges {
                    table[usize::from(*first)..=usize::from(*last)]
                        .iter_mut()
                        .for_each(|bits| *bits |= lengths);
                }
            }
        }
        numbers
    }

    /// Whether digits are a national number of some region.
    fn is_anywhere(&self, digits: &[u8]) -> bool {
        let holds = |table: &[u32], digits: &[u8]| {
            let lengths = digits.get(..4).map_or(0, |four| table[front(four)]);
            digits.len() < 32 && lengths >> digits.len() & 1 == 1
        };
        holds(&self.anywhere, digits)
            || self
                .behind_trunk
                .iter()
                .any(|(trunk, table)| digits.strip_prefix(&trunk[..]).is_some_and(|rest| holds(table, rest)))
    }

    /// Whether digits, the calling code first, are a valid number of some region.
    fn is_international(&self, digits: &[u8]) -> bool {
        (1..=3).any(|length| {
            let Some((code, rest)) = digits.split_at_checked(length) else { return false };
            let code = code.iter().fold(0, |code, byte| code * 10 + u16::from(byte & 15));
            let regions = self.by_code.get(&code);
            // A trunk prefix in brackets or by mistake: +44 (0)20.
            regions.into_iter().flatten().map(|place| &self.regions[usize::from(*place)]).any(|region| {
                region.is_valid(rest) || region.is_national(rest) && rest.first() == Some(&b'0')
            })
        })
    }
}

/// Numbers of four digits.
const FRONTS: usize = 10_000;

/// The number that four digits are.
fn front(digits: &[u8]) -> usize {
    digits.iter().fold(0, |front, byte| front * 10 + usize::from(byte & 15)) % FRONTS
}

/// The ranges of four digits that a prefix such as `20[123]` stands for.
fn expand(prefix: &str) -> impl Iterator<Item = (u16, u16)> + '_ {
    let (front, last) = match prefix.split_once('[') {
        Some((front, set)) => (front, set.trim_end_matches(']')),
        None => prefix.split_at(prefix.len().saturating_sub(1)),
    };
    let missing = 4_usize.saturating_sub(front.len() + 1) as u32;
    let front = front.parse::<u16>().unwrap_or_default();
    last.bytes().map(move |byte| {
        let first = (front * 10 + u16::from(byte & 15)) * 10_u16.pow(missing);
        (first, first + 10_u16.pow(missing) - 1)
    })
}

/// Bits of evidence that a value is a telephone number. `hinted`: a name or word beside it says so, and any country's
/// national number will do.
pub(super) fn strength(value: &[u8], scope: &Scope, hinted: bool) -> Option<f32> {
    let value = value.strip_prefix(b"tel:").unwrap_or(value);
    let value = without_extension(value);
    let plus = value.starts_with(b"+") || value.starts_with(b"(+");
    let mut digits = [0; 20];
    let (mut count, mut grouped, mut open) = (0, false, false);
    for byte in value.iter().skip(usize::from(plus)) {
        match byte {
            b'0'..=b'9' => {
                *digits.get_mut(count)? = *byte;
                count += 1;
            }
            b'(' | b')' => {
                open = *byte == b'(';
                grouped = true;
            }
            b' ' | b'-' | b'.' | b'/' => grouped = true,
            b'+' if count == 0 => {}
            _ => return None,
        }
    }
    let digits = &digits[..count];
    if open || count < 5 || digits.iter().all(|byte| *byte == digits[0]) {
        return None;
    }
    let numbers = Numbers::get();
    if plus {
        if numbers.is_international(digits) {
            return Some(INTERNATIONAL);
        }
        // Of no numbering plan, but in groups and called a telephone.
        return (hinted && grouped && (8..=15).contains(&count)).then_some(GROUPED);
    }
    if is_other(value, digits, grouped) {
        return None;
    }
    let exit = digits.strip_prefix(b"00").or_else(|| digits.strip_prefix(b"011"));
    if exit.is_some_and(|rest| rest.len() >= 8 && numbers.is_international(rest)) {
        return Some(if grouped { GROUPED + 3.0 } else { GROUPED });
    }
    if grouped && is_american(value) && american(digits) {
        return Some(AMERICAN);
    }
    let bits = if grouped { GROUPED } else { PLAIN };
    let anywhere = || count >= 7 && numbers.is_anywhere(digits);
    match &scope.countries {
        Countries::Nowhere => {}
        Countries::Only(only) => {
            let mut known = numbers.regions.iter().filter(|region| only.contains(&region.name));
            if known.any(|region| region.is_national(digits)) {
                return Some(bits);
            }
        }
        // Nearly every number of so many digits is one somewhere.
        Countries::Everywhere if anywhere() => {
            let groups = value.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()).count();
            return Some(if groups > 2 || value.contains(&b'(') { SOMEWHERE } else { 0.0 });
        }
        Countries::Everywhere => {}
    }
    (hinted && (grouped && (6..=13).contains(&count) || anywhere())).then_some(bits)
}

/// Whether a number is a date, an address of the Internet or a time since 1970: those have the digits of telephones.
fn is_other(value: &[u8], digits: &[u8], grouped: bool) -> bool {
    if grouped {
        return is_date(value) || octets(value);
    }
    // Seconds from 2001 to 2036, and their thousandths and millionths.
    matches!(digits.len(), 10 | 13 | 16) && (b"10".as_slice()..b"21".as_slice()).contains(&&digits[..2])
}

/// A number of the North American plan by its rules alone: area and exchange begin with 2 to 9.
fn american(digits: &[u8]) -> bool {
    let digits = if digits.len() == 11 { digits.strip_prefix(b"1").unwrap_or(digits) } else { digits };
    digits.len() == 10 && digits[0] >= b'2' && digits[3] >= b'2' && &digits[1..3] != b"11"
}

/// The groups of digits in a value, if they are no more than four; how many.
fn groups(value: &[u8]) -> Option<([&[u8]; 4], usize)> {
    let mut groups: [&[u8]; 4] = [b""; 4];
    let mut count = 0;
    for group in value.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()) {
        *groups.get_mut(count)? = group;
        count += 1;
    }
    Some((groups, count))
}

/// Whether a value is in groups as Americans write telephone numbers: 3, 3, 4.
fn is_american(value: &[u8]) -> bool {
    let value = value
        .strip_prefix(b"1")
        .filter(|rest| rest.first().is_some_and(|byte| !byte.is_ascii_digit()))
        .unwrap_or(value);
    groups(value).is_some_and(|(groups, count)| count == 3 && groups.map(<[u8]>::len)[..3] == [3, 3, 4])
}

/// Days written with separators: they have the digits of short numbers.
pub(super) fn is_date(value: &[u8]) -> bool {
    let Some(([one, two, three, _], 3)) = groups(value) else { return false };
    let number = |group: &[u8]| group.iter().fold(0_u32, |number, byte| number * 10 + u32::from(byte & 15));
    let (year, month, day) = match (one.len(), two.len(), three.len()) {
        (4, 1..=2, 1..=2) => (one, two, three),
        (1..=2, 1..=2, 4) => (three, two, one),
        _ => return false,
    };
    let (month, day) = (number(month), number(day));
    // The day may come first or second.
    (1900..2100).contains(&number(year))
        && (1..=31).contains(&month)
        && (1..=31).contains(&day)
        && (month <= 12 || day <= 12)
}

/// A value without `x123`, `ext. 123` or `;ext=123`.
fn without_extension(value: &[u8]) -> &[u8] {
    let digits = value.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=6).contains(&digits) {
        return value;
    }
    let front = value[..value.len() - digits].trim_ascii_end();
    for mark in [b";ext=".as_slice(), b"ext.", b"ext", b"x", b"#", b"durchwahl"] {
        if front.len() > mark.len() + 4 && front[front.len() - mark.len()..].eq_ignore_ascii_case(mark) {
            return front[..front.len() - mark.len()].trim_ascii_end();
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn international_numbers_are_valid_or_not() {
        let at = |text: &str| strength(text.as_bytes(), &Scope::default(), false).is_some();
        for number in [
            "+12015550123",
            "+1 201-555-0123",
            "+44 20 7946 0958",
            "+44 (0)20 7946 0958",
            "0049 30 123456",
            "tel:+49-30-123456",
            "+1 (201) 555-0123 x12",
        ] {
            assert!(at(number), "{number}");
        }
        for number in [
            "+12345",
            "+999123456789",
            "20 7946 0958",
            "1700000000",
            "2024-01-31",
            "31.01.2024",
            "192.168.1.1",
        ] {
            assert!(!at(number), "{number}");
        }
    }

    #[test]
    fn national_numbers_take_a_country_or_a_hint() {
        let is =
            |text: &str, country, hinted| strength(text.as_bytes(), &Scope::of([country]), hinted).is_some();
        assert!(is("030 123456", "DE", false));
        assert!(is("020 7946 0958", "GB", false) && !is("020 7946 0958", "US", false));
        assert!(is("011 15-2345-6789", "AR", false));
        assert!(is("020 7946 0958", "US", true));
        assert!(!is("11111111", "DE", true));
    }

    #[test]
    fn the_table_is_whole() {
        let numbers = Numbers::get();
        assert_eq!(numbers.regions.len(), 245);
        for region in &numbers.regions {
            assert!(!region.ranges.is_empty(), "{}", region.name);
            assert!(region.trunk.iter().all(u8::is_ascii_digit));
            assert!(
                region.ranges.windows(2).all(|pair| pair[0].1 < pair[1].0),
                "{}: ranges overlap",
                region.name
            );
        }
    }
}
