//! A table's part of the plan, resolved against the columns that a run of blocks carries.
//!
//! Made once per [`Head`](crate::format::Head), before its first block is worked on; everything that could be wrong
//! about a table is found here. Workers share it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::{Error, ErrorKind, ProjectKey, Result};
use crate::format::Head;
use crate::mask::Operator;
use crate::plan::{MaskPlan, SubjectPlan, TablePlan};
use crate::table::{SqlType, TableName};

/// What workers do with the blocks of one head.
pub(super) struct Job {
    /// The table in the plan.
    pub(super) table: TableName,
    /// Whether the rows are left out.
    pub(super) drop_rows: bool,
    /// Cells in each row.
    pub(super) columns: usize,
    /// Positions of the cells that are looked at, ascending.
    pub(super) wanted: Vec<usize>,
    /// The columns that get new cells.
    pub(super) steps: Vec<Step>,
    /// What rows are about: one entry for the table's subject and each `row_key`.
    pub(super) keys: Vec<RowKey>,
}

/// One masked column.
pub(super) struct Step {
    /// Column.
    pub(super) column: String,
    /// Index into [`Job::wanted`].
    pub(super) cell: usize,
    /// The operator, with its key.
    pub(super) operator: Arc<dyn Operator>,
    /// What the operator expects a cell to be.
    pub(super) entity: &'static str,
    /// The share of invalid cells that may pass.
    pub(super) max_invalid: f64,
    /// Index into [`Job::keys`].
    pub(super) key: Option<usize>,
    /// Index into [`Job::wanted`] of the gender column.
    pub(super) gender: Option<usize>,
    /// Indexes into [`Job::wanted`] of the other columns that the operator looks at.
    pub(super) others: Vec<usize>,
    /// Values that pass as they are.
    pub(super) sentinels: Vec<Vec<u8>>,
}

/// The columns that say what a row is about.
pub(super) struct RowKey {
    /// Key domain of the subject column.
    pub(super) domain: String,
    /// Index into [`Job::wanted`] and type of each part.
    pub(super) parts: Vec<(usize, SqlType)>,
}

impl Job {
    /// Resolves `table` for blocks of `head`.
    ///
    /// # Errors
    /// A column that the plan does not know, a subject that the rows do not carry.
    pub(super) fn new(table: &TablePlan, head: &Head, keys: Option<&ProjectKey>) -> Result<Self> {
        let names: Vec<&str> = match &head.columns {
            Some(columns) => columns.iter().map(String::as_str).collect(),
            None => table.columns.iter().map(|column| column.name.as_str()).collect(),
        };
        let mut cells = Cells { names: &names, wanted: BTreeMap::new() };
        let mut masked = Vec::new();
        for (position, name) in names.iter().enumerate() {
            let column = table.column(name).ok_or_else(|| {
                Error::new(ErrorKind::Schema(
                    "the data has a column that the schema in use does not have; refresh scrub.lock \
                     (pg_dump -s DB | scrub check --write) and classify it"
                        .into(),
                ))
                .in_table(head.table.to_string())
                .in_column(*name)
            })?;
            if let Some(mask) = column.mask() {
                masked.push((cells.want(position), mask, column));
            } else if !column.is_kept() && !table.drop_rows {
                return Err(Error::new(ErrorKind::Policy("nobody has classified this column".into()))
                    .in_table(head.table.to_string())
                    .in_column(*name));
            }
        }
        if table.drop_rows {
            return Ok(Self::without_steps(table, names.len()));
        }
        let gender = match &table.gender {
            Some(column) if masked.iter().any(|(_, mask, _)| uses_subject(mask)) => {
                Some(cells.find(table, column)?)
            }
            _ => None,
        };
        let mut row_keys: Vec<(&SubjectPlan, RowKey)> = Vec::new();
        let mut steps = Vec::with_capacity(masked.len());
        for (cell, mask, column) in masked {
            let key = match mask.row_key.as_ref().or(table.subject.as_ref()) {
                Some(subject) if uses_subject(mask) => {
                    Some(row_key(subject, table, &mut cells, &mut row_keys)?)
                }
                _ => None,
            };
            let others: Result<Vec<usize>> =
                mask.prepared.reads.iter().map(|other| cells.find(table, other)).collect();
            let domain = keys.map(|keys| keys.domain(&mask.domain));
            steps.push(Step {
                column: column.name.clone(),
                cell,
                operator: (mask.prepared.start)(domain.as_ref()),
                entity: mask.operator.entity,
                max_invalid: mask.max_invalid,
                key,
                gender,
                others: others?,
                sentinels: mask.sentinels.iter().map(|text| text.clone().into_bytes()).collect(),
            });
        }
        let mut job = Self {
            table: table.name.clone(),
            drop_rows: false,
            columns: names.len(),
            wanted: Vec::new(),
            steps,
            keys: row_keys.into_iter().map(|(_, key)| key).collect(),
        };
        cells.settle(&mut job);
        Ok(job)
    }

    fn without_steps(table: &TablePlan, columns: usize) -> Self {
        Self {
            table: table.name.clone(),
            drop_rows: table.drop_rows,
            columns,
            wanted: Vec::new(),
            steps: Vec::new(),
            keys: Vec::new(),
        }
    }
}

/// The index of the row key for `subject`, made on first use.
fn row_key<'p>(
    subject: &'p SubjectPlan,
    table: &TablePlan,
    cells: &mut Cells<'_>,
    keys: &mut Vec<(&'p SubjectPlan, RowKey)>,
) -> Result<usize> {
    if let Some(index) = keys.iter().position(|(known, _)| *known == subject) {
        return Ok(index);
    }
    let mut parts = Vec::with_capacity(subject.columns.len());
    for name in &subject.columns {
        parts.push((cells.find(table, name)?, type_of(table, name)));
    }
    keys.push((subject, RowKey { domain: subject.domain.clone(), parts }));
    Ok(keys.len() - 1)
}

fn uses_subject(mask: &MaskPlan) -> bool {
    mask.keyed_by() == crate::mask::KeyedBy::Subject
}

fn type_of(table: &TablePlan, name: &str) -> SqlType {
    table.column(name).map_or(SqlType::TEXT, |column| column.sql_type.clone())
}

/// Cells that the job looks at: first in the order they were asked for, then sorted by position.
struct Cells<'a> {
    names: &'a [&'a str],
    /// Position in the row -> provisional index.
    wanted: BTreeMap<usize, usize>,
}

impl Cells<'_> {
    fn want(&mut self, position: usize) -> usize {
        let next = self.wanted.len();
        *self.wanted.entry(position).or_insert(next)
    }

    fn find(&mut self, table: &TablePlan, column: &str) -> Result<usize> {
        let position = self.names.iter().position(|name| *name == column).ok_or_else(|| {
            Error::new(ErrorKind::Schema(
                "the rows do not carry the column that says whom they are about".into(),
            ))
            .in_table(table.name.to_string())
            .in_column(column)
        })?;
        Ok(self.want(position))
    }

    /// Sorts the wanted cells by position and renumbers the job's references to them.
    fn settle(self, job: &mut Job) {
        let mut index = vec![0; self.wanted.len()];
        for (sorted, (position, provisional)) in self.wanted.into_iter().enumerate() {
            index[provisional] = sorted;
            job.wanted.push(position);
        }
        for step in &mut job.steps {
            step.cell = index[step.cell];
            step.gender = step.gender.map(|cell| index[cell]);
            for other in &mut step.others {
                *other = index[*other];
            }
        }
        for part in job.keys.iter_mut().flat_map(|key| &mut key.parts) {
            part.0 = index[part.0];
        }
    }
}
