//! `keyed_hash`: any text becomes a keyed tag; equal text, equal tag.
//!
//! Purpose `tag`, spec `text:BITS:base32:EQUALITY`, message the canonical text. The output is the first BITS / 5
//! characters of the tag in lower-case base32.

use super::{
    Batch, CellError, Class, DefaultDomain, Equality, Example, KeyedBy, Operator, OperatorInfo, Output,
    Parameter, ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start, tag,
};
use crate::base::{Prf, canonical};
use crate::table::{ColumnBuilder, SqlType};

const DEFAULT_BITS: u32 = 120;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "keyed_hash",
    summary: "Replace text with a keyed tag: equal text, equal tag",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Column,
    entity: "text",
    parameters: &[Parameter {
        name: "bits",
        summary: "bits of the tag, a multiple of 5 from 20 to 125, one character for 5; default 120",
        kind: ParameterKind::Integer,
        required: false,
        of_domain: true,
    }],
    examples: &[
        Example {
            policy: r#"{ op = "keyed_hash" }"#,
            sql_type: &SqlType::TEXT,
            input: "ABC-4471",
            output: Some("2zvbtphr3q6g3w76hbgsyy2l"),
        },
        Example {
            policy: r#"{ op = "keyed_hash", bits = 60 }"#,
            sql_type: &SqlType::Text { width: Some(12), padded: false, case_insensitive: false },
            input: "ABC-4471",
            output: Some("jtgzv62pvhyb"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let bits = tag::bits(request, DEFAULT_BITS, 0)?;
    let equality = request.equality;
    let spec = format!("text:{bits}:base32:{}", equality.as_str());
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: Uniqueness::Bounded { bits: f64::from(bits) },
        max_width: Some(bits / 5),
        output: Output::Text,
        notes: Vec::new(),
        ..Prepared::new(start::keyed(move |keys| KeyedHash {
            prf: keys.prf("tag", &spec),
            characters: bits as usize / 5,
            equality,
        }))
    })
}

struct KeyedHash {
    prf: Prf,
    characters: usize,
    equality: Equality,
}

impl Operator for KeyedHash {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        scratch.messages.clear();
        for (row, value) in rows::present_cells(&batch.cells) {
            scratch.messages.push(canonical::text(rows::text(row, value)?, self.equality).as_bytes());
        }
        self.prf.tags(&scratch.messages, &mut scratch.tags);
        let mut tags = scratch.tags.iter();
        Ok(rows::replace(&batch.cells, out, |_, buffer| {
            if let Some(tag) = tags.next() {
                tag::write(tag, self.characters, buffer);
            }
        }))
    }
}
