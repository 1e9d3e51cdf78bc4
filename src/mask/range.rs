//! `range`: the bounds of PostgreSQL's ranges and multiranges are masked as a column of their type would be.
//!
//! Which bounds there are, which of them are inclusive, and `empty` stay. A range needs its lower bound not above its
//! upper one: where an operator turns them round (a permutation, noise) they change places. That needs bounds that can
//! be compared: whole and decimal numbers, dates and timestamps. Others take operators that give all bounds one value.
//! A bound that becomes NULL is left out, so the range has no limit there.

use std::cmp::Ordering;

use super::civil::{self, Reading};
use super::nested::{self, Entry, Fault, Found, Leaf, Parts, Results, Syntax};
use super::{
    Class, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal, Request, typed,
};
use crate::table::{Cell, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "range",
    summary: "Mask the bounds of a range or multirange; they stay in order",
    class: Class::Suppress,
    keyed_by: KeyedBy::Parts,
    domain: nested::DOMAIN,
    entity: "range ([a,b))",
    parameters: &[
        Parameter {
            name: "element",
            summary: "the operator of the bounds: \"date_shift\", or a table with op and its parameters",
            kind: ParameterKind::Entry,
            required: true,
            of_domain: false,
        },
        Parameter {
            name: "bounds",
            summary: "the type of the bounds, where the column's type does not say it",
            kind: ParameterKind::Choice(BOUNDS),
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "range", bounds = "date", element = "date_shift" }"#,
            sql_type: &SqlType::TEXT,
            input: "[2024-03-01,2024-04-01)",
            output: Some("[2023-10-23,2024-01-23)"),
        },
        Example {
            policy: r#"{ op = "range", bounds = "integer", element = { op = "permute", domain = "customer.id" } }"#,
            sql_type: &SqlType::TEXT,
            input: "{[1,42),(127,]}",
            output: Some("{[51,63),(61,]}"),
        },
    ],
    accepts: |sql_type| matches!(sql_type.base(), SqlType::Range(_) | SqlType::Text { .. }),
    prepare,
};

const BOUNDS: &[&str] = &["integer", "numeric", "date", "timestamp", "timestamptz", "text"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let said = request.choice("bounds", BOUNDS)?;
    let (bound_type, order) = match request.sql_type.base() {
        SqlType::Range(name) => bounds_of(name),
        _ => None,
    }
    .or_else(|| named(said?))
    .unwrap_or((SqlType::TEXT, None));
    let Some(entry) = request.parameters.get("element") else {
        return Err(Refusal("range needs an element: the operator of its bounds".into()));
    };
    let entry = Entry::read(request, "[*]", entry)?;
    if order.is_none() && !matches!(entry.info.name, "keep" | "redact" | "constant" | "null") {
        return Err(Refusal(format!(
            "{} may turn bounds round, and bounds of that type cannot be compared: say bounds = \"date\" or what they \
             are, or use redact or constant",
            entry.info.name
        )));
    }
    let mut parts = Parts::new(request);
    let slot = parts.slot(&entry, &bound_type)?;
    parts.finish(&INFO, Range { slot, order })
}

/// How bounds are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    Number,
    Time,
}

/// The type of the bounds of PostgreSQL's own ranges.
fn bounds_of(range: &str) -> Option<(SqlType, Option<Order>)> {
    named(match range.replace("multi", "").as_str() {
        "int4range" => return Some((SqlType::Integer { bits: 32 }, Some(Order::Number))),
        "int8range" => "integer",
        "numrange" => "numeric",
        "daterange" => "date",
        "tsrange" => "timestamp",
        "tstzrange" => "timestamptz",
        _ => return None,
    })
}

