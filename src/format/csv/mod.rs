//! CSV and TSV: rows of cells between delimiters, quoted or not (RFC 4180 and what is written under that name).
//!
//! The delimiter is found out from the first rows or given. Cells stay written as they were, and new ones are quoted
//! where the old one was or where the value needs it. A quote that is not where it can be, and a row with another number
//! of cells, is an error: nobody knows then which cell is which.
//!
//! An unquoted empty cell is NULL, a quoted one the empty text, as PostgreSQL's COPY has it.

mod bits;
mod cells;
mod dialect;
mod options;
mod reader;
mod record;
mod style;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use super::input::{FormatInfo, Identity, Opened};
use super::{Block, Cells, Codec, Head, Mark, Reader, ReaderOptions, RowShape, Tail, splice};
use crate::base::Result;
use crate::table::{Cell, ColumnBuilder};
use dialect::{Dialect, Sample};
use style::CsvStyle;

pub use options::{CsvOptions, Quote};

/// The format's entry in the list of formats.
pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "csv",
    summary: "CSV: one table, cells between commas, semicolons, tabs or bars",
    identity: Identity::Bytes,
    refusal: || CsvTail { quote: None }.bytes(),
    sniff,
    open: |opened, options| open(opened, options),
};

/// The entry for files whose delimiter is the tab.
pub(super) const TSV: FormatInfo = FormatInfo {
    name: "tsv",
    summary: "TSV: CSV with tabs between cells",
    identity: Identity::Bytes,
    refusal: || CsvTail { quote: None }.bytes(),
    // Found out as CSV, whose dialect is found out too.
    sniff: |_| false,
    open: |opened, options| {
        let mut options = options.clone();
        options.csv.delimiter = Some(b'\t');
        open(opened, &options)
    },
};

fn open(opened: Opened, options: &ReaderOptions) -> Result<Box<dyn Reader>> {
    Ok(Box::new(reader::CsvReader::new(opened, options)?))
}

/// Whether these are rows of several cells, equally many, under a header.
fn sniff(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    let whole = start.len() + 3 < super::input::SNIFFED;
    let dialect = Dialect::of(start, whole, &CsvOptions::default());
    !start.contains(&0) && Sample::of(start, whole, &dialect).is_table(start)
}

/// The cells of one dialect.
struct CsvCodec {
    dialect: Arc<Dialect>,
}

impl Codec for CsvCodec {
    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()> {
        cells::tokenize(block, &self.dialect, shape.columns.len(), &shape.wanted, cells)
    }

    fn count(&self, block: &Block) -> u64 {
        cells::count(&block.bytes, &self.dialect)
    }

    /// No database looks at the rows later: a cell too many would be one that nobody has classified.
    fn check(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<u64> {
        cells::tokenize(block, &self.dialect, shape.columns.len(), &[], cells)?;
        Ok(cells.rows as u64)
    }

    fn splice(
        &self,
        block: &Block,
        cells: &Cells,
        built: &[Option<&ColumnBuilder>],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        splice::splice(&CsvStyle(&self.dialect), block, cells, built, out)
    }

    fn literal(&self, _: &Head, cell: Cell<'_>) -> Vec<u8> {
        splice::literal(&CsvStyle(&self.dialect), cell)
    }
}

/// Ends the output with a quoted cell that nobody closes, in a row of its own.
struct CsvTail {
    quote: Option<u8>,
}

impl Tail for CsvTail {
    fn observe(&mut self, _: &Mark) {}

    fn bytes(&self) -> Vec<u8> {
        let quote = char::from(self.quote.unwrap_or(b'"'));
        format!("\n{quote}scrub: run failed, output incomplete").into_bytes()
    }
}
