//! Plain-text dumps of PostgreSQL: `pg_dump`, `pg_dumpall`, `pg_restore -f -`.
//!
//! The reader splits bytes where psql would and never parses SQL; every statement is on an allow-list
//! ([`statements`]) or does not pass. Rows come as `COPY` text ([`copy`]) or as `INSERT` ([`insert`]).

mod archive;
mod clauses;
mod copy;
mod encoding;
mod insert;
mod lexer;
mod literal;
mod reader;
mod settings;
mod statements;
mod tail;
#[cfg(test)]
mod tests;
mod words;

use super::input::{FormatInfo, Identity};
use super::splice::{self, Style as _};
use super::{Block, Cells, Codec, Head, Reader, RowShape, Tail as _};
use crate::base::{Error, ErrorKind, Result};
use crate::table::{Cell, ColumnBuilder};

/// The format's entry in the list of formats.
pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "pg_dump",
    summary: "PostgreSQL dump in plain text: pg_dump, pg_dumpall, pg_restore -f -",
    identity: Identity::Bytes,
    refusal,
    sniff,
    open: |opened, options| Ok(Box::new(reader::PgReader::new(opened, options)) as Box<dyn Reader>),
};

/// The entry for archives, which the installed `pg_restore` turns into plain text.
pub(super) const ARCHIVE: FormatInfo = FormatInfo {
    name: "pg_archive",
    summary: "PostgreSQL dump in custom, directory or tar format, read through the installed pg_restore",
    identity: Identity::Converted,
    refusal,
    sniff: archive::sniff,
    open: |opened, options| {
        Ok(Box::new(reader::PgReader::new(archive::restore(opened)?, options)) as Box<dyn Reader>)
    },
};

/// What stands in place of a dump that could not be made. It is no statement of MySQL or SQLite either, and no Parquet
/// or Arrow file.
pub(super) fn refusal() -> Vec<u8> {
    tail::PgTail::default().bytes()
}

/// How the rows of a block are written; the meaning of [`Head::layout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// COPY text, lines end with `\n`.
    Copy,
    /// COPY text, lines end with `\r\n`.
    CopyCrlf,
    /// INSERT, a backslash is a backslash.
    Insert,
    /// INSERT with `standard_conforming_strings = off`.
    InsertOld,
}

impl Layout {
    fn of(head: &Head) -> Self {
        [Self::Copy, Self::CopyCrlf, Self::Insert, Self::InsertOld]
            .into_iter()
            .find(|layout| *layout as u8 == head.layout)
            .unwrap_or(Self::Copy)
    }
}

/// Both kinds of rows.
struct PgCodec;

impl Codec for PgCodec {
    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()> {
        let (columns, wanted) = (shape.columns.len(), &*shape.wanted);
        match Layout::of(&block.head) {
            Layout::Copy => copy::tokenize(block, false, columns, wanted, cells),
            Layout::CopyCrlf => copy::tokenize(block, true, columns, wanted, cells),
            Layout::Insert => insert::tokenize(block, true, columns, wanted, cells),
            Layout::InsertOld => insert::tokenize(block, false, columns, wanted, cells),
        }
    }

    fn count(&self, block: &Block) -> u64 {
        match Layout::of(&block.head) {
            Layout::Copy | Layout::CopyCrlf => copy::count(&block.bytes),
            Layout::Insert => insert::count(&block.bytes, true),
            Layout::InsertOld => insert::count(&block.bytes, false),
        }
    }

    fn check(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<u64> {
        let standard = match Layout::of(&block.head) {
            Layout::Copy | Layout::CopyCrlf => return Ok(self.count(block)),
            Layout::Insert => true,
            Layout::InsertOld => false,
        };
        insert::tokenize(block, standard, shape.columns.len(), &[], cells)?;
        Ok(cells.rows as u64)
    }

    fn splice(
        &self,
        block: &Block,
        cells: &Cells,
        built: &[Option<&ColumnBuilder>],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        match Layout::of(&block.head) {
            Layout::Copy | Layout::CopyCrlf => splice::splice(&copy::CopyStyle, block, cells, built, out),
            Layout::Insert => {
                splice::splice(&literal::InsertStyle { standard: true }, block, cells, built, out)
            }
            Layout::InsertOld => {
                splice::splice(&literal::InsertStyle { standard: false }, block, cells, built, out)
            }
        }
    }

    fn literal(&self, head: &Head, cell: Cell<'_>) -> Vec<u8> {
        match Layout::of(head) {
            Layout::Copy | Layout::CopyCrlf => splice::literal(&copy::CopyStyle, cell),
            Layout::Insert => splice::literal(&literal::InsertStyle { standard: true }, cell),
            Layout::InsertOld => splice::literal(&literal::InsertStyle { standard: false }, cell),
        }
    }
}

const ZERO_BYTE: ErrorKind = ErrorKind::Syntax("a new value holds a zero byte, which PostgreSQL text cannot");

/// An error at an offset in a block, and in a row of it if rows are counted.
fn place(kind: ErrorKind, block: &Block, row: Option<usize>, offset: usize) -> Error {
    let counted = matches!(Layout::of(&block.head), Layout::Copy | Layout::CopyCrlf);
    super::place(kind, block, row.filter(|_| counted), offset)
}

/// A new cell, as a line of a COPY holds it or as a literal.
pub(super) fn fresh_cell(value: Option<&[u8]>, copy: bool, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let patch = splice::Patch::default();
    match (value, copy) {
        (None, true) => copy::CopyStyle.null(patch, out),
        (None, false) => literal::InsertStyle { standard: true }.null(patch, out),
        (Some(value), true) => copy::CopyStyle.value(value, patch, out)?,
        (Some(value), false) => literal::InsertStyle { standard: true }.value(value, patch, out)?,
    }
    Ok(())
}

/// Whether an input's first bytes look like a dump: by its first comment, or by its first statement.
fn sniff(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let mut lexer = lexer::Lexer::new(text, true);
    while let Ok(Some(token)) = lexer.token() {
        if settings::landmark(&token).is_some() {
            return true;
        }
        let foreign = [&b"/*!"[..], b"/*M!", b"-- MySQL", b"-- MariaDB"];
        if token.kind == lexer::Kind::Comment && foreign.iter().any(|mark| token.bytes.starts_with(mark)) {
            return false;
        }
        if !token.is_trivia() {
            let statement = &text[token.start..];
            let end = lexer::statement_end(statement, true).ok().flatten().unwrap_or(statement.len());
            return statements::classify(&statement[..end], true) != statements::Action::Unknown;
        }
    }
    let rest = &text[lexer.at()..];
    [&b"\\restrict "[..], b"\\connect ", b"\\c "].iter().any(|command| rest.starts_with(command))
}
