//! Dumps of SQLite: what `sqlite3 FILE .dump` writes, with all its options.
//!
//! The reader splits bytes where SQLite would and never parses SQL; every statement is on an allow-list ([`statements`])
//! or does not pass. Rows come as `INSERT` ([`insert`]).

mod insert;
mod literal;
mod reader;
#[cfg(feature = "sqlite")]
pub(crate) mod replay;
mod scan;
mod statements;
mod tail;
#[cfg(test)]
mod tests;
mod text_call;

use super::input::{FormatInfo, Identity};
use super::splice::{self, Style as _};
use super::{Block, Cells, Codec, Head, Reader, RowShape};
use crate::base::{ErrorKind, Result};
use crate::table::sqlite::{Kind, Lexer, Words, statement_end};
use crate::table::{Cell, ColumnBuilder, SqlType};

/// The format's entry in the list of formats.
pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "sqlite_dump",
    summary: "SQLite dump: sqlite3 FILE .dump",
    identity: Identity::Bytes,
    refusal: super::pg_dump::refusal,
    sniff,
    open: |opened, options| Ok(Box::new(reader::SqliteReader::new(opened, options)) as Box<dyn Reader>),
};

/// Rows of INSERTs.
pub(super) struct SqliteCodec;

#[cfg(feature = "sqlite")]
pub(super) use reader::session;
#[cfg(feature = "sqlite")]
pub(super) use tail::SqliteTail;

impl Codec for SqliteCodec {
    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()> {
        insert::tokenize(block, shape.columns.len(), &shape.wanted, cells)
    }

    fn count(&self, block: &Block) -> u64 {
        insert::count(block)
    }

    fn check(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<u64> {
        insert::tokenize(block, shape.columns.len(), &[], cells)?;
        Ok(cells.rows as u64)
    }

    fn splice(
        &self,
        block: &Block,
        cells: &Cells,
        built: &[Option<&ColumnBuilder>],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        splice::splice(&literal::LiteralStyle, block, cells, built, out)
    }

    fn literal(&self, _: &Head, cell: Cell<'_>) -> Vec<u8> {
        splice::literal(&literal::LiteralStyle, cell)
    }

    fn declares_between_rows(&self) -> bool {
        true
    }

    /// `INSERT` without a list of columns has no values for generated ones.
    fn omits_generated(&self) -> bool {
        true
    }

    /// `--preserve-rowids` writes the number of a row that has no name in its table.
    fn is_row_number(&self, column: &str) -> bool {
        is_row_id(column.as_bytes())
    }
}

/// A new cell as a literal: numbers bare but in columns of text.
pub(super) fn fresh_cell(
    value: Option<&[u8]>,
    sql_type: &SqlType,
    out: &mut Vec<u8>,
) -> Result<(), ErrorKind> {
    let style = match value {
        Some(value) if value.starts_with(b"\\x") && sql_type.is_bytes() => literal::BLOB,
        _ if sql_type.is_text() => literal::TEXT,
        _ => literal::NUMBER,
    };
    let patch = splice::Patch { style, clean: false };
    match value {
        Some(value) => literal::LiteralStyle.value(value, patch, out),
        None => {
            literal::LiteralStyle.null(patch, out);
            Ok(())
        }
    }
}

/// Whether this is one of the names under which SQLite gives a row's number.
fn is_row_id(name: &[u8]) -> bool {
    [&b"rowid"[..], b"_rowid_", b"oid"].iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Whether an input's first bytes look like a dump: by its first statement. What PostgreSQL's and MySQL's tools write
/// begins with a comment that names them.
fn sniff(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let mut lexer = Lexer::new(text);
    while let Ok(Some(token)) = lexer.token() {
        let foreign = [&b"-- PostgreSQL"[..], b"-- MySQL", b"-- MariaDB", b"/*!", b"/*M!"];
        if token.kind == Kind::Comment && foreign.iter().any(|mark| token.bytes.starts_with(mark)) {
            return false;
        }
        if token.is_trivia() {
            continue;
        }
        let statement = &text[token.start..];
        let mut words = Words::new(statement);
        if words.word("PRAGMA") {
            return true;
        }
        if words.words("BEGIN TRANSACTION") {
            return words.end() || words.peek().is_some();
        }
        // The shell is the only one that writes no blank before the values.
        if let Some(head) = insert::head(statement) {
            return statement.get(head.len) == Some(&b'(');
        }
        // A name in brackets, or a word that only SQLite has.
        let end = statement_end(statement).ok().flatten().unwrap_or(statement.len());
        let mut words = Words::new(&statement[..end]);
        let mut sqlite = false;
        if words.word("CREATE") {
            while let Some(token) = words.take() {
                sqlite |= token.is_word("AUTOINCREMENT") || token.is_word("STRICT") || token.is_word("ROWID");
                sqlite |= token.kind == Kind::Name && matches!(token.bytes[0], b'[');
            }
        }
        return sqlite;
    }
    false
}
