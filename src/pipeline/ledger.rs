//! The counts of a run, entered in input order, and the limit on invalid cells.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;
use std::sync::Arc;

use crate::base::{ErrorKind, Result};
use crate::format::Mark;
use crate::table::TableName;

use super::item::Outcome;
use super::job::{Job, Step};
use super::masking::Counts;
use super::summary::{ColumnSummary, Summary, TableSummary};

/// What happened so far.
#[derive(Default)]
pub(super) struct Ledger {
    tables: BTreeMap<TableName, Account>,
    dropped: BTreeMap<&'static str, u64>,
    open: Option<TableName>,
    /// Whether the limits are for whoever has the counts of all inputs.
    deferred: bool,
}

#[derive(Default)]
struct Account {
    dropped: bool,
    rows: u64,
    columns: BTreeMap<String, Entry>,
}

impl Account {
    fn check(&self, table: &TableName) -> Result<()> {
        for (column, entry) in &self.columns {
            entry
                .check(entry.counts.cells)
                .map_err(|error| error.in_table(table.to_string()).in_column(column))?;
        }
        Ok(())
    }
}

/// The counts of one masked column, and their limit.
pub(super) struct Entry {
    entity: &'static str,
    max_invalid: f64,
    pub(super) counts: Counts,
}

impl Entry {
    pub(super) fn new(step: &Step) -> Self {
        Self { entity: step.entity, max_invalid: step.max_invalid, counts: Counts::default() }
    }

    pub(super) fn add(&mut self, counts: &Counts) {
        self.counts.nulls += counts.nulls;
        self.counts.masked += counts.masked;
        self.counts.invalid += counts.invalid;
        self.counts.cells += counts.cells;
    }

    /// Whether the invalid ones of so many cells are within the limit.
    ///
    /// # Errors
    /// [`ErrorKind::TooManyInvalid`].
    pub(super) fn check(&self, cells: u64) -> Result<()> {
        let Counts { nulls, invalid, .. } = self.counts;
        let cells = cells.saturating_sub(nulls);
        if invalid as f64 > self.max_invalid * cells as f64 {
            return Err(ErrorKind::TooManyInvalid {
                entity: self.entity,
                invalid,
                cells,
                allowed: self.max_invalid.to_string(),
            }
            .into());
        }
        Ok(())
    }
}

impl Ledger {
    /// A ledger of one of several inputs. A table may be in many of them, so the limits hold for their sum, which
    /// [`Ledger::check`] looks at.
    pub(super) fn deferred() -> Self {
        Self { deferred: true, ..Self::default() }
    }

    /// Adds the counts of another input.
    pub(super) fn merge(&mut self, other: Self) {
        for (table, account) in other.tables {
            let sum = self.tables.entry(table).or_default();
            sum.dropped |= account.dropped;
            sum.rows += account.rows;
            for (column, entry) in account.columns {
                match sum.columns.entry(column) {
                    MapEntry::Occupied(mut there) => there.get_mut().add(&entry.counts),
                    MapEntry::Vacant(free) => drop(free.insert(entry)),
                }
            }
        }
        for (class, count) in other.dropped {
            *self.dropped.entry(class).or_default() += count;
        }
    }

    /// Whether all tables are within their limits.
    ///
    /// # Errors
    /// [`ErrorKind::TooManyInvalid`], of the first table that is not.
    pub(super) fn check(&self) -> Result<()> {
        self.tables.iter().try_for_each(|(table, account)| account.check(table))
    }

    /// Enters one result; `mark` is what its bytes mean.
    ///
    /// # Errors
    /// The worker's own error, its row now counted from the table's first; too many invalid cells at a table's end.
    pub(super) fn enter(&mut self, outcome: Outcome, mark: Option<&Mark>) -> Result<()> {
        match outcome {
            Outcome::Passed => {}
            Outcome::Dropped(class) => *self.dropped.entry(class).or_default() += 1,
            Outcome::Rows { job, rows, counts } => self.rows(&job, rows, &counts)?,
            Outcome::Failed { error, table } => {
                return Err(error.after_rows(self.tables.get(&table).map_or(0, |account| account.rows)));
            }
        }
        if matches!(mark, Some(Mark::RowsEnd)) { self.close() } else { Ok(()) }
    }

    fn rows(&mut self, job: &Arc<Job>, rows: u64, counts: &[Counts]) -> Result<()> {
        if self.open.as_ref() != Some(&job.table) {
            self.close()?;
            self.open = Some(job.table.clone());
        }
        let account = self.tables.entry(job.table.clone()).or_default();
        account.dropped |= job.drop_rows;
        account.rows += rows;
        for (step, count) in job.all_steps().zip(counts) {
            let entry = account.columns.entry(step.column.clone()).or_insert_with(|| Entry::new(step));
            entry.add(count);
        }
        Ok(())
    }

    /// The table whose rows are coming in, and how many there were.
    pub(super) fn open(&self) -> Option<(&TableName, u64)> {
        let table = self.open.as_ref()?;
        Some((table, self.tables.get(table)?.rows))
    }

    /// Ends a table, and the run if too many of its cells were invalid.
    ///
    /// # Errors
    /// [`ErrorKind::TooManyInvalid`].
    pub(super) fn close(&mut self) -> Result<()> {
        let Some(table) = self.open.take() else { return Ok(()) };
        if self.deferred { Ok(()) } else { self.tables[&table].check(&table) }
    }

    /// The counts, for reports.
    pub(super) fn into_summary(self) -> Summary {
        let tables = self.tables.into_iter().map(|(name, account)| TableSummary {
            name: name.to_string(),
            rows: account.rows,
            dropped: account.dropped,
            columns: account
                .columns
                .into_iter()
                .map(|(name, entry)| ColumnSummary {
                    name,
                    nulls: entry.counts.nulls,
                    masked: entry.counts.masked,
                    invalid: entry.counts.invalid,
                })
                .collect(),
        });
        Summary { tables: tables.collect(), dropped: self.dropped }
    }
}
