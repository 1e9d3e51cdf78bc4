//! A stretch of an array as a column of cells.
//!
//! Text is not copied: spans point into the array's own buffers. Everything else is written into a buffer that is
//! recycled from stretch to stretch.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, ByteArrayType, ByteViewType, Date32Type, Date64Type, Decimal32Type, Decimal64Type,
    Decimal128Type, Decimal256Type, DecimalType, Float16Type, Float32Type, Float64Type,
};
use arrow_array::{
    Array, GenericByteArray, GenericByteViewArray, OffsetSizeTrait, PrimitiveArray, downcast_integer_array,
};
use arrow_buffer::{ArrowNativeType, NullBuffer};
use arrow_schema::DataType;

use super::format::Format;
use super::number::{write_decimal, write_float, write_integer};
use super::time::{write_date, write_time, write_timestamp};
use crate::table::{Column, Span};

/// Most bytes of text in one stretch: spans have 31 bits.
const MOST_BYTES: usize = 1 << 29;

/// Cells of one stretch of an array; recycled.
#[derive(Default)]
pub(crate) struct Reading {
    decoded: Vec<u8>,
    pub(super) spans: Vec<Span>,
}

/// The array's own buffers that spans point into.
#[derive(Clone, Copy, Default)]
pub(crate) struct Borrowed<'a> {
    block: &'a [u8],
    /// In place of the reading's own buffer.
    decoded: Option<&'a [u8]>,
    /// Whether all cells are UTF-8: by the array's type, or because we wrote them.
    text: bool,
}

/// A value that is none of its type's: the row, counted from the array's first.
#[derive(Debug)]
pub(crate) struct Strange(pub(crate) usize);

