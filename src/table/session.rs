//! What a dump's session statements set: database, search path, encoding.

use encoding_rs::Encoding;

/// Whose SQL a statement is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// PostgreSQL's.
    #[default]
    Postgres,
    /// MySQL's and MariaDB's.
    MySql,
    /// SQLite's.
    Sqlite,
}

/// The state in which a statement of a dump runs.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Session {
    /// The database of the last `\connect`, if there was one.
    pub database: Option<String>,
    /// Schema of unqualified names: the first of `search_path`; `public` where it is empty or not set.
    pub schema: String,
    /// `client_encoding`.
    pub encoding: &'static Encoding,
    /// Whose SQL it is.
    pub dialect: Dialect,
}

impl Default for Session {
    fn default() -> Self {
        Self {
            database: None,
            schema: "public".into(),
            encoding: encoding_rs::UTF_8,
            dialect: Dialect::Postgres,
        }
    }
}
