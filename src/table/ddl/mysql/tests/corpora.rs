//! Real dumps: every table, column, type and constraint that the server itself listed is found, in every variant.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::*;
use crate::table::{Collation, ColumnDef, SqlType};

/// Dumps, and the number of their variants that have a schema.
const DUMPS: [(&str, usize); 3] = [("sakila", 6), ("employee", 4), ("civi_wikimedia", 5)];

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

/// The `CREATE TABLE` statements of each variant of a dump.
pub(super) fn variants(dump: &str) -> Vec<(String, String)> {
    let Some(folder) = corpora().map(|folder| folder.join(format!("my_{dump}"))) else { return Vec::new() };
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.to_string_lossy().ends_with(".sql.zst")).collect();
    files.sort();
    // Rows alone.
    files.retain(|path| !path.to_string_lossy().contains("compact_replace"));
    let read = |path: &PathBuf| {
        let bytes = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        let (mut out, mut inside) = (String::new(), false);
        for line in text.split_inclusive('\n') {
            inside |= line.starts_with("CREATE TABLE ");
            if inside {
                out.push_str(line);
                inside = !line.trim_end().ends_with(';');
            }
        }
        (path.file_name().unwrap().to_string_lossy().into_owned(), out)
    };
    files.iter().map(read).collect()
}

/// A column as the truth files describe it, without display widths.
fn described(column: &ColumnDef, labels: &BTreeMap<String, Vec<String>>) -> String {
    let quoted =
        |name: &String| labels[name].iter().map(|label| format!("'{label}'")).collect::<Vec<_>>().join(",");
    let integer = |bits: u8| match bits {
        8 => "tinyint",
        16 => "smallint",
        24 => "mediumint",
        32 => "int",
        _ => "bigint",
    };
    let mut text = match &column.sql_type {
        SqlType::Integer { bits } => integer(*bits).to_owned(),
        SqlType::Unsigned { bits } => format!("{} unsigned", integer(*bits)),
        SqlType::Numeric { precision, scale } => {
            format!("decimal({},{})", precision.unwrap(), scale.unwrap())
        }
        SqlType::Float => "double".into(),
        SqlType::Text { width: None, .. } => "text".into(),
        SqlType::Text { width: Some(width), padded: true, .. } => format!("char({width})"),
        SqlType::Text { width: Some(width), .. } => format!("varchar({width})"),
        SqlType::Bytes => "blob".into(),
        SqlType::Date => "date".into(),
        SqlType::Timestamp { .. } => "datetime".into(),
        SqlType::Year => "year".into(),
        SqlType::Enum(name) => format!("enum({})", quoted(name)),
        SqlType::Set(name) => format!("set({})", quoted(name)),
        SqlType::Other(name) => name.clone(),
        other => format!("{other:?}"),
    };
    if let Some(collation) = column.collation() {
        text.push_str(" charset ");
        text.push_str(collation.charset);
    }
    if column.identity {
        text.push_str(" auto_increment");
    }
    text
}

/// The same of a truth file's words.
fn normal(truth: &str) -> String {
    let text = truth.replace(" on update current_timestamp()", "");
    let (head, rest) = text.split_at(text.find(['(', ' ']).unwrap_or(text.len()));
    let rest = match head {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "year" if rest.starts_with('(') => {
            &rest[rest.find(')').unwrap() + 1..]
        }
        _ => rest,
    };
    let head = match head {
        "longtext" | "mediumtext" => "text",
        "mediumblob" => "blob",
        "timestamp" => "datetime",
        other => other,
    };
    format!("{head}{rest}")
}

#[test]
fn every_column_of_the_real_dumps_has_its_type() {
    for (dump, least) in DUMPS {
        let variants = variants(dump);
        assert!(variants.is_empty() || variants.len() >= least, "{dump}");
        for (variant, sql) in variants {
            let schema = schema(&sql);
            assert_eq!(schema.warnings, Vec::<String>::new(), "{variant}");
            // The one form that does not tell character sets is no less exact in all else.
            let ansi = variant.contains(".ansi.");
            let plain = |text: String| {
                if !ansi {
                    return text;
                }
                let Some((before, charset)) = text.split_once(" charset ") else { return text };
                format!("{before}{}", charset.find(' ').map_or("", |at| &charset[at..]))
            };
            let mut found = BTreeMap::new();
            for (name, table) in &schema.tables {
                let columns: Vec<_> = table
                    .columns
                    .iter()
                    .map(|c| (c.name.clone(), plain(described(c, &schema.enums))))
                    .collect();
                found.insert(name.to_string(), columns);
            }
            let mut listed: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
            let file = corpora().unwrap().join(format!("my_{dump}/{dump}.columns.csv"));
            for record in csv::Reader::from_path(file).unwrap().records().map(Result::unwrap) {
                let column = (record[1].to_owned(), plain(normal(&record[2])));
                listed.entry(record[0].to_owned()).or_default().push(column);
            }
            for (table, columns) in &listed {
                assert_eq!(found.get(table), Some(columns), "{variant} {table}");
            }
            assert_eq!(found.len(), listed.len(), "{variant}");
        }
    }
}

#[test]
fn every_constraint_of_the_real_dumps_is_found() {
    for (dump, _) in DUMPS {
        for (variant, sql) in variants(dump) {
            let schema = schema(&sql);
            let mut found = BTreeSet::new();
            for (name, table) in &schema.tables {
                let mut add = |constraint: &str, kind: &str| {
                    found.insert([name.to_string(), constraint.to_owned(), kind.to_owned()]);
                };
                if table.primary_key.is_some() {
                    add("PRIMARY", "PRIMARY KEY");
                }
                for key in &table.unique {
                    add(key.name.as_deref().unwrap_or_default(), "UNIQUE");
                }
                for key in table.expressions.iter().filter_map(|key| key.name.as_deref()) {
                    add(key, "UNIQUE");
                }
                for key in &table.foreign_keys {
                    add(key.name.as_deref().unwrap_or_default(), "FOREIGN KEY");
                }
            }
            let file = corpora().unwrap().join(format!("my_{dump}/{dump}.expect.json"));
            let expect: serde_json::Value =
                serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
            let part = |value: &serde_json::Value, at: usize| value[at].as_str().unwrap().to_owned();
            let listed: BTreeSet<[String; 3]> = expect["constraints"]
                .as_array()
                .unwrap()
                .iter()
                .map(|own| [part(own, 0), part(own, 1), part(own, 2)])
                .filter(|own| own[2] != "CHECK")
                .collect();
            assert_eq!(found, listed, "{variant}");
        }
    }
}

#[test]
fn every_text_of_the_real_dumps_has_a_collation_that_is_known() {
    for (dump, _) in DUMPS {
        for (variant, sql) in variants(dump) {
            for (name, table) in schema(&sql).tables {
                for column in table.columns.iter().filter(|column| column.sql_type.is_text()) {
                    let known = column.collation.as_deref().and_then(Collation::of);
                    assert!(known.is_some(), "{variant} {name}.{}", column.name);
                }
            }
        }
    }
}
