//! The order of two values, and what they are brought to before: the rules differ by database.

use std::cmp::Ordering;

use super::cell;
use super::decimal::Decimal;
use super::value::{Fold, Value};
use crate::base::Equality;
use crate::base::canonical;
use crate::table::Dialect;

/// The order of two values that are not NULL; none where it is not known. `equality` says that only equality counts,
/// which is known of more texts than their order.
pub(super) fn order(a: &Value, b: &Value, dialect: Dialect, equality: bool) -> Option<Ordering> {
    if let (Some(x), Some(y)) = (a.decimal(), b.decimal()) {
        return x.compare(y);
    }
    if let (Some(x), Some(y)) = (a.float(), b.float()) {
        return x.partial_cmp(&y);
    }
    match (a, b) {
        (Value::Text(x, fold), Value::Text(y, other)) => {
            text(x, y, folds(*fold, *other, dialect), dialect, equality)
        }
        (Value::Boolean(x), Value::Boolean(y)) => Some(x.cmp(y)),
        (Value::Date(x), Value::Date(y))
        | (Value::Timestamp(x), Value::Timestamp(y))
        | (Value::Time(x), Value::Time(y)) => Some(x.cmp(y)),
        (Value::Date(x), Value::Timestamp(y)) => Some((x * cell::DAY).cmp(y)),
        (Value::Timestamp(x), Value::Date(y)) => Some(x.cmp(&(y * cell::DAY))),
        (Value::Bytes(x), Value::Bytes(y)) => Some(x.cmp(y)),
        (Value::Interval(own, x), Value::Interval(other, y)) => {
            // Months count as 30 days, as in PostgreSQL.
            let size = |months: &i64, micros: &i64| {
                i128::from(*months) * 30 * i128::from(cell::DAY) + i128::from(*micros)
            };
            Some(size(own, x).cmp(&size(other, y)))
        }
        (Value::Label(_, x), Value::Label(_, y)) => Some(x.cmp(y)),
        (Value::Text(_, fold), other) if fold.is_none() || dialect != Dialect::Postgres => {
            mixed(a, other, dialect, equality)
        }
        (other, Value::Text(_, fold)) if fold.is_none() || dialect != Dialect::Postgres => {
            mixed(b, other, dialect, equality).map(Ordering::reverse)
        }
        (number, Value::Bytes(_)) if dialect == Dialect::Sqlite && number.is_number() => Some(Ordering::Less),
        (Value::Bytes(_), number) if dialect == Dialect::Sqlite && number.is_number() => {
            Some(Ordering::Greater)
        }
        _ => None,
    }
}

/// The order of a text and a value of another kind.
fn mixed(text: &Value, other: &Value, dialect: Dialect, equality: bool) -> Option<Ordering> {
    let Value::Text(raw, _) = text else { return None };
    if dialect == Dialect::Sqlite {
        return match other {
            number if number.is_number() => Some(Ordering::Greater),
            Value::Bytes(_) => Some(Ordering::Less),
            _ => None,
        };
    }
    let read = match other {
        Value::Integer(_) | Value::Decimal(_) | Value::Float(_) => cell::number(raw.trim())?,
        Value::Boolean(_) => Value::Boolean(cell::boolean(raw)?),
        Value::Date(_) if dialect == Dialect::MySql && raw.contains(':') => {
            Value::Timestamp(cell::timestamp(raw)?)
        }
        Value::Date(_) => Value::Date(cell::date(raw)?),
        Value::Timestamp(_) => Value::Timestamp(cell::timestamp(raw)?),
        Value::Time(_) => Value::Time(cell::time(raw)?),
        Value::Label(labels, _) => {
            Value::Label(labels.clone(), labels.iter().position(|label| label == raw)?)
        }
        _ => return None,
    };
    order(&read, other, dialect, equality)
}

fn folds(a: Option<Fold>, b: Option<Fold>, dialect: Dialect) -> Fold {
    match (a, b) {
        (Some(a), Some(b)) => a.with(b),
        (Some(one), None) | (None, Some(one)) => one,
        (None, None) => Fold {
            bytes: dialect == Dialect::Sqlite,
            case: dialect == Dialect::MySql,
            accents: dialect == Dialect::MySql,
            padding: dialect == Dialect::MySql,
        },
    }
}

fn text(a: &str, b: &str, fold: Fold, dialect: Dialect, equality: bool) -> Option<Ordering> {
    let (a, b) = if fold.padding { (a.trim_end_matches(' '), b.trim_end_matches(' ')) } else { (a, b) };
    if !fold.case && !fold.accents {
        return match a.cmp(b) {
            order if fold.bytes || equality || order.is_eq() => Some(order),
            order => language_order(a, b).filter(|other| *other == order),
        };
    }
    if dialect == Dialect::Sqlite {
        return Some(a.to_ascii_lowercase().cmp(&b.to_ascii_lowercase()));
    }
    if a.is_ascii() && b.is_ascii() {
        let (a, b) = (a.to_ascii_lowercase(), b.to_ascii_lowercase());
        return match a.cmp(&b) {
            order if equality || order.is_eq() => Some(order),
            order => language_order(&a, &b).filter(|other| *other == order),
        };
    }
    let kind = if fold.accents { Equality::CaseAccentInsensitive } else { Equality::CaseInsensitive };
    let same = canonical::text(a, kind) == canonical::text(b, kind);
    // Other letters may still be alike to the database; and an order among them nobody here knows.
    if same {
        Some(Ordering::Equal)
    } else if equality && !fold.accents {
        Some(a.cmp(b))
    } else {
        None
    }
}

/// The order of two texts that are alike up to a place where letters of one case, or digits, decide it: there all
/// languages and the bytes agree.
fn language_order(a: &str, b: &str) -> Option<Ordering> {
    let plain = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
            || text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    (plain(a) && plain(b) && (a.is_empty() || b.is_empty() || same_case(a, b))).then(|| a.cmp(b))
}

fn same_case(a: &str, b: &str) -> bool {
    let upper = |text: &str| text.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = |text: &str| text.bytes().any(|byte| byte.is_ascii_lowercase());
    !((upper(a) && lower(b)) || (lower(a) && upper(b)))
}

/// A text as SQLite's numeric affinity reads it.
pub(super) fn with_numeric_affinity(value: Value) -> Value {
    match &value {
        Value::Text(text, _) => cell::number(text.trim()).unwrap_or(value),
        _ => value,
    }
}

/// A number as SQLite's text affinity writes it.
pub(super) fn with_text_affinity(value: Value) -> Value {
    match value {
        Value::Integer(number) => Value::text(number.to_string()),
        Value::Decimal(number) => Value::text(trimmed(number)),
        Value::Float(number) => Value::text(number.to_string()),
        other => other,
    }
}

fn trimmed(number: Decimal) -> String {
    let text = number.to_string();
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}
