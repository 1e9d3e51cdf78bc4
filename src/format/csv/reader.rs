//! Reads CSV: the dialect, the header, then blocks of whole rows.

use std::sync::Arc;

use encoding_rs::{Encoding, UTF_8};

use super::dialect::Dialect;
use super::record::{Broken, OPEN_QUOTE, Record, record};
use super::{CsvCodec, CsvTail, bits};
use crate::base::{Error, ErrorKind, Result};
use crate::format::buffer::{Buffer, Found};
use crate::format::input::{Opened, SNIFFED, table_of_file};
use crate::format::{Block, Codec, Event, Head, Reader, ReaderOptions, Tail};
use crate::table::{ColumnDef, SqlType, Table};

const BOM: &[u8] = b"\xef\xbb\xbf";
/// Blank lines that may come before one knows whether they are the last; more are no CSV.
const MOST_BLANK: usize = 1 << 20;

/// One file.
pub(super) struct CsvReader {
    buffer: Buffer,
    dialect: Arc<Dialect>,
    head: Arc<Head>,
    /// Byte order mark and header, until they are passed on.
    front: Option<Vec<u8>>,
    /// What the header says, until it is passed on.
    table: Option<Table>,
    schema_only: bool,
    /// Blank lines that came last.
    blank: Vec<u8>,
    /// Whether all has been read.
    done: bool,
}

impl CsvReader {
    /// Finds out the dialect and reads the header.
    ///
    /// # Errors
    /// A file in UTF-16, without a name for its table, whose header cannot be read.
    pub(super) fn new(opened: Opened, options: &ReaderOptions) -> Result<Self> {
        options.csv.sound().map_err(|why| Error::new(ErrorKind::Usage(why.into())))?;
        let name = match &options.table {
            Some(table) => table.clone(),
            None => table_of_file(&opened.name)?,
        };
        let mut buffer = Buffer::new(opened.stream, options.block_size);
        while buffer.view().len() < SNIFFED + BOM.len() && buffer.fill()? {}
        refuse_utf16(buffer.view())?;
        let mark = if buffer.view().starts_with(BOM) { BOM.len() } else { 0 };
        let start = &buffer.view()[mark..];
        let start = &start[..start.len().min(SNIFFED)];
        let dialect = Dialect::of(start, start.len() < SNIFFED, &options.csv);
        let encoding = options.csv.encoding.unwrap_or(UTF_8);
        let (front, columns) = if options.csv.header == Some(false) {
            (mark, options.csv.columns.clone())
        } else {
            let (len, columns) = header(&mut buffer, mark, &dialect, encoding, options)
                .map_err(|error| error.in_table(name.to_string()).at_line(1))?;
            (mark + len, Some(columns))
        };
        if columns.is_none() && opened.schema_only {
            return Err(Error::new(ErrorKind::Usage(
                "without a header, and without a lock or --schema, the policy must name the columns: \
                 [source.csv] columns = [..]"
                    .into(),
            ))
            .in_table(name.to_string()));
        }
        let table = columns.as_ref().map(|columns| {
            let columns = columns.iter().map(|name| ColumnDef::new(name, SqlType::TEXT));
            Table { columns: columns.collect(), ..Table::default() }
        });
        let head = Arc::new(Head { table: name, columns, layout: 0, encoding });
        Ok(Self {
            front: (front > 0).then(|| buffer.take(front)),
            buffer,
            dialect: Arc::new(dialect),
            head,
            table,
            schema_only: opened.schema_only,
            blank: Vec::new(),
            done: false,
        })
    }

    /// The next rows, with the blank lines that came before them.
    fn rows(&mut self, mut spare: Vec<u8>) -> Result<Option<Block>> {
        let quote = self.dialect.quote;
        loop {
            let blanks = self.blank.iter().filter(|byte| **byte == b'\n').count() as u64;
            let (line, byte) = (self.buffer.line - blanks, self.buffer.byte - self.blank.len() as u64);
            let (dialect, head) = (&self.dialect, &self.head);
            let mut look = |bytes: &[u8]| {
                let found = bits::rows(bytes, quote);
                if found.end == 0 {
                    // Before more is read to find a closing quote: is the row sound so far?
                    if let Err(Broken { at, why }) = record(bytes, dialect) {
                        let before = bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u64;
                        return Err(Error::new(ErrorKind::Syntax(why))
                            .in_table(head.table.to_string())
                            .at_line(line + blanks + before));
                    }
                    return Ok(Found::Nothing);
                }
                Ok(Found::Rows { end: found.end, lines: found.lines })
            };
            let Some(lines) = self.buffer.rows_to_the_end(spare, &mut look)? else { return Ok(None) };
            let mut bytes = lines.bytes;
            if self.buffer.ended()
                && self.buffer.view().is_empty()
                && bits::rows(&bytes, quote).end < bytes.len()
            {
                self.whole_end(&bytes, line + blanks)?;
            }
            let kept = bytes.len() - if self.is_wide() { blank_end(&bytes) } else { 0 };
            let rest = bytes.split_off(kept);
            if !bytes.is_empty() {
                if !self.blank.is_empty() {
                    bytes.splice(..0, std::mem::take(&mut self.blank));
                }
                self.blank = rest;
                return Ok(Some(Block { head: Arc::clone(&self.head), bytes, byte, line }));
            }
            self.blank.extend_from_slice(&rest);
            if self.blank.len() > MOST_BLANK {
                return Err(Error::new(ErrorKind::Syntax("the file goes on with blank lines")).at_line(line));
            }
            spare = bytes;
        }
    }

