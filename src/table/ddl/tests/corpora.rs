//! Real dumps: every table, column, type and constraint that the server itself listed is found, in every variant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::schema;
use crate::table::{ForeignKeyGraph, Schema, SqlType, TableName};

const DUMPS: [&str; 4] = ["chinook", "pagila", "netbox", "pgex"];

/// The folder of the corpora; `None`, said loudly, where there is none.
#[expect(clippy::print_stderr, reason = "a skipped test says so")]
fn corpora() -> Option<PathBuf> {
    let shared = std::env::var_os("SCRUB_SHARED").map(PathBuf::from);
    let shared = shared.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared"));
    let folder = shared.join("data/corpora");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("SKIPPED: no corpora at {}; set SCRUB_SHARED", folder.display());
    None
}

/// The SQL of each variant of a dump that has a schema, COPY data and psql commands taken out.
pub(super) fn variants(dump: &str) -> Vec<(String, String)> {
    let Some(folder) = corpora().map(|folder| folder.join(format!("pg_{dump}"))) else { return Vec::new() };
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.to_string_lossy().ends_with(".sql.zst")).collect();
    files.sort();
    files.retain(|path| !path.to_string_lossy().contains("dataonly"));
    assert!(files.len() >= 4, "{dump}");
    let read = |path: &PathBuf| {
        let file = std::fs::File::open(path).unwrap();
        let text = String::from_utf8(zstd::decode_all(file).unwrap()).unwrap();
        (path.file_name().unwrap().to_string_lossy().into_owned(), without_data(&text))
    };
    files.iter().map(read).collect()
}

fn without_data(dump: &str) -> String {
    let (mut out, mut data) = (String::new(), false);
    for line in dump.split_inclusive('\n') {
        if data {
            data = line != "\\.\n";
        } else if line.starts_with("COPY ") {
            data = true;
        } else if !line.starts_with('\\') {
            out.push_str(line);
        }
    }
    out
}

/// A type as `format_type` of PostgreSQL writes it, without what [`SqlType`] does not keep.
fn format_type(sql_type: &SqlType) -> String {
    match sql_type {
        SqlType::Boolean => "boolean".into(),
        SqlType::Integer { bits: 16 } => "smallint".into(),
        SqlType::Integer { bits: 32 } => "integer".into(),
        SqlType::Integer { .. } => "bigint".into(),
        SqlType::Numeric { precision: Some(precision), scale } => {
            format!("numeric({precision},{})", scale.unwrap_or(0))
        }
        SqlType::Numeric { .. } => "numeric".into(),
        SqlType::Text { width: None, .. } => "text".into(),
        SqlType::Text { width: Some(width), padded: true, .. } => format!("character({width})"),
        SqlType::Text { width: Some(width), .. } => format!("character varying({width})"),
        SqlType::Bytes => "bytea".into(),
        SqlType::Uuid => "uuid".into(),
        SqlType::Date => "date".into(),
        SqlType::Timestamp { zone: true } => "timestamp with time zone".into(),
        SqlType::Timestamp { .. } => "timestamp without time zone".into(),
        SqlType::Json => "jsonb".into(),
        SqlType::Inet => "inet".into(),
        SqlType::Cidr => "cidr".into(),
        SqlType::MacAddr => "macaddr".into(),
        SqlType::TextSearch => "tsvector".into(),
        SqlType::Array(inner) => format!("{}[]", format_type(inner)),
        SqlType::Enum(name) | SqlType::Domain(name, _) | SqlType::Range(name) => {
            name.trim_start_matches("public.").into()
        }
        other => format!("{other:?}"),
    }
}

#[test]
fn every_column_of_the_real_dumps_has_its_type() {
    for dump in DUMPS {
        for (variant, sql) in variants(dump) {
            let schema = schema(&sql);
            assert_eq!(schema.warnings, Vec::<String>::new(), "{variant}");
            let mut found = Columns::new();
            for (name, table) in &schema.tables {
                let columns = table.columns.iter().map(|column| {
                    let identity = if column.identity { " identity" } else { "" };
                    (column.name.clone(), format!("{}{identity}", format_type(&column.sql_type)))
                });
                found.insert(name.to_string(), columns.collect());
            }
            assert_eq!(found, listed_columns(dump), "{variant}");
        }
    }
}

/// Names and types of the columns of each table.
type Columns = BTreeMap<String, Vec<(String, String)>>;

fn listed_columns(dump: &str) -> Columns {
    let mut tables = Columns::new();
    let file = corpora().unwrap().join(format!("pg_{dump}/{dump}.columns.csv"));
    for record in csv::Reader::from_path(file).unwrap().records().map(Result::unwrap) {
        let sql_type = match &record[2] {
            "character varying" => "text",
            "macaddr8" => "macaddr",
            other => other,
        };
        tables.entry(record[0].into()).or_default().push((record[1].into(), sql_type.into()));
    }
    tables
}

#[test]
fn every_constraint_of_the_real_dumps_is_found() {
    for dump in DUMPS {
        for (variant, sql) in variants(dump) {
            let schema = schema(&sql);
            let listed = listed_constraints(dump);
            assert_eq!(found_constraints(&schema, &listed), listed, "{variant}");
        }
    }
}

/// Table, kind, name (but for primary keys, whose names are not kept), definition without options.
type Constraint = (String, char, String, String);

