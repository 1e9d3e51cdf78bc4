//! `first_name`: another given name, the same for all rows of a subject, of the gender that the row states.

use super::compose::{self, Part, Pool};
use super::lexicon::LexiconKind;
use super::script::SCRIPT;
use super::{
    Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal,
    Request, shape,
};
use crate::table::SqlType;

pub(super) const INFO: OperatorInfo = OperatorInfo {
    name: "first_name",
    summary: "Replace with a given name from a list, the same for all rows of a subject, of the row's gender",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(DOMAIN),
    entity: "first name",
    parameters: PARAMETERS,
    examples: &[
        Example {
            policy: "{ op = \"first_name\" }",
            sql_type: &SqlType::TEXT,
            input: "Jane",
            output: Some("Tara"),
        },
        Example {
            policy: "{ op = \"first_name\" }",
            sql_type: &SqlType::TEXT,
            input: "JANE",
            output: Some("JEREMY"),
        },
        Example {
            policy: "{ op = \"first_name\", unique = true }",
            sql_type: &SqlType::TEXT,
            input: "Jane",
            output: Some("Tara-dt7u3ate5u2ys5pd"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

/// The key domain of names and of what else follows a person.
pub(super) const DOMAIN: &str = "person";

/// The parameters of all names.
pub(super) const PARAMETERS: &[Parameter] = &[shape::CASE, SCRIPT, LEXICON, shape::UNIQUE, shape::BITS];

/// Purpose of the key that picks a given name.
pub(super) const PURPOSE: &str = "name.first";

/// The version of the lists, for a list of parameters.
pub(super) const LEXICON: Parameter = Parameter {
    name: "lexicon",
    summary: "language and version of the lists, such as \"en-1\" (default: version 1 of the locale's language)",
    kind: ParameterKind::Text,
    required: false,
    of_domain: true,
};

/// The part of a text that is a given name.
pub(super) const fn part(before: &'static str) -> Part {
    Part { before, purpose: PURPOSE, from: Pool::Lexicon(LexiconKind::FirstName) }
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    compose::prepare(request, &[part("")])
}
