//! What a Parquet footer says of where things are, held against the file.
//!
//! Chunks of kept columns are copied by what the footer says. So nothing that it points to may lie outside the file or
//! share a byte with anything else: else a copy of one column could carry another one's values.

use std::sync::Arc;

use parquet::column::page::PageReader;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::SerializedPageReader;

use super::super::fault::{self, damaged};
use super::super::source::Source;
use crate::base::{ErrorKind, Result};

/// Magic at both ends, and the footer's length.
const FRAME: u64 = 12;

/// Whether both ends of the file are those of a Parquet file that can be read.
///
/// # Errors
/// Other magic, or an encrypted file.
pub(super) fn ends(source: &Source) -> Result<()> {
    if source.size() < FRAME {
        return Err(fault::cut_short());
    }
    let io = |error| fault::parquet(parquet::errors::ParquetError::from(error));
    let first = source.part(0, 4).map_err(io)?;
    let last = source.part(source.size() - 4, 4).map_err(io)?;
    if first.as_ref() == b"PARE" || last.as_ref() == b"PARE" {
        return Err(encrypted());
    }
    match (first.as_ref() == b"PAR1", last.as_ref() == b"PAR1") {
        (true, true) => Ok(()),
        (true, false) => Err(ErrorKind::Truncated("the Parquet file has no footer: it is cut short").into()),
        (false, _) => Err(ErrorKind::Syntax("this is not a Parquet file").into()),
    }
}

fn encrypted() -> crate::base::Error {
    ErrorKind::Usage("the Parquet file is encrypted: decrypt it first".into()).into()
}

/// Holds the footer against itself and the length of the file.
///
/// # Errors
/// Anything that points outside, overlaps, or does not add up.
pub(super) fn footer(metadata: &ParquetMetaData, size: u64) -> Result<()> {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    let mut rows: i64 = 0;
    for group in metadata.row_groups() {
        rows = rows.checked_add(group.num_rows()).filter(|_| group.num_rows() >= 0).ok_or_else(damaged)?;
        for column in group.columns() {
            if column.file_path().is_some() {
                let kind = ErrorKind::Usage("the Parquet file keeps columns in other files".into());
                return Err(kind.into());
            }
            let flat = column.column_descr().max_rep_level() == 0;
            if column.num_values() < 0 || (flat && column.num_values() != group.num_rows()) {
                return Err(damaged());
            }
            ranges.push(chunk(column)?);
            let mut add = |offset: Option<i64>, length: Option<i32>| -> Result<()> {
                if let Some(offset) = offset {
                    let start = u64::try_from(offset).map_err(|_| damaged())?;
                    let length = u64::try_from(length.unwrap_or_default()).map_err(|_| damaged())?;
                    ranges.push((start, length));
                }
                Ok(())
            };
            add(column.bloom_filter_offset(), column.bloom_filter_length())?;
            add(column.column_index_offset(), column.column_index_length())?;
            add(column.offset_index_offset(), column.offset_index_length())?;
        }
    }
    if rows != metadata.file_metadata().num_rows() {
        return Err(damaged());
    }
    ranges.sort_unstable();
    let mut free = 4;
    for (start, length) in ranges {
        let end = start.checked_add(length).filter(|end| *end <= size - 8).ok_or_else(damaged)?;
        if length == 0 {
            continue;
        }
        if start < free {
            return Err(damaged());
        }
        free = end;
    }
    Ok(())
}

/// Where a column chunk lies: start and length.
pub(super) fn chunk(column: &ColumnChunkMetaData) -> Result<(u64, u64)> {
    let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
    match (u64::try_from(start), u64::try_from(column.compressed_size())) {
        (Ok(start), Ok(length)) if column.data_page_offset() >= start as i64 => Ok((start, length)),
        _ => Err(damaged()),
    }
}

/// Whether a column chunk holds pages from its first to its last byte, with as many values as the footer says.
///
/// # Errors
/// It does not.
pub(super) fn pages(source: &Source, column: &ColumnChunkMetaData, rows: u64) -> Result<()> {
    let mut reader = SerializedPageReader::new(Arc::new(source.clone()), column, rows as usize, None)
        .map_err(fault::parquet)?;
    let mut values: u64 = 0;
    while let Some(page) = reader.peek_next_page().map_err(fault::parquet)? {
        if !page.is_dict {
            values += page.num_levels.or(page.num_rows).unwrap_or_default() as u64;
        }
        reader.skip_next_page().map_err(fault::parquet)?;
    }
    if values == column.num_values().unsigned_abs() { Ok(()) } else { Err(damaged()) }
}
