//! Synthetic rows on their way out: which they are, why they are there, and the counters that have to know of them.

mod provenance;

use std::collections::BTreeMap;

use crate::format::{FreshRows, qualified};
use crate::table::{Dialect, Schema, SqlType, TableName};

pub use provenance::Provenance;

/// A row that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SyntheticRow {
    /// A cell per column of its table, as COPY would hold it before escaping; None for NULL and for columns that the
    /// database computes.
    pub cells: Vec<Option<String>>,
    /// The ids of the requirements that it is there for; none for a parent or a row that only a number asked for.
    pub requirements: Vec<String>,
    /// What made it: `rows`, `parent`, or the kind of requirement.
    pub generator: &'static str,
}

/// All rows that were made, in an order in which no row refers to a later one.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct SyntheticRows {
    /// Rows by table; a table may come more than once.
    pub tables: Vec<(TableName, Vec<SyntheticRow>)>,
    /// Whether some rows refer to each other in a circle after all: they are the last.
    pub has_circles: bool,
}

impl SyntheticRows {
    /// Rows in all.
    pub fn len(&self) -> usize {
        self.tables.iter().map(|(_, rows)| rows.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The rows of a table.
    pub fn of(&self, table: &TableName) -> impl Iterator<Item = &SyntheticRow> {
        self.tables.iter().filter(move |(name, _)| name == table).flat_map(|(_, rows)| rows)
    }

    /// The greatest number in each column that a sequence or the database itself counts.
    pub fn counters(&self, schema: &Schema) -> BTreeMap<(TableName, String), i64> {
        let mut found = BTreeMap::new();
        for (name, rows) in &self.tables {
            let Some(table) = schema.tables.get(name) else { continue };
            for (at, column) in
                table.columns.iter().enumerate().filter(|(_, column)| column.sql_type.is_integer())
            {
                let numbers = rows.iter().filter_map(|row| row.cells[at].as_ref()?.parse::<i64>().ok());
                if let Some(most) = numbers.max() {
                    let known = found.entry((name.clone(), column.name.clone())).or_insert(most);
                    *known = most.max(*known);
                }
            }
        }
        found
    }
}

/// The columns of a table that rows carry, by their places: all that the database does not compute.
pub fn carried(schema: &Schema, table: &TableName) -> Vec<usize> {
    let columns = schema.tables.get(table).map_or(&[][..], |table| &table.columns);
    (0..columns.len()).filter(|at| !columns[*at].generated).collect()
}

/// The statements that write rows of one table, and the cells of a marker column if there is one.
///
/// # Errors
/// As [`FreshRows::write`].
pub fn write_table(
    schema: &Schema,
    table: &TableName,
    rows: &[SyntheticRow],
    how: (Dialect, bool, &'static encoding_rs::Encoding),
    out: &mut Vec<u8>,
) -> crate::base::Result<()> {
    let (dialect, copy, encoding) = how;
    let Some(declared) = schema.tables.get(table) else { return Ok(()) };
    let places = carried(schema, table);
    let columns: Vec<(&str, &SqlType)> = places
        .iter()
        .map(|at| (declared.columns[*at].name.as_str(), &declared.columns[*at].sql_type))
        .collect();
    let identity = declared.columns.iter().any(|column| column.identity);
    let fresh = FreshRows { dialect, copy, encoding, table, columns, identity };
    let cells: Vec<Vec<Option<String>>> =
        rows.iter().map(|row| places.iter().map(|at| row.cells[*at].clone()).collect()).collect();
    fresh.write(&cells, out)
}

/// Statements after which the sequences of PostgreSQL go on behind the rows; other databases see to it themselves.
pub fn counter_statements(schema: &Schema, rows: &SyntheticRows, dialect: Dialect) -> String {
    let mut text = String::new();
    if dialect != Dialect::Postgres {
        return text;
    }
    let counters = rows.counters(schema);
    for (sequence, owner) in &schema.sequences {
        if let Some(most) = counters.get(&(owner.table.clone(), owner.column.clone())) {
            let name = qualified(dialect, sequence);
            let literal = name.replace('\'', "''");
            text.push_str(&format!(
                "SELECT pg_catalog.setval('{literal}', GREATEST({most}, (SELECT last_value FROM {name})), true);\n"
            ));
        }
    }
    text
}
