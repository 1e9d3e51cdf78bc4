//! Policy and schema become a [`Plan`]: everything that can go wrong is found before the first row.
//!
//! [`Policy`] is what people decide (`scrub.toml`), [`Lock`] what the database looked like when they decided
//! (`scrub.lock`), and [`Plan::compile`] brings them together: which operator masks which column in which key domain,
//! what stays unique, and a list of [`Problem`]s with stable ids.

mod by_row;
mod check;
mod coherence;
mod comparisons;
mod compile;
mod condition;
mod constraints;
mod describe;
mod draft;
mod dropped;
mod equality;
mod expression;
mod frequency;
mod inputs;
mod known_domains;
mod linkability;
mod lock;
mod lock_drift;
mod lock_read;
mod lock_write;
mod names;
mod part;
mod partitions;
#[expect(clippy::module_inception, reason = "the plan itself, among what makes it")]
mod plan;
mod policy;
mod policy_parse;
mod policy_schema;
mod prepare;
mod preset;
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
mod truth;
mod unique;

#[cfg(test)]
mod condition_tests;
#[cfg(test)]
mod lock_tests;
#[cfg(test)]
mod tests;

pub use condition::Condition;
pub use draft::{Draft, DraftInput, draft};
pub(crate) use inputs::Inputs;
pub use lock::Lock;
pub use plan::{
    ColumnPlan, KeepRows, KeyPlan, MaskPlan, Plan, SubjectPlan, TablePlan, Treatment, Unmatched, Verdict,
};
pub use policy::{LargeObjects, Policy, Unclassified};
pub use policy_schema::policy_json_schema;
pub use preset::{POLICIES, Preset};
pub use problem::{Place, Problem, Severity};
pub use propagate::Origin;
pub use sql_type_text::write as type_text;
pub use statistics::{Distinct, DistinctCounter, Statistics, TableStatistics, row_ceiling};
