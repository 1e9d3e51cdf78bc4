//! Database files in, database files out: nothing of the original is left in any byte of them.

use std::fs;

use rusqlite::Connection;

use super::{names, number};
use crate::support::cli::{KEEP_ALL, Workspace};

const POLICY: &str = r#"
version = 1
construction = "v1"
project = "test/database/dev"
unclassified = "keep"
[tables.people]
columns.id = "permute"
columns.email = { op = "email", accept_frequency_leak = "invented" }
columns.note = "redact"
columns.scan = { op = "bytes" }
"#;

const SETUP: &str = "
PRAGMA page_size = 1024; PRAGMA user_version = 3; PRAGMA application_id = 4; PRAGMA auto_vacuum = 0;
CREATE TABLE people (id INTEGER PRIMARY KEY AUTOINCREMENT, email TEXT UNIQUE, note TEXT, scan BLOB, shout AS (upper(note)));
CREATE TABLE visits (person REFERENCES people, place TEXT);
CREATE INDEX notes ON people (note, email);
CREATE VIEW all_of_it AS SELECT * FROM people;
CREATE TRIGGER after_visit AFTER INSERT ON visits BEGIN UPDATE people SET note = 'visited' WHERE id = new.person; END;
";

/// A secret that stands nowhere else.
fn canary(number: usize) -> String {
    format!("kanari{number:03}vogel")
}

/// A database with 200 secrets: in rows, in deleted rows on free pages, in indexes, in statistics and in the log.
fn planted(workspace: &Workspace) -> Connection {
    let connection = Connection::open(workspace.path("input.db")).unwrap();
    connection.execute_batch(SETUP).unwrap();
    for number in 0..200 {
        let (text, blob) = (canary(number), canary(number).into_bytes());
        let filler = "x".repeat(number * 7);
        connection
            .execute(
                "INSERT INTO people (id, email, note, scan) VALUES (?1, ?2, ?3, ?4)",
                (number as i64 * 3 + 1, format!("{text}@acme.example"), format!("{filler} {text}"), blob),
            )
            .unwrap();
        connection.execute("INSERT INTO visits VALUES (?1, 'here')", [number as i64 * 3 + 1]).unwrap();
    }
    connection.execute_batch("UPDATE people SET note = note || ' ' || email; ANALYZE; DELETE FROM visits WHERE person > 400; DELETE FROM people WHERE id > 400").unwrap();
    connection
}

fn holds_no_canary(bytes: &[u8]) {
    for number in 0..200 {
        let text = canary(number);
        let upper = text.to_uppercase();
        let wide: Vec<u8> = text.bytes().flat_map(|byte| [byte, 0]).collect();
        for form in [
            text.as_bytes(),
            upper.as_bytes(),
            &wide,
            data_encoding::HEXLOWER.encode(text.as_bytes()).as_bytes(),
        ] {
            assert!(memchr::memmem::find(bytes, form).is_none(), "secret {number} is left");
        }
    }
}

