//! `scrub coverage`: it says nothing of what rows hold, stops where it may not look, and counts alike however it reads.

use std::fmt::Write as _;
use std::fs;

use serde_json::Value;

use crate::corpora_masked;
use crate::support::cli::{HEAD, KEEP_ALL, Run, Workspace};
use crate::support::corpora::{corpus, mysql_corpus, shared};

const POLICY: &str = r#"
[tables."public.people"]
columns.name = "redact"
columns.born = "redact"
columns.amount = "permute"
"#;

/// 200 values that are rare, least, greatest or long, in masked columns and in kept ones.
fn canaries() -> Vec<String> {
    let texts = (0..50).map(|n| format!("kanari{n}vogel{}", "x".repeat(n % 5 * 60)));
    let categories = (0..50).map(|n| format!("selten{n}"));
    let numbers = (0..50).map(|n| (1_900_000_000_000_000_111_u64 + n * 7_777).to_string());
    let times = (0..50).map(|n| format!("{}-07-{:02} 11:22:33", 2151 + n, 2 + n % 25));
    texts.chain(categories).chain(numbers).chain(times).collect()
}

fn dump() -> String {
    let all = canaries();
    let mut rows = String::new();
    for n in 0..50 {
        let _ = writeln!(
            rows,
            "{n}\t{}\t{}\t{}\t{}\t{}",
            all[n],
            all[50 + n],
            all[100 + n],
            all[150 + n],
            if n % 3 == 0 { "\\N".to_owned() } else { (n / 2).to_string() }
        );
    }
    format!(
        "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n\
         CREATE TABLE public.people (\n    id integer NOT NULL,\n    name text,\n    kind character varying(40),\n    \
         amount bigint,\n    born timestamp without time zone,\n    boss integer\n);\n\n\
         COPY public.people (id, name, kind, amount, born, boss) FROM stdin;\n{rows}\\.\n\n\n\
         ALTER TABLE ONLY public.people\n    ADD CONSTRAINT people_pkey PRIMARY KEY (id);\n\n\
         ALTER TABLE ONLY public.people\n    ADD CONSTRAINT boss FOREIGN KEY (boss) REFERENCES public.people(id);\n\n\
         --\n-- PostgreSQL database dump complete\n--\n\n"
    )
}

fn workspace() -> Workspace {
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    workspace.file("input.sql", dump().as_bytes());
    workspace
}

const KEYED: [&str; 5] = ["coverage", "-p", "scrub.toml", "--key-file", "scrub.key"];

fn coverage(workspace: &Workspace, options: &[&str]) -> Run {
    workspace.run(&[&KEYED[..], options].concat(), b"")
}

fn json(run: Run) -> Value {
    serde_json::from_slice(&run.done()).unwrap()
}

#[test]
fn no_value_of_a_row_is_in_what_it_writes() {
    let workspace = workspace();
    let text = coverage(&workspace, &["input.sql", "--html", "page.html"]);
    let mut said = text.stderr.clone();
    said.push_str(&String::from_utf8(text.done()).unwrap());
    said.push_str(&String::from_utf8(coverage(&workspace, &["input.sql", "--json"]).done()).unwrap());
    said.push_str(&fs::read_to_string(workspace.path("page.html")).unwrap());
    // Also where the rows are looked at as they are.
    let safe =
        workspace.run(&["coverage", "--input-is-safe", "--html", "safe.html", "--json", "input.sql"], b"");
    said.push_str(&String::from_utf8(safe.done()).unwrap());
    said.push_str(&fs::read_to_string(workspace.path("safe.html")).unwrap());
    assert!(said.contains("public.people") && said.contains("length:max"));
    let canaries = canaries();
    assert_eq!(canaries.len(), 200);
    for (number, canary) in canaries.iter().enumerate() {
        assert!(!said.contains(canary.as_str()), "canary {number} came out");
    }
}

