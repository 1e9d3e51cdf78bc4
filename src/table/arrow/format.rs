//! How the values of an Arrow type are written as the text of a cell.

use arrow_schema::{DataType, TimeUnit};

use super::time::Digits;
use crate::table::SqlType;

/// How the values of an array are written as text, and read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Text, or bytes that stand for text: as it is.
    Text,
    /// Bytes as `\x00ff`.
    Hex,
    /// 16 bytes as a UUID.
    Uuid,
    /// `t`, `f`.
    Boolean,
    /// Decimal digits.
    Integer,
    /// As `float4` and `float8`.
    Float,
    /// Digits with as many after the point as the type's scale.
    Decimal {
        /// Digits in all.
        precision: u8,
        /// Digits after the point.
        scale: i8,
    },
    /// Days from 1970-01-01.
    Date,
    /// Milliseconds from 1970-01-01 that are whole days.
    Date64,
    /// Ticks from 1970-01-01 00:00:00.
    Timestamp {
        /// Fraction digits.
        digits: Digits,
        /// Whether it is an instant.
        zone: bool,
    },
    /// Ticks from midnight.
    Time {
        /// Fraction digits.
        digits: Digits,
    },
}

impl Format {
    /// The format of a type's values in a column that the plan holds for a `sql_type`. `None`: there is none, such a
    /// column can be kept or made NULL.
    pub(crate) fn new(data_type: &DataType, sql_type: &SqlType) -> Option<Self> {
        Some(match data_type {
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Self::Text,
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView => match sql_type.base() {
                SqlType::Bytes => Self::Hex,
                _ => Self::Text,
            },
            DataType::FixedSizeBinary(size) => match sql_type.base() {
                SqlType::Uuid if *size == 16 => Self::Uuid,
                SqlType::Uuid => return None,
                SqlType::Bytes => Self::Hex,
                _ => Self::Text,
            },
            DataType::Boolean => Self::Boolean,
            integer if integer.is_integer() => Self::Integer,
            DataType::Float16 | DataType::Float32 | DataType::Float64 => Self::Float,
            DataType::Decimal32(precision, scale)
            | DataType::Decimal64(precision, scale)
            | DataType::Decimal128(precision, scale)
            | DataType::Decimal256(precision, scale) => {
                Self::Decimal { precision: *precision, scale: *scale }
            }
            DataType::Date32 => Self::Date,
            DataType::Date64 => Self::Date64,
            DataType::Timestamp(unit, zone) => {
                Self::Timestamp { digits: digits(*unit), zone: zone.is_some() }
            }
            DataType::Time32(unit) | DataType::Time64(unit) => Self::Time { digits: digits(*unit) },
            DataType::Dictionary(_, values) if !values.is_nested() => return Self::new(values, sql_type),
            _ => return None,
        })
    }
}

fn digits(unit: TimeUnit) -> Digits {
    match unit {
        TimeUnit::Second => 0,
        TimeUnit::Millisecond => 3,
        TimeUnit::Microsecond => 6,
        TimeUnit::Nanosecond => 9,
    }
}
