//! Cells: from canonical text to values and back, and which texts a column's type takes.
//!
//! The text of a cell is what COPY of PostgreSQL would hold before escaping, whatever the database: `2020-02-29`,
//! `\x00ff`, `t`. MySQL and SQLite have no booleans of their own: theirs are `1` and `0`.

use std::sync::Arc;

use super::decimal::Decimal;
use super::value::{Fold, Truth, Value};
use crate::base::{Equality, calendar};
use crate::table::{ColumnDef, Dialect, Schema, SqlType};

/// A column's type, as far as values need it.
#[derive(Clone, Debug)]
pub(in crate::synth) struct CellType {
    pub(in crate::synth) sql_type: SqlType,
    /// Labels of an enum.
    pub(in crate::synth) labels: Option<Arc<[String]>>,
    pub(in crate::synth) fold: Fold,
    pub(in crate::synth) dialect: Dialect,
}

impl CellType {
    pub(in crate::synth) fn new(column: &ColumnDef, schema: &Schema, dialect: Dialect) -> Self {
        let sql_type = column.sql_type.base().clone();
        let labels = match &sql_type {
            SqlType::Enum(name) | SqlType::Set(name) => {
                schema.enums.get(name).map(|labels| labels.clone().into())
            }
            _ => None,
        };
        Self { fold: fold(column, dialect), sql_type, labels, dialect }
    }

    /// The value of a cell; none where the type's values, or this one, are not known here.
    pub(in crate::synth) fn decode(&self, text: &str) -> Option<Value> {
        if self.dialect == Dialect::Sqlite {
            return Some(match &self.sql_type {
                SqlType::Text { .. } => Value::Text(text.to_owned(), Some(self.fold)),
                SqlType::Bytes => bytes(text).map_or_else(|| Value::text(text), Value::Bytes),
                _ => number(text.trim()).unwrap_or_else(|| Value::Text(text.to_owned(), Some(self.fold))),
            });
        }
        match &self.sql_type {
            SqlType::Boolean => boolean(text).map(|truth| {
                if self.dialect == Dialect::Postgres {
                    Value::Boolean(truth)
                } else {
                    Value::Integer(truth.into())
                }
            }),
            SqlType::Integer { .. } | SqlType::Unsigned { .. } | SqlType::Year | SqlType::Oid => {
                text.trim().parse().ok().map(Value::Integer)
            }
            SqlType::Numeric { scale, precision } => {
                let number = Decimal::parse(text.trim())?;
                match (scale, precision) {
                    (None, None) => Some(Value::Decimal(number)),
                    _ => number.rescale(scale.unwrap_or(0)).map(Value::Decimal),
                }
            }
            SqlType::Float => {
                text.trim().parse().ok().filter(|float: &f64| float.is_finite()).map(Value::Float)
            }
            SqlType::Text { padded, .. } => {
                let text = if *padded { text.trim_end_matches(' ') } else { text };
                Some(Value::Text(text.to_owned(), Some(self.fold)))
            }
            SqlType::Uuid | SqlType::Inet | SqlType::Cidr | SqlType::MacAddr => {
                Some(Value::text(text.to_ascii_lowercase()))
            }
            SqlType::Bytes => bytes(text).map(Value::Bytes),
            SqlType::Date => date(text).map(Value::Date),
            SqlType::Timestamp { .. } => timestamp(text).map(Value::Timestamp),
            SqlType::Time => time(text).map(Value::Time),
            SqlType::Enum(_) | SqlType::Set(_) if self.dialect == Dialect::MySql => {
                Some(Value::Text(text.to_owned(), Some(self.fold)))
            }
            SqlType::Enum(_) => {
                let labels = self.labels.as_ref()?;
                let at = labels.iter().position(|label| label == text)?;
                Some(Value::Label(Arc::clone(labels), at))
            }
            _ => None,
        }
    }

