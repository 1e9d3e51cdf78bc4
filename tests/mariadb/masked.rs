//! Real databases of MariaDB, every variant of their dumps: masked under a policy that their truth files give, restored,
//! and compared with the original cell by cell in the server.

use std::collections::BTreeMap;

use crate::support::cli::Workspace;
use crate::support::corpora::{Corpus, Personal, mysql_corpus};
use crate::support::mariadb::{Database, mariadb};

#[test]
fn sakila_is_masked() {
    masked(
        "sakila",
        &["default", "skipext", "complete_hex", "ansi", "compact_replace", "databases", "latin1"],
    );
}

#[test]
fn employee_is_masked() {
    masked("employee", &["default", "skipext", "complete_hex", "ansi", "compact_replace"]);
}

#[test]
fn civi_wikimedia_is_masked() {
    masked(
        "civi_wikimedia",
        &["default", "skipext", "complete_hex", "ansi", "compact_replace", "insertignore"],
    );
}

fn masked(name: &'static str, variants: &[&str]) {
    let Some(corpus) = mysql_corpus(name) else { return };
    let Some(server) = mariadb() else { return };
    let workspace = Workspace::new(&policy(&corpus));
    let mut digests: BTreeMap<&str, String> = BTreeMap::new();
    for variant in variants {
        let dump = corpus.dump(variant);
        let input = workspace.file("input.sql", &dump);
        let schema = schema(&corpus);
        workspace.file("schema.sql", &schema);
        let rows_alone = *variant == "compact_replace";
        let options: &[&str] = match *variant {
            "compact_replace" => &["--no-trailer", "--schema", "schema.sql"],
            "insertignore" => &["--no-trailer"],
            _ => &[],
        };
        let output = workspace.mask_file(options, &input).done();
        let (original, masked) = (server.create(name), server.create(name));
        for (database, dump) in [(&original, &dump), (&masked, &output)] {
            let dump = match *variant {
                // The one variant that selects its database is led to ours.
                "databases" => {
                    replace(dump, format!("`{name}`").as_bytes(), format!("`{}`", database.name).as_bytes())
                }
                "compact_replace" => [&schema, &dump[..]].concat(),
                _ => dump.clone(),
            };
            assert_eq!(database.restore(&dump), Ok(()), "{name} {variant}");
        }
        facts_hold(&corpus, &masked, variant);
        cells_have_changed(&corpus, &original, &masked, variant);
        if !rows_alone {
            next_numbers_are_free(&masked, variant);
        }
        if *variant == "latin1" {
            assert!(std::str::from_utf8(&dump).is_err(), "{variant}: a dump in latin1");
            assert!(output.windows(16).any(|bytes| bytes == b"SET NAMES latin1"), "{variant}");
        } else {
            digests.insert(variant, pseudonyms(&corpus, &masked));
        }
    }
    for (variant, digest) in &digests {
        assert_eq!(digest, &digests["default"], "{name}: {variant} and default have other pseudonyms");
    }
}

/// A policy that masks each column that the truth file calls personal by what it holds.
pub(super) fn policy(corpus: &Corpus) -> String {
    let mut policy = format!(
        "version = 1\nconstruction = \"v1\"\nproject = \"test/{}/dev\"\nunclassified = \"keep\"\n",
        corpus.name
    );
    let mut tables: BTreeMap<String, Vec<Personal>> = BTreeMap::new();
    for personal in corpus.personal() {
        tables.entry(personal.table.clone()).or_default().push(personal);
    }
    let keys = corpus.primary_keys();
    for (table, columns) in tables {
        policy.push_str(&format!("\n[tables.\"{table}\"]\nsubject = \"{}\"\n", keys[&table]));
        for personal in columns {
            policy.push_str(&format!("columns.\"{}\" = {}\n", personal.column, operator(&personal)));
        }
    }
    policy
}

