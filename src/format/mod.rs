//! Dump formats: bytes to events and back.
//!
//! A [`Reader`] cuts the input into [`Event`]s without looking into rows. A [`Codec`] finds the cells of a block of
//! rows and splices new ones in; it has no state, so that any worker can do any block. Formats know nothing about
//! policies or operators.

mod bits;
mod buffer;
pub(crate) mod child;
#[cfg(feature = "parquet")]
pub(crate) mod columnar;
mod compression;
mod csv;
mod encoding;
mod fresh;
mod input;
mod jsonl;
mod literals;
mod mysqldump;
mod pg_dump;
mod splice;
pub(crate) mod sqlite_dump;
#[cfg(feature = "sqlite")]
mod sqlite_file;
mod statements;

use std::sync::{Arc, OnceLock};

use memchr::memchr_iter;

use crate::base::{Error, ErrorKind, Result};
use crate::table::{Cell, Column, ColumnBuilder, Session, Span, Table, TableName};

pub use compression::Compression;
pub use csv::{CsvOptions, Quote};
pub use fresh::{FreshRows, qualified, quoted};
#[cfg(feature = "sqlite")]
pub use sqlite_file::{count_foreign_key_violations, is_database};

#[cfg(feature = "parquet")]
pub use columnar::Batches;
pub use input::{FORMATS, FormatInfo, Identity, Input, is_folder_input, open, open_schema, refusal};

/// A piece of the input, in input order. Concatenating the bytes of all events gives the input back.
#[non_exhaustive]
#[allow(clippy::large_enum_variant, reason = "an event is some hundred KiB of rows")]
pub enum Event {
    /// Bytes that pass as they are: whole statements, comments, the lines around rows.
    Verbatim {
        /// The bytes.
        bytes: Vec<u8>,
        /// What changes for a [`Tail`] once these bytes are written.
        mark: Option<Mark>,
    },
    /// One DDL statement that passes as it is and that the schema should see.
    Ddl {
        /// The statement.
        bytes: Vec<u8>,
        /// Database, search path and encoding in force.
        session: Arc<Session>,
    },
    /// A table that an input without DDL holds, as far as its own words tell: names of columns, types where it has any.
    Table {
        /// Its name.
        name: TableName,
        /// Its columns.
        table: Table,
    },
    /// Rows of one table.
    Rows(Block),
    /// A statement that sets a sequence (`setval`, `ALTER SEQUENCE .. RESTART`).
    Sequence(SequenceValue),
    /// A statement that writes a large object or changes one. What becomes of it is the policy's decision.
    LargeObject(Vec<u8>),
    /// A statement that the format drops by default, and why; its bytes are not here.
    Dropped {
        /// The statement's class: `statistics`, `role`, `large object`, ...
        class: &'static str,
    },
}

/// Some hundred KiB of whole rows of one table.
pub struct Block {
    /// The table that the rows are of.
    pub head: Arc<Head>,
    /// The rows, as in the input.
    pub bytes: Vec<u8>,
    /// Where the block starts in the decompressed input.
    pub byte: u64,
    /// The line on which it starts, from 1.
    pub line: u64,
}

/// What a run of blocks has in common: the table, the columns that each row carries, and how rows are written.
#[derive(Debug)]
pub struct Head {
    /// Table, its schema resolved.
    pub table: TableName,
    /// Columns in the order of the cells; absent when the statement does not name them (then it is the table's own).
    pub columns: Option<Vec<String>>,
    /// How the rows are written; the format's own code.
    pub layout: u8,
    /// Encoding of text.
    pub encoding: &'static encoding_rs::Encoding,
}

/// What each row of a block carries, and which cells are looked at.
#[derive(Clone, Debug)]
pub struct RowShape {
    /// Names of the columns, in the order of the cells.
    pub columns: Vec<String>,
    /// Positions of the columns that are looked at, ascending.
    pub wanted: Vec<usize>,
    /// Positions of the columns whose values are bytes, in formats whose literals do not tell bytes from text. Their
    /// values are read as PostgreSQL writes them: `\x` and hexadecimal digits.
    pub binary: Vec<usize>,
    /// The level of each column, where cells may lie in arrays; else empty. 0 has a cell in each row.
    pub(crate) levels: Vec<u32>,
    /// Columns that may be objects or arrays, as one value each; may be shorter than the columns.
    pub(crate) whole: Vec<bool>,
    /// The columns as a tree of paths, made by the format that needs it.
    paths: OnceLock<Arc<jsonl::Paths>>,
}

