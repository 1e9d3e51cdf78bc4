//! What is wrong with a plan, or worth knowing about it: one [`Problem`] each, with an id that stays the same.

use std::fmt;

use serde::Serialize;

/// A place in the policy file: line and column, both from 1.
pub type Place = (usize, usize);

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Severity {
    /// Good to know.
    Info,
    /// Should be looked at; stops nothing.
    Warning,
    /// Must be looked at: `check` fails until it is acknowledged or resolved, `mask` goes on.
    Review,
    /// The plan cannot be used.
    Error,
}

impl Severity {
    /// Its name in output: `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Review => "review",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Something about a plan that a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Problem {
    /// `kind:object`, stable over runs and releases: `unclassified:public.customer.email`. What a policy acknowledges.
    pub id: String,
    /// How bad it is.
    pub severity: Severity,
    /// Where in the policy, if a line of it is the cause.
    pub policy_line: Option<Place>,
    /// Table, as a policy writes it.
    pub table: Option<String>,
    /// Column.
    pub column: Option<String>,
    /// What is wrong and what to do, in one or two sentences.
    pub message: String,
    /// The reason that the policy gives for accepting it.
    pub acknowledged: Option<String>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(severity: Severity, id: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            severity,
            policy_line: None,
            table: None,
            column: None,
            message: message.into(),
            acknowledged: None,
        }
    }

    /// Adds the place in the policy.
    #[must_use]
    pub fn at(mut self, place: Option<Place>) -> Self {
        self.policy_line = place;
        self
    }

    /// Adds the table.
    #[must_use]
    pub fn in_table(mut self, table: impl fmt::Display) -> Self {
        self.table = Some(table.to_string());
        self
    }

    /// Adds the column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }

    /// The part of the id before the colon: `unclassified`.
    pub fn kind(&self) -> &str {
        self.id.split_once(':').map_or(self.id.as_str(), |(kind, _)| kind)
    }

    /// Whether it makes `check` fail: an error, or a review that nobody acknowledged.
    pub fn blocks_check(&self) -> bool {
        self.severity >= Severity::Review && self.acknowledged.is_none()
    }
}

/// `error: message [id]`, with the policy's line where one is to blame.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} [{}]", self.severity, self.message, self.id)?;
        match &self.acknowledged {
            Some(reason) => write!(f, " (acknowledged: {reason})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_reviews_and_errors_block_a_check() {
        let mut problem = Problem::new(Severity::Review, "check-constraint:public.t.c", "..");
        assert!(problem.blocks_check());
        problem.acknowledged = Some("tested".into());
        assert!(!problem.blocks_check());
        assert!(!Problem::new(Severity::Warning, "linkable:public.t", "..").blocks_check());
        assert!(Problem::new(Severity::Error, "unique:public.t.c", "..").blocks_check());
    }

    #[test]
    fn kind_is_what_stands_before_the_colon() {
        assert_eq!(Problem::new(Severity::Info, "drift:public.t", "").kind(), "drift");
        assert_eq!(Problem::new(Severity::Info, "frequency-unknown", "").kind(), "frequency-unknown");
    }
}
