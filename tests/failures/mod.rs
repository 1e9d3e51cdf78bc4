//! Whatever is wrong with the input, the policy or the key: exit code 2, a message that says what and where without a
//! value, and an output that no `psql -1` mistakes for a whole dump.

mod inputs;
mod keys;
mod locks;
mod outputs;

use crate::support::cli::{Run, Workspace};
use crate::support::server::{Database, server};

/// In every row that is masked or unclassified, and nowhere else: no message and no output may hold it.
const PLANTED: &str = "geheimwert77";

const HEAD: &str =
    "version = 1\nconstruction = \"v1\"\nproject = \"test/failures/dev\"\nunclassified = \"deny\"\n";

/// Masks or keeps every column of [`dump`].
const TABLES: &str = r#"
[tables."public.people"]
subject = "id"
keep = { columns = ["id"], reason = "numbers" }
columns.email = { op = "email", accept_frequency_leak = "invented" }
columns.code = "redact"
columns.born = "date_shift"

[tables."public.orders"]
keep = { columns = ["id", "person"], reason = "numbers" }
columns.note = "redact"
"#;

fn policy() -> String {
    format!("{HEAD}{TABLES}")
}

fn dump() -> String {
    let rows = |count: u32, row: &dyn Fn(u32) -> String| (1..=count).map(row).collect::<String>();
    DUMP.replace("<people>", &rows(40, &|n| format!("{n}\t{PLANTED}{n}@example.org\tcode{n}\t1980-01-02\n")))
        .replace("<orders>", &rows(60, &|n| format!("{n}\t{}\tnote {PLANTED} {n}\n", 1 + n % 40)))
}

const DUMP: &str = r"--
-- PostgreSQL database dump
--

SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;

CREATE TABLE public.people (
    id integer NOT NULL,
    email character varying(60) NOT NULL,
    code character varying(10),
    born date
);

CREATE TABLE public.orders (
    id integer NOT NULL,
    person integer,
    note text
);

COPY public.people (id, email, code, born) FROM stdin;
<people>\.


COPY public.orders (id, person, note) FROM stdin;
<orders>\.


ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.people
    ADD CONSTRAINT people_email_key UNIQUE (email);

ALTER TABLE ONLY public.orders
    ADD CONSTRAINT orders_person_fkey FOREIGN KEY (person) REFERENCES public.people(id);


--
-- PostgreSQL database dump complete
--

";

#[test]
fn the_dump_of_these_tests_is_good() {
    let workspace = Workspace::new(&policy());
    let output = workspace.mask_pipe(&["--schema-from-stream"], dump().as_bytes()).done();
    assert!(!String::from_utf8_lossy(&output).contains(PLANTED));
    let Some(server) = server() else { return };
    let target = server.create("failures");
    assert!(target.restore_or_nothing(&output));
    assert_eq!(target.psql("SELECT count(*) FROM orders JOIN people ON people.id = person").trim(), "60");
}

#[track_caller]
fn fails(what: &str, run: &Run, says: &[&str]) {
    let target = server().map(|server| server.create("failures"));
    let wrong = verdict(what, run, says, target.as_ref());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn tables(database: &Database) -> String {
    let sql = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'";
    database.psql(sql).trim().to_owned()
}

/// Whatever is not as it must be after a failed run.
fn verdict(what: &str, run: &Run, says: &[&str], target: Option<&Database>) -> Vec<String> {
    let mut wrong = Vec::new();
    let message = run.stderr.to_lowercase();
    if run.code != 2 {
        wrong.push(format!("{what}: exit {}: {}", run.code, run.stderr));
    }
    for part in says {
        if !message.contains(&part.to_lowercase()) {
            wrong.push(format!("{what}: the message does not say {part:?}: {}", run.stderr));
        }
    }
    if run.stderr.contains(PLANTED) || run.stderr.contains("panicked") {
        wrong.push(format!("{what}: the message holds a value or a panic: {}", run.stderr));
    }
    if String::from_utf8_lossy(&run.stdout).contains(PLANTED) {
        wrong.push(format!("{what}: an original is in the output"));
    }
    if let Some(target) = target {
        if target.restore_or_nothing(&run.stdout) {
            wrong.push(format!("{what}: psql saw no failure"));
        }
        if tables(target) != "0" {
            wrong.push(format!("{what}: something was restored"));
            target.psql("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
        }
    }
    wrong
}
