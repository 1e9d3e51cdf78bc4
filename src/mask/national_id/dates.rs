//! Birth dates within numbers: the days of a span of years, and serial numbers whose meaning the year decides.
//!
//! Numbers of people born in this century go up to the year 2029, so that few results lie in the future; later years
//! will be classes of their own. A year of two digits without a century counts as one of 2000 to 2099, so that
//! 29 February of a year 00 exists.

use super::super::civil::{civil, day_number, days_of_month};

/// Last year of this century that a number may have.
pub(super) const LAST: i64 = 2029;

/// A day: year, month, day of the month.
pub(super) type Day = (i64, i64, i64);

/// How many days the years from `first` to `last` have.
pub(super) const fn days(first: i64, last: i64) -> u64 {
    (day_number(last + 1, 1, 1) - day_number(first, 1, 1)).unsigned_abs()
}

/// Days of the last century.
pub(super) const DAYS_1900: u64 = days(1900, 1999);
/// Days of this century.
pub(super) const DAYS_2000: u64 = days(2000, LAST);
/// Days of any century.
pub(super) const DAYS: u64 = days(2000, 2099);

/// The rank of a day among those of the years from `first` to `last`.
#[inline]
pub(super) fn rank((year, month, day): Day, first: i64, last: i64) -> Option<u64> {
    let exists = (first..=last).contains(&year) && day >= 1 && day <= days_of_month(year, month);
    exists.then(|| (day_number(year, month, day) - day_number(first, 1, 1)).unsigned_abs())
}

/// The day of that rank from the year `first` on.
#[inline]
pub(super) fn unrank(rank: u64, first: i64) -> Day {
    let (year, month, day) = civil(day_number(first, 1, 1) + rank.cast_signed());
    (year.into(), month.into(), day.into())
}

/// Serial numbers that the people born in some years have.
pub(super) struct Cohort {
    /// First and last year.
    pub(super) years: (i64, i64),
    /// First and last serial number.
    pub(super) serials: (u64, u64),
}

impl Cohort {
    const fn serials(&self) -> u64 {
        self.serials.1 - self.serials.0 + 1
    }

    const fn count(&self) -> u64 {
        days(self.years.0, self.years.1) * self.serials()
    }
}

/// How many pairs of a day and a serial number cohorts have.
pub(super) const fn count(cohorts: &[Cohort]) -> u64 {
    let (mut count, mut place) = (0, 0);
    while place < cohorts.len() {
        count += cohorts[place].count();
        place += 1;
    }
    count
}

/// The rank of a pair: by cohort, then day, then serial number.
#[inline]
pub(super) fn rank_in(cohorts: &[Cohort], day: Day, serial: u64) -> Option<u64> {
    let mut before = 0;
    for cohort in cohorts {
        let (first, last) = cohort.serials;
        if (first..=last).contains(&serial)
            && let Some(day) = rank(day, cohort.years.0, cohort.years.1)
        {
            return Some(before + day * cohort.serials() + serial - first);
        }
        before += cohort.count();
    }
    None
}

/// The pair of a rank.
#[inline]
pub(super) fn unrank_in(cohorts: &[Cohort], mut rank: u64) -> (Day, u64) {
    for cohort in cohorts {
        if rank < cohort.count() {
            let day = unrank(rank / cohort.serials(), cohort.years.0);
            return (day, cohort.serials.0 + rank % cohort.serials());
        }
        rank -= cohort.count();
    }
    ((2000, 1, 1), 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_a_span_are_numbered_without_gaps() {
        assert_eq!((DAYS_1900, DAYS_2000, DAYS), (36_524, 10_958, 36_525));
        for (first, last) in [(1854, 1899), (1900, 1999), (2000, 2099)] {
            for expected in 0..days(first, last) {
                assert_eq!(rank(unrank(expected, first), first, last), Some(expected));
            }
        }
        assert_eq!(rank((1900, 2, 29), 1900, 1999), None);
        assert_eq!(rank((2000, 2, 29), 2000, 2099), Some(59));
        assert_eq!(rank((2000, 13, 1), 2000, 2099), None);
        assert_eq!(rank((2000, 4, 31), 2000, 2099), None);
    }

    #[test]
    fn cohorts_are_numbered_one_after_the_other() {
        let cohorts = [
            Cohort { years: (1900, 1900), serials: (0, 4) },
            Cohort { years: (1950, 1951), serials: (7, 9) },
        ];
        assert_eq!(count(&cohorts), 365 * 5 + 730 * 3);
        for rank in 0..count(&cohorts) {
            let (day, serial) = unrank_in(&cohorts, rank);
            assert_eq!(rank_in(&cohorts, day, serial), Some(rank));
        }
    }
}
