//! What a class says.

/// A database whose verdict is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Engine {
    /// PostgreSQL 15.
    PostgreSql,
    /// MariaDB 10.11 in strict mode; MySQL 8 where it agrees.
    MySql,
    /// SQLite 3.
    Sqlite,
}

impl Engine {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::PostgreSql, Self::MySql, Self::Sqlite];

    /// The name in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Self::PostgreSql => "postgresql",
            Self::MySql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }
}

/// What a database does with a value in a column of its type.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It takes it, and gives it back as it was.
    Kept,
    /// It takes it, and gives it back as this text.
    Becomes(String),
    /// It refuses it.
    Rejected,
    /// It has no such type, or nobody has tried.
    #[default]
    Unknown,
}

/// Whether a value is a valid one of its semantic type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Validity {
    /// It is.
    Valid,
    /// It is not.
    Invalid,
    /// Standards, or programs, disagree.
    Disputed,
}

/// A type that classes are of.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EdgeType {
    /// Its name: the part of the ids of its classes before the slash.
    pub name: String,
    /// Whether it is what a text means, and no type of a database.
    pub semantic: bool,
    pub(super) columns: [Option<String>; 3],
}

/// One edge case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EdgeClass {
    /// `type/name`; it stays.
    pub id: String,
    /// Why it is worth a row.
    pub why: String,
    /// Where it is from.
    pub source: String,
    /// Kinds of trouble: `boundary`, `whitespace`, `injection`, ..
    pub tags: Vec<String>,
    /// For semantic types: whether the value is a valid one.
    pub validity: Option<Validity>,
    pub(super) verdicts: [Verdict; 3],
    pub(super) columns: [Option<String>; 3],
    pub(super) content: Content,
}

impl EdgeClass {
    /// The type that it is of.
    pub fn type_name(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// What a database does with the value.
    pub fn verdict(&self, engine: Engine) -> &Verdict {
        &self.verdicts[engine as usize]
    }
}

/// A value, or how it is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// A text.
    Text(String),
    /// Bytes of a text that may not be valid UTF-8.
    Bytes(Vec<u8>),
    /// Texts one after the other.
    Parts(Vec<Part>),
    /// As [`Content::Parts`], of hexadecimal digits.
    HexParts(Vec<Part>),
    /// So many characters that do not compress.
    Random(usize),
    /// A JSON object with so many keys.
    Wide(usize),
    /// Today, so many years and then days later.
    Relative {
        /// Years.
        years: i32,
        /// Days.
        days: i32,
    },
}

/// A text, so many times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) unit: String,
    pub(super) times: Times,
}

/// How often a part is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Times {
    /// So often.
    Fixed(usize),
    /// As many as the column holds characters, and so many more.
    Length(i32),
}
