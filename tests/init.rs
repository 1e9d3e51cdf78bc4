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

#[test]
fn columns_that_look_like_foreign_keys_are_proposed_and_the_proposal_runs() {
    let mut dump = String::from(
        "CREATE TABLE public.customer (id integer NOT NULL, email text NOT NULL);\nCREATE TABLE public.visit (id integer NOT \
         NULL, customer_email text, weight integer);\nCOPY public.customer (id, email) FROM stdin;\n",
    );
    (0..40).for_each(|row| dump.push_str(&format!("{row}\tjane{row}@example.org\n")));
    dump.push_str("\\.\nCOPY public.visit (id, customer_email, weight) FROM stdin;\n");
    (0..60).for_each(|row| dump.push_str(&format!("{row}\tjane{}@example.org\t{}\n", row % 30, row % 20)));
    dump.push_str(
        "\\.\nALTER TABLE ONLY public.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (id);\nALTER TABLE ONLY \
         public.customer ADD CONSTRAINT customer_email_key UNIQUE (email);\nALTER TABLE ONLY public.visit ADD CONSTRAINT \
         visit_pkey PRIMARY KEY (id);\n--\n-- PostgreSQL database dump complete\n--\n",
    );
    let workspace = Workspace::new(KEEP_ALL);
    workspace.run(&["init", "-o", "new.toml", "--project", "a/b"], dump.as_bytes()).done();
    let text = std::fs::read_to_string(workspace.path("new.toml")).unwrap();
    let proposal =
        "# [[relation]]\n# from = \"public.visit.customer_email\"\n# to = \"public.customer.email\"\n";
    assert_eq!(
        text.matches("# [[relation]]").count(),
        1,
        "visit.weight is in customer.id and is no reference:\n{text}"
    );
    assert!(text.contains(proposal), "{text}");
    let accepted = text.replace(proposal, &proposal.replace("# ", ""));
    let accepted = accepted
        .lines()
        .filter(|line| !line.starts_with("columns.customer_email"))
        .map(|line| format!("{line}\n"))
        .collect::<String>();
    workspace.file("new.toml", accepted.as_bytes());
    let masked = workspace.run(&["mask", "-p", "new.toml", "--ephemeral-key"], dump.as_bytes()).done();
    let masked = String::from_utf8(masked).unwrap();
    let cells = |table: &str, column: usize| -> Vec<String> {
        let rows = masked.split(&format!("COPY public.{table} ")).nth(1).unwrap().lines().skip(1);
        rows.take_while(|line| *line != "\\.")
            .map(|line| line.split('\t').nth(column).unwrap().to_owned())
            .collect()
    };
    let (parents, children) = (cells("customer", 1), cells("visit", 1));
    assert!(children.iter().all(|email| parents.contains(email) && !email.starts_with("jane")), "joins hold");
}

#[test]
fn domains_compare_as_the_collations_of_the_database_do() {
    let schema = "-- MySQL dump 10.13\nSET NAMES utf8mb4;\nCREATE TABLE `customer` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `email` \
                  varchar(200) COLLATE utf8mb4_general_ci NOT NULL,\n  PRIMARY KEY (`id`),\n  UNIQUE KEY `e` (`email`)\n) \
                  ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci;\n-- Dump completed\n";
    let workspace = Workspace::new(KEEP_ALL);
    workspace.run(&["init", "-o", "new.toml", "--project", "a/b"], schema.as_bytes()).done();
    let text = std::fs::read_to_string(workspace.path("new.toml")).unwrap();
    assert!(
        text.contains("[domains.\"email\"] # as the database compares\nequality = \"ci_ai\"\n"),
        "{text}"
    );
}
