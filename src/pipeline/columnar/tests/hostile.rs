//! Files that are cut, damaged or lie: an error in our words, or an output that can be read, and never a panic.

use ::parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaDataBuilder, ParquetMetaDataWriter};
use arrow_array::StringArray;
use arrow_ipc::CompressionType;

use crate::base::ErrorKind;

use super::*;

fn people(rows: usize) -> RecordBatch {
    let emails = StringArray::from_iter_values((0..rows).map(|row| format!("CANARY{row}@acme.example")));
    let notes =
        (0..rows).map(|row| (row % 3 != 0).then(|| format!("CANARY note {row}"))).collect::<StringArray>();
    batch(vec![("email".into(), Arc::new(emails) as ArrayRef), ("note".into(), Arc::new(notes))])
}

const RULES: &str = "[tables.t]\ncolumns.email = \"email\"\ncolumns.note = \"redact\"\n";

/// Masks bytes that are not a good file, with a plan for good ones.
fn masked(scrubber: &Scrubber, bytes: Vec<u8>) -> Result<Vec<u8>, Error> {
    let mut out = Vec::new();
    let result = scrubber.mask(Cursor::new(bytes), &mut out).map(drop);
    // Whatever happened: no original.
    assert!(!has(&out, "CANARY"), "an original is in the output");
    match result {
        Ok(()) => Ok(out),
        Err(error) => {
            assert!(!error.to_string().contains("CANARY"), "{error}");
            assert!(!matches!(error.kind(), ErrorKind::Panic(_)), "{error}");
            Err(error)
        }
    }
}

fn quietly<T>(act: impl FnOnce() -> T) -> T {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let result = act();
    std::panic::set_hook(hook);
    result
}

fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let batch = people(60);
    let properties = || WriterProperties::builder().set_max_row_group_row_count(Some(25));
    let parts = [batch.slice(0, 30), batch.slice(30, 30)];
    vec![
        ("parquet", parquet(std::slice::from_ref(&batch), properties().build())),
        ("parquet, filters", parquet(&[batch], properties().set_bloom_filter_enabled(true).build())),
        ("file", ipc::written(&parts, true, None)),
        ("compressed file", ipc::written(&parts, true, Some(CompressionType::LZ4_FRAME))),
        ("stream", ipc::written(&parts, false, None)),
        ("compressed stream", ipc::written(&parts, false, Some(CompressionType::ZSTD))),
    ]
}

#[test]
fn a_file_that_is_cut_anywhere_is_an_error() {
    quietly(|| {
        for (what, input) in inputs() {
            let scrubber = scrubber(RULES, &input, 1).unwrap();
            let step = (input.len() / 200).max(1);
            for len in (0..input.len()).step_by(step).chain(input.len() - 12..input.len()) {
                assert!(
                    masked(&scrubber, input[..len].to_vec()).is_err(),
                    "{what}: {len} of {}",
                    input.len()
                );
            }
            masked(&scrubber, input).unwrap();
        }
    });
}

#[test]
fn a_damaged_file_is_an_error_or_what_it_says() {
    quietly(|| {
        for (what, input) in inputs() {
            let scrubber = scrubber(RULES, &input, 1).unwrap();
            let (mut errors, mut tried) = (0, 0);
            for position in (0..input.len()).step_by((input.len() / 1000).max(1)) {
                let mut damaged = input.clone();
                damaged[position] ^= [0xff, 0x80, 0x01][position % 3];
                tried += 1;
                errors += usize::from(masked(&scrubber, damaged).is_err());
            }
            assert!(errors > tried / 10, "{what}: {errors} of {tried}");
        }
    });
}

/// The file with a footer that was changed.
fn with_footer(file: &[u8], change: impl Fn(usize, &ColumnChunkMetaData) -> ColumnChunkMetaData) -> Vec<u8> {
    let before = metadata(file);
    let length = u32::from_le_bytes(file[file.len() - 8..file.len() - 4].try_into().unwrap()) as usize;
    let mut out = file[..file.len() - 8 - length].to_vec();
    let mut builder = ParquetMetaDataBuilder::new(before.file_metadata().clone());
    for group in before.row_groups() {
        let columns = group.columns().iter().enumerate().map(|(leaf, column)| change(leaf, column)).collect();
        let group = group.clone().into_builder().set_column_metadata(columns).build().unwrap();
        builder = builder.add_row_group(group);
    }
    let metadata = builder.build();
    let mut footer = Vec::new();
    ParquetMetaDataWriter::new(&mut footer, &metadata).finish().unwrap();
    out.extend(footer);
    out
}

