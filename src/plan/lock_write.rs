//! Writes a [`Lock`]: TOML laid out for review, one line for each column, key and constraint.

use std::fmt::Write as _;

use super::lock::Lock;
use super::source::{quoted, quoted_key};
use super::statistics::Distinct;
use super::{names, sql_type_text};
use crate::table::{Check, ColumnDef, Table, TableName};

/// What stands at the head of the file.
const HEAD: &str = "\
# scrub.lock: what the database looked like when scrub.toml was checked against it.
# Written by `scrub check --write`. Keep it in git beside the policy and review its changes like code.
";

pub(super) fn write(lock: &Lock) -> String {
    let mut out = String::from(HEAD);
    out.push_str("version = 1\n");
    let schema = &lock.schema;
    head(&mut out, "data", lock.data.is_empty());
    for (name, digest) in &lock.data {
        let _ = writeln!(out, "{} = {}", quoted_key(name), quoted(digest));
    }
    head(&mut out, "enums", schema.enums.is_empty());
    for (name, labels) in &schema.enums {
        let _ = writeln!(out, "{} = {}", quoted_key(name), list(labels));
    }
    head(&mut out, "domains", schema.domains.is_empty());
    for (name, domain) in &schema.domains {
        let mut line = Line::default();
        line.text("type", &sql_type_text::write(&domain.base));
        line.flag("not_null", domain.not_null);
        line.list("checks", &domain.checks);
        let _ = writeln!(out, "{} = {}", quoted_key(name), line.end());
    }
    head(&mut out, "sequences", schema.sequences.is_empty());
    for (name, owner) in &schema.sequences {
        let mut line = Line::default();
        line.text("table", &names::write(&owner.table));
        line.text("column", &owner.column);
        let _ = writeln!(out, "{} = {}", quoted_key(&names::write(name)), line.end());
    }
    for (name, table) in &schema.tables {
        write_table(&mut out, lock, name, table);
    }
    out
}

fn head(out: &mut String, name: &str, empty: bool) {
    if !empty {
        let _ = writeln!(out, "\n[{name}]");
    }
}

fn write_table(out: &mut String, lock: &Lock, name: &TableName, table: &Table) {
    let _ = writeln!(out, "\n[tables.{}]", quoted(&names::write(name)));
    if let Some(rows) = lock.row_ceiling(name) {
        let _ = writeln!(out, "rows = {rows}");
    }
    if let Some(of) = &table.partition_of {
        let mut line = Line::default();
        line.text("parent", &names::write(&of.parent));
        line.text("bound", &of.bound);
        let _ = writeln!(out, "partition_of = {}", line.end());
    }
    if let Some(by) = &table.partition_by {
        let mut line = Line::default();
        line.text("strategy", &by.strategy);
        line.list("columns", &by.columns);
        let _ = writeln!(out, "partition_by = {}", line.end());
    }
    if !table.inherits.is_empty() {
        let parents: Vec<String> = table.inherits.iter().map(names::write).collect();
        let _ = writeln!(out, "inherits = {}", list(&parents));
    }
    lines(
        out,
        "columns",
        table.columns.iter().map(|column| column_line(column, lock.distinct(name, &column.name))),
    );
    if let Some(key) = &table.primary_key {
        let _ = writeln!(out, "primary_key = {}", list(key));
    }
    lines(
        out,
        "unique",
        table.unique.iter().map(|unique| {
            let mut line = Line::default();
            line.optional("name", unique.name.as_deref());
            line.list("columns", &unique.columns);
            line.flag("nulls_not_distinct", !unique.nulls_distinct);
            line.end()
        }),
    );
    lines(
        out,
        "foreign_keys",
        table.foreign_keys.iter().map(|key| {
            let mut line = Line::default();
            line.optional("name", key.name.as_deref());
            line.list("columns", &key.columns);
            line.text("to", &names::write(&key.to));
            line.list("to_columns", &key.to_columns);
            line.flag("deferrable", key.deferrable);
            line.flag("match_full", key.match_full);
            line.end()
        }),
    );
    lines(out, "checks", table.checks.iter().map(check_line));
    lines(out, "expressions", table.expressions.iter().map(check_line));
}

fn column_line(column: &ColumnDef, distinct: Option<Distinct>) -> String {
    let mut line = Line::default();
    line.text("name", &column.name);
    line.text("type", &sql_type_text::write(&column.sql_type));
    line.flag("not_null", column.not_null);
    line.flag("generated", column.generated);
    line.flag("identity", column.identity);
    line.optional("collation", column.collation.as_deref());
    match distinct {
        Some(Distinct::UpTo(bucket)) => line.raw("distinct", &bucket.to_string()),
        Some(Distinct::More) => line.text("distinct", "more"),
        None => {}
    }
    line.end()
}

fn check_line(check: &Check) -> String {
    let mut line = Line::default();
    line.optional("name", check.name.as_deref());
    line.list("columns", &check.columns);
    line.text("expression", &check.expression);
    line.flag("plain", check.plain);
    line.end()
}

fn lines(out: &mut String, key: &str, lines: impl ExactSizeIterator<Item = String>) {
    if lines.len() == 0 {
        return;
    }
    let _ = writeln!(out, "{key} = [");
    for line in lines {
        let _ = writeln!(out, "  {line},");
    }
    out.push_str("]\n");
}

fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", texts.join(", "))
}

/// An inline table under construction.
#[derive(Default)]
struct Line {
    parts: Vec<String>,
}

impl Line {
    fn raw(&mut self, key: &str, value: &str) {
        self.parts.push(format!("{key} = {value}"));
    }

    fn text(&mut self, key: &str, value: &str) {
        self.raw(key, &quoted(value));
    }

    fn optional(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.text(key, value);
        }
    }

    fn flag(&mut self, key: &str, value: bool) {
        if value {
            self.raw(key, "true");
        }
    }

    fn list(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.raw(key, &list(texts));
        }
    }

    fn end(self) -> String {
        format!("{{ {} }}", self.parts.join(", "))
    }
}
