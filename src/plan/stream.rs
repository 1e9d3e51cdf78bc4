//! What arrives against what was planned: a dump declares its keys after its rows, so the last look is at its end.

use crate::base::{Error, ErrorKind, Result};
use crate::table::{Schema, SequenceOwner, Table, TableName};

use super::names;
use super::plan::{ColumnPlan, Plan, TablePlan, Treatment};

impl Plan {
    /// The column that a sequence feeds, by the sequence's name in an input.
    pub fn sequence(&self, name: &TableName) -> Option<&SequenceOwner> {
        names::find(&self.sequences, name).map(|(_, owner)| owner)
    }

    /// Text columns that pass as they are.
    pub fn kept_text_columns(&self) -> usize {
        let columns = self.tables.values().filter(|table| !table.drop_rows).flat_map(|table| &table.columns);
        columns.filter(|column| column.is_kept() && !column.generated && column.sql_type.is_text()).count()
    }

    /// Whether an input's own DDL fits the plan that its rows went through.
    ///
    /// # Errors
    /// A table, column or key that the plan does not know; a foreign key whose two sides were masked differently.
    pub fn check_stream(&self, streamed: &Schema) -> Result<()> {
        for (name, table) in &streamed.tables {
            let planned = self.table(name).ok_or_else(|| stale("the dump declares a table", name))?;
            for column in &table.columns {
                if planned.column(&column.name).is_none() {
                    return Err(stale("the dump declares a column", name).in_column(&column.name));
                }
            }
            self.check_keys(name, table)?;
            self.check_foreign_keys(name, table, planned)?;
        }
        Ok(())
    }

    fn check_keys(&self, name: &TableName, table: &Table) -> Result<()> {
        for key in table.keys() {
            let known = self.keys.iter().any(|planned| {
                planned.columns == key && self.table(name).is_some_and(|table| table.name == planned.table)
            });
            if !known {
                return Err(stale("the dump declares a unique key", name).in_column(key.join(", ")));
            }
        }
        Ok(())
    }

    fn check_foreign_keys(&self, name: &TableName, table: &Table, planned: &TablePlan) -> Result<()> {
        for key in &table.foreign_keys {
            let Some(parent) = self.table(&key.to) else { continue };
            for (child, to) in key.columns.iter().zip(&key.to_columns) {
                let (Some(child), Some(to)) = (planned.column(child), parent.column(to)) else { continue };
                if !masked_alike(child, to) && !parent.drop_rows {
                    return Err(stale("the dump declares a foreign key", name).in_column(&child.name));
                }
            }
        }
        Ok(())
    }

    /// Whether this plan, compiled while an input's keys were still to come, is the one that its whole schema gives.
    ///
    /// # Errors
    /// The first column that should have been masked otherwise.
    pub fn check_same(&self, whole: &Self) -> Result<()> {
        for table in self.tables.values() {
            let Some(other) = whole.tables.get(&table.name) else { continue };
            for column in &table.columns {
                if other.column(&column.name).is_none_or(|other| !masked_alike(column, other)) {
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

fn masked_alike(one: &ColumnPlan, other: &ColumnPlan) -> bool {
    match (&one.treatment, &other.treatment) {
        (Treatment::Mask(one), Treatment::Mask(other)) => {
            one.operator.name == other.operator.name
                && one.domain == other.domain
                && one.prepared.spec == other.prepared.spec
        }
        (Treatment::Keep { .. }, Treatment::Keep { .. }) | (Treatment::Refused, Treatment::Refused) => true,
        _ => one.generated || other.generated,
    }
}

fn stale(what: &str, table: &TableName) -> Error {
    Error::new(ErrorKind::Schema(format!(
        "{what} that the schema in use does not have; look at it and refresh scrub.lock \
         (pg_dump -s DB | scrub check --write)"
    )))
    .in_table(table.to_string())
}
