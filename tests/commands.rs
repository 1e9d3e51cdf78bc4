//! The verbs beside `mask`, and what `mask` writes beside its output.

use std::fs;

use serde_json::Value;

use crate::support::cli::{HEAD, Workspace};

const SECRET: &str = "geheimwert88";

fn dump() -> String {
    format!(
        "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n\
         CREATE TABLE public.people (\n    id integer NOT NULL,\n    email text,\n    note text\n);\n\n\
         COPY public.people (id, email, note) FROM stdin;\n1\t{SECRET}@example.org\t\\N\n2\t\\N\t{SECRET}\n3\t{SECRET} at home\t\n\\.\n\n\n\
         ALTER TABLE ONLY public.people\n    ADD CONSTRAINT people_pkey PRIMARY KEY (id);\n\n\n\
         --\n-- PostgreSQL database dump complete\n--\n\n"
    )
}

const POLICY: &str = r#"
[tables."public.people"]
columns.email = { op = "email", max_invalid = 1.0, accept_frequency_leak = "invented" }
columns.note = "redact"
"#;

fn workspace() -> Workspace {
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    workspace.file("input.sql", dump().as_bytes());
    workspace
}

#[test]
fn the_demo_needs_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_scrub"));
    let output = command.arg("demo").current_dir(folder.path()).env_clear().output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("@example.com"));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "the demo left files");
}

#[test]
fn a_manifest_counts_and_holds_no_value() {
    let workspace = workspace();
    workspace.mask_file(&["--manifest", "manifest.json"], "input.sql".as_ref()).done();
    let text = fs::read_to_string(workspace.path("manifest.json")).unwrap();
    assert!(!text.contains(SECRET));
    assert!(!text.contains("scrub-key-1-"));
    let manifest: Value = serde_json::from_str(&text).unwrap();
    assert!(manifest.is_object());
    for word in ["public.people", "email", "redact", "invalid"] {
        assert!(text.contains(word), "the manifest does not say {word}");
    }
}

#[test]
fn a_preview_shows_sketches_and_never_originals() {
    let workspace = workspace();
    for options in [&["--preview", "3"][..], &["--preview", "3", "--reveal"]] {
        let run = workspace.mask_file(options, "input.sql".as_ref());
        // `--reveal` is for a terminal; this is none.
        assert!(!String::from_utf8_lossy(&run.stdout).contains(SECRET), "{options:?}");
        assert!(!run.stderr.contains(SECRET), "{options:?}");
    }
    let shown = workspace.mask_file(&["--preview", "3"], "input.sql".as_ref()).done();
    assert!(String::from_utf8_lossy(&shown).contains("@example.com"));
}

#[test]
fn check_tells_what_is_missing_and_writes_the_lock() {
    let workspace = workspace();
    let run = workspace.run(&["check", "-p", "scrub.toml", "--write", "input.sql"], b"");
    assert_eq!(run.code, 0, "{}{}", String::from_utf8_lossy(&run.stdout), run.stderr);
    let lock = fs::read_to_string(workspace.path("scrub.lock")).unwrap();
    assert!(lock.contains("people") && !lock.contains(SECRET));
    let run =
        workspace.run(&["check", "-p", "scrub.toml", "--explain", "public.people.email", "input.sql"], b"");
    assert!(String::from_utf8_lossy(&run.stdout).contains("email"), "{}", run.stderr);
    let strict = format!("{HEAD}{POLICY}").replace("unclassified = \"keep\"", "unclassified = \"deny\"");
    workspace.file("scrub.toml", strict.as_bytes());
    let run = workspace.run(&["check", "-p", "scrub.toml", "input.sql"], b"");
    assert_eq!(run.code, 1, "id is unclassified: {}", run.stderr);
    assert!(String::from_utf8_lossy(&run.stdout).contains("id") || run.stderr.contains("id"));
    workspace.file("scrub.toml", b"version = 7");
    assert_eq!(workspace.run(&["check", "-p", "scrub.toml", "input.sql"], b"").code, 2);
}

#[test]
fn check_reads_a_schema_from_a_pipe() {
    let workspace = workspace();
    let schema: String =
        dump().lines().filter(|line| !line.contains('\t')).map(|line| format!("{line}\n")).collect();
    let schema = schema.replace("COPY public.people (id, email, note) FROM stdin;\n\\.\n", "");
    let run = workspace.run(&["check", "-p", "scrub.toml", "--write"], schema.as_bytes());
    assert_eq!(run.code, 0, "{}{}", String::from_utf8_lossy(&run.stdout), run.stderr);
    let piped = workspace.mask_pipe(&[], dump().as_bytes()).done();
    fs::remove_file(workspace.path("scrub.lock")).unwrap();
    assert!(piped == workspace.mask_file(&[], "input.sql".as_ref()).done(), "pipe with lock and file differ");
}

