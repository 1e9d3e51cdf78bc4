//! Synthesis: what data lacks, and the rows that supply it.

pub mod coverage;
mod covering;
mod edges;
pub mod partition;

pub use covering::{Covering, Row, covering_array};
pub use edges::{EDGE_CLASSES, EdgeCatalogue, EdgeClass, EdgeType, Engine, Validity, Verdict};
