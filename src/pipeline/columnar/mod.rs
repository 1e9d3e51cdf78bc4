//! Runs over files of record batches: read, masked and written by row groups or batches, side by side and back in order.
//!
//! A row group of a Parquet file is one piece of work: a thread decodes its masked columns batch by batch, masks them, and
//! encodes them into memory; whoever writes copies all other columns from the input. A batch of an Arrow file or stream
//! is one piece of work too.

mod ipc;
mod parquet;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::sync::Arc;

use crate::base::Result;
use crate::format::columnar::Kind;
use crate::format::{Batches, Event, Reader};
use crate::plan::Plan;
use crate::table::SchemaBuilder;

use super::batches::TableScrubber;
use super::builder::Run;
use super::scrubber::{Plans, Scrubber, check_ready};
use super::summary::Summary;

/// What a run leaves out of a file's own metadata is counted as this.
const LEFT_OUT: &str = "metadata";

impl Scrubber {
    /// Masks the batches of an input, with the threads of `run`. A failed run leaves an output without its end.
    ///
    /// # Errors
    /// Whatever ended the run first, in input order.
    pub(super) fn mask_batches(
        &self,
        run: &Run,
        batches: Batches,
        reader: &dyn Reader,
        mut writer: impl Write + Send,
    ) -> Result<Summary> {
        let tail = reader.tail();
        let named = batches.table.to_string();
        let result = self.run_batches(run, batches, &mut writer).and_then(|summary| {
            writer.flush()?;
            Ok(summary)
        });
        result.map_err(|error| {
            if !error.is_broken_pipe() {
                // The run has failed already; an output that cannot be ended stays as it is, without its end.
                let _ = writer.write_all(&tail.bytes()).and_then(|()| writer.flush());
            }
            error.in_table(named)
        })
    }

    fn run_batches(&self, run: &Run, batches: Batches, writer: &mut (impl Write + Send)) -> Result<Summary> {
        run.go_on()?;
        let plan = match &self.plans {
            Plans::Ready(plan) => Arc::clone(plan),
            Plans::FromStream(policy) => {
                let mut schema = SchemaBuilder::new();
                let Event::Table { name, table } = batches.event() else {
                    return Err(crate::base::ErrorKind::Panic("the schema").into());
                };
                schema.file(name, &table);
                let plan = Plan::compile_input(policy, &schema.finish());
                check_ready(&plan, self.keys.as_ref())?;
                Arc::new(plan)
            }
        };
        let table = TableScrubber::new(plan, batches.table, self.keys.clone(), run.clone())?;
        let left_out = match batches.kind {
            Kind::Parquet(file) => parquet::mask(run, &table, &file, writer)?,
            Kind::Ipc(input) => ipc::mask(run, &table, *input, writer)?,
        };
        table.finish()?;
        let mut summary = Summary { tables: vec![table.summary()], ..Summary::default() };
        if left_out > 0 {
            summary.dropped.insert(LEFT_OUT, left_out);
        }
        Ok(summary)
    }
}
