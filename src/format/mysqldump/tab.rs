//! Rows of one table as `mysqldump --tab` writes them: `T.txt`, a row a line, with `T.sql` beside it for the schema.
//!
//! These are the defaults of `SELECT .. INTO OUTFILE`: tabs between cells, `\N` for NULL, and a backslash before a tab, a
//! line end or a backslash that belongs to a value.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::Encoding;
use memchr::{memchr, memrchr_iter};

use super::landmark;
use super::lexer::Lexer;
use super::literal;
use super::reader::MySqlReader;
use crate::base::{Error, ErrorKind, Result};
use crate::format::buffer::{Buffer, Found, Next};
use crate::format::encoding::{Text, encode};
use crate::format::input::{FormatInfo, Identity, Input, Opened, opened};
use crate::format::{
    Block, Cells, Codec, Event, Head, MAX_BLOCK, Mark, Reader, ReaderOptions, RowShape, Tail, bits, place,
};
use crate::table::{Cell, ColumnBuilder, SchemaBuilder, Span, TableName, append};

/// The format's entry in the list of formats.
pub(in crate::format) const FORMAT: FormatInfo = FormatInfo {
    name: "mysqldump_tab",
    summary: "Rows of one table from mysqldump --tab: T.txt, with T.sql beside it",
    identity: Identity::Bytes,
    refusal: || TabTail.bytes(),
    sniff: |_| false,
    open: |opened, options| Ok(Box::new(TabReader::new(opened, options)?) as Box<dyn Reader>),
};

/// Whether a file is one of `mysqldump --tab`: the schema of its table lies beside it.
pub(in crate::format) fn is_tab(name: &str) -> bool {
    schema_beside(name).is_some()
}

/// `T.sql` beside `T.txt`, if it is a dump of these tools.
fn schema_beside(name: &str) -> Option<PathBuf> {
    let path = Path::new(name);
    if path.extension()? != "txt" {
        return None;
    }
    let schema = path.with_extension("sql");
    let mut start = Vec::new();
    std::io::Read::read_to_end(
        &mut std::io::Read::take(std::fs::File::open(&schema).ok()?, 4096),
        &mut start,
    )
    .ok()?;
    let mut lexer = Lexer::new(&start, super::Mode::default(), b";");
    while let Ok(Some(token)) = lexer.token() {
        if landmark::of(token.bytes).is_some() {
            return Some(schema);
        }
        if !token.is_trivia() {
            break;
        }
    }
    None
}

/// Reads the rows of one table.
struct TabReader {
    buffer: Buffer,
    head: Arc<Head>,
    pending: VecDeque<Event>,
}

impl TabReader {
    fn new(opened: Opened, options: &ReaderOptions) -> Result<Self> {
        let stem = Path::new(&opened.name).file_stem().map(|stem| stem.to_string_lossy().into_owned());
        let mut table = options.table.clone().unwrap_or_else(|| TableName::new("", stem.unwrap_or_default()));
        let mut pending = VecDeque::new();
        let mut encoding: &'static Encoding = encoding_rs::UTF_8;
        if let Some(schema) = schema_beside(&opened.name) {
            let declared = declared(&schema, options)?;
            encoding = declared.encoding;
            if let Some((name, columns)) = declared.table {
                if options.table.is_none() {
                    table = name;
                }
                pending.push_back(Event::Table { name: table.clone(), table: columns });
            }
        }
        let head = Arc::new(Head { table, columns: None, layout: 0, encoding });
        let buffer = Buffer::new(opened.stream, options.block_size);
        Ok(Self { buffer, head, pending })
    }

