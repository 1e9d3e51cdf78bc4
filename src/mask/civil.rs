//! Dates and times as PostgreSQL writes them, read just far enough to move the date and leave the rest as it is.
//!
//! The calendar is the proleptic Gregorian one without a year 0 (`0044-03-15 BC`), years up to seven digits, as in
//! PostgreSQL. The way back from a day to a date is [`calendar::date`](crate::base::calendar::date) on 32-bit integers.

pub(super) use crate::base::calendar::{day_number, days_of_month};

/// The first day that PostgreSQL's types hold, 24 November 4714 BC: Julian day 0.
pub(super) const FIRST_DAY: i64 = -2_440_588;
/// The first day of the year 1; days before it are written with ` BC`.
pub(super) const FIRST_OF_OUR_ERA: i64 = -719_162;
/// The last year that a date may have.
const LAST_YEAR: i64 = 5_874_897;
/// No text of a date and time is longer.
const LONGEST: usize = 64;

/// What a cell says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// A day, and where in the cell what follows the date (time, zone) begins and ends.
    Day(Day),
    /// `infinity`, `-infinity` or a zero date: no day at all, and nobody's secret.
    Never,
}

/// A day since 1970-01-01 with the place of what follows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) number: i64,
    pub(super) tail: (u8, u8),
}

/// Reads `2024-02-29`, `2024-02-29 23:59:59.5+01`, `0044-03-15 BC`; a `T` may stand for the space, and the zone may be
/// `Z` or an offset. `None` for anything else, days and times that do not exist among it.
pub(super) fn read(cell: &[u8]) -> Option<Reading> {
    let cell = cell.trim_ascii_end();
    if cell == b"infinity" || cell == b"-infinity" {
        return Some(Reading::Never);
    }
    if cell.len() > LONGEST {
        return None;
    }
    let (body, before_christ) = match cell.strip_suffix(b" BC") {
        Some(body) => (body, true),
        None => (cell, false),
    };
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if !(4..=7).contains(&digits) || body.len() < digits + 6 {
        return None;
    }
    let (date, tail) = body.split_at(digits + 6);
    let [b'-', m1, m2, b'-', d1, d2] = date[digits..] else { return None };
    let year = date[..digits].iter().fold(0, |year, digit| year * 10 + i64::from(digit - b'0'));
    let (month, day) = (two(m1, m2)?, two(d1, d2)?);
    if !is_time(tail) {
        return None;
    }
    if year == 0
        && month == 0
        && day == 0
        && !before_christ
        && !tail.iter().any(|byte| matches!(byte, b'1'..=b'9'))
    {
        return Some(Reading::Never);
    }
    if year == 0 || year > LAST_YEAR {
        return None;
    }
    let year = if before_christ { 1 - year } else { year };
    if day == 0 || day > days_of_month(year, month) {
        return None;
    }
    let number = day_number(year, month, day);
    (number >= FIRST_DAY)
        .then_some(Reading::Day(Day { number, tail: ((digits + 6) as u8, body.len() as u8) }))
}

/// Appends the day with `tail` (time and zone as they were) after it. Not for days before [`FIRST_DAY`].
#[inline]
pub(super) fn write(number: i64, tail: &[u8], out: &mut Vec<u8>) {
    let era = write_day(number, out);
    out.extend_from_slice(tail);
    out.extend_from_slice(era);
}

/// Appends the day alone, and gives what must follow its time.
#[inline]
pub(super) fn write_day(number: i64, out: &mut Vec<u8>) -> &'static [u8] {
    let (year, month, day) = civil(number);
    let shown = if year > 0 { year } else { 1 - year }.unsigned_abs();
    if shown > 9_999 {
        let mut rest = shown / 10_000;
        let start = out.len();
        while rest > 0 {
            out.insert(start, b'0' + (rest % 10) as u8);
            rest /= 10;
        }
    }
    let last = shown % 10_000;
    let ([c1, c2], [y1, y2]) = (digits((last / 100) as u8), digits((last % 100) as u8));
    let ([m1, m2], [d1, d2]) = (digits(month), digits(day));
    out.extend_from_slice(&[c1, c2, y1, y2, b'-', m1, m2, b'-', d1, d2]);
    if year > 0 { b"" } else { b" BC" }
}

