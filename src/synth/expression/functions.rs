//! Casts and functions. One that is not here has no value that anybody could know.

use super::cell;
use super::decimal::Decimal;
use super::evaluate::{Scope, order};
use super::tree::{Node, Target};
use super::value::{Fold, Value};
use crate::base::calendar;
use crate::table::Dialect;

/// A value as text, as the database writes it.
pub(super) fn text_of(value: &Value) -> Option<String> {
    Some(match value {
        Value::Text(text, _) => text.clone(),
        Value::Integer(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Label(labels, at) => labels[*at].clone(),
        Value::Boolean(truth) => truth.to_string(),
        _ => return None,
    })
}

pub(super) fn cast(value: Value, target: &Target, dialect: Dialect) -> Option<Value> {
    if value.is_null() {
        return Some(Value::Null);
    }
    Some(match target {
        Target::Text(width) => {
            let fold = match &value {
                // citext is text with rules of its own, which the cast leaves behind; the others keep theirs.
                Value::Text(_, fold) if dialect != Dialect::Postgres => *fold,
                Value::Text(_, fold) => fold.map(|fold| Fold { case: false, padding: false, ..fold }),
                _ => None,
            };
            let text = text_of(&value)?;
            Value::Text(width.map_or(text.clone(), |width| text.chars().take(width).collect()), fold)
        }
        Target::Integer => match &value {
            Value::Boolean(truth) => Value::Integer((*truth).into()),
            Value::Text(text, _) if dialect == Dialect::Postgres => Value::Integer(text.trim().parse().ok()?),
            Value::Text(text, _) => leading_integer(text),
            Value::Float(number) if dialect == Dialect::Sqlite => Value::Integer(*number as i128),
            Value::Float(number) => Value::Integer(number.round_ties_even() as i128),
            other if dialect == Dialect::Sqlite => Value::Integer(other.decimal()?.truncate()?),
            other => Value::Integer(other.decimal()?.rescale(0)?.truncate()?),
        },
        Target::Numeric(scale) => {
            let number = match &value {
                Value::Text(text, _) => Decimal::parse(text.trim())?,
                Value::Float(number) => Decimal::parse(&number.to_string())?,
                other => other.decimal()?,
            };
            match scale {
                Some(scale) if dialect != Dialect::Sqlite => Value::Decimal(number.rescale(*scale)?),
                _ if number.is_whole() && dialect == Dialect::Sqlite => Value::Integer(number.truncate()?),
                _ => Value::Decimal(number),
            }
        }
        Target::Float => match &value {
            Value::Text(text, _) => Value::Float(text.trim().parse().ok()?),
            other => Value::Float(other.float()?),
        },
        Target::Boolean => match &value {
            Value::Boolean(_) => value,
            Value::Integer(number) => Value::Boolean(*number != 0),
            Value::Text(text, _) => Value::Boolean(cell::boolean(text)?),
            _ => return None,
        },
        Target::Date => match &value {
            Value::Date(_) => value,
            Value::Timestamp(at) => Value::Date(at.div_euclid(cell::DAY)),
            Value::Text(text, _) if dialect != Dialect::Sqlite => Value::Date(cell::date(text)?),
            _ => return None,
        },
        Target::Timestamp => match &value {
            Value::Timestamp(_) => value,
            Value::Date(day) => Value::Timestamp(day.checked_mul(cell::DAY)?),
            Value::Text(text, _) if dialect != Dialect::Sqlite => Value::Timestamp(cell::timestamp(text)?),
            _ => return None,
        },
        Target::Time => match &value {
            Value::Time(_) => value,
            Value::Timestamp(at) => Value::Time(at.rem_euclid(cell::DAY)),
            Value::Text(text, _) if dialect != Dialect::Sqlite => Value::Time(cell::time(text)?),
            _ => return None,
        },
        Target::Interval => match &value {
            Value::Interval(..) => value,
            Value::Text(text, _) => interval(text)?,
            _ => return None,
        },
        // A literal of an enum and the like is what it says; it is read beside the column that it is compared with.
        Target::Other(name) if !name.ends_with("[]") => match value {
            Value::Text(_, None) | Value::Label(..) => value,
            _ => return None,
        },
        Target::Other(_) => match value {
            Value::List(_) => value,
            _ => return None,
        },
    })
}

/// The number at a text's start, as MySQL and SQLite cast; 0 without one.
fn leading_integer(text: &str) -> Value {
    let text = text.trim_start();
    let signed = text.strip_prefix(['-', '+']).unwrap_or(text);
    let digits = signed.bytes().take_while(u8::is_ascii_digit).count();
    let number: i128 = signed[..digits].parse().unwrap_or(0);
    Value::Integer(if text.starts_with('-') { -number } else { number })
}

/// `3 days`, `1 year 2 mons`, `01:30:00`.
fn interval(text: &str) -> Option<Value> {
    let (mut months, mut micros) = (0_i64, 0_i64);
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word.contains(':') {
            micros = micros.checked_add(cell::time(word)?)?;
            continue;
        }
        let number: i64 = word.parse().ok()?;
        let (of_months, of_micros) = unit(words.next()?)?;
        months = months.checked_add(number.checked_mul(of_months)?)?;
        micros = micros.checked_add(number.checked_mul(of_micros)?)?;
    }
    Some(Value::Interval(months, micros))
}

