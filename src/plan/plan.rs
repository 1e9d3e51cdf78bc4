//! The compiled plan: for every table and column what happens to it, and every problem found on the way.
//!
//! A [`Plan`] always comes into being; [`Plan::ready`] says whether it may be used. Whoever masks asks it for tables
//! by the names that the input uses.

use std::collections::BTreeMap;

use super::condition::Condition;
use super::lock::Lock;
use super::names;
use super::policy::{LargeObjects, Policy};
use super::problem::{Problem, Severity};
use super::propagate::Origin;
use crate::base::{ErrorKind, Result};
use crate::mask::{Equality, KeyedBy, OnInvalid, OperatorInfo, Output, Prepared};
use crate::table::{SequenceOwner, SqlType, TableName};

/// What happens to every table and column of an input.
#[non_exhaustive]
pub struct Plan {
    /// Everything that a person should know, errors first.
    pub problems: Vec<Problem>,
    /// Tables by name; partitions too, for rows come under their names.
    pub tables: BTreeMap<TableName, TablePlan>,
    /// Keys with their verdicts.
    pub keys: Vec<KeyPlan>,
    /// Sequences and the columns that they feed.
    pub sequences: BTreeMap<TableName, SequenceOwner>,
    /// What happens to large objects.
    pub large_objects: LargeObjects,
    pub(super) policy: Policy,
    /// What it was made from, without counts.
    pub(super) schema: Lock,
}

/// What happens to a table.
#[non_exhaustive]
pub struct TablePlan {
    /// Its name in the schema.
    pub name: TableName,
    /// Its rows are left out.
    pub drop_rows: bool,
    /// Columns in the table's order.
    pub columns: Vec<ColumnPlan>,
    /// Whom a row is about.
    pub subject: Option<SubjectPlan>,
    /// The kept column that holds the subject's gender.
    pub gender: Option<String>,
    /// The kept column that holds the country of the row's address.
    pub country: Option<String>,
    /// Rows that pass in clear.
    pub keep_rows: Option<KeepRows>,
}

/// Rows that pass in clear, such as those of test accounts. Columns that join tables are masked all the same, and so
/// are keys whose pseudonyms come from the same numbers: else two rows could meet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct KeepRows {
    /// Rows that it is true for are kept; where it has no answer the row is masked.
    pub when: Condition,
    /// Why.
    pub reason: String,
}

/// Whom a row is about: the subject message is the domain and the canonical originals of these columns.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SubjectPlan {
    /// Key domain of the subject.
    pub domain: String,
    /// Its columns.
    pub columns: Vec<String>,
}

/// What happens to a column.
#[non_exhaustive]
pub struct ColumnPlan {
    /// Name.
    pub name: String,
    /// Type.
    pub sql_type: SqlType,
    /// What its text can be written in, where its character set is its own matter (MySQL) and known.
    pub encoding: Option<&'static encoding_rs::Encoding>,
    /// No rows carry it.
    pub generated: bool,
    /// What happens to it.
    pub treatment: Treatment,
    /// Where that was said.
    pub origin: Origin,
}

/// What happens to the cells of a column.
#[expect(clippy::large_enum_variant, reason = "one for each column, and most are masked or few")]
#[non_exhaustive]
pub enum Treatment {
    /// They stay.
    Keep {
        /// Why.
        reason: Option<String>,
    },
    /// They are masked.
    Mask(MaskPlan),
    /// The plan has an error about the column; [`Plan::ready`] fails, and nothing may pass.
    Refused,
}

/// A column that is masked.
#[non_exhaustive]
pub struct MaskPlan {
    /// The operator.
    pub operator: &'static OperatorInfo,
    /// The key domain; empty for an operator without one.
    pub domain: String,
    /// The operator, made for this column.
    pub prepared: Prepared,
    /// The parameters that it was made with, those of the key domain included.
    pub parameters: BTreeMap<String, toml::Value>,
    /// The share of cells outside the operator's domain that a run bears.
    pub max_invalid: f64,
    /// What happens to such cells.
    pub on_invalid: OnInvalid,
    /// When two values of the domain are one.
    pub equality: Equality,
    /// Characters that fit the narrowest column of the domain.
    pub width: Option<u32>,
    /// Columns whose values the row's output follows, in place of the table's subject.
    pub row_key: Option<SubjectPlan>,
    /// Values that pass as they are.
    pub sentinels: Vec<String>,
    /// The column that the operator was carried over from: `public.customer.email`.
    pub inherited_from: Option<String>,
    /// For a column that must stay unique: whether it does.
    pub verdict: Option<Verdict>,
    /// Why the policy does it.
    pub reason: Option<String>,
    /// Rows that it is not for: those that the condition is false for. Where it has no answer the row is masked.
    pub when: Option<Condition>,
    /// What those rows get: the first whose condition is not false.
    pub branches: Vec<MaskPlan>,
    /// What rows get that no branch is for.
    pub unmatched: Unmatched,
    /// Whether [`TablePlan::keep_rows`] holds for it.
    pub keeps_rows: bool,
}

