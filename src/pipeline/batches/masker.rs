//! One record batch through a mapper.
//!
//! Rows are masked some thousands at a time, so that what operators work on stays in the processor's caches however long
//! the batch is. The output does not depend on where it is cut.

use std::ops::Range;

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use encoding_rs::UTF_8;

use crate::base::{Error, ErrorKind, Result};
use crate::pipeline::job::Step;
use crate::pipeline::masking::{Counts, Masking};
use crate::table::arrow::{Borrowed, Dictionary, Fault, LeafArray, Level, Reading, Strange, Writer, stretch};
use crate::table::{Column, ColumnBuilder, Span};

use super::mapper::{Group, Mapper, Place};

/// Rows masked at once.
const WINDOW: usize = 4096;

/// The scratch space of one thread.
#[derive(Default)]
pub(super) struct Worker {
    masking: Masking,
    readings: Vec<Reading>,
    spans: Vec<Vec<Span>>,
}

/// What was done to one column of a batch.
pub(super) struct Tallied<'m> {
    pub(super) step: &'m Step,
    pub(super) cells: u64,
    pub(super) counts: Counts,
}

/// A leaf of a batch, opened.
struct Open<'a> {
    leaf: &'a LeafArray,
    dictionary: Option<Dictionary<'a>>,
}

/// The row of an error, counted from 0 in the batch, and the error.
type Failure = (usize, Error);

impl Worker {
    /// Masks a batch, whose schema is the mapper's. `go_on` is asked between stretches of rows.
    ///
    /// # Errors
    /// A row that may not pass, counted from the batch's first.
    pub(super) fn mask<'m>(
        &mut self,
        mapper: &'m Mapper,
        batch: &RecordBatch,
        go_on: &dyn Fn() -> Result<()>,
    ) -> Result<(RecordBatch, Vec<Tallied<'m>>)> {
        if mapper.drop_rows {
            return Ok((RecordBatch::new_empty(batch.schema()), Vec::new()));
        }
        let count = mapper.leaves.leaves.len();
        let mut leaves: Vec<Option<LeafArray>> = (0..count).map(|_| None).collect();
        let mut levels: Vec<Level> = Vec::new();
        levels.resize_with(mapper.leaves.levels, Level::default);
        levels[0].rows = batch.num_rows();
        for (node, column) in mapper.nodes.iter().zip(batch.columns()) {
            node.take_apart(column, None, None, &mut leaves, &mut levels);
        }
        let mut made: Vec<Option<ArrayRef>> = vec![None; count];
        let mut tallied = Vec::new();
        for group in &mapper.groups {
            let mut run = Run { mapper, group, leaves: &leaves, levels: &levels, go_on };
            run.group(self, &mut made, &mut tallied)?;
        }
        let columns: Option<Vec<ArrayRef>> = mapper
            .nodes
            .iter()
            .zip(batch.columns())
            .map(|(node, column)| node.put_together(column, &mut made))
            .collect();
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        let masked = columns
            .and_then(|columns| RecordBatch::try_new_with_options(batch.schema(), columns, &options).ok());
        // Arrow's own words could quote a value.
        let masked = masked.ok_or_else(|| {
            Error::new(ErrorKind::Schema("the masked columns do not fit the batch's schema".into()))
        })?;
        Ok((masked, tallied))
    }
}

/// One group of a batch.
struct Run<'m, 'b> {
    mapper: &'m Mapper,
    group: &'m Group,
    leaves: &'b [Option<LeafArray>],
    levels: &'b [Level],
    go_on: &'b dyn Fn() -> Result<()>,
}