impl Reading {
    /// Reads `rows` of an array. Rows that `shown` has no bit for are NULL.
    pub(crate) fn read<'a>(
        &mut self,
        array: &'a dyn Array,
        format: &Format,
        rows: Range<usize>,
        shown: Option<&NullBuffer>,
    ) -> Result<Borrowed<'a>, Strange> {
        self.decoded.clear();
        self.spans.clear();
        let borrowed = self.values(array, format, rows.clone())?;
        if let Some(shown) = shown {
            for (span, row) in self.spans.iter_mut().zip(rows) {
                if shown.is_null(row) {
                    *span = Span::NULL;
                }
            }
        }
        Ok(borrowed)
    }

    /// Cells of a dictionary's rows, whose spans the caller has put into `spans`.
    pub(super) fn over<'s>(&'s self, borrowed: Borrowed<'s>, spans: &'s [Span]) -> Column<'s> {
        Column::new(borrowed.block, borrowed.decoded.unwrap_or(&self.decoded), spans)
            .known_as_text(borrowed.text)
    }

    /// The cells that were read.
    pub(crate) fn column<'s, 'a: 's>(&'s self, borrowed: Borrowed<'a>) -> Column<'s> {
        self.over(borrowed, &self.spans)
    }

    fn values<'a>(
        &mut self,
        array: &'a dyn Array,
        format: &Format,
        rows: Range<usize>,
    ) -> Result<Borrowed<'a>, Strange> {
        let borrowed = match array.data_type() {
            DataType::Utf8 => self.bytes(array.as_string::<i32>(), rows),
            DataType::LargeUtf8 => self.bytes(array.as_string::<i64>(), rows),
            DataType::Utf8View => self.views(array.as_string_view(), rows),
            DataType::Binary if *format == Format::Text => self.bytes(array.as_binary::<i32>(), rows),
            DataType::LargeBinary if *format == Format::Text => self.bytes(array.as_binary::<i64>(), rows),
            DataType::BinaryView if *format == Format::Text => self.views(array.as_binary_view(), rows),
            _ => {
                self.written(array, format, rows)?;
                Borrowed::default()
            }
        };
        let as_they_are = matches!(
            array.data_type(),
            DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_)
        ) && *format == Format::Text;
        Ok(Borrowed { text: !as_they_are, ..borrowed })
    }

    fn bytes<'a, T: ByteArrayType>(
        &mut self,
        array: &'a GenericByteArray<T>,
        rows: Range<usize>,
    ) -> Borrowed<'a> {
        let offsets = &array.value_offsets()[rows.start..=rows.end];
        let first = offsets[0].as_usize();
        let block = &array.value_data()[first..offsets[rows.len()].as_usize()];
        let spans = offsets.windows(2).map(|ends| {
            let start = ends[0].as_usize();
            Span::raw(start - first, ends[1].as_usize() - start)
        });
        self.spans.extend(spans);
        self.hide_nulls(array, rows);
        Borrowed { block, ..Borrowed::default() }
    }

    /// Short values lie in the views themselves, long ones in the one data buffer; those of several buffers are
    /// gathered.
    fn views<'a, T: ByteViewType>(
        &mut self,
        array: &'a GenericByteViewArray<T>,
        rows: Range<usize>,
    ) -> Borrowed<'a> {
        const VIEW: usize = 16;
        const INLINE: u32 = 12;
        let all = array.views().inner().as_slice();
        let block = &all[rows.start * VIEW..rows.end * VIEW];
        let single = match array.data_buffers().as_ref() {
            [only] if only.len() < MOST_BYTES => Some(only.as_slice()),
            _ => None,
        };
        for (index, view) in array.views()[rows.clone()].iter().enumerate() {
            let len = *view as u32;
            self.spans.push(if len <= INLINE {
                Span::raw(index * VIEW + 4, len as usize)
            } else if single.is_some() {
                Span::decoded((*view >> 96) as u32 as usize, len as usize)
            } else if array.is_null(rows.start + index) {
                Span::NULL
            } else {
                let start = self.decoded.len();
                let value: &[u8] = array.value(rows.start + index).as_ref();
                self.decoded.extend_from_slice(value);
                Span::decoded(start, value.len())
            });
        }
        self.hide_nulls(array, rows);
        Borrowed { block, decoded: single, text: false }
    }

    fn hide_nulls(&mut self, array: &dyn Array, rows: Range<usize>) {
        let Some(nulls) = array.nulls().filter(|nulls| nulls.null_count() > 0) else { return };
        for (span, row) in self.spans.iter_mut().zip(rows) {
            if nulls.is_null(row) {
                *span = Span::NULL;
            }
        }
    }

    /// Appends one cell for each row: what `write` appends; `false` from it means that the value is none.
    fn each(
        &mut self,
        array: &dyn Array,
        rows: Range<usize>,
        mut write: impl FnMut(usize, &mut Vec<u8>) -> bool,
    ) -> Result<(), Strange> {
        let nulls = array.nulls();
        for row in rows {
            if nulls.is_some_and(|nulls| nulls.is_null(row)) {
                self.spans.push(Span::NULL);
                continue;
            }
            let start = self.decoded.len();
            if !write(row, &mut self.decoded) {
                return Err(Strange(row));
            }
            self.spans.push(Span::decoded(start, self.decoded.len() - start));
        }
        Ok(())
    }

    fn written(&mut self, array: &dyn Array, format: &Format, rows: Range<usize>) -> Result<(), Strange> {
        match format {
            Format::Text => {
                let bytes = array.as_fixed_size_binary();
                self.each(array, rows, |row, out| {
                    out.extend_from_slice(bytes.value(row));
                    true
                })
            }
            Format::Hex | Format::Uuid => self.hex(array, *format == Format::Uuid, rows),
            Format::Boolean => {
                let values = array.as_boolean();
                self.each(array, rows, |row, out| {
                    out.push(if values.value(row) { b't' } else { b'f' });
                    true
                })
            }
            Format::Integer => downcast_integer_array!(
                array => self.each(array, rows, |row, out| {
                    write_whole(i128::from(array.value(row)), out);
                    true
                }),
                _ => Err(Strange(rows.start))
            ),
            Format::Float => self.floats(array, rows),
            Format::Decimal { scale, .. } => match array.data_type() {
                DataType::Decimal32(..) => self.decimals::<Decimal32Type>(array.as_primitive(), *scale, rows),
                DataType::Decimal64(..) => self.decimals::<Decimal64Type>(array.as_primitive(), *scale, rows),
                DataType::Decimal128(..) => {
                    self.decimals::<Decimal128Type>(array.as_primitive(), *scale, rows)
                }
                _ => self.decimals::<Decimal256Type>(array.as_primitive(), *scale, rows),
            },
            Format::Date => {
                let days: &PrimitiveArray<Date32Type> = array.as_primitive();
                self.each(array, rows, |row, out| {
                    write_date(days.value(row).into(), out);
                    true
                })
            }
            Format::Date64 => {
                let ticks: &PrimitiveArray<Date64Type> = array.as_primitive();
                self.each(array, rows, |row, out| {
                    let value = ticks.value(row);
                    if value % MILLISECONDS_A_DAY == 0 {
                        write_date(value / MILLISECONDS_A_DAY, out);
                    } else {
                        // Against the format, but some writers do it: the time of day is masked with the date.
                        write_timestamp(value, 3, false, out);
                    }
                    true
                })
            }
            Format::Timestamp { digits, zone } => {
                let value = ticks(array);
                self.each(array, rows, |row, out| {
                    write_timestamp(value(row), *digits, *zone, out);
                    true
                })
            }
            Format::Time { digits } => {
                let value = ticks(array);
                self.each(array, rows, |row, out| write_time(value(row), *digits, out))
            }
        }
    }

    fn hex<'a>(&mut self, array: &'a dyn Array, uuid: bool, rows: Range<usize>) -> Result<(), Strange> {
        let value: Values<'a> = match array.data_type() {
            DataType::Binary => of_bytes::<i32>(array),
            DataType::LargeBinary => of_bytes::<i64>(array),
            DataType::BinaryView => {
                let views = array.as_binary_view();
                Box::new(move |row| views.value(row))
            }
            _ => {
                let fixed = array.as_fixed_size_binary();
                Box::new(move |row| fixed.value(row))
            }
        };
        self.each(array, rows, |row, out| {
            if !uuid {
                out.extend_from_slice(b"\\x");
            }
            for (index, byte) in value(row).iter().enumerate() {
                if uuid && matches!(index, 4 | 6 | 8 | 10) {
                    out.push(b'-');
                }
                out.extend_from_slice(&[HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
            }
            true
        })
    }

    fn floats(&mut self, array: &dyn Array, rows: Range<usize>) -> Result<(), Strange> {
        use std::io::Write as _;
        let mut text = Vec::new();
        let put = |text: std::fmt::Arguments<'_>, large, out: &mut Vec<u8>, buffer: &mut Vec<u8>| {
            buffer.clear();
            let written = buffer.write_fmt(text).is_ok();
            write_float(std::str::from_utf8(buffer).unwrap_or("NaN"), large, out);
            written
        };
        match array.data_type() {
            DataType::Float16 => {
                let values: &PrimitiveArray<Float16Type> = array.as_primitive();
                self.each(array, rows, |row, out| {
                    put(format_args!("{:e}", values.value(row).to_f32()), 6, out, &mut text)
                })
            }
            DataType::Float32 => {
                let values: &PrimitiveArray<Float32Type> = array.as_primitive();
                self.each(array, rows, |row, out| {
                    put(format_args!("{:e}", values.value(row)), 6, out, &mut text)
                })
            }
            _ => {
                let values: &PrimitiveArray<Float64Type> = array.as_primitive();
                self.each(array, rows, |row, out| {
                    put(format_args!("{:e}", values.value(row)), 15, out, &mut text)
                })
            }
        }
    }

    fn decimals<T: DecimalType + ArrowPrimitiveType>(
        &mut self,
        array: &PrimitiveArray<T>,
        scale: i8,
        rows: Range<usize>,
    ) -> Result<(), Strange>
    where
        T::Native: std::fmt::Display,
    {
        use std::io::Write as _;
        let mut text = Vec::new();
        self.each(array, rows, |row, out| {
            text.clear();
            let written = write!(text, "{}", array.value(row)).is_ok();
            match text.strip_prefix(b"-") {
                Some(digits) => write_decimal(true, digits, scale, out),
                None => write_decimal(false, &text, scale, out),
            }
            written
        })
    }
}

