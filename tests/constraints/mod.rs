//! Constraint requirements against the real databases: each row that should be accepted is, each that should be rejected is,
//! for the constraint that is named.
//!
//! The schemas in this folder use every form of constraint; the sample databases are read from their dumps.

#![allow(clippy::print_stderr, reason = "the figures of a run")]

mod evaluator;
mod mysql;
mod negative;
mod postgres;
mod solver;
mod sqlite;

use std::collections::BTreeMap;
use std::time::Instant;

use scrub::Key;
use scrub::base::Prf;
use scrub::format::{Input, ReaderOptions, open};
use scrub::pipeline::read_schema;
use scrub::synth::{Case, ConstraintKind, Outcome, Rules, Solver};
use scrub::table::{Dialect, Schema};

/// The schema of a dump, or of statements.
fn schema_of(name: &str, dump: Vec<u8>) -> Schema {
    let mut reader = open(Input::new(name, std::io::Cursor::new(dump)), &ReaderOptions::default()).unwrap();
    read_schema(reader.as_mut()).unwrap()
}

fn prf() -> Prf {
    Key::from_bytes([7; 32]).unwrap().project("tests").domain("synth").prf("synth", "v1")
}

/// All cases of a schema, and what was not solved.
struct Solved {
    rules: Rules,
    cases: Vec<Case>,
    infeasible: Vec<(String, String)>,
    unknown: Vec<String>,
}

fn solve(schema: &Schema, dialect: Dialect) -> Solved {
    let rules = Rules::new(schema, dialect);
    let (mut cases, mut infeasible, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    let start = Instant::now();
    let solver = Solver::new(&rules, prf());
    for table in rules.tables() {
        for (requirement, outcome) in solver.solve_table(table) {
            let name = format!("{} {}", table.name(), requirement.id);
            match outcome {
                Outcome::Solved(case) => cases.push(*case),
                Outcome::Infeasible(proof) => infeasible.push((name, proof)),
                _ => unknown.push(name),
            }
        }
    }
    let total = cases.len() + infeasible.len() + unknown.len();
    eprintln!(
        "{total} requirements of {} tables: {} solved, {} infeasible, {} unknown, {:?}",
        rules.tables().count(),
        cases.len(),
        infeasible.len(),
        unknown.len(),
        start.elapsed()
    );
    if std::env::var_os("SCRUB_SHOW_REQUIREMENTS").is_some() {
        for (name, proof) in &infeasible {
            eprintln!("infeasible: {name}: {proof}");
        }
        for name in &unknown {
            eprintln!("unknown: {name}");
        }
    }
    Solved { rules, cases, infeasible, unknown }
}

impl Solved {
    /// The share of requirements that nobody could say anything of is small.
    fn assert_few_unknown(&self) {
        let total = self.cases.len() + self.infeasible.len() + self.unknown.len();
        assert!(self.unknown.len() * 50 <= total, "{} of {total}: {:#?}", self.unknown.len(), self.unknown);
    }

    /// All that the criteria ask for is decided. That some comparison can never be less or greater may stay open:
    /// it takes more arithmetic than there is here.
    fn assert_only_relations_unknown(&self) {
        let others: Vec<&String> = self.unknown.iter().filter(|name| !name.contains(" relation/")).collect();
        assert!(others.is_empty(), "{others:#?}");
    }

    /// At least 95 % of the mutants that are none of the original are told from it.
    fn assert_mutants_are_killed(&self) {
        let start = Instant::now();
        let score = scrub::synth::mutants::score(&self.rules, &self.cases);
        let (killed, all) = score.counts();
        eprintln!("{killed} of {all} mutants killed, {} in all, {:?}", score.mutants.len(), start.elapsed());
        let alive: Vec<String> = score
            .mutants
            .iter()
            .filter(|(_, verdict)| *verdict == scrub::synth::mutants::Verdict::Alive)
            .map(|(mutant, _)| format!("{} {} {}", mutant.table, mutant.operator, mutant.change))
            .collect();
        if std::env::var_os("SCRUB_SHOW_REQUIREMENTS").is_some() {
            eprintln!("alive: {alive:#?}");
        }
        assert!(killed * 100 >= all * 95, "{killed} of {all}: {alive:#?}");
    }

    /// The kind and the name of the constraint that a case breaks.
    fn broken(&self, case: &Case) -> Option<(ConstraintKind, Option<String>)> {
        let table = self.rules.table(&case.table).unwrap();
        let constraint = table.constraint(case.violates.as_ref()?).unwrap();
        Some((constraint.kind, constraint.name.clone()))
    }
}

/// What a database said of a case.
#[derive(Debug, Default)]
struct Answer {
    /// Errors of the rows that come before.
    setup: Vec<String>,
    /// The error of the row.
    row: Option<String>,
}

/// Compares what a database said with what was foretold; `right` tells whether an error is that of a constraint.
fn judge(
    solved: &Solved,
    answers: &BTreeMap<usize, Answer>,
    right: impl Fn(&str, ConstraintKind, Option<&str>) -> bool,
) {
    let mut wrong = Vec::new();
    for (number, case) in solved.cases.iter().enumerate() {
        let none = Answer::default();
        let answer = answers.get(&number).unwrap_or(&none);
        let broken = solved.broken(case);
        let fits = match (&broken, &answer.row) {
            (None, None) => true,
            // Several constraints are broken: which one the database names is its own affair.
            (Some(_), Some(_)) if !case.alone => true,
            (Some((kind, name)), Some(error)) => right(error, *kind, name.as_deref()),
            _ => false,
        };
        if !fits || !answer.setup.is_empty() {
            wrong.push(format!(
                "{} {}: {answer:?}\n{:#?}",
                case.table,
                case.requirement,
                case.to_sql(&solved.rules).unwrap()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {} cases went otherwise:\n{}",
        wrong.len(),
        solved.cases.len(),
        wrong.iter().take(12).cloned().collect::<Vec<_>>().join("\n")
    );
}