#[test]
fn no_byte_of_a_masked_column_is_left() {
    for wal in [false, true] {
        let workspace = Workspace::new(POLICY);
        let connection = planted(&workspace);
        if wal {
            let _ = names(&connection, "PRAGMA journal_mode = WAL");
            connection.execute_batch("UPDATE people SET note = note || '!'").unwrap();
        }
        let input = workspace.path("input.db");
        let before = fs::read(&input).unwrap();
        let output = workspace.path("output.db");
        let run = workspace.mask_file(&["-o", output.to_str().unwrap()], &input);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(fs::read(&input).unwrap() == before, "the input was changed");
        let left: Vec<_> = fs::read_dir(workspace.path(""))
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        assert!(
            !left.iter().any(|name| name.starts_with(".scrub") || name.starts_with("output.db-")),
            "{left:?}"
        );
        holds_no_canary(&fs::read(&output).unwrap());
        let masked = Connection::open(&output).unwrap();
        assert_eq!(names(&masked, "PRAGMA integrity_check"), ["ok"]);
        assert_eq!(number(&masked, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
        for sql in [
            "SELECT count(*) FROM people",
            "SELECT count(*) FROM visits JOIN people ON person = id",
            "SELECT count(*) FROM sqlite_schema WHERE name NOT LIKE 'sqlite_stat%'",
            "PRAGMA page_size",
            "PRAGMA user_version",
            "PRAGMA application_id",
            "SELECT sum(length(scan)) FROM people",
        ] {
            assert_eq!(number(&masked, sql), number(&connection, sql), "{sql}");
        }
        assert_eq!(number(&masked, "SELECT count(DISTINCT shout) FROM people"), 1);
        let most = number(&masked, "SELECT max(id) FROM people");
        masked.execute_batch("INSERT INTO people (email) VALUES ('next')").unwrap();
        assert!(number(&masked, "SELECT max(id) FROM people") > most);
        // The triggers are there, and did not run while the rows came in.
        masked.execute_batch("INSERT INTO visits SELECT max(id), 'now' FROM people").unwrap();
        assert_eq!(number(&masked, "SELECT count(*) FROM people WHERE note = 'visited'"), 1);
    }
}

#[test]
fn a_kept_database_holds_the_same_rows() {
    let workspace = Workspace::new(KEEP_ALL);
    let connection = Connection::open(workspace.path("input.db")).unwrap();
    let setup = super::dumps::TRAPS.replace("CREATE VIRTUAL TABLE search USING fts5(body, content='');", "");
    connection.execute_batch(&setup).unwrap();
    let (input, output) = (workspace.path("input.db"), workspace.path("output.db"));
    for options in [&["--threads", "1"][..], &["--threads", "3", "--block-size", "100"]] {
        let _ = fs::remove_file(&output);
        let options: Vec<&str> = options.iter().copied().chain(["-o", output.to_str().unwrap()]).collect();
        workspace.mask_file(&options, &input).done();
        let kept = Connection::open(&output).unwrap();
        assert_eq!(super::cells(&kept), super::cells(&connection));
    }
    // As a dump, on standard output and in a file that is called so.
    let text = workspace.mask_file(&[], &input).done();
    assert_eq!(super::cells(&super::restored(&text)), super::cells(&connection));
    let named = workspace.path("output.sql");
    workspace.mask_file(&["-o", named.to_str().unwrap()], &input).done();
    assert!(fs::read(&named).unwrap() == text);
}

#[test]
fn a_run_that_fails_leaves_nothing() {
    let workspace = Workspace::new(&POLICY.replace("\"permute\"", "{ op = \"constant\", value = \"1\" }"));
    drop(planted(&workspace));
    let output = workspace.path("output.db");
    let run = workspace.mask_file(&["-o", output.to_str().unwrap()], &workspace.path("input.db"));
    assert_eq!(run.code, 2, "a key that is the same in all rows");
    let workspace = Workspace::new(POLICY);
    let connection = planted(&workspace);
    connection
        .execute_batch("CREATE VIRTUAL TABLE search USING fts5(a); INSERT INTO search VALUES ('secret')")
        .unwrap();
    let run = workspace.mask_file(&["-o", output.to_str().unwrap()], &workspace.path("input.db"));
    assert!(
        run.code == 2 && run.stderr.contains("virtual table") && !run.stderr.contains("secret"),
        "{}",
        run.stderr
    );
    let left: Vec<_> =
        fs::read_dir(workspace.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 3, "{left:?}");
    let bytes = fs::read(workspace.path("input.db")).unwrap();
    let run = workspace.mask_pipe(&["--schema-from-stream"], &bytes);
    assert!(run.code == 2 && run.stderr.contains("from its file"), "{}", run.stderr);
}

#[test]
fn a_manifest_tells_what_was_read_and_written() {
    let workspace = Workspace::new(POLICY);
    drop(planted(&workspace));
    let (output, manifest) = (workspace.path("output.db"), workspace.path("run.json"));
    let options = ["-o", output.to_str().unwrap(), "--manifest", manifest.to_str().unwrap()];
    workspace.mask_file(&options, &workspace.path("input.db")).done();
    let record: serde_json::Value = serde_json::from_slice(&fs::read(&manifest).unwrap()).unwrap();
    let bytes = fs::metadata(workspace.path("input.db")).unwrap().len();
    assert_eq!(record["inputs"][0]["bytes"].as_u64(), Some(bytes));
}
