//! Rows for requirements: a row that a database accepts, or one that it rejects for one reason, with the rows that have to
//! be there before.
//!
//! [`Solver::solve`] goes from cheap to dear: regions between the constants of the conditions, which are also a proof
//! where there is no row; repairs of one broken comparison after the other; then it says that it does not know. Parents
//! are made on demand.

mod build;
mod domain;
mod prove;
mod sample;
mod search;
mod step;

pub(super) use prove::never_differ;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::constraints::{Requirement, Rules, TableRules};
use crate::base::Prf;
use crate::table::TableName;
use search::{Found, Problem, demands};

/// Makes rows. What it makes depends on the rules and the key alone.
#[derive(Clone)]
pub struct Solver<'r> {
    rules: &'r Rules,
    prf: Arc<Prf>,
}

/// A cell of a row that is to be completed: none is free, `Some(None)` is NULL, else it is the cell's text.
pub type Given = Option<Option<String>>;

/// A row to be inserted.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Insert {
    /// The table.
    pub table: TableName,
    /// A cell per column, as COPY would hold it before escaping; None for NULL. Cells of generated columns are empty.
    pub cells: Vec<Option<String>>,
}

/// The rows that show a requirement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Case {
    /// The table of the requirement.
    pub table: TableName,
    /// The requirement's id.
    pub requirement: String,
    /// Rows that are inserted before. Those of one group refer to each other in a circle and belong into one statement.
    pub setup: Vec<Vec<Insert>>,
    /// The row that shows it.
    pub row: Insert,
    /// The id of the constraint that rejects the row; none for a row that is accepted.
    pub violates: Option<String>,
    /// Whether that is the only constraint that does. Others may where the criterion allows that.
    pub alone: bool,
}

/// What became of a requirement.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Outcome {
    /// Rows that show it.
    Solved(Box<Case>),
    /// No row can, for this reason.
    Infeasible(String),
    /// Nothing was found, and nothing proved.
    Unknown,
}

/// What became of a row that was to be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Completion {
    /// A row that the table's own constraints accept.
    Row(Vec<Option<String>>),
    /// With the given cells there is no such row.
    Impossible,
    /// Nothing was found, and nothing proved.
    Unknown,
}

impl<'r> Solver<'r> {
    /// A solver; `prf` is the only source of what looks random.
    pub fn new(rules: &'r Rules, prf: Prf) -> Self {
        Self { rules, prf: Arc::new(prf) }
    }

    /// Fills the free cells of a row so that the table's own constraints and the keys against `others` hold. `cells` has
    /// an entry per column: None is free, `Some(None)` NULL, `Some(Some(text))` the text. Free cells that nothing speaks of
    /// get any value of their type. `salt` tells rows with the same cells apart.
    ///
    /// ```
    /// use scrub::base::Key;
    /// use scrub::synth::{Completion, Rules, Solver};
    /// use scrub::table::{Dialect, SchemaBuilder, Session, TableName};
    /// let mut builder = SchemaBuilder::new();
    /// builder.statement(b"CREATE TABLE stay (a date NOT NULL, b date NOT NULL, CHECK (a < b))", &Session::default());
    /// let rules = Rules::new(&builder.finish(), Dialect::Postgres);
    /// let prf = Key::from_bytes([7; 32])?.project("docs").domain("synth").prf("synth", "v1");
    /// let solver = Solver::new(&rules, prf);
    /// let stay = rules.table(&TableName::new("public", "stay")).expect("it was declared");
    /// let cells = [Some(Some("2024-02-29".to_owned())), None];
    /// let Completion::Row(row) = solver.complete(stay, &cells, &[], "row 1") else { panic!("there is one") };
    /// assert_eq!(row[0].as_deref(), Some("2024-02-29"));
    /// assert!(row[1].as_deref() > Some("2024-02-29"));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    pub fn complete(
        &self,
        table: &TableRules,
        cells: &[Given],
        others: &[Vec<Option<String>>],
        salt: &str,
    ) -> Completion {
        let mut fixed = cells.to_vec();
        fixed.resize(table.columns.len(), None);
        for (at, cell) in fixed.iter().enumerate() {
            let refused = match cell {
                None => false,
                Some(None) => {
                    !table.is_nullable(at) && !table.columns[at].numbered && !table.is_generated(at)
                }
                Some(Some(text)) => {
                    !table.is_generated(at) && table.types[at].accepts(text) == super::Truth::False
                }
            };
            if refused {
                return Completion::Impossible;
            }
        }
        let problem = Problem {
            table,
            fixed,
            prefer_null: BTreeSet::new(),
            wants: demands(table, others, &[]),
            avoid: Vec::new(),
            seed: self.seed(table, salt),
            repairs: true,
        };
        match problem.solve() {
            Found::Row(row) => Completion::Row(row),
            Found::Nothing { .. } => Completion::Impossible,
            Found::Unknown => Completion::Unknown,
        }
    }

    /// What becomes of each requirement of a table. Requirements that several criteria have in common are solved once.
    pub fn solve_table(&self, table: &TableRules) -> Vec<(Requirement, Outcome)> {
        let mut known: BTreeMap<String, Outcome> = BTreeMap::new();
        let mut all = Vec::new();
        for requirement in table.requirements() {
            let key = format!("{:?} {:?} {}", requirement.goal, requirement.violates, requirement.active);
            let outcome = known.entry(key).or_insert_with(|| self.solve(&requirement)).clone();
            let outcome = match outcome {
                Outcome::Solved(mut case) => {
                    case.requirement.clone_from(&requirement.id);
                    Outcome::Solved(case)
                }
                other => other,
            };
            all.push((requirement, outcome));
        }
        all
    }

    /// Rows that show a requirement.
    pub fn solve(&self, requirement: &Requirement) -> Outcome {
        build::solve(self, requirement)
    }

    fn seed(&self, table: &TableRules, what: &str) -> u64 {
        let message = format!("{}\n{what}", table.name);
        let tag = self.prf.tag(message.as_bytes());
        let mut eight = [0; 8];
        eight.copy_from_slice(&tag[..8]);
        u64::from_be_bytes(eight)
    }
}
