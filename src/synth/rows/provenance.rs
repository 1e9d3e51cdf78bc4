//! Where each row came from, as a file beside the output: the table, the row's key, the requirements that it is there
//! for, and what made it.

use serde_json::json;

use super::SyntheticRows;
use crate::table::{Schema, Table};

/// A way of writing it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Provenance {
    /// A JSON object per row and line.
    JsonLines,
    /// Comma-separated, with a line of names.
    Csv,
}

impl Provenance {
    /// The way that a file's name asks for.
    pub fn of_name(name: &std::path::Path) -> Self {
        if name.extension().is_some_and(|end| end.eq_ignore_ascii_case("csv")) {
            Self::Csv
        } else {
            Self::JsonLines
        }
    }

    /// The file.
    pub fn write(self, schema: &Schema, rows: &SyntheticRows) -> String {
        let mut text = String::new();
        if self == Self::Csv {
            text.push_str("table,key,requirements,generator\n");
        }
        for (name, rows) in &rows.tables {
            let Some(table) = schema.tables.get(name) else { continue };
            let key = key(table);
            for row in rows {
                let cell = |at: &usize| (table.columns[*at].name.clone(), json!(row.cells[*at]));
                let key: serde_json::Map<_, _> = key.iter().map(cell).collect();
                let line = match self {
                    Self::JsonLines => json!({
                        "table": name.to_string(),
                        "key": key,
                        "requirements": row.requirements,
                        "generator": row.generator,
                    })
                    .to_string(),
                    Self::Csv => {
                        let key = serde_json::Value::Object(key).to_string();
                        let cells = [&name.to_string(), &key, &row.requirements.join(" "), row.generator];
                        cells.map(quoted).join(",")
                    }
                };
                text.push_str(&line);
                text.push('\n');
            }
        }
        text
    }
}

/// The columns that tell a row from others: the primary key, else the first unique one, else all.
fn key(table: &Table) -> Vec<usize> {
    let place = |name: &String| table.columns.iter().position(|column| column.name == *name);
    let key: Vec<usize> =
        table.keys().next().map(|key| key.iter().filter_map(place).collect()).unwrap_or_default();
    if key.is_empty() { (0..table.columns.len()).collect() } else { key }
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
