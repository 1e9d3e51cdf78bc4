//! What a worker does with one block: find cells, say what each row is about, mask column by column, splice.

use crate::base::Result;
use crate::format::{Block, Cells, Codec};
use crate::table::{Cell, ColumnBuilder};

use super::job::Job;
use super::masking::{Counts, Masking};
use super::scrubber::CellPair;

/// The scratch space of one worker, recycled from block to block.
#[derive(Default)]
pub(super) struct Worker {
    cells: Cells,
    masking: Masking,
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
        let mut built: Vec<Option<&ColumnBuilder>> = vec![None; job.shape.wanted.len()];
        for (step, builder) in job.steps.iter().zip(self.masking.built()) {
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
        let Self { cells, masking } = self;
        masking.start(job, cells.rows, block.head.encoding, &|cell| cells.column(block, cell));
        Ok(())
    }

    fn step(&mut self, job: &Job, block: &Block, index: usize) -> Result<Counts> {
        let Self { cells, masking } = self;
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
        let mut columns = Vec::new();
        for (index, step) in job.steps.iter().enumerate() {
            self.step(job, block, index)?;
            let originals = self.cells.column(block, step.cell);
            let cells = (0..self.cells.rows.min(rows))
                .map(|row| {
                    let original = originals.value(row).map(<[u8]>::to_vec);
                    let output = match self.masking.built()[index].cell(row) {
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
