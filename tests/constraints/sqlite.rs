//! SQLite says what was foretold.

use std::collections::BTreeMap;

use rusqlite::Connection;
use scrub::synth::ConstraintKind;
use scrub::table::Dialect;

use super::{Answer, Solved, judge, schema_of, solve};
use crate::support::corpora::shared;

fn run(connection: &Connection, solved: &Solved) -> BTreeMap<usize, Answer> {
    let mut answers: BTreeMap<usize, Answer> = BTreeMap::new();
    for (number, case) in solved.cases.iter().enumerate() {
        let statements = case.to_sql(&solved.rules).unwrap();
        let (row, setup) = statements.split_last().unwrap();
        connection.execute_batch("BEGIN").unwrap();
        let answer = answers.entry(number).or_default();
        for statement in setup {
            answer.setup.extend(connection.execute_batch(statement).err().map(|error| error.to_string()));
        }
        answer.row = connection.execute_batch(row).err().map(|error| error.to_string());
        connection.execute_batch("ROLLBACK").unwrap();
    }
    answers
}

fn right(error: &str, kind: ConstraintKind, name: Option<&str>) -> bool {
    match kind {
        ConstraintKind::NotNull => error.contains("NOT NULL constraint failed"),
        ConstraintKind::Check => {
            error.contains("CHECK constraint failed") && name.is_none_or(|name| error.contains(name))
        }
        ConstraintKind::PrimaryKey | ConstraintKind::Unique => error.contains("UNIQUE constraint failed"),
        ConstraintKind::ForeignKey => error.contains("FOREIGN KEY constraint failed"),
        _ => false,
    }
}

fn check(name: &str, sql: &str) -> Solved {
    let connection = Connection::open_in_memory().unwrap();
    connection.execute_batch(sql).unwrap();
    connection.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for table in tables {
        connection.execute_batch(&format!("DELETE FROM \"{table}\"")).unwrap();
    }
    connection.execute_batch("PRAGMA foreign_keys = ON").unwrap();
    let schema: Vec<String> = connection
        .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    let dump = format!("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n{};\nCOMMIT;\n", schema.join(";\n"));
    let solved = solve(&schema_of(name, dump.into_bytes()), Dialect::Sqlite);
    judge(&solved, &run(&connection, &solved), right);
    solved.assert_few_unknown();
    solved
}

#[test]
fn every_form_of_constraint_in_sqlite() {
    let solved = check("forms", include_str!("sqlite.sql"));
    solved.assert_only_relations_unknown();
    solved.assert_mutants_are_killed();
}

#[test]
fn the_sample_databases_in_sqlite() {
    let Some(shared) = shared() else { return };
    for name in ["chinook", "northwind"] {
        let path = shared.join(format!("data/corpora/sqlite_{name}/{name}.dump.sql.zst"));
        let dump = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
        check(name, &String::from_utf8(dump).unwrap()).assert_mutants_are_killed();
    }
}
