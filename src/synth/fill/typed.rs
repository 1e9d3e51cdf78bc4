//! A value of a column's type.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::{Date, date};

use super::meaning::{Draw, Lists, Meaning};
use crate::table::{Dialect, SqlType};

/// What a value is made for.
pub(super) struct Asked<'a> {
    pub(super) sql_type: &'a SqlType,
    pub(super) labels: Option<&'a Arc<[String]>>,
    pub(super) dialect: Dialect,
    pub(super) meaning: Meaning,
    /// The number that makes it unlike all others, where it has to be.
    pub(super) unique: Option<u64>,
    pub(super) lists: &'a Lists,
}

/// Whether the type has so many values that each row can have its own.
pub(super) fn is_wide(sql_type: &SqlType) -> bool {
    match sql_type.base() {
        SqlType::Integer { .. } | SqlType::Unsigned { .. } => true,
        SqlType::Text { width, .. } => width.is_none_or(|width| width >= 4),
        SqlType::Numeric { precision, scale } => {
            precision.is_none_or(|precision| precision.saturating_sub(scale.unwrap_or(0)) >= 5)
        }
        SqlType::Uuid | SqlType::Date | SqlType::Timestamp { .. } | SqlType::Float | SqlType::Bytes => true,
        _ => false,
    }
}

/// How many values the type has, where they are few.
pub(super) fn finite(sql_type: &SqlType, labels: Option<&Arc<[String]>>) -> Option<u64> {
    match sql_type.base() {
        SqlType::Boolean => Some(2),
        SqlType::Enum(_) => labels.map(|labels| labels.len() as u64),
        _ => None,
    }
}

/// The `n`-th of few values.
pub(super) fn nth(asked: &Asked<'_>, n: u64) -> Option<String> {
    match asked.sql_type.base() {
        SqlType::Boolean => Some(boolean(n % 2 == 1, asked.dialect)),
        SqlType::Enum(_) => asked.labels?.get(n as usize).cloned(),
        _ => None,
    }
}

fn boolean(truth: bool, dialect: Dialect) -> String {
    match (dialect, truth) {
        (Dialect::Postgres, true) => "t",
        (Dialect::Postgres, false) => "f",
        (_, true) => "1",
        (_, false) => "0",
    }
    .to_owned()
}

/// A value; none for types that nobody here knows values of, and where there are no more unique ones.
pub(super) fn value(asked: &Asked<'_>, draw: &mut Draw) -> Option<String> {
    let unique = asked.unique;
    let day = |draw: &mut Draw| -> Option<Date> {
        let days = unique.unwrap_or_else(|| draw.below(2_000));
        EPOCH.checked_add(i64::try_from(days).ok()?.days()).ok()
    };
    Some(match asked.sql_type.base() {
        SqlType::Boolean => boolean(draw.below(2) == 1, asked.dialect),
        SqlType::Integer { .. } | SqlType::Unsigned { .. } => {
            let (_, most) = asked.sql_type.integer_range()?;
            let number = unique.map_or_else(|| i128::from(draw.below(100) + 1), |n| i128::from(n) + 1);
            (number <= most).then(|| number.to_string())?
        }
        SqlType::Year => (1980 + draw.below(60)).to_string(),
        SqlType::Numeric { precision, scale } => {
            let scale = scale.unwrap_or(if precision.is_none() { 2 } else { 0 });
            let whole = precision.map_or(6, |precision| precision.saturating_sub(scale));
            let limit = 10_u64.checked_pow(whole.min(18))?;
            let whole = match unique {
                Some(n) => (n < limit).then_some(n)?,
                None => draw.below(limit.min(1_000)),
            };
            let cents = draw.below(10_u64.pow(scale.min(2)));
            match scale {
                0 => whole.to_string(),
                scale => {
                    let digits = format!("{cents:0width$}", width = scale.min(2) as usize);
                    format!("{whole}.{digits:0<width$}", width = scale as usize)
                }
            }
        }
        SqlType::Float => unique.map_or_else(|| format!("{}.5", draw.below(1_000)), |n| n.to_string()),
        SqlType::Money => format!("{}.{:02}", draw.below(1_000), draw.below(100)),
        SqlType::Text { width, .. } => return text(asked, draw, width.map(|width| width as usize)),
        SqlType::Bytes => format!("\\x{:016x}", unique.unwrap_or_else(|| draw.next())),
        SqlType::Uuid => {
            let (high, low) = (draw.next(), unique.unwrap_or_else(|| draw.next()) & 0xffff_ffff_ffff);
            format!(
                "{:08x}-{:04x}-4{:03x}-8{:03x}-{low:012x}",
                high >> 32,
                high >> 16 & 0xffff,
                high >> 4 & 0xfff,
                draw.below(4_096)
            )
        }
        SqlType::Date => day(draw)?.to_string(),
        SqlType::Timestamp { zone } => {
            let (days, second) = (draw.below(2_000), unique.unwrap_or_else(|| draw.below(86_400)));
            let days = i64::try_from(if unique.is_some() { second / 86_400 } else { days }).ok()?;
            let day = EPOCH.checked_add(days.days()).ok()?;
            let second = second % 86_400;
            let zone = if *zone && asked.dialect == Dialect::Postgres { "+00" } else { "" };
            format!("{day} {:02}:{:02}:{:02}{zone}", second / 3_600, second / 60 % 60, second % 60)
        }
        SqlType::Time => {
            let second = draw.below(86_400);
            format!("{:02}:{:02}:{:02}", second / 3_600, second / 60 % 60, second % 60)
        }
        SqlType::Interval => format!("{} days", draw.below(300) + 1),
        SqlType::Json => format!("{{\"n\": {}}}", draw.below(1_000)),
        SqlType::Xml => format!("<n>{}</n>", draw.below(1_000)),
        SqlType::Inet => format!("192.0.2.{}", draw.below(254) + 1),
        SqlType::Cidr => "192.0.2.0/24".into(),
        SqlType::MacAddr => format!("00:00:5e:00:53:{:02x}", draw.below(256)),
        SqlType::Enum(_) => {
            let labels = asked.labels.filter(|labels| !labels.is_empty())?;
            labels[draw.below(labels.len() as u64) as usize].clone()
        }
        SqlType::Array(_) if asked.dialect == Dialect::Postgres => "{}".into(),
        SqlType::Other(_) if asked.dialect == Dialect::Sqlite => draw.below(1_000).to_string(),
        _ => return None,
    })
}

/// A text that fits, with a number at its end where it has to be unique.
fn text(asked: &Asked<'_>, draw: &mut Draw, width: Option<usize>) -> Option<String> {
    let text = asked.meaning.value(draw, asked.lists);
    let limit = width.unwrap_or(usize::MAX);
    let Some(n) = asked.unique else { return Some(cut(&text, limit)) };
    let number = base36(n);
    let room = limit.checked_sub(number.len())?;
    Some(match (asked.meaning, text.split_once('@')) {
        (Meaning::Email, Some((name, host))) if room > host.len() + 3 => {
            format!("{}.{number}@{host}", cut(name, room - host.len() - 2))
        }
        _ if room > 1 => format!("{}-{number}", cut(&text, room - 1)),
        _ => number,
    })
}

fn cut(text: &str, width: usize) -> String {
    let short: String = text.chars().take(width).collect();
    short.trim_end().to_owned()
}

/// The number in digits and small letters.
fn base36(mut n: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from_digit((n % 36) as u32, 36).unwrap_or('0'));
        n /= 36;
        if n == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

const EPOCH: Date = date(2020, 1, 1);
