//! What operators built, as an array of the type that was read.
//!
//! All buffers are fresh. A cell that an operator kept is written from its text like any other; there is nothing under
//! a NULL but zeros or an empty text.

use std::sync::Arc;

use arrow_array::builder::{BinaryViewBuilder, BooleanBufferBuilder};
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float16Type, Float32Type, Float64Type, GenericBinaryType, GenericStringType, Int8Type, Int16Type,
    Int32Type, Int64Type, Time32MillisecondType, Time32SecondType, Time64MicrosecondType,
    Time64NanosecondType, TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{
    ArrayRef, BooleanArray, FixedSizeBinaryArray, GenericByteArray, OffsetSizeTrait, PrimitiveArray,
};
use arrow_buffer::{Buffer, NullBuffer, NullBufferBuilder, OffsetBuffer, i256};
use arrow_schema::{DataType, TimeUnit};

use super::dictionary::{self, Numbering};
use super::format::Format;
use super::number::{read_decimal, read_float, read_integer};
use super::read::MILLISECONDS_A_DAY;
use super::time::{read_date, read_time, read_timestamp};
use crate::table::{Cell, Column, ColumnBuilder};

/// A result that the array cannot hold.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Row, counted from the first that was appended.
    pub(crate) row: usize,
    /// Why, and what to do.
    pub(crate) what: &'static str,
}

const UNFIT: &str = "the column's Arrow type cannot hold the operator's result";
const NOT_NULLABLE: &str = "the operator's result is NULL, and the field is not nullable";
const NOT_TEXT: &str = "the operator's result is not UTF-8 text";
const TOO_LONG: &str =
    "the column's results do not fit its 32-bit offsets: use smaller batches, or the large type";
const TOO_MANY: &str = "the results are more than the dictionary's keys can number: cast the column to its plain type first, or to a \
     dictionary of wider keys";

/// Builds one array.
pub(crate) struct Writer {
    data_type: DataType,
    nullable: bool,
    rows: usize,
    nulls: NullBufferBuilder,
    store: Store,
}

enum Store {
    Short(Vec<i32>, Vec<u8>),
    Long(Vec<i64>, Vec<u8>),
    Views(Box<BinaryViewBuilder>),
    Fixed(usize, Vec<u8>),
    Bits(BooleanBufferBuilder),
    Numbers(Box<dyn Numbers>),
    Dictionary(Numbering, Box<Writer>),
}

/// Rows that a parent array hides, and where the rows at hand start among them.
pub(crate) type Shown<'a> = Option<(&'a NullBuffer, usize)>;

impl Writer {
    /// A writer of about `rows` rows. `None`: there is no text form of that type.
    pub(crate) fn new(data_type: &DataType, format: &Format, nullable: bool, rows: usize) -> Option<Self> {
        let store = match data_type {
            DataType::Utf8 | DataType::Binary => Store::Short(offsets(rows), Vec::new()),
            DataType::LargeUtf8 | DataType::LargeBinary => Store::Long(offsets(rows), Vec::new()),
            DataType::Utf8View | DataType::BinaryView => Store::Views(Box::default()),
            DataType::FixedSizeBinary(size) => Store::Fixed(usize::try_from(*size).ok()?, Vec::new()),
            DataType::Boolean => Store::Bits(BooleanBufferBuilder::new(rows)),
            DataType::Dictionary(_, values) => {
                Store::Dictionary(Numbering::default(), Box::new(Self::new(values, format, true, 0)?))
            }
            _ => Store::Numbers(numbers(data_type, format)?),
        };
        Some(Self {
            data_type: data_type.clone(),
            nullable,
            rows: 0,
            nulls: NullBufferBuilder::new(rows),
            store,
        })
    }

