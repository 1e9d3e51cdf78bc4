//! `scrub scan`: the same report for any number of threads and any size of blocks, no value in it, and how often it is
//! right on real columns.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::Value;

#[cfg(feature = "parquet")]
use crate::seven_forms::{copy_rows, parquet_file};
use crate::support::cli::{KEEP_ALL, Workspace};
use crate::support::corpora::shared;
use crate::workload_forms::{Form, TABLES, Workload};

#[path = "../benches/pii/columns.rs"]
#[allow(
    dead_code,
    unreachable_pub,
    missing_docs,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "it is a bench's"
)]
mod columns;

/// A dump of one table whose cells are all recognisable.
fn dump() -> Vec<u8> {
    let mut text = String::from(
        "SET client_encoding = 'UTF8';\nCREATE TABLE public.customer (id integer NOT NULL, email text, note text, \
         \"canary-column@example.net\" text);\nCOPY public.customer (id, email, note, \
         \"canary-column@example.net\") FROM stdin;\n",
    );
    for row in 0..4000 {
        let _ = writeln!(
            text,
            "{row}\tcanary{row}@mail{}.example.org\tplease write to canary-note-{row}@example.org or call her\tQZ-CANARY-{row}",
            row % 7
        );
    }
    text.push_str(
        "\\.\nALTER TABLE ONLY public.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (id);\n--\n-- PostgreSQL \
         database dump complete\n--\n",
    );
    text.into_bytes()
}

#[test]
fn threads_and_blocks_make_no_difference() {
    let workspace = Workspace::new(KEEP_ALL);
    let input = workspace.file("in.sql", &dump());
    let path = input.to_str().unwrap();
    for sample in [&[][..], &["--sample", "100"]] {
        let mut reports = BTreeSet::new();
        for (threads, block) in [("1", "131072"), ("2", "131072"), ("4", "700"), ("1", "3000")] {
            let mut arguments = vec!["scan", "--json", "--threads", threads, "--block-size", block, path];
            arguments.extend(sample);
            reports.insert(workspace.run(&arguments, b"").done());
        }
        let piped: Vec<&str> = ["scan", "--json"].into_iter().chain(sample.iter().copied()).collect();
        reports.insert(workspace.run(&piped, &dump()).done());
        assert_eq!(reports.len(), 1, "{sample:?}");
    }
}

#[test]
fn the_report_has_the_agreed_form() {
    let workspace = Workspace::new(KEEP_ALL);
    let report: Value = serde_json::from_slice(&workspace.run(&["scan", "--json"], &dump()).done()).unwrap();
    let table = &report["tables"][0];
    assert_eq!(table["name"], "public.customer");
    assert_eq!(table["rows"], 4000);
    let columns = table["columns"].as_array().unwrap();
    let entities: Vec<&Value> = columns.iter().map(|column| &column["entity"]).collect();
    assert_eq!(entities[..2], [&Value::Null, &Value::from("EMAIL")]);
    for column in columns {
        let keys: BTreeSet<&str> = column.as_object().unwrap().keys().map(String::as_str).collect();
        let agreed = ["name", "type", "entity", "confidence", "category", "evidence"];
        assert_eq!(keys, agreed.into_iter().collect());
        assert!(!column["evidence"].as_array().unwrap().is_empty(), "every decision is explained");
    }
}

#[test]
fn no_value_is_in_any_output() {
    let workspace = Workspace::new(KEEP_ALL);
    let input = workspace.file("in.sql", &dump());
    let path = input.to_str().unwrap();
    let table = workspace.run(&["scan", "--all", path], b"");
    let json = workspace.run(&["scan", "--json", "--html", "page.html", path], b"");
    let init = workspace.run(&["init", "-o", "new.toml", "--project", "t/t", path], b"");
    let broken = workspace.run(&["scan"], &dump()[..60_000]);
    assert_eq!(
        (table.code, json.code, init.code, broken.code),
        (0, 0, 0, 2),
        "{}{}",
        init.stderr,
        json.stderr
    );
    let mut outputs = vec![std::fs::read(workspace.path("page.html")).unwrap()];
    for run in [table, json, init, broken] {
        outputs.extend([run.stdout, run.stderr.into_bytes()]);
    }
    for output in &outputs {
        let text = String::from_utf8_lossy(output).to_ascii_lowercase();
        assert!(!text.contains("canary"), "a value, or a name that looks like one");
    }
}

