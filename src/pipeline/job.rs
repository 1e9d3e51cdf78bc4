//! A table's part of the plan, resolved against the columns that a run of blocks carries.
//!
//! Made once per [`Head`](crate::format::Head), before its first block is worked on; everything that could be wrong
//! about a table is found here. Workers share it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::generated;
use super::scan::has_parts;
use crate::base::{Error, ErrorKind, ProjectKey, Result};
use crate::format::{Codec, Head, RowShape, levels};
use crate::mask::Operator;
use crate::plan::{ColumnPlan, Condition, MaskPlan, SubjectPlan, TablePlan, Unmatched};
use crate::table::{Column, SqlType, TableName};

/// What workers do with the blocks of one head.
pub(super) struct Job {
    /// The table in the plan.
    pub(super) table: TableName,
    /// Whether the rows are left out.
    pub(super) drop_rows: bool,
    /// What each row carries, and the cells that are looked at.
    pub(super) shape: RowShape,
    /// The columns that get new cells.
    pub(super) steps: Vec<Step>,
    /// Rows whose cells pass in clear where the step says so: those that this is true for.
    pub(super) keep_rows: Option<Test>,
    /// What rows are about: one entry for the table's subject and each `row_key`.
    pub(super) keys: Vec<RowKey>,
    /// What is done with cells that lie in arrays, for each level of them that has masked columns. The cells that they look
    /// at are numbered as this job's are.
    pub(super) nested: Vec<Nested>,
}

/// What is done with the entries of one level: the elements of an array, with what the row has for all of them.
pub(super) struct Nested {
    /// The level, from 1.
    pub(super) level: u32,
    /// Its steps.
    pub(super) job: Job,
}

/// One masked column.
pub(super) struct Step {
    /// Column.
    pub(super) column: String,
    /// Index into the wanted cells.
    pub(super) cell: usize,
    /// What the column's text can be written in, where that is narrower than Unicode.
    pub(super) encoding: Option<&'static encoding_rs::Encoding>,
    /// What the first operator expects a cell to be.
    pub(super) entity: &'static str,
    /// The share of invalid cells that may pass.
    pub(super) max_invalid: f64,
    /// Its operators, in the order in which they are tried for a row.
    pub(super) branches: Vec<Branch>,
    /// What happens to a row that no branch is for.
    pub(super) unmatched: Unmatched,
    /// Whether [`Job::keep_rows`] holds for it.
    pub(super) keeps_rows: bool,
}

/// One operator of a masked column.
pub(super) struct Branch {
    /// The rows that it is for; all, where there is none.
    pub(super) when: Option<Test>,
    /// The operator, with its key.
    pub(super) operator: Arc<dyn Operator>,
    /// Index into [`Job::keys`].
    pub(super) key: Option<usize>,
    /// Index into the wanted cells of the gender column.
    pub(super) gender: Option<usize>,
    /// Indexes into the wanted cells of the other columns that the operator looks at.
    pub(super) others: Vec<usize>,
    /// Values that pass as they are.
    pub(super) sentinels: Vec<Vec<u8>>,
}

impl Step {
    /// Whether equal cells of a batch become equal cells, whatever else is in their rows.
    #[cfg(feature = "arrow")]
    pub(super) fn follows_value_only(&self) -> bool {
        let alone = |branch: &Branch| {
            branch.when.is_none()
                && branch.key.is_none()
                && branch.gender.is_none()
                && branch.others.is_empty()
        };
        !self.keeps_rows && self.branches.iter().all(alone)
    }
}

/// A condition on a row.
pub(super) struct Test {
    condition: Condition,
    /// Indexes into the wanted cells of the condition's columns.
    cells: Vec<usize>,
}

impl Test {
    fn new(condition: &Condition, table: &TablePlan, cells: &mut Cells<'_>) -> Result<Self> {
        let indexes: Result<Vec<usize>> =
            condition.columns().iter().map(|column| cells.find(table, column)).collect();
        Ok(Self { condition: condition.clone(), cells: indexes? })
    }

