//! `scrub init`: names alone are enough for a draft, and it adds to a policy without touching a comment.

use scrub::plan::Policy;

use crate::support::cli::{KEEP_ALL, Workspace};

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