/// The time of day of a cell, and what stands around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock<'a> {
    /// A space or a `T`.
    separator: u8,
    /// Seconds since midnight, up to 86400.
    pub(super) seconds: i64,
    pub(super) has_seconds: bool,
    /// The fraction of a second with its point.
    fraction: &'a [u8],
    zone: &'a [u8],
}

impl<'a> Clock<'a> {
    /// The time in the tail of a [`Day`]; none if it has none.
    pub(super) fn read(tail: &'a [u8]) -> Option<Self> {
        let [separator, h1, h2, b':', m1, m2, rest @ ..] = tail else { return None };
        let minutes = two(*h1, *h2)? * 60 + two(*m1, *m2)?;
        let (seconds, has_seconds, rest) = match rest {
            [b':', s1, s2, rest @ ..] => (two(*s1, *s2)?, true, rest),
            rest => (0, false, rest),
        };
        let digits = match rest {
            [b'.', digits @ ..] => 1 + digits.iter().take_while(|byte| byte.is_ascii_digit()).count(),
            _ => 0,
        };
        let (fraction, zone) = rest.split_at(digits);
        Some(Self { separator: *separator, seconds: minutes * 60 + seconds, has_seconds, fraction, zone })
    }

    /// Whether there is a fraction of a second other than zero.
    pub(super) fn has_fraction(self) -> bool {
        self.fraction.iter().any(|byte| matches!(byte, b'1'..=b'9'))
    }

    /// It without a fraction of a second.
    pub(super) fn whole(self) -> Self {
        Self { fraction: b"", ..self }
    }

    /// Appends a tail with `seconds` since midnight in place of its own.
    pub(super) fn write(&self, seconds: i64, out: &mut Vec<u8>) {
        let seconds = seconds.rem_euclid(DAY).unsigned_abs();
        let pair = |number: u64| digits(number as u8);
        let ([h1, h2], [m1, m2]) = (pair(seconds / 3_600), pair(seconds / 60 % 60));
        out.extend_from_slice(&[self.separator, h1, h2, b':', m1, m2]);
        if self.has_seconds || !seconds.is_multiple_of(60) {
            out.push(b':');
            out.extend_from_slice(&pair(seconds % 60));
        }
        out.extend_from_slice(self.fraction);
        out.extend_from_slice(self.zone);
    }
}

/// Seconds of a day.
pub(super) const DAY: i64 = 86_400;

fn digits(number: u8) -> [u8; 2] {
    [b'0' + number / 10, b'0' + number % 10]
}

fn two(tens: u8, ones: u8) -> Option<i64> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| i64::from((tens - b'0') * 10 + (ones - b'0')))
}

/// Nothing, or ` HH:MM[:SS[.f]]` with an optional offset.
fn is_time(tail: &[u8]) -> bool {
    let rest = match tail {
        [] => return true,
        [b' ' | b'T', rest @ ..] => rest,
        _ => return false,
    };
    let Some(rest) = clock(rest, 24) else { return false };
    let rest = match rest {
        [b'.', fraction @ ..] => {
            let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return false;
            }
            &fraction[digits..]
        }
        rest => rest,
    };
    match rest {
        [] | b"Z" => true,
        [b'+' | b'-', h1, h2] => two(*h1, *h2).is_some_and(|hours| hours < 24),
        [b'+' | b'-', h1, h2, m1, m2] => {
            two(*h1, *h2).is_some_and(|hours| hours < 24) && two(*m1, *m2).is_some_and(|minutes| minutes < 60)
        }
        [b'+' | b'-', rest @ ..] => clock(rest, 23) == Some(&[]),
        _ => false,
    }
}

/// What is left after `HH:MM[:SS]` with hours up to `hours`.
fn clock(text: &[u8], hours: i64) -> Option<&[u8]> {
    let [h1, h2, b':', m1, m2, rest @ ..] = text else { return None };
    let (hour, minute) = (two(*h1, *h2)?, two(*m1, *m2)?);
    if hour > hours || minute > 59 {
        return None;
    }
    match rest {
        [b':', s1, s2, rest @ ..] => (two(*s1, *s2)? <= 60).then_some(rest),
        rest => Some(rest),
    }
}

