//! What is not masked comes back: values, types, row groups, and the very bytes of the column chunks.

use ::parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use ::parquet::file::metadata::{KeyValue, SortingColumn};
use ::parquet::file::properties::{EnabledStatistics, WriterPropertiesBuilder, WriterVersion};

use super::*;

fn variants() -> Vec<(&'static str, WriterPropertiesBuilder)> {
    let builder = || WriterProperties::builder().set_max_row_group_row_count(Some(400));
    vec![
        ("plain", builder().set_dictionary_enabled(false).set_statistics_enabled(EnabledStatistics::None)),
        ("snappy", builder().set_compression(Compression::SNAPPY)),
        ("zstd, version 2", {
            let version = builder().set_writer_version(WriterVersion::PARQUET_2_0);
            version.set_compression(Compression::ZSTD(ZstdLevel::try_new(3).unwrap()))
        }),
        ("gzip, filters", {
            let filters = builder().set_bloom_filter_enabled(true);
            filters.set_compression(Compression::GZIP(GzipLevel::default()))
        }),
        ("brotli, pages", {
            let pages = builder().set_data_page_row_count_limit(50).set_write_batch_size(50);
            pages.set_compression(Compression::BROTLI(BrotliLevel::default()))
        }),
        ("lz4, no index", {
            let index = builder().set_offset_index_disabled(true);
            index.set_statistics_enabled(EnabledStatistics::Chunk).set_compression(Compression::LZ4_RAW)
        }),
    ]
}

/// The bytes of a column chunk.
fn chunk<'f>(file: &'f [u8], metadata: &ParquetMetaData, group: usize, leaf: usize) -> &'f [u8] {
    let (start, length) = metadata.row_group(group).column(leaf).byte_range();
    &file[start as usize..(start + length) as usize]
}

/// Holds an output against its input, where these leaves are masked.
fn assert_kept(what: &str, input: &[u8], output: &[u8], masked: &[usize]) {
    let (before, after) = (metadata(input), metadata(output));
    assert_eq!(
        before.file_metadata().schema_descr().root_schema(),
        after.file_metadata().schema_descr().root_schema(),
        "{what}"
    );
    assert_eq!(before.file_metadata().version(), after.file_metadata().version(), "{what}");
    assert_eq!(before.num_row_groups(), after.num_row_groups(), "{what}");
    for group in 0..before.num_row_groups() {
        let (old, new) = (before.row_group(group), after.row_group(group));
        assert_eq!(old.num_rows(), new.num_rows(), "{what}");
        for (leaf, (old, new)) in old.columns().iter().zip(new.columns()).enumerate() {
            assert_eq!(old.compression_codec(), new.compression_codec(), "{what}, leaf {leaf}");
            assert_eq!(old.num_values(), new.num_values(), "{what}, leaf {leaf}");
            assert_eq!(old.bloom_filter_offset().is_some(), new.bloom_filter_offset().is_some(), "{what}");
            assert_eq!(old.offset_index_offset().is_some(), new.offset_index_offset().is_some(), "{what}");
            if masked.contains(&leaf) {
                continue;
            }
            assert_eq!(old.column_index_offset().is_some(), new.column_index_offset().is_some(), "{what}");
            assert_eq!(old.statistics(), new.statistics(), "{what}, leaf {leaf}");
            assert!(
                chunk(input, &before, group, leaf) == chunk(output, &after, group, leaf),
                "{what}: chunk {leaf} of row group {group} is not the same"
            );
        }
    }
    for (old, new) in rows(input).iter().zip(rows(output)) {
        assert_eq!(old.schema(), new.schema(), "{what}");
        for (leaf, (old, new)) in old.columns().iter().zip(new.columns()).enumerate() {
            assert!(masked.contains(&leaf) || old == new, "{what}, column {leaf}");
        }
    }
}

#[test]
fn a_file_that_is_kept_comes_back_chunk_by_chunk() {
    let batch = every_type(&numbers(1000));
    for (what, properties) in variants() {
        let input = parquet(std::slice::from_ref(&batch), properties.build());
        let (output, summary) = mask_with("", &input, 1).unwrap();
        assert_kept(what, &input, &output, &[]);
        assert_eq!((summary.rows(), summary.masked()), (1000, 0));
    }
}

