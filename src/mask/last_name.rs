//! `last_name`: another surname, the same for all rows of a subject.

use super::compose::{self, Part, Pool};
use super::lexicon::LexiconKind;
use super::{Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Prepared, Refusal, Request, first_name};
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "last_name",
    summary: "Replace with a surname from a list, the same for all rows of a subject",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(first_name::DOMAIN),
    entity: "last name",
    parameters: first_name::PARAMETERS,
    examples: &[
        Example {
            policy: "{ op = \"last_name\" }",
            sql_type: &SqlType::TEXT,
            input: "Doe",
            output: Some("Cannon"),
        },
        Example {
            policy: "{ op = \"last_name\" }",
            sql_type: &SqlType::TEXT,
            input: "DOE",
            output: Some("ROSE"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

/// Purpose of the key that picks a surname.
pub(super) const PURPOSE: &str = "name.last";

/// The part of a text that is a surname.
pub(super) const fn part(before: &'static str) -> Part {
    Part { before, purpose: PURPOSE, from: Pool::Lexicon(LexiconKind::LastName) }
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    compose::prepare(request, &[part("")])
}