/// What happens to the cells of rows that no operator is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unmatched {
    /// They stay.
    Keep,
    /// The run ends, unless the cell is NULL.
    Error,
}

impl MaskPlan {
    /// It, and what other rows get.
    pub fn all(&self) -> impl Iterator<Item = &MaskPlan> {
        std::iter::once(self).chain(&self.branches)
    }

    /// Whether it depends on the row what is done.
    pub fn is_conditional(&self) -> bool {
        self.when.is_some()
    }

    /// Whether some rows keep their value.
    pub fn keeps_some(&self) -> bool {
        self.all().any(|own| own.operator.name == "keep")
            || self.unmatched == Unmatched::Keep && self.all().all(|own| own.when.is_some())
    }

    /// What output looks like.
    pub fn output(&self) -> &Output {
        if self.is_conditional() { &Output::Any } else { &self.prepared.output }
    }

    /// The longest output in characters, if there is a bound.
    pub fn max_width(&self) -> Option<u32> {
        self.all().map(|own| own.prepared.max_width).try_fold(0, |most, own| Some(most.max(own?)))
    }

    /// What the operator's output is a function of: the most that any part of the value follows.
    pub fn keyed_by(&self) -> KeyedBy {
        let rank = |keyed_by: &KeyedBy| match keyed_by {
            KeyedBy::Nothing | KeyedBy::Parts => 0,
            KeyedBy::Value => 1,
            KeyedBy::Subject => 2,
            KeyedBy::SubjectAndValue => 3,
        };
        match self.prepared.keyed_by.unwrap_or(self.operator.keyed_by) {
            KeyedBy::Parts => {
                let parts = self.prepared.parts.iter().map(|part| part.keyed_by);
                parts.max_by_key(rank).unwrap_or(KeyedBy::Nothing)
            }
            own => own,
        }
    }
}

/// Whether a key stays unique.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Verdict {
    /// By construction.
    Proven,
    /// Two keys become one with at most this probability.
    Bounded {
        /// The probability.
        probability: f64,
        /// For so many rows.
        rows: u64,
    },
    /// It does not.
    NotUnique,
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Proven => f.write_str("proven"),
            Self::Bounded { probability, rows } => write!(f, "bounded p={probability:.1e} (n={rows})"),
            Self::NotUnique => f.write_str("not unique"),
        }
    }
}

/// A primary key or unique constraint.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct KeyPlan {
    /// Table.
    pub table: TableName,
    /// Columns.
    pub columns: Vec<String>,
    /// Whether it is the primary key.
    pub primary: bool,
    /// Whether it stays unique.
    pub verdict: Verdict,
}

impl Plan {
    /// The plan of a table as an input names it: by its very name; else without the database; else the only table of
    /// that schema and name.
    pub fn table(&self, name: &TableName) -> Option<&TablePlan> {
        names::find(&self.tables, name).map(|(_, table)| table)
    }

    /// Whether the plan may be used.
    ///
    /// # Errors
    /// [`ErrorKind::Policy`] with every error of the plan, each with its line of the policy and its id.
    pub fn ready(&self) -> Result<()> {
        let errors = self.problems.iter().filter(|problem| problem.severity == Severity::Error);
        let mut lines: Vec<String> = errors.clone().take(SHOWN).map(|problem| self.show(problem)).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let more = errors.count() - lines.len();
        if more > 0 {
            lines.push(format!("and {more} more; `scrub check` lists them all"));
        }
        Err(ErrorKind::Policy(lines.join("\n")).into())
    }

    /// A problem with the line of the policy that is to blame.
    pub fn show(&self, problem: &Problem) -> String {
        match problem.policy_line {
            Some(place) => self.policy.show(place, &problem.to_string()),
            None => problem.to_string(),
        }
    }

    /// Whether anything makes `check` fail.
    pub fn passes_check(&self) -> bool {
        !self.problems.iter().any(Problem::blocks_check)
    }

    /// Whether some operator needs a key.
    pub fn needs_key(&self) -> bool {
        let columns = self.tables.values().filter(|table| !table.drop_rows).flat_map(|table| &table.columns);
        columns
            .filter_map(ColumnPlan::mask)
            .any(|mask| mask.all().any(|own| own.keyed_by() != KeyedBy::Nothing))
    }
}

/// Errors that [`Plan::ready`] prints.
const SHOWN: usize = 20;

impl TablePlan {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&ColumnPlan> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl ColumnPlan {
    /// How it is masked, if it is.
    pub fn mask(&self) -> Option<&MaskPlan> {
        match &self.treatment {
            Treatment::Mask(mask) => Some(mask),
            _ => None,
        }
    }

    /// Whether its cells pass as they are.
    pub fn is_kept(&self) -> bool {
        matches!(self.treatment, Treatment::Keep { .. })
    }
}