/// Year, month and day of a day that PostgreSQL's types hold.
#[inline]
pub(super) fn civil(number: i64) -> (i32, u8, u8) {
    // Twelve eras of 400 years make all of them positive.
    let number = (number + 719_468 + 12 * 146_097).unsigned_abs() as u32;
    let era = number / 146_097;
    let day_of_era = number % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u32::from(month <= 2);
    (year.cast_signed() - 4_800, month as u8, day as u8)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> Option<i64> {
        match read(text.as_bytes())? {
            Reading::Day(day) => Some(day.number),
            Reading::Never => None,
        }
    }

    fn written(number: i64, tail: &str) -> String {
        let mut out = Vec::new();
        write(number, tail.as_bytes(), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn days_count_from_1970() {
        assert_eq!(day("1970-01-01"), Some(0));
        assert_eq!(day("2000-03-01"), Some(11_017));
        assert_eq!(day("0001-01-01"), Some(FIRST_OF_OUR_ERA));
        assert_eq!(day("0001-12-31 BC"), Some(FIRST_OF_OUR_ERA - 1));
        assert_eq!(day("4714-11-24 BC"), Some(FIRST_DAY));
        assert_eq!(day("4714-11-23 BC"), None);
        assert_eq!(day("5874897-12-31").map(|day| written(day, "")), Some("5874897-12-31".into()));
        assert_eq!(day("5874898-01-01"), None);
    }

    #[test]
    fn times_and_offsets_are_kept_as_written() {
        for text in [
            "2024-02-29 23:59:59.123456+05:30",
            "2024-02-29 24:00:00",
            "2024-02-29T12:00Z",
            "2024-02-29 12:00:00-0330",
            "2024-02-29 12:00:00+00",
            "1850-01-01 00:00:00-00:01:15",
            "0044-03-15 09:00:00+01 BC",
            "12024-02-29 12:00:60.5",
        ] {
            let Some(Reading::Day(day)) = read(text.as_bytes()) else { panic!("{text}") };
            let tail = &text[day.tail.0 as usize..day.tail.1 as usize];
            assert_eq!(written(day.number, tail), text);
        }
        assert_eq!(read(b"2024-02-29   "), read(b"2024-02-29"));
    }

    #[test]
    fn what_is_no_day_is_not_read() {
        for text in [
            "",
            "n/a",
            "2024",
            "24-02-29",
            "2023-02-29",
            "1900-02-29",
            "2024-00-10",
            "2024-13-01",
            "2024-04-31",
            "2024-1-05",
            "0000-01-01",
            "2024/01/05",
            "05.01.2024",
            " 2024-01-05",
            "2024-01-05x",
            "2024-01-05 BCE",
            "2024-01-05 25:00:00",
            "2024-01-05 10:60:00",
            "2024-01-05 10:00:00.",
            "2024-01-05 10:00:00 Europe/Berlin",
            "2024-01-05 10:00:00+24",
            "99999999-01-05",
            "Infinity",
            "2024-01-05 10:00:00.1234567890123456789012345678901234567890123456789",
        ] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn infinity_and_zero_dates_are_no_days() {
        for text in ["infinity", "-infinity", "0000-00-00", "0000-00-00 00:00:00"] {
            assert_eq!(read(text.as_bytes()), Some(Reading::Never), "{text}");
        }
        assert_eq!(read(b"0000-00-00 10:00:00"), None);
    }

    #[test]
    fn every_day_of_four_centuries_follows_the_one_before() {
        let mut expected = (1599, 12, 31);
        for number in day("1600-01-01").unwrap()..day("2000-01-01").unwrap() {
            let (year, month, day) = expected;
            expected = if i64::from(day) < days_of_month(year.into(), month.into()) {
                (year, month, day + 1)
            } else if month < 12 {
                (year, month + 1, 1)
            } else {
                (year + 1, 1, 1)
            };
            assert_eq!(civil(number), expected);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(number in FIRST_DAY..=2_145_031_948_i64) {
            prop_assert_eq!(day(&written(number, "")), Some(number));
        }

        #[test]
        fn days_agree_with_jiff(number in FIRST_DAY..=2_932_896) {
            let date = jiff::civil::date(1970, 1, 1) + jiff::Span::new().days(number);
            let (year, month, day) = civil(number);
            prop_assert_eq!((year, month, day), (date.year().into(), date.month().unsigned_abs(), date.day().unsigned_abs()));
        }

        #[test]
        fn no_bytes_make_it_panic(cell in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = read(&cell);
        }
    }
}
