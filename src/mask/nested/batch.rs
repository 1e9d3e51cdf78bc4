//! A batch of values with parts: parts are gathered, masked operator by operator, and put back.

use std::ops::Range;
use std::sync::Arc;

use super::super::invalid::{Rejected, Rejector};
use super::super::{Batch, CellError, Operator, Scratch, Tally, rows};
use super::{Frame, Syntax};
use crate::base::ErrorKind;
use crate::table::{Cell, Column, ColumnBuilder, Span};

/// Why a cell has no parts.
pub(in super::super) enum Fault {
    /// It is not of the syntax.
    Invalid,
    /// It has a part that the policy does not name; this is where.
    Unnamed(String),
}

/// A part of a cell that may get a new value.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Leaf {
    /// The first of its bytes in the cell.
    pub(in super::super) start: u32,
    /// The byte after its last.
    pub(in super::super) end: u32,
    /// What the syntax wants to know of it when it is written.
    pub(in super::super) form: u32,
    /// The operator, or [`FIXED`].
    slot: u32,
    /// Its place in the operator's column.
    cell: u32,
}

/// In place of an operator: the part gets its fixed text.
const FIXED: u32 = u32::MAX;

/// An operator at work.
pub(super) struct Slot {
    pub(super) operator: Arc<dyn Operator>,
    pub(super) follows_subject: bool,
    pub(super) reads: Range<usize>,
    pub(super) sentinels: Vec<Vec<u8>>,
}

/// The parts of one operator: a column in the making, and the row of each.
#[derive(Default)]
struct Gathered {
    bytes: Vec<u8>,
    spans: Vec<Span>,
    rows: Vec<u32>,
}

/// What a batch of values with parts is worked on in, recycled from block to block.
#[derive(Default)]
pub(in super::super) struct Buffers {
    leaves: Vec<Leaf>,
    gathered: Vec<Gathered>,
    results: Vec<ColumnBuilder>,
    documents: Vec<Document>,
    /// Rows with a part that was outside of its operator's domain.
    marked: Vec<u32>,
    rejected: Rejected,
    text: Vec<u8>,
    decoded: Vec<u8>,
    frames: Vec<Frame>,
    selected: Selected,
}

/// Room for the columns of the rows that an operator's parts are in.
#[derive(Default)]
struct Selected {
    subjects: Vec<Span>,
    genders: Vec<Span>,
    others: Vec<Vec<Span>>,
}

/// A cell that gets a new value.
struct Document {
    row: u32,
    fate: Treated,
}

enum Treated {
    /// It has these parts.
    Parts(Range<usize>),
    /// Its new text is here in [`Buffers::text`].
    Written(Range<usize>),
    /// No part changes.
    Kept,
    /// It is not of the syntax, or too long with its new parts.
    Invalid,
}

/// What [`Syntax::find`] puts what it finds into.
pub(in super::super) struct Found<'a> {
    row: u32,
    others: &'a [Column<'a>],
    slots: &'a [Slot],
    leaves: &'a mut Vec<Leaf>,
    gathered: &'a mut Vec<Gathered>,
    /// Room for a value as it is without escapes.
    pub(in super::super) decoded: &'a mut Vec<u8>,
    /// Room for the places that a walk is in.
    pub(in super::super) frames: &'a mut Vec<Frame>,
}

