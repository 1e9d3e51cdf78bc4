//! Parts of the calendar that dates are cut to: years, quarters, months, weeks, days and hours.
//!
//! A moment is a day and the seconds since its midnight, in the cell's own zone. Weeks begin on Monday.

use super::civil::{self, Clock, DAY, Day, FIRST_DAY, Reading, civil, day_number};

/// A part of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Year,
    Quarter,
    Month,
    Week,
    Day,
    Hour,
}

/// Their names, for a parameter.
pub(super) const UNITS: &[&str] = &["year", "quarter", "month", "week", "day", "hour"];

impl Unit {
    /// The part of that name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let units = [Self::Year, Self::Quarter, Self::Month, Self::Week, Self::Day, Self::Hour];
        UNITS.iter().zip(units).find(|(own, _)| **own == name).map(|(_, unit)| unit)
    }

    /// The beginning of the part that a moment is in.
    pub(super) fn floor(self, day: i64, seconds: i64) -> (i64, i64) {
        let (year, month, _) = civil(day);
        let first = |month: u8| day_number(year.into(), month.into(), 1);
        match self {
            Self::Year => (first(1), 0),
            Self::Quarter => (first((month - 1) / 3 * 3 + 1), 0),
            Self::Month => (first(month), 0),
            // 1970-01-01 was a Thursday.
            Self::Week => (day - (day + 3).rem_euclid(7), 0),
            Self::Day => (day, 0),
            Self::Hour => (day, seconds - seconds.rem_euclid(3_600)),
        }
    }

    /// The beginning of the part after the one that a moment is in.
    pub(super) fn next(self, day: i64, seconds: i64) -> (i64, i64) {
        let (begin, hour) = self.floor(day, seconds);
        match self {
            Self::Year => (self.floor(begin + 366, 0).0, 0),
            Self::Quarter => (self.floor(begin + 92, 0).0, 0),
            Self::Month => (self.floor(begin + 31, 0).0, 0),
            Self::Week => (begin + 7, 0),
            Self::Hour if hour + 3_600 < DAY => (begin, hour + 3_600),
            Self::Day | Self::Hour => (begin + 1, 0),
        }
    }

    /// The nearest beginning of a part; of two that are equally near, the earlier.
    pub(super) fn nearest(self, day: i64, seconds: i64) -> (i64, i64) {
        let (below, above) = (self.floor(day, seconds), self.next(day, seconds));
        let since = |(a, s): (i64, i64), (b, t): (i64, i64)| (b - a) * DAY + t - s;
        let moment = (day, seconds);
        if since(below, moment) <= since(moment, above) { below } else { above }
    }
}

/// A cell's day with its time.
#[derive(Clone, Copy)]
pub(super) struct Moment<'a> {
    pub(super) day: i64,
    pub(super) clock: Option<Clock<'a>>,
}

impl<'a> Moment<'a> {
    /// Reads a cell that [`civil::read`] found to be a day.
    pub(super) fn new(cell: &'a [u8], day: Day) -> Self {
        let tail = &cell[day.tail.0 as usize..day.tail.1 as usize];
        Self { day: day.number, clock: Clock::read(tail) }
    }

    /// Reads a cell; none for what is no day.
    pub(super) fn read(cell: &'a [u8]) -> Option<Self> {
        match civil::read(cell)? {
            Reading::Day(day) => Some(Self::new(cell, day)),
            Reading::Never => None,
        }
    }

    /// Seconds since midnight.
    pub(super) fn seconds(&self) -> i64 {
        self.clock.map_or(0, |clock| clock.seconds)
    }

    /// The day and the second of the day, the latter below 86400.
    pub(super) fn settled(&self) -> (i64, i64) {
        let seconds = self.seconds();
        (self.day + seconds.div_euclid(DAY), seconds.rem_euclid(DAY))
    }

    /// Appends another moment in this one's writing: with a time if it has one, and its zone.
    pub(super) fn write(&self, (day, seconds): (i64, i64), out: &mut Vec<u8>) {
        let era = civil::write_day(day.max(FIRST_DAY), out);
        if let Some(clock) = &self.clock {
            clock.write(seconds, out);
        }
        out.extend_from_slice(era);
    }

    /// Whether it is a fraction of a second after what it seems.
    pub(super) fn has_fraction(&self) -> bool {
        self.clock.is_some_and(Clock::has_fraction)
    }

    /// It without a fraction of a second.
    pub(super) fn whole(self) -> Self {
        Self { day: self.day, clock: self.clock.map(Clock::whole) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(unit: &str, cell: &str, cut: fn(Unit, i64, i64) -> (i64, i64)) -> String {
        let moment = Moment::read(cell.as_bytes()).unwrap();
        let (day, seconds) = moment.settled();
        let mut out = Vec::new();
        moment.whole().write(cut(Unit::from_name(unit).unwrap(), day, seconds), &mut out);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_moment_is_cut_to_the_beginning_of_its_part() {
        for (unit, expected) in [
            ("year", "2024-01-01 00:00:00+02"),
            ("quarter", "2024-04-01 00:00:00+02"),
            ("month", "2024-05-01 00:00:00+02"),
            ("week", "2024-05-27 00:00:00+02"),
            ("day", "2024-05-30 00:00:00+02"),
            ("hour", "2024-05-30 13:00:00+02"),
        ] {
            assert_eq!(cut(unit, "2024-05-30 13:45:10.25+02", Unit::floor), expected);
        }
        assert_eq!(cut("week", "2024-05-27", Unit::floor), "2024-05-27");
        assert_eq!(cut("year", "0044-03-15 BC", Unit::floor), "0044-01-01 BC");
    }

    #[test]
    fn the_nearest_part_may_be_the_next() {
        for (unit, cell, expected) in [
            ("year", "2024-07-02", "2024-01-01"),
            ("year", "2024-07-03", "2025-01-01"),
            ("month", "2024-02-16", "2024-03-01"),
            ("quarter", "2024-12-01", "2025-01-01"),
            ("day", "2024-12-31 12:00:01", "2025-01-01 00:00:00"),
            ("hour", "2024-12-31 23:30:01", "2025-01-01 00:00:00"),
            ("week", "2024-05-31", "2024-06-03"),
            ("hour", "2024-12-31 24:00:00", "2025-01-01 00:00:00"),
        ] {
            assert_eq!(cut(unit, cell, Unit::nearest), expected, "{unit} {cell}");
        }
    }
}
