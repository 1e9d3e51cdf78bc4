//! Mutants of a schema, and which of them a set of rows tells from the original: how good the rows are.
//!
//! The operators are those of `SchemaAnalyst` (Wright, Kapfhammer, `McMinn`: "The impact of equivalent, redundant and quasi
//! mutants on database schema mutation analysis", QSIC 2014): CHECKs lose their conditions, list items and operators;
//! columns are added to, taken from and exchanged in keys and foreign keys; NOT NULL is added and removed. A mutant is
//! killed when it accepts a row that the original rejects, or the other way round. All of it is computed in memory.

mod operators;

use super::constraints::{Database, Rules, Stored, TableRules};
use super::expression::Node;
use super::solve::{self, Case};
use crate::table::TableName;

/// A schema with one change.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Mutant {
    /// The table that is changed.
    pub table: TableName,
    /// The operator: `NN removal`.
    pub operator: &'static str,
    /// What is changed: the constraint's id, and the column, operator or list item.
    pub change: String,
    rules: TableRules,
    /// For a changed CHECK its place, and what it is now.
    check: Option<(usize, Option<Node>)>,
}

/// What became of a mutant.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// Some row is accepted by one and rejected by the other.
    Killed,
    /// No row told it from the original.
    Alive,
    /// It accepts exactly what the original accepts, for this reason.
    Equivalent(&'static str),
    /// The database would not take such a schema, for this reason.
    Stillborn(&'static str),
}

/// The mutants of a schema with what became of each.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Score {
    /// All of them.
    pub mutants: Vec<(Mutant, Verdict)>,
}

impl Score {
    /// Killed mutants, and all that could be: equivalent and stillborn ones do not count.
    pub fn counts(&self) -> (usize, usize) {
        let killed = self.mutants.iter().filter(|(_, verdict)| *verdict == Verdict::Killed).count();
        let alive = self.mutants.iter().filter(|(_, verdict)| *verdict == Verdict::Alive).count();
        (killed, killed + alive)
    }
}

/// Makes the mutants of a schema and runs all cases against each.
pub fn score(rules: &Rules, cases: &[Case]) -> Score {
    let answers: Vec<bool> = cases.iter().map(|case| accepts(rules, None, case)).collect();
    let mut score = Score::default();
    for table in rules.tables() {
        for (mutant, reason) in operators::mutants(rules, table) {
            let verdict = match reason {
                Some(reason) => reason,
                None => {
                    let killed = cases.iter().zip(&answers).any(|(case, own)| {
                        let touches = case.row.table == mutant.table
                            || case.setup.iter().flatten().any(|insert| insert.table == mutant.table);
                        touches && accepts(rules, Some(&mutant), case) != *own
                    });
                    match &mutant.check {
                        _ if killed => Verdict::Killed,
                        Some((at, node)) if solve::never_differ(table, *at, node.as_ref()) => {
                            Verdict::Equivalent(
                                "no row is accepted by one and rejected by the other: proved by regions",
                            )
                        }
                        _ => Verdict::Alive,
                    }
                }
            };
            score.mutants.push((mutant, verdict));
        }
    }
    score
}

/// Whether every row of a case is accepted. Setup rows are: a mutant that rejects one differs from the original there.
fn accepts(rules: &Rules, mutant: Option<&Mutant>, case: &Case) -> bool {
    let mut database = Database::new(rules);
    let rules_of = |name: &TableName| match mutant {
        Some(mutant) if &mutant.table == name => Some(&mutant.rules),
        _ => rules.table(name),
    };
    let accepted = |database: &Database<'_>, name: &TableName, row: &Stored| {
        rules_of(name).is_some_and(|table| database.violations(table, row).0.is_empty())
    };
    for group in &case.setup {
        if let [insert] = group.as_slice() {
            if !accepted(&database, &insert.table, &insert.cells) {
                return false;
            }
            database.add(&insert.table, insert.cells.clone());
            continue;
        }
        // A circle: each against all others.
        for insert in group {
            database.add(&insert.table, insert.cells.clone());
        }
        for insert in group {
            let others = database.without(&insert.table, &insert.cells);
            if !accepted(&others, &insert.table, &insert.cells) {
                return false;
            }
        }
    }
    accepted(&database, &case.row.table, &case.row.cells)
}
