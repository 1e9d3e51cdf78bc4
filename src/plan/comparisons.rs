//! What is known of a comparison in which a masked column takes part, by what its operator promises.

use super::expression::Comparison;
use super::truth::{Facts, Side, Truth};
use crate::mask::{Monotone, OnInvalid, Output, Steps};
use crate::table::SqlType;

/// Two masked columns against each other.
pub(super) fn columns(a: &Facts<'_>, comparison: Comparison, b: &Facts<'_>) -> Truth {
    match (a.output, b.output) {
        (Output::Null, _) | (_, Output::Null) => Truth::Null,
        (Output::Same, Output::Same) => Truth::Same,
        (Output::Earlier(_), Output::Earlier(_)) if a.shift == b.shift => Truth::Same,
        (Output::Monotone(f), Output::Monotone(g))
            if f == g
                && [a, b]
                    .iter()
                    .all(|facts| facts.on_invalid == OnInvalid::Error && !facts.has_sentinels) =>
        {
            match comparison {
                Comparison::Equal | Comparison::LessOrEqual | Comparison::GreaterOrEqual => Truth::Met,
                _ => Truth::Unknown,
            }
        }
        _ => Truth::Unknown,
    }
}

/// A masked column against something that is not masked.
pub(super) fn column(facts: &Facts<'_>, comparison: Comparison, other: &Side<'_>) -> Truth {
    if matches!(other, Side::Unknown | Side::Length(_)) && *facts.output != Output::Null {
        return Truth::Unknown;
    }
    let truth = match (facts.output, other) {
        (Output::Null, _) => Truth::Null,
        (Output::Same, _) => Truth::Same,
        (Output::Constant(value), Side::Text(text)) if *text == value.as_str() => {
            decided(comparison.holds(std::cmp::Ordering::Equal))
        }
        // Different spellings of a number or date may be equal; of a text or label they are not.
        (Output::Constant(_), Side::Text(_)) if has_one_spelling(facts.sql_type) => match comparison {
            Comparison::Equal => Truth::False,
            Comparison::NotEqual => Truth::True,
            _ => Truth::Unknown,
        },
        (Output::Constant(value), Side::Integer(n)) => match value.trim().parse::<i128>() {
            Ok(value) => decided(comparison.holds(value.cmp(n))),
            Err(_) => Truth::Unknown,
        },
        (Output::Range(low, high), Side::Integer(n)) if facts.on_invalid == OnInvalid::Error => {
            range(*low, *high, comparison, *n)
        }
        (Output::Signed(low, high), Side::Integer(n)) if facts.on_invalid == OnInvalid::Error => {
            signed(*low, *high, comparison, *n)
        }
        (Output::Monotone(f), Side::Integer(n)) if facts.on_invalid == OnInvalid::Error => {
            monotone(f, is_integer(facts.sql_type), comparison, *n)
        }
        (Output::Monotone(f), _) if f.lowers && facts.on_invalid == OnInvalid::Error => match comparison {
            Comparison::Less | Comparison::LessOrEqual => Truth::Met,
            _ => Truth::Unknown,
        },
        (Output::OneOf(values), Side::Text(text)) if has_one_spelling(facts.sql_type) => {
            let same = values.iter().filter(|value| value.as_str() == *text).count();
            match comparison {
                Comparison::Equal if same == values.len() => Truth::True,
                Comparison::Equal if same == 0 => Truth::False,
                Comparison::NotEqual if same == 0 => Truth::True,
                Comparison::NotEqual if same == values.len() => Truth::False,
                _ => Truth::Unknown,
            }
        }
        (Output::Band, Side::Integer(n)) if is_integer(facts.sql_type) => band(comparison, *n),
        // A text that is not empty stays so, and an empty one stays empty.
        (Output::Text, Side::Text("")) => match comparison {
            Comparison::Equal | Comparison::NotEqual | Comparison::Greater => Truth::Same,
            _ => Truth::Unknown,
        },
        (Output::Earlier(_), _) if facts.on_invalid != OnInvalid::Redact => match comparison {
            Comparison::Less | Comparison::LessOrEqual => Truth::Met,
            _ => Truth::Unknown,
        },
        _ => Truth::Unknown,
    };
    match truth {
        // A sentinel passes as it was.
        Truth::True if facts.has_sentinels => Truth::Met,
        Truth::False if facts.has_sentinels => Truth::Unknown,
        truth => truth,
    }
}

fn decided(holds: bool) -> Truth {
    if holds { Truth::True } else { Truth::False }
}

fn range(low: i128, high: i128, comparison: Comparison, n: i128) -> Truth {
    match (comparison, n < low, n > high) {
        (Comparison::Equal, true, _) | (Comparison::Equal, _, true) => Truth::False,
        (Comparison::NotEqual, true, _) | (Comparison::NotEqual, _, true) => Truth::True,
        (Comparison::Equal | Comparison::NotEqual, ..) => Truth::Unknown,
        _ => match (comparison.holds(low.cmp(&n)), comparison.holds(high.cmp(&n))) {
            (true, true) => Truth::True,
            // Some outputs break it, and a permutation of the range puts out all of them.
            _ => Truth::False,
        },
    }
}

