//! `scrub init`: a draft runs as it stands, keeps nothing personal, and adds to a policy without touching a comment.

use scrub::plan::Policy;
use serde_json::Value;

use crate::support::cli::{KEEP_ALL, Workspace};
use crate::support::corpora::corpus;
use crate::support::server::server;

#[test]
fn a_draft_of_chinook_restores() {
    drafted("chinook");
}

#[test]
fn a_draft_of_pagila_restores() {
    drafted("pagila");
}

#[test]
fn a_draft_of_netbox_restores() {
    drafted("netbox");
}

#[test]
fn a_draft_of_pgex_restores() {
    drafted("pgex");
}

fn drafted(name: &'static str) {
    let Some(corpus) = corpus(name) else { return };
    let workspace = Workspace::new(KEEP_ALL);
    let dump = corpus.dump("plain");
    let input = workspace.file("in.sql", &dump);
    std::fs::remove_file(workspace.path("scrub.toml")).unwrap();
    let path = input.to_str().unwrap();
    workspace.run(&["init", "--project", "test/draft", path], b"").done();
    let check = workspace.run(&["check", "--json", path], b"");
    assert_eq!(check.code, 1, "{name}: nobody has decided yet");
    let plan: Value = serde_json::from_slice(&check.stdout).unwrap();
    let policy = std::fs::read_to_string(workspace.path("scrub.toml")).unwrap();
    let policy: toml::Table = policy.parse().unwrap();
    let rule = |table: &str, column: &str| policy["tables"].get(table)?.get("columns")?.get(column);
    for problem in plan["problems"].as_array().unwrap() {
        let open = problem["table"].as_str().zip(problem["column"].as_str());
        // What is not known to fit a CHECK or an index waits for the same decision.
        let open = open.and_then(|(table, column)| rule(table, column));
        if open.is_some_and(|rule| rule.as_str() == Some("review") || rule.get("review").is_some()) {
            assert_ne!(problem["severity"], "error", "{name}: {problem}");
            continue;
        }
        let blocks = matches!(problem["severity"].as_str(), Some("error" | "review"));
        let id = problem["id"].as_str().unwrap();
        assert!(!blocks || id.starts_with("review:"), "{name}: {problem}");
    }
    for personal in corpus.personal() {
        let rule = policy["tables"]
            .get(&personal.table)
            .and_then(|table| table.get("columns")?.get(&personal.column));
        let kept = rule.is_some_and(|rule| rule.get("op").and_then(toml::Value::as_str) == Some("keep"));
        assert!(!kept, "{name}: {}.{} is kept", personal.table, personal.column);
    }
    let masked = workspace.mask_file(&[], &input).done();
    let Some(server) = server() else { return };
    let original = server.create(name);
    let expected = original.restore(&dump);
    let database = server.create(name);
    assert_eq!(database.restore(&masked), expected, "{name}: errors of the restore");
}

const SCHEMA: &str = "CREATE TABLE public.customer (id integer NOT NULL, email text, active boolean, remarks text);\n\
    ALTER TABLE ONLY public.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (id);\n\
    --\n-- PostgreSQL database dump complete\n--\n";

const WRITTEN: &str = "# ours\nversion = 1 # one\nconstruction = \"v1\"\nproject = \"a/b\"\n\n[tables.\"public.customer\"]\n\
    # decided on Monday\ncolumns.email = { op = \"email\", bits = 100 } # keep it so\n";

#[test]
fn names_alone_are_enough() {
    let workspace = Workspace::new(KEEP_ALL);
    workspace.run(&["init", "-o", "new.toml", "--project", "a/b"], SCHEMA.as_bytes()).done();
    let text = std::fs::read_to_string(workspace.path("new.toml")).unwrap();
    assert!(Policy::parse(&text, "new.toml").is_ok());
    for line in [
        "columns.id = { op = \"keep\", reason = \"surrogate key (drafted by init)\" }",
        "columns.email = \"email\" # EMAIL, 0.90",
        "columns.active = { op = \"keep\", reason = \"boolean (drafted by init)\" }",
        "columns.remarks = \"",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(workspace.path("new.lock").exists());
}

#[test]
fn only_what_is_new_is_added_to_a_policy() {
    let workspace = Workspace::new(WRITTEN);
    workspace.run(&["init"], SCHEMA.as_bytes()).done();
    let text = std::fs::read_to_string(workspace.path("scrub.toml")).unwrap();
    let mut kept = text.lines();
    for line in WRITTEN.lines() {
        assert!(kept.any(|found| found == line), "{line}\n{text}");
    }
    for column in ["columns.id = ", "columns.active = ", "columns.remarks = "] {
        assert_eq!(text.matches(column).count(), 1, "{text}");
    }
    let run = workspace.run(&["init"], SCHEMA.as_bytes());
    assert_eq!(run.code, 0);
    assert_eq!(
        std::fs::read_to_string(workspace.path("scrub.toml")).unwrap(),
        text,
        "a second time adds nothing"
    );
    let more = SCHEMA.replace("remarks text", "remarks text, phone_number text");
    assert_eq!(workspace.run(&["check"], more.as_bytes()).code, 1, "a new column is named");
    workspace.run(&["init"], more.as_bytes()).done();
    let text = std::fs::read_to_string(workspace.path("scrub.toml")).unwrap();
    assert!(text.contains("columns.phone_number = "), "{text}");
}

#[test]
fn a_text_that_nobody_knows_is_for_review() {
    let workspace = Workspace::new(KEEP_ALL);
    let schema = SCHEMA.replace("remarks", "xyzzy");
    workspace.run(&["init", "-o", "new.toml", "--project", "a/b"], schema.as_bytes()).done();
    let text = std::fs::read_to_string(workspace.path("new.toml")).unwrap();
    assert!(text.contains("columns.xyzzy = \"review\""), "{text}");
    let check = workspace.run(&["check", "-p", "new.toml"], schema.as_bytes());
    assert_eq!(check.code, 1);
    assert!(String::from_utf8_lossy(&check.stdout).contains("review:public.customer.xyzzy"));
}
