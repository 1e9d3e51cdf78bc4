//! Policy and schema become a [`Plan`]: everything that can go wrong is found before the first row.
//!
//! [`Policy`] is what people decide (`scrub.toml`), [`Lock`] what the database looked like when they decided
//! (`scrub.lock`), and [`Plan::compile`] brings them together: which operator masks which column in which key domain,
//! what stays unique, and a list of [`Problem`]s with stable ids.

mod lock;
mod lock_drift;
mod lock_read;
mod lock_write;
mod names;
mod policy;
mod policy_parse;
mod problem;
mod source;
mod sql_type_text;
mod statistics;
mod suggest;

pub use lock::Lock;
pub use policy::{LargeObjects, Policy, Unclassified};
pub use problem::{Place, Problem, Severity};
pub use statistics::{Distinct, DistinctCounter, Statistics, TableStatistics, row_ceiling};
pub use suggest::nearest;
