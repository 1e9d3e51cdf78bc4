//! The words that presets are written in: a rule selects what a plan does, and says what is wrong with it.
//!
//! Rules look at the compiled plan: operators with their class, parameters and what their output follows, the types of
//! columns, tables and the policy's own keys. No rule looks at a column's name: what a column holds is for the policy to
//! say.

use crate::mask::{Class, KeyedBy};
use crate::table::SqlType;

use super::super::problem::Severity;

/// One rule of a preset.
#[derive(Clone, Debug)]
pub(super) struct Rule {
    /// Part of the ids of its findings.
    pub(super) id: String,
    pub(super) severity: Severity,
    /// The section of the law or standard behind it.
    pub(super) reference: Option<String>,
    /// It does not hold under such a policy.
    pub(super) unless: Option<Fact>,
    pub(super) asks: Asks,
    /// What is wrong and what to do: the end of a sentence about the column, table or policy.
    pub(super) advice: String,
}

/// What a rule asks for.
#[derive(Clone, Debug)]
pub(super) enum Asks {
    /// `refuse`: no column is masked, or kept, in any of these ways.
    Refuse(Vec<Selector>),
    /// `apart`: columns of these two kinds do not stand together.
    Apart {
        /// The column that is reported.
        one: Vec<Selector>,
        other: Vec<Selector>,
        within: Vec<Scope>,
    },
    /// `settings`: keys of the policy have one of these values.
    Settings(Vec<(Setting, Vec<String>)>),
    /// `require`: the policy is such.
    Require(Fact),
    /// `keep_rows = "refuse"`: no rows pass in clear.
    NoKeptRows,
}

/// What is true of a policy or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    /// The run's key is made for it and forgotten (`ephemeral = true`).
    Ephemeral,
    /// Some operator needs a key.
    Key,
}

pub(super) const FACTS: &[(&str, Fact)] = &[("ephemeral", Fact::Ephemeral), ("key", Fact::Key)];

/// A key of the policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Unclassified,
    LargeObjects,
}

pub(super) const SETTINGS: &[(&str, Setting)] =
    &[("unclassified", Setting::Unclassified), ("large_objects", Setting::LargeObjects)];

/// Where two columns stand together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scope {
    /// In one key domain.
    Domain,
    /// Joined by foreign keys, or one column whose rows differ.
    References,
    /// In one table.
    Table,
}

pub(super) const SCOPES: &[(&str, Scope)] =
    &[("domain", Scope::Domain), ("references", Scope::References), ("table", Scope::Table)];

/// One way in which a column comes out. Everything that is said must hold; what is not said does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Selector {
    /// Operators by name; `keep` for columns that pass.
    pub(super) operators: Vec<String>,
    pub(super) class: Vec<Class>,
    pub(super) keyed_by: Vec<KeyedBy>,
    /// Types of the column.
    pub(super) types: Vec<Family>,
    /// Whether the column alone is a key of its table.
    pub(super) is_key: Option<bool>,
    /// Whether the table's rows are about somebody.
    pub(super) about_subject: Option<bool>,
    /// Whether output may reach real people or systems.
    pub(super) live: Option<bool>,
    /// Whether the policy says why.
    pub(super) reason: Option<bool>,
    /// What the policy says of the histogram.
    pub(super) frequency_leak: Option<Waiver>,
    /// Cells that begin so get this operator: it is not for other rows only.
    pub(super) on_prefixes: Vec<String>,
    pub(super) parameters: Vec<(String, Bound)>,
}

/// `accept_frequency_leak`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiver {
    /// It is given.
    Accepted,
    /// It is given, and empty.
    Unexplained,
}

pub(super) const WAIVERS: &[(&str, Waiver)] =
    &[("accepted", Waiver::Accepted), ("unexplained", Waiver::Unexplained)];