    /// What it says of row `row`, given the columns of the wanted cells; `None` for SQL's unknown.
    pub(super) fn evaluate<'a>(&self, row: usize, column: &dyn Fn(usize) -> Column<'a>) -> Option<bool> {
        let cells: Vec<Option<&'a [u8]>> = self.cells.iter().map(|cell| column(*cell).value(row)).collect();
        self.condition.evaluate(&|index| cells[index])
    }
}

/// The columns that say what a row is about.
pub(super) struct RowKey {
    /// Key domain of the subject column.
    pub(super) domain: String,
    /// Its parts.
    pub(super) parts: Vec<KeyPart>,
}

/// A column that says what a row is about.
pub(super) struct KeyPart {
    /// Index into the wanted cells.
    pub(super) cell: usize,
    /// Its type.
    pub(super) sql_type: SqlType,
    /// Values that stand for nobody: they pass as they are, and rows that have them have no subject.
    pub(super) sentinels: Vec<Vec<u8>>,
}

impl Job {
    /// Resolves `table` for blocks of `head`.
    ///
    /// # Errors
    /// A column that the plan does not know, a subject that the rows do not carry.
    pub(super) fn new(
        table: &TablePlan,
        head: &Head,
        codec: &dyn Codec,
        keys: Option<&ProjectKey>,
    ) -> Result<Self> {
        let names: Vec<&str> = match &head.columns {
            Some(columns) => columns.iter().map(String::as_str).collect(),
            None => {
                let carried = |column: &&ColumnPlan| !(column.generated && codec.omits_generated());
                table.columns.iter().filter(carried).map(|column| column.name.as_str()).collect()
            }
        };
        if codec.is_nested() {
            Self::of_paths(table, &head.table, &names, keys)
        } else {
            Self::of_cells(table, &head.table, &names, keys, &|name| codec.is_row_number(name))
        }
    }

    /// Resolves `table` for rows whose columns are paths: one job for what each row has once, and one for the elements of
    /// each array. A step sees the cells of its own level and those of the row.
    fn of_paths(
        table: &TablePlan,
        named: &TableName,
        names: &[&str],
        keys: Option<&ProjectKey>,
    ) -> Result<Self> {
        let levels = levels(names);
        let most = levels.iter().max().copied().unwrap_or_default();
        let mut jobs = Vec::new();
        for level in 0..=most {
            let seen: Vec<usize> = (0..names.len()).filter(|at| [0, level].contains(&levels[*at])).collect();
            let own: Vec<&str> = seen.iter().map(|at| names[*at]).collect();
            let mut job = Self::of_columns(table, named, &own, keys)?;
            job.steps
                .retain(|step| (0..names.len()).any(|at| levels[at] == level && names[at] == step.column));
            // From here on cells are known by their positions among all columns.
            let positions: Vec<usize> = job.shape.wanted.iter().map(|at| seen[*at]).collect();
            let looked = job.looked_at();
            let wanted: Vec<usize> =
                positions.iter().zip(looked).filter_map(|(at, looked)| looked.then_some(*at)).collect();
            job.renumber(&positions);
            jobs.push((level, job, wanted));
        }
        let mut wanted: Vec<usize> = jobs.iter().flat_map(|(_, _, wanted)| wanted).copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut index = vec![0; names.len()];
        for (number, position) in wanted.iter().enumerate() {
            index[*position] = number;
        }
        let has_parts = |name: &&str| table.column(name).is_some_and(|column| has_parts(&column.sql_type));
        let whole = names.iter().map(has_parts).collect();
        let shape = RowShape::nested(names.iter().copied().map(String::from).collect(), wanted, whole);
        let mut jobs = jobs.into_iter().map(|(level, mut job, _)| {
            job.renumber(&index);
            job.shape = shape.clone();
            Nested { level, job }
        });
        let Some(Nested { mut job, .. }) = jobs.next() else {
            return Err(Error::new(ErrorKind::Panic("the plan")));
        };
        job.nested = jobs.filter(|nested| !nested.job.steps.is_empty()).collect();
        Ok(job)
    }

