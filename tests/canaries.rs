//! A secret planted in each place where dumps hold data outside of the rows that a policy names never comes out.

use crate::support::cli::Workspace;
use crate::support::server::server;

/// Found nowhere else; letters and digits, so that no escape or case rule hides it.
const CANARY: &str = "kanari7vogel9geheim";

/// Where the secret is planted, and how a run over it ends.
struct Planted {
    /// The place.
    place: &'static str,
    /// What the policy says beside `unclassified`.
    policy: &'static str,
    /// `unclassified`.
    unclassified: &'static str,
    /// Options of `mask`.
    options: &'static [&'static str],
    /// Statements after the table `public.people`; `@` is the secret, `#` the secret in hexadecimal.
    body: &'static str,
    /// Exit codes that are right.
    code: i32,
}

const MASK_PEOPLE: &str = r#"
[tables."public.people"]
columns.email = { op = "email", accept_frequency_leak = "invented" }
keep = { columns = ["id"], reason = "numbers" }
"#;

const CASES: &[Planted] = &[
    Planted {
        place: "statistics of a column",
        body: "SELECT * FROM pg_catalog.pg_restore_attribute_stats(\n\t'version', '180000'::integer,\n\t'schemaname', 'public',\n\t'relname', 'people',\n\t'attname', 'email',\n\t'inherited', 'f'::boolean,\n\t'most_common_vals', '{@,\"b;c\"}'::text\n);\n",
        ..PASSES
    },
    Planted {
        place: "statistics of a table",
        body: "SELECT * FROM pg_catalog.pg_restore_relation_stats(\n\t'version', '180000'::integer,\n\t'relation', 'public.@'::regclass\n);\n",
        ..PASSES
    },
    Planted {
        place: "the password of a role",
        body: "CREATE ROLE someone;\nALTER ROLE someone WITH NOSUPERUSER LOGIN PASSWORD 'SCRAM-SHA-256$4096:@';\nCREATE USER other PASSWORD '@';\n",
        ..PASSES
    },
    Planted {
        place: "the options of a server",
        body: "CREATE SERVER remote FOREIGN DATA WRAPPER postgres_fdw OPTIONS (\n    host '@',\n    dbname 'x'\n);\n",
        ..PASSES
    },
    Planted {
        place: "a user mapping",
        body: "CREATE USER MAPPING FOR postgres SERVER remote OPTIONS (\n    password '@',\n    \"user\" 'x'\n);\n",
        ..PASSES
    },
    Planted {
        place: "a subscription",
        body: "CREATE SUBSCRIPTION feed CONNECTION 'host=h password=@' PUBLICATION all_of_it WITH (connect = false, slot_name = 'feed');\n",
        ..PASSES
    },
    Planted { place: "an unknown statement", body: "EXPLODE '@';\n", ..STOPS },
    Planted {
        place: "an unknown statement that is dropped on request",
        body: "EXPLODE '@';\n",
        options: &["--on-unparsed", "drop"],
        ..PASSES
    },
    Planted { place: "a DO block", body: "DO $$BEGIN RAISE NOTICE '@'; END$$;\n", ..STOPS },
    Planted { place: "an UPDATE", body: "UPDATE public.people SET email = '@' WHERE id = 1;\n", ..STOPS },
    Planted { place: "a DELETE", body: "DELETE FROM public.people WHERE email = '@';\n", ..STOPS },
    Planted {
        place: "a MERGE",
        body: "MERGE INTO public.people USING (VALUES ('@')) v(e) ON email = e WHEN MATCHED THEN DELETE;\n",
        ..STOPS
    },
    Planted { place: "an INSERT that selects", body: "INSERT INTO public.people SELECT 9, '@';\n", ..STOPS },
    Planted { place: "a function call", body: "SELECT public.remember('@');\n", ..STOPS },
    Planted { place: "a shell command of psql", body: "\\! echo @\n", ..STOPS },
    Planted { place: "a \\copy of psql", body: "\\copy public.people from '/tmp/@.csv'\n", ..STOPS },
    Planted { place: "a \\set of psql", body: "\\set secret '@'\n", ..STOPS },
    Planted {
        place: "an unclassified table, by COPY",
        body: "CREATE TABLE public.more (note text);\nCOPY public.more (note) FROM stdin;\n@\n\\.\n",
        ..STOPS
    },
    Planted {
        place: "an unclassified table, by INSERT",
        body: "CREATE TABLE public.more (note text);\nINSERT INTO public.more VALUES ('@');\n",
        ..STOPS
    },
    Planted {
        place: "an unclassified table that is redacted",
        unclassified: "redact",
        body: "CREATE TABLE public.more (note text);\nCOPY public.more (note) FROM stdin;\n@\n\\.\n",
        ..PASSES
    },
    Planted {
        place: "a column that the policy forgot",
        body: "CREATE TABLE public.more (id integer, note text);\nCOPY public.more (id, note) FROM stdin;\n1\t@\n\\.\n",
        policy: "[tables.\"public.more\"]\nkeep = { columns = [\"id\"], reason = \"numbers\" }\n",
        ..STOPS
    },
    Planted {
        place: "a forgotten column that is redacted, by INSERT",
        unclassified: "redact",
        body: "CREATE TABLE public.more (id integer, note text);\nINSERT INTO public.more (note, id) VALUES\n\t('@', 1),\n\t('x''@', 2);\n",
        policy: "[tables.\"public.more\"]\nkeep = { columns = [\"id\"], reason = \"numbers\" }\n",
        ..PASSES
    },
    Planted {
        place: "a dropped table",
        body: "CREATE TABLE public.audit_log (note text);\nCOPY public.audit_log (note) FROM stdin;\n@\n\\.\n",
        policy: "[tables.\"public.audit_*\"]\nrows = \"drop\"\n",
        ..PASSES
    },
    Planted {
        place: "a large object",
        body: "SELECT pg_catalog.lo_create('16400');\nBEGIN;\n\nSELECT pg_catalog.lo_open('16400', 131072);\nSELECT pg_catalog.lowrite(0, '\\x#');\nSELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n",
        ..STOPS
    },
    Planted {
        place: "a large object that is dropped",
        body: "SELECT pg_catalog.lo_create('16400');\nBEGIN;\n\nSELECT pg_catalog.lo_open('16400', 131072);\nSELECT pg_catalog.lowrite(0, '\\x#');\nSELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n",
        policy: "large_objects = \"drop\"\n",
        ..PASSES
    },
    Planted {
        place: "an inherited table",
        body: "CREATE TABLE public.staff (\n    desk text\n)\nINHERITS (public.people);\nCOPY public.staff (id, email, desk) FROM stdin;\n2\t@@example.org\t\\N\n\\.\n",
        policy: "[tables.\"public.staff\"]\ncolumns.desk = \"redact\"\n",
        ..PASSES
    },
    Planted {
        place: "a partition",
        body: "CREATE TABLE public.events (\n    day date NOT NULL,\n    email text\n)\nPARTITION BY RANGE (day);\nCREATE TABLE public.events_2024 (\n    day date NOT NULL,\n    email text\n);\nALTER TABLE ONLY public.events ATTACH PARTITION public.events_2024 FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');\nCOPY public.events_2024 (day, email) FROM stdin;\n2024-05-05\t@@example.org\n\\.\n",
        policy: "[tables.\"public.events\"]\ncolumns.email = { op = \"email\", accept_frequency_leak = \"invented\" }\nkeep = { columns = [\"day\"], reason = \"partition key\" }\n",
        ..PASSES
    },
    Planted {
        place: "an email that is none",
        body: "COPY public.people (id, email) FROM stdin;\n7\tnot an address: @\n\\.\n",
        policy: "max_invalid = 1.0\n",
        ..PASSES
    },
];