    /// Appends the cells of `builder`; those that it keeps are those of `originals`.
    pub(crate) fn append(
        &mut self,
        builder: &ColumnBuilder,
        originals: &Column<'_>,
        format: &Format,
        shown: Shown<'_>,
    ) -> Result<(), Fault> {
        let mut cells = Cells {
            builder,
            originals,
            shown,
            nullable: self.nullable,
            first: self.rows,
            nulls: &mut self.nulls,
        };
        self.rows += builder.len();
        match &mut self.store {
            Store::Short(offsets, bytes) => cells.bytes(offsets, bytes, format),
            Store::Long(offsets, bytes) => cells.bytes(offsets, bytes, format),
            Store::Views(views) => {
                let mut raw = Vec::new();
                cells.each(|value| {
                    let value = match format {
                        Format::Hex => {
                            raw.clear();
                            value.map_or(Some(()), |value| unhex(value, &mut raw))?;
                            &raw
                        }
                        _ => value.unwrap_or_default(),
                    };
                    views.try_append_value(value).ok()
                })
            }
            Store::Fixed(size, bytes) => cells.each(|value| {
                let end = bytes.len() + *size;
                match (value, format) {
                    (None, _) => {}
                    (Some(value), Format::Hex) => unhex(value, bytes)?,
                    (Some(value), Format::Uuid) => unhex_uuid(value, bytes)?,
                    (Some(value), _) => bytes.extend_from_slice(value),
                }
                if value.is_none() {
                    bytes.resize(end, 0);
                }
                (bytes.len() == end).then_some(())
            }),
            Store::Bits(bits) => cells.each(|value| {
                bits.append(match value {
                    Some(b"t" | b"true") => true,
                    None | Some(b"f" | b"false") => false,
                    _ => return None,
                });
                Some(())
            }),
            Store::Numbers(numbers) => numbers.append(&mut cells),
            Store::Dictionary(numbering, values) => {
                let mut new = ColumnBuilder::default();
                cells.each(|value| {
                    if numbering.push(value) {
                        new.value(value.unwrap_or_default());
                    }
                    Some(())
                })?;
                // Where a NULL must have a value, cells.each says so by a row without one.
                let none = Column::new(&[], &[], &[]);
                values.append(&new, &none, format, None).map_err(|_| Fault { row: cells.first, what: UNFIT })
            }
        }
    }

    /// The array; for one that is read by distinct values, `rows` says which of them each row has.
    pub(crate) fn finish(self, rows: Option<&[u32]>) -> Result<ArrayRef, Fault> {
        let Self { data_type, nulls, store, .. } = self;
        let nulls = nulls.build();
        Ok(match store {
            Store::Short(offsets, bytes) => match data_type {
                DataType::Utf8 => text::<i32>(offsets, bytes, nulls)?,
                _ => bytes_array::<i32>(offsets, bytes, nulls)?,
            },
            Store::Long(offsets, bytes) => match data_type {
                DataType::LargeUtf8 => text::<i64>(offsets, bytes, nulls)?,
                _ => bytes_array::<i64>(offsets, bytes, nulls)?,
            },
            Store::Views(mut views) => {
                let views = views.finish();
                let (values, buffers, _) = views.into_parts();
                let array = arrow_array::BinaryViewArray::try_new(values, buffers, nulls)
                    .map_err(|_| Fault { row: 0, what: UNFIT })?;
                if data_type == DataType::BinaryView {
                    Arc::new(array)
                } else {
                    let fault = |_| {
                        let wrong = array.bytes_iter().position(|value| std::str::from_utf8(value).is_err());
                        Fault { row: wrong.unwrap_or_default(), what: NOT_TEXT }
                    };
                    Arc::new(array.clone().to_string_view().map_err(fault)?)
                }
            }
            Store::Fixed(size, bytes) => {
                let rows = bytes.len().checked_div(size).unwrap_or(self.rows);
                let array =
                    FixedSizeBinaryArray::try_new_with_len(size as i32, Buffer::from_vec(bytes), nulls, rows);
                Arc::new(array.map_err(|_| Fault { row: 0, what: UNFIT })?)
            }
            Store::Bits(mut bits) => Arc::new(BooleanArray::new(bits.finish(), nulls)),
            Store::Numbers(numbers) => numbers.finish(&data_type, nulls),
            Store::Dictionary(numbering, values) => {
                let values = values.finish(None).map_err(|fault| Fault { row: 0, ..fault })?;
                let many = Fault { row: 0, what: TOO_MANY };
                match rows {
                    None => dictionary::build(&data_type, &numbering.rows, values),
                    Some(rows) => {
                        let number = |row: &u32| match *row {
                            dictionary::NONE => dictionary::NONE,
                            place => numbering.rows[place as usize],
                        };
                        let rows: Vec<u32> = rows.iter().map(number).collect();
                        dictionary::build(&data_type, &rows, values)
                    }
                }
                .ok_or(many)?
            }
        })
    }
}