impl<'a> Found<'a> {
    /// The row's value in a column that the syntax looks at.
    pub(in super::super) fn column(&self, number: usize) -> Option<&'a str> {
        let column = self.others.get(number)?;
        std::str::from_utf8(column.value(self.row as usize)?).ok()
    }

    /// A part for the operator `slot`: it stands at `range`, its value is `value`, or NULL.
    pub(in super::super) fn push(&mut self, range: Range<usize>, form: u32, slot: u32, value: Option<&[u8]>) {
        let own = &self.slots[slot as usize];
        if value.is_some_and(|value| own.sentinels.iter().any(|sentinel| sentinel == value)) {
            return;
        }
        let gathered = &mut self.gathered[slot as usize];
        let cell = gathered.spans.len() as u32;
        gathered.spans.push(match value {
            None => Span::NULL,
            Some(value) => Span::raw(gathered.bytes.len(), value.len()),
        });
        gathered.bytes.extend_from_slice(value.unwrap_or_default());
        gathered.rows.push(self.row);
        self.leaves.push(Leaf { start: range.start as u32, end: range.end as u32, form, slot, cell });
    }

    /// A part that gets its fixed text.
    pub(in super::super) fn redact(&mut self, range: Range<usize>, form: u32) {
        let (start, end) = (range.start as u32, range.end as u32);
        self.leaves.push(Leaf { start, end, form, slot: FIXED, cell: 0 });
    }

    /// Forgets all parts of a cell but the first so many.
    fn undo(&mut self, count: usize) {
        for leaf in self.leaves.drain(count..).rev().filter(|leaf| leaf.slot != FIXED) {
            let gathered = &mut self.gathered[leaf.slot as usize];
            if let Some(span) = gathered.spans.pop().filter(|span| !span.is_null()) {
                gathered.bytes.truncate(span.range().start);
            }
            gathered.rows.pop();
        }
    }
}

/// What operators made of the parts.
pub(in super::super) struct Results<'a>(&'a [ColumnBuilder]);

impl Results<'_> {
    /// What became of a leaf; `None` for one that gets its fixed text.
    pub(in super::super) fn cell(&self, leaf: &Leaf) -> Option<Cell<'_>> {
        self.0.get(leaf.slot as usize).map(|builder| builder.cell(leaf.cell as usize))
    }
}

/// The operator of a column of values with parts.
pub(super) struct Container<S> {
    pub(super) syntax: Arc<S>,
    pub(super) slots: Vec<Slot>,
    pub(super) rejector: Rejector,
    pub(super) width: Option<u32>,
}

impl<S: Syntax> Operator for Container<S> {
    fn mask(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        // An operator of parts may itself be of this kind and needs buffers of its own.
        let mut buffers = scratch.nested.pop().unwrap_or_default();
        let result = self.run(batch, out, scratch, &mut buffers);
        scratch.nested.push(buffers);
        result
    }
}

impl<S: Syntax> Container<S> {
    fn run(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
        buffers: &mut Buffers,
    ) -> Result<Tally, CellError> {
        self.find(batch, buffers)?;
        for (index, slot) in self.slots.iter().enumerate() {
            slot.run(batch, index, buffers, scratch)?;
        }
        buffers.marked.sort_unstable();
        buffers.marked.dedup();
        self.splice(batch, buffers)?;
        Ok(self.write(batch, out, scratch, buffers))
    }

    /// Gathers the parts of all cells.
    fn find(&self, batch: &Batch<'_>, buffers: &mut Buffers) -> Result<(), CellError> {
        let Buffers { leaves, gathered, documents, marked, rejected, decoded, frames, .. } = buffers;
        leaves.clear();
        documents.clear();
        marked.clear();
        rejected.clear();
        gathered.resize_with(self.slots.len().max(gathered.len()), Gathered::default);
        for gathered in gathered.iter_mut() {
            gathered.bytes.clear();
            gathered.spans.clear();
            gathered.rows.clear();
        }
        for (row, value) in rows::present_cells(&batch.cells) {
            let cell = rows::text(row, value)?;
            let first = leaves.len();
            let others = batch.others;
            let mut found =
                Found { row: row as u32, others, slots: &self.slots, leaves, gathered, decoded, frames };
            let fate = match self.syntax.find(cell, &mut found) {
                Ok(()) if found.leaves.len() == first => continue,
                Ok(()) => Treated::Parts(first..found.leaves.len()),
                Err(Fault::Invalid) => {
                    found.undo(first);
                    Treated::Invalid
                }
                Err(Fault::Unnamed(place)) => {
                    return Err(CellError { row, kind: ErrorKind::Unnamed { what: S::PART, place } });
                }
            };
            documents.push(Document { row: row as u32, fate });
        }
        Ok(())
    }