#[test]
fn columns_beside_a_masked_one_come_back_chunk_by_chunk() {
    let batch = every_type(&numbers(1000));
    let rules = "[tables.t]\ncolumns.c0 = { op = \"keyed_hash\", accept_frequency_leak = \"r\" }\n\
                 columns.c11 = { op = \"permute\", accept_frequency_leak = \"r\" }\n";
    for (what, properties) in variants() {
        let input = parquet(std::slice::from_ref(&batch), properties.build());
        let output = mask(rules, &input);
        assert_kept(what, &input, &output, &[0, 11]);
        for (old, new) in rows(&input).iter().zip(rows(&output)) {
            for column in [0, 11] {
                assert_ne!(old.column(column), new.column(column), "{what}");
                assert_eq!(old.column(column).logical_nulls(), new.column(column).logical_nulls(), "{what}");
            }
        }
    }
}

#[test]
fn a_file_gives_what_its_batches_give() {
    let batch = every_type(&numbers(500));
    let rules = "[tables.t]\ncolumns.c0 = { op = \"keyed_hash\", accept_frequency_leak = \"r\" }\n\
                 columns.c1 = { op = \"email\", on_invalid = \"tag\", max_invalid = 1.0, accept_frequency_leak = \"r\" }\n";
    let input = parquet(std::slice::from_ref(&batch), WriterProperties::default());
    let scrubber = scrubber(rules, &input, 1).unwrap();
    let expected = scrubber.table("t").unwrap().mask(&batch).unwrap();
    let output = rows(&mask(rules, &input));
    assert_eq!(output.len(), 1);
    assert_eq!(output[0].columns(), expected.columns());
}

#[test]
fn any_number_of_threads_gives_the_same_bytes() {
    let batch = every_type(&numbers(3000));
    let rules = "[tables.t]\ncolumns.c0 = { op = \"keyed_hash\", accept_frequency_leak = \"r\" }\n";
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(170)).build();
    let input = parquet(&[batch], properties);
    let one = mask_with(rules, &input, 1).unwrap().0;
    for threads in [2, 7] {
        assert!(mask_with(rules, &input, threads).unwrap().0 == one, "{threads} threads");
    }
}

#[test]
fn masked_columns_are_not_sorted_and_metadata_is_on_a_list() {
    let batch = every_type(&numbers(10));
    let column = |column_idx| SortingColumn { column_idx, descending: false, nulls_first: true };
    let pair = |key: &str, value: &str| KeyValue::new(key.to_owned(), value.to_owned());
    let properties = WriterProperties::builder()
        .set_sorting_columns(Some(vec![column(1), column(0), column(2)]))
        .set_key_value_metadata(Some(vec![
            pair("writer.time.zone", "UTC"),
            pair("note", "CANARY"),
            pair("pandas", r#"{"columns": [], "attributes": {"x": "CANARY"}}"#),
        ]));
    let input = parquet(&[batch], properties.build());
    let rules = "[tables.t]\ncolumns.c0 = \"redact\"\n";
    let (output, summary) = mask_with(rules, &input, 1).unwrap();
    let after = metadata(&output);
    assert_eq!(after.row_group(0).sorting_columns(), Some(&vec![column(1)]));
    let pairs = after.file_metadata().key_value_metadata().unwrap();
    let keys: Vec<&str> = pairs.iter().map(|pair| pair.key.as_str()).collect();
    assert_eq!(keys, ["writer.time.zone", "pandas", "ARROW:schema"]);
    assert!(!has(&output, "CANARY"));
    assert_eq!(summary.dropped.get("metadata"), Some(&2));
}

#[test]
fn rows_that_are_left_out_leave_the_schema() {
    let input = parquet(&[every_type(&numbers(10))], WriterProperties::default());
    let (output, summary) = mask_with("[tables.t]\nrows = \"drop\"\n", &input, 1).unwrap();
    assert_eq!(metadata(&output).num_row_groups(), 0);
    assert!(summary.tables[0].dropped);
    assert_eq!(summary.rows(), 10);
}
