//! What is read and kept is written as it was, for every type.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_schema::{DataType, Field};
use proptest::prelude::*;

use super::samples::{all_bytes, every_type};
use super::schema::sql_type;
use super::{Dictionary, Format, Reading, Writer, stretch};
use crate::table::{ColumnBuilder, Span};

fn format(array: &dyn Array) -> Format {
    let data_type = array.data_type();
    Format::new(data_type, &sql_type(&Field::new("c", data_type.clone(), true))).expect("a type with cells")
}

/// An array whose cells were all kept, read in stretches of `len` rows.
fn kept(array: &ArrayRef, len: usize) -> ArrayRef {
    let format = format(array);
    let mut writer = Writer::new(array.data_type(), &format, true, array.len()).unwrap();
    let (mut reading, mut spans, mut builder) = (Reading::default(), Vec::new(), ColumnBuilder::default());
    let dictionary = matches!(array.data_type(), DataType::Dictionary(..))
        .then(|| Dictionary::new(array, &format, None).unwrap());
    for start in (0..array.len()).step_by(len) {
        let rows = start..(start + len).min(array.len());
        builder.clear();
        rows.clone().for_each(|_| builder.keep());
        let column = match &dictionary {
            Some(dictionary) => dictionary.rows(rows, &mut spans),
            None => {
                let borrowed = reading.read(array, &format, rows, None).unwrap();
                reading.column(borrowed)
            }
        };
        writer.append(&builder, &column, &format, None).unwrap();
    }
    writer.finish(None).unwrap()
}

fn numbers() -> impl Strategy<Value = Vec<Option<i64>>> {
    proptest::collection::vec(
        prop_oneof![Just(None), (-1000i64..1000).prop_map(Some), any::<i64>().prop_map(Some)],
        0..40,
    )
}

proptest! {
    #[test]
    fn a_kept_array_is_the_array(numbers in numbers(), start in 0usize..10, len in 1usize..50) {
        for array in every_type(&numbers) {
            let start = start.min(array.len());
            let slice = array.slice(start, array.len() - start);
            prop_assert_eq!(&kept(&slice, len), &slice, "{}", array.data_type());
        }
    }
}

#[test]
fn nothing_of_the_array_is_in_what_replaces_it() {
    let canary = i64::from_le_bytes(*b"CANARY-7");
    let numbers: Vec<Option<i64>> = (0..50).map(|row| (row % 7 != 0).then_some(canary)).collect();
    for array in every_type(&numbers) {
        let format = format(&array);
        let mut builder = ColumnBuilder::default();
        (0..array.len()).for_each(|_| builder.null());
        let mut writer = Writer::new(array.data_type(), &format, true, array.len()).unwrap();
        let none = crate::table::Column::new(&[], &[], &[]);
        writer.append(&builder, &none, &format, None).unwrap();
        let out = writer.finish(None).unwrap();
        assert_eq!((out.len(), out.null_count(), out.data_type()), (50, 50, array.data_type()));
        let bytes = all_bytes(&out).concat();
        assert!(!bytes.windows(5).any(|window| window == b"CANAR"), "{}", array.data_type());
    }
}

