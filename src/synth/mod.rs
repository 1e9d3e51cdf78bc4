//! Synthesis: what data lacks, and the rows that supply it.
//!
//! - [`Rules`] holds the constraints of a schema: [`TableRules::verdicts`] and [`TableRules::accepts`] say what they make of
//!   a row, [`TableRules::requirements`] lists what a data set has to show of them, each under an id that stays.
//! - [`Solver::solve_table`] makes rows for the requirements: a valid set (each [`Case`] that violates nothing) and a negative
//!   set (each that violates one named constraint), or proves that there are none; [`Solver::complete`] fills the free cells
//!   of one row.
//! - [`NegativeSet`] has the rows that must be rejected, and writes a script that tries them.
//! - [`mutants::score`] tells how good a set of cases is.
//! - [`coverage`] says which [`partition`]s, NULLs, pairs and fan-outs rows exercise.
//! - [`covering_array`] puts many combinations of values into few rows.
//!
//! The valid rows and the negative rows of a table, as SQL:
//!
//! ```
//! use scrub::Key;
//! use scrub::synth::{Outcome, Rules, Solver};
//! use scrub::table::{Dialect, SchemaBuilder, Session};
//! let mut builder = SchemaBuilder::new();
//! builder.statement(b"CREATE TABLE seat (row_letter char(1) NOT NULL CHECK (row_letter < 'D'))", &Session::default());
//! let rules = Rules::new(&builder.finish(), Dialect::Postgres);
//! let prf = Key::from_bytes([7; 32])?.project("docs").domain("synth").prf("synth", "v1");
//! let solver = Solver::new(&rules, prf);
//! let (mut valid, mut negative) = (Vec::new(), Vec::new());
//! for table in rules.tables() {
//!     for (_, outcome) in solver.solve_table(table) {
//!         if let Outcome::Solved(case) = outcome {
//!             let statements = case.to_sql(&rules).expect("its tables are in the rules");
//!             if case.violates.is_none() { valid.push(statements) } else { negative.push(statements) }
//!         }
//!     }
//! }
//! assert!(!valid.is_empty() && !negative.is_empty());
//! # Ok::<(), scrub::Error>(())
//! ```

mod constraints;
pub mod coverage;
mod covering;
mod edges;
mod expression;
pub mod fill;
pub mod mutants;
mod negative;
pub mod partition;
pub mod rows;
mod solve;
mod sql;

pub use constraints::{Constraint, ConstraintKind, Criterion, Requirement, Rules, TableRules};
pub use covering::{Covering, Row, covering_array};
pub use edges::{EDGE_CLASSES, EdgeCatalogue, EdgeClass, EdgeType, Engine, Validity, Verdict};
pub use expression::{Comparison, Truth};
pub use negative::NegativeSet;
pub use solve::{Case, Completion, Given, Insert, Outcome, Solver};
