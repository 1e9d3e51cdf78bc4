//! Which column chunks of a file are made anew, and as what they are written.
//!
//! The Parquet schema of the output is the input's own, so physical and logical types, nullability and field ids stay.
//! What is checked here is that the arrays of a masked column can be written as the schema says.

use std::ops::Range;
use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef, TimeUnit};
use parquet::basic::Type as Physical;
use parquet::schema::types::{ColumnDescriptor, Type, TypePtr};

use super::super::fault;
use super::{ParquetFile, cannot};
use crate::base::Result;

/// What becomes of the columns of a file.
pub(crate) struct Layout {
    /// Top-level columns that are read, ascending.
    pub(crate) read: Vec<usize>,
    /// The schema of the batches that are read.
    pub(crate) schema: SchemaRef,
    /// Top-level columns that hold something masked.
    pub(super) columns: Vec<Rewritten>,
    /// For each leaf of the file whether it is made anew.
    pub(super) masked: Vec<bool>,
    /// The Parquet schema of the columns that the crate writes, and their arrays'.
    pub(super) written: TypePtr,
    pub(super) written_schema: SchemaRef,
}

/// A top-level column that holds something masked.
pub(super) struct Rewritten {
    /// Its place in the batches that are read.
    pub(super) at: usize,
    /// Its leaves in the file.
    pub(super) leaves: Range<usize>,
    /// What its arrays are written as.
    pub(super) form: Form,
}

/// What arrays are written as.
pub(super) enum Form {
    /// As they are, by this field.
    Plain(FieldRef),
    /// A decimal as big-endian bytes: of this length, or as short as can be.
    Decimal(FieldRef, Option<usize>),
    /// A timestamp as INT96.
    Int96,
}

impl Layout {
    /// Lays out a file of which these leaves are masked (in the order of the schema) and these top-level columns are
    /// looked at.
    ///
    /// # Errors
    /// A masked column whose values cannot be written as its Parquet type says.
    pub(crate) fn new(file: &ParquetFile, masked: &[bool], looked_at: &[usize]) -> Result<Self> {
        let parquet = file.metadata.parquet_schema();
        let leaves = parquet.num_columns();
        if masked.len() != leaves {
            return Err(fault::damaged());
        }
        let fields = file.schema().fields();
        let mut own: Vec<Range<usize>> = vec![0..0; fields.len()];
        for leaf in 0..leaves {
            let root = own.get_mut(parquet.get_column_root_idx(leaf)).ok_or_else(fault::damaged)?;
            *root = if root.start == root.end { leaf..leaf + 1 } else { root.start..leaf + 1 };
        }
        let is_masked = |root: &usize| masked[own[*root].clone()].contains(&true);
        let mut read: Vec<usize> = (0..fields.len()).filter(is_masked).collect();
        read.extend(looked_at.iter().filter(|root| !is_masked(root)));
        read.sort_unstable();
        read.dedup();
        let mut columns = Vec::new();
        let (mut types, mut written) = (Vec::new(), Vec::new());
        for (at, root) in read.iter().enumerate().filter(|(_, root)| is_masked(root)) {
            let leaves = own[*root].clone();
            let descriptors: Vec<&ColumnDescriptor> =
                leaves.clone().map(|leaf| parquet.columns()[leaf].as_ref()).collect();
            let form = form(&fields[*root], &descriptors, &masked[leaves.clone()])?;
            if let Form::Plain(field) | Form::Decimal(field, _) = &form {
                types.push(parquet.get_column_root_ptr(leaves.start));
                written.push(Arc::clone(field));
            }
            columns.push(Rewritten { at, leaves, form });
        }
        let name = parquet.root_schema().name();
        let types = Type::group_type_builder(name).with_fields(types).build().map_err(fault::parquet)?;
        let schema: Vec<FieldRef> = read.iter().map(|root| Arc::clone(&fields[*root])).collect();
        Ok(Self {
            read,
            schema: Arc::new(Schema::new(schema)),
            columns,
            masked: masked.to_vec(),
            written: Arc::new(types),
            written_schema: Arc::new(Schema::new(written)),
        })
    }

    /// Whether nothing is masked.
    pub(crate) fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }
}