#[test]
fn rows_that_nobody_called_safe_are_not_looked_at() {
    let workspace = workspace();
    fs::rename(workspace.path("scrub.toml"), workspace.path("other.toml")).unwrap();
    for options in [&["coverage", "input.sql"][..], &["coverage", "--json", "input.sql"]] {
        let run = workspace.run(options, b"");
        assert_eq!((run.code, run.stdout.len()), (2, 0));
        assert!(run.stderr.contains("--input-is-safe"), "{}", run.stderr);
    }
    let run = workspace.run(&["coverage"], dump().as_bytes());
    assert_eq!((run.code, run.stdout.len()), (2, 0));
    let declared =
        dump().replace(&dump()[dump().find("COPY").unwrap()..dump().find("\\.\n").unwrap() + 3], "");
    let run = workspace.run(&["coverage", "--json"], declared.as_bytes());
    let found = json(run);
    assert_eq!(found["total"]["satisfied"], 0);
    assert!(found["total"]["open"].as_u64().unwrap() > 100);
    let run = workspace.run(&["coverage", "-p", "missing.toml", "input.sql"], b"");
    assert_eq!((run.code, run.stdout.len()), (2, 0));
}

#[test]
fn a_manifest_is_checked_byte_by_byte() {
    let workspace = workspace();
    workspace.mask_file(&["-o", "masked.sql", "--manifest", "run.json"], "input.sql".as_ref()).done();
    let options = ["coverage", "--manifest", "run.json", "--key-file", "scrub.key", "--json"];
    let run = |input: &str| workspace.run(&[&options[..], &[input]].concat(), b"");
    let mut by_manifest = json(run("masked.sql"));
    let mut as_read = json(coverage(&workspace, &["input.sql", "--json"]));
    for report in [&mut by_manifest, &mut as_read] {
        report["rows"] = Value::Null;
    }
    assert_eq!(by_manifest, as_read, "what is masked as it is read counts as the output does");
    let mut other = fs::read(workspace.path("masked.sql")).unwrap();
    let last = other.iter().rposition(|byte| *byte == b'1').unwrap();
    other[last] = b'2';
    workspace.file("other.sql", &other);
    for input in ["other.sql", "input.sql"] {
        let run = run(input);
        assert_eq!((run.code, run.stdout.len()), (2, 0), "{input}");
    }
}

#[test]
fn threads_and_blocks_change_nothing() {
    let workspace = workspace();
    let found = |options: &[&str]| coverage(&workspace, &[&["input.sql", "--json"], options].concat()).done();
    let one = found(&["--threads", "1"]);
    for threads in ["2", "5"] {
        for block in ["64", "500", "1000000"] {
            assert_eq!(found(&["--threads", threads, "--block-size", block]), one, "{threads} {block}");
        }
    }
}

#[test]
fn counts_add_up_and_the_gate_closes() {
    let workspace = workspace();
    let found = json(coverage(&workspace, &["input.sql", "--json"]));
    let table = &found["tables"][0];
    assert_eq!(table["rows"], 50);
    for state in ["satisfied", "open", "infeasible", "unknown"] {
        let criteria = found["criteria"].as_object().unwrap().values();
        let sum: u64 = criteria.map(|counts| counts[state].as_u64().unwrap()).sum();
        assert_eq!(found["total"][state], sum, "{state}");
        assert_eq!(table[state], sum, "{state}");
    }
    let gap = |id: &str| table["gaps"].as_array().unwrap().iter().any(|gap| gap["id"] == id);
    assert!(gap("VPC:public.people.id:below:0"));
    assert!(
        gap("FCC:public.people.boss:public.people:a row that is its own parent")
            || gap("NC:public.people.boss:null")
    );
    assert!(!gap("FCC:public.people.boss:public.people:no parent"));
    let only = json(coverage(&workspace, &["input.sql", "--json", "--criteria", "nc,FCC"]));
    assert_eq!(only["criteria"].as_object().unwrap().keys().collect::<Vec<_>>(), ["FCC", "NC"]);
    assert_eq!(coverage(&workspace, &["input.sql", "--min", "1"]).code, 0);
    assert_eq!(coverage(&workspace, &["input.sql", "--min", "99"]).code, 1);
    assert_eq!(coverage(&workspace, &["input.sql", "--min", "101"]).code, 2);
    assert_eq!(coverage(&workspace, &["input.sql", "--criteria", "XYZ"]).code, 2);
}

