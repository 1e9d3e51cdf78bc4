//! What a schema asks of its rows.

use std::collections::BTreeMap;

use crate::synth::partition::ColumnPartitions;
use crate::table::{Schema, TableName};

/// Partitions of a column that pairs tell apart; those beyond share the last.
pub(super) const PAIRED: usize = 16;

/// The tables of a schema, with the partitions of their columns.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Model {
    /// Tables. Partitions are not among them: their rows are their root's.
    pub tables: Vec<TableModel>,
    /// Foreign keys between them.
    pub references: Vec<Reference>,
    /// Sets of columns that foreign keys point at: table and positions of columns.
    pub(super) targets: Vec<(usize, Vec<usize>)>,
    by_name: BTreeMap<TableName, usize>,
}

/// One table.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TableModel {
    /// Its name.
    pub name: TableName,
    /// Its columns.
    pub columns: Vec<ColumnPartitions>,
    /// Positions of the columns that have one cell in each row; others lie in arrays, and are in no pair.
    pub(super) plain: Vec<bool>,
}

/// A foreign key.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Reference {
    /// The table that has it.
    pub table: usize,
    /// Positions of its columns.
    pub columns: Vec<usize>,
    /// The table that it points at.
    pub to: usize,
    /// Index of the columns that it points at.
    pub(super) target: usize,
    /// Its name by rule: the columns' names.
    pub id: String,
}

impl Model {
    /// The model of `schema`.
    pub fn new(schema: &Schema) -> Self {
        let (mut tables, mut by_name) = (Vec::new(), BTreeMap::new());
        for (name, table) in &schema.tables {
            if table.partition_of.is_some() {
                continue;
            }
            let columns: Vec<ColumnPartitions> =
                table.columns.iter().map(|column| ColumnPartitions::new(schema, table, column)).collect();
            let plain = columns.iter().map(|column| !column.column.contains("[]")).collect();
            by_name.insert(name.clone(), tables.len());
            tables.push(TableModel { name: name.clone(), columns, plain });
        }
        for name in schema.tables.keys() {
            let mut root = name;
            // A chain of partitions has no more links than there are tables.
            for _ in 0..schema.tables.len() {
                match schema.tables.get(root).and_then(|table| table.partition_of.as_ref()) {
                    Some(part) => root = &part.parent,
                    None => break,
                }
            }
            if let Some(at) = by_name.get(root).copied() {
                by_name.insert(name.clone(), at);
            }
        }
        let mut model = Self { tables, references: Vec::new(), targets: Vec::new(), by_name };
        model.add_references(schema);
        model
    }

    fn add_references(&mut self, schema: &Schema) {
        for (name, table) in &schema.tables {
            let Some(at) = self.table(name).filter(|at| self.tables[*at].name == *name) else { continue };
            for key in &table.foreign_keys {
                let Some(to) = self.table(&key.to) else { continue };
                let (Some(columns), Some(to_columns)) =
                    (self.positions(at, &key.columns), self.positions(to, &key.to_columns))
                else {
                    continue;
                };
                let target = (to, to_columns);
                let known = self.targets.iter().position(|known| *known == target);
                let target = known.unwrap_or_else(|| {
                    self.targets.push(target);
                    self.targets.len() - 1
                });
                let id = format!("{}->{}", key.columns.join("+"), self.tables[to].name);
                self.references.push(Reference { table: at, columns, to, target, id });
            }
        }
    }

    fn positions(&self, table: usize, columns: &[String]) -> Option<Vec<usize>> {
        let known = &self.tables[table].columns;
        let position = |name: &String| known.iter().position(|column| column.column == *name);
        columns.iter().map(position).collect::<Option<Vec<usize>>>().filter(|all| !all.is_empty())
    }

    /// The table that rows of `name` count for: itself, or the root that it is a partition of.
    pub fn table(&self, name: &TableName) -> Option<usize> {
        self.by_name.get(name).copied()
    }
}

impl TableModel {
    /// The position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.column == name)
    }

    /// Where the matrix of the pair `first < second` is among all.
    pub(super) fn pair(first: usize, second: usize) -> usize {
        second * (second - 1) / 2 + first
    }

    /// How many pairs of columns there are.
    pub(super) fn pairs(&self) -> usize {
        let columns = self.columns.len();
        columns * columns.saturating_sub(1) / 2
    }

    /// Partitions of a column that pairs tell apart.
    pub(super) fn paired(&self, column: usize) -> usize {
        self.columns[column].partitions.len().min(PAIRED)
    }
}
