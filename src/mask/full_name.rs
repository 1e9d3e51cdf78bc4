//! `full_name`: another first and last name; those that `first_name` and `last_name` give the same subject.

use super::compose::{self, Layouts, Piece};
use super::lexicon::{self, LexiconKind};
use super::script::SCRIPT;
use super::{
    Class, DefaultDomain, Example, KeyedBy, OperatorInfo, Parameter, ParameterKind, Prepared, Refusal,
    Request, first_name, last_name, shape,
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
            summary: "order of the names: \"first last\", \"last first\" or \"last, first\" (default: the language's, which is the \
                      first but for Chinese and Japanese in their own scripts)",
            kind: ParameterKind::Choice(FORMATS),
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

const FORMATS: &[&str] = &["first last", "last first", "last, first"];

fn prepare(request: &Request<'_>) -> Result<Prepared, Refusal> {
    const FIRST: Piece = Piece::Part(0);
    const LAST: Piece = Piece::Part(1);
    const SPACE: Piece = Piece::Text(" ");
    let first_last = vec![FIRST, SPACE, LAST];
    let layouts = match request.choice("format", FORMATS)? {
        Some("last, first") => Layouts::same(&[LAST, Piece::Text(", "), FIRST]),
        Some("last first") => Layouts::same(&[LAST, SPACE, FIRST]),
        Some(_) => Layouts::same(&first_last),
        None => {
            let language = lexicon::requested(request, LexiconKind::LastName)?.language();
            let native = if matches!(language, "ja" | "zh") { vec![LAST, FIRST] } else { first_last.clone() };
            Layouts { latin: first_last, native }
        }
    };
    compose::prepare_as(request, &[first_name::part(""), last_name::part("")], layouts)
}