impl<'m> Run<'m, '_> {
    fn group(
        &mut self,
        worker: &mut Worker,
        made: &mut [Option<ArrayRef>],
        tallied: &mut Vec<Tallied<'m>>,
    ) -> Result<()> {
        let mut opened: Vec<Option<Open<'_>>> = Vec::with_capacity(self.group.wanted.len());
        for leaf in &self.group.wanted {
            opened.push(match leaf {
                None => None,
                Some(leaf) => {
                    Some(self.open(*leaf).map_err(|Strange(row)| self.strange(*leaf, self.row(*leaf, row)))?)
                }
            });
        }
        match self.group.place {
            Place::Level(level) => self.level(level, &opened, worker, made, tallied),
            Place::Dictionary(leaf) => self.distinct(leaf, &opened, worker, made, tallied),
        }
    }

    /// Masks the rows, or the elements of a list.
    fn level(
        &self,
        level: usize,
        opened: &[Option<Open<'_>>],
        worker: &mut Worker,
        made: &mut [Option<ArrayRef>],
        tallied: &mut Vec<Tallied<'m>>,
    ) -> Result<()> {
        let steps = &self.group.job.steps;
        let rows = self.levels[level].rows;
        let mut writers = steps.iter().map(|step| self.writer(step, rows)).collect::<Result<Vec<_>>>()?;
        let mut counts = vec![Counts::default(); steps.len()];
        let mut start = 0;
        while start < rows {
            (self.go_on)()?;
            let window = self.window(level, opened, start..rows.min(start + WINDOW))?;
            let Worker { masking, readings, spans } = &mut *worker;
            readings.resize_with(opened.len(), Reading::default);
            spans.resize_with(opened.len(), Vec::new);
            let columns = self.read(level, opened, window.clone(), readings, spans)?;
            let column = |cell: usize| columns[cell];
            masking.start(&self.group.job, window.len(), UTF_8, &column);
            for (index, step) in steps.iter().enumerate() {
                let leaf = self.group.leaf(step);
                let of_window = |error: Error| {
                    let row = error.position().row.map_or(0, |row| row as usize - 1);
                    (window.start + row, error)
                };
                let own = masking.step(&self.group.job, index, &column).map_err(of_window);
                let own = own.map_err(|failure| self.failed(leaf, failure))?;
                let shown =
                    self.leaf(leaf).and_then(|leaf| leaf.shown.as_ref()).map(|bits| (bits, window.start));
                let format = &self.mapper.formats[leaf];
                let written =
                    writers[index].append(&masking.built()[index], &column(step.cell), format, shown);
                written.map_err(|fault| self.fault(leaf, &fault))?;
                counts[index].nulls += own.nulls;
                counts[index].masked += own.masked;
                counts[index].invalid += own.invalid;
            }
            start = window.end;
        }
        for ((step, writer), counts) in steps.iter().zip(writers).zip(counts) {
            let leaf = self.group.leaf(step);
            made[leaf] = Some(writer.finish(None).map_err(|fault| self.fault(leaf, &fault))?);
            tallied.push(Tallied { step, cells: rows as u64, counts });
        }
        Ok(())
    }

    /// Masks each value of a dictionary once.
    fn distinct(
        &self,
        leaf: usize,
        opened: &[Option<Open<'_>>],
        worker: &mut Worker,
        made: &mut [Option<ArrayRef>],
        tallied: &mut Vec<Tallied<'m>>,
    ) -> Result<()> {
        let [step] = self.group.job.steps.as_slice() else { return Ok(()) };
        let cell = step.cell;
        let Some(Open { dictionary: Some(dictionary), .. }) = &opened[cell] else { return Ok(()) };
        let distinct = dictionary.distinct();
        let mut writer = self.writer(step, 0)?;
        let Worker { masking, spans, .. } = worker;
        spans.resize_with(opened.len().max(1), Vec::new);
        let mut weights = vec![0u64; distinct.len()];
        for place in distinct.rows.iter().filter(|place| **place != u32::MAX) {
            weights[*place as usize] += 1;
        }
        let mut counts = Counts::default();
        for start in (0..distinct.len()).step_by(WINDOW) {
            (self.go_on)()?;
            let places = start..distinct.len().min(start + WINDOW);
            let cells = dictionary.used(&distinct, places.clone(), &mut spans[0]);
            let column = |_: usize| cells;
            masking.start(&self.group.job, places.len(), UTF_8, &column);
            let first = |row: usize| distinct.first.get(start + row).map_or(0, |row| *row as usize);
            let own = masking.step(&self.group.job, 0, &column).map_err(|error| {
                let row = error.position().row.map_or(0, |row| row as usize - 1);
                self.failed(leaf, (first(row), error))
            })?;
            let built = &masking.built()[0];
            let format = &self.mapper.formats[leaf];
            writer.append(built, &cells, format, None).map_err(|fault| {
                let row = first(fault.row.saturating_sub(start));
                self.fault(leaf, &Fault { row, ..fault })
            })?;
            counts.masked += masked(built, &weights[places]);
            counts.invalid += own.invalid;
        }
        let rows = distinct.rows.len() as u64;
        counts.nulls = rows - weights.iter().sum::<u64>();
        if counts.invalid > 0 {
            counts.invalid = self.invalid(dictionary, worker, distinct.rows.len())?;
        }
        made[leaf] = Some(writer.finish(Some(&distinct.rows)).map_err(|fault| self.fault(leaf, &fault))?);
        tallied.push(Tallied { step, cells: rows, counts });
        Ok(())
    }

    /// Invalid cells of a dictionary by rows: the operator says how many it saw, not which. They are rare.
    fn invalid(&self, dictionary: &Dictionary<'_>, worker: &mut Worker, rows: usize) -> Result<u64> {
        let Worker { masking, spans, .. } = worker;
        let mut invalid = 0;
        for start in (0..rows).step_by(WINDOW) {
            let window = start..rows.min(start + WINDOW);
            let cells = dictionary.rows(window.clone(), &mut spans[0]);
            masking.start(&self.group.job, window.len(), UTF_8, &|_| cells);
            invalid += masking.step(&self.group.job, 0, &|_| cells)?.invalid;
        }
        Ok(invalid)
    }

    /// The part of `rows` whose texts fit one stretch.
    fn window(
        &self,
        level: usize,
        opened: &[Option<Open<'_>>],
        mut rows: Range<usize>,
    ) -> Result<Range<usize>> {
        for (open, leaf) in opened.iter().zip(&self.group.wanted) {
            let (Some(open), Some(leaf)) = (open, leaf) else { continue };
            if open.dictionary.is_some() {
                continue;
            }
            let array = open.leaf.array.as_ref();
            while self
                .entries(*leaf, level, &rows)
                .is_none_or(|entries| stretch(array, entries.clone()) != Some(entries.len()))
            {
                if rows.len() == 1 {
                    let kind = ErrorKind::Schema("a cell is too long to be masked".into());
                    return Err(self.failed(*leaf, (rows.start, Error::new(kind))));
                }
                rows.end = rows.start + rows.len() / 2;
            }
        }
        Ok(rows)
    }

    /// The entries of a leaf that `rows` of a level look at: its own, or those of the rows that list elements are of.
    fn entries(&self, leaf: usize, level: usize, rows: &Range<usize>) -> Option<Range<usize>> {
        if self.mapper.leaves.leaves[leaf].level == level {
            return Some(rows.clone());
        }
        let outer = &self.levels[level].outer.as_ref()?[rows.clone()];
        Some(*outer.first()? as usize..*outer.last()? as usize + 1)
    }

    /// The cells of each wanted column in `rows` of a level.
    fn read<'c>(
        &self,
        level: usize,
        opened: &'c [Option<Open<'_>>],
        rows: Range<usize>,
        readings: &'c mut [Reading],
        spans: &'c mut [Vec<Span>],
    ) -> Result<Vec<Column<'c>>> {
        let none = Column::new(&[], &[], &[]);
        let mut columns = Vec::with_capacity(opened.len());
        for (((open, leaf), reading), spans) in opened.iter().zip(&self.group.wanted).zip(readings).zip(spans)
        {
            let (Some(open), Some(leaf)) = (open, leaf) else {
                columns.push(none);
                continue;
            };
            let entries = self.entries(*leaf, level, &rows).unwrap_or(0..0);
            let format = &self.mapper.formats[*leaf];
            let is_own = self.mapper.leaves.leaves[*leaf].level == level;
            if let (Some(dictionary), true) = (&open.dictionary, is_own) {
                columns.push(dictionary.rows(entries, spans));
                continue;
            }
            let outer = self.levels[level].outer.as_ref().map_or(&[][..], |outer| &outer[rows.clone()]);
            if let Some(dictionary) = &open.dictionary {
                columns.push(dictionary.at(outer, spans));
                continue;
            }
            let first = entries.start;
            let borrowed: Borrowed<'_> = reading
                .read(open.leaf.array.as_ref(), format, entries, open.leaf.shown.as_ref())
                .map_err(|Strange(row)| self.strange(*leaf, self.row(*leaf, row)))?;
            let whole = reading.column(borrowed);
            columns.push(if is_own {
                whole
            } else {
                whole.gather(outer.iter().map(|row| *row as usize - first), spans)
            });
        }
        Ok(columns)
    }

    fn open(&self, leaf: usize) -> Result<Open<'_>, Strange> {
        let Some(array) = self.leaf(leaf) else { return Err(Strange(0)) };
        let is_dictionary = matches!(array.array.data_type(), arrow_schema::DataType::Dictionary(..));
        let format = &self.mapper.formats[leaf];
        let read = || Dictionary::new(array.array.as_ref(), format, array.shown.as_ref());
        Ok(Open { leaf: array, dictionary: is_dictionary.then(read).transpose()? })
    }

    fn leaf(&self, leaf: usize) -> Option<&LeafArray> {
        self.leaves[leaf].as_ref()
    }

    fn writer(&self, step: &Step, rows: usize) -> Result<Writer> {
        let leaf = self.group.leaf(step);
        let field = &self.mapper.leaves.leaves[leaf].field;
        Writer::new(field.data_type(), &self.mapper.formats[leaf], field.is_nullable(), rows)
            .ok_or_else(|| Error::new(ErrorKind::Panic("an array")).in_column(step.column.clone()))
    }

    /// The row of the batch that an entry of a leaf is of.
    fn row(&self, leaf: usize, entry: usize) -> usize {
        let outer = self.levels[self.mapper.leaves.leaves[leaf].level].outer.as_ref();
        outer.map_or(entry, |outer| outer.get(entry).map_or(0, |row| *row as usize))
    }

    /// An error in an entry of a leaf's level, in its place in the batch.
    fn failed(&self, leaf: usize, (entry, error): Failure) -> Error {
        let column = self.mapper.leaves.leaves[leaf].path.clone();
        error.in_column(column).moved_to_row(self.row(leaf, entry) as u64 + 1)
    }

    fn fault(&self, leaf: usize, fault: &Fault) -> Error {
        self.failed(leaf, (fault.row, Error::new(ErrorKind::Unfit(fault.what))))
    }

    fn strange(&self, leaf: usize, row: usize) -> Error {
        let kind = ErrorKind::Syntax("the value is none of its Arrow type's");
        Error::new(kind).in_column(self.mapper.leaves.leaves[leaf].path.clone()).at_row(row as u64 + 1)
    }
}

/// Rows that got a new value, given the rows that have each cell.
fn masked(built: &ColumnBuilder, weights: &[u64]) -> u64 {
    let changed = |row: &usize| !matches!(built.cell(*row), crate::table::Cell::Kept);
    (0..built.len()).filter(changed).map(|row| weights[row]).sum()
}
