//! Types of SQLite: any words, of which SQLite makes one of five affinities.
//!
//! A name that other databases give a type too (`DATE`, `BOOLEAN`, `UUID`) means that type, because applications put such
//! values there. The rest follows SQLite's rules of affinity. A declared width is taken for a limit, although SQLite
//! itself has none: what reads the column was written for it.

use crate::table::SqlType;

/// The type of a column that is declared so.
pub(super) fn sql_type(written: &str, collation: Option<&str>) -> SqlType {
    let upper = written.to_ascii_uppercase();
    let (name, arguments) = upper.split_once('(').unwrap_or((&upper, ""));
    let mut numbers =
        arguments.trim_end_matches([')', ' ']).split(',').map(|number| number.trim().parse::<u32>().ok());
    let first = numbers.next().flatten();
    let second = numbers.next().flatten();
    let is_collation = |name: &str| collation.is_some_and(|collation| collation.eq_ignore_ascii_case(name));
    let text = |width| SqlType::Text {
        width,
        padded: is_collation("RTRIM"),
        case_insensitive: is_collation("NOCASE"),
    };
    match name.trim().trim_matches(['"', '[', ']', '`']) {
        "BOOLEAN" | "BOOL" => SqlType::Boolean,
        "DATE" => SqlType::Date,
        "DATETIME" | "TIMESTAMP" | "SMALLDATETIME" | "DATETIME2" => SqlType::Timestamp { zone: false },
        "DATETIMEOFFSET" | "TIMESTAMPTZ" | "TIMESTAMP WITH TIME ZONE" => SqlType::Timestamp { zone: true },
        "TIME" => SqlType::Time,
        "JSON" | "JSONB" => SqlType::Json,
        "UUID" | "GUID" => SqlType::Uuid,
        "" | "ANY" | "STRING" | "UNIQUEIDENTIFIER" => text(first),
        name if name.contains("INT") => SqlType::Integer { bits: 64 },
        name if ["CHAR", "CLOB", "TEXT"].iter().any(|part| name.contains(part)) => text(first),
        name if name.contains("BLOB") || name.contains("BINARY") => SqlType::Bytes,
        name if ["REAL", "FLOA", "DOUB"].iter().any(|part| name.contains(part)) => SqlType::Float,
        _ => SqlType::Numeric { precision: first, scale: second },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_affinities_make_types() {
        let text = |width| SqlType::Text { width, padded: false, case_insensitive: false };
        for (written, expected) in [
            ("INTEGER", SqlType::Integer { bits: 64 }),
            ("UNSIGNED BIG INT", SqlType::Integer { bits: 64 }),
            ("tinyint(1)", SqlType::Integer { bits: 64 }),
            ("NVARCHAR(40)", text(Some(40))),
            ("CHARACTER VARYING (20)", text(Some(20))),
            ("", text(None)),
            ("BLOB", SqlType::Bytes),
            ("DOUBLE PRECISION", SqlType::Float),
            ("NUMERIC(10,2)", SqlType::Numeric { precision: Some(10), scale: Some(2) }),
            ("decimal", SqlType::Numeric { precision: None, scale: None }),
            ("DATETIME", SqlType::Timestamp { zone: false }),
            ("boolean", SqlType::Boolean),
        ] {
            assert_eq!(sql_type(written, None), expected, "{written}");
        }
        let folded = SqlType::Text { width: None, padded: false, case_insensitive: true };
        assert_eq!(sql_type("TEXT", Some("nocase")), folded);
    }
}
