//! `redact`: every value becomes the one fixed value of its type: `[redacted]`, 0, 1970-01-01.
//!
//! NULL and the empty string stay as they are.

use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Prepared,
    Refusal, Request, Scratch, Tally, Uniqueness, rows, start, typed,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "redact",
    summary: "Replace every value with the fixed value of its type",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "value",
    parameters: &[],
    examples: &[
        Example {
            policy: r#"{ op = "redact" }"#,
            sql_type: &SqlType::TEXT,
            input: "called twice, angry",
            output: Some("[redacted]"),
        },
        Example {
            policy: r#"{ op = "redact" }"#,
            sql_type: &SqlType::Date,
            input: "1980-02-03",
            output: Some("1970-01-01"),
        },
    ],
    accepts: |sql_type| typed::redacted(sql_type, None).is_ok(),
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let value = typed::redacted(request.sql_type, request.sql_type.width())?;
    Ok(Prepared {
        spec: String::new(),
        uniqueness: Uniqueness::No,
        max_width: Some(value.len() as u32),
        output: Output::Constant(String::from_utf8_lossy(&value).into_owned()),
        notes: Vec::new(),
        ..Prepared::new(start::keyless(move || Redact { value: value.clone() }))
    })
}

struct Redact {
    value: Vec<u8>,
}

impl Operator for Redact {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        Ok(rows::replace(&batch.cells, out, |_, buffer| buffer.extend_from_slice(&self.value)))
    }
}
