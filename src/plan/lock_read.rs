//! Reads the text of a lock back into a [`Lock`].

use super::lock::Lock;
use super::source::{self, Section, Source};
use super::statistics::Distinct;
use super::{names, sql_type_text};
use crate::base::Result;
use crate::table::{
    Check, ColumnDef, DomainType, ForeignKey, PartitionBy, PartitionOf, SequenceOwner, SqlType, Table,
    TableName, Unique,
};

pub(super) fn parse(text: &str, file: &str) -> Result<Lock> {
    let source = Source::new(file, text);
    source::read(&source, lock)
}

fn lock(root: &Section<'_>) -> Lock {
    root.only(&["version", "data", "enums", "domains", "sequences", "tables"]);
    if root.number("version") != Some(1) {
        root.fault_at(
            "version",
            "this version of scrub reads locks of version = 1 only; `scrub check --write` makes one",
        );
    }
    let mut lock = Lock::default();
    for (name, section) in entries(root, "data") {
        lock.data.extend(section.text(name).map(|digest| (name.to_owned(), digest.to_owned())));
    }
    for (name, section) in entries(root, "enums") {
        lock.schema.enums.extend(section.names(name).map(|labels| (name.to_owned(), labels)));
    }
    for (name, section) in entries(root, "domains") {
        let Some(section) = section.section(name) else { continue };
        section.only(&["type", "not_null", "checks"]);
        let Some(base) = sql_type(&section) else { continue };
        let mut domain = DomainType::new(base);
        domain.not_null = section.flag("not_null").unwrap_or(false);
        domain.checks = section.names("checks").unwrap_or_default();
        lock.schema.domains.insert(name.to_owned(), domain);
    }
    for (name, section) in entries(root, "sequences") {
        let Some(section) = section.section(name) else { continue };
        section.only(&["table", "column"]);
        let owner = table_name(&section, "table").zip(section.required_text("column"));
        let (Some(sequence), Some((table, column))) = (own_name(&section, name), owner) else { continue };
        lock.schema.sequences.insert(sequence, SequenceOwner::new(table, column));
    }
    for (name, section) in entries(root, "tables") {
        let Some(section) = section.section(name) else { continue };
        let Some(name) = own_name(&section, name) else { continue };
        table(&mut lock, name, &section);
    }
    lock
}

/// The names in a table of the root, each with that table.
fn entries<'t>(root: &Section<'t>, key: &str) -> Vec<(&'t str, Section<'t>)> {
    let Some(section) = root.section(key) else { return Vec::new() };
    section.keys().into_iter().map(|name| (name, section.clone())).collect()
}

fn table(lock: &mut Lock, name: TableName, section: &Section<'_>) {
    section.only(&[
        "rows",
        "partition_of",
        "partition_by",
        "inherits",
        "columns",
        "primary_key",
        "unique",
        "foreign_keys",
        "checks",
        "expressions",
    ]);
    let mut table = Table::default();
    if let Some(of) = section.section("partition_of") {
        of.only(&["parent", "bound"]);
        table.partition_of = table_name(&of, "parent")
            .map(|parent| PartitionOf::new(parent, of.required_text("bound").unwrap_or_default()));
    }
    if let Some(by) = section.section("partition_by") {
        by.only(&["strategy", "columns"]);
        let columns = by.names("columns").unwrap_or_default();
        table.partition_by = by.required_text("strategy").map(|strategy| PartitionBy::new(strategy, columns));
    }
    for parent in section.texts("inherits").unwrap_or_default() {
        match names::parse(&parent.value) {
            Some(parent) => table.inherits.push(parent),
            None => section.fault_at("inherits", "not the name of a table"),
        }
    }
    for entry in section.sections("columns") {
        let Some((column, distinct)) = column(&entry) else { continue };
        if table.column(&column.name).is_some() {
            entry.fault(format!("column \"{}\" is there twice", column.name));
        }
        if let Some(distinct) = distinct {
            lock.distinct.entry(name.clone()).or_default().insert(column.name.clone(), distinct);
        }
        table.columns.push(column);
    }
    table.primary_key = section.names("primary_key");
    for entry in section.sections("unique") {
        entry.only(&["name", "columns", "nulls_not_distinct"]);
        let name = entry.text("name").map(str::to_owned);
        let mut key = Unique::new(name, entry.names("columns").unwrap_or_default());
        key.nulls_distinct = !entry.flag("nulls_not_distinct").unwrap_or(false);
        table.unique.push(key);
    }
    for entry in section.sections("foreign_keys") {
        entry.only(&["name", "columns", "to", "to_columns", "deferrable", "match_full"]);
        let Some(to) = table_name(&entry, "to") else { continue };
        let name = entry.text("name").map(str::to_owned);
        let columns = |key| entry.names(key).unwrap_or_default();
        let mut key = ForeignKey::new(name, columns("columns"), to, columns("to_columns"));
        key.deferrable = entry.flag("deferrable").unwrap_or(false);
        key.match_full = entry.flag("match_full").unwrap_or(false);
        table.foreign_keys.push(key);
    }
    table.checks = section.sections("checks").iter().map(check).collect();
    table.expressions = section.sections("expressions").iter().map(check).collect();
    if let Some(rows) = section.number("rows") {
        lock.rows.insert(name.clone(), rows);
    }
    lock.schema.tables.insert(name, table);
}

fn column(entry: &Section<'_>) -> Option<(ColumnDef, Option<Distinct>)> {
    entry.only(&["name", "type", "not_null", "generated", "identity", "collation", "distinct"]);
    let (name, sql_type) = (entry.required_text("name"), sql_type(entry));
    let mut column = ColumnDef::new(name?, sql_type?);
    column.not_null = entry.flag("not_null").unwrap_or(false);
    column.generated = entry.flag("generated").unwrap_or(false);
    column.identity = entry.flag("identity").unwrap_or(false);
    column.collation = entry.text("collation").map(str::to_owned);
    let distinct = if entry.is_text("distinct") {
        entry.choice("distinct", &[("more", Distinct::More)])
    } else {
        entry.number("distinct").and_then(|bucket| {
            let known = Distinct::of(u32::try_from(bucket).unwrap_or(0));
            if known != u32::try_from(bucket).ok().map(Distinct::UpTo) {
                entry.fault_at("distinct", "\"distinct\" must be 1, 10, 100, 1000 or \"more\"");
            }
            known
        })
    };
    Some((column, distinct))
}

fn check(entry: &Section<'_>) -> Check {
    entry.only(&["name", "columns", "expression", "plain"]);
    let columns = entry.names("columns").unwrap_or_default();
    let mut check = Check::new(
        entry.text("name").map(str::to_owned),
        columns,
        entry.required_text("expression").unwrap_or_default(),
    );
    check.plain = entry.flag("plain").unwrap_or(false);
    check
}

fn sql_type(section: &Section<'_>) -> Option<SqlType> {
    let text = section.required_text("type")?;
    let sql_type = sql_type_text::parse(text);
    if sql_type.is_none() {
        section.fault_at("type", "not a type that a lock knows");
    }
    sql_type
}

fn table_name(section: &Section<'_>, key: &str) -> Option<TableName> {
    let text = section.required_text(key)?;
    let name = names::parse(text);
    if name.is_none() {
        section.fault_at(key, "not the name of a table");
    }
    name
}

fn own_name(section: &Section<'_>, text: &str) -> Option<TableName> {
    let name = names::parse(text);
    if name.is_none() {
        section.fault("not the name of a table or sequence");
    }
    name
}
