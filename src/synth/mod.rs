//! Synthesis: the rows that data lacks.

mod covering;
mod edges;

pub use covering::{Covering, Row, covering_array};
pub use edges::{EDGE_CLASSES, EdgeCatalogue, EdgeClass, EdgeType, Engine, Validity, Verdict};