/// How many of `rows`, at least one, one reading can hold; `None` if the first alone is too long.
pub(crate) fn stretch(array: &dyn Array, rows: Range<usize>) -> Option<usize> {
    let mut len = rows.len();
    while len > 0 && size(array, rows.start..rows.start + len) > MOST_BYTES {
        len /= 2;
    }
    (len > 0 || rows.is_empty()).then_some(len)
}

/// Bytes of text in some rows, about, for types that have no bound of their own.
fn size(array: &dyn Array, rows: Range<usize>) -> usize {
    fn of<T: ByteArrayType>(array: &GenericByteArray<T>, rows: Range<usize>) -> usize {
        let offsets = array.value_offsets();
        offsets[rows.end].as_usize() - offsets[rows.start].as_usize()
    }
    fn views<T: ByteViewType>(array: &GenericByteViewArray<T>, rows: Range<usize>) -> usize {
        array.views()[rows].iter().map(|view| *view as u32 as usize + 16).sum()
    }
    match array.data_type() {
        DataType::Utf8 => of(array.as_string::<i32>(), rows),
        DataType::LargeUtf8 => of(array.as_string::<i64>(), rows),
        // In hex they are twice as long.
        DataType::Binary => 2 * of(array.as_binary::<i32>(), rows),
        DataType::LargeBinary => 2 * of(array.as_binary::<i64>(), rows),
        DataType::Utf8View => views(array.as_string_view(), rows),
        DataType::BinaryView => 2 * views(array.as_binary_view(), rows),
        DataType::FixedSizeBinary(size) => 2 * rows.len() * size.unsigned_abs() as usize,
        _ => 0,
    }
}

