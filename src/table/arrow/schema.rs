//! An Arrow schema as a table: where there is no lock and no DDL, types and NOT NULL come from here.

use arrow_schema::{DataType, Field, Schema};

use super::nested;
use crate::table::{ColumnDef, SqlType, Table};

/// The type of a column whose values are of an Arrow type.
pub(crate) fn sql_type(field: &Field) -> SqlType {
    of(field.data_type())
}

fn of(data_type: &DataType) -> SqlType {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => SqlType::TEXT,
        // Sixteen bytes of fixed size are how UUIDs are kept; whatever else they are, they fit its text form.
        DataType::FixedSizeBinary(16) => SqlType::Uuid,
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            SqlType::Bytes
        }
        DataType::Boolean => SqlType::Boolean,
        DataType::Int8 => SqlType::Integer { bits: 8 },
        DataType::Int16 | DataType::UInt8 => SqlType::Integer { bits: 16 },
        DataType::Int32 | DataType::UInt16 => SqlType::Integer { bits: 32 },
        DataType::Int64 | DataType::UInt32 => SqlType::Integer { bits: 64 },
        DataType::UInt64 => SqlType::Numeric { precision: Some(20), scale: Some(0) },
        DataType::Float16 | DataType::Float32 | DataType::Float64 => SqlType::Float,
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale) => SqlType::Numeric {
            precision: Some(u32::from(*precision) + u32::from(scale.min(&0).unsigned_abs())),
            scale: Some(u32::try_from(*scale).unwrap_or_default()),
        },
        DataType::Date32 | DataType::Date64 => SqlType::Date,
        DataType::Timestamp(_, zone) => SqlType::Timestamp { zone: zone.is_some() },
        DataType::Time32(_) | DataType::Time64(_) => SqlType::Time,
        DataType::Duration(_) | DataType::Interval(_) => SqlType::Interval,
        DataType::Dictionary(_, values) => of(values),
        // Never its Display: names of nested fields would be in it.
        DataType::Null => SqlType::Other("null".into()),
        DataType::List(_)
        | DataType::LargeList(_)
        | DataType::FixedSizeList(..)
        | DataType::ListView(_)
        | DataType::LargeListView(_) => SqlType::Other("list".into()),
        DataType::Struct(_) => SqlType::Other("struct".into()),
        DataType::Map(..) => SqlType::Other("map".into()),
        DataType::Union(..) => SqlType::Other("union".into()),
        DataType::RunEndEncoded(..) => SqlType::Other("run-end encoded".into()),
    }
}

/// A table of the columns of a schema. A nested column is one column where `named` says that the policy names it as a
/// whole; else its leaves are columns, named by their paths.
pub(crate) fn table(schema: &Schema, named: &dyn Fn(&str) -> bool) -> Table {
    let mut table = Table::default();
    for field in schema.fields() {
        let mut add = |path: &str, field: &Field, not_null: bool| {
            let mut column = ColumnDef::new(path, sql_type(field));
            column.not_null = not_null;
            table.columns.push(column);
        };
        nested::leaves(field, field.name(), true, named, &mut add);
    }
    table
}