/// What is wrong about a parameter.
#[derive(Clone, Debug, Default)]
pub(super) struct Bound {
    /// It is greater than this, or no number.
    pub(super) above: Option<f64>,
    /// It is one of these.
    pub(super) is: Vec<String>,
    /// It is none of these.
    pub(super) other_than: Vec<String>,
    /// It has one of these in it.
    pub(super) containing: Vec<String>,
    /// It is given.
    pub(super) given: bool,
    /// It is not given.
    pub(super) absent: bool,
}

/// Types that rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    /// Text of any kind, enums aside.
    Text,
    /// Text without a limit: where people write sentences.
    UnlimitedText,
    /// Documents with anything in them: JSON, XML, hstore, and types that nobody knows.
    Document,
    /// Bytes.
    Bytes,
    /// Numbers.
    Number,
    /// Dates and times with a date.
    Date,
}

pub(super) const FAMILIES: &[(&str, Family)] = &[
    ("text", Family::Text),
    ("unlimited_text", Family::UnlimitedText),
    ("document", Family::Document),
    ("bytes", Family::Bytes),
    ("number", Family::Number),
    ("date", Family::Date),
];

impl Family {
    pub(super) fn has(self, sql_type: &SqlType) -> bool {
        match (self, sql_type.base()) {
            (_, SqlType::Array(element)) => self.has(element),
            (Self::Text, SqlType::Text { .. } | SqlType::TextSearch)
            | (Self::UnlimitedText, SqlType::Text { width: None, .. } | SqlType::TextSearch)
            | (Self::Document, SqlType::Json | SqlType::Xml | SqlType::Hstore | SqlType::Other(_))
            | (Self::Bytes, SqlType::Bytes)
            | (
                Self::Number,
                SqlType::Integer { .. }
                | SqlType::Unsigned { .. }
                | SqlType::Numeric { .. }
                | SqlType::Float
                | SqlType::Money,
            )
            | (Self::Date, SqlType::Date | SqlType::Timestamp { .. }) => true,
            (Self::Date, SqlType::Range(name)) => name.contains("date") || name.starts_with("ts"),
            _ => false,
        }
    }
}

pub(super) const CLASSES: &[(&str, Class)] = &[
    ("keep", Class::Keep),
    ("suppress", Class::Suppress),
    ("generalize", Class::Generalize),
    ("pseudonymize", Class::Pseudonymize),
    ("perturb", Class::Perturb),
    ("synthesize", Class::Synthesize),
];

pub(super) const KEYED_BY: &[(&str, KeyedBy)] =
    &[("nothing", KeyedBy::Nothing), ("value", KeyedBy::Value), ("subject", KeyedBy::Subject)];

/// Severities that a finding can have.
pub(super) const SEVERITIES: &[(&str, Severity)] =
    &[("error", Severity::Error), ("review", Severity::Review), ("warning", Severity::Warning)];

impl Bound {
    /// Whether the value, if one is given, is wrong in one of these ways.
    pub(super) fn holds(&self, value: Option<&toml::Value>) -> bool {
        let Some(value) = value else { return self.absent };
        let words = || match value {
            toml::Value::Array(list) => list.iter().map(word).collect(),
            other => vec![word(other)],
        };
        let above = |most: f64| match value {
            toml::Value::Integer(number) => *number as f64 > most,
            toml::Value::Float(number) => number.is_nan() || *number > most,
            _ => true,
        };
        let has = |part: &String| words().iter().any(|word| word.contains(part));
        self.given
            || self.above.is_some_and(above)
            || self.containing.iter().any(has)
            || (!self.is.is_empty() && words().iter().any(|word| self.is.contains(word)))
            || (!self.other_than.is_empty() && !words().iter().all(|word| self.other_than.contains(word)))
    }
}

/// A scalar as a word.
fn word(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The name of a value in a list of names.
pub(super) fn name_of<T: PartialEq>(names: &[(&'static str, T)], value: &T) -> &'static str {
    names.iter().find(|(_, other)| other == value).map_or("", |(name, _)| name)
}