/// The cells that are appended.
struct Cells<'a> {
    builder: &'a ColumnBuilder,
    originals: &'a Column<'a>,
    shown: Shown<'a>,
    nullable: bool,
    first: usize,
    nulls: &'a mut NullBufferBuilder,
}

impl Cells<'_> {
    /// Hands each cell's text to `push`, or `None` for what has none; it returns `None` for a text that does not fit.
    #[inline]
    fn each(&mut self, mut push: impl FnMut(Option<&[u8]>) -> Option<()>) -> Result<(), Fault> {
        for row in 0..self.builder.len() {
            let value = match self.builder.cell(row) {
                Cell::Value(value) => Some(value),
                Cell::Kept => self.originals.value(row),
                Cell::Null => None,
            };
            let value = match self.shown {
                Some((shown, first)) if shown.is_null(first + row) => None,
                _ => value,
            };
            self.null(value.is_none(), row)?;
            push(value).ok_or(Fault { row: self.first + row, what: UNFIT })?;
        }
        Ok(())
    }

    #[inline]
    fn null(&mut self, is_null: bool, row: usize) -> Result<(), Fault> {
        if !is_null {
            self.nulls.append_non_null();
        } else if self.nullable {
            self.nulls.append_null();
        } else if self.shown.is_some_and(|(shown, first)| shown.is_null(first + row)) {
            // The parent's NULL is NULL enough.
            self.nulls.append_non_null();
        } else {
            return Err(Fault { row: self.first + row, what: NOT_NULLABLE });
        }
        Ok(())
    }

    /// Whether every cell is a new value or NULL, and the builder's bytes are those of the new values.
    fn has_nothing_kept(&self) -> bool {
        let mut sum = 0;
        for row in 0..self.builder.len() {
            match self.builder.cell(row) {
                Cell::Value(value) => sum += value.len(),
                Cell::Kept if self.originals.value(row).is_some() => return false,
                Cell::Kept | Cell::Null => {}
            }
        }
        sum == self.builder.bytes().len()
    }

    /// Takes over the builder's bytes in one piece.
    fn all_bytes<O: OffsetSizeTrait>(
        &mut self,
        offsets: &mut Vec<O>,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Fault> {
        let mut end = bytes.len();
        bytes.extend_from_slice(self.builder.bytes());
        offsets.reserve(self.builder.len());
        for row in 0..self.builder.len() {
            match self.builder.cell(row) {
                Cell::Value(value) => {
                    self.nulls.append_non_null();
                    end += value.len();
                }
                Cell::Kept | Cell::Null => self.null(true, row)?,
            }
            offsets.push(O::from_usize(end).ok_or(Fault { row: self.first + row, what: TOO_LONG })?);
        }
        Ok(())
    }

    fn bytes<O: OffsetSizeTrait>(
        &mut self,
        offsets: &mut Vec<O>,
        bytes: &mut Vec<u8>,
        format: &Format,
    ) -> Result<(), Fault> {
        let hex = *format == Format::Hex;
        if !hex && self.shown.is_none() && self.has_nothing_kept() {
            return self.all_bytes(offsets, bytes);
        }
        bytes.reserve(self.builder.bytes().len());
        let mut overflow = false;
        let result = self.each(|value| {
            match value {
                Some(value) if hex => unhex(value, bytes)?,
                Some(value) => bytes.extend_from_slice(value),
                None => {}
            }
            let end = O::from_usize(bytes.len());
            overflow = end.is_none();
            offsets.push(end?);
            Some(())
        });
        result.map_err(|fault| if overflow { Fault { what: TOO_LONG, ..fault } } else { fault })
    }
}

