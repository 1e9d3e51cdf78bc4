//! A database of our own with every trap in it, dumped by the real `pg_dump` in every form that it has.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use crate::corpora_masked::contents;
use crate::support::cli::{HEAD, KEEP_ALL, Workspace, assert_same};
use crate::support::server::{Database, server};

const TRAPS: &str = include_str!("fixtures/traps.sql");

/// Masks in the database of traps what is personal there.
const POLICY: &str = r#"
large_objects = "keep"

[tables."Odd Schema.Mixed \"Case\" Tablé"]
subject = "Id"
columns.Id = "permute"
columns."E-Mail Adresse" = { op = "email", accept_frequency_leak = "invented" }
columns."näme, with (parens); and 'quotes'" = "redact"

[tables."public.nasty"]
columns.note = { op = "keyed_hash", accept_frequency_leak = "invented" }
columns.other = "redact"

[tables."public.kinds"]
columns.id = "permute"
columns.raw = "redact"
columns.token = { op = "uuid", accept_frequency_leak = "invented" }
columns.words = "null"
columns.texts = "null"
columns.born = "null"

[tables."public.people"]
subject = "id"
columns.id = "permute"
columns.email = { op = "email", accept_frequency_leak = "invented" }
columns.first_name = "first_name"
columns.last_name = "last_name"
columns.born = "date_shift"

[tables."public.pages"]
columns.body = "redact"

[tables."public.events"]
columns.email = { op = "email", accept_frequency_leak = "invented" }

[tables."public.base"]
columns.email = { op = "email", accept_frequency_leak = "invented" }

[tables."public.derived"]
columns.more = { op = "constant", value = "same" }

[tables."public.teams"]
columns.name = { op = "keyed_hash", bits = 80, accept_frequency_leak = "invented" }

[[acknowledge]]
id = "none"
reason = "replaced below"
"#;

/// Forms of one plain dump; `true` where it has no schema of its own.
const FORMS: &[(&[&str], bool)] = &[
    (&[], false),
    (&["--inserts"], false),
    (&["--column-inserts", "--rows-per-insert=7"], false),
    (&["--rows-per-insert=1000", "--on-conflict-do-nothing"], false),
    (&["-a", "--disable-triggers"], true),
    (&["-a", "--column-inserts"], true),
    (&["-c", "--if-exists"], false),
    (&["--quote-all-identifiers"], false),
    (&["--quote-all-identifiers", "--inserts", "-c"], false),
    (&["--load-via-partition-root"], false),
    (&["-C"], false),
    (&["-C", "-c", "--if-exists"], false),
    (&["--no-owner", "--no-privileges", "--no-comments"], false),
    (&["--use-set-session-authorization"], false),
    (&["--section=pre-data", "--section=data"], false),
    (&["--disable-dollar-quoting"], false),
    (&["--enable-row-security"], false),
    (&["-b", "-t", "public.nasty"], false),
];

fn trapped() -> Option<Database> {
    let database = server()?.create("traps");
    database.psql(TRAPS);
    Some(database)
}

/// Options that give a run the schema when its input has none.
fn schema(workspace: &Workspace, database: &Database, apart: bool) -> Vec<String> {
    if !apart {
        return Vec::new();
    }
    let path = workspace.file("schema.sql", &database.dump(&["-s"]));
    vec!["--schema".to_owned(), path.to_str().unwrap().to_owned()]
}

