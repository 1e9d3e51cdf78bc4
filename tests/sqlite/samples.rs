//! The sample databases: what must change has changed, and nothing else has, in every form that they come in.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use rusqlite::Connection;
use serde_json::Value;

use super::{cells, number, restored};
use crate::corpora_masked::policy;
use crate::support::cli::{KEEP_ALL, Workspace, assert_same};
use crate::support::corpora::shared;

const VARIANTS: [&str; 4] = ["dump", "dump_rowids", "dump_newlines", "dataonly"];

struct Sample {
    folder: PathBuf,
    name: &'static str,
}

impl Sample {
    fn find(name: &'static str) -> Option<Self> {
        Some(Self { folder: shared()?.join("data/corpora").join(format!("sqlite_{name}")), name })
    }

    fn bytes(&self, variant: &str) -> Vec<u8> {
        let file = fs::File::open(self.folder.join(format!("{}.{variant}.zst", self.name))).unwrap();
        zstd::decode_all(file).unwrap()
    }

    fn dump(&self, variant: &str) -> Vec<u8> {
        self.bytes(&format!("{variant}.sql"))
    }

    fn expected(&self) -> Value {
        let path = self.folder.join(format!("{}.expect.json", self.name));
        serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
    }

    /// Table, column and entity of what the truth file calls personal.
    fn personal(&self) -> Vec<(String, String, String)> {
        let mut reader =
            csv::Reader::from_path(self.folder.join(format!("{}.columns.csv", self.name))).unwrap();
        let records = reader.records().map(Result::unwrap).filter(|record| &record[3] == "yes");
        records.map(|record| (record[0].to_owned(), record[1].to_owned(), record[4].to_owned())).collect()
    }

    /// Rows, joins and broken references are those that the sample states.
    fn facts_hold(&self, connection: &Connection, what: &str) {
        let expected = self.expected();
        for (table, rows) in expected["rows"].as_object().unwrap() {
            let found = number(connection, &format!("SELECT count(*) FROM \"{table}\""));
            assert_eq!(found, rows.as_i64().unwrap(), "{} {what}: rows of {table}", self.name);
        }
        let joins = expected["fk_joins"].as_array().unwrap();
        assert!(joins.len() > 5);
        for join in joins {
            let sql = join["sql"].as_str().unwrap();
            assert_eq!(
                number(connection, sql),
                join["rows"].as_i64().unwrap(),
                "{} {what}: {sql}",
                self.name
            );
        }
        assert_eq!(super::names(connection, "PRAGMA integrity_check"), ["ok"], "{} {what}", self.name);
    }
}

#[test]
fn dumps_are_kept_byte_for_byte() {
    for name in ["chinook", "northwind"] {
        let Some(sample) = Sample::find(name) else { return };
        let workspace = Workspace::new(KEEP_ALL);
        workspace.file("schema.sql", &sample.dump("dump"));
        for variant in VARIANTS {
            let dump = sample.dump(variant);
            let input = workspace.file("input.sql", &dump);
            let mut options = vec!["--threads", "2"];
            if variant == "dataonly" {
                options.extend(["--no-trailer", "--schema", "schema.sql"]);
            }
            for block_size in ["4096", "1000000"] {
                options.extend(["--block-size", block_size]);
                let what = format!("{name} {variant}, blocks of {block_size}");
                assert_same(&workspace.mask_file(&options, &input).done(), &dump, &what);
                options.truncate(options.len() - 2);
            }
            if variant != "dataonly" {
                options.push("--schema-from-stream");
            }
            assert_same(
                &workspace.mask_pipe(&options, &dump).done(),
                &dump,
                &format!("{name} {variant}, pipe"),
            );
        }
    }
}

#[test]
fn chinook_is_masked() {
    masked("chinook");
}

#[test]
fn northwind_is_masked() {
    masked("northwind");
}

