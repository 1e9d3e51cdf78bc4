//! Type names: read where they stand, resolved when all enums, domains and ranges are known.

use std::collections::{BTreeMap, BTreeSet};

use super::cursor::{self, Cursor};
use super::token::Kind;
use crate::table::{Session, SqlType};

/// A type as a statement names it.
#[derive(Clone, Debug)]
pub(super) struct TypeName {
    /// The built-in type, where the name can only mean that.
    built_in: Option<SqlType>,
    /// Where an enum, domain or range of that name would be: the likeliest place first.
    places: Vec<String>,
    /// The name's last part.
    name: String,
    /// The name without quotes, and its arguments as written.
    written: String,
    array: bool,
    /// A `serial` type: its column has a sequence.
    pub(super) serial: bool,
}

/// The types that an input declares.
#[derive(Clone, Default)]
pub(super) struct Types {
    pub(super) enums: BTreeMap<String, Vec<String>>,
    pub(super) domains: BTreeMap<String, DomainDraft>,
    pub(super) ranges: BTreeSet<String>,
}

/// A domain whose base type is not resolved yet.
#[derive(Clone)]
pub(super) struct DomainDraft {
    pub(super) base: TypeName,
    pub(super) not_null: bool,
    pub(super) checks: Vec<String>,
}

impl Types {
    /// What a type name means. A domain over domains is followed a bounded number of times.
    pub(super) fn resolve(&self, written: &TypeName) -> SqlType {
        let (mut domains, mut current) = (Vec::new(), written);
        let mut resolved = loop {
            let place = current.places.iter().find(|place| self.declares(place));
            let inner = match (&current.built_in, place) {
                (Some(built_in), _) => built_in.clone(),
                (None, Some(place)) if self.enums.contains_key(place) => SqlType::Enum(place.clone()),
                (None, Some(place)) if self.ranges.contains(place) => SqlType::Range(place.clone()),
                (None, Some(place)) => match self.domains.get(place) {
                    Some(domain) if domains.len() < DOMAIN_DEPTH => {
                        domains.push((place, current.array));
                        current = &domain.base;
                        continue;
                    }
                    _ => SqlType::Other(current.written.clone()),
                },
                (None, None) => {
                    extension(&current.name).unwrap_or_else(|| SqlType::Other(current.written.clone()))
                }
            };
            break if current.array { SqlType::Array(Box::new(inner)) } else { inner };
        };
        for (name, array) in domains.into_iter().rev() {
            resolved = SqlType::Domain(name.clone(), Box::new(resolved));
            if array {
                resolved = SqlType::Array(Box::new(resolved));
            }
        }
        resolved
    }

    fn declares(&self, place: &str) -> bool {
        self.enums.contains_key(place) || self.domains.contains_key(place) || self.ranges.contains(place)
    }
}

/// Domains over domains that are followed; PostgreSQL has no limit, real schemas use one or two.
const DOMAIN_DEPTH: usize = 16;

/// Reads a type: `character varying(20)`, `timestamp(6) without time zone`, `public.mood[]`, ...
pub(super) fn read(cursor: &mut Cursor<'_>, session: &Session) -> Option<TypeName> {
    let quoted = cursor.kind() == Some(Kind::Quoted);
    let mut parts = cursor.path()?;
    if parts.len() > 1 && parts[parts.len() - 2] == "pg_catalog" {
        parts.drain(..parts.len() - 1);
    }
    let mut name = parts.last()?.clone();
    let mut zone = false;
    let mut arguments = Vec::new();
    let plain = parts.len() == 1 && !quoted;
    if plain {
        match name.as_str() {
            "national" if cursor.eat(&["CHARACTER"]) || cursor.eat(&["CHAR"]) => {
                "character".clone_into(&mut name);
            }
            "double" => drop(cursor.eat(&["PRECISION"])),
            "interval" => read_interval_fields(cursor),
            _ => {}
        }
        if matches!(name.as_str(), "character" | "char" | "nchar" | "bit") && cursor.eat(&["VARYING"]) {
            name.push_str(" varying");
        }
    }
    let mut written = parts.join(".");
    let start = *cursor;
    if let Some(group) = cursor.group() {
        written.push_str(cursor::cut(start.until(cursor).written(), cursor::NAME_LIMIT));
        arguments = group.items().map(|item| item.raw().and_then(|raw| raw.parse().ok())).collect();
    }
    if plain && matches!(name.as_str(), "timestamp" | "time") {
        zone = cursor.eat(&["WITH", "TIME", "ZONE"]);
        if !zone {
            cursor.eat(&["WITHOUT", "TIME", "ZONE"]);
        }
    }
    let mut array = cursor.eat(&["ARRAY"]);
    while cursor.kind() == Some(Kind::Mark(b'[')) {
        array = true;
        cursor.skip();
    }
    let serial = plain && SERIAL.iter().any(|&(serial, _)| serial == name);
    let built_in = if parts.len() > 1 {
        None
    } else if quoted && name == "char" {
        Some(SqlType::Text { width: Some(1), padded: false, case_insensitive: false })
    } else {
        built_in(&name, &arguments, zone)
    };
    Some(TypeName { built_in, places: places(parts, session), name, written, array, serial })
}

/// `interval day to second(3)`: its fields; the precision is read as an argument.
fn read_interval_fields(cursor: &mut Cursor<'_>) {
    const FIELDS: [&str; 6] = ["YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"];
    if FIELDS.iter().any(|field| cursor.eat(&[field])) && cursor.eat(&["TO"]) {
        FIELDS.iter().any(|field| cursor.eat(&[field]));
    }
}