#[test]
fn a_footer_that_lies_is_found_out() {
    let input = parquet(&[people(50)], WriterProperties::builder().set_offset_index_disabled(true).build());
    let rules = "[tables.t]\ncolumns.email = \"email\"\n";
    let scrubber = scrubber(rules, &input, 1).unwrap();
    let honest = with_footer(&input, |_, column| column.clone());
    let mut out = Vec::new();
    scrubber.mask(Cursor::new(honest), &mut out).unwrap();
    let email = metadata(&input).row_group(0).column(0).clone();
    let build = |column: &ColumnChunkMetaData| column.clone().into_builder();
    let lies: Vec<(&str, Box<dyn Fn(&ColumnChunkMetaData) -> ColumnChunkMetaData>)> = vec![
        ("the kept column lies where the masked one does", {
            let email = email.clone();
            Box::new(move |column| {
                build(column)
                    .set_dictionary_page_offset(email.dictionary_page_offset())
                    .set_data_page_offset(email.data_page_offset())
                    .set_total_compressed_size(email.compressed_size())
                    .build()
                    .unwrap()
            })
        }),
        (
            "longer than it is",
            Box::new(move |column| {
                build(column).set_total_compressed_size(column.compressed_size() + 9).build().unwrap()
            }),
        ),
        (
            "shorter than it is",
            Box::new(move |column| {
                build(column).set_total_compressed_size(column.compressed_size() - 1).build().unwrap()
            }),
        ),
        (
            "as long as can be said",
            Box::new(move |column| build(column).set_total_compressed_size(i64::MAX / 4).build().unwrap()),
        ),
        (
            "of negative length",
            Box::new(move |column| build(column).set_total_compressed_size(-1).build().unwrap()),
        ),
        (
            "at a negative place",
            Box::new(move |column| {
                build(column).set_data_page_offset(-5).set_dictionary_page_offset(None).build().unwrap()
            }),
        ),
        ("more values than rows", Box::new(move |column| build(column).set_num_values(51).build().unwrap())),
        ("a filter that is a column", {
            Box::new(move |column| {
                let (start, length) = email.byte_range();
                build(column)
                    .set_bloom_filter_offset(Some(start as i64))
                    .set_bloom_filter_length(Some(length as i32))
                    .build()
                    .unwrap()
            })
        }),
    ];
    for (what, lie) in lies {
        let file = with_footer(&input, |leaf, column| if leaf == 1 { lie(column) } else { column.clone() });
        let mut out = Vec::new();
        let result = quietly(|| scrubber.mask(Cursor::new(file), &mut out).map(drop));
        let error = result.expect_err(what);
        assert!(matches!(error.kind(), ErrorKind::Syntax(_) | ErrorKind::Truncated(_)), "{what}: {error}");
        assert!(!has(&out, "CANARY0@"), "{what}: an original is in the output");
    }
}

#[test]
fn a_failed_run_leaves_an_output_that_cannot_be_read() {
    use arrow_ipc::reader::{FileReader, StreamReader};
    let mut emails: Vec<Option<String>> = (0..60).map(|row| Some(format!("a{row}@acme.example"))).collect();
    emails[55] = Some("CANARY".into());
    let column: ArrayRef = Arc::new(StringArray::from(emails));
    let batch = batch(vec![("email".into(), column)]);
    let rules = "[tables.t]\ncolumns.email = { op = \"email\", on_invalid = \"error\" }\n";
    let parts = [batch.slice(0, 30), batch.slice(30, 30)];
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(20)).build();
    for (what, input) in [
        ("parquet", parquet(std::slice::from_ref(&batch), properties)),
        ("file", ipc::written(&parts, true, None)),
        ("stream", ipc::written(&parts, false, None)),
    ] {
        let mut out = Vec::new();
        let error = scrubber(rules, &input, 2).unwrap().mask(Cursor::new(input), &mut out).unwrap_err();
        assert_eq!(error.position().row, Some(56), "{what}: {error}");
        assert_eq!(error.position().column.as_deref(), Some("email"));
        assert!(!out.is_empty(), "{what}: what came before was written");
        let fails = match what {
            "parquet" => ParquetMetaDataReader::new().parse_and_finish(&Bytes::from(out)).is_err(),
            "file" => FileReader::try_new(Cursor::new(out), None).is_err(),
            _ => StreamReader::try_new(Cursor::new(out), None)
                .unwrap()
                .any(|batch: Result<_, _>| batch.is_err()),
        };
        assert!(fails, "{what}: the output can be read");
    }
}

#[test]
fn encrypted_and_foreign_files_are_called_so() {
    let good = parquet(&[people(3)], WriterProperties::default());
    let scrubber = scrubber(RULES, &good, 1).unwrap();
    let mut encrypted = good.clone();
    encrypted[..4].copy_from_slice(b"PARE");
    let error = masked(&scrubber, encrypted).unwrap_err();
    assert!(error.to_string().contains("encrypted"), "{error}");
    let mut other = good;
    other[0] = b'X';
    assert!(masked(&scrubber, other).unwrap_err().to_string().contains("does not look like"));
}
