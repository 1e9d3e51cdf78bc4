//! `keep`: the cell stays as it is, byte for byte.

use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Prepared,
    Refusal, Request, Scratch, Tally, Uniqueness, start,
};
use crate::table::{ColumnBuilder, SqlType};

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "keep",
    summary: "Leave the cell as it is",
    class: Class::Keep,
    keyed_by: KeyedBy::Nothing,
    domain: DefaultDomain::None,
    entity: "value",
    parameters: &[],
    examples: &[
        Example {
            policy: r#"{ op = "keep" }"#,
            sql_type: &SqlType::TEXT,
            input: "shipped",
            output: Some("shipped"),
        },
        Example {
            policy: r#"{ op = "keep", reason = "order state, not personal" }"#,
            sql_type: &SqlType::Integer { bits: 32 },
            input: "42",
            output: Some("42"),
        },
    ],
    accepts: |_| true,
    prepare,
};

#[expect(clippy::unnecessary_wraps, reason = "other operators refuse columns here")]
fn prepare(_: &Request<'_>) -> Result<Prepared, Refusal> {
    Ok(Prepared {
        spec: String::new(),
        uniqueness: Uniqueness::Proven,
        max_width: None,
        output: Output::Same,
        notes: Vec::new(),
        ..Prepared::new(start::keyless(|| Keep))
    })
}

struct Keep;

impl Operator for Keep {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        for _ in 0..batch.cells.len() {
            out.keep();
        }
        Ok(Tally::default())
    }
}