/// Where a type of this name may have been declared.
fn places(parts: Vec<String>, session: &Session) -> Vec<String> {
    let fallback =
        (parts.len() == 1 && session.schema != "public").then(|| vec!["public".to_owned(), parts[0].clone()]);
    [Some(parts), fallback]
        .into_iter()
        .flatten()
        .filter_map(|parts| cursor::object(parts, session))
        .map(|name| name.to_string())
        .collect()
}

const SERIAL: [(&str, u8); 6] = [
    ("smallserial", 16),
    ("serial2", 16),
    ("serial", 32),
    ("serial4", 32),
    ("bigserial", 64),
    ("serial8", 64),
];

fn built_in(name: &str, arguments: &[Option<i64>], zone: bool) -> Option<SqlType> {
    let number = |index: usize| arguments.get(index).copied().flatten().and_then(|n| u32::try_from(n).ok());
    let text = |width, padded| SqlType::Text { width, padded, case_insensitive: false };
    if let Some(&(_, bits)) = SERIAL.iter().find(|&&(serial, _)| serial == name) {
        return Some(SqlType::Integer { bits });
    }
    Some(match name {
        "boolean" | "bool" => SqlType::Boolean,
        "smallint" | "int2" => SqlType::Integer { bits: 16 },
        "integer" | "int" | "int4" => SqlType::Integer { bits: 32 },
        "bigint" | "int8" => SqlType::Integer { bits: 64 },
        "numeric" | "decimal" | "dec" => {
            let precision = number(0);
            SqlType::Numeric { precision, scale: precision.map(|_| number(1).unwrap_or(0)) }
        }
        "real" | "double" | "float" | "float4" | "float8" => SqlType::Float,
        "money" => SqlType::Money,
        "text" => SqlType::TEXT,
        "character varying" | "char varying" | "nchar varying" | "varchar" => text(number(0), false),
        "character" | "char" | "nchar" => text(Some(number(0).unwrap_or(1)), true),
        "bpchar" => text(number(0), true),
        "name" => text(Some(63), false),
        "bytea" => SqlType::Bytes,
        "uuid" => SqlType::Uuid,
        "date" => SqlType::Date,
        "timestamp" => SqlType::Timestamp { zone },
        "timestamptz" => SqlType::Timestamp { zone: true },
        "time" | "timetz" => SqlType::Time,
        "interval" => SqlType::Interval,
        "json" | "jsonb" => SqlType::Json,
        "xml" => SqlType::Xml,
        "inet" => SqlType::Inet,
        "cidr" => SqlType::Cidr,
        "macaddr" | "macaddr8" => SqlType::MacAddr,
        "bit" | "bit varying" | "varbit" => SqlType::Bits,
        "tsvector" | "tsquery" => SqlType::TextSearch,
        "oid" | "regclass" | "regcollation" | "regconfig" | "regdictionary" | "regnamespace" | "regoper"
        | "regoperator" | "regproc" | "regprocedure" | "regrole" | "regtype" => SqlType::Oid,
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" | "int4multirange"
        | "int8multirange" | "nummultirange" | "tsmultirange" | "tstzmultirange" | "datemultirange" => {
            SqlType::Range(name.to_owned())
        }
        _ => return None,
    })
}

/// Types of widespread extensions, whatever schema they are in.
fn extension(name: &str) -> Option<SqlType> {
    Some(match name {
        "citext" => SqlType::Text { width: None, padded: false, case_insensitive: true },
        "hstore" => SqlType::Hstore,
        "lo" => SqlType::Oid,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::token::tokens;
    use super::*;

    fn resolve(sql: &str) -> SqlType {
        let list = tokens(sql);
        let mut cursor = Cursor::new(sql, &list);
        let written = read(&mut cursor, &Session::default()).expect("a type");
        assert!(cursor.at_end(), "{sql}");
        Types::default().resolve(&written)
    }

    #[test]
    fn types_of_one_and_more_words_are_read_whole() {
        for (sql, expected) in [
            ("integer", SqlType::Integer { bits: 32 }),
            ("pg_catalog.int8", SqlType::Integer { bits: 64 }),
            ("bigserial", SqlType::Integer { bits: 64 }),
            ("numeric(10,2)", SqlType::Numeric { precision: Some(10), scale: Some(2) }),
            ("numeric(10)", SqlType::Numeric { precision: Some(10), scale: Some(0) }),
            ("NUMERIC", SqlType::Numeric { precision: None, scale: None }),
            (
                "character varying(20)",
                SqlType::Text { width: Some(20), padded: false, case_insensitive: false },
            ),
            (
                "national character varying(9)",
                SqlType::Text { width: Some(9), padded: false, case_insensitive: false },
            ),
            ("char", SqlType::Text { width: Some(1), padded: true, case_insensitive: false }),
            ("\"char\"", SqlType::Text { width: Some(1), padded: false, case_insensitive: false }),
            ("bpchar", SqlType::Text { width: None, padded: true, case_insensitive: false }),
            ("timestamp(6) without time zone", SqlType::Timestamp { zone: false }),
            ("timestamp with time zone", SqlType::Timestamp { zone: true }),
            ("time(3) with time zone", SqlType::Time),
            ("interval day to second(3)", SqlType::Interval),
            ("double precision[][]", SqlType::Array(Box::new(SqlType::Float))),
            ("integer ARRAY[4]", SqlType::Array(Box::new(SqlType::Integer { bits: 32 }))),
            ("bit varying(3)", SqlType::Bits),
            ("public.citext", SqlType::Text { width: None, padded: false, case_insensitive: true }),
            ("public.geometry(Point,4326)", SqlType::Other("public.geometry(Point,4326)".into())),
            ("public.\"My Type\"", SqlType::Other("public.My Type".into())),
            ("public.text", SqlType::Other("public.text".into())),
        ] {
            assert_eq!(resolve(sql), expected, "{sql}");
        }
    }
}