fn masked(name: &'static str) {
    let Some(sample) = Sample::find(name) else { return };
    let workspace = Workspace::new(&policy(name));
    let original = restored(&sample.dump("dump"));
    let before = cells(&original);
    let broken = number(&original, "SELECT count(*) FROM pragma_foreign_key_check");
    let mut outputs = Vec::new();
    for variant in &VARIANTS[..3] {
        let input = workspace.file("input.sql", &sample.dump(variant));
        outputs.push(((*variant).to_owned(), restored(&workspace.mask_file(&[], &input).done())));
    }
    // Rows alone, into the schema that the whole dump makes.
    let input = workspace.file("rows.sql", &sample.dump("dataonly"));
    let schema = workspace.file("schema.sql", &sample.dump("dump"));
    let rows = workspace.mask_file(&["--no-trailer", "--schema", schema.to_str().unwrap()], &input).done();
    let into = restored(&sample.dump("dump"));
    into.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    for table in super::names(
        &into,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    ) {
        into.execute_batch(&format!("DELETE FROM \"{table}\"")).unwrap();
    }
    into.execute_batch("BEGIN").unwrap();
    into.execute_batch(std::str::from_utf8(&rows).unwrap()).unwrap();
    into.execute_batch("COMMIT").unwrap();
    outputs.push(("dataonly".into(), into));
    // The database itself, to a dump and to a database.
    let database = workspace.file("input.db", &sample.bytes("sqlite"));
    outputs.push(("database to dump".into(), restored(&workspace.mask_file(&[], &database).done())));
    let target = workspace.path("output.db");
    workspace.mask_file(&["-o", target.to_str().unwrap()], &database).done();
    outputs.push(("database".into(), Connection::open(&target).unwrap()));

    let first = cells(&outputs[0].1);
    for (what, connection) in &outputs {
        sample.facts_hold(connection, what);
        assert_eq!(
            number(connection, "SELECT count(*) FROM pragma_foreign_key_check"),
            broken,
            "{name} {what}"
        );
        let after = cells(connection);
        let differing: Vec<_> = first
            .iter()
            .filter(|(column, list)| after.get(*column) != Some(list))
            .map(|(column, _)| column)
            .collect();
        assert!(differing.is_empty(), "{name}: {what} and dump have other values in {differing:?}");
    }
    columns_have_changed(&sample, &before, &first);
    // Of what was personal and is rare nothing is left anywhere in the file.
    let file = fs::read(&target).unwrap();
    let personal = sample.personal();
    let is_personal = |(table, column): &(String, String)| {
        personal.iter().any(|(known, name, _)| known == table && name == column)
    };
    // A shipper's number may be a supplier's, and shippers are kept.
    let kept: HashSet<&String> =
        before.iter().filter(|(column, _)| !is_personal(column)).flat_map(|(_, cells)| cells).collect();
    for (table, column, entity) in sample.personal() {
        if !["email", "phone", "free text with PII", "url containing surname", "photo"]
            .contains(&entity.as_str())
        {
            continue;
        }
        for cell in before[&(table.clone(), column.clone())].iter().filter(|cell| !kept.contains(cell)) {
            let value = match cell.strip_prefix("X'") {
                Some(hex) => data_encoding::HEXLOWER.decode(hex.trim_end_matches('\'').as_bytes()).unwrap(),
                None => cell.trim_matches('\'').as_bytes().to_vec(),
            };
            let rare = value.len() > 9;
            let piece = &value[value.len().saturating_sub(200)..];
            assert!(
                !rare || memchr::memmem::find(&file, piece).is_none(),
                "{name}: a value of {table}.{column} is left in the file"
            );
        }
    }
}

type Cells = std::collections::BTreeMap<(String, String), Vec<String>>;

fn columns_have_changed(sample: &Sample, before: &Cells, after: &Cells) {
    let personal = sample.personal();
    assert_eq!(before.len(), after.len());
    for ((table, column), old) in before {
        let new = &after[&(table.clone(), column.clone())];
        let what = format!("{}: {table}.{column}", sample.name);
        assert_eq!(old.len(), new.len(), "{what}");
        let Some((.., entity)) = personal.iter().find(|(t, c, _)| t == table && c == column) else {
            assert!(old == new, "{what} is kept, but has changed");
            continue;
        };
        let nulls = |list: &[String]| list.iter().filter(|cell| *cell == "NULL").count();
        assert_eq!(nulls(old), nulls(new), "{what}: NULLs");
        let filled: Vec<_> = old.iter().zip(new).filter(|(old, _)| *old != "NULL" && *old != "''").collect();
        let equal = filled.iter().filter(|(old, new)| old == new).count();
        assert!(
            equal <= (3 * filled.len()).div_ceil(1000).max(3),
            "{what} ({entity}): {equal} of {} stayed",
            filled.len()
        );
        assert!(equal < filled.len() || filled.is_empty(), "{what} ({entity}): nothing has changed");
    }
}
