//! `city`: another town, the same for all rows of a subject, that lies in its `region` and has its `postcode`.

use super::{DOMAIN, Field, PARAMETERS};
use crate::mask::{Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Prepared, Refusal, Request};
use crate::table::SqlType;

pub(in crate::mask) const INFO: OperatorInfo = OperatorInfo {
    name: "city",
    summary: "Replace with a town from a list, the same for all rows of a subject; its region and postcode agree",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(DOMAIN),
    entity: "city",
    parameters: PARAMETERS,
    examples: &[
        Example {
            policy: "{ op = \"city\" }",
            sql_type: &SqlType::TEXT,
            input: "Springfield",
            output: Some("Louisville"),
        },
        Example {
            policy: "{ op = \"city\", country = \"DE\" }",
            sql_type: &SqlType::TEXT,
            input: "Köln",
            output: Some("Potsdam"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    super::prepare(request, Field::City)
}