/// A number that keeps its sign within a range.
fn signed(low: i128, high: i128, comparison: Comparison, n: i128) -> Truth {
    let (least, most) = (comparison.holds(low.cmp(&n)), comparison.holds(high.cmp(&n)));
    match comparison {
        Comparison::NotEqual if n < low || n > high => Truth::True,
        Comparison::NotEqual if n == 0 && low < 0 && high > 0 => Truth::Met,
        Comparison::Equal | Comparison::NotEqual => Truth::Unknown,
        _ if least && most => Truth::True,
        Comparison::Greater | Comparison::GreaterOrEqual if n == 0 && high > 0 => Truth::Met,
        Comparison::Less if n == 0 && low < 0 => Truth::Met,
        _ => Truth::Unknown,
    }
}

/// A border that a function maps to its own side still holds what it held.
fn monotone(f: &Monotone, whole: bool, comparison: Comparison, n: i128) -> Truth {
    if let Steps::Caps(low, high) = f.steps
        && matches!(
            comparison,
            Comparison::Less | Comparison::LessOrEqual | Comparison::Greater | Comparison::GreaterOrEqual
        )
        && comparison.holds(low.cmp(&n))
        && comparison.holds(high.cmp(&n))
    {
        return Truth::True;
    }
    // The value nearest to the border that meets the condition.
    let nearest = match comparison {
        Comparison::Greater if whole => n.checked_add(1),
        Comparison::Less if whole => n.checked_sub(1),
        Comparison::LessOrEqual | Comparison::GreaterOrEqual | Comparison::Greater | Comparison::Less => {
            Some(n)
        }
        _ => None,
    };
    let lowers = f.lowers && matches!(comparison, Comparison::Less | Comparison::LessOrEqual);
    let holds =
        nearest.and_then(|nearest| f.of(nearest)).is_some_and(|image| comparison.holds(image.cmp(&n)));
    if lowers || holds { Truth::Met } else { Truth::Unknown }
}

/// Whether no band of `permute` reaches over the threshold.
fn band(comparison: Comparison, n: i128) -> Truth {
    let below = |threshold: i128| BAND_STARTS.contains(&threshold);
    let same = match comparison {
        Comparison::Equal | Comparison::NotEqual => n == 0,
        Comparison::Less | Comparison::GreaterOrEqual => below(n),
        Comparison::Greater | Comparison::LessOrEqual => n.checked_add(1).is_some_and(below),
    };
    if same { Truth::Same } else { Truth::Unknown }
}

/// The first integer of each band, negative ones included.
const BAND_STARTS: [i128; 16] = [
    -((1 << 63) - 1),
    -((1 << 53) - 1),
    -((1 << 31) - 1),
    -((1 << 30) - 1),
    -((1 << 23) - 1),
    -((1 << 15) - 1),
    -127,
    0,
    1,
    128,
    1 << 15,
    1 << 23,
    1 << 30,
    1 << 31,
    1 << 53,
    1 << 63,
];

/// The length of a masked column's text against a number.
pub(super) fn length(facts: &Facts<'_>, comparison: Comparison, n: i128) -> Truth {
    if *facts.output == Output::Null {
        return Truth::Null;
    }
    if *facts.output == Output::Same {
        return Truth::Same;
    }
    let most = facts.max_width.map(i128::from);
    let limit = match comparison {
        Comparison::LessOrEqual => Some(n),
        Comparison::Less => Some(n.saturating_sub(1)),
        _ => None,
    };
    match (limit, most) {
        (Some(limit), Some(most)) if facts.has_sentinels => {
            if most <= limit {
                Truth::Met
            } else {
                Truth::Unknown
            }
        }
        (Some(limit), Some(most)) => decided(most <= limit),
        (Some(_), None) => Truth::Unknown,
        // Not empty stays not empty.
        (None, _) => match (facts.output, comparison, n) {
            (_, Comparison::GreaterOrEqual, ..=0) | (_, Comparison::Greater, ..=-1) => Truth::True,
            (Output::Text, Comparison::GreaterOrEqual, 1) | (Output::Text, Comparison::Greater, 0) => {
                Truth::Same
            }
            _ => Truth::Unknown,
        },
    }
}

/// Whether a column holds whole numbers.
pub(super) fn is_integer(sql_type: &SqlType) -> bool {
    sql_type.is_integer()
}

fn has_one_spelling(sql_type: &SqlType) -> bool {
    matches!(sql_type.base(), SqlType::Text { case_insensitive: false, .. } | SqlType::Enum(_))
}
