//! `region`: the state, land, county or department in which the subject's new town lies.

use super::{COUNTRY, DOMAIN, Field, RegionStyle};
use crate::mask::script::SCRIPT;
use crate::mask::{
    Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal,
    Request, first_name, shape,
};
use crate::table::SqlType;

pub(in crate::mask) const INFO: OperatorInfo = OperatorInfo {
    name: "region",
    summary: "Replace with the state or region in which the town lies that city gives the subject",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(DOMAIN),
    entity: "region",
    parameters: &[
        Parameter {
            name: "style",
            summary: "how it is written: as_source (default: a code where the cell has up to three capitals or digits), \
                      code or name",
            kind: ParameterKind::Choice(STYLES),
            required: false,
            of_domain: false,
        },
        COUNTRY,
        shape::CASE,
        SCRIPT,
        first_name::LEXICON,
    ],
    examples: &[
        Example { policy: "{ op = \"region\" }", sql_type: &SqlType::TEXT, input: "IL", output: Some("WA") },
        Example {
            policy: "{ op = \"region\" }",
            sql_type: &SqlType::TEXT,
            input: "Illinois",
            output: Some("West Virginia"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

const STYLES: &[&str] = &["as_source", "code", "name"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let style = match request.choice("style", STYLES)? {
        Some("code") => RegionStyle::Code,
        Some("name") => RegionStyle::Name,
        // Names do not fit: all cells are codes.
        _ if request.sql_type.width().is_some_and(|width| width <= CODE) => RegionStyle::Code,
        _ => RegionStyle::AsSource,
    };
    super::prepare(request, Field::Region(style))
}

/// Characters of the longest code.
const CODE: u32 = 3;

/// Whether a cell is a code.
pub(super) fn is_code(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii_end();
    cell.len() <= CODE as usize && cell.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}
