//! Forms that values have in Parquet and not in Arrow, and columns within columns.

use ::parquet::basic::{LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{
    ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType, Int96, Int96Type,
};
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::parser::parse_message_type;
use ::parquet::schema::types::Type;
use arrow_array::builder::{Int32Builder, ListBuilder, MapBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, TimestampNanosecondType};
use arrow_array::{StringArray, StructArray};
use arrow_schema::DataType;

use super::*;

/// A file of one optional column of old forms each: INT96, a decimal in 16 bytes, a decimal in bytes of any length.
fn old_forms(times: &[Option<Int96>], decimals: &[Option<i128>]) -> Vec<u8> {
    let message = "message m { optional int96 time; optional fixed_len_byte_array(16) wide (decimal(9,2)); \
                   optional binary short (decimal(9,2)); }";
    let schema = Arc::new(parse_message_type(message).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let levels = |valid: Vec<bool>| valid.into_iter().map(i16::from).collect::<Vec<_>>();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<Int96> = times.iter().flatten().copied().collect();
    let own = levels(times.iter().map(Option::is_some).collect());
    column.typed::<Int96Type>().write_batch(&values, Some(&own), None).unwrap();
    column.close().unwrap();
    let own = levels(decimals.iter().map(Option::is_some).collect());
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<FixedLenByteArray> =
        decimals.iter().flatten().map(|value| value.to_be_bytes().to_vec().into()).collect();
    column.typed::<FixedLenByteArrayType>().write_batch(&values, Some(&own), None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<ByteArray> =
        decimals.iter().flatten().map(|value| value.to_be_bytes()[8..].to_vec().into()).collect();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&own), None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}

#[test]
fn int96_and_decimals_in_bytes_are_masked_and_stay_what_they_are() {
    let time = |nanos: u32, day: u32| {
        let mut time = Int96::new();
        time.set_data(nanos, 0, day);
        time
    };
    let times: Vec<Option<Int96>> =
        (0..40).map(|row| (row % 4 != 1).then(|| time(7 + row, 2_450_000 + row))).collect();
    let decimals: Vec<Option<i128>> =
        (0..40).map(|row| (row % 5 != 1).then_some((row - 20) * 12_345)).collect();
    let input = old_forms(&times, &decimals);
    let rules = "[tables.t]\nsubject = \"wide\"\ncolumns.time = \"date_shift\"\n\
                 columns.wide = { op = \"round\", to = 1000 }\ncolumns.short = { op = \"round\", to = 100 }\n";
    let output = mask(rules, &input);
    let (before, after) = (metadata(&input), metadata(&output));
    assert_eq!(before.file_metadata().schema(), after.file_metadata().schema());
    let (old, new) = (&rows(&input)[0], &rows(&output)[0]);
    for column in 0..3 {
        assert_eq!(old.column(column).nulls(), new.column(column).nulls(), "column {column}");
        assert_ne!(old.column(column), new.column(column), "column {column}");
    }
    let nanos = |batch: &RecordBatch| batch.column(0).as_primitive::<TimestampNanosecondType>().clone();
    for (old, new) in nanos(old).iter().zip(&nanos(new)).filter_map(|(old, new)| old.zip(new)) {
        assert_eq!((old - new) % 86_400_000_000_000, 0, "moved by whole days");
    }
    for value in new.column(2).as_primitive::<Decimal128Type>().iter().flatten() {
        assert_eq!(value % 10_000, 0, "rounded to hundreds");
    }
}

#[test]
fn timestamps_that_would_be_read_as_others_are_refused() {
    let mut far = Int96::new();
    far.set_data(0, 0, 5_373_484); // 9999-12-31
    let input = old_forms(&[None, Some(far)], &[None, Some(1)]);
    let error =
        mask_with("[tables.t]\nsubject = \"wide\"\ncolumns.time = \"date_shift\"\n", &input, 1).unwrap_err();
    assert!(error.to_string().contains("2262"), "{error}");
    assert_eq!(error.position().column.as_deref(), Some("time"));
    // Kept, it is copied.
    let (output, _) = mask_with("", &input, 1).unwrap();
    assert_eq!(metadata(&output).row_group(0).num_rows(), 2);
}

#[test]
fn a_masked_column_has_the_type_that_it_had() {
    let input = parquet(&[every_type(&numbers(300))], WriterProperties::default());
    let columns = rows(&input)[0].num_columns();
    for column in 0..columns {
        let rules = format!("[tables.t]\ncolumns.c{column} = \"null\"\n");
        let output = mask(&rules, &input);
        assert_eq!(metadata(&output).file_metadata().schema(), metadata(&input).file_metadata().schema());
        let (old, new) = (&rows(&input)[0], &rows(&output)[0]);
        assert_eq!(old.schema(), new.schema());
        for other in 0..columns {
            if other == column {
                assert_eq!(new.column(other).logical_null_count(), 300, "column {other}");
            } else {
                assert_eq!(old.column(other), new.column(other), "column {other}");
            }
        }
    }
}

#[test]
fn every_type_that_an_operator_can_mask_can_be_written() {
    let input = parquet(&[every_type(&numbers(300))], WriterProperties::default());
    let schema = rows(&input)[0].schema();
    let mut masked = 0;
    for (column, field) in schema.fields().iter().enumerate() {
        for operator in [
            "{ op = \"permute\", accept_frequency_leak = \"r\" }",
            "{ op = \"keyed_hash\", accept_frequency_leak = \"r\" }",
            "{ op = \"noise\", ratio = 0.1 }",
            "{ op = \"date_shift\" }",
            "{ op = \"truncate_date\", to = \"month\" }",
            "{ op = \"uuid\", accept_frequency_leak = \"r\" }",
            "{ op = \"constant\", value = \"1\" }",
            "{ op = \"constant\", value = \"true\" }",
        ] {
            let rules = format!("[tables.t]\nsubject = \"c12\"\ncolumns.c{column} = {operator}\n");
            let Ok(scrubber) = scrubber(&rules, &input, 1) else { continue };
            let batch = rows(&input)[0].clone();
            let mut out = Vec::new();
            if scrubber.mask(Cursor::new(input.clone()), &mut out).is_err() {
                continue;
            }
            let new = &rows(&out)[0];
            assert_eq!(new.schema(), batch.schema(), "{operator} on {}", field.data_type());
            if let DataType::Dictionary(..) = field.data_type() {
                continue;
            }
            let expected = scrubber.table("t").unwrap().mask(&batch).unwrap();
            assert_eq!(new.columns(), expected.columns(), "{operator} on {}", field.data_type());
            masked += 1;
        }
    }
    assert!(masked > 40, "{masked}");
}

/// Structs in lists in structs, maps, lists of lists.
fn nested() -> RecordBatch {
    let mut lists = ListBuilder::new(ListBuilder::new(StringBuilder::new()));
    let mut map = MapBuilder::new(None, StringBuilder::new(), Int32Builder::new());
    for row in 0..100 {
        for inner in 0..row % 3 {
            for text in 0..=inner {
                lists
                    .values()
                    .values()
                    .append_option((text % 2 == 0).then(|| format!("a{row}@acme.example")));
            }
            lists.values().append(row % 5 != 0);
        }
        lists.append(row % 7 != 0);
        for entry in 0..row % 4 {
            map.keys().append_value(format!("key {entry}"));
            map.values().append_option((entry != 1).then_some(row));
        }
        map.append(row % 6 != 0).unwrap();
    }
    let names = (0..100).map(|row| (row % 9 != 0).then(|| format!("name {row}"))).collect::<StringArray>();
    let cities = StringArray::from_iter_values((0..100).map(|row| format!("city {row}")));
    let fields = vec![Field::new("name", DataType::Utf8, true), Field::new("city", DataType::Utf8, false)];
    let person = StructArray::new(fields.into(), vec![Arc::new(names), Arc::new(cities)], None);
    batch(vec![
        ("lists".into(), Arc::new(lists.finish()) as ArrayRef),
        ("map".into(), Arc::new(map.finish())),
        ("person".into(), Arc::new(person)),
    ])
}

#[test]
fn leaves_of_nested_columns_are_masked_one_by_one() {
    let rules = "[tables.t]\ncolumns.\"lists[][]\" = { op = \"email\", accept_frequency_leak = \"r\" }\n\
                 columns.\"map[].value\" = { op = \"permute\", accept_frequency_leak = \"r\" }\n\
                 columns.\"person.name\" = { op = \"keyed_hash\" }\n";
    let batch = nested();
    for rows_of_group in [1000, 30] {
        let properties = WriterProperties::builder().set_max_row_group_row_count(Some(rows_of_group)).build();
        let input = parquet(std::slice::from_ref(&batch), properties);
        let scrubber = scrubber(rules, &input, 1).unwrap();
        let expected = scrubber.table("t").unwrap().mask(&batch).unwrap();
        let output = mask(rules, &input);
        assert_eq!(metadata(&output).file_metadata().schema(), metadata(&input).file_metadata().schema());
        let mut start = 0;
        for group in rows(&output) {
            let expected = expected.slice(start, group.num_rows());
            for (found, expected) in group.columns().iter().zip(expected.columns()) {
                assert_eq!(found, expected);
            }
            start += group.num_rows();
        }
        assert_eq!(start, 100);
        // The leaf beside the masked one in the same struct is copied.
        let leaf = |file: &[u8]| {
            let metadata = metadata(file);
            let (start, length) = metadata.row_group(0).column(4).byte_range();
            file[start as usize..(start + length) as usize].to_vec()
        };
        assert!(leaf(&input) == leaf(&output));
    }
}

#[test]
fn a_list_in_the_two_level_form_is_masked() {
    let message = "message m { required group l (LIST) { repeated binary array (UTF8); } }";
    let schema = Arc::new(parse_message_type(message).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<ByteArray> = ["a", "b", "c"].into_iter().map(ByteArray::from).collect();
    column.typed::<ByteArrayType>().write_batch(&values, Some(&[1, 1, 0, 1]), Some(&[0, 1, 0, 0])).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let input = writer.into_inner().unwrap();
    let output = mask("[tables.t]\ncolumns.\"l[]\" = \"redact\"\n", &input);
    let list = rows(&output)[0].column(0).as_list::<i32>().clone();
    assert_eq!(list.value_offsets(), [0, 2, 2, 3]);
    assert_ne!(list.values(), rows(&input)[0].column(0).as_list::<i32>().values());
    assert_eq!(metadata(&output).file_metadata().schema(), metadata(&input).file_metadata().schema());
}

#[test]
fn field_ids_and_logical_types_stay() {
    let id = Type::primitive_type_builder("id", Physical::FIXED_LEN_BYTE_ARRAY)
        .with_length(16)
        .with_logical_type(Some(LogicalType::Uuid))
        .with_repetition(Repetition::REQUIRED)
        .with_id(Some(77))
        .build()
        .unwrap();
    let schema = Type::group_type_builder("own root").with_fields(vec![Arc::new(id)]).build().unwrap();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<FixedLenByteArray> = (0..5u8)
        .map(|n| [[n + 1; 6].as_slice(), &[0x41, n, 0x81, n, 1, 2, 3, 4, 5, 6]].concat().into())
        .collect();
    column.typed::<FixedLenByteArrayType>().write_batch(&values, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    let input = writer.into_inner().unwrap();
    let output = mask("[tables.t]\ncolumns.id = { op = \"uuid\" }\n", &input);
    assert_eq!(metadata(&output).file_metadata().schema(), metadata(&input).file_metadata().schema());
    assert_ne!(rows(&input)[0].column(0), rows(&output)[0].column(0));
}

#[test]
fn a_plan_from_the_stream_is_about_the_tables_that_are_there() {
    let batch = RecordBatch::try_from_iter([(
        "email",
        Arc::new(StringArray::from(vec!["jane@acme.example"])) as ArrayRef,
    )])
    .unwrap();
    let file = parquet(&[batch], WriterProperties::default());
    let rules = "[tables.t]\ncolumns.email = \"email\"\n[tables.elsewhere]\ncolumns.name = \"full_name\"\n";
    let policy = Policy::parse(&format!("{HEAD}{rules}"), "scrub.toml").unwrap();
    let scrubber =
        Scrubber::builder(policy).schema_from_stream(true).reading(reading()).key(key()).build().unwrap();
    let mut out = Vec::new();
    scrubber.mask(Cursor::new(file.clone()), &mut out).unwrap();
    assert_eq!(out, mask("[tables.t]\ncolumns.email = \"email\"\n", &file));
}
