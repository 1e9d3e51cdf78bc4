//! What arrives against what was planned: a dump declares its keys after its rows, so the last look is at its end.

use std::collections::BTreeMap;

use crate::base::{Error, ErrorKind, Result};
use crate::mask;
use crate::table::{Schema, SequenceOwner, TableName};

use super::names;
use super::plan::{ColumnPlan, MaskPlan, Plan, SubjectPlan, Treatment};
use super::problem::Severity;

impl Plan {
    /// The column that a sequence feeds, by the sequence's name in an input.
    pub fn sequence(&self, name: &TableName) -> Option<&SequenceOwner> {
        names::find(&self.sequences, name).map(|(_, owner)| owner)
    }

    /// The versioned data that the plan's operators draw on, with digests: what a lock records.
    pub fn data(&self) -> BTreeMap<String, String> {
        let columns = self.tables.values().flat_map(|table| &table.columns);
        let masks = columns.filter_map(ColumnPlan::mask).flat_map(MaskPlan::all);
        let specs: Vec<&str> = masks
            .flat_map(|mask| mask.prepared.parts.iter().map(|part| &part.spec).chain([&mask.prepared.spec]))
            .map(String::as_str)
            .collect();
        let used = |spec: &str| specs.iter().any(|used| used.split(' ').any(|part| part.starts_with(spec)));
        let files = mask::data_files().into_iter().filter(|file| used(&file.spec));
        files.map(|file| (file.name, file.digest)).collect()
    }

    /// Text columns that pass as they are.
    pub fn kept_text_columns(&self) -> usize {
        let columns = self.tables.values().filter(|table| !table.drop_rows).flat_map(|table| &table.columns);
        columns.filter(|column| column.is_kept() && !column.generated && column.sql_type.is_text()).count()
    }

    /// Whether an input's own DDL fits the schema that this plan was compiled from. Parts that are absent are fine; what
    /// is new or different is not.
    ///
    /// # Errors
    /// Every table, column or key that the plan does not know.
    pub fn check_stream(&self, streamed: &Schema) -> Result<()> {
        let drift = self.schema.check(streamed);
        let errors = drift.iter().filter(|problem| problem.severity == Severity::Error);
        let lines: Vec<String> = errors.map(|problem| format!("  {}", problem.message)).collect();
        if lines.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Schema(format!(
            "the dump does not fit the schema that the plan was made from:\n{}",
            lines.join("\n")
        ))))
    }

    /// Whether this plan, compiled while an input's keys were still to come, is the one that its whole schema gives.
    ///
    /// # Errors
    /// The first column that should have been masked otherwise.
    pub fn check_same(&self, whole: &Self) -> Result<()> {
        for table in self.tables.values() {
            let Some(other) = whole.tables.get(&table.name) else { continue };
            for column in &table.columns {
                let about = (&table.subject, &other.subject);
                if other.column(&column.name).is_none_or(|other| !masked_alike(column, other, about)) {
                    return Err(Error::new(ErrorKind::Schema(
                        "the keys at the end of the dump give this column another operator than its rows were masked \
                         with: write a lock (pg_dump -s DB | scrub check --write) and run again"
                            .into(),
                    ))
                    .in_table(table.name.to_string())
                    .in_column(&column.name));
                }
            }
        }
        Ok(())
    }
}

fn masked_alike(
    one: &ColumnPlan,
    other: &ColumnPlan,
    (subject, other_subject): (&Option<SubjectPlan>, &Option<SubjectPlan>),
) -> bool {
    match (&one.treatment, &other.treatment) {
        (Treatment::Mask(one), Treatment::Mask(other)) => {
            one.operator.name == other.operator.name
                && one.domain == other.domain
                && one.prepared.spec == other.prepared.spec
                && one.row_key == other.row_key
                && one.when == other.when
                && one.branches.len() == other.branches.len()
                && (!one.keyed_by().follows_subject() || subject == other_subject)
        }
        (Treatment::Keep { .. }, Treatment::Keep { .. }) | (Treatment::Refused, Treatment::Refused) => true,
        _ => false,
    }
}
