//! What a column holds: evidence from its name, its type and its values, weighed against each other.
//!
//! A [`ColumnProfile`] is what a pass over the rows leaves of a column: counts, and up to 1,024 of its different values
//! as hashes with what each may be. Profiles of parts of a table merge to that of the whole, in any order. [`judge`]
//! weighs a profile and the column's name, and says why in lines that hold no value.

mod judge;
mod profile;
mod text;
mod weigh;

pub use judge::{ColumnContext, ColumnFinding, FREE_TEXT, is_about_persons, judge};
pub use profile::{ColumnProfile, Profiler, included, shared, value_hash};
