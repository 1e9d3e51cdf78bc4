//! `null`: every cell becomes NULL, the empty string too.
//!
//! A UNIQUE constraint holds any number of NULLs, so the operator never makes duplicates; a key column is NOT NULL
//! and refused for that.

use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Prepared,
    Refusal, Request, Scratch, Tally, Uniqueness, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "null",
    summary: "Replace every cell with NULL",
    class: Class::Suppress,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "value",
    parameters: &[],
    examples: &[
        Example {
            policy: r#"{ op = "null" }"#,
            sql_type: &SqlType::TEXT,
            input: "mother's maiden name",
            output: None,
        },
        Example { policy: r#"{ op = "null" }"#, sql_type: &SqlType::Date, input: "1980-02-03", output: None },
    ],
    accepts: |_| true,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    if request.not_null {
        return Err(Refusal("the column is NOT NULL; use redact or constant".into()));
    }
    Ok(Prepared {
        spec: String::new(),
        uniqueness: Uniqueness::Proven,
        max_width: Some(0),
        output: Output::Null,
        notes: Vec::new(),
        ..Prepared::new(start::keyless(|| Null))
    })
}

struct Null;

impl Operator for Null {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        let mut masked = 0;
        for value in batch.cells.iter() {
            masked += u64::from(value.is_some());
            out.null();
        }
        Ok(Tally { masked, invalid: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::super::examples::request;
    use super::*;

    #[test]
    fn a_not_null_column_is_refused() {
        let none = std::collections::BTreeMap::new();
        let mut request = request(&none, &SqlType::TEXT);
        assert!(prepare(&request).is_ok());
        request.not_null = true;
        assert!(prepare(&request).is_err());
    }
}
