//! Real databases, masked and restored: what must change has changed, and nothing else has.
//!
//! The policies in `tests/policies` mask every column that the samples' truth files call personal.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::sequences;
use crate::support::cli::Workspace;
use crate::support::copy::{Rows, tables};
use crate::support::corpora::{Corpus, corpus};
use crate::support::server::{Database, server};

/// The same rows, dumped in four forms.
const VARIANTS: [&str; 4] = ["plain", "inserts", "colins100", "clean_quoteall"];

#[test]
fn chinook_is_masked() {
    masked("chinook");
}

#[test]
fn pagila_is_masked() {
    masked("pagila");
}

#[test]
fn netbox_is_masked() {
    masked("netbox");
}

#[test]
fn pgex_is_masked() {
    masked("pgex");
}

fn masked(name: &'static str) {
    let Some(corpus) = corpus(name) else { return };
    let workspace = Workspace::new(&policy(name));
    let mut outputs = BTreeMap::new();
    for variant in VARIANTS {
        let input = workspace.file("input.sql", &corpus.dump(variant));
        outputs.insert(variant, workspace.mask_file(&[], &input).done());
    }
    cells_have_changed(&corpus, &outputs["plain"]);
    let Some(server) = server() else { return };
    let mut digests = BTreeMap::new();
    for variant in VARIANTS {
        let original = server.create(name);
        let expected_errors = original.restore(&corpus.dump(variant));
        let masked = server.create(name);
        let errors = masked.restore(&outputs[variant]);
        assert_eq!(errors, expected_errors, "{name} {variant}: errors of the restore");
        facts_hold(&corpus, &original, variant);
        facts_hold(&corpus, &masked, variant);
        assert_eq!(constraints(&masked), constraints(&original), "{name} {variant}: constraints");
        digests.insert(variant, contents(&masked));
        assert_ne!(digests[variant], contents(&original), "{name} {variant}: nothing was masked");
        sequences::next_values_are_as_free_as_before(&original, &masked);
    }
    for variant in VARIANTS {
        let (found, expected) = (&digests[variant], &digests["plain"]);
        let differing: Vec<_> =
            found.iter().filter(|(table, digest)| expected.get(*table) != Some(digest)).collect();
        assert!(differing.is_empty(), "{name}: {variant} and plain have other pseudonyms in {differing:?}");
    }
}

/// The policy of a sample.
pub(crate) fn policy(name: &str) -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/policies/{name}.toml")))
        .unwrap()
}

/// Rows per table and joins over foreign keys are those that the sample states, and so are its constraints.
fn facts_hold(corpus: &Corpus, database: &Database, variant: &str) {
    let expected = corpus.expectation();
    // All questions at once: a sample has hundreds.
    let counts = expected.rows.iter().map(|(table, rows)| {
        let (schema, table) = table.split_once('.').unwrap();
        (format!("SELECT count(*) FROM \"{schema}\".\"{table}\""), *rows)
    });
    let questions: Vec<(String, u64)> = counts.chain(expected.joins).collect();
    let sql: Vec<&str> = questions.iter().map(|(sql, _)| sql.as_str()).collect();
    let answers = database.psql(&sql.join(";\n"));
    assert_eq!(answers.lines().count(), questions.len());
    for (answer, (sql, rows)) in answers.lines().zip(&questions) {
        assert_eq!(answer, rows.to_string(), "{} {variant}: {sql}", corpus.name);
    }
    let found = constraints(database);
    for constraint in &expected.constraints {
        let line = constraint.join("|");
        assert!(found.contains(&line), "{} {variant}: constraint {line}", corpus.name);
    }
}

/// Table, name, kind, deferrable, deferred and definition of every constraint, one per line.
fn constraints(database: &Database) -> Vec<String> {
    let sql = "SET search_path = public;
        SELECT n.nspname || '.' || c.relname, k.conname, k.contype,
               CASE WHEN k.condeferrable THEN 'true' ELSE 'false' END,
               CASE WHEN k.condeferred THEN 'true' ELSE 'false' END,
               pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2";
    database.psql(sql).lines().map(str::to_owned).collect()
}

/// A digest of the rows of each table, whatever their order.
pub(crate) fn contents(database: &Database) -> BTreeMap<String, String> {
    let sql = r#"
        SELECT format('SELECT %L, md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text COLLATE "C"), '''')) FROM ONLY %s t',
                      c.oid::regclass, c.oid::regclass)
        FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY c.oid::regclass::text
        \gexec
    "#;
    let lines = database.psql(sql);
    lines
        .lines()
        .map(|line| line.split_once('|').map(|(t, d)| (t.to_owned(), d.to_owned())).unwrap())
        .collect()
}

/// Cell by cell: NULL and '' stay, and a personal cell is hardly ever its own pseudonym.
fn cells_have_changed(corpus: &Corpus, output: &[u8]) {
    let (original, masked) = (tables(&corpus.dump("plain")), tables(output));
    assert_eq!(
        original.keys().collect::<Vec<_>>(),
        masked.keys().collect::<Vec<_>>(),
        "{}: tables",
        corpus.name
    );
    let personal = corpus.personal();
    for (table, before) in &original {
        let after = &masked[table];
        assert_eq!(before.columns, after.columns, "{}: columns of {table}", corpus.name);
        assert_eq!(before.rows.len(), after.rows.len(), "{}: rows of {table}", corpus.name);
        for column in &before.columns {
            let what = format!("{}: {table}.{column}", corpus.name);
            match personal.iter().find(|personal| personal.table == *table && personal.column == *column) {
                Some(personal) => column_has_changed(before, after, column, &personal.entity, &what),
                None => {
                    assert!(before.column(column) == after.column(column), "{what} is kept, but has changed");
                }
            }
        }
    }
}

fn column_has_changed(before: &Rows, after: &Rows, column: &str, entity: &str, what: &str) {
    let (before, after) = (before.column(column), after.column(column));
    let count = |cells: &[&str], text: &str| cells.iter().filter(|cell| **cell == text).count();
    assert_eq!(count(&after, r"\N"), count(&before, r"\N"), "{what}: NULLs");
    // The empty bytea is what a photo is redacted to.
    if entity != "photo" {
        assert_eq!(count(&after, ""), count(&before, ""), "{what}: empty cells");
    }
    let filled = |cell: &str| !cell.is_empty() && cell != r"\N";
    let cells = before.iter().filter(|cell| filled(cell)).count();
    let equal = before.iter().zip(&after).filter(|(old, new)| filled(old) && old == new).count();
    let sparse = ["email", "hash", "token", "session", "username", "free text", "photo"];
    let allowed = if sparse.iter().any(|word| entity.contains(word)) {
        0
    } else {
        // No list of names and no band in use here has fewer than a thousand entries.
        (3 * cells).div_ceil(1000).max(3)
    };
    assert!(equal <= allowed, "{what} ({entity}): {equal} of {cells} cells stayed, {allowed} may");
}