#[test]
fn the_id_of_a_key_is_no_secret_and_depends_on_the_project() {
    let workspace = workspace();
    let id = |project: &str| {
        let arguments = ["key", "id", "--key-file", "scrub.key", "--project", project];
        String::from_utf8(workspace.run(&arguments, b"").done()).unwrap()
    };
    assert_eq!(id("a/b/dev"), id("a/b/dev"));
    assert_ne!(id("a/b/dev"), id("a/b/test"));
    let key = fs::read_to_string(workspace.path("scrub.key")).unwrap();
    assert!(!id("a/b/dev").contains(key.trim()));
}

#[test]
fn presets_are_listed_and_shown() {
    let workspace = workspace();
    let text = |arguments: &[&str]| String::from_utf8(workspace.run(arguments, b"").done()).unwrap();
    let list = text(&["policy", "presets"]);
    let json: Value = serde_json::from_str(&text(&["policy", "presets", "--json"])).unwrap();
    for (name, _) in scrub::plan::POLICIES {
        assert!(list.contains(name), "{name} is not listed");
        assert!(json["presets"].as_array().unwrap().iter().any(|preset| preset["name"] == *name));
        let page = text(&["policy", "show", name]);
        assert!(page.contains("What it does not do") && page.contains("Rules"), "{page}");
    }
    let wrong = workspace.run(&["policy", "show", "pci_ds"], b"");
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("did you mean \"pci_dss\"?"), "{}", wrong.stderr);
}

#[test]
fn a_preset_is_checked_and_recorded() {
    let workspace = workspace();
    let strict = format!("preset = \"dev_minimal\"\n{HEAD}{POLICY}")
        .replace("columns.note = \"redact\"", "columns.note = \"keep\"");
    workspace.file("scrub.toml", strict.as_bytes());
    let run = workspace.run(&["check", "-p", "scrub.toml", "--json", "input.sql"], b"");
    assert_eq!(run.code, 1, "{}", run.stderr);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(report["presets"][0], "dev_minimal");
    let id = "preset:dev_minimal:kept-text:public.people.note";
    assert!(report["problems"].as_array().unwrap().iter().any(|problem| problem["id"] == id), "{report}");
    let refused = workspace.mask_file(&[], "input.sql".as_ref());
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains(id), "{}", refused.stderr);
    let fine = format!(
        "unclassified = \"redact\"\npreset = [\"dev_minimal\"]\n{}{POLICY}",
        HEAD.replace("unclassified = \"keep\"\n", "")
    );
    workspace.file(
        "scrub.toml",
        fine.replace("columns.email", "columns.id = \"permute\"\ncolumns.email").as_bytes(),
    );
    workspace.mask_file(&["--manifest", "manifest.json"], "input.sql".as_ref()).done();
    let manifest: Value =
        serde_json::from_str(&fs::read_to_string(workspace.path("manifest.json")).unwrap()).unwrap();
    assert_eq!(manifest["presets"][0]["name"], "dev_minimal");
    assert_eq!(manifest["presets"][0]["sha256"].as_str().unwrap().len(), 64);
}

#[test]
fn an_ephemeral_policy_takes_no_key_that_is_kept() {
    let workspace = workspace();
    workspace.file("scrub.toml", format!("ephemeral = true\n{HEAD}{POLICY}").as_bytes());
    for options in
        [&["--key-file", "scrub.key"][..], &[], &["--schema-from-stream", "--key-file", "scrub.key"]]
    {
        let arguments = [&["mask", "-p", "scrub.toml"], options, &["input.sql"]].concat();
        let run = workspace.run(&arguments, b"");
        assert_eq!(run.code, 2, "{options:?}");
        assert!(run.stderr.contains("--ephemeral-key"), "{}", run.stderr);
    }
    let once = || workspace.run(&["mask", "-p", "scrub.toml", "--ephemeral-key", "input.sql"], b"").done();
    assert!(once() != once(), "two runs made the same pseudonyms");
}

#[test]
fn rules_schema_and_completions_are_printed() {
    let workspace = workspace();
    let rules = String::from_utf8(workspace.run(&["rules", "list"], b"").done()).unwrap();
    for info in scrub::mask::OPERATORS {
        assert!(rules.contains(info.name), "rules list does not name {}", info.name);
    }
    let schema = workspace.run(&["policy", "schema"], b"").done();
    assert!(serde_json::from_slice::<Value>(&schema).unwrap().is_object());
    for shell in ["bash", "zsh", "fish"] {
        assert!(!workspace.run(&["completions", shell], b"").done().is_empty());
    }
}
