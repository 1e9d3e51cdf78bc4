//! The policy file, `scrub.toml`: which operator masks which column, and what else a person decides.
//!
//! [`Policy`] is the file as it stands, checked for itself only. What it means for the tables of an input is found out
//! by [`Plan::compile`](super::Plan::compile).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::inputs::{self, Inputs};
use super::policy_parse;
use super::preset::Preset;
use super::problem::Place;
use super::source::{At, Source};
use crate::base::{Error, ErrorKind, Result};
use crate::format::ReaderOptions;
use crate::mask::{Equality, OnInvalid};
use crate::table::TableName;

/// A policy file.
///
/// ```
/// use scrub::plan::Policy;
/// let policy = Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
/// assert_eq!(policy.project(), "acme/dev");
/// let error = Policy::parse("version = 1\nconstruction = \"v1\"\nprojekt = \"acme/dev\"\n", "scrub.toml").unwrap_err();
/// assert!(error.to_string().contains("scrub.toml:3:1: unknown key \"projekt\"; did you mean \"project\"?"));
/// # Ok::<(), scrub::base::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) source: Source,
    pub(super) path: Option<PathBuf>,
    pub(super) digest: String,
    pub(super) project: String,
    pub(super) presets: Vec<Preset>,
    pub(super) ephemeral: bool,
    pub(super) unclassified: Unclassified,
    pub(super) locale: String,
    pub(super) large_objects: LargeObjects,
    pub(super) max_invalid: f64,
    pub(super) inputs: Inputs,
    pub(super) domains: BTreeMap<String, DomainRule>,
    pub(super) tables: Vec<TableRule>,
    pub(super) relations: Vec<Relation>,
    pub(super) acknowledgements: Vec<Acknowledgement>,
}

/// What happens to columns that the policy does not name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unclassified {
    /// The plan is refused.
    Deny,
    /// They are redacted.
    Redact,
    /// They are kept.
    Keep,
}

/// What happens to PostgreSQL's large objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LargeObjects {
    /// The run ends at the first one.
    Deny,
    /// They are left out.
    Drop,
    /// They pass as they are.
    Keep,
}

/// `[domains."name"]`.
#[derive(Clone, Debug)]
pub(super) struct DomainRule {
    pub(super) at: Place,
    pub(super) equality: Option<Equality>,
    pub(super) parameters: Parameters,
}

/// Parameters of an operator, not yet checked against it.
pub(super) type Parameters = BTreeMap<String, At<toml::Value>>;

/// `[tables."name"]`.
#[derive(Clone, Debug)]
pub(super) struct TableRule {
    pub(super) pattern: String,
    pub(super) at: Place,
    pub(super) subject: Option<Vec<At<String>>>,
    pub(super) gender: Option<At<String>>,
    pub(super) country: Option<At<String>>,
    pub(super) drop_rows: Option<bool>,
    pub(super) keep: BTreeMap<String, Place>,
    pub(super) keep_reason: Option<String>,
    pub(super) keep_rows: Option<KeepRowsRule>,
    pub(super) columns: BTreeMap<String, ColumnRule>,
}

impl TableRule {
    /// Whether it is meant for several tables.
    pub(super) fn is_glob(&self) -> bool {
        self.pattern.contains('*')
    }

    /// Columns that it names in any way, with their places.
    pub(super) fn named(&self) -> impl Iterator<Item = (&str, Place)> {
        let masked = self.columns.iter().map(|(name, rule)| (name.as_str(), rule.at));
        masked.chain(self.keep.iter().map(|(name, at)| (name.as_str(), *at)))
    }
}

/// `keep_rows` of a table.
#[derive(Clone, Debug)]
pub(super) struct KeepRowsRule {
    pub(super) when: At<String>,
    pub(super) reason: String,
}

/// `domain_by` of a column: its key domain depends on another column of the row.
#[derive(Clone, Debug)]
pub(super) struct DomainBy {
    pub(super) column: At<String>,
    /// Value of that column -> key domain.
    pub(super) map: BTreeMap<String, String>,
    /// The operator of rows with another value; without one they end the run.
    pub(super) otherwise: Option<String>,
}

/// `columns.NAME`.
#[derive(Clone, Debug)]
pub(super) struct ColumnRule {
    pub(super) at: Place,
    pub(super) operator: String,
    pub(super) domain: Option<String>,
    pub(super) equality: Option<Equality>,
    pub(super) on_invalid: Option<OnInvalid>,
    pub(super) max_invalid: Option<f64>,
    pub(super) unique: bool,
    pub(super) row_key: Option<Vec<At<String>>>,
    pub(super) sentinels: Option<BTreeSet<String>>,
    pub(super) accept_frequency_leak: Option<String>,
    pub(super) live: bool,
    pub(super) reason: Option<String>,
    /// Nobody has decided yet.
    pub(super) review: bool,
    pub(super) when: Option<At<String>>,
    pub(super) otherwise: Option<Box<ColumnRule>>,
    pub(super) domain_by: Option<DomainBy>,
    pub(super) parameters: Parameters,
}

