//! `scrub scan`: the same report for any number of threads and any size of blocks, no value in it, and how often it is
//! right on real columns.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use scrub::detect::score::{ColumnContext, ColumnProfile, Profiler, judge};
use scrub::detect::{Catalogue, Scope};
use scrub::table::SqlType;
use serde_json::Value;

use crate::support::cli::{KEEP_ALL, Workspace};
use crate::support::corpora::{corpus, shared};
use crate::support::skip;

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

/// Right and wrong answers.
#[derive(Default)]
struct Tally {
    right: u32,
    false_alarms: Vec<String>,
    misses: Vec<String>,
}

impl Tally {
    fn count(&mut self, is: bool, found: bool, what: String) {
        match (is, found) {
            (true, true) => self.right += 1,
            (true, false) => self.misses.push(what),
            (false, true) => self.false_alarms.push(what),
            (false, false) => {}
        }
    }

    fn report(&self, set: &str) {
        let (right, missed, wrong) =
            (f64::from(self.right), self.misses.len() as f64, self.false_alarms.len() as f64);
        let (precision, recall) = (right / (right + wrong).max(1.0), right / (right + missed).max(1.0));
        let f1 = 2.0 * right / (2.0 * right + missed + wrong).max(1.0);
        println!("{set}: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}");
        println!("  missed: {}\n  false alarms: {}", self.misses.join(", "), self.false_alarms.join(", "));
        let known = Catalogue::builtin().detectors().len();
        if known < WHOLE {
            skip(
                &format!("{set}: the catalogue has {known} detectors of {WHOLE}"),
                "SCRUB_REQUIRE_DETECTORS",
            );
            return;
        }
        assert!(f1 >= 0.93, "{set}: F1 {f1:.3}");
    }
}

/// Detectors of the whole catalogue, at least.
const WHOLE: usize = 120;

#[test]
fn columns_of_sample_databases_are_told_apart() {
    let Some(shared) = shared() else { return };
    let text = std::fs::read_to_string(shared.join("data/pii/columns_dbsamples.open.jsonl")).unwrap();
    let catalogue = Catalogue::builtin();
    let mut tally = Tally::default();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let Some(is) = record["pii"].as_bool() else { continue };
        let (mut profile, mut profiler) =
            (ColumnProfile::default(), Profiler::new(catalogue, Scope::default()));
        for value in record["values"].as_array().unwrap() {
            profiler.add(&mut profile, &SqlType::TEXT, value.as_str().map(str::as_bytes));
        }
        let table = record["table"].as_str().unwrap();
        let (table, column) = (table.rsplit('.').next().unwrap(), record["column"].as_str().unwrap());
        let scope = Scope::default();
        let context = ColumnContext {
            table,
            column,
            sql_type: &SqlType::TEXT,
            surrogate: false,
            about_persons: false,
            scope: &scope,
        };
        let finding = judge(catalogue, &context, Some(&profile));
        tally.count(is, finding.is_found(), format!("{table}.{column}"));
    }
    tally.report("columns_dbsamples.open");
}

#[test]
fn columns_of_real_dumps_are_told_apart() {
    let mut tally = Tally::default();
    for name in ["chinook", "pagila", "netbox", "pgex"] {
        let Some(corpus) = corpus(name) else { return };
        let workspace = Workspace::new(KEEP_ALL);
        let input = workspace.file("in.sql", &corpus.dump("plain"));
        let report = workspace.run(&["scan", "--json", input.to_str().unwrap()], b"").done();
        let report: Value = serde_json::from_slice(&report).unwrap();
        let labels = corpus.labels();
        for table in report["tables"].as_array().unwrap() {
            for column in table["columns"].as_array().unwrap() {
                let (table, column_name) =
                    (table["name"].as_str().unwrap(), column["name"].as_str().unwrap());
                let label = labels.get(&(table.to_owned(), column_name.to_owned()));
                // What may be personal or not, nobody is asked.
                let Some(is) = label.and_then(|label| match label.as_str() {
                    "yes" => Some(true),
                    "no" => Some(false),
                    _ => None,
                }) else {
                    continue;
                };
                let what = format!("{table}.{column_name} ({})", column["entity"].as_str().unwrap_or("-"));
                tally.count(is, column["entity"].is_string(), what);
            }
        }
    }
    tally.report("corpora");
}