/// What the arrays of a column are written as.
fn form(field: &FieldRef, leaves: &[&ColumnDescriptor], masked: &[bool]) -> Result<Form> {
    let mut types = Vec::new();
    let levels = Levels::default().of(field);
    collect(field, levels, &mut types);
    if types.len() != leaves.len() {
        return Err(cannot(field.name(), CANNOT));
    }
    for ((data_type, levels), (leaf, masked)) in types.iter().zip(leaves.iter().zip(masked)) {
        if !masked {
            continue;
        }
        if (levels.definition, levels.repetition) != (leaf.max_def_level(), leaf.max_rep_level()) {
            return Err(cannot(field.name(), CANNOT));
        }
        let top = !field.data_type().is_nested();
        match (data_type, leaf.physical_type()) {
            (DataType::Timestamp(TimeUnit::Nanosecond, None), Physical::INT96) if top => {
                return Ok(Form::Int96);
            }
            (
                DataType::Decimal32(precision, _)
                | DataType::Decimal64(precision, _)
                | DataType::Decimal128(precision, _)
                | DataType::Decimal256(precision, _),
                Physical::FIXED_LEN_BYTE_ARRAY,
            ) => {
                let length = usize::try_from(leaf.type_length()).unwrap_or_default();
                if top && length > 0 {
                    let bytes = DataType::FixedSizeBinary(leaf.type_length());
                    return Ok(Form::Decimal(retyped(field, bytes), Some(length)));
                }
                // Below a list or struct, the crate writes them as short as their precision allows.
                if length == shortest(*precision) {
                    continue;
                }
                return Err(cannot(field.name(), CANNOT));
            }
            (
                DataType::Decimal32(..)
                | DataType::Decimal64(..)
                | DataType::Decimal128(..)
                | DataType::Decimal256(..),
                Physical::BYTE_ARRAY,
            ) if top => return Ok(Form::Decimal(retyped(field, DataType::Binary), None)),
            (data_type, physical) if writable(data_type, physical, leaf.type_length()) => {}
            _ => return Err(cannot(field.name(), CANNOT)),
        }
    }
    Ok(Form::Plain(Arc::clone(field)))
}

/// Bytes that the largest number of so many digits takes.
fn shortest(precision: u8) -> usize {
    let bits = f64::from(precision) * std::f64::consts::LOG2_10 + 1.0;
    (bits / 8.0).ceil() as usize
}

fn retyped(field: &FieldRef, data_type: DataType) -> FieldRef {
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()))
}

const CANNOT: &str = "values of this column cannot be written in the form that its Parquet type has: keep the column, or \
                      rewrite the file with another type first";

/// Whether the crate writes arrays of a type as values of a physical type.
fn writable(data_type: &DataType, physical: Physical, length: i32) -> bool {
    use DataType as T;
    match physical {
        Physical::BOOLEAN => *data_type == T::Boolean,
        Physical::INT32 => matches!(
            data_type,
            T::Null
                | T::Int8
                | T::Int16
                | T::Int32
                | T::UInt8
                | T::UInt16
                | T::UInt32
                | T::Date32
                | T::Date64
                | T::Time32(_)
                | T::Decimal32(..)
                | T::Decimal64(..)
                | T::Decimal128(..)
                | T::Decimal256(..)
        ),
        Physical::INT64 => matches!(
            data_type,
            T::Int64
                | T::UInt64
                | T::Date64
                | T::Time64(_)
                | T::Timestamp(..)
                | T::Duration(_)
                | T::Decimal64(..)
                | T::Decimal128(..)
                | T::Decimal256(..)
        ),
        Physical::INT96 => false,
        Physical::FLOAT => *data_type == T::Float32,
        Physical::DOUBLE => *data_type == T::Float64,
        Physical::BYTE_ARRAY => matches!(
            data_type,
            T::Utf8 | T::LargeUtf8 | T::Utf8View | T::Binary | T::LargeBinary | T::BinaryView
        ),
        Physical::FIXED_LEN_BYTE_ARRAY => match data_type {
            T::FixedSizeBinary(size) => *size == length,
            T::Float16 => length == 2,
            T::Interval(_) => length == 12,
            _ => false,
        },
    }
}

/// How many levels an array of a field is written with.
#[derive(Clone, Copy, Default)]
struct Levels {
    definition: i16,
    repetition: i16,
}

impl Levels {
    fn of(self, field: &Field) -> Self {
        Self { definition: self.definition + i16::from(field.is_nullable()), ..self }
    }

    fn repeated(self) -> Self {
        Self { definition: self.definition + 1, repetition: self.repetition + 1 }
    }
}

/// The types of the leaves of a field, with their levels.
fn collect(field: &Field, levels: Levels, out: &mut Vec<(DataType, Levels)>) {
    match field.data_type() {
        DataType::Struct(fields) => {
            for field in fields {
                collect(field, levels.of(field), out);
            }
        }
        DataType::List(element) | DataType::LargeList(element) | DataType::FixedSizeList(element, _) => {
            collect(element, levels.repeated().of(element), out);
        }
        DataType::Map(entries, _) => {
            if let DataType::Struct(fields) = entries.data_type() {
                for field in fields {
                    collect(field, levels.repeated().of(field), out);
                }
            }
        }
        other => out.push((other.clone(), levels)),
    }
}
