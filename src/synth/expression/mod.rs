//! Expressions of CHECKs, domains and indexes: read for PostgreSQL, MySQL, MariaDB and SQLite, and evaluated for a row in
//! three values.
//!
//! The evaluator is exact or says [`Truth::Unknown`]: for functions it does not know, for texts whose order is a
//! matter of language, for numbers of more than 38 digits.

mod cell;
mod compare;
mod decimal;
mod evaluate;
mod functions;
mod parse;
mod parts;
mod pattern;
mod token;
mod tree;
mod value;
mod words;

pub(super) use cell::{CellType, DAY, SECOND};
pub(super) use decimal::Decimal;
pub(super) use evaluate::Scope;
pub(super) use parse::{elements, parse};
pub(super) use tree::{Node, Operator, Target, Test};
pub(super) use value::Value;
pub use value::{Comparison, Truth};
