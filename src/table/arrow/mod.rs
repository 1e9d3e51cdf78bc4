//! Arrays of Apache Arrow as columns of cells, and cells as arrays.
//!
//! [`Format`] says how the values of a type are written as text: as PostgreSQL writes them, so that a value gets the same
//! pseudonym in an array as in a dump. [`Reading`] makes a [`Column`](super::Column) of a stretch of rows, without a copy
//! where the array holds text; [`Writer`] makes an array of the same type of what operators built, in fresh buffers:
//! nothing of the input is in them but the cells that an operator kept. [`Shape`] takes nested arrays apart into leaves
//! and puts them together again.

mod dictionary;
mod format;
mod nested;
mod number;
mod read;
mod schema;
mod time;
mod write;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

pub(crate) use dictionary::Dictionary;
pub(crate) use format::Format;
pub(crate) use nested::{Decision, LeafArray, Leaves, Level, Node};
pub(crate) use read::{Borrowed, Reading, Strange, stretch};
#[cfg(any(test, feature = "parquet"))]
pub(crate) use schema::sql_type;
pub(crate) use schema::table;
pub(crate) use write::{Fault, Writer};
