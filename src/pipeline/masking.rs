//! What masks the columns of a job, wherever their cells come from: a block of a dump or a batch of arrays.
//!
//! Subjects, conditions, sentinels, genders and the other columns of a row are looked up here and nowhere else, so that
//! a value becomes the same in every format.

use encoding_rs::Encoding;

use crate::base::{Equality, Error, ErrorKind, Result, canonical};
use crate::mask::{CellError, Scratch, Tally};
use crate::table::{Column, ColumnBuilder, Span, SqlType};

use super::branch_rows::{BranchRows, Inputs};
use super::job::{Branch, Job, KeyPart, RowKey};

/// The scratch space of masking, recycled from block to block.
pub(super) struct Masking {
    /// The encoding that the output will be written in.
    encoding: &'static Encoding,
    builders: Vec<ColumnBuilder>,
    messages: Vec<MessageColumn>,
    scratch: Scratch,
    rows: BranchRows,
    part: Vec<u8>,
}

impl Default for Masking {
    fn default() -> Self {
        Self {
            encoding: encoding_rs::UTF_8,
            builders: Vec::new(),
            messages: Vec::new(),
            scratch: Scratch::default(),
            rows: BranchRows::default(),
            part: Vec::new(),
        }
    }
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
    /// Cells in all.
    pub(super) cells: u64,
}

impl Masking {
    /// Starts on some rows: `column` gives the cells of each of the job's wanted columns. Writes the messages of the
    /// rows' subjects.
    pub(super) fn start<'a>(
        &mut self,
        job: &Job,
        rows: usize,
        encoding: &'static Encoding,
        column: &dyn Fn(usize) -> Column<'a>,
    ) {
        self.encoding = encoding;
        self.messages.resize_with(job.keys.len(), MessageColumn::default);
        for (index, (messages, key)) in self.messages.iter_mut().zip(&job.keys).enumerate() {
            if job.uses_key(index) {
                messages.fill(key, rows, column, &mut self.part);
            }
        }
        self.builders.resize_with(job.steps.len(), ColumnBuilder::default);
    }

    /// What has been made of the columns, one entry for each step.
    pub(super) fn built(&self) -> &[ColumnBuilder] {
        &self.builders
    }

    /// Masks the column of step `index`.
    ///
    /// # Errors
    /// The first row that may not pass, counted from the first of these rows.
    pub(super) fn step<'a>(
        &mut self,
        job: &Job,
        index: usize,
        column: &dyn Fn(usize) -> Column<'a>,
    ) -> Result<Counts> {
        let step = &job.steps[index];
        let Self { encoding, builders, messages, scratch, rows, .. } = self;
        // A column may be narrower than the dump; a dump that is not in Unicode is as narrow itself.
        let encoding = match step.encoding {
            Some(narrower) if *encoding == encoding_rs::UTF_8 => narrower,
            _ => *encoding,
        };
        let originals = column(step.cell);
        let builder = &mut builders[index];
        builder.clear();
        let inputs = |branch: &Branch| Inputs {
            cells: originals,
            subjects: branch.key.map(|key| messages[key].column()),
            genders: branch.gender.map(column),
            others: branch.others.iter().map(|cell| column(*cell)).collect(),
            encoding,
        };
        let in_column = |error: CellError| {
            Error::new(error.kind).in_column(step.column.clone()).at_row(error.row as u64 + 1)
        };
        let tally = match step.branches.as_slice() {
            [branch] if branch.when.is_none() && branch.sentinels.is_empty() && !step.keeps_rows => {
                let inputs = inputs(branch);
                branch.operator.mask(&inputs.batch(), builder, scratch).map_err(in_column)?
            }
            branches => {
                rows.divide(step, job.keep_rows.as_ref(), originals, column).map_err(in_column)?;
                let mut tally = Tally::default();
                for (number, branch) in branches.iter().enumerate() {
                    let own = rows.mask(number, branch, &inputs(branch), scratch).map_err(in_column)?;
                    tally.masked += own.masked;
                    tally.invalid += own.invalid;
                }
                rows.join(builder);
                tally
            }
        };
        if builder.len() != originals.len() {
            return Err(Error::new(ErrorKind::Panic("an operator")).in_column(step.column.clone()));
        }
        let nulls = originals.nulls();
        let cells = originals.len() as u64;
        Ok(Counts { nulls, masked: tally.masked, invalid: tally.invalid, cells })
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
    fn fill<'a>(
        &mut self,
        key: &RowKey,
        rows: usize,
        column: &dyn Fn(usize) -> Column<'a>,
        part: &mut Vec<u8>,
    ) {
        self.bytes.clear();
        self.spans.clear();
        let mut head = Vec::new();
        canonical::length_prefixed(key.domain.as_bytes(), &mut head);
        let parts: Vec<(Column<'a>, &KeyPart)> =
            key.parts.iter().map(|part| (column(part.cell), part)).collect();
        if let [(numbers, part)] = &parts[..]
            && part.sentinels.is_empty()
        {
            self.fill_short(&head, numbers);
        }
        'rows: for row in self.spans.len()..rows {
            let start = self.bytes.len();
            self.bytes.extend_from_slice(&head);
            for (column, KeyPart { sql_type, sentinels, .. }) in &parts {
                let value = column.value(row);
                let Some(value) = value.filter(|value| !sentinels.iter().any(|sentinel| sentinel == value))
                else {
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
    if (sql_type.is_integer() || matches!(sql_type.base(), SqlType::Numeric { .. }))
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