#[test]
fn a_result_that_the_type_cannot_hold_names_its_row() {
    let none = crate::table::Column::new(&[], &[], &[]);
    for (data_type, good, bad) in [
        (DataType::Int8, "127", "128"),
        (DataType::UInt16, "65535", "-1"),
        (DataType::Int64, "-9223372036854775808", "9223372036854775808"),
        (DataType::Date32, "0044-03-15 BC", "2024-02-30"),
        (DataType::Boolean, "t", "yes"),
        (DataType::Decimal128(4, 2), "99.99", "100.00"),
        (DataType::Float16, "65504", "70000"),
        (DataType::FixedSizeBinary(2), "\\x00ff", "\\x00"),
        (
            DataType::FixedSizeBinary(16),
            "00112233-4455-6677-8899-aabbccddeeff",
            "00112233445566778899aabbccddeeff",
        ),
        (DataType::Binary, "\\x", "\\x0"),
    ] {
        let format = Format::new(&data_type, &sql_type(&Field::new("c", data_type.clone(), true))).unwrap();
        let mut builder = ColumnBuilder::default();
        builder.value(good.as_bytes());
        builder.value(bad.as_bytes());
        let mut writer = Writer::new(&data_type, &format, true, 2).unwrap();
        let fault = writer.append(&builder, &none, &format, None).unwrap_err();
        assert_eq!(fault.row, 1, "{data_type}");
    }
    let mut builder = ColumnBuilder::default();
    builder.null();
    let mut writer = Writer::new(&DataType::Utf8, &Format::Text, false, 1).unwrap();
    assert!(writer.append(&builder, &none, &Format::Text, None).unwrap_err().what.contains("not nullable"));
}

#[test]
fn a_result_that_is_no_text_names_its_row() {
    let none = crate::table::Column::new(&[], &[], &[]);
    for data_type in [DataType::Utf8, DataType::LargeUtf8, DataType::Utf8View] {
        // The second and the third are a character only together.
        let mut builder = ColumnBuilder::default();
        for cell in [&b"a"[..], b"b\xc3", b"\xa9c"] {
            builder.value(cell);
        }
        let mut writer = Writer::new(&data_type, &Format::Text, true, 3).unwrap();
        writer.append(&builder, &none, &Format::Text, None).unwrap();
        let fault = writer.finish(None).unwrap_err();
        assert!(fault.row == 1 && fault.what.contains("UTF-8"), "{data_type}: {fault:?}");
    }
}

#[test]
fn text_is_read_without_a_copy() {
    let texts: Vec<Option<String>> =
        (0..100).map(|row| Some(format!("a text of more than twelve, {row}"))).collect();
    for array in super::samples::texts(&texts).into_iter().take(2) {
        let mut reading = Reading::default();
        let borrowed = reading.read(&array, &Format::Text, 10..60, None).unwrap();
        let first = reading.column(borrowed).value(0).unwrap();
        let held = match array.data_type() {
            DataType::Utf8 => array.as_string::<i32>().value(10),
            _ => array.as_string::<i64>().value(10),
        };
        assert!(std::ptr::eq(first, held.as_bytes()));
    }
}

#[test]
fn equal_results_of_a_dictionary_are_one_entry() {
    let array: arrow_array::DictionaryArray<arrow_array::types::Int8Type> =
        ["a", "b", "c", "a"].into_iter().collect();
    let array: ArrayRef = Arc::new(array.slice(1, 3));
    let dictionary = Dictionary::new(&array, &Format::Text, None).unwrap();
    let distinct = dictionary.distinct();
    assert_eq!((distinct.len(), &distinct.first[..]), (3, &[0, 1, 2][..]));
    let mut spans: Vec<Span> = Vec::new();
    let column = dictionary.used(&distinct, 0..3, &mut spans);
    let mut builder = ColumnBuilder::default();
    (0..3).for_each(|_| builder.value(b"[redacted]"));
    let mut writer = Writer::new(array.data_type(), &Format::Text, true, 3).unwrap();
    writer.append(&builder, &column, &Format::Text, None).unwrap();
    let out = writer.finish(Some(&distinct.rows)).unwrap();
    let out = out.as_dictionary::<arrow_array::types::Int8Type>();
    assert_eq!((out.values().len(), out.keys().values().as_ref()), (1, &[0, 0, 0][..]));
}

#[test]
fn a_stretch_is_at_least_one_row_and_has_a_bound() {
    let texts: Vec<Option<&str>> = vec![Some("x"); 1000];
    for array in super::samples::texts(&texts) {
        assert_eq!(stretch(&array, 0..1000), Some(1000));
        assert_eq!(stretch(&array, 5..5), Some(0));
    }
}
