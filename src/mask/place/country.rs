//! `country`: the country in which all made-up addresses lie, in the words of the cell.

use super::{COUNTRIES, COUNTRY, DOMAIN, Field};
use crate::mask::{
    Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Prepared, Refusal, Request, first_name, shape,
};
use crate::table::SqlType;

pub(in crate::mask) const INFO: OperatorInfo = OperatorInfo {
    name: "country",
    summary: "Replace with the country in which the town lies that city gives the subject, as a code or a name",
    class: Class::Suppress,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(DOMAIN),
    entity: "country",
    parameters: &[COUNTRY, shape::CASE, first_name::LEXICON],
    examples: &[
        Example { policy: "{ op = \"country\" }", sql_type: &SqlType::TEXT, input: "CA", output: Some("US") },
        Example {
            policy: "{ op = \"country\", country = \"DE\" }",
            sql_type: &SqlType::TEXT,
            input: "Canada",
            output: Some("Germany"),
        },
    ],
    accepts: SqlType::is_text,
    prepare,
};

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    if let Some(width) = request.sql_type.width().filter(|width| *width < 2) {
        return Err(Refusal(format!("a country's code has 2 characters, and {width} fit")));
    }
    super::prepare(request, Field::Country)
}

/// Two letters become the code of two letters, three capitals that of three, anything else the name if it fits, in the
/// letter case of the cell.
pub(super) fn write(country: usize, cell: &[u8], width: Option<u32>, out: &mut Vec<u8>) {
    let own = COUNTRIES[country];
    let cell = cell.trim_ascii();
    let letters = cell.iter().all(u8::is_ascii_alphabetic);
    let capitals = letters && cell.iter().all(u8::is_ascii_uppercase);
    let text = match cell.len() {
        0..=2 => own.code,
        3 if capitals => own.long_code,
        _ if width.is_some_and(|width| (width as usize) < own.name.len()) => own.code,
        _ => own.name,
    };
    let start = out.len();
    out.extend_from_slice(text.as_bytes());
    if letters && cell.iter().all(u8::is_ascii_lowercase) {
        out[start..].make_ascii_lowercase();
    } else if capitals && cell.len() > 3 {
        out[start..].make_ascii_uppercase();
    }
}