impl ColumnRule {
    /// Whether some rows keep their value because the rule says so.
    pub(super) fn keeps_some(&self) -> bool {
        self.operator == "keep"
            || match &self.otherwise {
                Some(otherwise) => otherwise.keeps_some(),
                None => self.when.is_some(),
            }
    }
}

/// `[[relation]]`.
#[derive(Clone, Debug)]
pub(super) struct Relation {
    pub(super) from: At<String>,
    pub(super) to: At<String>,
    pub(super) null_on_dropped: bool,
}

/// `[[acknowledge]]`.
#[derive(Clone, Debug)]
pub(super) struct Acknowledgement {
    pub(super) id: At<String>,
    pub(super) reason: String,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// The file cannot be read, or is no policy: every mistake with its line.
    pub fn from_path(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let file = path.display().to_string();
        let bytes = std::fs::read(path).map_err(|error| Error::from(error).in_file(&file))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Error::new(ErrorKind::Policy("the policy is not UTF-8 text".into())).in_file(&file)
        })?;
        let mut policy = Self::parse(&text, &file)?;
        policy.path = Some(path.to_owned());
        Ok(policy)
    }

    /// Reads the text of a policy; `file` is its name in messages.
    ///
    /// # Errors
    /// Every mistake with its line and, where there is one, the nearest right name.
    pub fn parse(text: &str, file: &str) -> Result<Self> {
        policy_parse::parse(text.strip_prefix('\u{feff}').unwrap_or(text), file, digest(text))
    }

    /// The project: separates keys, so that the data of two projects cannot be linked.
    pub fn project(&self) -> &str {
        &self.project
    }

    /// Puts another project in the place of the file's.
    pub fn override_project(&mut self, project: &str) {
        project.clone_into(&mut self.project);
    }

    /// The presets that its plan is checked against.
    pub fn presets(&self) -> &[Preset] {
        &self.presets
    }

    /// Whether it is for keys that are made for one run and forgotten.
    pub fn is_ephemeral(&self) -> bool {
        self.ephemeral
    }

    /// The file that it came from, if it came from one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The file's name in messages.
    pub fn file(&self) -> &str {
        self.source.file()
    }

    /// SHA-256 of the file's bytes, in hex.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What happens to columns that it does not name.
    pub fn unclassified(&self) -> Unclassified {
        self.unclassified
    }

    /// What happens to large objects.
    pub fn large_objects(&self) -> LargeObjects {
        self.large_objects
    }

    /// `locale`, such as `en_US`.
    pub fn locale(&self) -> &str {
        &self.locale
    }

    /// The table whose rows the input file `name` holds, by `[source] files`.
    pub fn source_table(&self, name: &str) -> Option<&str> {
        self.inputs.table(name)
    }

    /// How the input file `name` is read: `options`, with what `[source]` says of it where they say nothing.
    ///
    /// ```
    /// use scrub::format::ReaderOptions;
    /// use scrub::plan::Policy;
    /// let policy = Policy::parse(
    ///     r#"
    ///     version = 1
    ///     construction = "v1"
    ///     project = "acme/dev"
    ///     [source]
    ///     files = { "customers.csv" = "public.customer" }
    ///     csv = { delimiter = ";", header = true }
    ///     "#,
    ///     "scrub.toml",
    /// )?;
    /// let reading = policy.reading(&ReaderOptions::default(), "exports/customers.csv.gz");
    /// assert_eq!(reading.table.map(|table| table.to_string()).as_deref(), Some("public.customer"));
    /// assert_eq!(reading.csv.delimiter, Some(b';'));
    /// # Ok::<(), scrub::base::Error>(())
    /// ```
    pub fn reading(&self, options: &ReaderOptions, name: &str) -> ReaderOptions {
        self.inputs.reading(options, name)
    }

    /// What `[source]` says.
    pub(crate) fn inputs(&self) -> &Inputs {
        &self.inputs
    }

    /// The table that a name means where a policy has one: `public.customer`, `customer`; none if it is no name.
    pub fn table_name(name: &str) -> Option<TableName> {
        inputs::table_name(name)
    }

    /// `scrub.toml:12:5: message` with the line and a caret.
    pub fn show(&self, place: Place, message: &str) -> String {
        self.source.show(place, message)
    }
}

/// SHA-256 of a text, in hex.
pub(super) fn digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
