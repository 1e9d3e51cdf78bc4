//! What a worker does with one block: find cells, say what each row is about, mask column by column, splice.

use crate::base::{Equality, Error, ErrorKind, Result, canonical};
use crate::format::{Block, Cells, Codec};
use crate::mask::{Batch, Scratch};
use crate::table::{Cell, Column, ColumnBuilder, Span, SqlType};

use super::job::{Job, RowKey};
use super::scrubber::CellPair;

/// The scratch space of one worker, recycled from block to block.
#[derive(Default)]
pub(super) struct Worker {
    cells: Cells,
    builders: Vec<ColumnBuilder>,
    messages: Vec<MessageColumn>,
    scratch: Scratch,
    part: Vec<u8>,
}

/// Counts of one masked column of one block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    /// Cells that are NULL (or a keyword).
    pub(super) nulls: u64,
    /// Cells with a new value.
    pub(super) masked: u64,
    /// Of those, cells outside the operator's domain.
    pub(super) invalid: u64,
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
        let mut built: Vec<Option<&ColumnBuilder>> = vec![None; job.wanted.len()];
        for (step, builder) in job.steps.iter().zip(&self.builders) {
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
        let rows = codec.check(block, job.columns, &mut self.cells)?;
        std::mem::swap(out, &mut block.bytes);
        Ok((rows, Vec::new()))
    }

    /// Finds the cells of the block and writes the messages of its rows.
    fn tokenize(&mut self, job: &Job, codec: &dyn Codec, block: &Block) -> Result<()> {
        codec.tokenize(block, job.columns, &job.wanted, &mut self.cells)?;
        for step in job.steps.iter().filter(|step| !step.sentinels.is_empty()) {
            self.pass_sentinels(block, step.cell, &step.sentinels);
        }
        self.messages.resize_with(job.keys.len(), MessageColumn::default);
        for (messages, key) in self.messages.iter_mut().zip(&job.keys) {
            messages.fill(key, block, &self.cells, &mut self.part);
        }
        self.builders.resize_with(job.steps.len(), ColumnBuilder::default);
        Ok(())
    }

    /// Hides listed values from the operator, which keeps what it does not see.
    fn pass_sentinels(&mut self, block: &Block, cell: usize, sentinels: &[Vec<u8>]) {
        for row in 0..self.cells.rows {
            let value = self.cells.column(block, cell).value(row);
            if value.is_some_and(|value| sentinels.iter().any(|sentinel| sentinel == value)) {
                self.cells.columns[cell].values[row] = Span::NULL;
            }
        }
    }

    fn step(&mut self, job: &Job, block: &Block, index: usize) -> Result<Counts> {
        let step = &job.steps[index];
        let batch = Batch {
            cells: self.cells.column(block, step.cell),
            subjects: step.key.map(|key| self.messages[key].column()),
            genders: step.gender.map(|cell| self.cells.column(block, cell)),
        };
        let builder = &mut self.builders[index];
        builder.clear();
        let tally = step.operator.mask(&batch, builder, &mut self.scratch).map_err(|error| {
            Error::new(error.kind).in_column(step.column.clone()).at_row(error.row as u64 + 1)
        })?;
        if builder.len() != self.cells.rows {
            return Err(Error::new(ErrorKind::Panic("an operator")).in_column(step.column.clone()));
        }
        let nulls = self.cells.columns[step.cell].values.iter().filter(|span| span.is_null()).count() as u64;
        Ok(Counts { nulls, masked: tally.masked, invalid: tally.invalid })
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
                    let output = match self.builders[index].cell(row) {
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

/// The subject messages of a block's rows.
#[derive(Default)]
struct MessageColumn {
    bytes: Vec<u8>,
    spans: Vec<Span>,
}

impl MessageColumn {
    fn column(&self) -> Column<'_> {
        Column::new(&self.bytes, &[], &self.spans)
    }

    /// Writes `LP(domain) || LP(part) ..` for each row; a row with a NULL part has no message.
    fn fill(&mut self, key: &RowKey, block: &Block, cells: &Cells, part: &mut Vec<u8>) {
        self.bytes.clear();
        self.spans.clear();
        let mut head = Vec::new();
        canonical::length_prefixed(key.domain.as_bytes(), &mut head);
        if let [(cell, _)] = key.parts[..] {
            self.fill_short(&head, &cells.column(block, cell));
        }
        'rows: for row in self.spans.len()..cells.rows {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(&head);
            for (cell, sql_type) in &key.parts {
                let Some(value) = cells.column(block, *cell).value(row) else {
                    self.bytes.truncate(start);
                    self.spans.push(Span::NULL);
                    continue 'rows;
                };
                part.clear();
                write_canonical(value, sql_type, part);
                canonical::length_prefixed(part, &mut self.bytes);
            }
            self.spans.push(Span::raw(start, self.bytes.len() - start));
        }
    }
}

impl MessageColumn {
    /// Writes the messages of the first rows, as long as their one part is a plain number of up to 16 digits: at a fixed
    /// length, cut off behind the number.
    fn fill_short(&mut self, head: &[u8], parts: &Column<'_>) {
        const MOST: usize = 64;
        const DIGITS: usize = 16;
        const EACH: u128 = u128::MAX / 0xff;
        // The head, and the length of the part but for its last byte.
        let before = head.len() + size_of::<u32>() - 1;
        let mut padded = [0; MOST];
        if before > MOST {
            return;
        }
        padded[..head.len()].copy_from_slice(head);
        for row in 0..parts.len() {
            let Some(len) = parts.value(row).map(<[u8]>::len).filter(|len| (1..=DIGITS).contains(len)) else {
                return;
            };
            let Some(digits) = parts.window::<DIGITS>(row) else { return };
            // All at once: what is more than 9 in a byte sets its highest bit.
            let own = u128::MAX >> (8 * (DIGITS - len));
            let values = (u128::from_le_bytes(*digits) ^ (EACH * 0x30)) & own;
            let is_number = (values | values.wrapping_add(EACH * 0x76)) & (EACH * 0x80) == 0;
            if !is_number || (digits[0] == b'0' && len > 1) {
                return;
            }
            let start = self.bytes.len();
            self.bytes.extend_from_slice(&padded);
            self.bytes.truncate(start + before);
            self.bytes.push(len as u8);
            self.bytes.extend_from_slice(digits);
            let whole = before + 1 + len;
            self.bytes.truncate(start + whole);
            self.spans.push(Span::raw(start, whole));
        }
    }
}

/// The canonical text of a key part: integers and integral text as decimal digits, other text by its equality.
fn write_canonical(value: &[u8], sql_type: &SqlType, out: &mut Vec<u8>) {
    let plain_digits =
        value.iter().all(u8::is_ascii_digit) && (value.first() != Some(&b'0') || value == b"0");
    if plain_digits {
        out.extend_from_slice(value);
        return;
    }
    if matches!(sql_type.base(), SqlType::Integer { .. } | SqlType::Numeric { .. })
        && let Some(number) = canonical::integer(value)
    {
        out.extend_from_slice(number.to_string().as_bytes());
        return;
    }
    let folds = matches!(sql_type.base(), SqlType::Text { case_insensitive: true, .. });
    let equality = if folds { Equality::CaseInsensitive } else { Equality::Exact };
    match std::str::from_utf8(value) {
        Ok(text) => out.extend_from_slice(canonical::text(text, equality).as_bytes()),
        Err(_) => out.extend_from_slice(value),
    }
}
