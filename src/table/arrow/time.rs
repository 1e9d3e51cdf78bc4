//! Dates and times as numbers of an array, and the texts that PostgreSQL writes for them, in both directions.
//!
//! Days count from 1970-01-01 in the proleptic Gregorian calendar; years before the first are written with ` BC`, as
//! PostgreSQL does. A time with a zone is written in UTC (`+00`): the instant is what counts, and the zone's name
//! stays with the array's type.

use super::number::write_integer;
use crate::base::calendar;

/// Fraction digits of a unit: seconds 0, milliseconds 3, microseconds 6, nanoseconds 9.
pub(super) type Digits = u32;

const SECONDS_A_DAY: i64 = 86_400;

/// Appends a date.
pub(super) fn write_date(day: i64, out: &mut Vec<u8>) {
    let before_christ = write_day(day, out);
    if before_christ {
        out.extend_from_slice(b" BC");
    }
}

/// Appends a date and a time of day, with `+00` after it if `zone`.
pub(super) fn write_timestamp(value: i64, digits: Digits, zone: bool, out: &mut Vec<u8>) {
    let ticks = 10_i64.pow(digits);
    let (seconds, fraction) = (value.div_euclid(ticks), value.rem_euclid(ticks));
    let (day, second) = (seconds.div_euclid(SECONDS_A_DAY), seconds.rem_euclid(SECONDS_A_DAY));
    let before_christ = write_day(day, out);
    out.push(b' ');
    write_clock(second, fraction, digits, out);
    if zone {
        out.extend_from_slice(b"+00");
    }
    if before_christ {
        out.extend_from_slice(b" BC");
    }
}

/// Appends a time of day, if the value is one.
pub(super) fn write_time(value: i64, digits: Digits, out: &mut Vec<u8>) -> bool {
    let ticks = 10_i64.pow(digits);
    let seconds = value.div_euclid(ticks);
    if !(0..SECONDS_A_DAY).contains(&seconds) {
        return false;
    }
    write_clock(seconds, value.rem_euclid(ticks), digits, out);
    true
}

/// Days of a text that is a date and nothing else.
pub(super) fn read_date(text: &[u8]) -> Option<i64> {
    let (text, before_christ) = era(text);
    let (day, rest) = read_day(text, before_christ)?;
    rest.is_empty().then_some(day)
}

/// The number of a date and time of day, or of a date alone. With `zone` it may end in an offset; without, it must not.
pub(super) fn read_timestamp(text: &[u8], digits: Digits, zone: bool) -> Option<i64> {
    let (text, before_christ) = era(text);
    let (day, rest) = read_day(text, before_christ)?;
    let (second, fraction, offset) = match rest {
        [] => (0, 0, 0),
        [b' ' | b'T', clock @ ..] => {
            let (second, fraction, rest) = read_clock(clock, digits)?;
            let offset = match rest {
                [] => 0,
                zone_text if zone => read_offset(zone_text)?,
                _ => return None,
            };
            (second, fraction, offset)
        }
        _ => return None,
    };
    // In 128 bits, for the last seconds of the range may lie beyond it on the way.
    let seconds = i128::from(day) * i128::from(SECONDS_A_DAY) + i128::from(second - offset);
    i64::try_from(seconds * 10_i128.pow(digits) + i128::from(fraction)).ok()
}

/// The number of a time of day without a zone.
pub(super) fn read_time(text: &[u8], digits: Digits) -> Option<i64> {
    let (second, fraction, rest) = read_clock(text, digits)?;
    (rest.is_empty() && second < SECONDS_A_DAY).then(|| second * 10_i64.pow(digits) + fraction)
}

/// Appends year, month and day; whether the year is before the first.
fn write_day(day: i64, out: &mut Vec<u8>) -> bool {
    let (year, month, day) = calendar::date(day);
    let shown = if year > 0 { year } else { 1 - year }.unsigned_abs();
    if shown < 1_000 {
        out.extend_from_slice(&b"000"[..3 - usize::from(shown >= 10) - usize::from(shown >= 100)]);
    }
    write_integer(false, shown, out);
    out.push(b'-');
    two(i64::from(month), out);
    out.push(b'-');
    two(i64::from(day), out);
    year <= 0
}

fn write_clock(second: i64, fraction: i64, digits: Digits, out: &mut Vec<u8>) {
    two(second / 3_600, out);
    out.push(b':');
    two(second / 60 % 60, out);
    out.push(b':');
    two(second % 60, out);
    if fraction != 0 {
        out.push(b'.');
        let start = out.len();
        let mut rest = fraction;
        out.resize(start + digits as usize, b'0');
        for place in out[start..].iter_mut().rev() {
            *place = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        while out.last() == Some(&b'0') {
            out.pop();
        }
    }
}

fn two(number: i64, out: &mut Vec<u8>) {
    out.extend_from_slice(&[b'0' + (number / 10) as u8, b'0' + (number % 10) as u8]);
}

fn era(text: &[u8]) -> (&[u8], bool) {
    match text.strip_suffix(b" BC") {
        Some(text) => (text, true),
        None => (text, false),
    }
}

fn read_day(text: &[u8], before_christ: bool) -> Option<(i64, &[u8])> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(4..=7).contains(&digits) {
        return None;
    }
    let year = text[..digits].iter().fold(0, |year, digit| year * 10 + i64::from(digit - b'0'));
    let [b'-', m1, m2, b'-', d1, d2, rest @ ..] = &text[digits..] else { return None };
    let (month, day) = (pair(*m1, *m2)?, pair(*d1, *d2)?);
    if year == 0 {
        return None;
    }
    let year = if before_christ { 1 - year } else { year };
    (1..=calendar::days_of_month(year, month))
        .contains(&day)
        .then(|| (calendar::day_number(year, month, day), rest))
}

