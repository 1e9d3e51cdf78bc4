//! `constant`: every value becomes the same one.
//!
//! NULL stays NULL and the empty string stays empty, so that what was absent stays absent; `nulls = "replace"`
//! gives them the value too.

use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start, typed,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "constant",
    summary: "Replace every value with one and the same",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "value",
    parameters: &[
        Parameter {
            name: "value",
            summary: "the value, as the column's type writes it",
            kind: ParameterKind::Scalar,
            required: true,
            of_domain: false,
        },
        Parameter {
            name: "nulls",
            summary: "what happens to NULL and the empty string; default keep",
            kind: ParameterKind::Choice(&["keep", "replace"]),
            required: false,
            of_domain: false,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "constant", value = "x" }"#,
            sql_type: &SqlType::TEXT,
            input: "$2b$12$LQv3c1yqBWVHxkd0LHAkCO",
            output: Some("x"),
        },
        Example {
            policy: r#"{ op = "constant", value = 30000 }"#,
            sql_type: &SqlType::Integer { bits: 32 },
            input: "81250",
            output: Some("30000"),
        },
    ],
    accepts: |_| true,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let Some(value) = request.scalar("value")? else { return Err(Refusal("constant needs a value".into())) };
    typed::holds(request.sql_type, &value)?;
    if request.ascii && !value.is_ascii() {
        return Err(Refusal("value must be ASCII: the dump's encoding may not hold other characters".into()));
    }
    let nulls = request.choice("nulls", &["keep", "replace"])? == Some("replace");
    let bytes = value.clone().into_bytes();
    Ok(Prepared {
        spec: String::new(),
        uniqueness: Uniqueness::No,
        max_width: Some(value.chars().count() as u32),
        output: Output::Constant(value),
        notes: Vec::new(),
        ..Prepared::new(start::keyless(move || Constant { value: bytes.clone(), nulls }))
    })
}

struct Constant {
    value: Vec<u8>,
    nulls: bool,
}

impl Operator for Constant {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        if !self.nulls {
            return Ok(rows::replace(&batch.cells, out, |_, buffer| buffer.extend_from_slice(&self.value)));
        }
        for _ in 0..batch.cells.len() {
            out.value(&self.value);
        }
        Ok(Tally { masked: batch.cells.len() as u64, invalid: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::{mask_cells, request};
    use super::*;

    #[test]
    fn nulls_and_empty_cells_are_replaced_only_on_demand() {
        let cells = [Some("a"), None, Some("")];
        let keep = mask_cells(&INFO, r#"{ value = "x" }"#, &SqlType::TEXT, "", &cells).unwrap();
        assert_eq!(keep, [Some("x".into()), None, Some(String::new())]);
        let replace =
            mask_cells(&INFO, r#"{ value = "x", nulls = "replace" }"#, &SqlType::TEXT, "", &cells).unwrap();
        assert_eq!(replace, [Some("x".into()), Some("x".into()), Some("x".into())]);
    }

    #[test]
    fn a_value_that_the_type_cannot_hold_is_refused() {
        let parameters = toml::from_str("value = 'abc'").unwrap();
        assert!(prepare(&request(&parameters, &SqlType::TEXT)).is_ok());
        assert!(prepare(&request(&parameters, &SqlType::Integer { bits: 16 })).is_err());
        let narrow = SqlType::Text { width: Some(2), padded: false, case_insensitive: false };
        assert!(prepare(&request(&parameters, &narrow)).is_err());
    }
}