#[test]
fn every_form_of_pg_dump_is_kept() {
    let Some(database) = trapped() else { return };
    let mut wrong = String::new();
    for (form, apart) in FORMS {
        let dump = database.dump(form);
        let workspace = Workspace::new(KEEP_ALL);
        let options = schema(&workspace, &database, *apart);
        let mut options: Vec<&str> = options.iter().map(String::as_str).collect();
        let run = workspace.mask_file(&options, &workspace.file("input.sql", &dump));
        if run.code != 0 {
            writeln!(wrong, "{form:?}: {}", run.stderr).unwrap();
            continue;
        }
        assert_same(&run.stdout, &dump, &format!("{form:?}, file"));
        options.extend(["--block-size", "4096", "--threads", "3"]);
        if !apart {
            options.push("--schema-from-stream");
        }
        let run = workspace.mask_pipe(&options, &dump);
        if run.code == 0 {
            assert_same(&run.stdout, &dump, &format!("{form:?}, pipe"));
        } else {
            writeln!(wrong, "{form:?}, pipe: {}", run.stderr).unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The token of `\restrict` is made anew by each run of `pg_restore`.
fn without_token(dump: &[u8]) -> Vec<u8> {
    let lines = dump.split_inclusive(|byte| *byte == b'\n');
    lines
        .map(|line| match line.iter().position(|byte| *byte == b' ') {
            Some(at) if line.starts_with(b"\\restrict ") || line.starts_with(b"\\unrestrict ") => &line[..at],
            _ => line,
        })
        .collect::<Vec<_>>()
        .concat()
}

#[test]
fn archives_equal_what_pg_restore_writes() {
    let Some(database) = trapped() else { return };
    let workspace = Workspace::new(KEEP_ALL);
    let custom = workspace.path("custom.dump");
    let folder = workspace.path("folder.dump");
    for (format, path) in [("-Fc", &custom), ("-Fd", &folder)] {
        let path = path.to_str().unwrap();
        database.dump(&[format, "-f", path]);
        let expected = without_token(&database.server().output("pg_restore", &["-f", "-", path]));
        let found = workspace.mask_file(&[], path.as_ref()).done();
        assert_same(&without_token(&found), &expected, &format!("{format}, file"));
    }
    let expected =
        without_token(&database.server().output("pg_restore", &["-f", "-", custom.to_str().unwrap()]));
    let piped = workspace.mask_pipe(&["--schema-from-stream"], &fs::read(&custom).unwrap()).done();
    assert_same(&without_token(&piped), &expected, "-Fc, pipe");
}

#[test]
fn compressed_dumps_equal_their_plain_form() {
    let Some(database) = trapped() else { return };
    let dump = database.dump(&[]);
    let workspace = Workspace::new(KEEP_ALL);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(&dump).unwrap();
    for (name, bytes) in
        [("dump.sql.gz", gzip.finish().unwrap()), ("dump.sql.zst", zstd::encode_all(&dump[..], 3).unwrap())]
    {
        assert_same(&workspace.mask_file(&[], &workspace.file(name, &bytes)).done(), &dump, name);
        assert_same(
            &workspace.mask_pipe(&["--schema-from-stream"], &bytes).done(),
            &dump,
            &format!("{name}, pipe"),
        );
    }
}

#[test]
fn a_dump_of_all_databases_is_kept_but_for_its_roles() {
    let Some(server) = server() else { return };
    let (first, second) = (server.create("zz_first"), server.create("zz_second"));
    for (database, table) in [(&first, "people"), (&second, "people")] {
        database.psql(&format!(
            "CREATE TABLE {table} (id int PRIMARY KEY, email text);
            INSERT INTO {table} VALUES (1, '{}@example.org')",
            database.name
        ));
    }
    let dump = server.output("pg_dumpall", &["--exclude-database=[a-y]*"]);
    let lines = |text: &[u8]| -> Vec<String> {
        let text = String::from_utf8(without_token(text)).unwrap();
        let kept = text.lines().filter(|line| {
            !line.is_empty()
                && !line.starts_with("--")
                && !["CREATE ROLE", "ALTER ROLE"].iter().any(|h| line.starts_with(h))
        });
        kept.map(str::to_owned).collect()
    };
    let workspace = Workspace::new(KEEP_ALL);
    let kept = workspace.mask_file(&[], &workspace.file("all.sql", &dump)).done();
    assert_eq!(lines(&kept), lines(&dump));
    assert!(!String::from_utf8(kept).unwrap().contains("PASSWORD"));
    // One policy for one table of that name in each database, and one for a table of one database alone.
    let policy = "\n[tables.\"public.people\"]\ncolumns.email = { op = \"email\", accept_frequency_leak = \"invented\" }\n";
    let workspace = Workspace::new(&format!("{HEAD}{policy}"));
    let masked = workspace.mask_file(&[], &workspace.file("all.sql", &dump)).done();
    let masked = String::from_utf8(masked).unwrap();
    assert_eq!(masked.matches("@example.org").count(), 0);
    assert_eq!(masked.matches("@example.com").count(), 2);
    let workspace = Workspace::new(&format!(
        "{HEAD}{}",
        policy.replace("public.people", &format!("{}/public.people", first.name))
    ));
    let masked = workspace.mask_file(&[], &workspace.file("all.sql", &dump)).done();
    let masked = String::from_utf8(masked).unwrap();
    assert!(!masked.contains(&format!("{}@example.org", first.name)));
    assert!(masked.contains(&format!("{}@example.org", second.name)));
}

/// The policy, with an acknowledgement for every warning that it would raise.
pub(crate) fn policy() -> String {
    format!(
        "{}{POLICY}",
        HEAD.replace("unclassified = \"keep\"\n", "unclassified = \"keep\"\nmax_invalid = 1.0\n")
    )
    .replace("[[acknowledge]]\nid = \"none\"\nreason = \"replaced below\"\n", "")
}

#[test]
fn every_form_of_pg_dump_is_masked_and_restores() {
    let Some(database) = trapped() else { return };
    let server = database.server();
    let mut reference = None;
    let mut wrong = String::new();
    let whole = FORMS.iter().filter(|(form, _)| {
        !form.iter().any(|option| ["-C", "-t", "--no-owner", "--section=data"].contains(option))
    });
    for (form, apart) in whole {
        let workspace = Workspace::new(&policy());
        let options = schema(&workspace, &database, *apart);
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let dump = database.dump(form);
        let run = workspace.mask_file(&options, &workspace.file("input.sql", &dump));
        if run.code != 0 {
            writeln!(wrong, "{form:?}: {}", run.stderr).unwrap();
            continue;
        }
        let restored = |dump: &[u8]| {
            let target = server.create("traps");
            if *apart {
                target.restore(&database.dump(&["-s"]));
                // The rows that the schema's own statements made.
                target.psql("DELETE FROM unlogged");
            }
            let errors = target.restore(dump);
            (target, errors)
        };
        let (original, expected_errors) = restored(&dump);
        let (masked, errors) = restored(&run.stdout);
        let failed_before = !expected_errors.is_empty();
        let new = new_errors(errors, expected_errors);
        if !new.is_empty() {
            writeln!(wrong, "{form:?}: the restore gave {new:?}, the original's did not").unwrap();
            continue;
        }
        let found = contents(&masked);
        let before = contents(&original);
        for table in
            ["public.people", "people", "letters", "pages", "nasty", "kinds", "events_old", "derived"]
        {
            let filled = before.get(table).is_some_and(|digest| digest != NO_ROWS);
            if filled && before.get(table) == found.get(table) {
                writeln!(wrong, "{form:?}: {table} was not masked").unwrap();
            }
        }
        for table in ["bookings", "spread_0", "typed", "nothing", "unlogged"] {
            if before.get(table) != found.get(table) {
                writeln!(wrong, "{form:?}: {table} has changed").unwrap();
            }
        }
        let (reference_before, reference) = reference.get_or_insert_with(|| (before.clone(), found.clone()));
        for (table, digest) in &found {
            // INSERT turns a real -0 into 0, and what fails to restore is not there to be compared.
            let same_rows = before.get(table) == reference_before.get(table);
            if same_rows && reference.get(table) != Some(digest) {
                writeln!(wrong, "{form:?}: {table} has other pseudonyms than in the plain form").unwrap();
            }
        }
        if !failed_before && joins(&masked) != joins(&original) {
            writeln!(wrong, "{form:?}: joins: {}, the original {}", joins(&masked), joins(&original))
                .unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The digest of a table without rows: without its parents a table stays empty.
const NO_ROWS: &str = "d41d8cd98f00b204e9800998ecf8427e";

/// The errors that were not expected, each as often as it was not.
fn new_errors(errors: Vec<String>, mut expected: Vec<String>) -> Vec<String> {
    let is_new = |error: &String| match expected.iter().position(|other| other == error) {
        Some(at) => {
            expected.swap_remove(at);
            false
        }
        None => true,
    };
    errors.into_iter().filter(is_new).collect()
}

/// Numbers of rows and of joined rows, and of NULLs.
fn joins(database: &Database) -> String {
    database.psql(
        "SELECT count(*) FROM people p JOIN people b ON b.id = p.boss;
         SELECT count(*) FROM people p JOIN teams t ON t.id = p.team JOIN people l ON l.id = t.lead;
         SELECT count(*) FROM letters l JOIN people p ON p.email = l.recipient JOIN people s ON s.email = l.sender;
         SELECT count(*) FROM pages JOIN letters USING (recipient, number);
         SELECT count(*), count(first_name), count(born), count(shout) FROM people;
         SELECT count(*) FROM people WHERE shout = upper(last_name);
         SELECT count(*), count(token) FROM kinds;
         SELECT count(*), count(DISTINCT note), count(other) FROM nasty;
         SELECT count(*), count(email) FROM events; SELECT count(*), count(email) FROM base;",
    )
}

#[test]
fn archives_are_masked_like_the_plain_form() {
    let Some(database) = trapped() else { return };
    let workspace = Workspace::new(&policy());
    let plain = workspace.mask_file(&[], &workspace.file("plain.sql", &database.dump(&[]))).done();
    let custom = workspace.path("custom.dump");
    database.dump(&["-Fc", "-f", custom.to_str().unwrap()]);
    let found = workspace.mask_file(&[], &custom).done();
    let (from_plain, from_custom) = (database.server().create("traps"), database.server().create("traps"));
    from_plain.restore(&plain);
    from_custom.restore(&found);
    assert_eq!(contents(&from_custom), contents(&from_plain));
}

#[test]
fn a_latin1_dump_has_the_pseudonyms_of_its_utf8_form() {
    let Some(server) = server() else { return };
    let original = server.create("latin");
    original.psql(
        "CREATE TABLE people (id int PRIMARY KEY, first_name text, last_name varchar(30), email text, note text);
         INSERT INTO people VALUES (1, 'Jürgen', 'Müller', 'jürgen@example.org', 'größer'), (2, 'Zoë', 'Núñez', 'zoe@example.org', '¡olé!'),
             (3, 'René', NULL, '', 'Ångström');
         COMMENT ON TABLE people IS 'Größe';",
    );
    let keep = Workspace::new(KEEP_ALL);
    let policy = "\n[tables.\"public.people\"]\nsubject = \"id\"\ncolumns.first_name = \"first_name\"\ncolumns.last_name = \"last_name\"\n
        columns.email = { op = \"email\", accept_frequency_leak = \"invented\" }
        columns.note = { op = \"keyed_hash\", accept_frequency_leak = \"invented\" }\n";
    let policy = format!("{}{policy}", HEAD.replace("unclassified", "max_invalid = 1.0\nunclassified"));
    let mask = Workspace::new(&policy);
    let mut reference = None;
    for encoding in ["UTF8", "LATIN1", "WIN1252"] {
        for form in ["--no-comments", "--inserts"] {
            let dump = original.dump(&["-E", encoding, form]);
            let what = format!("{encoding} {form}");
            assert_same(&keep.mask_file(&[], &keep.file("in.sql", &dump)).done(), &dump, &what);
            let masked = server.create("latin");
            let output = mask.mask_file(&[], &mask.file("in.sql", &dump)).done();
            assert_eq!(masked.restore(&output), Vec::<String>::new(), "{what}");
            let found = contents(&masked);
            assert_ne!(found, contents(&original));
            assert_eq!(&found, reference.get_or_insert(found.clone()), "{what}");
        }
    }
}