/// The level of each column by its path: columns whose paths are the same up to their last `[]` have a cell for each
/// element of that array. Levels count from 1 in the order of the columns.
pub(crate) fn levels(columns: &[&str]) -> Vec<u32> {
    let mut arrays: Vec<&str> = Vec::new();
    let mut levels = Vec::with_capacity(columns.len());
    for path in columns {
        let Some(end) = path.rfind("[]") else {
            levels.push(0);
            continue;
        };
        let array = &path[..end + 2];
        if !arrays.contains(&array) {
            arrays.push(array);
        }
        levels.push(arrays.iter().position(|known| *known == array).map_or(0, |index| index as u32 + 1));
    }
    levels
}

impl RowShape {
    /// Rows of these columns, of which those at `wanted` (ascending) are looked at.
    pub fn new(columns: Vec<String>, wanted: Vec<usize>) -> Self {
        Self {
            columns,
            wanted,
            binary: Vec::new(),
            levels: Vec::new(),
            whole: Vec::new(),
            paths: OnceLock::new(),
        }
    }

    /// Rows in which these columns are paths, and may lie in arrays. `whole` says of each whether it may be an object or
    /// array, as one value.
    pub fn nested(columns: Vec<String>, wanted: Vec<usize>, whole: Vec<bool>) -> Self {
        let names: Vec<&str> = columns.iter().map(String::as_str).collect();
        Self { levels: levels(&names), whole, ..Self::new(columns, wanted) }
    }

    /// Rows of so many columns whose names nobody knows.
    pub fn unnamed(columns: usize, wanted: &[usize]) -> Self {
        Self::new(vec![String::new(); columns], wanted.to_vec())
    }
}

/// A sequence, or the counter of a table, and the value that a statement gives it.
pub struct SequenceValue {
    /// The statement.
    pub bytes: Vec<u8>,
    /// The sequence, or for `ALTER TABLE .. ALTER COLUMN .. RESTART` the table.
    pub sequence: TableName,
    /// The column, when `sequence` names a table.
    pub column: Option<String>,
    /// The value.
    pub value: i64,
    /// Where its digits stand in `bytes`.
    pub digits: std::ops::Range<usize>,
    /// The session, where the statement is also DDL that the schema should see first (`CREATE TABLE ..
    /// AUTO_INCREMENT=n`).
    pub ddl: Option<Arc<Session>>,
}

/// How an input is read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct ReaderOptions {
    /// Bytes of rows in a block, about; a single longer row makes a longer block.
    pub block_size: usize,
    /// Whether the dump tool's completion mark must be there.
    pub trailer: bool,
    /// Whether a statement that is not on the list is dropped and counted, instead of ending the run.
    pub drop_unparsed: bool,
    /// The format's name in [`FORMATS`], when it is not to be found out from the first bytes.
    pub format: Option<&'static str>,
    /// The table whose rows a file without table names holds; else it is called like the file.
    pub table: Option<TableName>,
    /// How CSV files are written, as far as it is known.
    pub csv: CsvOptions,
    /// Whether an input that does not declare its columns is looked through for them, and says at its end what they are.
    pub describe: bool,
}

impl Default for ReaderOptions {
    fn default() -> Self {
        Self {
            block_size: 128 * 1024,
            trailer: true,
            drop_unparsed: false,
            format: None,
            table: None,
            csv: CsvOptions::default(),
            describe: false,
        }
    }
}

/// Cuts one input into events.
pub trait Reader: Send {
    /// The next event, or `None` after the format's own end mark. `spare` is a buffer whose memory may be used; what it
    /// holds is of no matter and need not be cleared before it is written over.
    ///
    /// # Errors
    /// Input that cannot be read, that is cut short, or that holds a statement which is not on the format's list.
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>>;

    /// The codec of this input's blocks.
    fn codec(&self) -> Arc<dyn Codec>;

    /// A fresh observer of what is written, for the writer: it makes the bytes that end a failed run.
    fn tail(&self) -> Box<dyn Tail>;

    /// The record batches of an input that has them in place of rows, for whoever writes. The blocks of such a reader are
    /// for looking at only; when its batches are taken it has none.
    #[cfg(feature = "parquet")]
    fn batches(&mut self) -> Option<Batches> {
        None
    }
}

/// What the bytes of an event mean to whoever must end the output early.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mark {
    /// Rows follow, up to [`Mark::RowsEnd`]; the output is inside a COPY.
    RowsBegin,
    /// The rows have ended.
    RowsEnd,
    /// psql runs no meta-command until it is told this token again.
    Restrict(String),
    /// The token was told.
    Unrestrict,
    /// Statements end with this from here on, for the clients of MySQL.
    Delimiter(String),
}

/// Knows how to end an output early so that its restore fails. It sees the marks of the events that were written, so
/// that it stands where the output stands and not where the reader is.
pub trait Tail: Send {
    /// An event with this mark was written.
    fn observe(&mut self, mark: &Mark);

