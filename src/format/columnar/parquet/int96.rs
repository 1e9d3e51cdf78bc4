//! INT96 timestamps and decimals in bytes: the two forms of values that the Parquet crate reads and does not write.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type, DecimalType, TimestampNanosecondType,
};
use arrow_array::{Array, ArrayRef, BinaryArray, FixedSizeBinaryArray};
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::column::writer::{ColumnCloseResult, ColumnWriter, get_column_writer};
use parquet::data_type::Int96;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::WriterPropertiesPtr;
use parquet::file::reader::SerializedPageReader;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::super::fault;
use super::super::source::Source;
use crate::base::{Error, ErrorKind, Result};

const NANOS_A_DAY: i64 = 86_400_000_000_000;
/// 1970-01-01 as a Julian day.
const EPOCH: i64 = 2_440_588;

/// The timestamps of one column chunk.
pub(super) struct Int96Column {
    descriptor: ColumnDescPtr,
    values: Vec<Int96>,
    levels: Vec<i16>,
}

impl Int96Column {
    pub(super) fn new(descriptor: ColumnDescPtr) -> Self {
        Self { descriptor, values: Vec::new(), levels: Vec::new() }
    }

    /// Adds the timestamps of an array.
    pub(super) fn write(&mut self, array: &ArrayRef) -> Result<()> {
        let Some(array) = array.as_primitive_opt::<TimestampNanosecondType>() else {
            return Err(fault::damaged());
        };
        let most = self.descriptor.max_def_level();
        for value in array {
            self.levels.push(if value.is_some() { most } else { 0 });
            self.values.extend(value.map(int96));
        }
        Ok(())
    }

    /// The chunk, and what the footer says of it.
    pub(super) fn close(self, properties: &WriterPropertiesPtr) -> Result<(Bytes, ColumnCloseResult)> {
        let mut sink = TrackedWrite::new(Vec::new());
        let pages = Box::new(SerializedPageWriter::new(&mut sink));
        let mut writer = get_column_writer(Arc::clone(&self.descriptor), Arc::clone(properties), pages);
        let ColumnWriter::Int96ColumnWriter(typed) = &mut writer else { return Err(fault::damaged()) };
        let levels = (self.descriptor.max_def_level() > 0).then_some(self.levels.as_slice());
        typed.write_batch(&self.values, levels, None).map_err(fault::parquet)?;
        let close = writer.close().map_err(fault::parquet)?;
        Ok((sink.into_inner().map_err(fault::parquet)?.into(), close))
    }
}

/// Whether all timestamps of a chunk can be counted in nanoseconds from 1970: those from 1677 to 2262.
///
/// # Errors
/// A timestamp that cannot, and that would be read as another one.
pub(super) fn in_range(source: &Source, column: &ColumnChunkMetaData, rows: u64) -> Result<()> {
    const MOST_DAYS: i64 = i64::MAX / NANOS_A_DAY - 1;
    let pages = SerializedPageReader::new(Arc::new(source.clone()), column, rows as usize, None);
    let reader = get_column_reader(column.column_descr_ptr(), Box::new(pages.map_err(fault::parquet)?));
    let ColumnReader::Int96ColumnReader(mut reader) = reader else { return Err(fault::damaged()) };
    let optional = column.column_descr().max_def_level() > 0;
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    loop {
        values.clear();
        levels.clear();
        let read = reader.read_records(8192, optional.then_some(&mut levels), None, &mut values);
        let (records, _, _) = read.map_err(fault::parquet)?;
        let is_far = |value: &Int96| (i64::from(value.data()[2] as i32) - EPOCH).abs() > MOST_DAYS;
        if values.iter().any(is_far) {
            let what = "a timestamp in INT96 is outside of 1677 to 2262, and cannot be masked in that form";
            return Err(Error::new(ErrorKind::Unfit(what)).in_column(column.column_path().string()));
        }
        if records == 0 {
            return Ok(());
        }
    }
}

/// Nanoseconds of the day, and the Julian day.
fn int96(nanos: i64) -> Int96 {
    let (day, rest) = (nanos.div_euclid(NANOS_A_DAY) + EPOCH, nanos.rem_euclid(NANOS_A_DAY) as u64);
    let mut value = Int96::new();
    value.set_data(rest as u32, (rest >> 32) as u32, day as u32);
    value
}

/// A decimal array as big-endian two's complements: of `length` bytes each, or as short as can be.
pub(super) fn decimal_bytes(array: &ArrayRef, length: Option<usize>) -> Result<ArrayRef> {
    match array.data_type() {
        DataType::Decimal32(..) => of::<Decimal32Type>(array, length, |value| value.to_be_bytes().to_vec()),
        DataType::Decimal64(..) => of::<Decimal64Type>(array, length, |value| value.to_be_bytes().to_vec()),
        DataType::Decimal128(..) => of::<Decimal128Type>(array, length, |value| value.to_be_bytes().to_vec()),
        DataType::Decimal256(..) => of::<Decimal256Type>(array, length, |value| value.to_be_bytes().to_vec()),
        _ => Err(fault::damaged()),
    }
}

fn of<T: DecimalType>(
    array: &ArrayRef,
    length: Option<usize>,
    bytes: impl Fn(T::Native) -> Vec<u8>,
) -> Result<ArrayRef> {
    let values =
        array.as_primitive::<T>().iter().map(|value| value.map(|value| resized(&bytes(value), length)));
    Ok(match length {
        None => Arc::new(values.collect::<BinaryArray>()),
        Some(length) => {
            let values = FixedSizeBinaryArray::try_from_sparse_iter_with_size(values, length as i32);
            Arc::new(values.map_err(fault::arrow)?)
        }
    })
}

/// The same number in so many bytes; where nothing is said, in as few as it takes.
fn resized(bytes: &[u8], length: Option<usize>) -> Vec<u8> {
    let sign = if bytes.first().is_some_and(|byte| *byte & 0x80 != 0) { 0xff } else { 0 };
    let spare = bytes.windows(2).take_while(|pair| pair[0] == sign && (pair[1] ^ sign) & 0x80 == 0).count();
    let short = &bytes[spare..];
    let mut out = vec![sign; length.map_or(0, |length| length.saturating_sub(short.len()))];
    out.extend_from_slice(short);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn int96_gives_the_nanoseconds_back() {
        for nanos in [0, 1, -1, NANOS_A_DAY, -NANOS_A_DAY - 1, 1_700_000_000_123_456_789, i64::MIN, i64::MAX]
        {
            assert_eq!(int96(nanos).to_nanos(), nanos);
        }
    }

    #[test]
    fn numbers_keep_their_value_in_more_or_fewer_bytes() {
        for number in [0i128, 1, -1, 127, 128, -128, -129, 255, 1 << 40, -(1 << 40), i128::MAX, i128::MIN] {
            for length in [None, Some(16), Some(20)] {
                let bytes = resized(&number.to_be_bytes(), length);
                assert_eq!(bytes.len(), length.unwrap_or(bytes.len()));
                let mut whole = vec![if bytes[0] & 0x80 == 0 { 0 } else { 0xff }; 32 - bytes.len()];
                whole.extend(&bytes);
                assert_eq!(i128::from_be_bytes(whole[16..].try_into().unwrap()), number);
            }
        }
        assert_eq!(resized(&300i64.to_be_bytes(), None), [1, 44]);
        assert_eq!(resized(&(-1i64).to_be_bytes(), None), [255]);
    }
}