    /// All its steps, those of arrays too.
    pub(super) fn all_steps(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().chain(self.nested.iter().flat_map(|nested| &nested.job.steps))
    }

    /// Whether nothing is masked.
    pub(super) fn is_idle(&self) -> bool {
        self.all_steps().next().is_none()
    }

    /// Resolves `table`, which the data calls `named`, for rows of these columns.
    ///
    /// # Errors
    /// As [`Job::new`].
    pub(super) fn of_columns(
        table: &TablePlan,
        named: &TableName,
        names: &[&str],
        keys: Option<&ProjectKey>,
    ) -> Result<Self> {
        Self::of_cells(table, named, names, keys, &|_| false)
    }

    /// As [`Job::of_columns`]; `is_row_number` knows names of cells that are no columns.
    fn of_cells(
        table: &TablePlan,
        named: &TableName,
        names: &[&str],
        keys: Option<&ProjectKey>,
        is_row_number: &dyn Fn(&str) -> bool,
    ) -> Result<Self> {
        let mut cells = Cells { names, wanted: BTreeMap::new() };
        let mut masked = Vec::new();
        let mut generated = Vec::new();
        for (position, name) in names.iter().enumerate() {
            if is_row_number(name) && table.column(name).is_none() {
                continue;
            }
            let column = table.column(name).ok_or_else(|| {
                Error::new(ErrorKind::Schema(
                    "the data has a column that the schema in use does not have; refresh scrub.lock \
                     (pg_dump -s DB | scrub check --write) and classify it"
                        .into(),
                ))
                .in_table(named.to_string())
                .in_column(*name)
            })?;
            if column.generated {
                generated.push((position, column));
            } else if let Some(mask) = column.mask() {
                masked.push((cells.want(position), mask, column));
            } else if !column.is_kept() && !table.drop_rows {
                return Err(Error::new(ErrorKind::Policy("nobody has classified this column".into()))
                    .in_table(named.to_string())
                    .in_column(*name));
            }
        }
        if table.drop_rows {
            return Ok(Self::without_steps(table, names));
        }
        let gender = match &table.gender {
            Some(column) if masked.iter().any(|(_, mask, _)| mask.all().any(uses_subject)) => {
                Some(cells.find(table, column)?)
            }
            _ => None,
        };
        let mut row_keys: Vec<(&SubjectPlan, RowKey)> = Vec::new();
        let keep_rows =
            table.keep_rows.as_ref().map(|keep| Test::new(&keep.when, table, &mut cells)).transpose()?;
        let mut steps = Vec::with_capacity(masked.len());
        for (cell, mask, column) in masked {
            let mut branches = Vec::with_capacity(1 + mask.branches.len());
            for own in mask.all() {
                let key = match own.row_key.as_ref().or(table.subject.as_ref()) {
                    Some(subject) if uses_subject(own) => {
                        Some(row_key(subject, table, &mut cells, &mut row_keys)?)
                    }
                    _ => None,
                };
                let others: Result<Vec<usize>> =
                    own.prepared.reads.iter().map(|other| cells.find(table, other)).collect();
                let domain = keys.map(|keys| keys.domain(&own.domain));
                branches.push(Branch {
                    when: own.when.as_ref().map(|when| Test::new(when, table, &mut cells)).transpose()?,
                    operator: (own.prepared.start)(domain.as_ref()),
                    key,
                    gender,
                    others: others?,
                    sentinels: sentinels(own),
                });
            }
            steps.push(Step {
                column: column.name.clone(),
                cell,
                encoding: column.encoding.filter(|encoding| *encoding != encoding_rs::UTF_8),
                entity: mask.operator.entity,
                max_invalid: mask.max_invalid,
                branches,
                unmatched: mask.unmatched,
                keeps_rows: mask.keeps_rows && keep_rows.is_some(),
            });
        }
        if !steps.is_empty() {
            steps.extend(
                generated.into_iter().map(|(at, column)| generated::step(&column.name, cells.want(at))),
            );
        }
        let mut job = Self {
            table: table.name.clone(),
            drop_rows: false,
            shape: {
                let mut shape = shape(names);
                shape.binary = binary(table, names);
                shape
            },
            steps,
            keep_rows,
            keys: row_keys.into_iter().map(|(_, key)| key).collect(),
            nested: Vec::new(),
        };
        cells.settle(&mut job);
        Ok(job)
    }

