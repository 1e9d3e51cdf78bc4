//! Types of columns.

use super::super::cursor::{self, Cursor};
use super::draft::Draft;
use super::options::Choice;
use crate::table::SqlType;
use crate::table::collation::{Collation, binary_of};

/// A type with what its words say beside it.
pub(super) struct Typed {
    pub(super) sql_type: SqlType,
    /// The collation, of text only.
    pub(super) collation: Option<String>,
    /// `serial`: a counter, and a key of its own.
    pub(super) serial: bool,
}

/// Reads a type with its attributes up to those of the column: `int(10) unsigned`, `varchar(40) CHARACTER SET latin1`.
pub(super) fn read(column: &str, cursor: &mut Cursor<'_>, draft: &mut Draft) -> Option<Typed> {
    let mut name = cursor.ident()?.to_ascii_lowercase();
    let mut choice = Choice::default();
    if matches!(name.as_str(), "national" | "nchar" | "nvarchar") {
        choice.set_charset("utf8mb3");
        name = match name.as_str() {
            "national" => cursor.ident()?.to_ascii_lowercase(),
            "nchar" => "char".into(),
            _ => "varchar".into(),
        };
    }
    match name.as_str() {
        "character" | "char" => {
            let varying =
                cursor.eat(&["VARYING"]) || cursor.eat(&["VARCHAR"]) || cursor.eat(&["VARCHARACTER"]);
            name = if varying { "varchar" } else { "char" }.into();
        }
        "double" => drop(cursor.eat(&["PRECISION"])),
        "long" => {
            let binary = cursor.eat(&["VARBINARY"]);
            let _ = binary || cursor.eat(&["VARCHAR"]) || cursor.eat(&["CHAR"]);
            name = if binary { "mediumblob" } else { "mediumtext" }.into();
        }
        _ => {}
    }
    let start = *cursor;
    let group = cursor.group();
    let written = cursor::cut(start.until(cursor).written(), cursor::NAME_LIMIT);
    let mut unsigned = false;
    let mut binary = false;
    loop {
        if cursor.eat(&["UNSIGNED"]) || cursor.eat(&["ZEROFILL"]) {
            unsigned = true;
        } else if cursor.eat(&["BINARY"]) {
            binary = true;
        } else if cursor.eat(&["ASCII"]) {
            choice.set_charset("latin1");
        } else if cursor.eat(&["UNICODE"]) {
            choice.set_charset("ucs2");
        } else if cursor.eat(&["BYTE"]) {
            choice.set_charset("binary");
        } else if !cursor.eat(&["SIGNED"]) && !choice.read(cursor) {
            break;
        }
    }
    let labels =
        || group.into_iter().flat_map(Cursor::items).filter_map(|mut label| label.literal()).collect();
    let sql_type = match name.as_str() {
        "enum" => SqlType::Enum(draft.labels(column, labels())),
        "set" => SqlType::Set(draft.labels(column, labels())),
        name => {
            let number = |index: usize| {
                let mut items = group.into_iter().flat_map(Cursor::items);
                items.nth(index).and_then(|item| item.raw().and_then(|raw| raw.parse().ok()))
            };
            of_name(name, written, &number, unsigned)
        }
    };
    let text = matches!(sql_type, SqlType::Text { .. } | SqlType::Enum(_) | SqlType::Set(_));
    if text && choice.is_binary() {
        return Some(Typed { sql_type: SqlType::Bytes, collation: None, serial: false });
    }
    let mut collation = text.then(|| choice.collation().unwrap_or_else(|| draft.collation.clone()));
    if binary && let Some(own) = &collation {
        collation = binary_of(own);
    }
    let sql_type = limited(&name, sql_type, collation.as_deref());
    Some(Typed { sql_type, collation, serial: name == "serial" })
}

fn of_name(name: &str, written: &str, number: &dyn Fn(usize) -> Option<u32>, unsigned: bool) -> SqlType {
    let integer = |bits| if unsigned { SqlType::Unsigned { bits } } else { SqlType::Integer { bits } };
    let text = |width, padded| SqlType::Text { width, padded, case_insensitive: false };
    match name {
        "bool" | "boolean" | "tinyint" | "int1" => integer(8),
        "smallint" | "int2" => integer(16),
        "mediumint" | "int3" | "middleint" => integer(24),
        "int" | "integer" | "int4" => integer(32),
        "bigint" | "int8" => integer(64),
        "serial" => SqlType::Unsigned { bits: 64 },
        "decimal" | "numeric" | "dec" | "fixed" | "number" => {
            let (precision, scale) = (number(0).unwrap_or(10), number(1).unwrap_or(0));
            SqlType::Numeric { precision: Some(precision), scale: Some(scale) }
        }
        "float" | "double" | "real" | "float4" | "float8" => SqlType::Float,
        "bit" => SqlType::Bits,
        "char" => text(Some(number(0).unwrap_or(1)), true),
        "varchar" | "varcharacter" | "varchar2" => text(number(0), false),
        "tinytext" | "text" | "mediumtext" | "longtext" | "clob" => text(None, false),
        "binary" | "varbinary" | "tinyblob" | "blob" | "mediumblob" | "longblob" | "raw" => SqlType::Bytes,
        "json" => SqlType::Json,
        "date" => SqlType::Date,
        "datetime" | "timestamp" => SqlType::Timestamp { zone: false },
        "time" => SqlType::Time,
        "year" => SqlType::Year,
        "uuid" => SqlType::Uuid,
        "inet4" | "inet6" => SqlType::Inet,
        other => SqlType::Other(format!("{}{written}", cursor::cut(other, cursor::NAME_LIMIT))),
    }
}

/// `tinytext` holds 255 bytes: as many characters as surely fit.
fn limited(name: &str, sql_type: SqlType, collation: Option<&str>) -> SqlType {
    match sql_type {
        SqlType::Text { width: None, padded, case_insensitive } if name == "tinytext" => {
            let longest = collation.and_then(Collation::of).map_or(4, |own| own.longest_character());
            SqlType::Text { width: Some(255 / longest), padded, case_insensitive }
        }
        other => other,
    }
}