    /// Whether the last row, which has no line end, is whole.
    fn whole_end(&self, bytes: &[u8], line: u64) -> Result<()> {
        let start = bits::rows(bytes, self.dialect.quote).end;
        if matches!(record(&bytes[start..], &self.dialect), Ok(None)) {
            let before = bytes[..start].iter().filter(|byte| **byte == b'\n').count() as u64;
            return Err(Error::new(ErrorKind::Truncated(OPEN_QUOTE))
                .in_table(self.head.table.to_string())
                .at_line(line + before));
        }
        Ok(())
    }

    /// Whether a row has several cells, so that a blank line is none.
    fn is_wide(&self) -> bool {
        self.head.columns.as_ref().is_some_and(|columns| columns.len() > 1)
    }
}

impl CsvReader {
    fn event(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        if let Some(table) = self.table.take() {
            return Ok(Some(Event::Table { name: self.head.table.clone(), table }));
        }
        if self.schema_only || self.done {
            return Ok(None);
        }
        if let Some(bytes) = self.front.take() {
            return Ok(Some(Event::Verbatim { bytes, mark: None }));
        }
        if let Some(block) = self.rows(spare)? {
            return Ok(Some(Event::Rows(block)));
        }
        self.done = true;
        let blank = std::mem::take(&mut self.blank);
        Ok((!blank.is_empty()).then_some(Event::Verbatim { bytes: blank, mark: None }))
    }
}

impl Reader for CsvReader {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        self.event(spare)
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(CsvCodec { dialect: Arc::clone(&self.dialect) })
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(CsvTail { quote: self.dialect.quote })
    }
}

/// The header's length behind the byte order mark, and the columns that it names.
fn header(
    buffer: &mut Buffer,
    mark: usize,
    dialect: &Dialect,
    encoding: &'static Encoding,
    options: &ReaderOptions,
) -> Result<(usize, Vec<String>)> {
    loop {
        let bytes = &buffer.view()[mark..];
        let read: Option<Record> =
            record(bytes, dialect).map_err(|Broken { why, .. }| Error::from(ErrorKind::Syntax(why)))?;
        match read {
            Some(read) if read.ended || buffer.ended() => {
                let names = read.names(bytes, encoding, options.csv.header)?;
                return Ok((read.len, names));
            }
            _ if bytes.len() > LONGEST_HEADER => {
                return Err(ErrorKind::Syntax("the first row is too long to name columns").into());
            }
            None if buffer.ended() => return Err(ErrorKind::Truncated(OPEN_QUOTE).into()),
            _ => {
                buffer.fill()?;
            }
        }
    }
}

const LONGEST_HEADER: usize = 1 << 20;

/// Bytes of blank lines at the end of whole rows.
fn blank_end(bytes: &[u8]) -> usize {
    let mut end = bytes.len();
    loop {
        let line = match &bytes[..end] {
            [.., b'\r', b'\n'] => 2,
            [.., b'\n'] => 1,
            _ => break,
        };
        // What is left must end with a line, or be nothing.
        if end > line && bytes[end - line - 1] != b'\n' {
            break;
        }
        end -= line;
    }
    bytes.len() - end
}

/// Text in two bytes for each character looks like CSV full of zeros.
fn refuse_utf16(start: &[u8]) -> Result<()> {
    let marked = start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff");
    if marked || start.iter().take(SNIFFED).any(|byte| *byte == 0) {
        return Err(ErrorKind::Syntax(
            "this is UTF-16 or has zero bytes, and CSV is read in UTF-8 and in encodings of one byte for each \
             character; convert the file first (iconv -f UTF-16 -t UTF-8)",
        )
        .into());
    }
    Ok(())
}
