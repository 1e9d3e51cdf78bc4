//! The rows of a dump's COPY blocks, read as simply as can be, to compare an output with its input cell by cell.

use std::collections::BTreeMap;

/// Rows of one table as COPY wrote them: cells with their escapes, `\N` for NULL.
pub(crate) struct Rows {
    /// Column names, without quotes.
    pub(crate) columns: Vec<String>,
    /// Cells, row by row.
    pub(crate) rows: Vec<Vec<String>>,
}

impl Rows {
    /// The cells of a column.
    pub(crate) fn column(&self, name: &str) -> Vec<&str> {
        let at = self.columns.iter().position(|column| column == name);
        let at = at.unwrap_or_else(|| panic!("no column {name} in {:?}", self.columns));
        self.rows.iter().map(|row| row[at].as_str()).collect()
    }
}

/// All COPY blocks of a plain dump, by `schema.table` without quotes.
pub(crate) fn tables(dump: &[u8]) -> BTreeMap<String, Rows> {
    let text = std::str::from_utf8(dump).unwrap();
    let mut tables = BTreeMap::new();
    let mut lines = text.split('\n');
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("COPY ").and_then(|rest| rest.strip_suffix(" FROM stdin;")) else {
            continue;
        };
        let (table, columns) = head.split_once(" (").unwrap();
        let columns = columns.trim_end_matches(')').split(", ").map(bare).collect();
        let rows = lines.by_ref().take_while(|line| *line != "\\.");
        let rows = rows.map(|line| line.split('\t').map(str::to_owned).collect()).collect();
        tables.insert(bare(table), Rows { columns, rows });
    }
    tables
}

fn bare(name: &str) -> String {
    name.replace('"', "")
}
