//! Databases with every trap, read as dumps and made again by SQLite.

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::format::{Input, ReaderOptions, open, open_schema};

const SCHEMA: &str = r#"
PRAGMA page_size = 8192; PRAGMA user_version = 7; PRAGMA application_id = 99;
CREATE TABLE "a ""b" (x TEXT COLLATE NOCASE, y AS (upper(x)), z REAL, w BLOB) -- the end
;
CREATE TABLE [k] (id INTEGER PRIMARY KEY AUTOINCREMENT, rowid TEXT, note);
CREATE TABLE w (a TEXT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE s (a INTEGER, b TEXT) STRICT;
INSERT INTO "a ""b"(rowid, x, z, w) VALUES
    (5, 'it''s', 1e999, X'00ff27'), (9, 'two' || char(13, 10) || 'lines;', 0.1, NULL), (-3, CAST(X'610062' AS TEXT), -0.0, 'x'),
    (12, CAST(X'ff' AS TEXT), 123456789.123456789e-200, 9007199254740993);
INSERT INTO k(rowid, note) VALUES ('r', 1), (NULL, 2.0), ('', '3');
DELETE FROM k WHERE id = 3;
INSERT INTO w VALUES ('b', 2), ('a', 2), ('z', 1);
INSERT INTO s VALUES (1, '');
CREATE INDEX i ON w(b, a);
CREATE UNIQUE INDEX u ON "a ""b"(x) WHERE x > '';
CREATE VIEW v AS SELECT x FROM "a ""b";
CREATE TRIGGER t AFTER INSERT ON s BEGIN UPDATE w SET b = b + 1 WHERE a = ';'; DELETE FROM s; END;
ANALYZE;
"#;

fn database(folder: &TempDir, setup: &str) -> std::path::PathBuf {
    let path = folder.path().join("a % b?.db");
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(setup).unwrap();
    path
}

fn dump(path: &Path, block_size: usize) -> Vec<u8> {
    let options = ReaderOptions { block_size, ..Default::default() };
    let mut reader = open(Input::path(path), &options).unwrap();
    let mut out = Vec::new();
    while let Some(event) = reader.next(Vec::new()).unwrap() {
        match event {
            Event::Verbatim { bytes, .. } | Event::Ddl { bytes, .. } => out.extend(bytes),
            Event::Rows(block) => out.extend(block.bytes),
            Event::Sequence(set) => out.extend(set.bytes),
            _ => {}
        }
    }
    out
}

/// Everything that a database holds, but for statistics.
fn contents(connection: &Connection) -> Vec<String> {
    let mut lines = Vec::new();
    let list = |sql: &str| -> Vec<String> {
        let mut query = connection.prepare(sql).unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    lines.extend(list(
        "SELECT type || '|' || name || '|' || trim(sql, char(10)) FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_stat%' ORDER BY 1",
    ));
    for table in list("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_stat%'")
    {
        let number = if table == "w" || table == "k" { "0" } else { "rowid" };
        let name = table.replace('"', "\"\"");
        let mut query =
            connection.prepare(&format!("SELECT {number} AS n, * FROM \"{name}\" ORDER BY 1, 2, 3")).unwrap();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<String> = (0..row.as_ref().column_count())
                .map(|column| match row.get_ref(column).unwrap() {
                    rusqlite::types::ValueRef::Real(real) => format!("real {}", real.to_bits()),
                    other => format!("{other:?}"),
                })
                .collect();
            lines.push(format!("{table}: {}", cells.join("|")));
        }
    }
    for pragma in ["page_size", "user_version", "application_id"] {
        let value: i64 = connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0)).unwrap();
        lines.push(format!("{pragma} {value}"));
    }
    lines
}

#[test]
fn a_database_is_read_as_a_dump_that_makes_the_same_database() {
    let folder = TempDir::new().unwrap();
    let path = database(&folder, SCHEMA);
    let before = std::fs::read(&path).unwrap();
    let text = dump(&path, 64 * 1024);
    for block_size in [1, 100] {
        assert!(dump(&path, block_size) == text, "blocks of {block_size}");
    }
    let again = Connection::open_in_memory().unwrap();
    again.execute_batch(std::str::from_utf8(&text).unwrap()).unwrap();
    assert_eq!(contents(&again), contents(&Connection::open(&path).unwrap()));
    assert!(std::fs::read(&path).unwrap() == before, "the database was changed");
    // It is a dump in the eyes of the dump's own reader.
    let options = ReaderOptions { format: Some("sqlite_dump"), ..Default::default() };
    let mut reader = open(Input::new("dump", std::io::Cursor::new(text)), &options).unwrap();
    while reader.next(Vec::new()).unwrap().is_some() {}
}

#[test]
fn a_schema_is_read_without_rows() {
    let folder = TempDir::new().unwrap();
    let path = database(&folder, SCHEMA);
    let mut reader = open_schema(Input::path(&path), &ReaderOptions::default()).unwrap();
    let mut ddl = 0;
    while let Some(event) = reader.next(Vec::new()).unwrap() {
        assert!(!matches!(event, Event::Rows(_) | Event::Sequence(_)));
        ddl += usize::from(matches!(event, Event::Ddl { .. }));
    }
    assert_eq!(ddl, 8);
}

#[test]
fn what_a_log_holds_is_read_and_nothing_is_left_behind() {
    let folder = TempDir::new().unwrap();
    let path =
        database(&folder, "PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES ('first');");
    let files = || std::fs::read_dir(folder.path()).unwrap().count();
    let at_rest = files();
    assert!(String::from_utf8(dump(&path, 100)).unwrap().contains("'first'"));
    assert_eq!(files(), at_rest);
    let open = Connection::open(&path).unwrap();
    open.execute_batch("INSERT INTO t VALUES ('second')").unwrap();
    assert!(String::from_utf8(dump(&path, 100)).unwrap().contains("'second'"));
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let folder = TempDir::new().unwrap();
    let path = database(&folder, "CREATE TABLE t (a); INSERT INTO t VALUES (randomblob(100000));");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4096..].fill(0x5a);
    let damaged = folder.path().join("damaged.db");
    std::fs::write(&damaged, &bytes).unwrap();
    let mut reader = open(Input::path(&damaged), &ReaderOptions::default()).unwrap();
    let error = loop {
        match reader.next(Vec::new()) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a damaged database was read to its end"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("damaged") || error.contains("cannot read"), "{error}");
    assert!(
        open(Input::new("-", std::io::Cursor::new(bytes)), &ReaderOptions::default()).is_err(),
        "from a pipe"
    );
    let virtual_table = folder.path().join("virtual.db");
    let connection = Connection::open(&virtual_table).unwrap();
    connection.execute_batch("CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('x')").unwrap();
    let mut reader = open(Input::path(&virtual_table), &ReaderOptions::default()).unwrap();
    let error = loop {
        match reader.next(Vec::new()) {
            Ok(Some(_)) => {}
            Ok(None) => panic!("a virtual table was passed over"),
            Err(error) => break error.to_string(),
        }
    };
    assert!(error.contains("virtual table") && error.contains("table f"), "{error}");
}

#[test]
fn rows_that_reference_nothing_are_counted() {
    let folder = TempDir::new().unwrap();
    let path = database(
        &folder,
        "PRAGMA foreign_keys = OFF; CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p); INSERT INTO c VALUES (1), (2), (NULL);",
    );
    assert_eq!(count_foreign_key_violations(&path).unwrap(), 2);
}