/// A place that stops the run.
const STOPS: Planted =
    Planted { place: "", policy: "", unclassified: "deny", options: &[], body: "", code: 2 };

/// A place that is masked or dropped.
const PASSES: Planted = Planted { code: 0, ..STOPS };

fn dump(body: &str) -> String {
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    // In `@@example.org` the first sign is the secret, the second itself.
    let body = body.replace("@@", "\u{1}\u{2}").replace('@', CANARY);
    let body = body.replace('\u{1}', CANARY).replace('\u{2}', "@").replace('#', &hex);
    format!("{HEAD}{body}\n{ROWS}{TRAILER}")
}

const HEAD: &str = "--\n-- PostgreSQL database dump\n--\n\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n\nCREATE TABLE public.people (\n    id integer NOT NULL,\n    email text\n);\n\n";
const ROWS: &str = "COPY public.people (id, email) FROM stdin;\n1\tsomeone@example.org\n\\.\n\n";
const TRAILER: &str = "\n--\n-- PostgreSQL database dump complete\n--\n\n";

#[test]
fn no_canary_comes_out() {
    let mut wrong = Vec::new();
    for case in CASES {
        // Top level keys of a policy come before its tables.
        let (top, tables) = if case.policy.starts_with('[') { ("", case.policy) } else { (case.policy, "") };
        let policy = format!(
            "version = 1\nconstruction = \"v1\"\nproject = \"test/canaries/dev\"\nunclassified = \"{}\"\n{top}{MASK_PEOPLE}{tables}",
            case.unclassified
        );
        let workspace = Workspace::new(&policy);
        let input = dump(case.body);
        let file = workspace.file("input.sql", input.as_bytes());
        let mut streamed = case.options.to_vec();
        streamed.push("--schema-from-stream");
        let manifest = workspace.path("manifest.json");
        let mut filed = case.options.to_vec();
        filed.extend(["--manifest", manifest.to_str().unwrap()]);
        for (way, run) in [
            ("pipe", workspace.mask_pipe(&streamed, input.as_bytes())),
            ("file", workspace.mask_file(&filed, &file)),
            ("preview", workspace.mask_file(&["--preview", "5"], &file)),
        ] {
            let place = case.place;
            if way != "preview" && run.code != case.code {
                wrong.push(format!(
                    "{place} ({way}): exit {} instead of {}: {}",
                    run.code, case.code, run.stderr
                ));
            }
            let output = String::from_utf8_lossy(&run.stdout).to_lowercase();
            let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
            if output.contains(CANARY) || output.contains(&hex) {
                wrong.push(format!("{place} ({way}): the secret is in the output"));
            }
            if run.stderr.contains(CANARY) {
                wrong.push(format!("{place} ({way}): the secret is in the messages"));
            }
        }
        if std::fs::read_to_string(&manifest).is_ok_and(|text| text.contains(CANARY)) {
            wrong.push(format!("{}: the secret is in the manifest", case.place));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn large_objects_pass_when_they_are_kept() {
    let body = CASES.iter().find(|case| case.place == "a large object").unwrap().body;
    let policy = format!(
        "version = 1\nconstruction = \"v1\"\nproject = \"test/canaries/dev\"\nlarge_objects = \"keep\"\n{MASK_PEOPLE}"
    );
    let run = Workspace::new(&policy).mask_pipe(&["--schema-from-stream"], dump(body).as_bytes());
    assert!(String::from_utf8(run.done()).unwrap().contains("lowrite(0, '\\x6b"));
}

#[test]
fn a_policy_on_the_parent_reaches_the_rows_of_a_real_partition() {
    let Some(server) = server() else { return };
    let original = server.create("partitions");
    original.psql(&format!(
        "CREATE TABLE events (id int, day date, email text) PARTITION BY RANGE (day);
         CREATE TABLE old PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
         CREATE TABLE new PARTITION OF events DEFAULT PARTITION BY LIST (id);
         CREATE TABLE newer PARTITION OF new DEFAULT;
         CREATE TABLE parent (email text);
         CREATE TABLE child (more int) INHERITS (parent);
         INSERT INTO events VALUES (1, '2020-05-05', '{CANARY}1@example.org'), (2, '2024-05-05', '{CANARY}2@example.org');
         INSERT INTO child VALUES ('{CANARY}3@example.org', 1);"
    ));
    let policy = "version = 1\nconstruction = \"v1\"\nproject = \"test/canaries/dev\"\nunclassified = \"keep\"\n
        [tables.\"public.events\"]\ncolumns.email = { op = \"email\", accept_frequency_leak = \"invented\" }
        [tables.\"public.parent\"]\ncolumns.email = { op = \"email\", accept_frequency_leak = \"invented\" }\n";
    for form in [&[][..], &["--inserts"], &["--column-inserts"], &["--load-via-partition-root"]] {
        let workspace = Workspace::new(policy);
        let input = original.dump(form);
        assert_eq!(String::from_utf8_lossy(&input).matches(CANARY).count(), 3, "{form:?}");
        let output = workspace.mask_file(&[], &workspace.file("input.sql", &input)).done();
        assert!(!String::from_utf8_lossy(&output).contains(CANARY), "{form:?}");
        let masked = server.create("partitions");
        assert_eq!(masked.restore(&output), Vec::<String>::new(), "{form:?}");
        assert_eq!(masked.psql("SELECT count(*) FROM events WHERE email LIKE '%@example.com'").trim(), "2");
    }
}
