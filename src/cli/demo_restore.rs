//! The demo's dump in a database, before and after: do the joins still work?
//!
//! Tables, keys and foreign keys come from the dump's own DDL, translated for an embedded SQLite; the rows are read by the
//! dump's codec, so that what is counted is what a restore would hold.

use std::fmt::Write as _;

use rusqlite::Connection;

use crate::base::{Error, ErrorKind, Result};
use crate::format::{Cells, Event, Reader, RowShape};
use crate::table::{ForeignKey, Schema, SqlType, Table, TableName};

use super::print;

/// Restores both dumps and compares what their databases say.
pub(super) fn report(schema: &Schema, original: Box<dyn Reader>, masked: Box<dyn Reader>) -> Result<String> {
    let (before, after) = (Restored::new(schema, original)?, Restored::new(schema, masked)?);
    let mut lines = Vec::new();
    for (name, table) in &schema.tables {
        let rows = format!("SELECT count(*) FROM {}", quoted(name));
        lines.push(line(format!("  rows of {}", name.table), before.number(&rows)?, after.number(&rows)?));
        for key in &table.foreign_keys {
            let join = join(name, key);
            let what = format!(
                "  {}.{} = {}.{}",
                name.table,
                key.columns.join(","),
                key.to.table,
                key.to_columns.join(",")
            );
            lines.push(line(what, before.number(&join)?, after.number(&join)?));
        }
    }
    let same = lines.iter().all(|line| line[1] == line[3]);
    let mut text = String::from("Restored into an embedded SQLite, rows and joins before and after:\n");
    text.push_str(&print::table(&lines));
    let verdict = if same {
        "Every join gives as many rows as before."
    } else {
        "Some joins do NOT give as many rows as before."
    };
    let _ = writeln!(
        text,
        "{verdict} Foreign keys broken: {} before, {} after.",
        before.number(BROKEN)?,
        after.number(BROKEN)?
    );
    Ok(text)
}

const BROKEN: &str = "SELECT count(*) FROM pragma_foreign_key_check";

fn line(what: String, before: i64, after: i64) -> Vec<String> {
    vec![what, before.to_string(), "->".into(), after.to_string()]
}

fn join(name: &TableName, key: &ForeignKey) -> String {
    let pairs = key.columns.iter().zip(&key.to_columns);
    let conditions: Vec<String> =
        pairs.map(|(from, to)| format!("c.{} = p.{}", identifier(from), identifier(to))).collect();
    format!(
        "SELECT count(*) FROM {} c JOIN {} p ON {}",
        quoted(name),
        quoted(&key.to),
        conditions.join(" AND ")
    )
}

/// A dump in a database in memory.
struct Restored(Connection);

impl Restored {
    fn new(schema: &Schema, mut reader: Box<dyn Reader>) -> Result<Self> {
        let connection = Connection::open_in_memory().map_err(|_| failed())?;
        connection.execute_batch("PRAGMA foreign_keys=OFF; BEGIN").map_err(|_| failed())?;
        for (name, table) in &schema.tables {
            connection
                .execute_batch(&create(name, table))
                .map_err(|_| failed().in_table(name.to_string()))?;
        }
        let codec = reader.codec();
        let mut cells = Cells::default();
        while let Some(event) = reader.next(Vec::new())? {
            let Event::Rows(block) = event else { continue };
            let name = &block.head.table;
            let own =
                schema.tables.get(name).map(|table| table.columns.iter().map(|column| column.name.clone()));
            let columns = block.head.columns.clone().or(own.map(Iterator::collect)).unwrap_or_default();
            let wanted: Vec<usize> = (0..columns.len()).collect();
            let list: Vec<String> = columns.iter().map(|column| identifier(column)).collect();
            let sql = format!(
                "INSERT INTO {} ({}) VALUES ({})",
                quoted(name),
                list.join(","),
                vec!["?"; list.len()].join(",")
            );
            let mut insert = connection.prepare(&sql).map_err(|_| failed().in_table(name.to_string()))?;
            codec.tokenize(&block, &RowShape::new(columns, wanted.clone()), &mut cells)?;
            for row in 0..cells.rows {
                let values = wanted.iter().map(|&column| {
                    cells
                        .column(&block, column)
                        .value(row)
                        .map(|value| String::from_utf8_lossy(value).into_owned())
                });
                insert
                    .execute(rusqlite::params_from_iter(values))
                    .map_err(|_| failed().in_table(name.to_string()))?;
            }
        }
        connection.execute_batch("COMMIT").map_err(|_| failed())?;
        Ok(Self(connection))
    }

