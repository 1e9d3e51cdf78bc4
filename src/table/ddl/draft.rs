//! A table while its statements come in: types not resolved, inherited columns not filled in.

use std::collections::{HashMap, HashSet};

use super::cursor::cut;
use super::sql_type::TypeName;
use crate::table::{ColumnDef, ForeignKey, PartitionBy, PartitionOf, Session, SqlType, TableName, Unique};

/// A table that is being put together.
#[derive(Clone, Default)]
pub(super) struct TableDraft {
    columns: Vec<ColumnDraft>,
    index: HashMap<String, usize>,
    /// `LIKE other`: the number of own columns before it, and the other table.
    pub(super) like: Vec<(usize, TableName)>,
    /// The tables, or the composite type, whose columns come before the own ones.
    pub(super) columns_from: Vec<TableName>,
    pub(super) primary_key: Option<Vec<String>>,
    pub(super) unique: Vec<Unique>,
    pub(super) foreign_keys: Vec<ForeignKey>,
    pub(super) checks: Vec<Expression>,
    pub(super) expressions: Vec<Expression>,
    pub(super) using_index: Vec<UsingIndex>,
    pub(super) partition_by: Option<(String, Vec<Expression>)>,
    pub(super) partition_of: Option<PartitionOf>,
    pub(super) inherits: Vec<TableName>,
}

/// A column whose type is not resolved yet; one without a type changes a column that is inherited.
#[derive(Clone)]
pub(super) struct ColumnDraft {
    pub(super) column: ColumnDef,
    pub(super) written: Option<TypeName>,
}

/// An expression and the names in it, of which some are columns.
#[derive(Clone)]
pub(super) struct Expression {
    pub(super) name: Option<String>,
    pub(super) names: Vec<String>,
    pub(super) text: String,
    /// Whether partitions and inheriting tables have it too.
    pub(super) inherited: bool,
    /// Whether it is of an index that is not unique.
    pub(super) plain: bool,
}

/// `ADD CONSTRAINT name UNIQUE | PRIMARY KEY USING INDEX index`.
#[derive(Clone)]
pub(super) struct UsingIndex {
    pub(super) constraint: Option<String>,
    pub(super) index: String,
    pub(super) primary: bool,
}

impl TableDraft {
    /// The names of the columns that its own statements declare.
    pub(super) fn column_names(&self) -> Vec<String> {
        self.columns.iter().map(|draft| draft.column.name.clone()).collect()
    }

    /// The own columns, in order.
    pub(super) fn columns(&self) -> &[ColumnDraft] {
        &self.columns
    }

    /// Adds a column, unless there is one of that name. Returns whether it did.
    pub(super) fn add(&mut self, name: &str, written: TypeName) -> bool {
        let column = self.column(name);
        let new = column.written.is_none();
        column.written.get_or_insert(written);
        new
    }

    /// The own column of that name; where there is none, a change to an inherited one begins.
    pub(super) fn column(&mut self, name: &str) -> &mut ColumnDraft {
        let at = *self.index.entry(name.to_owned()).or_insert(self.columns.len());
        if at == self.columns.len() {
            self.columns.push(ColumnDraft { column: ColumnDef::new(name, SqlType::TEXT), written: None });
        }
        &mut self.columns[at]
    }

    /// Whether it holds any constraint or parent.
    pub(super) fn declares(&self) -> bool {
        let lists = [self.checks.len(), self.expressions.len(), self.unique.len(), self.foreign_keys.len()];
        lists.iter().any(|&len| len > 0)
            || self.primary_key.is_some()
            || !self.using_index.is_empty()
            || !self.inherits.is_empty()
    }

    /// The partition key, given which of its names are columns.
    pub(super) fn partition_key(&self, columns: impl Fn(&Expression) -> Vec<String>) -> Option<PartitionBy> {
        let (strategy, elements) = self.partition_by.as_ref()?;
        let mut seen = HashSet::new();
        let key = elements.iter().flat_map(columns).filter(|column| seen.insert(column.clone())).collect();
        Some(PartitionBy::new(strategy.clone(), key))
    }
}

/// What a reader works with beside the table: the session, and what it finds on its way.
pub(super) struct Context<'a> {
    pub(super) session: &'a Session,
    pub(super) table: TableName,
    /// Something was passed over that may matter.
    pub(super) unread: bool,
    /// Sequences and the columns that they feed.
    pub(super) sequences: Vec<(TableName, String)>,
}

impl<'a> Context<'a> {
    pub(super) fn new(session: &'a Session, table: TableName) -> Self {
        Self { session, table, unread: false, sequences: Vec::new() }
    }

    /// The sequence that the server makes for a serial or identity column.
    pub(super) fn own_sequence(&mut self, column: &str) {
        let mut name = self.table.clone();
        name.table = own_sequence_name(&self.table.table, column);
        self.sequences.push((name, column.to_owned()));
    }
}

/// `table_column_seq`, the longer part cut until it fits in the 63 bytes of an identifier.
fn own_sequence_name(table: &str, column: &str) -> String {
    const ROOM: usize = 63 - "__seq".len();
    let (mut table_len, mut column_len) = (table.len(), column.len());
    if table_len + column_len > ROOM {
        if table_len > column_len {
            table_len = (ROOM.saturating_sub(column_len)).max(ROOM / 2);
            column_len = column_len.min(ROOM - table_len);
        } else {
            column_len = (ROOM.saturating_sub(table_len)).max(ROOM.div_ceil(2));
            table_len = table_len.min(ROOM - column_len);
        }
    }
    format!("{}_{}_seq", cut(table, table_len), cut(column, column_len))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_sequences_are_named_as_the_server_names_them() {
        assert_eq!(own_sequence_name("customer", "id"), "customer_id_seq");
        // Made by PostgreSQL 15, from a serial column.
        for (table, column, cut_table, cut_column) in [
            ("a".repeat(60), "b".repeat(4), "a".repeat(54), "b".repeat(4)),
            ("a".repeat(40), "b".repeat(40), "a".repeat(29), "b".repeat(29)),
            ("c".repeat(30), "b".repeat(60), "c".repeat(29), "b".repeat(29)),
            ("é".repeat(20), "b".repeat(60), "é".repeat(14), "b".repeat(29)),
        ] {
            assert_eq!(own_sequence_name(&table, &column), format!("{cut_table}_{cut_column}_seq"));
        }
    }
}