    /// Writes all cells with their new parts.
    fn splice(&self, batch: &Batch<'_>, buffers: &mut Buffers) -> Result<(), CellError> {
        let Buffers { leaves, results, documents, rejected, text, .. } = buffers;
        let results = Results(&results[..self.slots.len().min(results.len())]);
        text.clear();
        for Document { row, fate } in documents {
            let row = *row as usize;
            let value = batch.cells.value(row).unwrap_or_default();
            if let Treated::Parts(range) = fate {
                let start = text.len();
                let changed =
                    self.syntax.splice(rows::text(row, value)?, &leaves[range.clone()], &results, text);
                *fate = match changed {
                    false => Treated::Kept,
                    true if self.fits(&text[start..]) => Treated::Written(start..text.len()),
                    true => Treated::Invalid,
                };
                if !matches!(fate, Treated::Written(_)) {
                    text.truncate(start);
                }
            }
            if matches!(fate, Treated::Invalid) {
                self.rejector.reject(row, value, rejected)?;
            }
        }
        self.rejector.finish(rejected);
        Ok(())
    }

    fn fits(&self, text: &[u8]) -> bool {
        let characters = || text.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
        self.width.is_none_or(|width| text.len() <= width as usize || characters() <= width as usize)
    }

    /// Appends one cell per row.
    fn write(
        &self,
        batch: &Batch<'_>,
        out: &mut ColumnBuilder,
        scratch: &mut Scratch,
        buffers: &mut Buffers,
    ) -> Tally {
        let Buffers { documents, rejected, text, marked, .. } = buffers;
        let mut tally = Tally::default();
        let (mut row, mut next_rejected) = (0, 0);
        for document in documents.iter() {
            while row < document.row {
                out.keep();
                row += 1;
            }
            row += 1;
            match &document.fate {
                Treated::Written(range) => {
                    out.value(&text[range.clone()]);
                    tally.masked += 1;
                }
                Treated::Invalid => {
                    out.write(|buffer| self.rejector.write(rejected, next_rejected, buffer));
                    next_rejected += 1;
                    tally.masked += 1;
                    marked.push(document.row);
                }
                Treated::Kept | Treated::Parts(_) => out.keep(),
            }
        }
        for _ in row as usize..batch.cells.len() {
            out.keep();
        }
        marked.sort_unstable();
        marked.dedup();
        tally.invalid = marked.len() as u64;
        // For an operator that these cells are parts of.
        scratch.rejected.set_rows(marked);
        tally
    }
}

impl Slot {
    /// Masks the parts of all rows that are this operator's.
    fn run(
        &self,
        batch: &Batch<'_>,
        index: usize,
        buffers: &mut Buffers,
        scratch: &mut Scratch,
    ) -> Result<(), CellError> {
        let Buffers { gathered, results, marked, selected, .. } = buffers;
        if results.len() <= index {
            results.resize_with(index + 1, ColumnBuilder::default);
        }
        results[index].clear();
        let Gathered { bytes, spans, rows } = &gathered[index];
        if spans.is_empty() {
            return Ok(());
        }
        let Selected { subjects, genders, others: spans_of_others } = selected;
        let own = &batch.others[self.reads.clone()];
        spans_of_others.resize_with(own.len().max(spans_of_others.len()), Vec::new);
        let others: Vec<Column<'_>> =
            own.iter().zip(spans_of_others).map(|(column, spans)| column.select(rows, spans)).collect();
        let follows = |column: &&Column<'_>| self.follows_subject && !column.is_empty();
        let part = Batch {
            cells: Column::new(bytes, &[], spans),
            subjects: batch.subjects.as_ref().filter(follows).map(|column| column.select(rows, subjects)),
            genders: batch.genders.as_ref().filter(follows).map(|column| column.select(rows, genders)),
            others: &others,
            encoding: batch.encoding,
        };
        scratch.rejected.clear();
        let tally = self.operator.mask(&part, &mut results[index], scratch).map_err(|error| CellError {
            row: rows[error.row.min(rows.len() - 1)] as usize,
            kind: error.kind,
        })?;
        if results[index].len() != spans.len() {
            return Err(CellError { row: rows[0] as usize, kind: ErrorKind::Panic("an operator") });
        }
        if tally.invalid > 0 {
            marked.extend(scratch.rejected.rows().iter().filter_map(|part| rows.get(*part as usize)));
        }
        Ok(())
    }
}