/// The bytes in a row.
type Values<'a> = Box<dyn Fn(usize) -> &'a [u8] + 'a>;

fn of_bytes<O: OffsetSizeTrait>(array: &dyn Array) -> Values<'_> {
    let bytes = array.as_binary::<O>();
    Box::new(move |row| bytes.value(row))
}

/// The 64-bit number of a row of times.
fn ticks(array: &dyn Array) -> Box<dyn Fn(usize) -> i64 + '_> {
    use arrow_array::types::{
        Time32MillisecondType, Time32SecondType, Time64MicrosecondType, Time64NanosecondType,
        TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType,
    };
    use arrow_schema::TimeUnit;
    fn of<T: ArrowPrimitiveType>(array: &dyn Array) -> Box<dyn Fn(usize) -> i64 + '_>
    where
        i64: From<T::Native>,
    {
        let values: &PrimitiveArray<T> = array.as_primitive();
        Box::new(move |row| i64::from(values.value(row)))
    }
    match array.data_type() {
        DataType::Timestamp(TimeUnit::Second, _) => of::<TimestampSecondType>(array),
        DataType::Timestamp(TimeUnit::Millisecond, _) => of::<TimestampMillisecondType>(array),
        DataType::Timestamp(TimeUnit::Microsecond, _) => of::<TimestampMicrosecondType>(array),
        DataType::Timestamp(TimeUnit::Nanosecond, _) => of::<TimestampNanosecondType>(array),
        DataType::Time32(TimeUnit::Second) => of::<Time32SecondType>(array),
        DataType::Time32(_) => of::<Time32MillisecondType>(array),
        DataType::Time64(TimeUnit::Microsecond) => of::<Time64MicrosecondType>(array),
        _ => of::<Time64NanosecondType>(array),
    }
}

fn write_whole(value: i128, out: &mut Vec<u8>) {
    write_integer(value < 0, value.unsigned_abs() as u64, out);
}

pub(super) const MILLISECONDS_A_DAY: i64 = 86_400_000;
const HEX: &[u8; 16] = b"0123456789abcdef";
