//! The masked column chunks of one row group, made in memory.
//!
//! Codec, encodings and whether there is a Bloom filter are those of the chunk that is replaced. Pages, dictionary and
//! statistics are made of the new values alone.

use std::sync::Arc;

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::basic::{Compression, Encoding, PageType, Type as Physical};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr, WriterVersion};
use parquet::file::writer::SerializedFileWriter;

use super::super::fault::{self, guarded};
use super::int96::{Int96Column, decimal_bytes, in_range};
use super::layout::{Form, Layout};
use super::{ParquetFile, cannot};
use crate::base::Result;

/// A column chunk that was made anew.
pub(super) enum Chunk {
    Arrow(Box<ArrowColumnChunk>),
    Bytes(Bytes, Box<ColumnCloseResult>),
}

/// The masked chunks of a row group, in the order of the file's leaves; none for those that are copied.
pub(crate) struct EncodedGroup {
    pub(super) chunks: Vec<Option<Chunk>>,
}

/// Makes the masked chunks of a row group.
pub(crate) struct GroupEncoder<'l> {
    layout: &'l Layout,
    /// One for each leaf that the crate writes, masked or not.
    writers: Vec<ArrowColumnWriter>,
    /// One for each INT96 column.
    int96: Vec<Int96Column>,
    properties: WriterPropertiesPtr,
}

impl<'l> GroupEncoder<'l> {
    /// Starts on a row group.
    ///
    /// # Errors
    /// A codec that can be read and not written.
    pub(crate) fn new(file: &ParquetFile, layout: &'l Layout, group: usize) -> Result<Self> {
        let properties = Arc::new(properties(layout, file.parquet().row_group(group))?);
        let schema = Arc::clone(&layout.written);
        let frame = SerializedFileWriter::new(std::io::sink(), schema, Arc::clone(&properties));
        let frame = frame.map_err(fault::parquet)?;
        let factory = ArrowRowGroupWriterFactory::new(&frame, Arc::clone(&layout.written_schema));
        let writers = factory.create_column_writers(group).map_err(fault::parquet)?;
        let columns = file.metadata.parquet_schema().columns();
        let mut int96 = Vec::new();
        for column in layout.columns.iter().filter(|column| matches!(column.form, Form::Int96)) {
            let (leaf, rows) = (column.leaves.start, file.rows(group));
            guarded(|| in_range(&file.source, file.parquet().row_group(group).column(leaf), rows))?;
            int96.push(Int96Column::new(Arc::clone(&columns[leaf])));
        }
        Ok(Self { layout, writers, int96, properties })
    }

    /// Adds masked rows: a batch of the columns that the layout reads.
    ///
    /// # Errors
    /// Values that the Parquet type cannot hold.
    pub(crate) fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        guarded(|| {
            let (mut writers, mut int96) = (self.writers.iter_mut(), self.int96.iter_mut());
            for column in &self.layout.columns {
                let array = batch.column(column.at);
                let (field, array) = match &column.form {
                    Form::Int96 => {
                        int96.next().ok_or_else(fault::damaged)?.write(array)?;
                        continue;
                    }
                    Form::Plain(field) => (field, Arc::clone(array)),
                    Form::Decimal(field, length) => (field, decimal_bytes(array, *length)?),
                };
                let leaves = compute_leaves(field, &array).map_err(fault::parquet)?;
                for (leaf, levels) in column.leaves.clone().zip(leaves) {
                    let writer = writers.next().ok_or_else(fault::damaged)?;
                    if self.layout.masked[leaf] {
                        writer.write(&levels).map_err(fault::parquet)?;
                    }
                }
            }
            Ok(())
        })
    }

    /// The chunks.
    ///
    /// # Errors
    /// Pages that cannot be made.
    pub(crate) fn finish(self) -> Result<EncodedGroup> {
        let mut chunks: Vec<Option<Chunk>> = self.layout.masked.iter().map(|_| None).collect();
        let (mut writers, mut int96) = (self.writers.into_iter(), self.int96.into_iter());
        for column in &self.layout.columns {
            if let Form::Int96 = column.form {
                let column_of_times = int96.next().ok_or_else(fault::damaged)?;
                let (bytes, close) = guarded(|| column_of_times.close(&self.properties))?;
                chunks[column.leaves.start] = Some(Chunk::Bytes(bytes, Box::new(close)));
                continue;
            }
            for leaf in column.leaves.clone() {
                let writer = writers.next().ok_or_else(fault::damaged)?;
                if self.layout.masked[leaf] {
                    let chunk = guarded(|| writer.close().map_err(fault::parquet))?;
                    chunks[leaf] = Some(Chunk::Arrow(Box::new(chunk)));
                }
            }
        }
        Ok(EncodedGroup { chunks })
    }
}

