//! The name of a table: schema and table, and the database when a dump holds several.

use std::fmt;

/// A table's name as the dump writes it, without quotes. `Display` gives the form that a policy uses.
///
/// ```
/// use scrub::table::TableName;
/// assert_eq!(TableName::new("public", "Customer").to_string(), "public.Customer");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct TableName {
    /// Database, in a dump that connects to several (`pg_dumpall`); otherwise absent.
    pub database: Option<String>,
    /// Schema; empty where the source has none.
    pub schema: String,
    /// Table.
    pub table: String,
}

impl TableName {
    /// A table of the one database of a dump.
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Self {
        Self { database: None, schema: schema.into(), table: table.into() }
    }

    /// The same table in the database `database`.
    #[must_use]
    pub fn in_database(mut self, database: Option<&str>) -> Self {
        self.database = database.map(str::to_owned);
        self
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(database) = &self.database {
            write!(f, "{database}/")?;
        }
        if self.schema.is_empty() {
            f.write_str(&self.table)
        } else {
            write!(f, "{}.{}", self.schema, self.table)
        }
    }
}
