//! What a table of a database looks like, and its rows as statements.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};

use super::failed;
use crate::base::{Error, ErrorKind, Result};

/// A table, and how its rows are read and written.
pub(super) struct TableShape {
    /// Its name.
    pub(super) name: String,
    /// The cells of a row: the row's number first, where it has one that no column shows.
    pub(super) columns: Vec<String>,
    /// The query that reads them.
    pub(super) query: String,
    /// `INSERT INTO .. VALUES(`.
    insert: String,
    /// Whether the bytes of a text are those that SQLite stores.
    utf8: bool,
}

impl TableShape {
    /// Looks at a table.
    ///
    /// # Errors
    /// A virtual table: its data lies in tables of its module, in forms that only the module knows.
    pub(super) fn read(connection: &Connection, name: &[u8], utf8: bool) -> Result<Self> {
        let name = String::from_utf8(name.to_vec()).map_err(|_| Error::new(ErrorKind::Encoding("UTF-8")))?;
        Self::look(connection, &name, utf8).map_err(|error| failed(&error))?.ok_or_else(|| {
            Error::new(ErrorKind::Syntax(
                "the database has a virtual table, whose data lies in tables of its module in forms that cannot be \
                 masked: drop it from a copy of the database and make it anew after masking, or mask the .dump, whose \
                 policy can drop the module's tables",
            ))
            .in_table(name)
        })
    }

    fn look(connection: &Connection, name: &str, utf8: bool) -> rusqlite::Result<Option<Self>> {
        let (class, without_rowid): (String, bool) = connection.query_row(
            "SELECT type, wr FROM pragma_table_list WHERE schema = 'main' AND name = ?1",
            [name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
        if class != "table" {
            return Ok(None);
        }
        let mut query =
            connection.prepare("SELECT name, type, pk, hidden FROM pragma_table_xinfo(?1) ORDER BY cid")?;
        let found: Vec<(String, String, u32, u32)> = query
            .query_map([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
            .collect::<rusqlite::Result<_>>()?;
        let keys: Vec<_> = found.iter().filter(|(_, _, key, _)| *key > 0).collect();
        let key_index: u32 = connection.query_row(
            "SELECT count(*) FROM pragma_index_list(?1) WHERE origin = 'pk'",
            [name],
            |row| row.get(0),
        )?;
        // A key that is the row's number has no index.
        let shown =
            matches!(&keys[..], [(_, class, ..)] if class.eq_ignore_ascii_case("INTEGER")) && key_index == 0;
        let free = |alias: &&str| !found.iter().any(|(column, ..)| column.eq_ignore_ascii_case(alias));
        let number = ["rowid", "_rowid_", "oid"].into_iter().find(free).filter(|_| !without_rowid && !shown);
        // Of generated columns nothing is written.
        let own: Vec<&String> =
            found.iter().filter(|(.., hidden)| *hidden == 0).map(|(name, ..)| name).collect();
        let columns: Vec<String> =
            number.into_iter().map(str::to_owned).chain(own.iter().copied().cloned()).collect();
        let written: Vec<String> =
            number.into_iter().map(str::to_owned).chain(own.iter().map(|name| quoted(name))).collect();
        let list = written.join(",");
        Ok(Some(Self {
            // An index may hold all columns in another order.
            query: format!("SELECT {list} FROM main.{} NOT INDEXED", quoted(name)),
            insert: format!("INSERT INTO {}({list}) VALUES(", quoted(name)),
            name: name.to_owned(),
            columns,
            utf8,
        }))
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Appends a row as a statement.
pub(super) fn write_row(shape: &TableShape, row: &Row<'_>, out: &mut Vec<u8>) -> Result<()> {
    out.extend_from_slice(shape.insert.as_bytes());
    for index in 0..shape.columns.len() {
        if index > 0 {
            out.push(b',');
        }
        match row.get_ref(index).map_err(|error| failed(&error))? {
            ValueRef::Null => out.extend_from_slice(b"NULL"),
            ValueRef::Integer(number) => out.extend_from_slice(number.to_string().as_bytes()),
            ValueRef::Real(number) if number.is_infinite() => {
                out.extend_from_slice(if number > 0.0 { b"9.0e+999" } else { b"-9.0e+999" });
            }
            ValueRef::Real(number) => out.extend_from_slice(format!("{number:?}").as_bytes()),
            ValueRef::Text(text) => write_text(shape, text, out)?,
            ValueRef::Blob(bytes) => {
                out.extend_from_slice(b"X'");
                write_hex(bytes, out);
                out.push(b'\'');
            }
        }
    }
    out.extend_from_slice(b");\n");
    Ok(())
}

fn write_text(shape: &TableShape, text: &[u8], out: &mut Vec<u8>) -> Result<()> {
    if memchr::memchr(0, text).is_none() && std::str::from_utf8(text).is_ok() {
        out.push(b'\'');
        let mut rest = text;
        while let Some(at) = memchr::memchr(b'\'', rest) {
            out.extend_from_slice(&rest[..=at]);
            out.push(b'\'');
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        out.push(b'\'');
        return Ok(());
    }
    if !shape.utf8 {
        return Err(ErrorKind::Syntax("text with a zero byte in a database whose text is UTF-16").into());
    }
    out.extend_from_slice(b"CAST(X'");
    write_hex(text, out);
    out.extend_from_slice(b"' AS TEXT)");
    Ok(())
}

fn write_hex(bytes: &[u8], out: &mut Vec<u8>) {
    data_encoding::HEXLOWER.encode_write(bytes, &mut HexSink(out)).unwrap_or_default();
}

/// A buffer that takes text.
struct HexSink<'a>(&'a mut Vec<u8>);

impl std::fmt::Write for HexSink<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.extend_from_slice(text.as_bytes());
        Ok(())
    }
}
