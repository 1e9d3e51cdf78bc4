//! A value's neighbours: one unit up or down, for the repairs of the search.

use crate::synth::expression::{CellType, DAY, Decimal, SECOND, Value};

/// The text itself, and those of the values next to it.
pub(super) fn around(own: &CellType, text: &str) -> Vec<String> {
    let mut found = vec![text.to_owned()];
    let next = |value: &Value, step: i64| -> Option<Value> {
        Some(match value {
            Value::Integer(number) => Value::Integer(number.checked_add(step.into())?),
            Value::Decimal(number) => Value::Decimal(number.add(Decimal::new(step.into(), number.scale()))?),
            Value::Float(number) => Value::Float(number + step as f64),
            Value::Date(day) => Value::Date(day.checked_add(step)?),
            Value::Timestamp(at) => Value::Timestamp(at.checked_add(step * DAY)?),
            Value::Time(at) => Value::Time(at.checked_add(step * SECOND)?),
            Value::Text(text, fold) if step > 0 => Value::Text(format!("{text}x"), *fold),
            _ => return None,
        })
    };
    if let Some(value) = own.decode(text) {
        for step in [1, -1] {
            found.extend(next(&value, step).and_then(|value| own.encode(&value)));
        }
    }
    found
}
