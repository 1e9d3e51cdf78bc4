//! MariaDB says what was foretold.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use scrub::synth::ConstraintKind;
use scrub::table::Dialect;

use super::{Answer, Solved, judge, schema_of, solve};
use crate::support::corpora::mysql_corpus;
use crate::support::mariadb::{Database, mariadb};

fn run(database: &Database, solved: &Solved) -> BTreeMap<usize, Answer> {
    let mut script = String::new();
    // The case and part of each line, from line 1.
    let mut lines = vec![(0, false)];
    for (number, case) in solved.cases.iter().enumerate() {
        let statements = case.to_sql(&solved.rules).unwrap();
        let (row, setup) = statements.split_last().unwrap();
        script.push_str("START TRANSACTION;\n");
        lines.push((number, false));
        for statement in setup {
            let _ = writeln!(script, "{statement};");
            lines.extend(statement.lines().map(|_| (number, false)));
        }
        let _ = writeln!(script, "{row};\nROLLBACK;");
        lines.extend(row.lines().map(|_| (number, true)));
        lines.push((number, false));
    }
    let mut answers: BTreeMap<usize, Answer> = BTreeMap::new();
    for line in database.run_over_errors(script.as_bytes()).lines().filter(|line| line.starts_with("ERROR "))
    {
        let at =
            line.split(" at line ").nth(1).and_then(|rest| rest.split(':').next()?.parse::<usize>().ok());
        let (number, row) = lines[at.unwrap_or(0)];
        let answer = answers.entry(number).or_default();
        if row {
            answer.row = Some(line.to_owned());
        } else {
            answer.setup.push(line.to_owned());
        }
    }
    answers
}

fn right(error: &str, kind: ConstraintKind, name: Option<&str>) -> bool {
    let (code, named) = match kind {
        ConstraintKind::NotNull => ("1048", false),
        ConstraintKind::Check => ("4025", true),
        ConstraintKind::PrimaryKey => ("1062", false),
        ConstraintKind::Unique => ("1062", true),
        ConstraintKind::ForeignKey => ("1452", true),
        _ => return false,
    };
    error.starts_with(&format!("ERROR {code}")) && name.is_none_or(|name| !named || error.contains(name))
}

fn check(name: &str, dump: Vec<u8>) -> Option<Solved> {
    let database = mariadb()?.create("constraints");
    database.restore(&dump).unwrap();
    let schema = database.dump(&["--no-data", "--skip-triggers"]);
    // The rows of a dump are in the way of those of the cases.
    let tables = database.query("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE'");
    let mut empty = String::from("SET FOREIGN_KEY_CHECKS = 0;\n");
    // A trigger may fill what a case leaves NULL.
    let triggers = database
        .query("SELECT trigger_name FROM information_schema.triggers WHERE trigger_schema = DATABASE()");
    for trigger in triggers.lines() {
        let _ = writeln!(empty, "DROP TRIGGER `{trigger}`;");
    }
    for table in tables.lines() {
        let _ = writeln!(empty, "DELETE FROM `{table}`;");
    }
    database.query(&empty);
    let solved = solve(&schema_of(name, schema), Dialect::MySql);
    judge(&solved, &run(&database, &solved), right);
    solved.assert_few_unknown();
    Some(solved)
}

#[test]
fn every_form_of_constraint_in_mariadb() {
    let Some(solved) = check("forms", include_bytes!("mysql.sql").to_vec()) else { return };
    solved.assert_only_relations_unknown();
    solved.assert_mutants_are_killed();
}

#[test]
fn the_sample_databases_in_mariadb() {
    for name in ["sakila", "employee", "civi_wikimedia"] {
        let Some(corpus) = mysql_corpus(name) else { return };
        let Some(solved) = check(name, corpus.dump("default")) else { return };
        // The hundred tables of CiviCRM have as many mutants as a test has no time for.
        if name != "civi_wikimedia" {
            solved.assert_mutants_are_killed();
        }
    }
}
