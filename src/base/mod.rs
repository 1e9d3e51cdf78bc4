//! Errors, keys and the "scrub v1" construction. Stands on nothing else in the crate.

mod error;
mod key;

pub use error::{Error, ErrorKind, Position, Result};
pub use key::{DomainKeys, Key, Messages};
