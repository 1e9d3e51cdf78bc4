//! What a worker does with one block: find cells, say what each row is about, mask column by column, splice.

use crate::base::{Error, Result};
use crate::format::{Block, Cells, Codec};
use crate::table::{Cell, Column, ColumnBuilder, Span};

use super::job::{Job, Nested};
use super::masking::{Counts, Masking};
use super::scrubber::CellPair;

/// The scratch space of one worker, recycled from block to block.
#[derive(Default)]
pub(super) struct Worker {
    cells: Cells,
    masking: Masking,
    /// Those of the levels of cells in arrays.
    nested: Vec<Masking>,
    /// Cells of the rows, put beside the entries of a level.
    beside: Vec<Vec<Span>>,
}

impl Worker {
    /// Masks `block` into `out` and returns its rows and the counts of each step.
    ///
    /// # Errors
    /// The first row that cannot be read or may not pass, its number counted from the block's first row.
    pub(super) fn mask(
        &mut self,
        job: &Job,
        codec: &dyn Codec,
        block: &Block,
        out: &mut Vec<u8>,
    ) -> Result<(u64, Vec<Counts>)> {
        self.tokenize(job, codec, block)?;
        let mut counts = Vec::with_capacity(job.steps.len());
        for index in 0..job.steps.len() {
            counts.push(self.step(job, block, index)?);
        }
        self.nested.resize_with(job.nested.len(), Masking::default);
        for (number, nested) in job.nested.iter().enumerate() {
            self.level(nested, number, block, &mut counts)?;
        }
        let mut built: Vec<Option<&ColumnBuilder>> = vec![None; job.shape.wanted.len()];
        let of_levels = self.nested.iter().flat_map(Masking::built);
        for (step, builder) in job.all_steps().zip(self.masking.built().iter().chain(of_levels)) {
            built[step.cell] = Some(builder);
        }
        codec.splice(block, &self.cells, &built, out)?;
        Ok((self.cells.rows as u64, counts))
    }

    /// Passes a block of a table without masked columns: `out` takes its bytes.
    ///
    /// # Errors
    /// The first row that cannot be read, where the format reads rows that pass.
    pub(super) fn pass(
        &mut self,
        job: &Job,
        codec: &dyn Codec,
        block: &mut Block,
        out: &mut Vec<u8>,
    ) -> Result<(u64, Vec<Counts>)> {
        let rows = codec.check(block, &job.shape, &mut self.cells)?;
        std::mem::swap(out, &mut block.bytes);
        Ok((rows, Vec::new()))
    }

    /// Finds the cells of the block and writes the messages of its rows.
    fn tokenize(&mut self, job: &Job, codec: &dyn Codec, block: &Block) -> Result<()> {
        codec.tokenize(block, &job.shape, &mut self.cells)?;
        let Self { cells, masking, .. } = self;
        masking.start(job, cells.rows, block.head.encoding, &|cell| cells.column(block, cell));
        Ok(())
    }

    /// Masks the entries of a level: each has the cells of its row beside it.
    fn level(
        &mut self,
        nested: &Nested,
        number: usize,
        block: &Block,
        counts: &mut Vec<Counts>,
    ) -> Result<()> {
        let Self { cells, nested: maskings, beside, .. } = self;
        let Nested { level, job } = nested;
        let rows_of = &cells.rows_of[*level as usize - 1];
        let wanted = &job.shape.wanted;
        beside.resize_with(wanted.len(), Vec::new);
        let looked = job.looked_at();
        let mut columns: Vec<Column<'_>> = Vec::with_capacity(wanted.len());
        for ((cell, spans), looked) in beside.iter_mut().enumerate().take(wanted.len()).zip(looked) {
            let column = cells.column(block, cell);
            let of_row = job.shape.levels[wanted[cell]] == 0;
            columns.push(if of_row && looked {
                column.gather(rows_of.iter().map(|row| *row as usize), spans)
            } else {
                column
            });
        }
        let masking = &mut maskings[number];
        masking.start(job, rows_of.len(), block.head.encoding, &|cell| columns[cell]);
        for index in 0..job.steps.len() {
            let of_row = |error: Error| match error.position().row {
                Some(entry) => {
                    let row = rows_of.get(entry as usize - 1).copied().unwrap_or_default();
                    error.moved_to_row(u64::from(row) + 1)
                }
                None => error,
            };
            counts.push(masking.step(job, index, &|cell| columns[cell]).map_err(of_row)?);
        }
        Ok(())
    }

    fn step(&mut self, job: &Job, block: &Block, index: usize) -> Result<Counts> {
        let Self { cells, masking, .. } = self;
        masking.step(job, index, &|cell| cells.column(block, cell))
    }

    /// The first rows of a block, for a preview: for each step its column, and (original, new) literals.
    ///
    /// # Errors
    /// As [`Worker::mask`].
    pub(super) fn preview(
        &mut self,
        job: &Job,
        codec: &dyn Codec,
        block: &Block,
        rows: usize,
    ) -> Result<Vec<(String, Vec<CellPair>)>> {
        self.tokenize(job, codec, block)?;
        for index in 0..job.steps.len() {
            self.step(job, block, index)?;
        }
        self.nested.resize_with(job.nested.len(), Masking::default);
        for (number, nested) in job.nested.iter().enumerate() {
            self.level(nested, number, block, &mut Vec::new())?;
        }
        let mut columns = Vec::new();
        let of_levels = self.nested.iter().flat_map(Masking::built);
        for (step, built) in job.all_steps().zip(self.masking.built().iter().chain(of_levels)) {
            let originals = self.cells.column(block, step.cell);
            let cells = (0..originals.len().min(rows))
                .map(|row| {
                    let original = originals.value(row).map(<[u8]>::to_vec);
                    let output = match built.cell(row) {
                        Cell::Kept => original.clone(),
                        Cell::Null => None,
                        Cell::Value(value) => Some(value.to_vec()),
                    };
                    (original, output)
                })
                .collect();
            columns.push((step.column.clone(), cells));
        }
        Ok(columns)
    }
}