    /// What a failed run writes last, after whole events only.
    fn bytes(&self) -> Vec<u8>;
}

/// Most bytes in a statement. A block must be shorter, so that spans can tell its cells from decoded ones.
const MAX_BLOCK: usize = 1 << 30;

/// An error at an offset in a block, and in a row of it, counted from its first, if rows are counted.
fn place(kind: ErrorKind, block: &Block, row: Option<usize>, offset: usize) -> Error {
    let before = &block.bytes[..offset.min(block.bytes.len())];
    let error = Error::new(kind)
        .in_table(block.head.table.to_string())
        .at_line(block.line + memchr_iter(b'\n', before).count() as u64)
        .at_byte(block.byte + before.len() as u64);
    match row {
        Some(row) => error.at_row(row as u64 + 1),
        None => error,
    }
}

/// Finds the cells of a block, and puts new ones in. Without state; shared by all workers.
pub trait Codec: Send + Sync {
    /// Finds the cells of the columns that `shape` wants and decodes their values.
    ///
    /// # Errors
    /// A row with another number of cells, a bad escape, text that is not valid in its encoding. The position holds
    /// row, line and byte.
    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()>;

    /// Whether columns are paths into nested data; then [`RowShape::nested`] says what a row carries.
    fn is_nested(&self) -> bool {
        false
    }

    /// Counts the rows of a block and checks nothing else.
    fn count(&self, block: &Block) -> u64;

    /// Counts the rows of a block that passes as it is. Where rows and statements could be mixed up (`INSERT`), every
    /// row is read; in a form that holds nothing but rows (`COPY`) a row that is wrong fails in the database.
    ///
    /// # Errors
    /// As [`Codec::tokenize`].
    fn check(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<u64>;

    /// Writes the block with new cells, over whatever `out` holds. `built[i]` is the new column for the `i`-th wanted
    /// column, or `None` where that column was only looked at.
    ///
    /// # Errors
    /// A new value that the encoding cannot express.
    fn splice(
        &self,
        block: &Block,
        cells: &Cells,
        built: &[Option<&ColumnBuilder>],
        out: &mut Vec<u8>,
    ) -> Result<()>;

    /// A cell as this format writes it; for previews and reports.
    fn literal(&self, head: &Head, cell: Cell<'_>) -> Vec<u8>;

    /// Whether tables are declared between the rows of others, so that a plan from the stream must grow with it.
    fn declares_between_rows(&self) -> bool {
        false
    }

    /// Whether rows without a list of columns have no cells for generated columns.
    fn omits_generated(&self) -> bool {
        false
    }

    /// Whether a listed name that is no column of the table means the row's own number, which every row has and which
    /// passes as it is.
    fn is_row_number(&self, _column: &str) -> bool {
        false
    }
}

/// The cells of one block, column by column; recycled from block to block.
#[derive(Default)]
pub struct Cells {
    /// Rows in the block.
    pub rows: usize,
    /// One entry for each wanted column.
    pub columns: Vec<CellColumn>,
    /// Whether the codec has seen to it that all values are UTF-8.
    pub text: bool,
    /// Values that are not in the block as they are (escapes taken out, quotes undoubled, transcoded to UTF-8).
    pub decoded: Vec<u8>,
    /// For each level of cells in arrays, from 1: the row of each of its entries.
    pub(crate) rows_of: Vec<Vec<u32>>,
    /// Room for a tokenizer to work in.
    pub(crate) scratch: Vec<u32>,
    /// More of it: rows whose cell needs a second look.
    pub(crate) special: Vec<u32>,
}

/// The cells of one wanted column.
#[derive(Default)]
pub struct CellColumn {
    /// The bytes that a new value replaces: quotes and all, unless the style says otherwise.
    pub raw: Vec<Span>,
    /// The value.
    pub values: Vec<Span>,
    /// How the cell was written, where that matters for writing it again; the format's own code. May be empty.
    pub styles: Vec<u8>,
}

impl Cells {
    /// Forgets all cells, keeps the memory, and makes room for `wanted` columns.
    pub fn clear(&mut self, wanted: usize) {
        self.rows = 0;
        self.text = false;
        self.decoded.clear();
        self.rows_of.clear();
        self.columns.resize_with(wanted, CellColumn::default);
        for column in &mut self.columns {
            column.raw.clear();
            column.values.clear();
            column.styles.clear();
        }
    }

    /// The values of the `index`-th wanted column.
    pub fn column<'a>(&'a self, block: &'a Block, index: usize) -> Column<'a> {
        Column::new(&block.bytes, &self.decoded, &self.columns[index].values).known_as_text(self.text)
    }
}