fn named(bounds: &str) -> Option<(SqlType, Option<Order>)> {
    Some(match bounds {
        "integer" => (SqlType::Integer { bits: 64 }, Some(Order::Number)),
        "numeric" => (SqlType::Numeric { precision: None, scale: None }, Some(Order::Number)),
        "date" => (SqlType::Date, Some(Order::Time)),
        "timestamp" => (SqlType::Timestamp { zone: false }, Some(Order::Time)),
        "timestamptz" => (SqlType::Timestamp { zone: true }, Some(Order::Time)),
        _ => return None,
    })
}

struct Range {
    slot: u32,
    order: Option<Order>,
}

/// Whether a leaf is the lower or the upper bound of its range.
const LOWER: u32 = 0;
const UPPER: u32 = 1;

impl Range {
    /// Reads the range that begins at `at` and gives where it ends.
    fn one(&self, cell: &[u8], at: usize, found: &mut Found<'_>, value: &mut Vec<u8>) -> Option<usize> {
        let at = skip_space(cell, at);
        if let Some(word) = cell.get(at..at + EMPTY.len()).filter(|word| word.eq_ignore_ascii_case(EMPTY)) {
            return Some(at + word.len());
        }
        matches!(cell.get(at)?, b'[' | b'(').then_some(())?;
        let comma = self.bound(cell, at + 1, LOWER, found, value)?;
        (cell.get(comma) == Some(&b',')).then_some(())?;
        let end = self.bound(cell, comma + 1, UPPER, found, value)?;
        matches!(cell.get(end)?, b']' | b')').then_some(end + 1)
    }

    /// Reads a bound and gives where it ends; nothing at all is no bound.
    fn bound(
        &self,
        cell: &[u8],
        start: usize,
        side: u32,
        found: &mut Found<'_>,
        value: &mut Vec<u8>,
    ) -> Option<usize> {
        value.clear();
        let (mut at, mut quoted) = (start, false);
        loop {
            match *cell.get(at)? {
                b'\\' => {
                    value.push(*cell.get(at + 1)?);
                    at += 1;
                }
                b'"' if quoted && cell.get(at + 1) == Some(&b'"') => {
                    value.push(b'"');
                    at += 1;
                }
                b'"' => quoted = !quoted,
                b',' | b']' | b')' | b'[' | b'(' if !quoted => break,
                byte => value.push(byte),
            }
            at += 1;
        }
        if at > start {
            found.push(start..at, side, self.slot, Some(value));
        }
        Some(at)
    }

    fn whole(&self, cell: &[u8], found: &mut Found<'_>, value: &mut Vec<u8>) -> Option<()> {
        let mut at = skip_space(cell, 0);
        if cell.get(at) == Some(&b'{') {
            at = skip_space(cell, at + 1);
            if cell.get(at) != Some(&b'}') {
                loop {
                    at = skip_space(cell, self.one(cell, at, found, value)?);
                    match cell.get(at)? {
                        b',' => at += 1,
                        b'}' => break,
                        _ => return None,
                    }
                }
            }
            at += 1;
        } else {
            at = self.one(cell, at, found, value)?;
        }
        (skip_space(cell, at) == cell.len()).then_some(())
    }

    /// Whether the bounds must change places; `None` if that cannot be told.
    fn is_turned(&self, lower: &[u8], upper: &[u8]) -> bool {
        let ordering = match self.order {
            Some(Order::Number) => compare_numbers(lower, upper),
            Some(Order::Time) => compare_times(lower, upper),
            None => Some(Ordering::Equal),
        };
        ordering == Some(Ordering::Greater)
    }
}

const EMPTY: &[u8] = b"empty";

fn skip_space(cell: &[u8], mut at: usize) -> usize {
    while cell.get(at).is_some_and(|byte| *byte == b' ' || (9..=13).contains(byte)) {
        at += 1;
    }
    at
}

