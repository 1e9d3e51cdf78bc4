//! A part of a policy: what it says of some tables, where only they are known.
//!
//! A run over record batches or files of one table knows the tables that it was told of and no others. What the policy says of other tables is
//! no mistake then, while a rule for a table that is there must still match.

use super::names;
use super::{Plan, Policy};
use crate::table::{ColumnDef, Schema, SqlType};

impl Policy {
    /// Whether it names the column, in a rule for the table itself or for several.
    pub(crate) fn names_column(&self, table: &crate::table::TableName, column: &str) -> bool {
        let rules = self.tables.iter().filter(|rule| names::closeness(&rule.pattern, table).is_some());
        rules.flat_map(super::policy::TableRule::named).any(|(named, _)| named == column)
    }

    /// A schema that files declare, with the columns that the policy has: a path that it names stands for all that lies
    /// below it.
    pub fn fold(&self, schema: &Schema) -> Schema {
        let mut folded = schema.clone();
        for (name, table) in folded.tables.iter_mut().filter(|_| schema.part) {
            let mut columns: Vec<ColumnDef> = Vec::with_capacity(table.columns.len());
            for column in std::mem::take(&mut table.columns) {
                let mut above = column.name.match_indices(['.', '[']).map(|(at, _)| &column.name[..at]);
                let whole = above.find(|path| !path.is_empty() && self.names_column(name, path));
                match whole {
                    None if columns.iter().any(|known| known.name == column.name) => {}
                    None => columns.push(column),
                    Some(path) => match columns.iter_mut().find(|known| known.name == path) {
                        Some(known) => known.sql_type = SqlType::Json,
                        None => columns.push(ColumnDef::new(path, SqlType::Json)),
                    },
                }
            }
            table.columns = columns;
        }
        folded
    }

    /// The policy without what it says of tables that are not in the schema.
    fn about(&self, schema: &Schema) -> Self {
        let known =
            |pattern: &str| schema.tables.keys().any(|name| names::closeness(pattern, name).is_some());
        let column = |text: &str| text.rmatch_indices('.').any(|(dot, _)| known(&text[..dot]));
        let mut part = self.clone();
        part.tables.retain(|rule| known(&rule.pattern));
        part.relations.retain(|relation| column(&relation.from.value) && column(&relation.to.value));
        part.acknowledgements.clear();
        part
    }
}

impl Plan {
    /// Makes a plan for a schema that an input declared: for all of the policy where that was a dump, for the tables that
    /// are there where it was a file of one table.
    pub fn compile_input(policy: &Policy, schema: &Schema) -> Self {
        if schema.part {
            Self::compile_part(policy, &policy.fold(schema))
        } else {
            Self::compile(policy, schema, None)
        }
    }

    /// Makes a plan for the tables of a schema alone.
    pub(crate) fn compile_part(policy: &Policy, schema: &Schema) -> Self {
        let mut part = policy.about(schema);
        let found = Self::compile(&part, schema, None);
        part.acknowledgements.clone_from(&policy.acknowledgements);
        let is_there = |id: &str| found.problems.iter().any(|problem| problem.id == id);
        part.acknowledgements.retain(|acknowledgement| is_there(&acknowledgement.id.value));
        Self::compile(&part, schema, None)
    }
}
