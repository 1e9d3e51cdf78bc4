//! Dumps of MySQL and MariaDB: `mysqldump`, `mariadb-dump`.
//!
//! The reader splits bytes where the client would and never parses SQL; every statement is on an allow-list
//! ([`statements`]) or does not pass. Rows come as `INSERT` or `REPLACE`, many in one statement ([`insert`], [`rows`]).

mod charset;
mod clauses;
mod insert;
mod landmark;
mod lexer;
mod literal;
mod reader;
mod rows;
mod scan;
mod settings;
mod statements;
pub(super) mod tab;
mod tail;
#[cfg(test)]
mod tests;
mod words;
mod write;

use self::lexer::Mode;
use super::input::{FormatInfo, Identity};
use super::{Block, Cells, Codec, Head, Reader, RowShape};
use crate::base::Result;
use crate::table::{Cell, ColumnBuilder};

/// The format's entry in the list of formats.
pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "mysqldump",
    summary: "MySQL or MariaDB dump: mysqldump, mariadb-dump",
    identity: Identity::Bytes,
    refusal: super::pg_dump::refusal,
    sniff,
    open: |opened, options| Ok(Box::new(reader::MySqlReader::new(opened, options)) as Box<dyn Reader>),
};

/// How the rows of a block are written; the meaning of [`Head::layout`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// A backslash escapes.
    Plain,
    /// `NO_BACKSLASH_ESCAPES`.
    Verbatim,
    /// `ANSI_QUOTES`.
    Ansi,
    /// Both.
    AnsiVerbatim,
}

impl Layout {
    fn of_mode(mode: Mode) -> Self {
        match (mode.ansi, mode.escapes) {
            (false, true) => Self::Plain,
            (false, false) => Self::Verbatim,
            (true, true) => Self::Ansi,
            (true, false) => Self::AnsiVerbatim,
        }
    }

    fn mode(head: &Head) -> Mode {
        let modes = [(false, true), (false, false), (true, true), (true, false)];
        let mut modes = modes.into_iter().map(|(ansi, escapes)| Mode { ansi, escapes });
        modes.find(|mode| Self::of_mode(*mode) as u8 == head.layout).unwrap_or_default()
    }
}

/// Rows of `INSERT`.
struct MySqlCodec;

impl Codec for MySqlCodec {
    fn declares_between_rows(&self) -> bool {
        true
    }

    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()> {
        rows::tokenize(block, Layout::mode(&block.head), shape, cells)
    }

    fn count(&self, block: &Block) -> u64 {
        rows::count(block, Layout::mode(&block.head))
    }

    fn check(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<u64> {
        rows::check(block, Layout::mode(&block.head), shape.columns.len(), cells)
    }

    fn splice(
        &self,
        block: &Block,
        cells: &Cells,
        built: &[Option<&ColumnBuilder>],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        write::splice(block, Layout::mode(&block.head), cells, built, out)
    }

    fn literal(&self, head: &Head, cell: Cell<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        match cell {
            Cell::Value(value) => literal::write(value, literal::TEXT, false, Layout::mode(head), &mut out),
            Cell::Null => literal::write_null(&mut out),
            Cell::Kept => {}
        }
        out
    }
}

/// A new cell as a literal, where a backslash escapes.
pub(super) fn fresh_cell(value: Option<&[u8]>, bytes: bool, out: &mut Vec<u8>) {
    let Some(value) = value else { return literal::write_null(out) };
    let style = match literal::bytes_of(value) {
        Some(_) if bytes => literal::HEX,
        None if bytes && value.iter().all(|digit| matches!(digit, b'0' | b'1')) => literal::BITS,
        _ => literal::TEXT,
    };
    literal::write(value, style, false, Mode::default(), out);
}

/// Whether an input's first bytes look like a dump: by its first comment, or by a first statement that only these tools
/// write.
fn sniff(start: &[u8]) -> bool {
    let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let mut lexer = lexer::Lexer::new(text, Mode::default(), b";");
    while let Ok(Some(token)) = lexer.token() {
        match token.kind {
            lexer::Kind::Comment => {
                let sandbox =
                    [&b"/*!999999"[..], b"/*M!999999"].iter().any(|mark| token.bytes.starts_with(mark));
                if sandbox
                    || token.bytes.starts_with(b"-- phpMyAdmin SQL Dump")
                    || landmark::of(token.bytes).is_some()
                {
                    return true;
                }
                if [&b"-- PostgreSQL"[..], b"-- SQLite"].iter().any(|mark| token.bytes.starts_with(mark)) {
                    return false;
                }
            }
            lexer::Kind::Space => {}
            lexer::Kind::VersionOpen => return true,
            _ => return is_ours(&text[token.start..]),
        }
    }
    false
}

/// Whether a first statement is one of MySQL's and of nobody else: its names are in backquotes, or its words are its own.
fn is_ours(statement: &[u8]) -> bool {
    let mut words = words::Words::new(statement, Mode::default(), b";");
    if words.word("USE") || words.words("LOCK TABLES") {
        return true;
    }
    let mut words = words::Words::new(statement, Mode::default(), b";");
    let mut seen = 0;
    while let Some(token) = words.take()
        && seen < 8
    {
        if token.kind == lexer::Kind::Identifier {
            return token.bytes.starts_with(b"`");
        }
        if token.kind != lexer::Kind::Word {
            return false;
        }
        seen += 1;
    }
    false
}
