//! A Parquet file, row group by row group.

use std::io::Write;

use crate::base::Result;
use crate::format::columnar::parquet::{EncodedGroup, GroupEncoder, Layout, ParquetFile, ParquetOutput};
use crate::pipeline::batches::{TableScrubber, Touched};
use crate::pipeline::builder::Run;
use crate::pipeline::ordered::ordered;

/// Masks a file, and returns how many entries of its metadata were left out.
///
/// # Errors
/// Whatever ended the run first, in the order of the rows.
pub(super) fn mask(
    run: &Run,
    table: &TableScrubber,
    file: &ParquetFile,
    writer: &mut (impl Write + Send),
) -> Result<u64> {
    let touched = table.touched(file.schema())?;
    let layout = layout(table, file, &touched)?;
    let mut output = ParquetOutput::new(file, &layout, writer)?;
    let mut before = Vec::with_capacity(file.groups());
    let mut rows = 0;
    for group in 0..file.groups() {
        before.push(rows);
        rows += file.rows(group);
    }
    if touched.drop_rows {
        table.passed(rows, true);
    } else {
        let mut groups = 0..file.groups();
        ordered(
            run.threads.min(file.groups().max(1)),
            || {
                run.go_on()?;
                Ok(groups.next())
            },
            || (),
            |(), group| Ok((group, mask_group(table, file, &layout, group, before[group])?)),
            |(group, encoded)| {
                if layout.is_empty() {
                    table.passed(file.rows(group), false);
                }
                output.append(group, encoded)
            },
        )?;
    }
    // Too many invalid cells end the run before its output is whole.
    table.finish()?;
    let left_out = output.left_out;
    output.finish()?;
    Ok(left_out)
}

/// What is read and what is made anew.
fn layout(table: &TableScrubber, file: &ParquetFile, touched: &Touched) -> Result<Layout> {
    let layout = Layout::new(file, &touched.masked, &touched.looked_at)?;
    if layout.is_empty() || table.check(&layout.schema).is_ok() {
        return Ok(layout);
    }
    // A condition of the table names a column that no masked column looks at; then all are read.
    let all: Vec<usize> = (0..file.schema().fields().len()).collect();
    Layout::new(file, &touched.masked, &all)
}

/// Makes the masked chunks of one row group, which comes after so many rows.
fn mask_group(
    table: &TableScrubber,
    file: &ParquetFile,
    layout: &Layout,
    group: usize,
    before: u64,
) -> Result<EncodedGroup> {
    let mut encoder = GroupEncoder::new(file, layout, group)?;
    if layout.is_empty() {
        return encoder.finish();
    }
    let mut rows = before;
    let mut reader = file.read(group, &layout.read)?;
    while let Some(batch) = reader.next().map_err(|error| error.at_row(rows + 1))? {
        encoder.write(&table.mask_after(&batch, rows)?)?;
        rows += batch.num_rows() as u64;
    }
    encoder.finish()
}
