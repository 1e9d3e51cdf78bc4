//! Files of record batches: what comes back, what is masked, what is left of originals, and what hostile files do.

use std::io::Cursor;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use ::parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use ::parquet::file::properties::WriterProperties;
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use bytes::Bytes;

use crate::base::{Error, Key};
use crate::format::{self, Input, ReaderOptions};
use crate::pipeline::{Scrubber, Summary, read_schema};
use crate::plan::Policy;
use crate::table::TableName;
use crate::table::arrow::samples;

mod forms;
mod hostile;
mod ipc;
mod kept;
mod looked_at;
mod originals;

const HEAD: &str = "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\nunclassified = \"keep\"\n";

fn key() -> Key {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(0..).for_each(|(byte, number)| *byte = number);
    Key::from_bytes(bytes).unwrap()
}

/// How files of table `t` are read.
fn reading() -> ReaderOptions {
    ReaderOptions { table: Some(TableName::new("", "t")), ..ReaderOptions::default() }
}

/// A scrubber whose plan comes from the file's own schema.
fn scrubber(rules: &str, bytes: &[u8], threads: usize) -> Result<Scrubber, Error> {
    let input = Input::new("in", Cursor::new(bytes.to_vec()));
    let schema = read_schema(format::open_schema(input, &reading())?.as_mut())?;
    let policy = Policy::parse(&format!("{HEAD}{rules}"), "scrub.toml").unwrap();
    Scrubber::builder(policy).schema(schema).reading(reading()).key(key()).threads(threads).build()
}

fn mask_with(rules: &str, bytes: &[u8], threads: usize) -> Result<(Vec<u8>, Summary), Error> {
    let mut out = Vec::new();
    let summary = scrubber(rules, bytes, threads)?.mask(Cursor::new(bytes.to_vec()), &mut out)?;
    Ok((out, summary))
}

fn mask(rules: &str, bytes: &[u8]) -> Vec<u8> {
    mask_with(rules, bytes, 2).unwrap().0
}

/// A Parquet file of batches.
fn parquet(batches: &[RecordBatch], properties: WriterProperties) -> Vec<u8> {
    let mut out = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut out, batches[0].schema(), Some(properties)).unwrap();
    for batch in batches {
        writer.write(batch).unwrap();
    }
    writer.close().unwrap();
    out
}

fn metadata(file: &[u8]) -> ParquetMetaData {
    ParquetMetaDataReader::new().parse_and_finish(&Bytes::copy_from_slice(file)).unwrap()
}

/// All rows of a Parquet file, in batches of a row group each.
fn rows(file: &[u8]) -> Vec<RecordBatch> {
    let groups = metadata(file).num_row_groups();
    let read = |group| {
        let reader = ParquetRecordBatchReaderBuilder::try_new(Bytes::copy_from_slice(file)).unwrap();
        let reader = reader.with_row_groups(vec![group]).with_batch_size(1 << 20).build().unwrap();
        reader.map(Result::unwrap).collect::<Vec<_>>()
    };
    (0..groups).flat_map(read).collect()
}

fn batch(columns: Vec<(String, ArrayRef)>) -> RecordBatch {
    let fields: Vec<Field> =
        columns.iter().map(|(name, array)| Field::new(name, array.data_type().clone(), true)).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays).unwrap()
}

/// A column of each type that a Parquet file can have, `c0` and so on.
fn every_type(numbers: &[Option<i64>]) -> RecordBatch {
    let fits = |array: &ArrayRef| {
        let schema = Arc::new(Schema::new(vec![Field::new("c", array.data_type().clone(), true)]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![Arc::clone(array)]).unwrap();
        let written = ArrowWriter::try_new(Vec::new(), schema, None).and_then(|mut writer| {
            writer.write(&batch)?;
            writer.close()
        });
        written.is_ok()
    };
    let arrays: Vec<ArrayRef> = samples::every_type(numbers).into_iter().filter(fits).collect();
    assert!(arrays.len() > 30, "{}", arrays.len());
    batch(arrays.into_iter().enumerate().map(|(n, array)| (format!("c{n}"), array)).collect())
}

fn numbers(rows: i64) -> Vec<Option<i64>> {
    (0..rows).map(|row| (row % 7 != 3).then_some(row * 7919 % 100_003)).collect()
}

fn has(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
