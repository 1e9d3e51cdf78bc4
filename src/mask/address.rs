//! `address`: another house number and street, the same for all rows of a subject.
//!
//! The parts of one subject's address agree in every column: a column of streets and one of house numbers hold what
//! the full line elsewhere says. A source of several lines becomes one line.

use super::compose::{self, Layouts, Part, Piece, Pool};
use super::lexicon::{self, LexiconKind};
use super::script::SCRIPT;
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
            summary: "what the column holds: line (default: number and street in the order of the language), street, number, or unit (second line)",
            kind: ParameterKind::Choice(STYLES),
            required: false,
            of_domain: false,
        },
        shape::CASE,
        SCRIPT,
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
const UNIT: Part = Part { before: "", purpose: "address.unit", from: Pool::Numbers(99) };
const STREET: Part = Part { before: "", purpose: "address.street", from: Pool::Lexicon(LexiconKind::Street) };

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    let language = lexicon::requested(request, LexiconKind::Street)?.language();
    match request.choice("style", STYLES)? {
        Some("street") => compose::prepare(request, &[STREET]),
        Some("number") => compose::prepare(request, &[NUMBER]),
        Some("unit") => {
            let unit = [Piece::Text(before_unit(language)), Piece::Part(0)];
            compose::prepare_as(request, &[UNIT], Layouts::same(&unit))
        }
        _ => compose::prepare_as(request, &[NUMBER, STREET], line(language)),
    }
}

/// Number and street in the order of the language.
fn line(language: &str) -> Layouts {
    const NUMBER: Piece = Piece::Part(0);
    const STREET: Piece = Piece::Part(1);
    const SPACE: Piece = Piece::Text(" ");
    match language {
        "en" | "fr" | "hi" => Layouts::same(&[NUMBER, SPACE, STREET]),
        "ja" => Layouts { latin: vec![STREET, SPACE, NUMBER], native: vec![STREET, NUMBER] },
        "zh" => Layouts {
            latin: vec![NUMBER, SPACE, STREET],
            native: vec![STREET, NUMBER, Piece::Text("\u{53f7}")],
        },
        _ => Layouts::same(&[STREET, SPACE, NUMBER]),
    }
}

/// The word before the number of a flat.
fn before_unit(language: &str) -> &'static str {
    match language {
        "de" => "Wohnung ",
        "es" => "Piso ",
        "fr" => "Appt ",
        "it" => "Int ",
        "nl" => "App ",
        "pl" => "m ",
        "pt" => "Apto ",
        "tr" => "Daire ",
        _ => "Apt ",
    }
}