fn listed_constraints(dump: &str) -> BTreeSet<Constraint> {
    let file = corpora().unwrap().join(format!("pg_{dump}/{dump}.expect.json"));
    let expect: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let list = expect["constraints"].as_array().unwrap().iter().map(|constraint| {
        let part = |index: usize| constraint[index].as_str().unwrap().to_owned();
        let kind = part(2).chars().next().unwrap();
        let name = if kind == 'p' { String::new() } else { part(1) };
        let definition = part(5);
        let end = [" ON UPDATE", " ON DELETE", " DEFERRABLE", " NOT VALID"]
            .iter()
            .filter_map(|word| definition.find(word));
        let definition = definition[..end.min().unwrap_or(definition.len())].replace('"', "");
        let deferrable = if part(3) == "true" { " DEFERRABLE" } else { "" };
        (part(0), kind, name, definition + deferrable)
    });
    list.collect()
}

fn found_constraints(schema: &Schema, listed: &BTreeSet<Constraint>) -> BTreeSet<Constraint> {
    let mut found = BTreeSet::new();
    for (table, declared) in &schema.tables {
        let mut add = |kind, name: &Option<String>, definition: String| {
            found.insert((
                table.to_string(),
                kind,
                name.clone().unwrap_or_default(),
                definition.replace('"', ""),
            ));
        };
        if let Some(columns) = &declared.primary_key {
            add('p', &None, format!("PRIMARY KEY ({})", columns.join(", ")));
        }
        for key in &declared.foreign_keys {
            let deferrable = if key.deferrable { " DEFERRABLE" } else { "" };
            let (columns, to_columns) = (key.columns.join(", "), key.to_columns.join(", "));
            let to = if key.to.schema == "public" { key.to.table.clone() } else { key.to.to_string() };
            add('f', &key.name, format!("FOREIGN KEY ({columns}) REFERENCES {to}({to_columns}){deferrable}"));
        }
        for check in &declared.checks {
            add('c', &check.name, format!("CHECK ({})", check.expression));
        }
        for key in &declared.unique {
            // Unique indexes are keys, too, but no constraints.
            if listed.iter().any(|(_, kind, name, _)| *kind == 'u' && Some(name) == key.name.as_ref()) {
                add('u', &key.name, format!("UNIQUE ({})", key.columns.join(", ")));
            }
        }
    }
    found
}

#[test]
fn the_variants_of_a_dump_declare_the_same_schema() {
    for dump in DUMPS {
        let mut schemas = variants(dump).into_iter().map(|(variant, sql)| (variant, schema(&sql)));
        let Some((_, first)) = schemas.next() else { continue };
        for (variant, mut schema) in schemas {
            // Expressions are kept as written: without the quotes of --quote-all-identifiers they are equal.
            for (table, other) in schema.tables.values_mut().zip(first.tables.values()) {
                for (column, other) in table.columns.iter_mut().zip(&other.columns) {
                    let plain = |text: &Option<String>| text.as_ref().map(|text| text.replace('"', ""));
                    assert_eq!(plain(&column.default), plain(&other.default), "{variant}");
                    column.default.clone_from(&other.default);
                }
                for (check, other) in table.checks.iter_mut().zip(&other.checks) {
                    assert_eq!(check.columns, other.columns, "{variant}");
                    check.expression.clone_from(&other.expression);
                }
                for (index, other) in table.expressions.iter_mut().zip(&other.expressions) {
                    index.expression.clone_from(&other.expression);
                }
            }
            assert!(schema == first, "{variant}");
        }
    }
}

#[test]
fn sequences_partitions_and_types_of_pagila_are_known() {
    for (variant, sql) in variants("pagila") {
        let schema = schema(&sql);
        let payment = TableName::new("public", "payment");
        let partitions = schema.tables.values().filter_map(|table| table.partition_of.as_ref());
        assert_eq!(partitions.filter(|partition| partition.parent == payment).count(), 7, "{variant}");
        assert_eq!(schema.tables[&payment].partition_by.as_ref().unwrap().columns, ["payment_date"]);
        assert_eq!(
            schema.sequences[&TableName::new("public", "customer_customer_id_seq")].column,
            "customer_id"
        );
        assert_eq!(schema.sequences.len(), 13);
        assert_eq!(schema.enums["public.mpaa_rating"].len(), 5);
        assert_eq!(schema.domains["public.year"].base, SqlType::Integer { bits: 32 });
        assert_eq!(schema.domains["public.year"].checks.len(), 1);
    }
}

#[test]
fn columns_of_real_dumps_lead_to_the_keys_they_come_from() {
    let names = |table: &str, column: &str| (TableName::new("public", table), column.to_owned());
    for (variant, sql) in variants("pagila") {
        let graph = ForeignKeyGraph::new(&schema(&sql));
        for table in ["payment", "payment_p2022_03", "rental", "customer"] {
            let root = graph.root(&TableName::new("public", table), "customer_id");
            assert_eq!(root, names("customer", "customer_id"), "{variant}");
        }
        assert_eq!(
            graph.root(&TableName::new("public", "store"), "manager_staff_id"),
            names("store", "manager_staff_id")
        );
        let amount = TableName::new("public", "payment_p2022_01");
        assert_eq!(graph.root(&amount, "amount"), names("payment", "amount"));
        assert_eq!(graph.members(&amount, "amount").len(), 8);
    }
    for (_, sql) in variants("netbox") {
        let graph = ForeignKeyGraph::new(&schema(&sql));
        assert_eq!(graph.edges().len(), 380);
        assert_eq!(
            graph.root(&TableName::new("public", "dcim_region"), "parent_id"),
            names("dcim_region", "id")
        );
    }
}
