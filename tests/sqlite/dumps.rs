//! Dumps that SQLite's own shell makes of a schema with every trap, and failures that must be seen.

use rusqlite::Connection;

use super::{cells, number, restored, shell};
use crate::support::cli::{KEEP_ALL, Workspace, assert_same};

/// What a dump of SQLite may hold.
pub(super) const TRAPS: &str = r#"
PRAGMA foreign_keys = OFF;
CREATE TABLE [cust omer] (
    "Id" INTEGER PRIMARY KEY AUTOINCREMENT, `e mail` TEXT NOT NULL UNIQUE COLLATE NOCASE, -- a comment; with 'quotes
    name VARCHAR(40) DEFAULT 'it''s; ' CHECK (name <> ';' /* ; */), born DATE,
    upper_name TEXT AS (upper(name)) STORED, note, photo BLOB, score REAL, CONSTRAINT long CHECK (length(name) < 100)
);
CREATE TABLE 'orders' (customer REFERENCES "CUST OMER"(id), mail TEXT REFERENCES [cust omer](`E MAIL`), total DECIMAL(10, 2));
CREATE TABLE "keyed ""w""" (a TEXT, b INT, PRIMARY KEY (b, a)) WITHOUT ROWID;
CREATE TABLE strict_one (id INT, body TEXT) STRICT;
CREATE VIRTUAL TABLE search USING fts5(body, content='');
INSERT INTO [cust omer] (id, `e mail`, name, born, note, photo, score) VALUES
    (1, 'jane@acme.example', 'Jane', '1980-02-03', 'two' || char(10) || 'lines; ''quoted'' \n and \012', X'00ff', 1e999),
    (7, 'JOHN@acme.example', 'John', '1999-12-31', 'cr' || char(13, 10) || '-- no comment', NULL, -0.1),
    (200, 'zoë@acme.example', 'Zoë', NULL, '', X'', 123456789.123456),
    (70000, 'x@acme.example', 'X''Y', '2000-01-01', 'INSERT INTO t VALUES(1);', zeroblob(300), 5e-324);
INSERT INTO orders VALUES (1, 'JANE@ACME.EXAMPLE', 12.5), (7, 'john@acme.example', 3), (7, NULL, 0.1), (200, 'zoë@acme.example', -1);
INSERT INTO "keyed ""w""" VALUES ('b', 1), ('a', 1);
INSERT INTO strict_one VALUES (1, 'one'), (NULL, NULL);
CREATE UNIQUE INDEX "i;1" ON orders (customer, total) WHERE total > 0;
CREATE INDEX i2 ON [cust omer] (lower(name));
CREATE VIEW "v'1" AS SELECT ';' AS semicolon, name FROM [cust omer];
CREATE TRIGGER one_line AFTER INSERT ON strict_one BEGIN SELECT CASE WHEN new.id > 1 THEN 1 END; UPDATE strict_one SET body = ';' WHERE 0; END;
CREATE TRIGGER lines AFTER UPDATE ON orders
BEGIN
    SELECT 1; -- END;
    INSERT INTO strict_one VALUES (2, 'END;');
END;
ANALYZE;
"#;

fn workspace_with_database(policy: &str) -> Workspace {
    let workspace = Workspace::new(policy);
    Connection::open(workspace.path("traps.db")).unwrap().execute_batch(TRAPS).unwrap();
    workspace
}

/// The dump of a kind, without the statistics that are left out.
fn dump(workspace: &Workspace, command: &str) -> Option<Vec<u8>> {
    let (code, text, errors) = shell(&workspace.path("traps.db"), &[], command.as_bytes())?;
    assert_eq!(code, 0, "{errors}");
    let lines = text.split_inclusive(|&byte| byte == b'\n');
    Some(lines.filter(|line| !line.starts_with(b"INSERT INTO sqlite_stat")).collect::<Vec<_>>().concat())
}

#[test]
fn what_the_shell_writes_is_kept_byte_for_byte() {
    let workspace = workspace_with_database(KEEP_ALL);
    let Some(whole) = dump(&workspace, ".dump") else { return };
    workspace.file("schema.sql", &whole);
    for command in [
        ".dump",
        ".dump --preserve-rowids",
        ".dump --newlines",
        ".dump --nosys",
        ".dump --data-only",
        ".dump --data-only --preserve-rowids --newlines",
    ] {
        let Some(text) = dump(&workspace, command) else { return };
        let input = workspace.file("input.sql", &text);
        let mut options = vec!["--block-size", "100"];
        if command.contains("data-only") {
            options.extend(["--no-trailer", "--schema", "schema.sql"]);
        }
        assert_same(&workspace.mask_file(&options, &input).done(), &text, command);
    }
}