fn offsets<O: OffsetSizeTrait>(rows: usize) -> Vec<O> {
    let mut offsets = Vec::with_capacity(rows + 1);
    offsets.push(O::usize_as(0));
    offsets
}

fn text<O: OffsetSizeTrait>(
    offsets: Vec<O>,
    bytes: Vec<u8>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, Fault> {
    let (offsets, bytes) = (OffsetBuffer::new(offsets.into()), Buffer::from_vec(bytes));
    match GenericByteArray::<GenericStringType<O>>::try_new(offsets.clone(), bytes.clone(), nulls) {
        Ok(array) => Ok(Arc::new(array)),
        Err(_) => {
            let value = |ends: &[O]| &bytes[ends[0].as_usize()..ends[1].as_usize()];
            let wrong = offsets.windows(2).position(|ends| std::str::from_utf8(value(ends)).is_err());
            Err(Fault { row: wrong.unwrap_or_default(), what: NOT_TEXT })
        }
    }
}

fn bytes_array<O: OffsetSizeTrait>(
    offsets: Vec<O>,
    bytes: Vec<u8>,
    nulls: Option<NullBuffer>,
) -> Result<ArrayRef, Fault> {
    let (offsets, bytes) = (OffsetBuffer::new(offsets.into()), Buffer::from_vec(bytes));
    let array = GenericByteArray::<GenericBinaryType<O>>::try_new(offsets, bytes, nulls);
    Ok(Arc::new(array.map_err(|_| Fault { row: 0, what: UNFIT })?))
}

fn unhex(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let digits = text.strip_prefix(b"\\x")?;
    if digits.len() % 2 != 0 {
        return None;
    }
    for pair in digits.chunks_exact(2) {
        out.push(digit(pair[0])? << 4 | digit(pair[1])?);
    }
    Some(())
}

fn unhex_uuid(text: &[u8], out: &mut Vec<u8>) -> Option<()> {
    if text.len() != 36 || [8, 13, 18, 23].iter().any(|place| text[*place] != b'-') {
        return None;
    }
    let mut digits = text.iter().filter(|byte| **byte != b'-');
    while let (Some(high), Some(low)) = (digits.next(), digits.next()) {
        out.push(digit(*high)? << 4 | digit(*low)?);
    }
    Some(())
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).map(|digit| digit as u8)
}

