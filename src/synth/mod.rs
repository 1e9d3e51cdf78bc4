//! Synthesis: what data lacks, and the rows that supply it.

pub mod coverage;
mod covering;
pub mod partition;

pub use covering::{Covering, Row, covering_array};