const POLICY: &str = r#"
version = 1
construction = "v1"
project = "test/traps/dev"
unclassified = "keep"
[domains."cust omer.e mail"]
kind = "email"
equality = "ci"
[tables."cust omer"]
columns.Id = "permute"
columns."e mail" = { op = "email", domain = "cust omer.e mail", accept_frequency_leak = "four" }
columns.name = "redact"
columns.note = "redact"
columns.photo = { op = "bytes" }
"#;

#[test]
fn masked_traps_restore_and_join() {
    let workspace = workspace_with_database(POLICY);
    for command in [".dump", ".dump --preserve-rowids", ".dump --newlines"] {
        let Some(text) = dump(&workspace, command) else { return };
        let original = restored(&text);
        let output = workspace.mask_file(&[], &workspace.file("input.sql", &text)).done();
        let target = workspace.path("restored.db");
        let _ = std::fs::remove_file(&target);
        let (code, _, errors) = shell(&target, &["-bail"], &output).unwrap();
        assert_eq!(code, 0, "{command}: {errors}");
        let masked = Connection::open(&target).unwrap();
        for join in [
            "SELECT count(*) FROM orders o JOIN [cust omer] c ON o.customer = c.id",
            "SELECT count(*) FROM orders o JOIN [cust omer] c ON c.`e mail` = o.mail",
            "SELECT count(*) FROM pragma_foreign_key_check",
            "SELECT count(*) FROM [cust omer] WHERE upper_name = '[REDACTED]'",
        ] {
            let expected = if join.contains("REDACTED") { 4 } else { number(&original, join) };
            assert_eq!(number(&masked, join), expected, "{command}: {join}");
        }
        assert_eq!(
            super::names(&masked, "SELECT group_concat(typeof(photo)) FROM [cust omer]"),
            ["blob,null,blob,blob"]
        );
        assert_eq!(number(&masked, "SELECT sum(length(photo)) FROM [cust omer]"), 302);
        // The next key is as free as before.
        masked.execute_batch("INSERT INTO [cust omer] (`e mail`) VALUES ('next@acme.example')").unwrap();
        assert!(number(&masked, "SELECT max(id) FROM [cust omer]") > 70_000);
        let (before, after) = (cells(&original), cells(&masked));
        let kept = ("keyed \"w\"".to_owned(), "a".to_owned());
        assert_eq!(before[&kept], after[&kept]);
        for secret in ["jane", "JOHN", "zoë@", "quoted", "00ff"] {
            assert!(!String::from_utf8_lossy(&output).contains(secret), "{command}: {secret} is left");
        }
    }
}

#[test]
fn what_fails_or_is_cut_does_not_restore() {
    let workspace = workspace_with_database(POLICY);
    let Some(text) = dump(&workspace, ".dump") else { return };
    let mut cuts: Vec<usize> = (0..text.len()).filter(|at| text[*at] == b'\n').map(|at| at + 1).collect();
    cuts.pop();
    cuts.extend([0, 1, 30, text.len() / 2, text.len() - 5]);
    cuts.sort_unstable();
    workspace.file("whole.sql", &text);
    for (number_of, cut) in cuts.into_iter().enumerate() {
        if number_of % 4 != 0 {
            continue;
        }
        let run = workspace.mask_pipe(&["--schema", "whole.sql"], &text[..cut]);
        assert_eq!(run.code, 2, "cut at {cut}: {}", run.stderr);
        for options in [&[][..], &["-bail"]] {
            let target = workspace.path("cut.db");
            let _ = std::fs::remove_file(&target);
            let (code, _, _) = shell(&target, options, &run.stdout).unwrap();
            assert_ne!(code, 0, "cut at {cut}, {options:?}: the restore looks like a success");
            let left = Connection::open(&target).unwrap();
            assert_eq!(
                number(&left, "SELECT count(*) FROM sqlite_schema"),
                0,
                "cut at {cut}: something was committed"
            );
        }
    }
}
