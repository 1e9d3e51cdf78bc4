//! A table while its statements come in.

use std::collections::{BTreeMap, HashMap};

use super::super::cursor::Cursor;
use super::{column, key, options};
use crate::table::{ColumnDef, Session, SqlType, Table, TableName};

/// A table, and what is needed to read more about it.
#[derive(Clone)]
pub(super) struct Draft {
    name: TableName,
    table: Table,
    /// Places of columns, by their names in lower case.
    index: HashMap<String, usize>,
    /// The collation of columns that name none.
    pub(super) collation: String,
    /// Labels of the columns that are enums or sets.
    labels: BTreeMap<String, Vec<String>>,
    /// Sequences that feed columns.
    sequences: Vec<(TableName, String)>,
    /// Keys whose names of columns are those of the declarations: unique ones, foreign ones, the primary one.
    settled: (usize, usize, bool),
    /// Something was passed over that may matter.
    pub(super) unread: bool,
}

/// `CREATE TABLE name` has been read; the rest follows. `None` where columns cannot be told.
pub(super) fn table(
    cursor: &mut Cursor<'_>,
    name: &TableName,
    default: String,
    session: &Session,
) -> Option<Draft> {
    let body = cursor.group()?;
    // The columns' collation is told behind them.
    let mut options = options::read(cursor);
    let mut draft = Draft {
        name: name.clone(),
        table: Table::default(),
        index: HashMap::new(),
        collation: options.collation.take().unwrap_or(default),
        labels: BTreeMap::new(),
        sequences: Vec::new(),
        settled: (0, 0, true),
        unread: options.unread,
    };
    for mut item in body.items() {
        if key::begins(&item) {
            key::read(&mut item, &mut draft, session);
        } else {
            column::read(&mut item, &mut draft, session);
        }
    }
    options.partition(&mut draft);
    draft.settle();
    Some(draft)
}

impl Draft {
    pub(super) fn table(&self) -> &Table {
        &self.table
    }

    pub(super) fn table_mut(&mut self) -> &mut Table {
        &mut self.table
    }

    /// Adds a column. Returns whether it is new.
    pub(super) fn add(&mut self, column: ColumnDef) -> bool {
        self.count(&column);
        let at = *self.index.entry(column.name.to_lowercase()).or_insert(self.table.columns.len());
        let new = at == self.table.columns.len();
        if new {
            self.table.columns.push(column);
        }
        new
    }

    /// The counter behind `AUTO_INCREMENT` has no name but the table's.
    fn count(&mut self, column: &ColumnDef) {
        if column.identity {
            self.sequences.push((self.name.clone(), column.name.clone()));
        }
    }

    /// Puts a column in place of the one called `old`; adds it where there is none. Keys do not follow a new name.
    pub(super) fn replace(&mut self, old: &str, column: ColumnDef) {
        let Some(at) = self.index.remove(&old.to_lowercase()) else {
            self.add(column);
            return;
        };
        self.count(&column);
        self.unread |= !column.name.eq_ignore_ascii_case(old);
        self.index.insert(column.name.to_lowercase(), at);
        self.table.columns[at] = column;
    }

    /// The column of that name, in whatever case.
    pub(super) fn column(&mut self, name: &str) -> Option<&mut ColumnDef> {
        let at = *self.index.get(&name.to_lowercase())?;
        Some(&mut self.table.columns[at])
    }

    /// The name as its column declares it; itself where there is no such column.
    pub(super) fn declared(&self, name: String) -> String {
        self.known(&name).unwrap_or(name)
    }

    /// The name as its column declares it, if there is one.
    pub(super) fn known(&self, name: &str) -> Option<String> {
        let at = *self.index.get(&name.to_lowercase())?;
        Some(self.table.columns[at].name.clone())
    }

    /// Keeps the labels of a column, and returns the name that they go by.
    pub(super) fn labels(&mut self, column: &str, labels: Vec<String>) -> String {
        let name = format!("{}.{column}", self.name);
        self.labels.insert(name.clone(), labels);
        name
    }

    /// Says that a sequence feeds a column.
    pub(super) fn sequence(&mut self, sequence: TableName, column: &str) {
        self.sequences.push((sequence, column.to_owned()));
    }

    /// Sets the primary key.
    pub(super) fn set_primary_key(&mut self, columns: Vec<String>) {
        self.table.primary_key = Some(columns);
        self.settled.2 = false;
    }

    /// Once all columns are known: names in new keys as the columns declare them, and what keys say of columns.
    pub(super) fn settle(&mut self) {
        let mut table = std::mem::take(&mut self.table);
        let (unique, foreign, primary) = self.settled;
        for key in &mut table.unique[unique..] {
            key.columns.iter_mut().for_each(|name| self.rename(name, &table.columns));
        }
        for key in &mut table.foreign_keys[foreign..] {
            key.columns.iter_mut().for_each(|name| self.rename(name, &table.columns));
        }
        if !primary {
            for name in table.primary_key.iter_mut().flatten() {
                self.rename(name, &table.columns);
                if let Some(at) = self.index.get(&name.to_lowercase()) {
                    table.columns[*at].not_null = true;
                }
            }
        }
        self.settled = (table.unique.len(), table.foreign_keys.len(), true);
        self.table = table;
    }

    fn rename(&self, name: &mut String, columns: &[ColumnDef]) {
        if let Some(at) = self.index.get(&name.to_lowercase()) {
            name.clone_from(&columns[*at].name);
        }
    }

    /// The sequences that were found, and whether something could not be read, since the last call.
    pub(super) fn take_findings(&mut self) -> (Vec<(TableName, String)>, bool) {
        (std::mem::take(&mut self.sequences), std::mem::take(&mut self.unread))
    }

    /// A table of the same columns and keys under another name.
    pub(super) fn like(&self, name: &TableName) -> Self {
        let mut copy = Self { name: name.clone(), labels: BTreeMap::new(), ..self.clone() };
        // Foreign keys are not copied.
        copy.table.foreign_keys.clear();
        for at in 0..copy.table.columns.len() {
            let column = &copy.table.columns[at];
            let (SqlType::Enum(labels) | SqlType::Set(labels)) = &column.sql_type else { continue };
            let (column, labels) = (column.name.clone(), self.labels.get(labels).cloned());
            let name = copy.labels(&column, labels.unwrap_or_default());
            if let SqlType::Enum(labels) | SqlType::Set(labels) = &mut copy.table.columns[at].sql_type {
                *labels = name;
            }
        }
        copy
    }

    /// The table, and the labels of its enums and sets.
    pub(super) fn finish(self) -> (Table, BTreeMap<String, Vec<String>>) {
        (self.table, self.labels)
    }
}
