//! `full_name`: another first and last name; those that `first_name` and `last_name` give the same subject.

use super::{
    Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal,
    Request, compose, first_name, last_name, shape,
};
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "full_name",
    summary: "Replace with a first and a last name from lists: those that first_name and last_name give the same subject",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(first_name::DOMAIN),
    entity: "full name",
    parameters: &[
        Parameter {
            name: "format",
            summary: "order of the names: \"first last\" (default) or \"last, first\"",
            kind: ParameterKind::Choice(FORMATS),
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
            policy: "{ op = \"full_name\" }",
            sql_type: &SqlType::TEXT,
            input: "Jane Doe",
            output: Some("Derek Wolfe"),
        },
        Example {
            policy: "{ op = \"full_name\", format = \"last, first\" }",
            sql_type: &SqlType::TEXT,
            input: "Doe, Jane",
            output: Some("Jackson, Thomas"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const FORMATS: &[&str] = &["first last", "last, first"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    match request.choice("format", FORMATS)? {
        Some("last, first") => compose::prepare(request, &[last_name::part(""), first_name::part(", ")]),
        _ => compose::prepare(request, &[first_name::part(""), last_name::part(" ")]),
    }
}
