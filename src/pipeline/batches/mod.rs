//! Record batches of Apache Arrow, masked by the same plan, operators and keys as dumps.
//!
//! A [`Mapper`](mapper::Mapper) fits the plan of a table to one Arrow schema: which arrays have cells, how they are
//! written as text, which steps share rows. [`TableScrubber`] keeps mappers and scratch space, and counts.

mod mapper;
mod masker;
mod reader;
mod table;
#[cfg(test)]
mod tests;
#[cfg(feature = "parquet")]
mod touched;

pub use reader::MaskedBatches;
pub use table::TableScrubber;
#[cfg(feature = "parquet")]
pub(super) use touched::Touched;