/// The operator for a column, in the policy's words.
fn operator(personal: &Personal) -> String {
    let entity = personal.entity.as_str();
    let text = personal.sql_type.contains("char") || personal.sql_type.contains("text");
    let value = |op: &str| format!("{{ {op}, max_invalid = 1.0, accept_frequency_leak = \"a sample\" }}");
    let has = |word: &str| entity.contains(word);
    if personal.sql_type == "geometry" {
        // The point 1 1, in the server's own form: reference system, byte order, type, coordinates.
        let point = ["00000000", "01", "01000000", &"000000000000f03f".repeat(2)].concat();
        return format!("{{ op = \"constant\", value = '\\x{point}' }}");
    }
    if has("geo") || has("photo") || (!text && has("address")) {
        return "\"redact\"".into();
    }
    if has("email") {
        value("op = \"email\", bits = 80")
    } else if has("phone") {
        value("op = \"phone\"")
    } else if has("dob") || has("date of") {
        "\"date_shift\"".into()
    } else if has("first name") || has("middle name") || has("nickname") {
        "\"first_name\"".into()
    } else if has("last name") {
        "\"last_name\"".into()
    } else if has("username") || has("hash") {
        value("op = \"keyed_hash\", bits = 80")
    } else {
        "\"redact\"".into()
    }
}

/// The tables of the default variant without their rows, for the one that has rows alone.
fn schema(corpus: &Corpus) -> Vec<u8> {
    let dump = corpus.dump("default");
    let mut out =
        b"/*!40101 SET NAMES utf8mb4 */;\nSET foreign_key_checks = 0;\nSET sql_mode = 'NO_AUTO_VALUE_ON_ZERO';\n"
            .to_vec();
    let mut inside = false;
    for line in dump.split_inclusive(|byte| *byte == b'\n') {
        inside |= line.starts_with(b"CREATE TABLE ");
        if inside {
            out.extend_from_slice(line);
            inside = !line.trim_ascii_end().ends_with(b";");
        }
    }
    out
}

fn replace(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    let finder = memchr::memmem::Finder::new(from);
    while let Some(at) = finder.find(rest) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(to);
        rest = &rest[at + from.len()..];
    }
    out.extend_from_slice(rest);
    out
}

/// Rows per table and joins over foreign keys are those that the sample states.
pub(super) fn facts_hold(corpus: &Corpus, database: &Database, variant: &str) {
    let expected = corpus.expectation();
    let counts = expected.rows.iter().map(|(table, rows)| (format!("SELECT count(*) FROM `{table}`"), *rows));
    let questions: Vec<(String, u64)> = counts.chain(expected.joins).collect();
    let sql: Vec<&str> = questions.iter().map(|(sql, _)| sql.as_str()).collect();
    let answers = database.query(&sql.join(";\n"));
    assert_eq!(answers.lines().count(), questions.len());
    for (answer, (sql, rows)) in answers.lines().zip(&questions) {
        assert_eq!(answer, rows.to_string(), "{} {variant}: {sql}", corpus.name);
    }
}

/// Columns of the base tables of a database: table, column, all in its order.
fn columns(database: &Database) -> Vec<(String, String)> {
    let sql = "SELECT c.table_name, c.column_name FROM information_schema.columns c \
               JOIN information_schema.tables t USING (table_schema, table_name) \
               WHERE c.table_schema = database() AND t.table_type = 'BASE TABLE' ORDER BY 1, c.ordinal_position";
    let list = database.query(sql);
    list.lines().filter_map(|line| line.split_once('\t')).map(|(t, c)| (t.to_owned(), c.to_owned())).collect()
}

