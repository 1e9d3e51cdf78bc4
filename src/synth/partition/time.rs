//! Partitions of dates and timestamps, by their digits: no clock says what is past.

use super::Partition;

/// Days that tests should meet, disjoint: the first that fits holds.
const DAYS: [&str; 8] = [
    "unbounded",
    "sentinel",
    "epoch",
    "leap day",
    "end of month",
    "before 1970",
    "1970 to 2037",
    "from 2038 on",
];

/// Times of day that tests should meet.
const TIMES: [&str; 3] = ["midnight", "last second of day", "fraction of a second"];

pub(super) fn list(clock: bool, partitions: &mut Vec<Partition>, boundaries: &mut Vec<Partition>) {
    partitions.extend(DAYS.map(Partition::new));
    boundaries.push(Partition::new("first of january"));
    boundaries.push(Partition::new("last of december"));
    if clock {
        boundaries.extend(TIMES.map(Partition::new));
    }
}

pub(super) fn classify(bytes: &[u8], clock: bool) -> (u8, u32) {
    let Some((year, month, day, rest)) = split(bytes) else { return (1, 0) };
    let partition = match (year, month, day) {
        (0 | 1 | 9999, _, _) | (1900, 1, 1) | (_, 0, _) | (_, _, 0) => 2,
        (1970, 1, 1) => 3,
        (_, 2, 29) => 4,
        (_, 2, 28) if !is_leap(year) => 5,
        (_, 4 | 6 | 9 | 11, 30) | (_, _, 31) => 5,
        (..1970, _, _) => 6,
        (..2038, _, _) => 7,
        _ => 8,
    };
    let mut boundaries = u32::from((month, day) == (1, 1)) | (u32::from((month, day) == (12, 31)) << 1);
    if clock {
        let time = rest.get(1..9).unwrap_or(b"00:00:00");
        let fraction = rest.get(9) == Some(&b'.')
            && rest[10..].iter().take_while(|byte| byte.is_ascii_digit()).any(|byte| *byte != b'0');
        boundaries |= u32::from(time == b"00:00:00" && !fraction) << 2;
        boundaries |= u32::from(time == b"23:59:59") << 3;
        boundaries |= u32::from(fraction) << 4;
    }
    (partition, boundaries)
}

/// Year, month, day and what follows; `None` for `infinity` and what is no date. Years BC are year 0.
fn split(bytes: &[u8]) -> Option<(u32, u32, u32, &[u8])> {
    let year_len = bytes.iter().position(|byte| *byte == b'-')?;
    if !(4..=6).contains(&year_len) || bytes.get(year_len + 3) != Some(&b'-') {
        return None;
    }
    let number = |range: std::ops::Range<usize>| {
        bytes.get(range)?.iter().try_fold(0_u32, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })
    };
    let (year, month) = (number(0..year_len)?, number(year_len + 1..year_len + 3)?);
    let day = number(year_len + 4..year_len + 6)?;
    let year = if bytes.ends_with(b" BC") { 0 } else { year };
    Some((year, month, day, &bytes[year_len + 6..]))
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400))
}
