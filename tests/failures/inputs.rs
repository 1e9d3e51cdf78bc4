//! Dumps and policies that have something wrong with them.

use std::fs;

use super::{HEAD, PLANTED, TABLES, dump, fails, policy, verdict};
use crate::support::cli::Workspace;
use crate::support::server::server;

#[test]
fn bad_input_and_bad_policies_end_with_2_and_restore_nothing() {
    let target = server().map(|server| server.create("failures"));
    let mut wrong = Vec::new();
    for bad in bad_inputs().into_iter().chain(bad_policies()) {
        let workspace = Workspace::new(&bad.policy);
        let file = workspace.file("input.sql", &bad.dump);
        let pipe = workspace.mask_pipe(&["--schema-from-stream"], &bad.dump);
        wrong.extend(verdict(&format!("{} (pipe)", bad.what), &pipe, bad.says, target.as_ref()));
        let run = workspace.mask_file(&[], &file);
        wrong.extend(verdict(&format!("{} (file)", bad.what), &run, bad.says, target.as_ref()));
        let output = workspace.path("out.sql");
        let run = workspace.mask_file(&["-o", output.to_str().unwrap()], &file);
        wrong.extend(verdict(&format!("{} (-o)", bad.what), &run, bad.says, None));
        if output.exists() {
            wrong.push(format!("{}: -o left a file", bad.what));
        }
        let left: Vec<_> =
            fs::read_dir(workspace.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        if left.len() != 3 {
            wrong.push(format!("{}: a failed run left files: {left:?}", bad.what));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_policy_must_be_readable() {
    let workspace = Workspace::new(&policy());
    for (what, path, says) in [
        ("no such policy", "none.toml", "none.toml"),
        ("a folder", ".", ""),
        ("not UTF-8", "binary.toml", "binary.toml"),
    ] {
        workspace.file("binary.toml", b"version = 1\xff\n");
        let arguments = ["mask", "-p", path, "--key-file", "scrub.key", "--quiet", "--schema-from-stream"];
        fails(what, &workspace.run(&arguments, dump().as_bytes()), &[says]);
    }
}

#[test]
fn an_error_names_the_row_of_its_table_however_the_rows_are_cut() {
    let wrong = dump().replace("\tcode37\t", "\tcode37\tmore\t");
    let second = dump().replace(
        "COPY public.orders",
        "COPY public.people (id, email, code, born) FROM stdin;\n7\t\\N\n\\.\n\nCOPY public.orders",
    );
    for (what, dump, row) in [("cells", wrong, 37), ("a second COPY", second, 41)] {
        for size in [64, 500, 1 << 20] {
            let policy = scrub::Policy::parse(&policy(), "scrub.toml").unwrap();
            let key = scrub::Key::from_bytes([7; 32]).unwrap();
            let scrubber = scrub::Scrubber::builder(policy)
                .schema_from_stream(true)
                .block_size(size)
                .key(key)
                .build()
                .unwrap();
            let dump = std::io::Cursor::new(dump.clone().into_bytes());
            let error = scrubber.mask(dump, std::io::sink()).unwrap_err();
            assert_eq!(error.position().row, Some(row), "{what} in blocks of {size}: {error}");
        }
    }
}

#[test]
fn compressed_input_that_is_cut_stops_the_run() {
    let whole = zstd::encode_all(dump().as_bytes(), 3).unwrap();
    let workspace = Workspace::new(&policy());
    let half = &whole[..whole.len() - 20];
    fails("half a zstd frame", &workspace.mask_pipe(&["--schema-from-stream"], half), &[]);
    fails("half a zstd file", &workspace.mask_file(&[], &workspace.file("half.sql.zst", half)), &[]);
    fails(
        "an archive that is none",
        &workspace.mask_file(&[], &workspace.file("x.dump", b"PGDMP\x01\x0e\x00")),
        &[],
    );
}

/// Something wrong, and what the message must say.
struct Bad {
    what: &'static str,
    policy: String,
    dump: Vec<u8>,
    /// Parts of the message, in any case of letters.
    says: &'static [&'static str],
}

fn input(what: &'static str, dump: impl Into<Vec<u8>>, says: &'static [&'static str]) -> Bad {
    Bad { what, policy: policy(), dump: dump.into(), says }
}

/// The policy with one text replaced.
fn rule(what: &'static str, from: &str, to: &str, says: &'static [&'static str]) -> Bad {
    let changed = policy().replace(from, to);
    assert_ne!(changed, policy(), "{what}: nothing replaced");
    Bad { what, policy: changed, dump: dump().into_bytes(), says }
}

fn bad_inputs() -> Vec<Bad> {
    let dump = dump();
    let changed = |from: &str, to: &str| {
        let changed = dump.replacen(from, to, 1);
        assert_ne!(changed, dump, "nothing replaced by {to}");
        changed
    };
    let at = |text: &str| dump.find(text).unwrap();
    let bytes = |from: &str, to: &[u8]| {
        let mut bytes = dump.clone().into_bytes();
        let start = at(from);
        bytes.splice(start..start + from.len(), to.iter().copied());
        bytes
    };
    let email = &format!("{PLANTED}7@example.org");
    vec![
        input("no trailer", changed("-- PostgreSQL database dump complete\n", ""), &["completion mark"]),
        input("cut after the rows", &dump[..at("ALTER TABLE")], &["cut short"]),
        input("cut inside a row", &dump[..at(email) + 5], &["public.people"]),
        input(
            "cut at the end of a row",
            &dump[..=at(email) + dump[at(email)..].find('\n').unwrap()],
            &["public.people"],
        ),
        input("cut inside a statement", &dump[..at("ADD CONSTRAINT people_email")], &["end"]),
        input(
            "a row with too many cells",
            changed("7@example.org\tcode7", "7@example.org\tcode7\tmore"),
            &["public.people", "row 7", "expected 4", "found 5"],
        ),
        input(
            "a row with too few cells",
            changed("\tcode7", ""),
            &["public.people", "row 7", "expected 4", "found 3"],
        ),
        input(
            "COPY for a table without schema",
            changed("COPY public.orders (id, person, note)", "COPY public.ghosts (id, person, note)"),
            &["public.ghosts"],
        ),
        input(
            "COPY with a column without schema",
            changed("COPY public.orders (id, person, note)", "COPY public.orders (id, person, ghost)"),
            &["public.orders", "ghost"],
        ),
        input(
            "INSERT for a table without schema",
            changed(
                "ALTER TABLE ONLY public.people\n",
                &format!(
                    "INSERT INTO public.ghosts VALUES (1, '{PLANTED}');\nALTER TABLE ONLY public.people\n"
                ),
            ),
            &["public.ghosts"],
        ),
        input(
            "INSERT with too few values",
            changed(
                "ALTER TABLE ONLY public.people\n",
                &format!(
                    "INSERT INTO public.people (id, email, code, born) VALUES (1, '{PLANTED}');\nALTER TABLE ONLY public.people\n"
                ),
            ),
            &["public.people"],
        ),
        input(
            "INSERT whose string does not end",
            changed(
                "ALTER TABLE ONLY public.people\n",
                &format!("INSERT INTO public.people VALUES (1, '{PLANTED});\n"),
            ),
            &[],
        ),
        input(
            "invalid UTF-8 in a masked cell",
            bytes(email, b"geheimwert77\xff@example.org"),
            &["public.people", "email", "row 7", "utf-8"],
        ),
        input(
            "invalid UTF-8 by an escape in a masked cell",
            bytes(email, br"geheimwert77\xff@example.org"),
            &["public.people", "email", "row 7"],
        ),
        input(
            "an escape that ends a row",
            changed("7@example.org\tcode7\t1980-01-02\n", "7@example.org\tcode7\\\n"),
            &["public.people"],
        ),
        input(
            "too many invalid cells",
            dump.replace("@example.org", " at example org"),
            &["public.people", "email", "max_invalid"],
        ),
        input(
            "a date that is none",
            changed("code7\t1980-01-02", &format!("code7\t{PLANTED}")),
            &["public.people", "born", "row 7"],
        ),
    ]
}

fn bad_policies() -> Vec<Bad> {
    vec![
        Bad { what: "an empty policy", policy: String::new(), dump: dump().into(), says: &["version"] },
        Bad {
            what: "broken TOML",
            policy: format!("{HEAD}[tables.\n"),
            dump: dump().into(),
            says: &["scrub.toml", "5"],
        },
        rule("an unknown key", "subject =", "subjekt =", &["subjekt", "subject"]),
        rule("an unknown table", "public.orders", "public.ordres", &["ordres", "public.orders"]),
        rule("an unknown column", "columns.code", "columns.cod", &["cod", "code"]),
        rule("an unknown column to keep", "[\"id\"]", "[\"idd\"]", &["idd"]),
        rule("an unknown operator", "op = \"email\"", "op = \"emial\"", &["emial", "email"]),
        rule("an unknown parameter", "op = \"email\",", "op = \"email\", bitts = 80,", &["bitts", "bits"]),
        rule("an unknown subject", "subject = \"id\"", "subject = \"idd\"", &["idd"]),
        rule("an unclassified column", "columns.code = \"redact\"\n", "", &["public.people", "code"]),
        rule(
            "an unclassified table",
            &TABLES[TABLES.find("[tables.\"public.orders\"]").unwrap()..],
            "",
            &["public.orders"],
        ),
        rule(
            "an operator of the wrong type",
            "columns.born = \"date_shift\"",
            "columns.born = \"email\"",
            &["born", "email"],
        ),
        rule(
            "an operator that is too wide",
            "columns.code = \"redact\"",
            "columns.code = { op = \"keyed_hash\", bits = 128, accept_frequency_leak = \"x\" }",
            &["code", "10"],
        ),
        rule(
            "a lossy operator on a unique column",
            "{ op = \"email\", accept_frequency_leak = \"invented\" }",
            "\"redact\"",
            &["email", "unique"],
        ),
        rule(
            "a subject's name on a unique column",
            "{ op = \"email\", accept_frequency_leak = \"invented\" }",
            "\"first_name\"",
            &["email", "unique"],
        ),
        rule(
            "null in a column that is NOT NULL",
            "columns.email = { op = \"email\", accept_frequency_leak = \"invented\" }",
            "columns.email = \"null\"",
            &["email", "null"],
        ),
        Bad {
            what: "two operators on one foreign key",
            policy: policy()
                .replace("keep = { columns = [\"id\"], reason = \"numbers\" }", "columns.id = \"permute\"")
                .replace(
                    "keep = { columns = [\"id\", \"person\"], reason = \"numbers\" }",
                    "keep = { columns = [\"id\"], reason = \"numbers\" }\ncolumns.person = \"redact\"",
                ),
            dump: dump().into(),
            says: &["person", "permute"],
        },
        Bad {
            what: "a foreign key that is kept while its target is masked",
            policy: policy()
                .replace("keep = { columns = [\"id\"], reason = \"numbers\" }", "columns.id = \"permute\""),
            dump: dump().into(),
            says: &["person"],
        },
        rule(
            "a dropped table that others need",
            "[tables.\"public.people\"]",
            "[tables.\"public.people\"]\nrows = \"drop\"",
            &["public.people"],
        ),
    ]
}
