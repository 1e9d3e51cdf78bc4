//! Counts of requirements: in all, by criterion, table, column and pair of columns.

use std::collections::BTreeMap;

use serde::Serialize;

use super::requirements::{Coverage, Criterion, Requirement, Status};

/// How many requirements are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// Some row does it.
    pub satisfied: u64,
    /// No row does, and one could.
    pub open: u64,
    /// No row can.
    pub infeasible: u64,
    /// Not known.
    pub unknown: u64,
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, status: &Status) {
        match status {
            Status::Satisfied => self.satisfied += 1,
            Status::Open => self.open += 1,
            Status::Infeasible(_) => self.infeasible += 1,
            Status::Unknown(_) => self.unknown += 1,
        }
    }

    /// The satisfied share of what is not infeasible, in percent; 100 where nothing is asked for. What is unknown is not
    /// satisfied.
    pub fn percent(&self) -> f64 {
        let asked = self.satisfied + self.open + self.unknown;
        if asked == 0 { 100.0 } else { 100.0 * self.satisfied as f64 / asked as f64 }
    }

    /// How many of what is not infeasible are not satisfied.
    pub fn missing(&self) -> u64 {
        self.open + self.unknown
    }
}

/// All counts.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Tally {
    /// All requirements.
    pub total: Counts,
    /// By criterion.
    pub criteria: BTreeMap<Criterion, Counts>,
    /// Tables, in the order of the model.
    pub tables: Vec<TableTally>,
}

/// The counts of one table.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct TableTally {
    /// All.
    pub total: Counts,
    /// By criterion.
    pub criteria: BTreeMap<Criterion, Counts>,
    /// Columns, in the order of the model. A requirement of two columns counts for both.
    pub columns: Vec<ColumnTally>,
    /// Pairs of columns in which something is asked for.
    pub pairs: Vec<PairTally>,
    /// By the columns that requirements are about, those of pairs of values aside; none for whole rows.
    pub groups: BTreeMap<Vec<usize>, Counts>,
    /// Requirements that are open or unknown, those of pairs aside.
    pub gaps: Vec<Requirement>,
}

/// The counts of one column.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct ColumnTally {
    /// All.
    pub total: Counts,
    /// By criterion.
    pub criteria: BTreeMap<Criterion, Counts>,
}

/// The counts of one pair of columns.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PairTally {
    /// The columns.
    pub columns: [usize; 2],
    /// Their pairs of partitions.
    pub counts: Counts,
    /// The first open one, as an example: the partition of each column.
    pub example: Option<String>,
}

impl Tally {
    /// Counts the requirements of `criteria`.
    pub fn new(coverage: &Coverage<'_>, criteria: &[Criterion]) -> Self {
        let tables = coverage
            .model
            .tables
            .iter()
            .map(|table| TableTally {
                columns: vec![ColumnTally::default(); table.columns.len()],
                ..TableTally::default()
            })
            .collect();
        let mut tally = Self { tables, ..Self::default() };
        coverage.each(criteria, &mut |requirement| tally.add(requirement));
        tally
    }

    fn add(&mut self, requirement: Requirement) {
        let Requirement { criterion, status, .. } = &requirement;
        self.total.add(status);
        self.criteria.entry(*criterion).or_default().add(status);
        let table = &mut self.tables[requirement.table];
        table.total.add(status);
        table.criteria.entry(*criterion).or_default().add(status);
        for column in &requirement.columns {
            table.columns[*column].total.add(status);
            table.columns[*column].criteria.entry(*criterion).or_default().add(status);
        }
        if *criterion != Criterion::Twc {
            table.groups.entry(requirement.columns.clone()).or_default().add(status);
        }
        match (criterion, &requirement.columns[..]) {
            (Criterion::Twc, [first, second]) => {
                let columns = [*first, *second];
                // Requirements of a pair come one after the other.
                if table.pairs.last().is_none_or(|last| last.columns != columns) {
                    table.pairs.push(PairTally { columns, counts: Counts::default(), example: None });
                }
                if let Some(pair) = table.pairs.last_mut() {
                    pair.counts.add(status);
                    if *status == Status::Open && pair.example.is_none() {
                        pair.example = Some(requirement.what);
                    }
                }
            }
            _ if matches!(status, Status::Open | Status::Unknown(_)) => table.gaps.push(requirement),
            _ => {}
        }
    }
}
