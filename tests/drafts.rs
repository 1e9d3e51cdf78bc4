//! `scrub init` on real databases: the draft runs as it stands and keeps nothing personal, `check` fails for nothing but
//! what a person must decide, and what it masks restores into the database's own server.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::cli::{KEEP_ALL, Workspace};
use crate::support::corpora::{Corpus, corpus, mysql_corpus, sqlite_corpus};
use crate::support::mariadb::mariadb;
use crate::support::server::server;

#[test]
fn a_draft_of_chinook_restores() {
    postgres("chinook");
}

#[test]
fn a_draft_of_pagila_restores() {
    postgres("pagila");
}

#[test]
fn a_draft_of_netbox_restores() {
    postgres("netbox");
}

#[test]
fn a_draft_of_pgex_restores() {
    postgres("pgex");
}

fn postgres(name: &'static str) {
    let Some(corpus) = corpus(name) else { return };
    let dump = corpus.dump("plain");
    let masked = drafted(&corpus, &dump);
    let Some(server) = server() else { return };
    let original = server.create(name);
    let expected = original.restore(&dump);
    let database = server.create(name);
    assert_eq!(database.restore(&masked), expected, "{name}: errors of the restore");
    for (table, rows) in corpus.rows() {
        let (schema, table) = table.split_once('.').unwrap();
        let found = database.psql(&format!("SELECT count(*) FROM \"{schema}\".\"{table}\""));
        assert_eq!(found.trim(), rows.to_string(), "{name}: rows of {table}");
    }
}

#[test]
fn a_draft_of_sakila_restores() {
    mysql("sakila");
}

#[test]
fn a_draft_of_employee_restores() {
    mysql("employee");
}

#[test]
fn a_draft_of_civi_wikimedia_restores() {
    mysql("civi_wikimedia");
}

fn mysql(name: &'static str) {
    let Some(corpus) = mysql_corpus(name) else { return };
    let masked = drafted(&corpus, &corpus.dump("default"));
    let Some(server) = mariadb() else { return };
    let database = server.create(name);
    assert_eq!(database.restore(&masked), Ok(()), "{name}");
    for (table, rows) in corpus.rows() {
        assert_eq!(
            database.number(&format!("SELECT count(*) FROM `{table}`")),
            rows,
            "{name}: rows of {table}"
        );
    }
}

#[cfg(feature = "sqlite")]
#[test]
fn a_draft_of_sqlite_chinook_restores() {
    sqlite("chinook");
}

#[cfg(feature = "sqlite")]
#[test]
fn a_draft_of_sqlite_northwind_restores() {
    sqlite("northwind");
}

#[cfg(feature = "sqlite")]
fn sqlite(name: &'static str) {
    let Some(corpus) = sqlite_corpus(name) else { return };
    let masked = drafted(&corpus, &corpus.dump("dump"));
    let connection = rusqlite::Connection::open_in_memory().unwrap();
    connection.execute_batch(std::str::from_utf8(&masked).unwrap()).unwrap();
    for (table, rows) in corpus.rows() {
        let sql = format!("SELECT count(*) FROM \"{table}\"");
        let found: i64 = connection.query_row(&sql, [], |row| row.get(0)).unwrap();
        assert_eq!(found, rows as i64, "{name}: rows of {table}");
    }
}

/// Drafts a policy for a dump, looks at it, and masks the dump with it.
fn drafted(corpus: &Corpus, dump: &[u8]) -> Vec<u8> {
    let name = corpus.name;
    let workspace = Workspace::new(KEEP_ALL);
    let input = workspace.file("in.sql", dump);
    std::fs::remove_file(workspace.path("scrub.toml")).unwrap();
    let path = input.to_str().unwrap();
    workspace.run(&["init", "--project", "test/draft", path], b"").done();
    let text = std::fs::read_to_string(workspace.path("scrub.toml")).unwrap();
    let policy: toml::Table = text.parse().unwrap();
    let check = workspace.run(&["check", "--json", path], b"");
    assert_eq!(check.code, 1, "{name}: nobody has decided yet: {}", check.stderr);
    only_reviews_are_open(name, &policy, &serde_json::from_slice(&check.stdout).unwrap());
    for personal in corpus.personal() {
        let rule = rule(&policy, &personal.table, &personal.column);
        let kept = rule.is_some_and(|rule| rule.get("op").and_then(toml::Value::as_str) == Some("keep"));
        assert!(!kept, "{name}: {}.{} is kept", personal.table, personal.column);
    }
    kept_for_a_reason(name, &policy);
    workspace.mask_file(&[], &input).done()
}

fn rule<'p>(policy: &'p toml::Table, table: &str, column: &str) -> Option<&'p toml::Value> {
    policy["tables"].get(table)?.get("columns")?.get(column)
}

/// Whatever makes `check` fail is about a column that is marked for review, and nothing keeps `mask` from running.
fn only_reviews_are_open(name: &str, policy: &toml::Table, plan: &Value) {
    let mut reasons: BTreeMap<String, u32> = BTreeMap::new();
    for problem in plan["problems"].as_array().unwrap() {
        if problem["severity"] != "error" && problem["severity"] != "review"
            || !problem["acknowledged"].is_null()
        {
            continue;
        }
        assert_ne!(problem["severity"], "error", "{name}: {problem}");
        let column = problem["table"].as_str().zip(problem["column"].as_str());
        let rule = column.and_then(|(table, column)| rule(policy, table, column));
        let marked = rule.is_some_and(|rule| rule.as_str() == Some("review") || rule.get("review").is_some());
        assert!(marked, "{name}: {problem}");
        *reasons.entry(problem["id"].as_str().unwrap().split(':').next().unwrap().to_owned()).or_default() +=
            1;
    }
    assert!(reasons.contains_key("review"), "{name}: {reasons:?}");
}

/// Every column that is kept says that `init` drafted it, and why; only a code in a key may wait for a decision.
fn kept_for_a_reason(name: &str, policy: &toml::Table) {
    for (table, section) in policy["tables"].as_table().unwrap() {
        let columns = section.get("columns").and_then(toml::Value::as_table).into_iter().flatten();
        for (column, rule) in
            columns.filter(|(_, rule)| rule.get("op").and_then(toml::Value::as_str) == Some("keep"))
        {
            let reason = rule["reason"].as_str().unwrap();
            let known = [
                "surrogate key",
                "boolean",
                "enum of the schema",
                "plain number",
                "partition key",
                "part of a key",
            ];
            assert!(
                reason.ends_with("(drafted by init)") && known.iter().any(|known| reason.starts_with(known)),
                "{name}: {table}.{column}: {reason}"
            );
        }
    }
}
