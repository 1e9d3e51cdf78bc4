//! `national_id`: numbers by which states know people, permuted within the issuable ones or moved out of them.
//!
//! One file for each kind of number, listed in [`KINDS`]. `range = "full"` permutes all numbers that may be issued
//! (purpose `perm`, spec `id:KIND`): keys stay unique, and a result may be somebody's number. `never_issued` chooses
//! among numbers that are nobody's (purpose `id`, spec `id:KIND:never_issued`, message the digits): inert, but there
//! are too few of them for a key. The shape of the cell stays.

mod us_ssn;

use super::invalid::{Invalid, Rejector};
use super::{
    Batch, CellError, Class, DefaultDomain, Example, KeyedBy, Operator, OperatorInfo, Output, Parameter,
    ParameterKind, Prepared, Refusal, Request, Scratch, Tally, Uniqueness, rows, start,
};
use crate::base::{Permutation, Prf, index};
use crate::table::{ColumnBuilder, SqlType};

/// A kind of number: `prepare` picks one by name.
struct Kind {
    /// Its name in a policy.
    name: &'static str,
    /// How many numbers may be issued.
    issuable: u64,
    /// How many never are.
    never_issued: u64,
    /// The rank of a cell among the issuable numbers; `None` if it is none of them.
    rank: fn(&[u8]) -> Option<u64>,
    /// Digits of the number.
    digits: usize,
    /// The issuable number of a rank, as an integer of so many digits.
    issuable_number: fn(u64) -> u64,
    /// The never issued number of a rank.
    never_issued_number: fn(u64) -> u64,
}

/// All kinds, by name.
const KINDS: &[&Kind] = &[&us_ssn::KIND];
const NAMES: &[&str] = &["us_ssn"];

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "national_id",
    summary: "Replace a national identification number by another, never issued or of the whole range",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Value,
    domain: DefaultDomain::Entity("national_id"),
    entity: "national id",
    parameters: &[
        Parameter {
            name: "kind",
            summary: "which number: us_ssn",
            kind: ParameterKind::Choice(NAMES),
            required: true,
            of_domain: true,
        },
        Parameter {
            name: "range",
            summary: "never_issued: nobody's number, not for keys; full: any that may be issued, unique. Default: \
                      full where the column must stay unique, else never_issued",
            kind: ParameterKind::Choice(&["full", "never_issued"]),
            required: false,
            of_domain: true,
        },
    ],
    examples: &[
        Example {
            policy: r#"{ op = "national_id", kind = "us_ssn" }"#,
            sql_type: &SqlType::TEXT,
            input: "078-05-1120",
            output: Some("936-14-5940"),
        },
        Example {
            policy: r#"{ op = "national_id", kind = "us_ssn", range = "full" }"#,
            sql_type: &SqlType::TEXT,
            input: "078051120",
            output: Some("745252077"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let Some(name) = request.choice("kind", NAMES)? else {
        return Err(Refusal("national_id needs a kind, such as kind = \"us_ssn\"".into()));
    };
    let Some(kind) = KINDS.iter().copied().find(|kind| kind.name == name) else {
        return Err(Refusal(format!("there is no kind \"{name}\"")));
    };
    let full =
        request.choice("range", &["full", "never_issued"])?.map_or(request.unique, |range| range == "full");
    let invalid = Invalid::prepare(request, INFO.entity)?;
    let (spec, uniqueness, notes) = if full {
        let note = "a number that comes out may be somebody's; range = \"never_issued\" makes sure that it is nobody's";
        (format!("id:{name}"), Uniqueness::Proven, vec![("live-values", note.to_owned())])
    } else {
        let bits = (kind.never_issued as f64).log2();
        (format!("id:{name}:never_issued"), Uniqueness::Bounded { bits }, Vec::new())
    };
    Ok(Prepared {
        spec: spec.clone(),
        uniqueness: invalid.weaken(uniqueness),
        max_width: None,
        output: Output::Text,
        notes,
        ..Prepared::new(start::keyed(move |keys| NationalId {
            kind,
            mapping: if full {
                Mapping::Full(keys.permutation("perm", &spec, u128::from(kind.issuable) - 1))
            } else {
                Mapping::NeverIssued(keys.prf("id", &spec))
            },
            rejector: invalid.start(keys),
        }))
    })
}

struct NationalId {
    kind: &'static Kind,
    mapping: Mapping,
    rejector: Rejector,
}

enum Mapping {
    Full(Permutation),
    NeverIssued(Prf),
}

impl Operator for NationalId {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Scratch { messages, tags, rows, numbers, rejected, .. } = scratch.cleared();
        let hashed = matches!(self.mapping, Mapping::NeverIssued(_));
        for (row, value) in rows::present_cells(&batch.cells) {
            let value = rows::trim_end(value);
            let Some(rank) = (self.kind.rank)(value) else {
                self.rejector.reject(row, value, rejected)?;
                continue;
            };
            numbers.push(rank);
            rows.push(row as u32);
            if hashed {
                messages
                    .push_with(|message| message.extend(value.iter().filter(|byte| byte.is_ascii_digit())));
            }
        }
        match &self.mapping {
            Mapping::Full(permutation) => {
                permutation.apply_u64(numbers);
                for number in numbers.iter_mut() {
                    *number = (self.kind.issuable_number)(*number);
                }
            }
            Mapping::NeverIssued(prf) => {
                prf.tags(messages, tags);
                for (number, tag) in numbers.iter_mut().zip(tags) {
                    *number = (self.kind.never_issued_number)(index(tag, self.kind.never_issued));
                }
            }
        }
        Ok(rows::write(&batch.cells, rows, &self.rejector, rejected, out, |index, value, buffer| {
            rows::write_digits(numbers[index], self.kind.digits, value, buffer);
        }))
    }
}