    fn block(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        let at = (self.buffer.line, self.buffer.byte);
        let found = self
            .buffer
            .rows(spare, &mut |bytes| Ok(Found::rows(bytes, last_line(bytes).unwrap_or_default())));
        let place = |error: Error| error.in_table(self.head.table.to_string()).at_line(at.0).at_byte(at.1);
        let Next::Rows(lines) = found.map_err(place)? else {
            if self.buffer.view().is_empty() {
                return Ok(None);
            }
            return Err(place(ErrorKind::Truncated("the last row has no line end").into()));
        };
        let block =
            Block { head: Arc::clone(&self.head), bytes: lines.bytes, byte: lines.byte, line: lines.line };
        Ok(Some(Event::Rows(block)))
    }
}

/// What `T.sql` says.
struct Declared {
    table: Option<(TableName, crate::table::Table)>,
    encoding: &'static Encoding,
}

fn declared(schema: &Path, options: &ReaderOptions) -> Result<Declared> {
    let name = schema.display().to_string();
    let place = |error: Error| error.in_file(name.clone());
    let (opened, _) = opened(Input::path(schema), true).map_err(place)?;
    let mut reader = MySqlReader::new(opened, options);
    let mut builder = SchemaBuilder::new();
    let mut encoding = encoding_rs::UTF_8;
    while let Some(event) = reader.next(Vec::new()).map_err(place)? {
        match event {
            Event::Ddl { bytes, session } => builder.statement(&bytes, &session),
            Event::Sequence(value) => {
                if let Some(session) = &value.ddl {
                    builder.statement(&value.bytes, session);
                }
            }
            _ => {}
        }
        // The rows are in what SET NAMES says; the last statements put back what was before.
        encoding = reader.names().unwrap_or(encoding);
    }
    let mut tables = builder.finish().tables;
    Ok(Declared { table: tables.pop_first().filter(|_| tables.is_empty()), encoding })
}

impl Reader for TabReader {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        if let Some(event) = self.pending.pop_front() {
            return Ok(Some(event));
        }
        self.block(spare)
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(TabCodec)
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(TabTail)
    }
}

/// A last line without its end, and with too few cells for most tables.
struct TabTail;

impl Tail for TabTail {
    fn observe(&mut self, _: &Mark) {}

    fn bytes(&self) -> Vec<u8> {
        b"scrub: run failed, output incomplete".to_vec()
    }
}

/// Where the last line ends that ends in `bytes`; a line end behind a backslash is part of a value.
fn last_line(bytes: &[u8]) -> Option<usize> {
    memrchr_iter(b'\n', bytes).find(|at| !bits::ends_in_escape(&bytes[..*at])).map(|at| at + 1)
}

struct TabCodec;

/// Writes the offsets of tabs and line ends that no backslash stands before; how many rows there are.
fn delimiters(block: &Block, columns: usize, offsets: &mut Vec<u32>) -> Result<usize> {
    let bytes = &block.bytes;
    if bytes.len() >= MAX_BLOCK {
        return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
    }
    let found = bits::delimiters(bytes, offsets);
    offsets.truncate(found.count);
    if found.escaped {
        offsets.retain(|at| !bits::ends_in_escape(&bytes[..*at as usize]));
    }
    let (mut row, mut cells) = (0, 0);
    let mut start = 0;
    for &at in offsets.iter() {
        cells += 1;
        if bytes[at as usize] == b'\n' {
            if cells != columns {
                let kind = ErrorKind::ColumnCount { expected: columns, found: cells };
                return Err(place(kind, block, Some(row), start));
            }
            (row, cells, start) = (row + 1, 0, at as usize + 1);
        }
    }
    if start < bytes.len() {
        return Err(place(ErrorKind::Truncated("the last row has no line end"), block, Some(row), start));
    }
    Ok(row)
}