/// Months and microseconds of a unit of time.
fn unit(name: &str) -> Option<(i64, i64)> {
    Some(match name.to_ascii_lowercase().trim_end_matches('s') {
        "century" | "centurie" => (1200, 0),
        "decade" => (120, 0),
        "year" | "yr" => (12, 0),
        "mon" | "month" => (1, 0),
        "week" => (0, 7 * cell::DAY),
        "day" => (0, cell::DAY),
        "hour" => (0, 3600 * cell::SECOND),
        "min" | "minute" => (0, 60 * cell::SECOND),
        "sec" | "second" => (0, cell::SECOND),
        _ => return None,
    })
}

/// The moment so many months later; the day is the last of a shorter month.
pub(super) fn add_months(at: i64, months: i64) -> Option<i64> {
    if months == 0 {
        return Some(at);
    }
    let (year, month, day) = calendar::date(at.div_euclid(cell::DAY));
    let all = year.checked_mul(12)?.checked_add(i64::from(month) - 1)?.checked_add(months)?;
    let (year, month) = (all.div_euclid(12), all.rem_euclid(12) + 1);
    let day = i64::from(day).min(calendar::days_of_month(year, month));
    calendar::day_number(year, month, day).checked_mul(cell::DAY)?.checked_add(at.rem_euclid(cell::DAY))
}

pub(super) fn call(scope: &Scope<'_>, name: &str, arguments: &[Node]) -> Option<Value> {
    let value = |at: usize| scope.value(arguments.get(at)?);
    // Functions for which NULL is a value like others.
    match name {
        "coalesce" | "ifnull" => {
            for argument in arguments {
                match scope.value(argument)? {
                    Value::Null => {}
                    value => return Some(value),
                }
            }
            return Some(Value::Null);
        }
        "nullif" => {
            let (a, b) = (value(0)?, value(1)?);
            let same = !a.is_null() && !b.is_null() && order(&a, &b, scope.dialect)?.is_eq();
            return Some(if same { Value::Null } else { a });
        }
        "num_nonnulls" | "num_nulls" => {
            let mut nulls = 0;
            for argument in arguments {
                // A value that cannot be read is a value.
                let null = match argument {
                    Node::Column(at) => (scope.cells)(*at).is_none(),
                    other => scope.value(other)?.is_null(),
                };
                nulls += i128::from(null);
            }
            return Some(Value::Integer(if name == "num_nulls" {
                nulls
            } else {
                arguments.len() as i128 - nulls
            }));
        }
        "concat" if scope.dialect == Dialect::Postgres => {
            let mut text = String::new();
            for argument in arguments {
                match scope.value(argument)? {
                    Value::Null => {}
                    value => text.push_str(&text_of(&value)?),
                }
            }
            return Some(Value::text(text));
        }
        "typeof" if scope.dialect == Dialect::Sqlite => {
            let name = match value(0)? {
                Value::Null => "null",
                Value::Integer(_) => "integer",
                Value::Decimal(_) | Value::Float(_) => "real",
                Value::Text(..) => "text",
                Value::Bytes(_) => "blob",
                _ => return None,
            };
            return Some(Value::text(name));
        }
        "if" | "iif" => {
            return match scope.truth(arguments.first()?) {
                super::value::Truth::True => value(1),
                super::value::Truth::Unknown => None,
                _ => value(2),
            };
        }
        "greatest" | "least" if scope.dialect == Dialect::Postgres => {
            let mut best: Option<Value> = None;
            for argument in arguments {
                let next = scope.value(argument)?;
                let better = match &best {
                    _ if next.is_null() => false,
                    None => true,
                    Some(best) => (order(&next, best, scope.dialect)?.is_gt()) == (name == "greatest"),
                };
                if better {
                    best = Some(next);
                }
            }
            return Some(best.unwrap_or(Value::Null));
        }
        _ => {}
    }
    let values: Vec<Value> = arguments.iter().map(|argument| scope.value(argument)).collect::<Option<_>>()?;
    if values.iter().any(Value::is_null) {
        return known(name).then_some(Value::Null);
    }
    strict(scope.dialect, name, &values)
}

