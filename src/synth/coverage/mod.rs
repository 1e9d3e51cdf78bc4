//! Coverage: which values, boundaries, NULLs, pairs and fan-outs rows never show.
//!
//! A [`Model`] is what the schema asks for: a finite set of requirements. An [`Accumulator`] is what rows were seen to do;
//! two of them [merge](Accumulator::merge), so rows may come in any order and any split. [`Coverage`] is one held against
//! the other: each [`Requirement`] is satisfied, open, infeasible with the proof, or unknown with the reason.
//!
//! Everything here is named by rule. No value of a row is ever kept: of keys there are hashes while rows are read, and
//! nothing of them is in what comes out.

mod accumulator;
mod keys;
mod model;
mod requirements;
mod tally;

#[cfg(test)]
mod tests;

pub use accumulator::Accumulator;
pub use model::{Model, Reference, TableModel};
pub use requirements::{Coverage, Criterion, Requirement, Status};
pub use tally::{ColumnTally, Counts, PairTally, TableTally, Tally};
