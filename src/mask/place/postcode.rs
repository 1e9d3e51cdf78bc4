//! `postcode`: a postcode of the subject's new town.
//!
//! A British code is the town's outward code and an inward code of a digit and two letters that British codes use. A long
//! ZIP code (`12345-6789`) gets four other digits.

use super::places::Place;
use super::{COUNTRIES, DOMAIN, Field, PARAMETERS, further};
use crate::mask::{Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Prepared, Refusal, Request};
use crate::table::SqlType;

pub(in crate::mask) const INFO: OperatorInfo = OperatorInfo {
    name: "postcode",
    summary: "Replace with a postcode of the town that city gives the subject",
    class: Class::Pseudonymize,
    keyed_by: KeyedBy::Subject,
    domain: DefaultDomain::Entity(DOMAIN),
    entity: "postcode",
    parameters: PARAMETERS,
    examples: &[
        Example {
            policy: "{ op = \"postcode\" }",
            sql_type: &SqlType::TEXT,
            input: "62701",
            output: Some("35206"),
        },
        Example {
            policy: "{ op = \"postcode\", country = \"GB\" }",
            sql_type: &SqlType::TEXT,
            input: "SW1A 1AA",
            output: Some("WD17 6EQ"),
        },
    ],
    accepts,
    prepare,
};

/// Letters of inward codes.
const INWARD: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";

fn accepts(sql_type: &SqlType) -> bool {
    sql_type.is_text() || sql_type.is_integer()
}

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    super::prepare(request, Field::Postcode)
}

/// Whether the codes of these countries fit the column.
pub(super) fn check(request: &Request<'_>, countries: &[usize], longest: usize) -> Result<(), Refusal> {
    if !request.sql_type.is_text() {
        if countries.iter().any(|country| COUNTRIES[*country].code == "GB") {
            return Err(Refusal(
                "British postcodes are no numbers; set country, or use a text column".into(),
            ));
        }
        if request.sql_type.integer_range().is_some_and(|(_, greatest)| greatest < 99_999) {
            return Err(Refusal(
                "a postcode has five digits, and the column's type does not hold them".into(),
            ));
        }
        return Ok(());
    }
    // Four more digits follow only where the cell has them.
    let longest = if countries.iter().all(|country| COUNTRIES[*country].code != "GB") { 5 } else { longest };
    match request.sql_type.width() {
        Some(width) if (width as usize) < longest => {
            Err(Refusal(format!("a postcode has up to {longest} characters, and {width} fit")))
        }
        _ => Ok(()),
    }
}

/// Characters that may follow what a list holds.
pub(super) fn more(country: usize) -> usize {
    match COUNTRIES[country].code {
        "GB" => 4,
        "US" => 5,
        _ => 0,
    }
}

pub(super) fn write(country: usize, place: &Place, tag: &[u8; 16], cell: &[u8], out: &mut Vec<u8>) {
    let code = place.postcodes[further(tag, 8, place.postcodes.len() as u32) as usize];
    match COUNTRIES[country].code {
        "GB" => {
            out.extend_from_slice(code.as_bytes());
            if cell.contains(&b' ') || cell.len() < 5 {
                out.push(b' ');
            }
            let letters = INWARD.len() as u32;
            let choice = further(tag, 12, 10 * letters * letters);
            out.push(b'0' + (choice % 10) as u8);
            out.push(INWARD[(choice / 10 % letters) as usize]);
            out.push(INWARD[(choice / 10 / letters) as usize]);
        }
        "US" if is_long(cell) => {
            out.extend_from_slice(code.as_bytes());
            out.extend_from_slice(format!("-{:04}", further(tag, 12, 10_000)).as_bytes());
        }
        _ => out.extend_from_slice(code.as_bytes()),
    }
}

/// Whether a cell is a ZIP code with four more digits.
fn is_long(cell: &[u8]) -> bool {
    let cell = cell.trim_ascii();
    cell.len() == 10
        && cell
            .iter()
            .enumerate()
            .all(|(place, byte)| if place == 5 { *byte == b'-' } else { byte.is_ascii_digit() })
}

/// A code with other digits and capitals in the places of the cell's; other characters become spaces.
pub(super) fn invent(tag: &[u8; 16], cell: &[u8], out: &mut Vec<u8>) {
    let mut state = u64::from_be_bytes(*tag.first_chunk().unwrap_or(&[0; 8]));
    let start = out.len();
    for byte in cell.iter().take(LONGEST_INVENTED) {
        // Knuth's multiplier; the tag has given all the secrecy there is.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let choice = (state >> 33) as u32;
        match byte {
            b'0'..=b'9' => out.push(b'0' + (choice % 10) as u8),
            b'A'..=b'Z' | b'a'..=b'z' => out.push(b'A' + (choice % 26) as u8),
            b'-' => out.push(b'-'),
            byte if byte.is_ascii() => out.push(b' '),
            _ => {}
        }
    }
    if out.len() == start {
        out.push(b'0');
    }
}

/// Longer cells are no postcodes.
const LONGEST_INVENTED: usize = 12;