/// Whether the function is one whose value is NULL for a NULL.
fn known(name: &str) -> bool {
    name.starts_with("collate ") || STRICT.contains(&name)
}

const STRICT: [&str; 41] = [
    "host",
    "length",
    "char_length",
    "character_length",
    "octet_length",
    "lower",
    "upper",
    "lcase",
    "ucase",
    "trim",
    "btrim",
    "ltrim",
    "rtrim",
    "abs",
    "round",
    "floor",
    "ceil",
    "ceiling",
    "trunc",
    "mod",
    "substr",
    "substring",
    "left",
    "right",
    "replace",
    "reverse",
    "position",
    "strpos",
    "instr",
    "sign",
    "date_part",
    "extract",
    "year",
    "month",
    "day",
    "dayofmonth",
    "date_trunc",
    "to_date",
    "concat",
    "initcap",
    "datediff",
];

/// A function of values that are not NULL.
fn strict(dialect: Dialect, name: &str, values: &[Value]) -> Option<Value> {
    let first = values.first()?;
    let fold = match first {
        Value::Text(_, fold) => *fold,
        _ => None,
    };
    let text = |at: usize| text_of(values.get(at)?);
    let integer = |at: usize| match values.get(at)? {
        Value::Integer(number) => i64::try_from(*number).ok(),
        other => i64::try_from(other.decimal()?.truncate()?).ok(),
    };
    let number = |number: usize| Some(Value::Integer(number as i128));
    let with = |text: String| Some(Value::Text(text, fold));
    match name {
        "length" | "octet_length" if matches!(first, Value::Bytes(_)) => match first {
            Value::Bytes(bytes) => number(bytes.len()),
            _ => None,
        },
        "length" if dialect == Dialect::MySql => number(text(0)?.len()),
        "octet_length" => number(text(0)?.len()),
        "length" | "char_length" | "character_length" => number(text(0)?.chars().count()),
        "lower" | "lcase" if text(0)?.is_ascii() || dialect != Dialect::Sqlite => {
            with(text(0)?.to_lowercase())
        }
        "upper" | "ucase" if text(0)?.is_ascii() || dialect != Dialect::Sqlite => {
            with(text(0)?.to_uppercase())
        }
        "reverse" => with(text(0)?.chars().rev().collect()),
        "replace" => with(text(0)?.replace(&text(1)?, &text(2)?)),
        "concat" => {
            let parts: Option<Vec<String>> = values.iter().map(text_of).collect();
            Some(Value::text(parts?.concat()))
        }
        "trim" | "btrim" | "ltrim" | "rtrim" => {
            let whole = text(0)?;
            let set: Vec<char> = if values.len() > 1 { text(1)?.chars().collect() } else { vec![' '] };
            if dialect == Dialect::MySql && set.len() > 1 {
                return None;
            }
            let set = set.as_slice();
            with(match name {
                "ltrim" => whole.trim_start_matches(set).to_owned(),
                "rtrim" => whole.trim_end_matches(set).to_owned(),
                _ => whole.trim_matches(set).to_owned(),
            })
        }
        "substr" | "substring" => {
            let (start, chars) = (integer(1)?, text(0)?.chars().collect::<Vec<char>>());
            if start < 1 {
                return None;
            }
            let length = if values.len() > 2 { integer(2)? } else { i64::MAX };
            with(chars.iter().skip(start as usize - 1).take(usize::try_from(length).ok()?).collect())
        }
        "left" => with(text(0)?.chars().take(usize::try_from(integer(1)?).ok()?).collect()),
        "right" => {
            let chars: Vec<char> = text(0)?.chars().collect();
            let keep = usize::try_from(integer(1)?).ok()?;
            with(chars[chars.len().saturating_sub(keep)..].iter().collect())
        }
        "position" | "strpos" | "instr" => {
            if dialect == Dialect::MySql {
                return None;
            }
            let (needle, whole) =
                if name == "position" { (text(0)?, text(1)?) } else { (text(1)?, text(0)?) };
            number(whole.find(&needle).map_or(0, |at| whole[..at].chars().count() + 1))
        }
        "abs" | "sign" | "floor" | "ceil" | "ceiling" | "trunc" | "round" => {
            numeric(name, first, values.get(1))
        }
        "mod" => match (values.first()?.decimal()?, values.get(1)?.decimal()?) {
            (a, b) if !b.is_zero() => {
                let rest = a.remainder(b)?;
                Some(if rest.scale() == 0 { Value::Integer(rest.truncate()?) } else { Value::Decimal(rest) })
            }
            _ => None,
        },
        "extract" | "date_part" => field(&text(0)?, values.get(1)?),
        "year" | "month" | "day" | "dayofmonth" if dialect == Dialect::MySql => {
            field(name.trim_end_matches("ofmonth"), first)
        }
        "datediff" if dialect == Dialect::MySql => {
            Some(Value::Integer(i128::from(day_of(first)?) - i128::from(day_of(values.get(1)?)?)))
        }
        "date_trunc" => match (&text(0)?[..], values.get(1)?) {
            ("day", Value::Timestamp(at)) => Some(Value::Timestamp(at.div_euclid(cell::DAY) * cell::DAY)),
            _ => None,
        },
        "host" => with(text(0)?.split('/').next().unwrap_or_default().to_owned()),
        "to_date" => (text(1)?.eq_ignore_ascii_case("yyyy-mm-dd"))
            .then(|| cell::date(&text_of(first)?).map(Value::Date))?,
        _ if name.starts_with("collate ") => {
            let fold = match name.trim_start_matches("collate ") {
                "c" | "posix" | "ucs_basic" | "binary" => Fold { bytes: true, ..Fold::default() },
                "nocase" => Fold { case: true, bytes: true, ..Fold::default() },
                "rtrim" => Fold { padding: true, bytes: true, ..Fold::default() },
                other if other.ends_with("_bin") => Fold { bytes: true, padding: true, ..Fold::default() },
                _ => return None,
            };
            Some(Value::Text(text(0)?, Some(fold)))
        }
        _ => None,
    }
}

