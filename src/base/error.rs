//! The one error type: what went wrong and where, never what was in the cell.
//!
//! Every message is made of identifiers (files, tables, columns, operators), positions and fixed text. Nothing
//! here can carry a value of the user's data: foreign errors are mapped to a kind before they get this far.

use std::fmt;
use std::io;

/// What this crate returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Something that ended a run, with the place where it happened.
///
/// ```
/// use scrub::base::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::ColumnCount { expected: 7, found: 6 })
///     .in_file("customers.sql").in_table("public.customer").at_row(41).at_byte(90_112);
/// assert_eq!(error.to_string(), "customers.sql: table public.customer, row 41 (byte 90112): expected 7 columns, found 6");
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    position: Position,
}

/// Where an error happened; what is not known is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Position {
    /// Input file, or `-` for standard input.
    pub file: Option<String>,
    /// Line in the input, from 1.
    pub line: Option<u64>,
    /// Byte offset in the (decompressed) input, from 0.
    pub byte: Option<u64>,
    /// Table, as the policy writes it.
    pub table: Option<String>,
    /// Row of that table in this input, from 1.
    pub row: Option<u64>,
    /// Column.
    pub column: Option<String>,
}

/// What went wrong.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Reading or writing failed.
    #[error("{}", io_text(.0))]
    Io(#[from] io::Error),
    /// The input is not what its format says.
    #[error("{0}")]
    Syntax(&'static str),
    /// A statement whose head is not on the format's list.
    #[error(
        "statement {head} is not on the list of statements that may pass; nothing unknown is passed on (--on-unparsed drop drops it)"
    )]
    Statement {
        /// The keywords at its head, letters only.
        head: String,
    },
    /// The input ends before its end.
    #[error("{0}")]
    Truncated(&'static str),
    /// A row has too many or too few cells.
    #[error("expected {expected} columns, found {found}")]
    ColumnCount {
        /// Columns of the table.
        expected: usize,
        /// Cells of the row.
        found: usize,
    },
    /// A masked cell is not valid in the declared encoding.
    #[error("cell is not valid {0}")]
    Encoding(&'static str),
    /// A cell is outside the operator's domain and `on_invalid = "error"`.
    #[error("cell is not a valid {entity} ({sketch}); set on_invalid to tag or redact it")]
    Invalid {
        /// What the operator expected.
        entity: &'static str,
        /// The cell's character classes, see [`crate::base::sketch`].
        sketch: String,
    },
    /// A part of a value that the policy does not name, where `rest = "deny"`.
    #[error("{what} {place} is not named by the policy; name it, or say rest = \"redact\"")]
    Unnamed {
        /// What kind of part.
        what: &'static str,
        /// Where it is: names that the policy has too, and character classes of others.
        place: String,
    },
    /// More cells than `max_invalid` allows were outside the operator's domain.
    #[error(
        "{invalid} of {cells} cells are not a valid {entity}: more than max_invalid = {allowed}; is it the right operator?"
    )]
    TooManyInvalid {
        /// What the operator expected.
        entity: &'static str,
        /// Cells outside the domain.
        invalid: u64,
        /// Cells that had a value.
        cells: u64,
        /// The share that the policy allows, as it writes it.
        allowed: String,
    },
    /// The key is missing, malformed or kept in a wrong place.
    #[error("{0}")]
    Key(String),
    /// The policy or lock file cannot be used.
    #[error("{0}")]
    Policy(String),
    /// A detector's file cannot be used.
    #[error("{0}")]
    Rule(&'static str),
    /// The schema is missing, or contradicts the policy, the lock or the data.
    #[error("{0}")]
    Schema(String),
    /// A wrong call: options that contradict each other, an output that is an input.
    #[error("{0}")]
    Usage(String),
    /// What an operator made of a cell does not fit the array that it belongs into.
    #[error("{0}")]
    Unfit(&'static str),
    /// The reader that record batches come from failed; its own words may quote data, so they are not repeated.
    #[error("the reader of the record batches failed: {0}")]
    Source(&'static str),
    /// A child process (`pg_restore`, ...) failed.
    #[error("{0}")]
    Child(String),
    /// A bug: a worker panicked.
    #[error(
        "internal error in {0}; the run was stopped and nothing unmasked was passed on. Please report it"
    )]
    Panic(&'static str),
    /// The run was cancelled (Ctrl-C, or by the caller).
    #[error("cancelled")]
    Cancelled,
}

impl Error {
    /// An error without a place; add the place with the `in_` and `at_` methods.
    pub fn new(kind: ErrorKind) -> Self {
        Self(Box::new(Inner { kind, position: Position::default() }))
    }

    /// What went wrong.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// Where.
    pub fn position(&self) -> &Position {
        &self.0.position
    }

    /// Whether this is the reader of our output going away, which is no news to anybody.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(&self.0.kind, ErrorKind::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// Adds the input's name; a name that is already there stays (the same holds for all that follow).
    #[must_use]
    pub fn in_file(mut self, file: impl Into<String>) -> Self {
        self.0.position.file.get_or_insert_with(|| file.into());
        self
    }

    /// Adds the table.
    #[must_use]
    pub fn in_table(mut self, table: impl Into<String>) -> Self {
        self.0.position.table.get_or_insert_with(|| table.into());
        self
    }

    /// Adds the column.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.0.position.column.get_or_insert_with(|| column.into());
        self
    }

    /// Adds the row of the table, from 1.
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.0.position.row.get_or_insert(row);
        self
    }

    /// Puts another row in the place of the one that was given.
    #[must_use]
    pub(crate) fn moved_to_row(mut self, row: u64) -> Self {
        self.0.position.row = Some(row);
        self
    }

    /// Moves a row that was counted from a block's first on by the rows before the block.
    #[must_use]
    pub fn after_rows(mut self, rows: u64) -> Self {
        if let Some(row) = &mut self.0.position.row {
            *row += rows;
        }
        self
    }

    /// Adds the line, from 1.
    #[must_use]
    pub fn at_line(mut self, line: u64) -> Self {
        self.0.position.line.get_or_insert(line);
        self
    }

    /// Adds the byte offset, from 0.
    #[must_use]
    pub fn at_byte(mut self, byte: u64) -> Self {
        self.0.position.byte.get_or_insert(byte);
        self
    }
}