#[test]
fn findings_can_be_denied() {
    let workspace = Workspace::new(KEEP_ALL);
    assert_eq!(workspace.run(&["scan", "--deny", "--quiet"], &dump()).code, 1);
    let empty = b"SET row_security = off;\n--\n-- PostgreSQL database dump complete\n--\n";
    assert_eq!(workspace.run(&["scan", "--deny", "--quiet"], empty).code, 0);
}

/// What every form of the workload's customers holds.
const CUSTOMERS: &[(&str, &str)] = &[
    ("first_name", "GIVEN_NAME"),
    ("last_name", "SURNAME"),
    ("email", "EMAIL"),
    ("phone", "PHONE"),
    ("address", "STREET_ADDRESS"),
    ("city", "CITY"),
    ("ssn", "US_SSN"),
    ("dob", "DATE_OF_BIRTH"),
    ("ip", "IP_ADDRESS"),
];

#[test]
fn every_form_of_the_same_rows_tells_the_same() {
    let workload = Workload { seed: 11, customers: 300 };
    let workspace = Workspace::new(KEEP_ALL);
    let table = &TABLES[0];
    let mut inputs = Vec::new();
    let mut copy = Vec::new();
    for (form, name) in [
        (Form::Copy, "copy.sql"),
        (Form::Inserts, "inserts.sql"),
        (Form::MySqlDump, "mysqldump.sql"),
        (Form::SqliteDump, "sqlite.sql"),
    ] {
        let mut bytes = Vec::new();
        workload.write(form, &mut bytes).unwrap();
        inputs.push(workspace.file(name, &bytes));
        if form == Form::Copy {
            copy = bytes;
        } else if form == Form::SqliteDump && cfg!(feature = "sqlite") {
            #[cfg(feature = "sqlite")]
            inputs.push(sqlite_file(&workspace, &bytes));
        }
    }
    for (form, name) in [(Form::Csv, "customers.csv"), (Form::JsonLines, "customers.jsonl")] {
        let mut bytes = Vec::new();
        workload.write_table(form, table, &mut bytes).unwrap();
        inputs.push(workspace.file(name, &bytes));
        let packed = zstd::encode_all(&bytes[..], 1).unwrap();
        inputs.push(workspace.file(&format!("{name}.zst"), &packed));
    }
    #[cfg(feature = "parquet")]
    {
        let parquet = parquet_file(table, &copy_rows(&copy));
        for (name, bytes) in arrow_files(&parquet) {
            inputs.push(workspace.file(name, &bytes));
        }
        inputs.push(workspace.file("customers.parquet", &parquet));
    }
    for input in &inputs {
        for sample in [&[][..], &["--sample", "120"]] {
            let mut arguments = vec!["scan", "--json", input.to_str().unwrap()];
            arguments.extend(sample);
            let report: Value = serde_json::from_slice(&workspace.run(&arguments, b"").done()).unwrap();
            let tables = report["tables"].as_array().unwrap();
            let what = format!("{} {sample:?}", input.file_name().unwrap().to_string_lossy());
            let customers =
                tables.iter().find(|table| table["name"].as_str().unwrap().ends_with("customers")).unwrap();
            assert_eq!(customers["rows"], 300, "{what}");
            let columns = customers["columns"].as_array().unwrap();
            for (name, entity) in CUSTOMERS {
                let column = columns.iter().find(|column| column["name"] == *name).unwrap();
                assert_eq!(column["entity"], *entity, "{what}: {column}");
            }
        }
    }
    assert!(inputs.len() >= 4 + 4, "{}", copy.len());
}