    fn number(&self, sql: &str) -> Result<i64> {
        self.0.query_row(sql, [], |row| row.get(0)).map_err(|_| failed())
    }
}

/// `CREATE TABLE` with what SQLite has of a table: columns, keys, foreign keys.
fn create(name: &TableName, table: &Table) -> String {
    let mut parts: Vec<String> = table
        .columns
        .iter()
        .map(|column| {
            let not_null = if column.not_null { " NOT NULL" } else { "" };
            format!("{} {}{not_null}", identifier(&column.name), affinity(&column.sql_type))
        })
        .collect();
    let list =
        |columns: &[String]| columns.iter().map(|column| identifier(column)).collect::<Vec<_>>().join(",");
    parts.extend(table.primary_key.iter().map(|key| format!("PRIMARY KEY ({})", list(key))));
    parts.extend(table.unique.iter().map(|unique| format!("UNIQUE ({})", list(&unique.columns))));
    parts.extend(table.foreign_keys.iter().map(|key| {
        let (from, to) = (list(&key.columns), list(&key.to_columns));
        format!("FOREIGN KEY ({from}) REFERENCES {} ({to})", quoted(&key.to))
    }));
    format!("CREATE TABLE {} ({})", quoted(name), parts.join(", "))
}

fn affinity(sql_type: &SqlType) -> &'static str {
    match sql_type.base() {
        SqlType::Integer { .. } => "INTEGER",
        SqlType::Numeric { .. } => "NUMERIC",
        SqlType::Float => "REAL",
        _ => "TEXT",
    }
}

/// A table's name in the one schema that SQLite has.
fn quoted(name: &TableName) -> String {
    let plain = matches!(name.schema.as_str(), "" | "public");
    let prefix = if plain { String::new() } else { format!("{}.", name.schema) };
    identifier(&format!("{prefix}{}", name.table))
}

fn identifier(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn failed() -> Error {
    Error::new(ErrorKind::Schema("the demo's dump could not be restored into SQLite".into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Input, ReaderOptions, open};
    use crate::pipeline::read_schema;

    const DUMP: &str = "--\n-- PostgreSQL database dump\n--\n\
        CREATE TABLE public.p (id integer NOT NULL, \"N n\" text);\n\
        CREATE TABLE public.c (p integer, note numeric);\n\
        COPY public.p (id, \"N n\") FROM stdin;\n1\ta\n2\tb\n\\.\n\
        COPY public.c (p, note) FROM stdin;\n1\t1.5\n2\t\\N\n\\N\t2\n\\.\n\
        ALTER TABLE ONLY public.p ADD CONSTRAINT p_pkey PRIMARY KEY (id);\n\
        ALTER TABLE ONLY public.c ADD CONSTRAINT c_p FOREIGN KEY (p) REFERENCES public.p(id);\n\
        --\n-- PostgreSQL database dump complete\n--\n";

    fn reader(dump: &str) -> Box<dyn Reader> {
        open(Input::new("t", std::io::Cursor::new(dump.to_owned())), &ReaderOptions::default()).unwrap()
    }

    #[test]
    fn joins_are_counted_and_a_broken_one_is_seen() {
        let schema = read_schema(reader(DUMP).as_mut()).unwrap();
        let compare = |dump: &str| report(&schema, reader(DUMP), reader(dump)).unwrap();
        let same = compare(DUMP);
        assert!(same.contains("Every join") && same.contains("0 before, 0 after"), "{same}");
        let line = same.lines().find(|line| line.contains("c.p = p.id")).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[words.len() - 3..], ["2", "->", "2"]);
        let broken = compare(&DUMP.replace("1\ta\n", "3\ta\n"));
        assert!(broken.contains("do NOT") && broken.contains("0 before, 1 after"), "{broken}");
    }
}
