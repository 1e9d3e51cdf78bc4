//! Locks and schemas that are missing or do not fit what arrives.

use super::{PLANTED, dump, fails, policy, verdict};
use crate::support::cli::Workspace;

#[test]
fn a_pipe_without_lock_or_schema_says_what_to_run() {
    let workspace = Workspace::new(&policy());
    let run = workspace.mask_pipe(&[], dump().as_bytes());
    fails("a bare pipe", &run, &["pg_dump -s", "| scrub check", "--write"]);
}

#[test]
fn a_lock_that_no_longer_fits_stops_the_run() {
    let dump = dump();
    let new_column = dump
        .replace("    born date\n", "    born date,\n    iban text\n")
        .replace("code, born)", "code, born, iban)")
        .replace("\t1980-01-02\n", &format!("\t1980-01-02\t{PLANTED}\n"));
    let new_table = dump.replace(
        "ALTER TABLE ONLY public.people\n    ADD CONSTRAINT people_pkey",
        &format!("CREATE TABLE public.more (note text);\nCOPY public.more (note) FROM stdin;\n{PLANTED}\n\\.\nALTER TABLE ONLY public.people\n    ADD CONSTRAINT people_pkey"),
    );
    let new_type = dump.replace("code character varying(10)", "code character varying(4)");
    let new_key = dump.replace("\n\n--\n-- PostgreSQL database dump complete", "\nALTER TABLE ONLY public.people\n    ADD CONSTRAINT people_code_key UNIQUE (code);\n\n--\n-- PostgreSQL database dump complete");
    let changes = [
        ("a new column", new_column, "iban"),
        ("a new table", new_table, "public.more"),
        ("a changed type", new_type, "code"),
        ("a new key", new_key, "people"),
    ];
    let mut wrong = Vec::new();
    for (what, changed, says) in changes {
        assert_ne!(changed, dump);
        let workspace = Workspace::new(&policy());
        workspace.lock(&workspace.file("old.sql", dump.as_bytes()));
        workspace.mask_pipe(&[], dump.as_bytes()).done();
        let run = workspace.mask_pipe(&[], changed.as_bytes());
        wrong.extend(verdict(&format!("{what} (pipe)"), &run, &[says], None));
        let run = workspace.mask_file(&[], &workspace.file("new.sql", changed.as_bytes()));
        wrong.extend(verdict(&format!("{what} (file)"), &run, &[says], None));
        let check = workspace.run(&["check", "-p", "scrub.toml", "new.sql"], b"");
        if check.code != 1 {
            wrong.push(format!("{what}: check ended with {}: {}", check.code, check.stderr));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let workspace = Workspace::new(&policy());
    workspace.file("scrub.lock", b"version = 1\nnot a lock\n");
    fails("a broken lock", &workspace.mask_pipe(&[], dump.as_bytes()), &["scrub.lock"]);
}

#[test]
fn a_schema_that_contradicts_the_stream_stops_the_run() {
    let workspace = Workspace::new(&policy());
    let whole = dump();
    let schema: String =
        whole.lines().filter(|line| !line.contains('\t')).map(|line| format!("{line}\n")).collect();
    workspace.file("schema.sql", schema.replace("    code character varying(10),\n", "").as_bytes());
    let policy = policy().replace("columns.code = \"redact\"\n", "");
    workspace.file("scrub.toml", policy.as_bytes());
    fails("another schema", &workspace.mask_pipe(&["--schema", "schema.sql"], whole.as_bytes()), &["code"]);
}
