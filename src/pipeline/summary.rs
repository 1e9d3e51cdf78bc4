//! What a run did, in numbers.

use std::collections::BTreeMap;

use serde::Serialize;

/// Counts of a whole run.
#[derive(Clone, Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// Tables that rows came for.
    pub tables: Vec<TableSummary>,
    /// Statements left out, by class.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// Counts of one table.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct TableSummary {
    /// Name.
    pub name: String,
    /// Rows read.
    pub rows: u64,
    /// Whether they were left out.
    pub dropped: bool,
    /// Masked columns.
    pub columns: Vec<ColumnSummary>,
}

/// Counts of one masked column.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct ColumnSummary {
    /// Name.
    pub name: String,
    /// NULLs, which stay.
    pub nulls: u64,
    /// Cells with a new value.
    pub masked: u64,
    /// Of those, cells outside the operator's domain.
    pub invalid: u64,
}

impl Summary {
    /// Rows of all tables.
    pub fn rows(&self) -> u64 {
        self.tables.iter().map(|table| table.rows).sum()
    }

    /// Cells with a new value.
    pub fn masked(&self) -> u64 {
        self.columns().map(|column| column.masked).sum()
    }

    /// Of those, cells outside their operator's domain.
    pub fn invalid(&self) -> u64 {
        self.columns().map(|column| column.invalid).sum()
    }

    /// Adds the counts of another run.
    pub(super) fn merge(&mut self, other: Self) {
        for table in other.tables {
            let Some(own) = self.tables.iter_mut().find(|own| own.name == table.name) else {
                self.tables.push(table);
                continue;
            };
            own.rows += table.rows;
            own.dropped |= table.dropped;
            for column in table.columns {
                let Some(sum) = own.columns.iter_mut().find(|sum| sum.name == column.name) else {
                    own.columns.push(column);
                    continue;
                };
                sum.nulls += column.nulls;
                sum.masked += column.masked;
                sum.invalid += column.invalid;
            }
        }
        self.tables.sort_by(|a, b| a.name.cmp(&b.name));
        for (class, count) in other.dropped {
            *self.dropped.entry(class).or_default() += count;
        }
    }

    fn columns(&self) -> impl Iterator<Item = &ColumnSummary> {
        self.tables.iter().flat_map(|table| &table.columns)
    }
}
