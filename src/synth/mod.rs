//! Synthesis: the rows that data lacks.

mod covering;

pub use covering::{Covering, Row, covering_array};
