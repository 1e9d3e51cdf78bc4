//! For tests: arrays of every type, and all bytes that an array holds.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BinaryViewBuilder, FixedSizeBinaryBuilder, LargeBinaryBuilder, LargeStringBuilder,
    StringBuilder, StringViewBuilder,
};
use arrow_array::types::{
    ArrowPrimitiveType, Date32Type, Date64Type, Decimal32Type, Decimal64Type, Decimal128Type, Decimal256Type,
    Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, Time32MillisecondType,
    Time32SecondType, Time64MicrosecondType, Time64NanosecondType, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type,
    UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, BooleanArray, DictionaryArray, PrimitiveArray};
use arrow_buffer::i256;
use arrow_schema::{DataType, TimeUnit};

/// One array of each type whose cells can be masked, made of these numbers.
pub(crate) fn every_type(numbers: &[Option<i64>]) -> Vec<ArrayRef> {
    fn of<T: ArrowPrimitiveType>(
        numbers: &[Option<i64>],
        data_type: DataType,
        value: impl Fn(i64) -> T::Native,
    ) -> ArrayRef {
        let values: PrimitiveArray<T> = numbers.iter().map(|number| number.map(&value)).collect();
        Arc::new(values.with_data_type(data_type))
    }
    macro_rules! plain {
        ($type:ty, $value:expr) => {
            of::<$type>(numbers, <$type as ArrowPrimitiveType>::DATA_TYPE, $value)
        };
    }
    let mut arrays = texts(&numbers.iter().map(|number| number.map(text_of)).collect::<Vec<_>>());
    arrays.extend(bytes(numbers));
    arrays.extend([
        plain!(Int8Type, |n| n as i8),
        plain!(Int16Type, |n| n as i16),
        plain!(Int32Type, |n| n as i32),
        plain!(Int64Type, |n| n),
        plain!(UInt8Type, |n| n as u8),
        plain!(UInt16Type, |n| n as u16),
        plain!(UInt32Type, |n| n as u32),
        plain!(UInt64Type, |n| n as u64),
        plain!(Float16Type, |n| {
            <Float16Type as ArrowPrimitiveType>::Native::from_f32((n % 60_000) as f32 / 8.0)
        }),
        plain!(Float32Type, |n| n as f32 / 7.0),
        plain!(Float64Type, |n| n as f64 / 7.0),
        of::<Decimal32Type>(numbers, DataType::Decimal32(9, 2), |n| (n % 999_999_999) as i32),
        of::<Decimal64Type>(numbers, DataType::Decimal64(18, 0), |n| n % 999_999_999_999_999_999),
        of::<Decimal128Type>(numbers, DataType::Decimal128(38, 10), |n| i128::from(n) << 40),
        of::<Decimal128Type>(numbers, DataType::Decimal128(20, -3), i128::from),
        of::<Decimal256Type>(numbers, DataType::Decimal256(76, 40), |n| {
            i256::from_i128(i128::from(n) * i128::from(n))
        }),
        plain!(Date32Type, |n| (n % 3_000_000) as i32),
        plain!(Date64Type, |n| n % 3_000_000 * 86_400_000),
        plain!(Time32SecondType, |n| n.rem_euclid(86_400) as i32),
        plain!(Time32MillisecondType, |n| n.rem_euclid(86_400_000) as i32),
        plain!(Time64MicrosecondType, |n| n.rem_euclid(86_400_000_000)),
        plain!(Time64NanosecondType, |n| n.rem_euclid(86_400_000_000_000)),
    ]);
    let zoned = |unit| DataType::Timestamp(unit, Some("Europe/Berlin".into()));
    arrays.extend([
        plain!(TimestampSecondType, |n| n % 100_000_000_000),
        of::<TimestampSecondType>(numbers, zoned(TimeUnit::Second), |n| n % 100_000_000_000),
        plain!(TimestampMillisecondType, |n| n % 100_000_000_000_000),
        of::<TimestampMillisecondType>(numbers, zoned(TimeUnit::Millisecond), |n| n % 100_000_000_000_000),
        plain!(TimestampMicrosecondType, |n| n % 100_000_000_000_000_000),
        of::<TimestampMicrosecondType>(numbers, zoned(TimeUnit::Microsecond), |n| {
            n % 100_000_000_000_000_000
        }),
        plain!(TimestampNanosecondType, |n| n),
        of::<TimestampNanosecondType>(numbers, zoned(TimeUnit::Nanosecond), |n| n),
        Arc::new(numbers.iter().map(|number| number.map(|n| n % 2 == 0)).collect::<BooleanArray>()),
    ]);
    arrays.push(dictionary(numbers));
    arrays
}

/// A text of a number, short or long.
pub(crate) fn text_of(number: i64) -> String {
    if number % 3 == 0 { format!("{number}") } else { format!("text of some length, é, {number}") }
}

/// The texts in every type for text.
pub(crate) fn texts<T: AsRef<str>>(texts: &[Option<T>]) -> Vec<ArrayRef> {
    let (mut short, mut long, mut views) = (
        StringBuilder::new(),
        LargeStringBuilder::new(),
        StringViewBuilder::new().with_fixed_block_size(256),
    );
    for text in texts {
        let text = text.as_ref().map(AsRef::as_ref);
        short.append_option(text);
        long.append_option(text);
        views.append_option(text);
    }
    vec![Arc::new(short.finish()), Arc::new(long.finish()), Arc::new(views.finish())]
}

fn bytes(numbers: &[Option<i64>]) -> Vec<ArrayRef> {
    let (mut short, mut long, mut views) =
        (BinaryBuilder::new(), LargeBinaryBuilder::new(), BinaryViewBuilder::new());
    let (mut five, mut sixteen) = (FixedSizeBinaryBuilder::new(5), FixedSizeBinaryBuilder::new(16));
    for number in numbers {
        let bytes = number.map(|n| n.to_le_bytes().repeat(2 + usize::from(n % 2 != 0)));
        let bytes = bytes.as_deref();
        short.append_option(bytes);
        long.append_option(bytes);
        views.append_option(bytes);
        match bytes {
            Some(bytes) => {
                five.append_value(&bytes[..5]).unwrap();
                sixteen.append_value(&bytes[..16]).unwrap();
            }
            None => {
                five.append_null();
                sixteen.append_null();
            }
        }
    }
    vec![
        Arc::new(short.finish()),
        Arc::new(long.finish()),
        Arc::new(views.finish()),
        Arc::new(five.finish()),
        Arc::new(sixteen.finish()),
    ]
}

fn dictionary(numbers: &[Option<i64>]) -> ArrayRef {
    let texts: Vec<Option<String>> = numbers.iter().map(|number| number.map(|n| text_of(n % 5))).collect();
    Arc::new(texts.iter().map(Option::as_deref).collect::<DictionaryArray<Int32Type>>())
}

/// All bytes in the buffers of an array and of all arrays below it.
pub(crate) fn all_bytes(array: &dyn Array) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    let mut open = vec![array.to_data()];
    while let Some(data) = open.pop() {
        all.extend(data.buffers().iter().map(whole));
        all.extend(data.nulls().map(|nulls| whole(nulls.buffer())));
        open.extend(data.child_data().iter().cloned());
    }
    all
}

/// All bytes of the memory that a buffer is a part of, as far as it is reachable without unsafe code.
fn whole(buffer: &arrow_buffer::Buffer) -> Vec<u8> {
    match buffer.clone().into_mutable() {
        Ok(bytes) => bytes.as_slice().to_vec(),
        Err(buffer) => buffer.as_slice().to_vec(),
    }
}
