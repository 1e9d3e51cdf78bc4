//! Parquet files: opened and checked, read by row groups, written by row groups.
//!
//! [`ParquetFile`] is an input whose footer was found to be sound. A [`Layout`] says which of its column chunks are made
//! anew; [`GroupEncoder`] makes those of one row group, on any thread; [`ParquetOutput`] writes row groups in order and
//! copies all other chunks byte by byte.

mod check;
mod encode;
mod int96;
mod layout;
mod metadata;
mod output;

use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Field, FieldRef, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::{
    PageIndexPolicy, ParquetMetaData, ParquetMetaDataOptions, ParquetMetaDataReader, RowGroupMetaData,
};

pub(crate) use encode::{EncodedGroup, GroupEncoder};
pub(crate) use layout::Layout;
pub(super) use metadata::value as allowed_value;
pub(crate) use output::ParquetOutput;

use super::fault::{self, guarded};
use super::source::Source;
use crate::base::{Error, ErrorKind, Result};

/// Rows of a batch.
const BATCH: usize = 8192;

/// A Parquet file whose footer is sound.
pub(crate) struct ParquetFile {
    source: Source,
    metadata: ArrowReaderMetadata,
    /// The schema with the types that readers are promised (`ARROW:schema`), if the file has one.
    promised: Option<SchemaRef>,
}

impl ParquetFile {
    /// Reads the footer and checks all that it says of where things are.
    ///
    /// # Errors
    /// A file that is cut short, encrypted, spread over several files, or whose footer contradicts itself.
    pub(super) fn open(source: Source) -> Result<Self> {
        check::ends(&source)?;
        let metadata = ParquetMetaDataReader::new()
            .with_page_index_policy(PageIndexPolicy::Skip)
            .with_metadata_options(Some(ParquetMetaDataOptions::new().with_encoding_stats_as_mask(false)))
            .parse_and_finish(&source)
            .map_err(fault::parquet)?;
        check::footer(&metadata, source.size())?;
        let metadata = Arc::new(with_page_index(metadata, &source));
        let options = ArrowReaderOptions::new;
        let has_arrow = metadata.file_metadata().key_value_metadata().is_some_and(|pairs| {
            pairs.iter().any(|pair| pair.key == parquet::arrow::ARROW_SCHEMA_META_KEY && pair.value.is_some())
        });
        let (metadata, promised) = match ArrowReaderMetadata::try_new(Arc::clone(&metadata), options()) {
            Ok(read) => {
                let promised = SchemaRef::clone(read.schema());
                (without_dictionaries(read)?, has_arrow.then_some(promised))
            }
            // The Arrow schema in the footer is not that of the file.
            Err(_) => {
                let options = options().with_skip_arrow_metadata(true);
                (ArrowReaderMetadata::try_new(metadata, options).map_err(fault::parquet)?, None)
            }
        };
        Ok(Self { source, metadata, promised })
    }

    /// The schema of the batches. Dictionaries are read as what they hold.
    pub(crate) fn schema(&self) -> &SchemaRef {
        self.metadata.schema()
    }

    /// Row groups.
    pub(crate) fn groups(&self) -> usize {
        self.parquet().num_row_groups()
    }

    /// Rows of a group.
    pub(crate) fn rows(&self, group: usize) -> u64 {
        self.parquet().row_group(group).num_rows().unsigned_abs()
    }

    /// Reads top-level columns of a row group, batch by batch.
    ///
    /// # Errors
    /// Column chunks that do not even begin as they should.
    pub(crate) fn read(&self, group: usize, roots: &[usize]) -> Result<GroupReader> {
        let mask = ProjectionMask::roots(self.metadata.parquet_schema(), roots.iter().copied());
        let rows = self.rows(group);
        guarded(|| {
            let source = self.source.clone();
            let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(source, self.metadata.clone())
                .with_row_groups(vec![group])
                .with_projection(mask)
                .with_batch_size(BATCH)
                .build()
                .map_err(fault::parquet)?;
            Ok(GroupReader { reader, left: rows })
        })
    }

    fn parquet(&self) -> &ParquetMetaData {
        self.metadata.metadata()
    }
}

/// The batches of a row group.
pub(crate) struct GroupReader {
    reader: ParquetRecordBatchReader,
    left: u64,
}

impl GroupReader {
    /// The next batch.
    ///
    /// # Errors
    /// Pages that cannot be read; another number of rows than the footer promised.
    pub(crate) fn next(&mut self) -> Result<Option<RecordBatch>> {
        let batch = guarded(|| self.reader.next().transpose().map_err(fault::arrow))?;
        match &batch {
            Some(batch) => {
                let left = self.left.checked_sub(batch.num_rows() as u64);
                self.left = left.ok_or_else(fault::damaged)?;
            }
            None if self.left > 0 => return Err(fault::damaged()),
            None => {}
        }
        Ok(batch)
    }
}

/// The metadata with the page index, if the file has one that can be read; it can be done without.
fn with_page_index(metadata: ParquetMetaData, source: &Source) -> ParquetMetaData {
    let has_index = metadata
        .row_groups()
        .iter()
        .flat_map(RowGroupMetaData::columns)
        .any(|column| column.offset_index_offset().is_some() || column.column_index_offset().is_some());
    if !has_index {
        return metadata;
    }
    let read = guarded(|| {
        let mut reader = ParquetMetaDataReader::new_with_metadata(metadata.clone())
            .with_page_index_policy(PageIndexPolicy::Optional);
        reader.read_page_indexes(source).map_err(fault::parquet)?;
        reader.finish().map_err(fault::parquet)
    });
    read.unwrap_or(metadata)
}

/// Reads dictionaries as what they hold: a masked column may have more values than its old keys can count.
fn without_dictionaries(read: ArrowReaderMetadata) -> Result<ArrowReaderMetadata> {
    let fields: Vec<FieldRef> = read.schema().fields().iter().map(plain).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, read.schema().metadata().clone()));
    if schema == *read.schema() {
        return Ok(read);
    }
    let options = ArrowReaderOptions::new().with_schema(schema);
    ArrowReaderMetadata::try_new(Arc::clone(read.metadata()), options).map_err(fault::parquet)
}

fn plain(field: &FieldRef) -> FieldRef {
    let data_type = match field.data_type() {
        DataType::Dictionary(_, values) => values.as_ref().clone(),
        DataType::RunEndEncoded(_, values) => values.data_type().clone(),
        DataType::ListView(element) => DataType::List(plain(element)),
        DataType::LargeListView(element) => DataType::LargeList(plain(element)),
        DataType::List(element) => DataType::List(plain(element)),
        DataType::LargeList(element) => DataType::LargeList(plain(element)),
        DataType::FixedSizeList(element, size) => DataType::FixedSizeList(plain(element), *size),
        DataType::Map(entries, sorted) => DataType::Map(plain(entries), *sorted),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(plain).collect()),
        _ => return Arc::clone(field),
    };
    let plain = Field::new(field.name(), data_type, field.is_nullable());
    Arc::new(plain.with_metadata(field.metadata().clone()))
}

/// A column that cannot be written, in words.
fn cannot(column: &str, why: &'static str) -> Error {
    Error::new(ErrorKind::Schema(why.into())).in_column(column)
}