#[cfg(feature = "sqlite")]
fn sqlite_file(workspace: &Workspace, dump: &[u8]) -> std::path::PathBuf {
    let path = workspace.path("customers.sqlite");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.execute_batch(std::str::from_utf8(dump).unwrap()).unwrap();
    path
}

/// The rows of a Parquet file as an Arrow file and as an Arrow stream.
#[cfg(feature = "parquet")]
fn arrow_files(parquet: &[u8]) -> [(&'static str, Vec<u8>); 2] {
    use arrow_ipc::writer::{FileWriter, StreamWriter};
    use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

    let bytes = bytes::Bytes::copy_from_slice(parquet);
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes).unwrap().build().unwrap();
    let batches: Vec<_> = reader.map(Result::unwrap).collect();
    let schema = batches[0].schema();
    let (mut file, mut stream) = (Vec::new(), Vec::new());
    let mut writer = FileWriter::try_new(&mut file, &schema).unwrap();
    for batch in &batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    let mut writer = StreamWriter::try_new(&mut stream, &schema).unwrap();
    for batch in &batches {
        writer.write(batch).unwrap();
    }
    writer.finish().unwrap();
    drop(writer);
    [("customers.arrow", file), ("customers.arrows", stream)]
}

#[test]
fn cells_in_objects_and_arrays_are_looked_at() {
    let mut lines = String::new();
    for row in 0..200 {
        let _ = writeln!(
            lines,
            "{{\"id\":{row},\"a\":{},\"orders\":[{{\"who\":\"jane{row}@example.org\"}},{{\"who\":\"joe{row}@example.net\"}}]}}",
            if row < 150 {
                "null".to_owned()
            } else {
                format!("{{\"x\":\"+1 212 555 01{:02}\"}}", row % 100)
            }
        );
    }
    let workspace = Workspace::new(KEEP_ALL);
    let input = workspace.file("shop.jsonl", lines.as_bytes());
    for extra in
        [&["--block-size", "500"][..], &["--sample", "190"], &["--threads", "3", "--block-size", "900"]]
    {
        let mut arguments = vec!["scan", "--json", input.to_str().unwrap()];
        arguments.extend(extra);
        let report: Value = serde_json::from_slice(&workspace.run(&arguments, b"").done()).unwrap();
        let columns = report["tables"][0]["columns"].as_array().unwrap();
        let found: Vec<(&str, Option<&str>)> = columns
            .iter()
            .map(|column| (column["name"].as_str().unwrap(), column["entity"].as_str()))
            .collect();
        assert_eq!(
            found,
            [("id", None), ("orders[].who", Some("EMAIL")), ("a.x", Some("PHONE"))],
            "{extra:?}"
        );
    }
}

/// At most this many misses in one database.
const MISSES: usize = 3;

#[test]
fn columns_of_sample_databases_are_told_apart() {
    let Some(shared) = shared() else { return };
    told_apart("columns_dbsamples", &columns::sample_columns(&shared.join("data/pii")));
}

#[test]
fn columns_of_real_dumps_are_told_apart() {
    let Some(shared) = shared() else { return };
    told_apart("columns of the sample dumps", &columns::corpora_columns(&shared.join("data/corpora")));
}

fn told_apart(set: &str, measured: &[columns::Measured]) {
    columns::report(set, measured);
    let (_, _, f1) = columns::scores(measured);
    assert!(f1 >= 0.93, "{set}: F1 {f1:.3}");
    for one in measured {
        assert!(one.misses.len() <= MISSES, "{set}: {} misses in {}", one.misses.len(), one.name);
        assert!(one.direct_misses().is_empty(), "{set}: a direct identifier was missed in {}", one.name);
    }
}