    /// Whether the column's type takes this text, whatever its constraints say.
    pub(in crate::synth) fn accepts(&self, text: &str) -> Truth {
        if self.dialect == Dialect::Sqlite {
            return Truth::True;
        }
        let known = |accepted: bool| Truth::from(Some(accepted));
        let unknown = |accepted: bool| if accepted { Truth::True } else { Truth::Unknown };
        match &self.sql_type {
            SqlType::Boolean => known(boolean(text).is_some()),
            SqlType::Integer { .. } | SqlType::Unsigned { .. } => {
                let (low, high) = self.sql_type.integer_range().unwrap_or((i128::MIN, i128::MAX));
                match text.trim().parse::<i128>() {
                    Ok(number) => known((low..=high).contains(&number)),
                    Err(_) if self.dialect == Dialect::MySql => Truth::Unknown,
                    Err(_) => unknown(false),
                }
            }
            SqlType::Year => {
                known(text.parse::<u16>().is_ok_and(|year| year == 0 || (1901..=2155).contains(&year)))
            }
            SqlType::Numeric { precision, scale } => match Decimal::parse(text.trim()) {
                None => unknown(text == "NaN" && self.dialect == Dialect::Postgres),
                Some(number) => match precision {
                    None => Truth::True,
                    Some(precision) => {
                        let scale = scale.unwrap_or(0);
                        let limit = 10_i128.checked_pow(precision.saturating_sub(scale)).map(Decimal::from);
                        let rounded = number.rescale(scale);
                        let fits = rounded.zip(limit).and_then(|(number, limit)| {
                            let size = if number.sign() < 0 { number.negate() } else { number };
                            size.compare(limit).map(std::cmp::Ordering::is_lt)
                        });
                        Truth::from(fits)
                    }
                },
            },
            SqlType::Float => unknown(text.trim().parse::<f64>().is_ok_and(f64::is_finite)),
            SqlType::Text { width: Some(width), .. } => {
                let width = *width as usize;
                // What is too long is cut without a word where it is spaces.
                known(text.chars().count() <= width || text.trim_end_matches(' ').chars().count() <= width)
            }
            SqlType::Text { .. } => Truth::True,
            SqlType::Enum(_) => match &self.labels {
                None => Truth::Unknown,
                Some(labels) => known(labels.iter().any(|label| {
                    label == text || (self.dialect == Dialect::MySql && label.eq_ignore_ascii_case(text))
                })),
            },
            SqlType::Set(_) => match &self.labels {
                None => Truth::Unknown,
                Some(labels) => {
                    let known_label =
                        |part: &str| labels.iter().any(|label| label.eq_ignore_ascii_case(part));
                    known(text.is_empty() || text.split(',').all(known_label))
                }
            },
            SqlType::Date => unknown(date(text).is_some()),
            SqlType::Timestamp { .. } => unknown(timestamp(text).is_some()),
            SqlType::Time => unknown(time(text).is_some()),
            SqlType::Bytes => unknown(bytes(text).is_some()),
            SqlType::Json => known(serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()),
            SqlType::Uuid => {
                let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
                let dashes = text.bytes().filter(|byte| *byte == b'-').count();
                unknown(digits == 32 && digits + dashes == text.len())
            }
            _ => Truth::Unknown,
        }
    }

    /// The text of a value in a column of this type.
    pub(in crate::synth) fn encode(&self, value: &Value) -> Option<String> {
        let zone = if matches!(self.sql_type, SqlType::Timestamp { zone: true }) { "+00" } else { "" };
        Some(match value {
            Value::Null | Value::List(_) | Value::Interval(..) => return None,
            Value::Boolean(truth) if self.dialect == Dialect::Postgres => {
                if *truth { "t" } else { "f" }.into()
            }
            Value::Boolean(truth) => i32::from(*truth).to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Decimal(number) => match &self.sql_type {
                SqlType::Numeric { scale: Some(scale), .. } => number.rescale(*scale)?.to_string(),
                _ => number.to_string(),
            },
            Value::Float(number) => number.to_string(),
            Value::Text(text, _) => text.clone(),
            Value::Bytes(bytes) => format!("\\x{}", data_encoding::HEXLOWER.encode(bytes)),
            Value::Date(days) => date_text(*days)?,
            Value::Timestamp(micros) => timestamp_text(*micros, zone)?,
            Value::Time(micros) => time_text(*micros),
            Value::Label(labels, at) => labels[*at].clone(),
        })
    }
}

fn fold(column: &ColumnDef, dialect: Dialect) -> Fold {
    let padded = matches!(column.sql_type.base(), SqlType::Text { padded: true, .. });
    let folded = matches!(column.sql_type.base(), SqlType::Text { case_insensitive: true, .. });
    match dialect {
        Dialect::MySql => {
            let collation = column.collation();
            let equality = collation.and_then(|collation| collation.equality);
            let name = column.collation.as_deref().unwrap_or_default();
            Fold {
                case: equality != Some(Equality::Exact),
                accents: matches!(equality, None | Some(Equality::CaseAccentInsensitive)),
                padding: !name.contains("nopad") && !name.contains("_0900_"),
                bytes: name.ends_with("_bin"),
            }
        }
        Dialect::Sqlite => Fold { case: folded, padding: padded, bytes: true, accents: false },
        Dialect::Postgres => Fold {
            case: folded,
            accents: false,
            padding: padded,
            bytes: matches!(column.collation.as_deref(), Some("C" | "POSIX" | "ucs_basic")),
        },
    }
}

