//! `address`: another house number and street, the same for all rows of a subject.
//!
//! The parts of one subject's address agree in every column: a column of streets and one of house numbers hold what
//! the full line elsewhere says. A source of several lines becomes one line.

use super::compose::{self, Part, Pool};
use super::lexicon::LexiconKind;
use super::{
    Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal,
    Request, first_name, shape,
};
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "address",
    summary: "Replace with a house number and a street from a list, the same for all rows of a subject",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity("address"),
    entity: "address",
    parameters: &[
        Parameter {
            name: "style",
            summary: "what the column holds: line (default: number and street), street, number, or unit (second line)",
            kind: ParameterKind::Choice(STYLES),
            required: false,
            of_domain: false,
        },
        shape::CASE,
        first_name::LEXICON,
        shape::UNIQUE,
        shape::BITS,
    ],
    examples: &[
        Example {
            policy: "{ op = \"address\" }",
            sql_type: &SqlType::TEXT,
            input: "1 Infinite Loop",
            output: Some("1888 Cottage Road"),
        },
        Example {
            policy: "{ op = \"address\", style = \"unit\" }",
            sql_type: &SqlType::TEXT,
            input: "2nd floor",
            output: Some("apt 44"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const STYLES: &[&str] = &["line", "street", "number", "unit"];
const NUMBER: Part = Part { before: "", purpose: "address.number", from: Pool::Numbers(9_999) };
const UNIT: Part = Part { before: "Apt ", purpose: "address.unit", from: Pool::Numbers(99) };

const fn street(before: &'static str) -> Part {
    Part { before, purpose: "address.street", from: Pool::Lexicon(LexiconKind::Street) }
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    match request.choice("style", STYLES)? {
        Some("street") => compose::prepare(request, &[street("")]),
        Some("number") => compose::prepare(request, &[NUMBER]),
        Some("unit") => compose::prepare(request, &[UNIT]),
        _ => compose::prepare(request, &[NUMBER, street(" ")]),
    }
}
