//! The operators of one entry, prepared for each kind of value that a document may hold in one place.
//!
//! Strings go to the operator as text, whole numbers as integers, other numbers as decimals, as in columns of those
//! types, so 42, 42.0 and "42" have one pseudonym in a key domain of integers. An operator that does not take a type
//! gets the value as text; a boolean or a null is nobody's secret and stays unless the operator replaces it.

use super::super::Refusal;
use super::{Entry, Parts};
use crate::table::SqlType;

/// The kind of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// A string.
    Text,
    /// A whole number that 64 bits hold.
    Integer,
    /// Any other number.
    Decimal,
    /// A truth value.
    Boolean,
    /// No value.
    Null,
    /// An object or array.
    Document,
}

/// The operators of an entry by kind of value.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Forms {
    text: u32,
    integer: u32,
    decimal: u32,
    boolean: Option<u32>,
    document: Option<u32>,
}

/// Types whose values documents hold as strings, the most likely first.
const AS_STRINGS: &[SqlType] = &[
    SqlType::TEXT,
    SqlType::Uuid,
    SqlType::Date,
    SqlType::Timestamp { zone: true },
    SqlType::Inet,
    SqlType::MacAddr,
    SqlType::Time,
    SqlType::Interval,
    SqlType::Bytes,
    SqlType::Xml,
    SqlType::Json,
    SqlType::Hstore,
    SqlType::Cidr,
    SqlType::Bits,
    SqlType::TextSearch,
    DECIMAL,
    INTEGER,
    SqlType::Float,
    SqlType::Money,
    SqlType::Boolean,
];
const INTEGER: SqlType = SqlType::Integer { bits: 64 };
const DECIMAL: SqlType = SqlType::Numeric { precision: None, scale: None };

impl Forms {
    /// Prepares an entry. `documents` is the type of an object or array as a whole, where there may be such.
    pub(in super::super) fn prepare(
        parts: &mut Parts<'_>,
        entry: &Entry<'_>,
        documents: Option<&SqlType>,
    ) -> Result<Self, Refusal> {
        let text = Self::text(parts, entry)?;
        let mut first = |types: &[&SqlType]| {
            let mut fitting = types.iter().filter(|sql_type| (entry.info.accepts)(sql_type));
            fitting.find_map(|sql_type| parts.slot(entry, sql_type).ok())
        };
        let decimal = first(&[&DECIMAL, &SqlType::Float]);
        let integer = first(&[&INTEGER]).or(decimal).unwrap_or(text);
        // What refuses the type (a constant that is no truth value) replaces it all the same.
        let boolean =
            (entry.info.accepts)(&SqlType::Boolean).then(|| first(&[&SqlType::Boolean]).unwrap_or(text));
        let has_parts = entry.info.keyed_by == super::KeyedBy::Parts;
        let document = documents.filter(|_| has_parts).and_then(|sql_type| first(&[sql_type]));
        Ok(Self { text, integer, decimal: decimal.unwrap_or(text), boolean, document })
    }

    /// Prepares an entry for values that can only be strings.
    pub(in super::super) fn text(parts: &mut Parts<'_>, entry: &Entry<'_>) -> Result<u32, Refusal> {
        let fitting = AS_STRINGS.iter().filter(|sql_type| (entry.info.accepts)(sql_type));
        let mut refusal = None;
        for sql_type in fitting {
            match parts.slot(entry, sql_type) {
                Ok(slot) => return Ok(slot),
                Err(why) => refusal = refusal.or(Some(why)),
            }
        }
        let none = || Refusal(format!("{}: {} masks no text", entry.place, entry.info.name));
        Err(refusal.unwrap_or_else(none))
    }

    /// The operator of values of a kind; `None`: they stay.
    pub(in super::super) fn slot(&self, kind: Kind) -> Option<u32> {
        match kind {
            Kind::Text | Kind::Null => Some(self.text),
            Kind::Integer => Some(self.integer),
            Kind::Decimal => Some(self.decimal),
            Kind::Boolean => self.boolean,
            Kind::Document => self.document,
        }
    }
}
