//! Rows that no dump held before, written as a dump of their database holds rows: as the lines of a `COPY` or as
//! `INSERT`.
//!
//! A cell is its canonical text, what `COPY` of PostgreSQL holds before escaping; bytes are `\x` and hexadecimal digits.

use encoding_rs::{Encoding, UTF_8};

use super::{encoding, mysqldump, pg_dump, sqlite_dump};
use crate::base::{Error, ErrorKind, Result};
use crate::table::{Dialect, SqlType, TableName};

/// Where new rows go and how they are written.
#[derive(Clone, Debug)]
pub struct FreshRows<'a> {
    /// Whose SQL it is.
    pub dialect: Dialect,
    /// Whether rows of PostgreSQL are lines of a `COPY`; else, and for the others always, they are `INSERT`s.
    pub copy: bool,
    /// Encoding of the output.
    pub encoding: &'static Encoding,
    /// The table.
    pub table: &'a TableName,
    /// The columns that the rows have cells for, in their order, and their types.
    pub columns: Vec<(&'a str, &'a SqlType)>,
    /// Whether a column is one that the database numbers itself, always.
    pub identity: bool,
}

/// Rows in one `INSERT`; statements stay short enough for any server's limit.
const ROWS_IN_INSERT: usize = 100;

impl FreshRows<'_> {
    /// Writes rows at the end of `out`, as whole statements; nothing for no rows. Each row has a cell per column.
    ///
    /// # Errors
    /// A value that the encoding cannot express, a zero byte in a text of PostgreSQL.
    pub fn write<R: AsRef<[Option<String>]>>(&self, rows: &[R], out: &mut Vec<u8>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let head = self.head()?;
        if self.copies() {
            out.extend_from_slice(&head);
            for row in rows {
                self.cells(row.as_ref(), b"\t", out)?;
                out.push(b'\n');
            }
            out.extend_from_slice(b"\\.\n");
            return Ok(());
        }
        // SQLite's shell writes a statement for each row, and no blank before the values.
        let (size, open) = match self.dialect {
            Dialect::Sqlite => (1, &b"("[..]),
            _ => (ROWS_IN_INSERT, &b" ("[..]),
        };
        for rows in rows.chunks(size) {
            out.extend_from_slice(&head);
            for (number, row) in rows.iter().enumerate() {
                out.extend_from_slice(if number == 0 { open } else { b",(" });
                self.cells(row.as_ref(), b",", out)?;
                out.push(b')');
            }
            out.extend_from_slice(b";\n");
        }
        Ok(())
    }

    fn copies(&self) -> bool {
        self.copy && self.dialect == Dialect::Postgres
    }

    fn head(&self) -> Result<Vec<u8>> {
        let columns: Vec<String> = self.columns.iter().map(|(name, _)| quoted(self.dialect, name)).collect();
        let (table, columns) = (qualified(self.dialect, self.table), columns.join(", "));
        let text = match self.dialect {
            _ if self.copies() => format!("COPY {table} ({columns}) FROM stdin;\n"),
            Dialect::Postgres if self.identity => {
                format!("INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE VALUES")
            }
            _ => format!("INSERT INTO {table} ({columns}) VALUES"),
        };
        self.encoded(text.as_bytes())
    }

    fn encoded(&self, text: &[u8]) -> Result<Vec<u8>> {
        if self.encoding == UTF_8 || text.is_ascii() {
            return Ok(text.to_vec());
        }
        Ok(encoding::encode(self.encoding, text).map_err(|kind| self.error(kind))?.into_owned())
    }

    fn cells(&self, row: &[Option<String>], between: &[u8], out: &mut Vec<u8>) -> Result<()> {
        for (number, (_, sql_type)) in self.columns.iter().enumerate() {
            if number > 0 {
                out.extend_from_slice(between);
            }
            let value = match row.get(number).and_then(Option::as_ref) {
                Some(value) => Some(self.encoded(value.as_bytes())?),
                None => None,
            };
            let value = value.as_deref();
            let written = match self.dialect {
                Dialect::Postgres => pg_dump::fresh_cell(value, self.copies(), out),
                Dialect::MySql => {
                    mysqldump::fresh_cell(value, sql_type.is_bytes(), out);
                    Ok(())
                }
                Dialect::Sqlite => sqlite_dump::fresh_cell(value, sql_type, out),
            };
            written.map_err(|kind| self.error(kind))?;
        }
        Ok(())
    }

    fn error(&self, kind: ErrorKind) -> Error {
        Error::new(kind).in_table(self.table.to_string())
    }
}

/// A name in the quotes of the dialect.
pub fn quoted(dialect: Dialect, name: &str) -> String {
    match dialect {
        Dialect::MySql => format!("`{}`", name.replace('`', "``")),
        _ => format!("\"{}\"", name.replace('"', "\"\"")),
    }
}

/// A table's name in the quotes of the dialect, with its schema; for MySQL with its database, where that is known.
pub fn qualified(dialect: Dialect, table: &TableName) -> String {
    let outer = match dialect {
        Dialect::Postgres => Some(table.schema.as_str()).filter(|schema| !schema.is_empty()),
        Dialect::MySql => table.database.as_deref(),
        Dialect::Sqlite => None,
    };
    let own = quoted(dialect, &table.table);
    outer.map_or(own.clone(), |outer| format!("{}.{own}", quoted(dialect, outer)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(dialect: Dialect, copy: bool, columns: &[(&str, SqlType)], cells: &[Option<&str>]) -> String {
        let table = TableName::new(if dialect == Dialect::Postgres { "public" } else { "" }, "a b");
        let columns = columns.iter().map(|(name, sql_type)| (*name, sql_type)).collect();
        let rows = FreshRows { dialect, copy, encoding: UTF_8, table: &table, columns, identity: false };
        let row: Vec<Option<String>> = cells.iter().map(|cell| cell.map(str::to_owned)).collect();
        let mut out = Vec::new();
        rows.write(&[row], &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn cells_are_written_as_the_database_s_own_tool_would() {
        let columns = [("n", SqlType::Integer { bits: 32 }), ("t", SqlType::TEXT), ("b", SqlType::Bytes)];
        let cells = [Some("7"), Some("it's\ta\\b"), Some("\\x00ff")];
        assert_eq!(
            written(Dialect::Postgres, true, &columns, &cells),
            "COPY \"public\".\"a b\" (\"n\", \"t\", \"b\") FROM stdin;\n7\tit's\\ta\\\\b\t\\\\x00ff\n\\.\n"
        );
        assert_eq!(
            written(Dialect::Postgres, false, &columns, &cells),
            "INSERT INTO \"public\".\"a b\" (\"n\", \"t\", \"b\") VALUES ('7','it''s\ta\\b','\\x00ff');\n"
        );
        assert_eq!(
            written(Dialect::MySql, true, &columns, &cells),
            "INSERT INTO `a b` (`n`, `t`, `b`) VALUES ('7','it\\'s\ta\\\\b',0x00FF);\n"
        );
        assert_eq!(
            written(Dialect::Sqlite, true, &columns, &cells),
            "INSERT INTO \"a b\" (\"n\", \"t\", \"b\") VALUES(7,'it''s\ta\\b',X'00ff');\n"
        );
        assert_eq!(
            written(Dialect::Sqlite, false, &columns[..1], &[None]),
            "INSERT INTO \"a b\" (\"n\") VALUES(NULL);\n"
        );
    }
}