/// Seconds, fraction and what follows them.
fn read_clock(text: &[u8], digits: Digits) -> Option<(i64, i64, &[u8])> {
    let [h1, h2, b':', m1, m2, rest @ ..] = text else { return None };
    let (hour, minute) = (pair(*h1, *h2)?, pair(*m1, *m2)?);
    let (second, rest) = match rest {
        [b':', s1, s2, rest @ ..] => (pair(*s1, *s2)?, rest),
        rest => (0, rest),
    };
    if hour > 24 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction, rest) = match rest {
        [b'.', rest @ ..] => {
            let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (fraction, rest) = rest.split_at(count);
            let (held, cut) = fraction.split_at(count.min(digits as usize));
            if count == 0 || !cut.iter().all(|digit| *digit == b'0') {
                return None;
            }
            let value = held.iter().fold(0, |value, digit| value * 10 + i64::from(digit - b'0'));
            (value * 10_i64.pow(digits - held.len() as u32), rest)
        }
        rest => (0, rest),
    };
    Some((hour * 3_600 + minute * 60 + second, fraction, rest))
}

/// Seconds east of UTC.
fn read_offset(text: &[u8]) -> Option<i64> {
    let (sign, rest) = match text {
        b"Z" => return Some(0),
        [b'+', rest @ ..] => (1, rest),
        [b'-', rest @ ..] => (-1, rest),
        _ => return None,
    };
    let seconds = match rest {
        [h1, h2] => pair(*h1, *h2)? * 3_600,
        [h1, h2, m1, m2] | [h1, h2, b':', m1, m2] => pair(*h1, *h2)? * 3_600 + pair(*m1, *m2)? * 60,
        [h1, h2, b':', m1, m2, b':', s1, s2] => {
            pair(*h1, *h2)? * 3_600 + pair(*m1, *m2)? * 60 + pair(*s1, *s2)?
        }
        _ => return None,
    };
    (seconds < SECONDS_A_DAY).then_some(sign * seconds)
}

fn pair(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from((tens - b'0') * 10 + (ones - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn timestamp(value: i64, digits: Digits, zone: bool) -> String {
        let mut out = Vec::new();
        write_timestamp(value, digits, zone, &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn timestamps_are_written_as_postgresql_does() {
        assert_eq!(timestamp(0, 6, false), "1970-01-01 00:00:00");
        assert_eq!(timestamp(-1, 6, true), "1969-12-31 23:59:59.999999+00");
        assert_eq!(timestamp(1_709_296_200_250, 3, true), "2024-03-01 12:30:00.25+00");
        assert_eq!(timestamp(-62_135_596_801, 0, true), "0001-12-31 23:59:59+00 BC");
    }

    #[test]
    fn what_a_unit_cannot_hold_is_none() {
        for (text, digits, zone) in [
            ("2024-03-01 12:30:00.0001", 3, false),
            ("2024-03-01 12:30:00+01", 6, false),
            ("2024-02-30 12:30:00", 6, false),
            ("9999-01-01 00:00:00", 9, false),
            ("2024-03-01x", 6, false),
            ("0000-01-01", 6, false),
            ("infinity", 6, true),
        ] {
            assert_eq!(read_timestamp(text.as_bytes(), digits, zone), None, "{text}");
        }
        assert_eq!(read_timestamp(b"2024-03-01 12:30:00.2500+01:30", 3, true), Some(1_709_290_800_250));
        assert_eq!(read_time(b"24:00:00", 6), None);
        assert_eq!(read_date(b"2024-03-01 00:00:00"), None);
    }

    proptest! {
        #[test]
        fn a_time_reads_back(value in any::<i64>(), unit in 0u32..4, zone in any::<bool>()) {
            let digits = unit * 3;
            let value = if digits == 0 { value % 185_000_000_000_000 } else { value };
            // PostgreSQL's years have at most seven digits.
            prop_assume!(digits != 3 || value.unsigned_abs() < 185_000_000_000_000_000);
            let text = timestamp(value, digits, zone);
            prop_assert_eq!(read_timestamp(text.as_bytes(), digits, zone), Some(value), "{}", text);
        }

        #[test]
        fn a_date_reads_back(day in any::<i32>()) {
            let mut out = Vec::new();
            write_date(day.into(), &mut out);
            prop_assert_eq!(read_date(&out), Some(day.into()));
        }

        #[test]
        fn a_time_of_day_reads_back(second in 0i64..86_400, fraction in 0i64..1_000_000) {
            let mut out = Vec::new();
            prop_assert!(write_time(second * 1_000_000 + fraction, 6, &mut out));
            prop_assert_eq!(read_time(&out, 6), Some(second * 1_000_000 + fraction));
        }
    }
}
