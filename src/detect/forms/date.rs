//! Dates on which a living person may be born.

use crate::base::calendar::days_of_month;

/// Whether a value is such a day. It says little: other dates are of these years too, so it takes a name or a keyword.
pub(in crate::detect) fn birth(value: &[u8]) -> Option<f32> {
    // A timestamp of midnight is a day.
    let value =
        value.strip_suffix(b" 00:00:00").or_else(|| value.strip_suffix(b"T00:00:00")).unwrap_or(value);
    let groups: Vec<&[u8]> =
        value.split(|byte| b" -./".contains(byte)).filter(|group| !group.is_empty()).collect();
    let number = |group: &[u8]| -> Option<i64> {
        (group.len() <= 4 && group.iter().all(u8::is_ascii_digit))
            .then(|| group.iter().fold(0, |number, byte| number * 10 + i64::from(byte & 15)))
    };
    let lives = |year: i64, month: i64, day: i64| {
        (1890..=2030).contains(&year) && day >= 1 && day <= days_of_month(year, month)
    };
    let found = match groups[..] {
        [all] if all.len() == 8 => lives(number(&all[..4])?, number(&all[4..6])?, number(&all[6..])?),
        [one, two, three] => {
            let month = |word: &[u8]| number(word).or_else(|| named_month(word));
            if one.len() == 4 {
                lives(number(one)?, month(two)?, number(three)?)
            } else {
                let year = match (three.len(), number(three)?) {
                    (4, year) => year,
                    (2, year) => 1900 + year,
                    _ => return None,
                };
                match (number(one), month(two)) {
                    (Some(one), Some(two)) => lives(year, two, one) || lives(year, one, two),
                    (None, _) => lives(year, named_month(one)?, number(two)?),
                    _ => false,
                }
            }
        }
        _ => false,
    };
    found.then_some(0.0)
}

/// The month of a name or its first three letters.
fn named_month(word: &[u8]) -> Option<i64> {
    let word = word.to_ascii_lowercase();
    let word = word.strip_suffix(b",").unwrap_or(&word);
    MONTHS
        .iter()
        .position(|month| word.len() >= 3 && month.as_bytes().starts_with(word))
        .map(|place| place as i64 % 12 + 1)
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
