//! The proleptic Gregorian calendar with a year 0, as days from 1970-01-01.
//!
//! The arithmetic is Howard Hinnant's `days_from_civil` and `civil_from_days`
//! (<https://howardhinnant.github.io/date_algorithms.html>) on 64-bit integers.

/// Days from 1970-01-01 to a day.
///
/// ```
/// assert_eq!(scrub::base::calendar::day_number(2000, 3, 1), 11_017);
/// ```
pub const fn day_number(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Year, month and day of a day.
///
/// ```
/// assert_eq!(scrub::base::calendar::date(-719_163), (0, 12, 31));
/// ```
pub fn date(day_number: i64) -> (i64, u8, u8) {
    let shifted = day_number + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month as u8, day as u8)
}

/// Days of a month; 0 for what is no month.
///
/// ```
/// assert_eq!(scrub::base::calendar::days_of_month(1900, 2), 28);
/// ```
pub const fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_day_is_that_of_its_date(day in -3_000_000_000i64..3_000_000_000) {
            let (year, month, of_month) = date(day);
            prop_assert_eq!(day_number(year, month.into(), of_month.into()), day);
            prop_assert!((1..=days_of_month(year, month.into())).contains(&of_month.into()));
        }
    }
}