/// The values of an array of one primitive type.
trait Numbers: Send {
    fn append(&mut self, cells: &mut Cells<'_>) -> Result<(), Fault>;
    fn finish(self: Box<Self>, data_type: &DataType, nulls: Option<NullBuffer>) -> ArrayRef;
}

struct Typed<T: ArrowPrimitiveType, R> {
    values: Vec<T::Native>,
    read: R,
}

impl<T, R> Numbers for Typed<T, R>
where
    T: ArrowPrimitiveType,
    T::Native: Send,
    R: Fn(&[u8]) -> Option<T::Native> + Send,
{
    fn append(&mut self, cells: &mut Cells<'_>) -> Result<(), Fault> {
        let Self { values, read } = self;
        values.reserve(cells.builder.len());
        cells.each(|value| {
            values.push(match value {
                Some(value) => read(value)?,
                None => T::default_value(),
            });
            Some(())
        })
    }

    fn finish(self: Box<Self>, data_type: &DataType, nulls: Option<NullBuffer>) -> ArrayRef {
        let array = PrimitiveArray::<T>::new(self.values.into(), nulls);
        Arc::new(array.with_data_type(data_type.clone()))
    }
}

/// How the values of a primitive type are read back.
fn numbers(data_type: &DataType, format: &Format) -> Option<Box<dyn Numbers>> {
    fn of<T: ArrowPrimitiveType>(
        read: impl Fn(&[u8]) -> Option<T::Native> + Send + 'static,
    ) -> Option<Box<dyn Numbers>>
    where
        T::Native: Send,
    {
        Some(Box::new(Typed::<T, _> { values: Vec::new(), read }))
    }
    fn whole<T: ArrowPrimitiveType>() -> Option<Box<dyn Numbers>>
    where
        T::Native: Send + TryFrom<i128>,
    {
        of::<T>(|text| T::Native::try_from(read_integer(text)?).ok())
    }
    fn ticks<T: ArrowPrimitiveType>(
        read: impl Fn(&[u8]) -> Option<i64> + Send + 'static,
    ) -> Option<Box<dyn Numbers>>
    where
        T::Native: Send + TryFrom<i64>,
    {
        of::<T>(move |text| T::Native::try_from(read(text)?).ok())
    }
    match (data_type, format) {
        (DataType::Int8, _) => whole::<Int8Type>(),
        (DataType::Int16, _) => whole::<Int16Type>(),
        (DataType::Int32, _) => whole::<Int32Type>(),
        (DataType::Int64, _) => whole::<Int64Type>(),
        (DataType::UInt8, _) => whole::<UInt8Type>(),
        (DataType::UInt16, _) => whole::<UInt16Type>(),
        (DataType::UInt32, _) => whole::<UInt32Type>(),
        (DataType::UInt64, _) => whole::<UInt64Type>(),
        (DataType::Float16, _) => of::<Float16Type>(|text| {
            let wide = read_float::<f32>(text, |value| value.is_infinite())?;
            let value = <Float16Type as ArrowPrimitiveType>::Native::from_f32(wide);
            (wide.is_infinite() || !value.is_infinite()).then_some(value)
        }),
        (DataType::Float32, _) => {
            of::<Float32Type>(|text| read_float(text, |value: &f32| value.is_infinite()))
        }
        (DataType::Float64, _) => {
            of::<Float64Type>(|text| read_float(text, |value: &f64| value.is_infinite()))
        }
        (_, Format::Decimal { precision, scale }) => {
            let (precision, scale) = (*precision, *scale);
            let short = move |text: &[u8]| read_decimal(text, precision, scale)?.to_i128();
            match data_type {
                DataType::Decimal32(..) => of::<Decimal32Type>(move |text| short(text)?.try_into().ok()),
                DataType::Decimal64(..) => of::<Decimal64Type>(move |text| short(text)?.try_into().ok()),
                DataType::Decimal128(..) => of::<Decimal128Type>(short),
                _ => {
                    of::<Decimal256Type>(move |text| -> Option<i256> { read_decimal(text, precision, scale) })
                }
            }
        }
        (DataType::Date32, _) => ticks::<Date32Type>(read_date),
        (DataType::Date64, _) => ticks::<Date64Type>(|text| match read_date(text) {
            Some(day) => day.checked_mul(MILLISECONDS_A_DAY),
            None => read_timestamp(text, 3, false),
        }),
        (DataType::Timestamp(unit, _), Format::Timestamp { digits, zone }) => {
            let (digits, zone) = (*digits, *zone);
            let read = move |text: &[u8]| read_timestamp(text, digits, zone);
            match unit {
                TimeUnit::Second => of::<TimestampSecondType>(read),
                TimeUnit::Millisecond => of::<TimestampMillisecondType>(read),
                TimeUnit::Microsecond => of::<TimestampMicrosecondType>(read),
                TimeUnit::Nanosecond => of::<TimestampNanosecondType>(read),
            }
        }
        (DataType::Time32(unit) | DataType::Time64(unit), Format::Time { digits }) => {
            let digits = *digits;
            let read = move |text: &[u8]| read_time(text, digits);
            match unit {
                TimeUnit::Second => ticks::<Time32SecondType>(read),
                TimeUnit::Millisecond => ticks::<Time32MillisecondType>(read),
                TimeUnit::Microsecond => of::<Time64MicrosecondType>(read),
                TimeUnit::Nanosecond => of::<Time64NanosecondType>(read),
            }
        }
        _ => None,
    }
}