/// Compares numbers as PostgreSQL writes them, without rounding.
fn compare_numbers(a: &[u8], b: &[u8]) -> Option<Ordering> {
    fn parts(number: &[u8]) -> Option<(bool, &[u8], &[u8])> {
        let number = number.trim_ascii();
        let (negative, number) = match number {
            [b'-', rest @ ..] => (true, rest),
            [b'+', rest @ ..] => (false, rest),
            rest => (false, rest),
        };
        let point = number.iter().position(|byte| *byte == b'.').unwrap_or(number.len());
        let (whole, fraction) = (&number[..point], number.get(point + 1..).unwrap_or_default());
        let digits = |text: &[u8]| text.iter().all(u8::is_ascii_digit);
        (digits(whole) && digits(fraction) && number.len() > usize::from(point < number.len()))
            .then_some(())?;
        let zeros = whole.iter().take_while(|byte| **byte == b'0').count();
        let end = fraction.len() - fraction.iter().rev().take_while(|byte| **byte == b'0').count();
        Some((negative, &whole[zeros..], &fraction[..end]))
    }
    let (negative_a, whole_a, fraction_a) = parts(a)?;
    let (negative_b, whole_b, fraction_b) = parts(b)?;
    let size =
        (whole_a.len().cmp(&whole_b.len())).then(whole_a.cmp(whole_b)).then(fraction_a.cmp(fraction_b));
    let is_zero = |whole: &[u8], fraction: &[u8]| whole.is_empty() && fraction.is_empty();
    Some(match (negative_a, negative_b) {
        _ if is_zero(whole_a, fraction_a) && is_zero(whole_b, fraction_b) => Ordering::Equal,
        (false, false) => size,
        (true, true) => size.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    })
}

/// Compares dates or times; `infinity` is above, `-infinity` below all others.
fn compare_times(a: &[u8], b: &[u8]) -> Option<Ordering> {
    fn instant(text: &[u8]) -> Option<i128> {
        match text.trim_ascii() {
            b"infinity" => return Some(i128::MAX),
            b"-infinity" => return Some(i128::MIN),
            _ => {}
        }
        let Reading::Day(day) = civil::read(text)? else { return None };
        let tail = &text[usize::from(day.tail.0)..usize::from(day.tail.1)];
        Some(i128::from(day.number) * 86_400_000_000 + i128::from(clock(tail)))
    }
    Some(instant(a)?.cmp(&instant(b)?))
}

/// Microseconds of ` HH:MM:SS.ffffff` less those of the zone after it. The text has been read before.
fn clock(tail: &[u8]) -> i64 {
    let Some(time) = tail.get(1..) else { return 0 };
    let zone = time.iter().position(|byte| matches!(byte, b'+' | b'-' | b'Z')).unwrap_or(time.len());
    let (time, zone) = time.split_at(zone);
    let (whole, fraction) = match time.iter().position(|byte| *byte == b'.') {
        Some(point) => (&time[..point], &time[point + 1..]),
        None => (time, &[][..]),
    };
    let micros = (0..6).fold(0, |micros, place| {
        micros * 10 + fraction.get(place).map_or(0, |digit| i64::from(digit.wrapping_sub(b'0')))
    });
    let offset = match zone.split_first() {
        Some((b'+', offset)) => seconds(offset),
        Some((b'-', offset)) => -seconds(offset),
        _ => 0,
    };
    (seconds(whole) - offset) * 1_000_000 + micros
}

/// Seconds of `HH:MM:SS`, `HH:MM`, `HHMM` or `HH`.
fn seconds(clock: &[u8]) -> i64 {
    let mut digits = clock.iter().filter(|byte| byte.is_ascii_digit()).map(|byte| i64::from(byte - b'0'));
    let mut two = || digits.next().unwrap_or(0) * 10 + digits.next().unwrap_or(0);
    two() * 3_600 + two() * 60 + two()
}

