//! No byte of an original is left in an output: not in pages, dictionaries, statistics, indexes, filters or metadata.

use ::parquet::column::page::{Page, PageReader};
use ::parquet::file::reader::SerializedPageReader;
use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{BinaryArray, DictionaryArray, Int32Array, StringArray, StructArray};
use arrow_buffer::NullBuffer;
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::DataType;

use super::*;

const CANARIES: usize = 200;

fn canary(row: usize) -> String {
    format!("CANARY-{row:03}-canary")
}

/// Canaries in masked columns, under NULLs of them, in entries of dictionaries that no row uses, and in nested columns.
fn planted() -> RecordBatch {
    let all: Vec<String> = (0..CANARIES).map(canary).collect();
    let plain = StringArray::from_iter_values(&all);
    let nulls = NullBuffer::from((0..CANARIES).map(|row| row % 3 != 0).collect::<Vec<_>>());
    let under_nulls = StringArray::new(plain.offsets().clone(), plain.values().clone(), Some(nulls.clone()));
    let keys = (0..CANARIES).map(|row| (row % 4 != 1).then_some(row as i32 % 5)).collect::<Int32Array>();
    let dictionary = DictionaryArray::<Int32Type>::new(keys, Arc::new(plain.clone()));
    let bytes = BinaryArray::from_iter_values(&all);
    let mut list = ListBuilder::new(StringBuilder::new());
    for text in &all {
        list.values().append_value(text);
        list.append(text.len() % 2 == 0 || text.ends_with("7-canary"));
    }
    let field = Field::new("city", DataType::Utf8, true);
    let nested = StructArray::new(vec![field].into(), vec![Arc::new(plain.clone())], Some(nulls));
    let kept = StringArray::from_iter_values((0..CANARIES).map(|row| format!("kept {row}")));
    batch(vec![
        ("plain".into(), Arc::new(plain) as ArrayRef),
        ("under".into(), Arc::new(under_nulls)),
        ("dictionary".into(), Arc::new(dictionary)),
        ("bytes".into(), Arc::new(bytes)),
        ("list".into(), Arc::new(list.finish())),
        ("nested".into(), Arc::new(nested)),
        ("kept".into(), Arc::new(kept)),
    ])
}

const RULES: &str = r#"[tables.t]
columns.plain = { op = "keyed_hash" }
columns.under = { op = "email", on_invalid = "tag", max_invalid = 1.0 }
columns.dictionary = { op = "keyed_hash", accept_frequency_leak = "r" }
columns.bytes = { op = "null" }
columns."list[]" = { op = "redact" }
columns."nested.city" = { op = "keyed_hash" }
"#;

/// All bytes of a Parquet file: as they lie there, and as they are in its pages when those are decompressed.
fn laid_open(file: &[u8]) -> Vec<u8> {
    let mut all = file.to_vec();
    let metadata = metadata(file);
    let source = Arc::new(Bytes::copy_from_slice(file));
    for group in metadata.row_groups() {
        for column in group.columns() {
            let rows = group.num_rows() as usize;
            let mut pages = SerializedPageReader::new(Arc::clone(&source), column, rows, None).unwrap();
            while let Some(page) = pages.get_next_page().unwrap() {
                match &page {
                    Page::DictionaryPage { buf, .. }
                    | Page::DataPage { buf, .. }
                    | Page::DataPageV2 { buf, .. } => {
                        all.extend_from_slice(buf);
                    }
                }
            }
        }
    }
    all
}

fn assert_none(what: &str, bytes: &[u8]) {
    for row in 0..CANARIES {
        assert!(!has(bytes, &canary(row)), "{what}: canary {row} is left");
    }
    assert!(!has(bytes, "CANARY"), "{what}: a part of a canary is left");
}

#[test]
fn nothing_of_a_canary_is_in_a_parquet_file() {
    use ::parquet::basic::{Compression, ZstdLevel};
    for compression in
        [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::ZSTD(ZstdLevel::try_new(1).unwrap())]
    {
        for dictionary in [true, false] {
            let properties = WriterProperties::builder()
                .set_compression(compression)
                .set_dictionary_enabled(dictionary)
                .set_bloom_filter_enabled(true)
                .set_max_row_group_row_count(Some(70));
            let input = parquet(&[planted()], properties.build());
            let opened = laid_open(&input);
            assert!((0..CANARIES).all(|row| has(&opened, &canary(row))), "the search finds what is there");
            let output = mask(RULES, &input);
            assert_none(&format!("{compression}, {dictionary}"), &laid_open(&output));
            assert_eq!(rows(&output).iter().map(RecordBatch::num_rows).sum::<usize>(), CANARIES);
        }
    }
}

#[test]
fn nothing_of_a_canary_is_in_an_arrow_file_or_stream() {
    let batch = planted();
    let options = IpcWriteOptions::default;
    let mut stream = StreamWriter::try_new_with_options(Vec::new(), &batch.schema(), options()).unwrap();
    let mut file = FileWriter::try_new_with_options(Vec::new(), &batch.schema(), options()).unwrap();
    for part in [batch.slice(0, 90), batch.slice(90, 110)] {
        stream.write(&part).unwrap();
        file.write(&part).unwrap();
    }
    stream.finish().unwrap();
    file.finish().unwrap();
    for (what, input) in [("stream", stream.into_inner().unwrap()), ("file", file.into_inner().unwrap())] {
        assert!((0..CANARIES).all(|row| has(&input, &canary(row))), "the search finds what is there");
        assert_none(what, &mask(RULES, &input));
    }
}