/// A number as SQL writes it: whole, exact, or with an exponent.
pub(super) fn number(text: &str) -> Option<Value> {
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return None;
    }
    if let Ok(number) = text.parse::<i128>() {
        return Some(Value::Integer(number));
    }
    if let Some(hex) = text.strip_prefix("0x") {
        return i128::from_str_radix(hex, 16).ok().map(Value::Integer);
    }
    match Decimal::parse(text) {
        Some(number) if !text.contains(['e', 'E']) => Some(Value::Decimal(number)),
        _ => text.parse().ok().filter(|float: &f64| float.is_finite()).map(Value::Float),
    }
}

pub(super) fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "t" | "true" | "1" | "yes" | "y" | "on" => Some(true),
        "f" | "false" | "0" | "no" | "n" | "off" => Some(false),
        _ => None,
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    data_encoding::HEXLOWER_PERMISSIVE.decode(text.strip_prefix("\\x")?.as_bytes()).ok()
}

/// Days from 1970-01-01 to `2020-02-29`.
pub(super) fn date(text: &str) -> Option<i64> {
    let mut parts = text.trim().splitn(3, '-');
    let mut part = |least: usize| {
        let part = parts.next()?;
        let digits = part.len() >= least && part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i64>().ok()).flatten()
    };
    let (year, month, day) = (part(4)?, part(1)?, part(1)?);
    (day >= 1 && day <= calendar::days_of_month(year, month)).then(|| calendar::day_number(year, month, day))
}

/// Microseconds from midnight to `23:59:59.5`.
pub(super) fn time(text: &str) -> Option<i64> {
    let mut parts = text.trim().splitn(3, ':');
    let whole = |part: Option<&str>, limit: i64| {
        let part = part?;
        let digits = (1..=2).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        part.parse::<i64>().ok().filter(|number| digits && *number < limit)
    };
    let (hour, minute) = (whole(parts.next(), 24)?, whole(parts.next(), 60)?);
    let (second, micros) = match parts.next() {
        None => (0, 0),
        Some(rest) => {
            let (second, fraction) = rest.split_once('.').unwrap_or((rest, ""));
            if fraction.len() > 6 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            (whole(Some(second), 60)?, format!("{fraction:0<6}").parse::<i64>().ok()?)
        }
    };
    Some(((hour * 60 + minute) * 60 + second) * SECOND + micros)
}

/// Microseconds from 1970 to `2020-02-29 23:59:59.5+02`.
pub(super) fn timestamp(text: &str) -> Option<i64> {
    let text = text.trim();
    let Some((day, rest)) = text.split_once([' ', 'T']) else {
        return date(text)?.checked_mul(DAY);
    };
    let (clock, zone) = match rest.find(['+', '-', 'Z']) {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let offset = match zone.as_bytes().first() {
        Some(sign @ (b'+' | b'-')) => {
            let (hours, minutes) = zone[1..].split_once(':').unwrap_or((&zone[1..], "0"));
            let (hours, minutes): (i64, i64) = (hours.parse().ok()?, minutes.parse().ok()?);
            if hours > 15 || minutes > 59 {
                return None;
            }
            (hours * 60 + minutes) * 60 * SECOND * if *sign == b'-' { -1 } else { 1 }
        }
        _ => 0,
    };
    date(day)?.checked_mul(DAY)?.checked_add(time(clock)? - offset)
}

/// Microseconds of a second.
pub(in crate::synth) const SECOND: i64 = 1_000_000;
/// Microseconds of a day.
pub(in crate::synth) const DAY: i64 = 86_400 * SECOND;

fn date_text(days: i64) -> Option<String> {
    let (year, month, day) = calendar::date(days);
    (1..=9999).contains(&year).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn time_text(micros: i64) -> String {
    let seconds = micros / SECOND;
    let clock = format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
    match micros % SECOND {
        0 => clock,
        fraction => format!("{clock}.{}", format!("{fraction:06}").trim_end_matches('0')),
    }
}

fn timestamp_text(micros: i64, zone: &str) -> Option<String> {
    let day = date_text(micros.div_euclid(DAY))?;
    Some(format!("{day} {}{zone}", time_text(micros.rem_euclid(DAY))))
}