impl From<io::Error> for Error {
    fn from(error: io::Error) -> Self {
        Self::new(ErrorKind::Io(error))
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.0.position.to_string();
        if place.is_empty() { write!(f, "{}", self.0.kind) } else { write!(f, "{place}: {}", self.0.kind) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        if let Some(table) = &self.table {
            parts.push(format!("table {table}"));
        }
        if let Some(row) = self.row {
            parts.push(format!("row {row}"));
        }
        if let Some(column) = &self.column {
            parts.push(format!("column {column}"));
        }
        if let Some(line) = self.line {
            parts.push(format!("line {line}"));
        }
        let mut place = parts.join(", ");
        if let Some(byte) = self.byte {
            place = if place.is_empty() { format!("byte {byte}") } else { format!("{place} (byte {byte})") };
        }
        match (&self.file, place.is_empty()) {
            (Some(file), true) => f.write_str(file),
            (Some(file), false) => write!(f, "{file}: {place}"),
            (None, _) => f.write_str(&place),
        }
    }
}

/// The operating system's words; an error that some crate made keeps only its kind, for its text may quote input.
fn io_text(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(code) => io::Error::from_raw_os_error(code).to_string(),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_given_stays() {
        let error = Error::new(ErrorKind::Cancelled).at_byte(7).in_file("a.sql").in_file("b.sql").at_byte(8);
        assert_eq!(error.to_string(), "a.sql: byte 7: cancelled");
        assert_eq!(format!("{error:?}"), error.to_string());
    }

    #[test]
    fn words_of_other_crates_are_not_repeated() {
        let error = Error::from(io::Error::new(io::ErrorKind::InvalidData, "near 'jane@example.com'"));
        assert_eq!(error.to_string(), "invalid data");
    }

    #[test]
    fn a_reader_that_went_away_is_told_from_other_errors() {
        assert!(Error::from(io::Error::from(io::ErrorKind::BrokenPipe)).is_broken_pipe());
        assert!(!Error::from(io::Error::from(io::ErrorKind::NotFound)).is_broken_pipe());
    }
}