impl Codec for TabCodec {
    fn declares_between_rows(&self) -> bool {
        true
    }

    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()> {
        cells.clear(shape.wanted.len());
        let mut offsets = std::mem::take(&mut cells.scratch);
        let width = shape.columns.len();
        cells.rows = delimiters(block, width, &mut offsets)?;
        cells.text = true;
        let text = Text::new(block.head.encoding);
        let Cells { columns, decoded, .. } = cells;
        for (column, &position) in columns.iter_mut().zip(&shape.wanted) {
            let binary = shape.binary.contains(&position);
            let mut row_start = 0;
            for (row, ends) in offsets.chunks_exact(width.max(1)).enumerate() {
                let start = if position == 0 { row_start } else { ends[position - 1] as usize + 1 };
                let end = ends[position] as usize;
                row_start = ends[width - 1] as usize + 1;
                let raw = Span::raw(start, end - start);
                let (value, style) =
                    value(&block.bytes[start..end], raw, binary, text, decoded).map_err(|kind| {
                        place(kind, block, Some(row), start).in_column(shape.columns[position].as_str())
                    })?;
                column.raw.push(raw);
                column.values.push(value);
                column.styles.push(style);
            }
        }
        cells.scratch = offsets;
        Ok(())
    }

    fn count(&self, block: &Block) -> u64 {
        let mut offsets = Vec::new();
        let found = bits::delimiters(&block.bytes, &mut offsets);
        let is_row = |at: &&u32| {
            let at = **at as usize;
            block.bytes[at] == b'\n' && !bits::ends_in_escape(&block.bytes[..at])
        };
        offsets[..found.count].iter().filter(is_row).count() as u64
    }

