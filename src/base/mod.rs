//! Errors, keys and the "scrub v1" construction. Stands on nothing else in the crate.
//!
//! The construction in one breath: a root [`Key`] and a project name give a [`ProjectKey`] (HKDF-SHA256); that and
//! the name of a key domain give [`DomainKeys`]; these make a [`Prf`] (AES-256-CMAC, for tags and choices) or a
//! [`Permutation`] (keyed Fisher-Yates below a million, FF1-AES-256 with cycle walking from there on), each bound to
//! its purpose and to the parameters of the domain. [`canonical`] says which spellings are one value.

mod cipher;
mod error;
mod key;
mod messages;
mod permutation;
mod prf;
mod sketch;
mod small_permutation;
mod suggest;

pub mod calendar;
pub mod canonical;
pub mod check_digits;
pub mod ff1;
pub mod ff1_bits;
pub mod integer_bands;

#[cfg(test)]
mod known_answers;

pub use canonical::Equality;
pub use error::{Error, ErrorKind, Position, Result};
pub use key::{DomainKeys, Key, ProjectKey};
pub use messages::Messages;
pub use permutation::Permutation;
pub use prf::{Prf, index};
pub use sketch::sketch;
pub use suggest::{did_you_mean, nearest};