/// Appends a bound as `range_out` writes it.
fn write_bound(value: &[u8], out: &mut Vec<u8>) {
    let special = |byte: &u8| {
        matches!(byte, b'"' | b'\\' | b'(' | b')' | b'[' | b']' | b',' | b' ') || (9..=13).contains(byte)
    };
    if !value.is_empty() && !value.iter().any(special) {
        out.extend_from_slice(value);
        return;
    }
    out.push(b'"');
    for byte in value {
        if matches!(byte, b'"' | b'\\') {
            out.push(*byte);
        }
        out.push(*byte);
    }
    out.push(b'"');
}

impl Syntax for Range {
    const PART: &'static str = "range bound";

    fn find(&self, cell: &str, found: &mut Found<'_>) -> Result<(), Fault> {
        let mut value = std::mem::take(found.decoded);
        let read = self.whole(cell.as_bytes(), found, &mut value);
        *found.decoded = value;
        read.ok_or(Fault::Invalid)
    }

    fn write(&self, _: &Leaf, _: &str, value: Option<&[u8]>, out: &mut Vec<u8>) {
        if let Some(value) = value {
            write_bound(value, out);
        }
    }

    fn redact(&self, _: &Leaf, _: &str, out: &mut Vec<u8>) {
        out.extend_from_slice(typed::REDACTED.as_bytes());
    }

    /// As for all, but that two bounds which were turned round change places.
    fn splice(&self, cell: &str, leaves: &[Leaf], results: &Results<'_>, out: &mut Vec<u8>) -> bool {
        let mut at = 0;
        let mut changed = false;
        let mut next = 0;
        while let Some(leaf) = leaves.get(next) {
            let pair = leaves.get(next + 1).filter(|upper| leaf.form == LOWER && upper.form == UPPER);
            let pair = pair.filter(|upper| upper.start == leaf.end + 1);
            let turned = pair.is_some_and(|upper| match (results.cell(leaf), results.cell(upper)) {
                (Some(lower), Some(upper_cell)) => {
                    let value = |leaf: &Leaf, cell_of: Cell<'_>| match cell_of {
                        Cell::Value(value) => Some(value.to_vec()),
                        Cell::Kept => {
                            Some(unquoted(&cell.as_bytes()[leaf.start as usize..leaf.end as usize]))
                        }
                        Cell::Null => None,
                    };
                    let bounds = (value(leaf, lower), value(upper, upper_cell));
                    matches!(bounds, (Some(lower), Some(upper)) if self.is_turned(&lower, &upper))
                }
                _ => false,
            });
            let count = 1 + usize::from(pair.is_some());
            for place in 0..count {
                let here = &leaves[next + place];
                let from = if turned { &leaves[next + 1 - place] } else { here };
                out.extend_from_slice(&cell.as_bytes()[at..here.start as usize]);
                match results.cell(from) {
                    Some(Cell::Value(value)) => write_bound(value, out),
                    Some(Cell::Kept) | None => {
                        out.extend_from_slice(&cell.as_bytes()[from.start as usize..from.end as usize]);
                    }
                    Some(Cell::Null) => {}
                }
                changed |= turned || results.cell(here) != Some(Cell::Kept);
                at = here.end as usize;
            }
            next += count;
        }
        out.extend_from_slice(&cell.as_bytes()[at..]);
        changed
    }
}

