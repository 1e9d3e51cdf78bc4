//! A Parquet file is written: new chunks where something is masked, bytes of the input everywhere else.

use std::io::Write;
use std::sync::Arc;

use parquet::bloom_filter::Sbbf;
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{ColumnChunkMetaData, SortingColumn};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};

use super::super::fault::{self, guarded};
use super::encode::{Chunk, EncodedGroup};
use super::layout::Layout;
use super::{ParquetFile, check, metadata};
use crate::base::Result;

/// A file under construction. Dropped unfinished, it has no footer.
pub(crate) struct ParquetOutput<'f, W: Write + Send> {
    file: &'f ParquetFile,
    writer: SerializedFileWriter<W>,
    /// Entries of the footer's metadata that were left out.
    pub(crate) left_out: u64,
}

impl<'f, W: Write + Send> ParquetOutput<'f, W> {
    /// Starts a file like `file`, of which `layout` says what is masked.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub(crate) fn new(file: &'f ParquetFile, layout: &Layout, writer: W) -> Result<Self> {
        let own = file.parquet().file_metadata();
        let pairs = own.key_value_metadata().map_or(&[][..], Vec::as_slice);
        let (kept, left_out) = metadata::allowed(pairs, file.promised.as_deref());
        let version = if own.version() > 1 { WriterVersion::PARQUET_2_0 } else { WriterVersion::PARQUET_1_0 };
        let has_index = file.parquet().page_index().is_some_and(|index| index.has_offset_indexes());
        let properties = WriterProperties::builder()
            .set_writer_version(version)
            .set_created_by(concat!("scrub version ", env!("CARGO_PKG_VERSION")).into())
            .set_key_value_metadata((!kept.is_empty()).then_some(kept))
            .set_sorting_columns(sorting(file, layout))
            .set_offset_index_disabled(!has_index)
            .build();
        let schema = own.schema_descr().root_schema_ptr();
        let writer =
            SerializedFileWriter::new(writer, schema, Arc::new(properties)).map_err(fault::parquet)?;
        Ok(Self { file, writer, left_out })
    }

    /// Writes a row group with its new chunks.
    ///
    /// # Errors
    /// A kept chunk that is not what the footer says of it; a place that cannot be written to.
    pub(crate) fn append(&mut self, group: usize, encoded: EncodedGroup) -> Result<()> {
        let file = self.file;
        let metadata = file.parquet().row_group(group);
        let rows = file.rows(group);
        let mut writer = self.writer.next_row_group().map_err(fault::parquet)?;
        for (leaf, chunk) in encoded.chunks.into_iter().enumerate() {
            match chunk {
                None => copy(file, group, leaf, rows, &mut writer)?,
                Some(Chunk::Arrow(chunk)) => {
                    chunk.append_to_row_group(&mut writer).map_err(fault::parquet)?;
                }
                Some(Chunk::Bytes(bytes, close)) => {
                    writer.append_column(&bytes, *close).map_err(fault::parquet)?;
                }
            }
        }
        debug_assert_eq!(metadata.num_rows().unsigned_abs(), rows);
        writer.close().map_err(fault::parquet)?;
        Ok(())
    }

    /// Writes the footer.
    ///
    /// # Errors
    /// A place that cannot be written to.
    pub(crate) fn finish(self) -> Result<()> {
        self.writer.close().map(drop).map_err(fault::parquet)
    }
}

/// Copies a column chunk, with its statistics, Bloom filter and page index.
fn copy<W: Write + Send>(
    file: &ParquetFile,
    group: usize,
    leaf: usize,
    rows: u64,
    writer: &mut SerializedRowGroupWriter<'_, W>,
) -> Result<()> {
    let column = file.parquet().row_group(group).column(leaf);
    guarded(|| check::pages(&file.source, column, rows))?;
    let bloom_filter = guarded(|| Sbbf::read_from_column_chunk(column, &file.source).map_err(fault::parquet));
    let index = file.parquet().page_index_for_row_group(group);
    let close = ColumnCloseResult {
        bytes_written: column.compressed_size().unsigned_abs(),
        rows_written: rows,
        metadata: trusted(column)?,
        bloom_filter: bloom_filter.unwrap_or_default(),
        column_index: index.column_index(leaf).cloned(),
        offset_index: index.offset_index(leaf).cloned(),
    };
    writer.append_column(&file.source, close).map_err(fault::parquet)?;
    file.source.counted(column.compressed_size().unsigned_abs());
    Ok(())
}

/// What the footer says of a chunk, without what only its first writer could be trusted with: old minima and maxima of
/// bytes, which readers judge by who wrote the file.
fn trusted(column: &ColumnChunkMetaData) -> Result<ColumnChunkMetaData> {
    if column.statistics().is_some_and(parquet::file::statistics::Statistics::is_min_max_deprecated) {
        return column.clone().into_builder().clear_statistics().build().map_err(fault::parquet);
    }
    Ok(column.clone())
}

/// How rows are sorted: what all row groups say, up to the first column that is masked.
fn sorting(file: &ParquetFile, layout: &Layout) -> Option<Vec<SortingColumn>> {
    let mut groups = file.parquet().row_groups().iter().map(|group| group.sorting_columns());
    let first = groups.next()??;
    if groups.any(|other| other != Some(first)) {
        return None;
    }
    let is_kept = |column: &&SortingColumn| {
        usize::try_from(column.column_idx).is_ok_and(|leaf| layout.masked.get(leaf) == Some(&false))
    };
    let kept: Vec<SortingColumn> = first.iter().take_while(is_kept).cloned().collect();
    (!kept.is_empty()).then_some(kept)
}
