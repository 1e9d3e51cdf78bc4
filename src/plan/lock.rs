//! The lock file, `scrub.lock`: what the database looked like when the policy was checked.
//!
//! A stream cannot know yet what keys its tables have, so the plan takes tables, types, keys and orders of magnitude
//! from here. The file is written by `scrub check --write` and reviewed in git; no value of a row is in it.

use std::collections::BTreeMap;

use super::policy::Policy;
use super::problem::{Problem, Severity};
use super::statistics::{Distinct, Statistics, row_ceiling};
use super::{lock_drift, lock_read, lock_write};
use crate::base::{Error, ErrorKind, Result};
use crate::mask;
use crate::table::{Schema, TableName};

/// A lock file.
///
/// ```
/// use scrub::plan::{Lock, Statistics};
/// use scrub::table::Schema;
/// let lock = Lock::new(&Schema::default(), &Statistics::default());
/// assert_eq!(Lock::parse(&lock.to_toml(), "scrub.lock")?, lock);
/// # Ok::<(), scrub::base::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    pub(super) schema: Schema,
    pub(super) rows: BTreeMap<TableName, u64>,
    pub(super) distinct: BTreeMap<TableName, BTreeMap<String, Distinct>>,
    pub(super) data: BTreeMap<String, String>,
}

impl Lock {
    /// The lock of an input: its schema without defaults and warnings, and its counts by order of magnitude.
    pub fn new(schema: &Schema, statistics: &Statistics) -> Self {
        let mut schema = schema.clone();
        schema.warnings.clear();
        for table in schema.tables.values_mut() {
            for column in &mut table.columns {
                column.default = None;
            }
        }
        let mut lock = Self { schema, ..Self::default() };
        for (name, counts) in &statistics.tables {
            let Some(table) = lock.schema.tables.get(name) else { continue };
            lock.rows.insert(name.clone(), row_ceiling(counts.rows));
            let known = table.columns.iter().filter_map(|column| {
                Some((column.name.clone(), Distinct::of(*counts.distinct.get(&column.name)?)?))
            });
            let known: BTreeMap<_, _> = known.collect();
            if !known.is_empty() {
                lock.distinct.insert(name.clone(), known);
            }
        }
        lock
    }

    /// Takes over the counts of an older lock for tables whose rows this one has not seen.
    #[must_use]
    pub fn with_counts_of(mut self, older: &Self) -> Self {
        for (name, rows) in &older.rows {
            if self.schema.tables.contains_key(name) && !self.rows.contains_key(name) {
                self.rows.insert(name.clone(), *rows);
                if let Some(distinct) = older.distinct.get(name) {
                    self.distinct.insert(name.clone(), distinct.clone());
                }
            }
        }
        self
    }

    /// Reads the text of a lock; `file` is its name in messages.
    ///
    /// # Errors
    /// Every mistake with its line.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        lock_read::parse(text, file)
    }

    /// Reads the lock beside a policy that came from a file: `scrub.lock` for `scrub.toml`. None where there is none.
    ///
    /// ```
    /// use scrub::plan::{Lock, Policy};
    /// let policy = Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// assert!(Lock::beside(&policy)?.is_none(), "the policy is not in a file");
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// A file that cannot be read, or that is no lock.
    pub fn beside(policy: &Policy) -> Result<Option<Self>> {
        let Some(path) = policy.path().map(|path| path.with_extension("lock")) else { return Ok(None) };
        match std::fs::read_to_string(&path) {
            Ok(text) => Self::parse(&text, &path.display().to_string()).map(Some),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::from(error).in_file(path.display().to_string())),
        }
    }

    /// The lock's text: one line for each column, in a fixed order.
    pub fn to_toml(&self) -> String {
        lock_write::write(self)
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The power of ten at or above the table's rows, where they were counted.
    pub fn row_ceiling(&self, table: &TableName) -> Option<u64> {
        self.rows.get(table).copied()
    }

    /// How many different values the column had, where they were counted.
    pub fn distinct(&self, table: &TableName, column: &str) -> Option<Distinct> {
        self.distinct.get(table)?.get(column).copied()
    }

    /// Digests of the lexicons and tables that can alter an output, by name.
    pub fn data(&self) -> &BTreeMap<String, String> {
        &self.data
    }

    /// Records the digests of the data that operators in use draw on.
    pub fn set_data(&mut self, data: BTreeMap<String, String>) {
        self.data = data;
    }

    /// Data files that this build has otherwise than the lock says: the same key would give other pseudonyms.
    pub fn check_data(&self) -> Vec<Problem> {
        let files = mask::data_files();
        let changed = self.data.iter().filter(|(name, digest)| {
            !files.iter().any(|file| file.name == **name && file.digest == **digest)
        });
        changed
            .map(|(name, _)| {
                let message = format!(
                    "this build does not have the data file {name} that the lock was written with: pseudonyms would \
                     change; use the version of scrub that has it, or accept other pseudonyms with `scrub check --write`"
                );
                Problem::new(Severity::Error, format!("data:{name}"), message)
            })
            .collect()
    }

    /// What an input's schema has that the lock does not say, or says otherwise.
    ///
    /// A table of the lock that the input does not have is fine: a dump may hold a part.
    pub fn check(&self, schema: &Schema) -> Vec<Problem> {
        lock_drift::check(self, schema)
    }

    /// Whether another account of the same schema agrees.
    ///
    /// # Errors
    /// [`ErrorKind::Schema`] with everything that [`Self::check`] calls an error.
    pub fn agree(&self, schema: &Schema) -> Result<()> {
        let drift = self.check(schema);
        let errors = drift.iter().filter(|problem| problem.severity == Severity::Error);
        let lines: Vec<String> = errors.map(|problem| format!("  {}", problem.message)).collect();
        if lines.is_empty() {
            return Ok(());
        }
        let lines = lines.join("\n");
        Err(ErrorKind::Schema(format!("scrub.lock does not fit the schema any more:\n{lines}")).into())
    }
}
