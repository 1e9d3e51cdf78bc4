//! A sample of each format: the same forty people in all of them, an address and a note that must never come through.

use std::process::Command;

use super::cli::assert_same;
use super::server::{feed, server};

/// In every address and every note of every sample, and nowhere else.
pub(crate) const PLANTED: &str = "geheim";

/// The policy that masks a sample; whatever it does not name is denied.
pub(crate) const POLICY: &str = r#"version = 1
construction = "v1"
project = "test/samples/dev"
unclassified = "deny"
[tables."public.people"]
keep = { columns = ["id"], reason = "numbers" }
columns.email = { op = "email", accept_frequency_leak = "invented" }
columns.note = "redact"
"#;

/// A format's sample, and what is peculiar to the format.
pub(crate) struct Sample {
    /// Its name in `FORMATS`.
    pub(crate) format: &'static str,
    /// What the sample is called as a file; formats without table names take the table from it.
    pub(crate) file: &'static str,
    /// Options that a pipe needs, which has no name.
    pub(crate) pipe: &'static [&'static str],
    /// The sample; `None` after a loud skip.
    pub(crate) make: fn() -> Option<Vec<u8>>,
    /// Asserts that the first is what a policy that keeps everything must make of the second.
    pub(crate) same: fn(&[u8], &[u8], &str),
    /// Whether the input declares its tables before their rows.
    pub(crate) declares: bool,
    /// Whether the format has an end, so that every cut can be told.
    pub(crate) has_end: bool,
    /// Whether errors in it can be placed: in a line, at a byte, in a row.
    pub(crate) has_places: bool,
    /// A part of what ends a failed output.
    pub(crate) tail: &'static [u8],
    /// Statements that are on no list, to be put before the text that is named first.
    pub(crate) unknown: Option<(&'static str, &'static [&'static str])>,
}

/// One entry for each format whose output is text. The texts are in `tests/samples`, or made of the rows of the first.
pub(crate) const SAMPLES: &[Sample] = &[PG_DUMP, PG_ARCHIVE, MYSQLDUMP, SQLITE_DUMP, CSV, TSV, JSONL];

/// Formats whose output is no text, and the tests that hold them to the same.
pub(crate) const ELSEWHERE: &[(&str, &str)] = &[
    ("mysqldump_tab", "format::mysqldump::tab and format::mysqldump::tests"),
    ("sqlite", "sqlite::files"),
    ("parquet", "pipeline::columnar and tests/columnar.py"),
    ("arrow_ipc", "pipeline::columnar and tests/columnar.py"),
    ("arrow_stream", "pipeline::columnar and tests/columnar.py"),
];

/// What a run writes that knows of no format yet.
pub(crate) const REFUSAL: &[u8] = PG_TAIL;

const PG_TAIL: &[u8] = b"DO $$BEGIN RAISE EXCEPTION 'scrub: run failed, output incomplete'; END$$;\n";

const PG_DUMP: Sample = Sample {
    format: "pg_dump",
    file: "people.sql",
    pipe: &[],
    make: || Some(include_bytes!("../samples/pg_dump.sql").to_vec()),
    same: |found, input, what| assert_same(found, input, what),
    declares: true,
    has_end: true,
    has_places: true,
    tail: PG_TAIL,
    unknown: Some((
        "ALTER TABLE ONLY",
        &[
            "FROBNICATE public.people 'geheim';\n",
            "MERGE INTO public.people USING x ON true WHEN MATCHED THEN DELETE;\n",
            "UPDATE public.people SET note = 'geheim';\n",
            "VALUES ('geheim');\n",
        ],
    )),
};

const PG_ARCHIVE: Sample = Sample {
    format: "pg_archive",
    file: "people.dump",
    pipe: &[],
    make: || {
        let database = server()?.create("samples");
        assert_eq!(database.restore(include_bytes!("../samples/pg_dump.sql")), Vec::<String>::new());
        Some(database.dump(&["-Fc"]))
    },
    same: |found, input, what| {
        let Some(server) = server() else { return };
        let converted = feed(server.tool("pg_restore").args(["-f", "-"]), input);
        assert!(converted.status.success());
        assert_same(&without_token(found), &without_token(&converted.stdout), what);
    },
    declares: true,
    has_end: true,
    has_places: false,
    tail: PG_TAIL,
    unknown: None,
};

const MYSQLDUMP: Sample = Sample {
    format: "mysqldump",
    file: "people.sql",
    pipe: &[],
    make: || Some(include_bytes!("../samples/mysqldump.sql").to_vec()),
    same: |found, input, what| assert_same(found, input, what),
    declares: true,
    has_end: true,
    has_places: true,
    tail: b"SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'scrub: run failed, output incomplete';\n",
    unknown: Some((
        "/*!40101 SET SQL_MODE=@OLD_SQL_MODE */;",
        &[
            "FROBNICATE `people` 'geheim';\n",
            "UPDATE `people` SET note = 'geheim';\n",
            "LOAD DATA INFILE 'geheim' INTO TABLE `people`;\n",
        ],
    )),
};

const SQLITE_DUMP: Sample = Sample {
    format: "sqlite_dump",
    file: "people.sql",
    pipe: &[],
    make: || {
        let rows = people(|id, email, note| format!("INSERT INTO people VALUES({id},'{email}','{note}');\n"));
        let head = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n\
            CREATE TABLE people (id INTEGER NOT NULL, email TEXT, note TEXT);\n";
        Some([head, &rows, "COMMIT;\n"].concat().into_bytes())
    },
    same: |found, input, what| assert_same(found, input, what),
    declares: true,
    has_end: true,
    has_places: true,
    tail: b"scrub: run failed, output incomplete",
    unknown: Some((
        "COMMIT;",
        &[
            "FROBNICATE people 'geheim';\n",
            "UPDATE people SET note = 'geheim';\n",
            "ATTACH DATABASE 'geheim' AS x;\n",
        ],
    )),
};

const CSV: Sample = Sample {
    format: "csv",
    file: "people.csv",
    pipe: &["--format", "csv", "--table", "people"],
    make: || {
        Some(
            ("id,email,note\n".to_owned() + &people(|id, email, note| format!("{id},{email},\"{note}\"\n")))
                .into_bytes(),
        )
    },
    same: |found, input, what| assert_same(found, input, what),
    declares: true,
    has_end: false,
    has_places: true,
    tail: b"scrub: run failed, output incomplete",
    unknown: None,
};

const TSV: Sample = Sample {
    format: "tsv",
    file: "people.tsv",
    pipe: &["--format", "tsv", "--table", "people"],
    make: || {
        Some(
            ("id\temail\tnote\n".to_owned() + &people(|id, email, note| format!("{id}\t{email}\t{note}\n")))
                .into_bytes(),
        )
    },
    same: |found, input, what| assert_same(found, input, what),
    declares: true,
    has_end: false,
    has_places: true,
    tail: b"scrub: run failed, output incomplete",
    unknown: None,
};

const JSONL: Sample = Sample {
    format: "jsonl",
    file: "people.jsonl",
    pipe: &["--format", "jsonl", "--table", "people"],
    make: || {
        let row = |id: &str, email: &str, note: &str| {
            format!(r#"{{"id": {id}, "email": "{email}", "note": "{note}"}}"#) + "\n"
        };
        Some(people(row).into_bytes())
    },
    same: |found, input, what| assert_same(found, input, what),
    declares: false,
    has_end: false,
    has_places: true,
    tail: b"run failed, output incomplete",
    unknown: None,
};

/// The rows of the first sample, written in another way.
fn people(write: impl Fn(&str, &str, &str) -> String) -> String {
    let tables = super::copy::tables(include_bytes!("../samples/pg_dump.sql"));
    tables["public.people"].rows.iter().map(|row| write(&row[0], &row[1], &row[2])).collect()
}

/// A dump without the token that each run of `pg_restore` invents anew.
fn without_token(dump: &[u8]) -> Vec<u8> {
    let lines = dump.split_inclusive(|byte| *byte == b'\n');
    lines
        .filter(|line| !line.starts_with(br"\restrict") && !line.starts_with(br"\unrestrict"))
        .flatten()
        .copied()
        .collect()
}

/// Whether a program runs here.
pub(crate) fn runs(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}