/// A bound as it is without quotes and escapes.
fn unquoted(written: &[u8]) -> Vec<u8> {
    let mut value = Vec::with_capacity(written.len());
    let (mut at, mut quoted) = (0, false);
    while let Some(byte) = written.get(at) {
        match byte {
            b'\\' => {
                at += 1;
                value.extend(written.get(at));
            }
            b'"' if quoted && written.get(at + 1) == Some(&b'"') => {
                at += 1;
                value.push(b'"');
            }
            b'"' => quoted = !quoted,
            byte => value.push(*byte),
        }
        at += 1;
    }
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::examples::{mask_cells, prepare};
    use super::*;

    fn masked(policy: &str, sql_type: &str, cell: &str) -> Option<String> {
        let policy = format!("{{ on_invalid = 'error', {policy} }}");
        let sql_type = SqlType::Range(sql_type.to_owned());
        mask_cells(&INFO, &policy, &sql_type, "", &[Some(cell)]).ok()?[0].clone()
    }

    const IDS: &str = "element = { op = 'permute', domain = 'customer.id' }";

    #[test]
    fn bounds_are_masked_and_put_in_order() {
        for (cell, expected) in [
            ("[1,42)", "[51,63)"),
            ("[42,1]", "[51,63]"),
            ("(,42)", "(,51)"),
            ("[42,)", "[51,)"),
            ("(,)", "(,)"),
            ("empty", "empty"),
            ("[-1,42)", "[-59,51)"),
            ("[0,42)", "[0,51)"),
            ("[\"1\",42)", "[51,63)"),
        ] {
            assert_eq!(masked(IDS, "int4range", cell).as_deref(), Some(expected), "{cell}");
        }
        assert_eq!(
            masked(IDS, "int4multirange", "{[1,42), (0,1),[42,]}").unwrap(),
            "{[51,63), (0,63),[51,]}"
        );
        assert_eq!(masked(IDS, "int4multirange", "{}").unwrap(), "{}");
        assert_eq!(masked("element = 'null'", "int4range", "[1,42)").unwrap(), "[,)");
    }

    #[test]
    fn times_keep_their_order_and_their_quotes() {
        let cell = r#"["2024-03-01 12:00:00+00","2024-03-01 13:00:00+02")"#;
        let masked_cell = masked("element = 'date_shift'", "tstzrange", cell).unwrap();
        let bounds: Vec<&str> = masked_cell.split('"').filter(|part| part.starts_with('2')).collect();
        assert_eq!(bounds.len(), 2);
        assert_ne!(compare_times(bounds[0].as_bytes(), bounds[1].as_bytes()), Some(Ordering::Greater));
        assert_eq!(
            masked("element = 'date_shift'", "daterange", "[infinity,infinity]").unwrap(),
            "[infinity,infinity]"
        );
    }

    #[test]
    fn what_is_no_range_is_invalid() {
        for cell in [
            "", "1", "[1", "[1,2", "1,2", "[1,2,3]", "[1,2]x", "{[1,2)", "{[1,2);}", "[\"1,2)", "[a,b)",
            "emptyx",
        ] {
            if !cell.is_empty() {
                assert_eq!(masked(IDS, "int4range", cell), None, "{cell}");
            }
        }
    }

    #[test]
    fn operators_that_turn_bounds_need_bounds_that_can_be_compared() {
        let own = SqlType::Range("public.span".into());
        let refusal = |policy: &str| prepare(&INFO, policy, &own).err().map(|refusal| refusal.0);
        assert!(refusal("{ element = 'keyed_hash' }").unwrap().contains("say bounds"));
        assert_eq!(refusal("{ element = 'permute', bounds = 'integer' }"), None);
        assert_eq!(refusal("{ element = { op = 'constant', value = 'x' } }"), None);
    }

    proptest! {
        #[test]
        fn numbers_are_compared_as_numbers(a in -100_000i64..100_000, b in -100_000i64..100_000, scale in 0usize..4) {
            let written = |n: i64| format!("{}{}.{:03}", if n < 0 { "-" } else { "" }, n.abs() / 1000, n.abs() % 1000)[..].to_owned() + &"0".repeat(scale);
            prop_assert_eq!(compare_numbers(written(a).as_bytes(), written(b).as_bytes()), Some(a.cmp(&b)));
        }

        #[test]
        fn a_permuted_range_stays_a_range(a in 0i64..100_000, b in 0i64..100_000) {
            let cell = format!("[{},{})", a.min(b), a.max(b));
            let masked = masked(IDS, "int8range", &cell).unwrap();
            let (lower, upper) = masked[1..masked.len() - 1].split_once(',').unwrap();
            prop_assert!(lower.parse::<i64>().unwrap() <= upper.parse::<i64>().unwrap());
        }
    }
}
