//! `choice`: one of a list of values, drawn by key with exact weights.
//!
//! Purpose `choice`, spec `choice:DIGEST:BY`, where DIGEST is the first 16 hexadecimal digits of the SHA-256 of each
//! value and its decimal weight, in order, each length-prefixed, and BY is what the draw follows: `value:EQUALITY`, or
//! `subject` for the row's subject or `row_key`. The message is that subject, or, where the row has none, the cell's own
//! canonical value. With W the sum of the weights, draw number `floor(tag * W / 2^64)` (the tag's first 64 bits)
//! falls to the first value whose weight and those before it add up to more.

use sha2::{Digest, Sha256};
use toml::Value;

use super::{
    About, Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo,
    Output, Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, number, rows, start, typed,
};
use crate::base::{Prf, canonical, index};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "choice",
    summary: "Replace every value with one of a list, drawn by key and weight",
    class: Class::Synthesize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Column,
    entity: "value",
    parameters: &[
        Parameter {
            name: "values",
            summary: "a list of values, or a table of values with a weight each, such as { free = 90, paid = 10 }",
            kind: ParameterKind::Weights,
            required: true,
            of_domain: false,
        },
        Parameter {
            name: "by",
            summary: "what the draw follows: subject (default where the table has one), row (its row_key), or value",
            kind: ParameterKind::Choice(BY),
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: "{ op = \"choice\", values = [\"red\", \"green\", \"blue\"] }",
            sql_type: &SqlType::TEXT,
            input: "mauve",
            output: Some("red"),
        },
        Example {
            policy: "{ op = \"choice\", values = { free = 90, paid = 10 }, by = \"value\" }",
            sql_type: &SqlType::TEXT,
            input: "platinum",
            output: Some("paid"),
        },
    ],
    accepts: |_| true,
    prepare,
};

const BY: &[&str] = &["subject", "row", "value"];
/// Values that a list may have.
const MOST: usize = 10_000;

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let values = values(request)?;
    for (value, _) in &values {
        typed::holds(request.sql_type, value)
            .map_err(|_| Refusal("values has one that the column's type cannot hold".into()))?;
        if request.ascii && !value.is_ascii() {
            return Err(Refusal(
                "values must be ASCII: the dump's encoding may not hold other characters".into(),
            ));
        }
    }
    if request.unique {
        return Err(Refusal("a few values cannot stay unique; use keyed_hash, permute or email".into()));
    }
    let by_value = match request.choice("by", BY)? {
        Some("value") if request.about == About::RowKey => {
            return Err(Refusal(
                "row_key says what the draw follows: leave out by, or say by = \"row\"".into(),
            ));
        }
        Some("value") => true,
        Some("row") if request.about != About::RowKey => {
            return Err(Refusal("by = \"row\" needs a row_key: the columns that tell rows apart".into()));
        }
        Some("subject") if request.about == About::RowKey => {
            return Err(Refusal(
                "row_key takes the subject's place: say by = \"row\", or leave it out".into(),
            ));
        }
        Some("subject") if request.about == About::Nobody => {
            return Err(Refusal(
                "the table has no subject; name one, or say by = \"row\" or by = \"value\"".into(),
            ));
        }
        Some(_) => false,
        None => request.about == About::Nobody,
    };
    let mut digest = Sha256::new();
    let mut total = 0_u64;
    let mut ends = Vec::new();
    for (value, weight) in &values {
        let mut piece = Vec::new();
        canonical::length_prefixed(value.as_bytes(), &mut piece);
        canonical::length_prefixed(weight.to_string().as_bytes(), &mut piece);
        digest.update(&piece);
        total += weight;
        ends.push(total);
    }
    let digest = data_encoding::HEXLOWER.encode(&digest.finalize()[..8]);
    let equality = request.equality;
    let by = if by_value { format!("value:{}", equality.as_str()) } else { "subject".into() };
    let spec = format!("choice:{digest}:{by}");
    let listed: Vec<String> = values.into_iter().map(|(value, _)| value).collect();
    let max_width = listed.iter().map(|value| value.chars().count() as u32).max();
    let output = Output::OneOf(listed.clone());
    let form = Form::of(request.sql_type);
    Ok(Prepared {
        spec: spec.clone(),
        max_width,
        output,
        keyed_by: Some(if by_value { KeyedBy::Value } else { KeyedBy::Subject }),
        ..Prepared::new(start::keyed(move |keys| Choice {
            prf: keys.prf("choice", &spec),
            values: listed.clone(),
            ends: ends.clone(),
            by_value,
            form,
            equality,
        }))
    })
}

/// The values with their weights.
fn values(request: &Request<'_>) -> Result<Vec<(String, u64)>, Refusal> {
    let wrong = || {
        Refusal(format!(
            "values must be a list of 1 to {MOST} different values, or a table of them with a weight of 1 to 1000000 each"
        ))
    };
    let list: Option<Vec<(String, u64)>> = match request.parameters.get("values") {
        Some(Value::Array(list)) => {
            list.iter().map(|value| Some((super::parameters::scalar_text(value)?, 1))).collect()
        }
        Some(Value::Table(table)) => table
            .iter()
            .map(|(value, weight)| {
                let weight = weight.as_integer().filter(|weight| (1..=1_000_000).contains(weight))?;
                Some((value.clone(), weight.unsigned_abs()))
            })
            .collect(),
        _ => None,
    };
    let list = list.ok_or_else(wrong)?;
    let distinct: std::collections::BTreeSet<&String> = list.iter().map(|(value, _)| value).collect();
    if list.is_empty() || list.len() > MOST || distinct.len() < list.len() {
        return Err(wrong());
    }
    Ok(list)
}