    fn check(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<u64> {
        delimiters(block, shape.columns.len(), &mut cells.scratch).map(|rows| rows as u64)
    }

    fn splice(
        &self,
        block: &Block,
        cells: &Cells,
        built: &[Option<&ColumnBuilder>],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        out.clear();
        let mut done = 0;
        for row in 0..cells.rows {
            for (column, built) in cells.columns.iter().zip(built) {
                let cell = built.map_or(Cell::Kept, |built| built.cell(row));
                if matches!(cell, Cell::Kept) {
                    continue;
                }
                let range = column.raw[row].range();
                append(out, &block.bytes, done..range.start);
                done = range.end;
                match cell {
                    Cell::Value(value) if column.styles[row] == literal::BYTES => {
                        let bytes = literal::bytes_of(value);
                        write(bytes.as_deref().unwrap_or(value), out);
                    }
                    Cell::Value(value) => {
                        let value = encode(block.head.encoding, value)
                            .map_err(|kind| place(kind, block, Some(row), range.start))?;
                        write(&value, out);
                    }
                    _ => out.extend_from_slice(b"\\N"),
                }
            }
        }
        out.extend_from_slice(&block.bytes[done..]);
        Ok(())
    }

    fn literal(&self, _: &Head, cell: Cell<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        match cell {
            Cell::Value(value) => write(value, &mut out),
            Cell::Null => out.extend_from_slice(b"\\N"),
            Cell::Kept => {}
        }
        out
    }
}

fn value(
    cell: &[u8],
    raw: Span,
    binary: bool,
    text: Text,
    decoded: &mut Vec<u8>,
) -> Result<(Span, u8), ErrorKind> {
    if cell == b"\\N" {
        return Ok((Span::NULL, if binary { literal::BYTES } else { literal::TEXT }));
    }
    let from = decoded.len();
    if memchr(b'\\', cell).is_some() {
        unescape(cell, decoded)?;
        if !binary && let Ok(value) = text.decoded(from, decoded) {
            return Ok((value, literal::TEXT));
        }
    } else {
        if !binary && let Ok(value) = text.value(cell, raw, decoded) {
            return Ok((value, literal::TEXT));
        }
        decoded.extend_from_slice(cell);
    }
    Ok((literal::hex_of_last(from, decoded), literal::BYTES))
}

/// Takes the backslash escapes out of a cell, as `LOAD DATA` does.
fn unescape(cell: &[u8], out: &mut Vec<u8>) -> Result<(), ErrorKind> {
    let mut rest = cell;
    while let Some(at) = memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let Some(&code) = rest.get(at + 1) else {
            return Err(ErrorKind::Syntax("a cell ends in the middle of an escape"));
        };
        out.push(match code {
            b'0' => 0,
            b'b' => 0x08,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'Z' => 0x1a,
            other => other,
        });
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    Ok(())
}

/// Writes a value as `SELECT .. INTO OUTFILE` does.
fn write(value: &[u8], out: &mut Vec<u8>) {
    for &byte in value {
        match byte {
            b'\\' | b'\t' | b'\n' => out.extend([b'\\', byte]),
            0 => out.extend_from_slice(b"\\0"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(bytes: &[u8]) -> Block {
        let head =
            Head { table: TableName::new("", "t"), columns: None, layout: 0, encoding: encoding_rs::UTF_8 };
        Block { head: Arc::new(head), bytes: bytes.to_vec(), byte: 0, line: 1 }
    }

    fn cells(block: &Block) -> Result<(Cells, Vec<Option<Vec<u8>>>)> {
        let mut cells = Cells::default();
        TabCodec.tokenize(block, &RowShape::unnamed(2, &[0, 1]), &mut cells)?;
        let value = |row, column| cells.column(block, column).value(row).map(<[u8]>::to_vec);
        let values = (0..cells.rows).flat_map(|row| [value(row, 0), value(row, 1)]).collect();
        Ok((cells, values))
    }

    #[test]
    fn cells_hold_tabs_and_line_ends_behind_backslashes() {
        let block = block(b"1\ta\\\tb\\\nc\n\\N\t\\\\N\\\\\n3\t\xff\\0\n");
        assert_eq!(TabCodec.count(&block), 3);
        let (cells, values) = cells(&block).unwrap();
        let some = |value: &[u8]| Some(value.to_vec());
        assert_eq!(
            values,
            [some(b"1"), some(b"a\tb\nc"), None, some(b"\\N\\"), some(b"3"), some(b"\\xff00")]
        );
        let mut built = [ColumnBuilder::default(), ColumnBuilder::default()];
        for (at, value) in values.iter().enumerate() {
            match value {
                Some(value) => built[at % 2].value(value),
                None => built[at % 2].null(),
            }
        }
        let mut out = Vec::new();
        TabCodec.splice(&block, &cells, &[Some(&built[0]), Some(&built[1])], &mut out).unwrap();
        assert_eq!(out, block.bytes);
    }

    #[test]
    fn rows_that_are_wrong_are_refused() {
        for text in [&b"1\n"[..], b"1\t2\t3\n", b"1\t2", b"1\t2\\\n"] {
            assert!(cells(&block(text)).is_err());
        }
    }

    #[test]
    fn a_file_that_is_cut_in_a_row_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let schema = "-- MySQL dump 10.13\n--\nCREATE TABLE `t` (`a` int, `b` text);\n-- Dump completed on 2026-01-01\n";
        std::fs::write(dir.path().join("t.sql"), schema).unwrap();
        let rows = b"1\ta\n2\tb\n";
        for len in 0..=rows.len() {
            std::fs::write(dir.path().join("t.txt"), &rows[..len]).unwrap();
            let input = Input::path(dir.path().join("t.txt"));
            let mut reader = crate::format::open(input, &ReaderOptions::default()).unwrap();
            let end = loop {
                match reader.next(Vec::new()) {
                    Ok(Some(_)) => {}
                    Ok(None) => break Ok(()),
                    Err(error) => break Err(error),
                }
            };
            assert_eq!(end.is_ok(), rows[..len].is_empty() || rows[..len].ends_with(b"\n"), "cut at {len}");
        }
    }

    #[test]
    fn a_line_ends_where_no_backslash_stands_before_its_end() {
        assert_eq!(last_line(b"a\nb\\\nc"), Some(2));
        assert_eq!(last_line(b"a\nb\\\\\nc"), Some(6));
        assert_eq!(last_line(b"a\\\n"), None);
    }
}
