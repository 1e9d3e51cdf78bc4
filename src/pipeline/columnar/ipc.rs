//! An Arrow file or stream, batch by batch.

use std::io::Write;

use crate::base::Result;
use crate::format::columnar::ipc::{IpcInput, IpcOutput};
use crate::pipeline::batches::TableScrubber;
use crate::pipeline::builder::Run;
use crate::pipeline::ordered::ordered;

/// Masks a file or stream, and returns how many entries of its metadata were left out.
///
/// # Errors
/// Whatever ended the run first, in the order of the rows.
pub(super) fn mask(
    run: &Run,
    table: &TableScrubber,
    mut input: IpcInput,
    writer: &mut (impl Write + Send),
) -> Result<u64> {
    let touched = table.touched(input.schema())?;
    let (mut output, left_out) = IpcOutput::new(&input, &touched.columns, writer)?;
    let left_out = left_out + input.left_out;
    let mut rows = 0;
    ordered(
        run.threads,
        || {
            run.go_on()?;
            let Some(batch) = input.next()? else { return Ok(None) };
            let before = rows;
            rows += batch.rows;
            Ok(Some((batch, before)))
        },
        || (),
        |(), (batch, before)| {
            if touched.drop_rows {
                table.passed(batch.rows, true);
                return Ok(None);
            }
            let batch = batch.decode().map_err(|error| error.at_row(before + 1))?;
            table.mask_after(&batch, before).map(Some)
        },
        |batch| batch.map_or(Ok(()), |batch| output.write(&batch)),
    )?;
    table.finish()?;
    output.finish()?;
    Ok(left_out)
}
