//! PostgreSQL says what was foretold.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use scrub::synth::ConstraintKind;
use scrub::table::Dialect;

use super::{Answer, Solved, judge, schema_of, solve};
use crate::support::corpora::corpus;
use crate::support::server::{Database, feed, server};

/// Runs every case in a transaction of its own that is rolled back.
fn run(database: &Database, solved: &Solved) -> BTreeMap<usize, Answer> {
    let mut script = String::from("\\set VERBOSITY verbose\nSET search_path = public;\n");
    for (number, case) in solved.cases.iter().enumerate() {
        let statements = case.to_sql(&solved.rules).unwrap();
        let (row, setup) = statements.split_last().unwrap();
        let _ = writeln!(script, "\\warn CASE {number} setup\nBEGIN;\nSET CONSTRAINTS ALL IMMEDIATE;");
        for statement in setup {
            let _ = writeln!(script, "{statement};");
        }
        let _ = writeln!(script, "\\warn CASE {number} row\n{row};\nROLLBACK;");
    }
    let mut command = database.server().tool("psql");
    command.args(["-X", "-q", "-d", &database.name, "-f", "-"]);
    let output = feed(&mut command, script.as_bytes());
    let mut answers: BTreeMap<usize, Answer> = BTreeMap::new();
    let (mut number, mut row) = (0, false);
    for line in String::from_utf8_lossy(&output.stderr).lines() {
        if let Some(mark) = line.strip_prefix("CASE ") {
            let (at, part) = mark.split_once(' ').unwrap();
            (number, row) = (at.parse().unwrap(), part == "row");
            continue;
        }
        let answer = answers.entry(number).or_default();
        match (row, &mut answer.row) {
            (true, Some(error)) => error.push_str(&format!("\n{line}")),
            (true, none) => *none = Some(line.to_owned()),
            (false, _) => answer.setup.push(line.to_owned()),
        }
    }
    answers
}

/// Whether the error is that of a constraint.
fn right(error: &str, kind: ConstraintKind, name: Option<&str>) -> bool {
    let code = match kind {
        ConstraintKind::NotNull => &["23502"][..],
        ConstraintKind::Check => &["23514"],
        ConstraintKind::PrimaryKey => &["23505"],
        ConstraintKind::Unique => &["23505", "23P01"],
        ConstraintKind::ForeignKey => &["23503"],
        _ => &[],
    };
    code.iter().any(|code| error.contains(&format!("ERROR:  {code}: ")))
        && name.is_none_or(|name| error.contains(&format!("CONSTRAINT NAME:  {name}")))
}

fn check(name: &str, dump: Vec<u8>) -> Option<Solved> {
    let database = server()?.create("constraints");
    let errors = database.restore(&dump);
    assert_eq!(errors, Vec::<String>::new(), "{name}");
    // The rows of a dump are in the way of those of the cases; a trigger may fill what a case leaves NULL.
    let truncate = "DO $$ DECLARE t record; BEGIN FOR t IN SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN \
                    ('pg_catalog', 'information_schema') LOOP EXECUTE format('TRUNCATE TABLE %I.%I CASCADE', t.schemaname, t.tablename); \
                    EXECUTE format('ALTER TABLE %I.%I DISABLE TRIGGER USER', t.schemaname, t.tablename); END LOOP; END $$;";
    database.psql(truncate);
    let schema = database.dump(&["-s"]);
    let solved = solve(&schema_of(name, schema), Dialect::Postgres);
    judge(&solved, &run(&database, &solved), right);
    solved.assert_few_unknown();
    Some(solved)
}

#[test]
fn every_form_of_constraint_in_postgresql() {
    let Some(solved) = check("forms", include_bytes!("postgres.sql").to_vec()) else { return };
    solved.assert_only_relations_unknown();
    assert!(solved.infeasible.len() < solved.cases.len() / 4, "{:#?}", solved.infeasible);
    solved.assert_mutants_are_killed();
}

#[test]
fn the_sample_databases_in_postgresql() {
    for name in ["chinook", "pagila", "netbox", "pgex"] {
        let Some(corpus) = corpus(name) else { return };
        let Some(solved) = check(name, corpus.dump("plain")) else { return };
        // The tables of NetBox have as many mutants as a test has no time for.
        if name != "netbox" {
            solved.assert_mutants_are_killed();
        }
    }
}