#[test]
fn files_without_ddl_are_looked_at_too() {
    let workspace = Workspace::new(KEEP_ALL);
    workspace.file("t.csv", b"name,age\nann,5\nbob,\n");
    workspace.file(
        "t.jsonl",
        b"{\"name\":\"ann\",\"age\":5,\"tags\":[\"a\",\"b\"]}\n{\"name\":null,\"age\":7,\"tags\":[]}\n",
    );
    for (file, safe) in [("t.csv", false), ("t.csv", true), ("t.jsonl", false), ("t.jsonl", true)] {
        let options: &[&str] = if safe {
            &["coverage", "--input-is-safe", "--json", file]
        } else {
            &["coverage", "--json", file]
        };
        let found = json(workspace.run(options, b""));
        assert_eq!(found["tables"][0]["rows"], 2, "{file}");
        assert!(found["criteria"]["VPC"]["satisfied"].as_u64().unwrap() >= 2, "{file}");
    }
}

/// Rows that the report says each table has.
fn rows(report: &Value) -> Vec<(String, u64)> {
    let tables = report["tables"].as_array().unwrap().iter();
    tables
        .map(|table| (table["name"].as_str().unwrap().to_owned(), table["rows"].as_u64().unwrap()))
        .collect()
}

#[test]
fn postgresql_samples_are_read_whole() {
    for name in ["pagila", "netbox"] {
        let Some(corpus) = corpus(name) else { return };
        let workspace = Workspace::new(&corpora_masked::policy(name));
        workspace.file("input.sql", &corpus.dump("plain"));
        let found = json(coverage(&workspace, &["input.sql", "--json"]));
        // Rows of partitions are their root's, as the server counts them.
        let expected = corpus.expectation().rows;
        for (table, rows) in rows(&found) {
            assert_eq!(expected.get(&table), Some(&rows), "{name}: {table}");
        }
        assert!(found["criteria"]["FCC"]["satisfied"].as_u64().unwrap() > 20, "{name}");
        workspace.file("input.sql", &corpus.dump("inserts"));
        assert_eq!(json(coverage(&workspace, &["input.sql", "--json"])), found, "{name}: as INSERTs");
    }
}

#[test]
fn mysql_and_sqlite_samples_are_read_whole() {
    for name in ["sakila", "civi_wikimedia"] {
        let Some(corpus) = mysql_corpus(name) else { return };
        let workspace = Workspace::new(KEEP_ALL);
        workspace.file("input.sql", &corpus.dump("default"));
        let run = workspace.run(&["coverage", "--input-is-safe", "--json", "input.sql"], b"");
        let found = json(run);
        let expected = corpus.expectation().rows;
        assert_eq!(
            rows(&found).iter().map(|(_, rows)| rows).sum::<u64>(),
            expected.values().sum::<u64>(),
            "{name}"
        );
    }
    let Some(shared) = shared() else { return };
    let file = fs::File::open(shared.join("data/corpora/sqlite_northwind/northwind.dump.sql.zst")).unwrap();
    let workspace = Workspace::new(&corpora_masked::policy("northwind"));
    workspace.file("input.sql", &zstd::decode_all(file).unwrap());
    let found = json(coverage(&workspace, &["input.sql", "--json"]));
    assert!(rows(&found).iter().map(|(_, rows)| rows).sum::<u64>() > 3000);
}