/// Row by row, joined by their primary keys: what is not personal is the same bit for bit, NULL and '' stay, and a
/// personal cell is hardly ever its own pseudonym.
pub(super) fn cells_have_changed(corpus: &Corpus, original: &Database, masked: &Database, variant: &str) {
    let found = columns(masked);
    assert_eq!(found, columns(original), "{} {variant}: columns", corpus.name);
    let personal = corpus.personal();
    let keys = keys(original);
    let mut questions: Vec<(String, u64, String)> = Vec::new();
    for (table, column) in found {
        let Some(key) = keys.get(&table) else { continue };
        let on =
            key.iter().map(|name| format!("a.`{name}` <=> b.`{name}`")).collect::<Vec<_>>().join(" AND ");
        let from = format!("FROM `{}`.`{table}` a JOIN `{}`.`{table}` b ON {on}", original.name, masked.name);
        let bytes = |side: &str| format!("CAST({side}.`{column}` AS BINARY)");
        let (before, after) = (bytes("a"), bytes("b"));
        let what = format!("{} {variant}: {table}.{column}", corpus.name);
        match personal.iter().find(|personal| personal.table == table && personal.column == column) {
            None => questions.push((
                format!("SELECT count(*) {from} WHERE NOT ({before} <=> {after})"),
                0,
                format!("{what} is kept, but has changed"),
            )),
            Some(personal) => {
                // An empty picture is what a picture is redacted to.
                if personal.entity != "photo" {
                    questions.push((
                        format!(
                            "SELECT count(*) {from} WHERE ({before} IS NULL) <> ({after} IS NULL) OR ({before} = '') <> ({after} = '')"
                        ),
                        0,
                        format!("{what}: NULL and empty cells"),
                    ));
                }
                let cells = original.number(&format!(
                    "SELECT count(*) FROM `{table}` WHERE CAST(`{column}` AS BINARY) <> ''"
                ));
                let drawn =
                    ["first name", "last name", "middle name", "dob", "date of", "geo", "address part"];
                let allowed = if drawn.iter().any(|word| personal.entity.contains(word)) {
                    (3 * cells).div_ceil(1000).max(3)
                } else {
                    0
                };
                questions.push((
                    format!(
                        "SELECT count(*) <= {allowed} {from} WHERE {before} = {after} AND {before} <> ''"
                    ),
                    1,
                    format!("{what} ({}): cells that are their own pseudonym, of {cells}", personal.entity),
                ));
            }
        }
    }
    let sql: Vec<&str> = questions.iter().map(|(sql, ..)| sql.as_str()).collect();
    let answers = masked.query(&sql.join(";\n"));
    for (answer, (_, expected, what)) in answers.lines().zip(&questions) {
        assert_eq!(answer, expected.to_string(), "{what}");
    }
}

/// The primary key of each table that has one.
fn keys(database: &Database) -> BTreeMap<String, Vec<String>> {
    let sql = "SELECT table_name, column_name FROM information_schema.statistics \
               WHERE table_schema = database() AND index_name = 'PRIMARY' ORDER BY table_name, seq_in_index";
    let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (table, column) in database.query(sql).lines().filter_map(|line| line.split_once('\t')) {
        keys.entry(table.to_owned()).or_default().push(column.to_owned());
    }
    keys
}

/// The next number of every counter is above all numbers that are taken.
pub(super) fn next_numbers_are_free(database: &Database, variant: &str) {
    let sql = "SELECT c.table_name, c.column_name, t.auto_increment FROM information_schema.columns c \
               JOIN information_schema.tables t USING (table_schema, table_name) \
               WHERE c.table_schema = database() AND c.extra LIKE '%auto_increment%'";
    for line in database.query(sql).lines() {
        let [table, column, next] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        let highest = database.number(&format!("SELECT coalesce(max(`{column}`), 0) FROM `{table}`"));
        let next: u64 = next.parse().unwrap();
        assert!(next > highest, "{variant}: {table}.{column}: {next} after {highest}");
    }
}

/// A digest of all pseudonyms.
pub(super) fn pseudonyms(corpus: &Corpus, database: &Database) -> String {
    let keys = keys(database);
    let questions = corpus.personal().into_iter().map(|personal| {
        let key = keys[&personal.table].iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        format!(
            "SELECT '{}.{}', md5(group_concat(md5(coalesce(CAST(`{}` AS BINARY), '-')) ORDER BY {key})) FROM `{}`",
            personal.table, personal.column, personal.column, personal.table
        )
    });
    let questions: Vec<String> = questions.collect();
    database.query(&format!("SET group_concat_max_len = 1 << 30;\n{}", questions.join(";\n")))
}
