//! What depends on the row: `when` and `else`, `domain_by`, `keep_rows`, always by the original row.

use crate::support::cli::{HEAD, Workspace, assert_same};
use crate::support::copy;

const POLICY: &str = r#"
[tables."public.account"]
keep_rows = { when = "email LIKE '%@qa.example.com'", reason = "logins of the test suite" }
columns.id = "permute"
columns.kind = { op = "constant", value = "x" }
columns.email = { op = "email", max_invalid = 1.0 }
columns.name = { op = "redact", when = "kind = 'person' AND email IS NOT NULL", else = { op = "constant", value = "Firm", when = "kind = 'firm'", else = "keep" }, reason = "the rest are machines" }
columns.code = { op = "redact", sentinels = ["none"] }
[tables."public.post"]
columns.id = "permute"
[tables."public.mark"]
columns.target = { op = "permute", domain_by = { column = "kind", map = { a = "account.id", p = "post.id" } } }
"#;

const DUMP: &str = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\n\
CREATE TABLE public.account (id integer NOT NULL, kind text, email text, name text, code text);\n\
CREATE TABLE public.post (id integer NOT NULL, author integer);\n\
CREATE TABLE public.mark (kind text, target integer);\n\n\
COPY public.account (id, kind, email, name, code) FROM stdin;\n\
1001\tperson\tjane@corp.test\tJane\tA1\n\
1002\tfirm\tinfo@corp.test\tCorp\tnone\n\
1003\trobot\tbot@corp.test\tBot\tA3\n\
1004\t\\N\tx@corp.test\tWho\t\\N\n\
1005\tperson\tt1@qa.example.com\tTester\tA5\n\
1006\tperson\t\\N\tMute\tA6\n\\.\n\n\
COPY public.post (id, author) FROM stdin;\n1001\t1001\n1002\t1005\n\\.\n\n\
COPY public.mark (kind, target) FROM stdin;\na\t1001\np\t1001\na\t1005\n\\N\t\\N\n\\.\n\n\
ALTER TABLE ONLY public.account ADD CONSTRAINT account_pkey PRIMARY KEY (id);\n\
ALTER TABLE ONLY public.post ADD CONSTRAINT post_pkey PRIMARY KEY (id);\n\
ALTER TABLE ONLY public.post ADD CONSTRAINT post_fkey FOREIGN KEY (author) REFERENCES public.account(id);\n\n\
--\n-- PostgreSQL database dump complete\n--\n\n";

fn masked(dump: &str) -> Vec<u8> {
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    workspace.file("input.sql", dump.as_bytes());
    workspace.mask_file(&[], "input.sql".as_ref()).done()
}

#[test]
fn conditions_see_the_original_row() {
    let tables = copy::tables(&masked(DUMP));
    let account = &tables["public.account"];
    // `kind` is masked in all rows but that of keep_rows; `name` was decided by what it was before.
    assert_eq!(account.column("kind"), ["x", "x", "x", "\\N", "person", "x"]);
    assert_eq!(account.column("name"), ["[redacted]", "Firm", "Bot", "[redacted]", "Tester", "Mute"]);
    assert_eq!(account.column("code"), ["[redacted]", "none", "[redacted]", "\\N", "A5", "[redacted]"]);
}

#[test]
fn kept_rows_pass_in_clear_but_for_what_joins_tables() {
    let tables = copy::tables(&masked(DUMP));
    let account = &tables["public.account"];
    assert_eq!(account.column("email")[4], "t1@qa.example.com");
    assert!(account.column("email")[0].ends_with("@example.com"));
    assert_ne!(account.column("id")[4], "1005");
    assert_eq!(tables["public.post"].column("author"), [account.column("id")[0], account.column("id")[4]]);
}

#[test]
fn a_reference_to_one_of_two_tables_joins_both() {
    let tables = copy::tables(&masked(DUMP));
    let (accounts, posts) = (tables["public.account"].column("id"), tables["public.post"].column("id"));
    assert_eq!(tables["public.mark"].column("target"), [accounts[0], posts[0], accounts[4], "\\N"]);
    assert_ne!(accounts[0], posts[0]);
}

#[test]
fn a_value_that_domain_by_does_not_list_ends_the_run() {
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    workspace.file("input.sql", DUMP.replace("p\t1001", "q\t1001").as_bytes());
    let run = workspace.mask_file(&[], "input.sql".as_ref());
    assert_eq!(run.code, 2);
    for part in ["public.mark", "target", "row 2", "domain_by"] {
        assert!(run.stderr.contains(part), "{part}: {}", run.stderr);
    }
    assert!(!run.stderr.contains("1001"));
}

#[test]
fn threads_and_the_form_of_the_dump_change_nothing() {
    let workspace = Workspace::new(&format!("{HEAD}{POLICY}"));
    workspace.file("input.sql", DUMP.as_bytes());
    let expected = masked(DUMP);
    for threads in ["1", "2", "7"] {
        let run = workspace.mask_file(&["--threads", threads], "input.sql".as_ref());
        assert_same(&run.done(), &expected, threads);
    }
}
