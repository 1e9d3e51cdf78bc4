//! Arrow files and streams.

use arrow_array::types::Int32Type;
use arrow_array::{DictionaryArray, StringArray};
use arrow_ipc::CompressionType;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

use crate::base::ErrorKind;

use super::*;

pub(super) fn written(batches: &[RecordBatch], file: bool, compression: Option<CompressionType>) -> Vec<u8> {
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    if file {
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
        for batch in batches {
            writer.write(batch).unwrap();
        }
        writer.finish().unwrap();
        writer.into_inner().unwrap()
    } else {
        let mut writer =
            StreamWriter::try_new_with_options(Vec::new(), &batches[0].schema(), options).unwrap();
        for batch in batches {
            writer.write(batch).unwrap();
        }
        writer.finish().unwrap();
        writer.into_inner().unwrap()
    }
}

fn read(bytes: &[u8]) -> Vec<RecordBatch> {
    let bytes = Cursor::new(bytes.to_vec());
    if bytes.get_ref().starts_with(b"ARROW1") {
        FileReader::try_new(bytes, None).unwrap().map(Result::unwrap).collect()
    } else {
        StreamReader::try_new(bytes, None).unwrap().map(Result::unwrap).collect()
    }
}

fn forms() -> impl Iterator<Item = (bool, Option<CompressionType>)> {
    let codecs = [None, Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD)];
    [false, true].into_iter().flat_map(move |file| codecs.into_iter().map(move |codec| (file, codec)))
}

fn all_types(rows: i64) -> RecordBatch {
    let arrays = samples::every_type(&numbers(rows));
    batch(arrays.into_iter().enumerate().map(|(n, array)| (format!("c{n}"), array)).collect())
}

#[test]
fn files_and_streams_that_are_kept_come_back() {
    let whole = all_types(300);
    let batches = [whole.slice(0, 100), whole.slice(100, 1), whole.slice(101, 199)];
    for (file, codec) in forms() {
        let input = written(&batches, file, codec);
        let (output, summary) = mask_with("", &input, 2).unwrap();
        assert_eq!(summary.rows(), 300);
        assert_eq!(read(&output), read(&input), "{file} {codec:?}");
        // Written by the same crate in the same way, so even the bytes are the same.
        assert!(output == input, "{file} {codec:?}");
    }
}

#[test]
fn masked_batches_are_those_of_the_library() {
    let whole = all_types(300);
    let batches = [whole.slice(0, 100), whole.slice(100, 200)];
    let rules = "[tables.t]\ncolumns.c0 = { op = \"keyed_hash\", accept_frequency_leak = \"r\" }\n\
                 columns.c11 = { op = \"permute\", accept_frequency_leak = \"r\" }\n";
    for (file, codec) in forms() {
        let input = written(&batches, file, codec);
        let table = scrubber(rules, &input, 1).unwrap().table("t").unwrap();
        let expected: Vec<RecordBatch> =
            read(&input).iter().map(|batch| table.mask(batch).unwrap()).collect();
        let one = mask_with(rules, &input, 1).unwrap().0;
        assert_eq!(read(&one), expected, "{file} {codec:?}");
        for threads in [2, 7] {
            assert!(mask_with(rules, &input, threads).unwrap().0 == one, "{threads} threads");
        }
    }
}

#[test]
fn a_masked_dictionary_serves_all_batches() {
    let texts = |from: usize| -> ArrayRef {
        let texts: Vec<String> = (from..from + 40).map(|row| format!("a{}@acme.example", row % 13)).collect();
        Arc::new(texts.iter().map(|text| Some(text.as_str())).collect::<DictionaryArray<Int32Type>>())
    };
    let all = batch(vec![("d".into(), texts(0))]);
    let rules = "[tables.t]\ncolumns.d = { op = \"email\", accept_frequency_leak = \"r\" }\n";
    for file in [false, true] {
        let input = written(&[all.slice(0, 10), all.slice(10, 30)], file, None);
        let output = read(&mask(rules, &input));
        let table = scrubber(rules, &input, 1).unwrap().table("t").unwrap();
        assert_eq!(output.len(), 2);
        for (batch, part) in output.iter().zip(read(&input)) {
            let expected = table.mask(&part).unwrap();
            let plain = |batch: &RecordBatch| {
                let dictionary =
                    batch.column(0).as_any().downcast_ref::<DictionaryArray<Int32Type>>().unwrap();
                let texts = dictionary.downcast_dict::<StringArray>().unwrap();
                texts.into_iter().map(|text| text.map(str::to_owned)).collect::<Vec<_>>()
            };
            assert_eq!(plain(batch), plain(&expected));
        }
    }
}

#[test]
fn a_stream_must_have_its_end_mark_unless_told_otherwise() {
    let input = written(&[all_types(5)], false, None);
    let cut = &input[..input.len() - 8];
    let error = mask_with("", cut, 1).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Truncated(_)), "{error}");
    let mut options = reading();
    options.trailer = false;
    let scrubber = scrubber("", &input, 1).unwrap();
    let reader = format::open(Input::new("in", Cursor::new(cut.to_vec())), &options).unwrap();
    let mut out = Vec::new();
    scrubber.mask_events(reader, &mut out).unwrap();
    assert_eq!(read(&out), read(&input));
}

#[test]
fn metadata_of_schemas_and_fields_is_on_a_list() {
    let field =
        Field::new("a", arrow_schema::DataType::Int32, true).with_metadata(std::collections::HashMap::from(
            [("PARQUET:field_id".to_owned(), "3".to_owned()), ("comment".to_owned(), "CANARY".to_owned())],
        ));
    let schema = Schema::new(vec![field])
        .with_metadata(std::collections::HashMap::from([("origin".to_owned(), "CANARY".to_owned())]));
    let numbers: ArrayRef = Arc::new(arrow_array::Int32Array::from(vec![1, 2]));
    let batch = RecordBatch::try_new(Arc::new(schema), vec![numbers]).unwrap();
    for file in [false, true] {
        let (output, summary) = mask_with("", &written(std::slice::from_ref(&batch), file, None), 1).unwrap();
        assert!(!has(&output, "CANARY"));
        let read = read(&output);
        assert_eq!(read[0].schema().field(0).metadata().len(), 1);
        assert_eq!(read[0].columns(), batch.columns());
        assert_eq!(summary.dropped.get("metadata"), Some(&2));
    }
}