    /// Whether a step follows the row key of this index.
    pub(super) fn uses_key(&self, index: usize) -> bool {
        let mut branches = self.steps.iter().flat_map(|step| &step.branches);
        branches.any(|branch| branch.key == Some(index))
    }

    /// For each wanted cell whether a step or what it depends on looks at it.
    pub(super) fn looked_at(&self) -> Vec<bool> {
        let mut looked = vec![false; self.shape.wanted.len()];
        let mut look = |cells: &[usize]| cells.iter().for_each(|cell| looked[*cell] = true);
        for step in &self.steps {
            look(&[step.cell]);
            for branch in &step.branches {
                look(branch.gender.as_slice());
                look(&branch.others);
                look(branch.when.as_ref().map_or(&[], |when| &when.cells));
            }
            if step.keeps_rows {
                look(self.keep_rows.as_ref().map_or(&[], |keep| &keep.cells));
            }
        }
        for (_, key) in self.keys.iter().enumerate().filter(|(index, _)| self.uses_key(*index)) {
            key.parts.iter().for_each(|part| look(&[part.cell]));
        }
        looked
    }

    /// Gives the cells other numbers: cell `n` becomes `index[n]`.
    fn renumber(&mut self, index: &[usize]) {
        for step in &mut self.steps {
            step.cell = index[step.cell];
            for branch in &mut step.branches {
                branch.gender = branch.gender.map(|cell| index[cell]);
                for cell in
                    branch.others.iter_mut().chain(branch.when.iter_mut().flat_map(|when| &mut when.cells))
                {
                    *cell = index[*cell];
                }
            }
        }
        for cell in self.keep_rows.iter_mut().flat_map(|keep| &mut keep.cells) {
            *cell = index[*cell];
        }
        for part in self.keys.iter_mut().flat_map(|key| &mut key.parts) {
            part.cell = index[part.cell];
        }
    }

    fn without_steps(table: &TablePlan, names: &[&str]) -> Self {
        Self {
            table: table.name.clone(),
            drop_rows: table.drop_rows,
            shape: shape(names),
            steps: Vec::new(),
            keep_rows: None,
            keys: Vec::new(),
            nested: Vec::new(),
        }
    }
}

/// Rows of these columns, none of which is looked at yet.
fn shape(names: &[&str]) -> RowShape {
    RowShape::new(names.iter().copied().map(String::from).collect(), Vec::new())
}

/// Positions of the columns that hold bytes.
fn binary(table: &TablePlan, names: &[&str]) -> Vec<usize> {
    (0..names.len()).filter(|position| type_of(table, names[*position]).is_bytes()).collect()
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
        let sentinels = table.column(name).and_then(ColumnPlan::mask).map(sentinels).unwrap_or_default();
        parts.push(KeyPart { cell: cells.find(table, name)?, sql_type: type_of(table, name), sentinels });
    }
    keys.push((subject, RowKey { domain: subject.domain.clone(), parts }));
    Ok(keys.len() - 1)
}

fn sentinels(mask: &MaskPlan) -> Vec<Vec<u8>> {
    mask.sentinels.iter().map(|text| text.clone().into_bytes()).collect()
}

fn uses_subject(mask: &MaskPlan) -> bool {
    mask.keyed_by().follows_subject()
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
            job.shape.wanted.push(position);
        }
        job.renumber(&index);
    }
}
