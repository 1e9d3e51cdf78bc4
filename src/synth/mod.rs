//! Synthesis: the rows that data lacks.
//!
//! [`Rules`] holds the constraints of a schema and tells whether a row is accepted; [`TableRules::requirements`] lists
//! what a data set has to show of them; covering arrays put many combinations into few rows.

mod constraints;
mod covering;
mod edges;
mod expression;
pub mod fill;
pub mod mutants;
pub mod rows;
mod solve;
mod sql;

pub use constraints::{Constraint, ConstraintKind, Criterion, Requirement, Rules, TableRules};
pub use covering::{Covering, Row, covering_array};
pub use edges::{EDGE_CLASSES, EdgeCatalogue, EdgeClass, EdgeType, Engine, Validity, Verdict};
pub use expression::{Comparison, Truth};
pub use solve::{Case, Completion, Insert, Outcome, Solver};
