//! Policy and schema become a [`Plan`]: everything that can go wrong is found before the first row.
//!
//! [`Policy`] is what people decide (`scrub.toml`), [`Lock`] what the database looked like when they decided
//! (`scrub.lock`), and [`Plan::compile`] brings them together: which operator masks which column in which key domain,
//! what stays unique, and a list of [`Problem`]s with stable ids.

mod check;
mod comparisons;
mod compile;
mod constraints;
mod describe;
mod dropped;
mod expression;
mod frequency;
mod linkability;
mod lock;
mod lock_drift;
mod lock_read;
mod lock_write;
mod names;
mod partitions;
#[expect(clippy::module_inception, reason = "the plan itself, among what makes it")]
mod plan;
mod policy;
mod policy_parse;
mod policy_schema;
mod prepare;
mod problem;
mod propagate;
mod relations;
mod resolve;
mod rules;
mod sequences;
mod source;
mod sql_type_text;
mod statistics;
mod stream;
mod suggest;
mod truth;
mod unique;

#[cfg(test)]
mod lock_tests;
#[cfg(test)]
mod tests;

pub use lock::Lock;
pub use plan::{ColumnPlan, KeyPlan, MaskPlan, Plan, SubjectPlan, TablePlan, Treatment, Verdict};
pub use policy::{LargeObjects, Policy, Unclassified};
pub use policy_schema::policy_json_schema;
pub use problem::{Place, Problem, Severity};
pub use propagate::Origin;
pub use statistics::{Distinct, DistinctCounter, Statistics, TableStatistics, row_ceiling};
pub use suggest::nearest;