fn numeric(name: &str, value: &Value, digits: Option<&Value>) -> Option<Value> {
    if let Value::Float(number) = value {
        return Some(Value::Float(match name {
            "abs" => number.abs(),
            "floor" => number.floor(),
            "ceil" | "ceiling" => number.ceil(),
            "trunc" => number.trunc(),
            _ => return None,
        }));
    }
    let number = value.decimal()?;
    let digits = match digits {
        None => 0,
        Some(Value::Integer(digits)) => u32::try_from(*digits).ok()?,
        Some(_) => return None,
    };
    let exact = match name {
        "abs" if number.sign() < 0 => number.negate(),
        "abs" => number,
        "sign" => Decimal::from(number.sign()),
        "floor" => Decimal::from(number.floor()?),
        "ceil" | "ceiling" => Decimal::from(number.negate().floor()?.checked_neg()?),
        "trunc" if digits == 0 => Decimal::from(number.truncate()?),
        "round" => number.rescale(digits)?,
        _ => return None,
    };
    Some(if matches!(value, Value::Integer(_)) {
        Value::Integer(exact.truncate()?)
    } else {
        Value::Decimal(exact)
    })
}

fn day_of(value: &Value) -> Option<i64> {
    match value {
        Value::Date(day) => Some(*day),
        Value::Timestamp(at) => Some(at.div_euclid(cell::DAY)),
        Value::Text(text, _) => cell::timestamp(text).map(|at| at.div_euclid(cell::DAY)),
        _ => None,
    }
}

/// A field of a date or timestamp.
fn field(name: &str, value: &Value) -> Option<Value> {
    let day = match value {
        Value::Text(..) => return None,
        other => day_of(other),
    };
    let clock = match value {
        Value::Timestamp(at) => Some(at.rem_euclid(cell::DAY)),
        Value::Time(at) => Some(*at),
        _ => None,
    };
    let (year, month, of_month) = calendar::date(day.unwrap_or_default());
    let number = match (name.to_ascii_lowercase().as_str(), day, clock) {
        ("year", Some(_), _) => year,
        ("month", Some(_), _) => month.into(),
        ("day", Some(_), _) => of_month.into(),
        ("quarter", Some(_), _) => i64::from(month - 1) / 3 + 1,
        ("dow", Some(day), _) => (day + 4).rem_euclid(7),
        ("isodow", Some(day), _) => (day + 3).rem_euclid(7) + 1,
        ("doy", Some(day), _) => day - calendar::day_number(year, 1, 1) + 1,
        ("hour", _, Some(clock)) => clock / (3600 * cell::SECOND),
        ("minute", _, Some(clock)) => clock / (60 * cell::SECOND) % 60,
        _ => return None,
    };
    Some(Value::Integer(number.into()))
}