/// How the masked chunks of a row group are written: like those that they replace.
fn properties(layout: &Layout, group: &RowGroupMetaData) -> Result<WriterProperties> {
    let masked = || group.columns().iter().zip(&layout.masked).filter(|(_, masked)| **masked);
    let newer = masked().any(|(column, _)| has_newer_pages(column));
    let version = if newer { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
    let mut builder = WriterProperties::builder()
        .set_writer_version(version)
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::Chunk);
    for (column, _) in masked() {
        let path = column.column_path().clone();
        let compression = column.compression();
        if matches!(compression, Compression::LZO) {
            return Err(cannot(&path.string(), "columns that are compressed with LZO can only be kept"));
        }
        builder = builder
            .set_column_compression(path.clone(), compression)
            .set_column_encoding(path.clone(), encoding(column))
            .set_column_dictionary_enabled(path.clone(), is_repetitive(column))
            .set_column_statistics_enabled(path.clone(), statistics(column));
        if column.bloom_filter_offset().is_some() {
            let values = column.num_values().clamp(1, 1 << 24).unsigned_abs();
            builder = builder
                .set_column_bloom_filter_enabled(path.clone(), true)
                .set_column_bloom_filter_max_ndv(path, values);
        }
    }
    Ok(builder.build())
}

fn statistics(column: &ColumnChunkMetaData) -> EnabledStatistics {
    match (column.statistics().is_some(), column.column_index_offset().is_some()) {
        (_, true) => EnabledStatistics::Page,
        (true, false) => EnabledStatistics::Chunk,
        (false, false) => EnabledStatistics::None,
    }
}

/// Whether the chunk has data pages of version 2.
fn has_newer_pages(column: &ColumnChunkMetaData) -> bool {
    column
        .page_encoding_stats()
        .is_some_and(|stats| stats.iter().any(|page| page.page_type == PageType::DATA_PAGE_V2))
}

/// The encoding of values that are in no dictionary.
fn encoding(column: &ColumnChunkMetaData) -> Encoding {
    let physical = column.column_type();
    let fits = |encoding: &Encoding| match encoding {
        Encoding::DELTA_BINARY_PACKED => matches!(physical, Physical::INT32 | Physical::INT64),
        Encoding::DELTA_LENGTH_BYTE_ARRAY => physical == Physical::BYTE_ARRAY,
        Encoding::DELTA_BYTE_ARRAY => {
            matches!(physical, Physical::BYTE_ARRAY | Physical::FIXED_LEN_BYTE_ARRAY)
        }
        Encoding::BYTE_STREAM_SPLIT => matches!(
            physical,
            Physical::INT32
                | Physical::INT64
                | Physical::FLOAT
                | Physical::DOUBLE
                | Physical::FIXED_LEN_BYTE_ARRAY
        ),
        _ => false,
    };
    column.encodings().find(fits).unwrap_or(Encoding::PLAIN)
}

/// Whether the chunk has a dictionary that is worth it: it is the smaller part of the chunk, and no page did without.
fn is_repetitive(column: &ColumnChunkMetaData) -> bool {
    let in_dictionary =
        |encoding: Encoding| matches!(encoding, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY);
    let Some(dictionary) = column.dictionary_page_offset() else { return false };
    let all_pages = column.page_encoding_stats().is_none_or(|stats| {
        stats
            .iter()
            .filter(|page| page.page_type != PageType::DICTIONARY_PAGE)
            .all(|page| in_dictionary(page.encoding))
    });
    let size = column.data_page_offset() - dictionary;
    column.encodings().any(in_dictionary) && all_pages && size < column.compressed_size() / 2
}