/// How equal values are recognised.
#[derive(Clone, Copy)]
enum Form {
    Number(number::Form),
    Boolean,
    Text,
}

impl Form {
    fn of(sql_type: &SqlType) -> Self {
        match sql_type.base() {
            SqlType::Boolean => Self::Boolean,
            SqlType::Text { .. } => Self::Text,
            other => number::Form::of(other).map_or(Self::Text, Self::Number),
        }
    }

    /// Appends the value's canonical text. What is not UTF-8 is taken as it is.
    fn canonical(self, cell: &[u8], equality: Equality, out: &mut Vec<u8>) {
        match self {
            Self::Number(form) => {
                if let Some(number::Reading::Number(number)) = number::read(cell, form) {
                    return number.canonical(out);
                }
            }
            Self::Boolean => match cell {
                b"t" | b"true" => return out.push(b't'),
                b"f" | b"false" => return out.push(b'f'),
                _ => {}
            },
            Self::Text => {}
        }
        match std::str::from_utf8(cell) {
            Ok(text) => out.extend_from_slice(canonical::text(text, equality).as_bytes()),
            Err(_) => out.extend_from_slice(cell),
        }
    }
}

struct Choice {
    prf: Prf,
    values: Vec<String>,
    /// For each value the sum of its weight and of those before it.
    ends: Vec<u64>,
    by_value: bool,
    form: Form,
    equality: Equality,
}

impl Operator for Choice {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, .. } = scratch.cleared();
        let subjects = batch.subjects.as_ref().filter(|_| !self.by_value);
        for (row, cell) in rows::present_cells(&batch.cells) {
            match subjects.and_then(|subjects| subjects.value(row)) {
                Some(subject) => messages.push(subject),
                None => messages.push_with(|buffer| self.form.canonical(cell, self.equality, buffer)),
            }
        }
        self.prf.tags(messages, tags);
        let total = self.ends.last().copied().unwrap_or_default();
        let mut tags = tags.iter();
        Ok(rows::replace(&batch.cells, out, |_, buffer| {
            let Some(tag) = tags.next() else { return };
            let draw = index(tag, total);
            let place = self.ends.partition_point(|end| *end <= draw);
            if let Some(value) = self.values.get(place) {
                buffer.extend_from_slice(value.as_bytes());
            }
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, parameters, prepare, request};
    use super::*;

    #[test]
    fn draws_follow_the_weights() {
        let cells: Vec<String> = (0..20_000).map(|number| format!("v{number}")).collect();
        let cells: Vec<Option<&str>> = cells.iter().map(|cell| Some(cell.as_str())).collect();
        let policy = "{ values = { a = 1, b = 3, c = 6 }, by = 'value' }";
        let masked = mask_cells(&INFO, policy, &SqlType::TEXT, "", &cells).unwrap();
        for (value, share) in [("a", 0.1), ("b", 0.3), ("c", 0.6)] {
            let count = masked.iter().filter(|masked| masked.as_deref() == Some(value)).count() as f64;
            assert!((count / 20_000.0 - share).abs() < 0.015, "{value}: {count}");
        }
    }

    #[test]
    fn one_value_in_two_spellings_has_one_draw() {
        let one = |sql_type: &SqlType, cell| {
            mask_cells(&INFO, "{ values = [1, 2, 3, 4, 5, 6, 7, 8, 9] }", sql_type, "", &[Some(cell)])
                .unwrap()
        };
        let numeric = SqlType::Numeric { precision: None, scale: None };
        assert_eq!(one(&numeric, "42.00"), one(&numeric, "42"));
        assert_eq!(one(&SqlType::Integer { bits: 32 }, "42"), one(&numeric, "42"));
    }

    #[test]
    fn lists_that_cannot_be_are_refused() {
        for policy in [
            "{}",
            "{ values = [] }",
            "{ values = ['a', 'a'] }",
            "{ values = { a = 0 } }",
            "{ values = { a = 'x' } }",
        ] {
            assert!(prepare(&INFO, policy, &SqlType::TEXT).is_err(), "{policy}");
        }
        assert!(prepare(&INFO, "{ values = ['x'] }", &SqlType::Integer { bits: 32 }).is_err());
        let parameters = parameters("{ values = ['x'] }");
        let mut request = request(&parameters, &SqlType::TEXT);
        request.unique = true;
        assert!((INFO.prepare)(&request).is_err());
    }

    #[test]
    fn what_a_draw_follows_must_be_there() {
        let refused = |by: &str, about| {
            let parameters = parameters(&format!("{{ values = ['x'], by = '{by}' }}"));
            let request = Request { about, ..request(&parameters, &SqlType::TEXT) };
            (INFO.prepare)(&request).is_err()
        };
        let all = [About::Nobody, About::Subject, About::RowKey];
        assert_eq!(all.map(|about| refused("subject", about)), [true, false, true]);
        assert_eq!(all.map(|about| refused("row", about)), [true, true, false]);
        assert_eq!(all.map(|about| refused("value", about)), [false, false, true]);
    }
}
