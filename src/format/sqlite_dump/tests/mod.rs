//! The laws of the format, on small dumps that hold every trap, and on real ones when they are at hand.

mod cells;
mod corpora;
#[cfg(feature = "sqlite")]
mod oracle;
mod reading;

use std::io::{self, Cursor, Read};
use std::sync::Arc;

use super::SqliteCodec;
use crate::base::{ErrorKind, Result};
use crate::format::{Block, Cells, Codec, Event, Head, Input, Reader, ReaderOptions, RowShape, open};
use crate::table::{ColumnBuilder, TableName};

/// A dump with the traps that a splitter falls into.
pub(super) const TRICKY: &str = concat!(
    "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n",
    "CREATE TABLE [Order Details] (id INTEGER PRIMARY KEY AUTOINCREMENT, \"B c\" TEXT DEFAULT ';' /* ; ' */, `d` -- '\n);\n",
    "INSERT INTO \"Order Details\" VALUES(1,'it''s; --',NULL);\nINSERT INTO \"Order Details\" VALUES(-2,'two\nlines',1.5);\n",
    "INSERT INTO \"Order Details\" VALUES(3,replace('a\\nb','\\n',char(10)),X'00ff');\n",
    "INSERT INTO \"Order Details\" VALUES(4,unistr('a\\u000ab'),9.0e+999);\n",
    "INSERT INTO \"Order Details\" VALUES(5,');INSERT INTO x VALUES(''',-0.98999999999999999111);\n",
    "INSERT INTO t(rowid,a,\"b;c\") VALUES(1,'',''''),(2,NULL,'x');\n",
    "INSERT INTO t(rowid,a,\"b;c\") VALUES(3,'','');\n-- INSERT INTO t VALUES('no');\n",
    "INSERT INTO 'it''s' VALUES('a');\nINSERT INTO 'it''s' VALUES('b''');\n",
    "PRAGMA writable_schema=ON;\n",
    "INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table','f','f',0,'CREATE VIRTUAL TABLE f USING fts5(''a;'')');\n",
    "CREATE TABLE IF NOT EXISTS 'f_data'(id INTEGER PRIMARY KEY, block BLOB);\nINSERT INTO f_data VALUES(1,X'');\n",
    "DELETE FROM sqlite_sequence;\nINSERT INTO sqlite_sequence VALUES('Order Details',5);\n",
    "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN ';' END; DELETE FROM t; END;\n",
    "CREATE TRIGGER s AFTER INSERT ON t\nBEGIN\n  SELECT 1;\n  INSERT INTO t VALUES('x');\nEND;\n",
    "CREATE VIEW v AS SELECT ';' /* ; */ FROM t;\nCREATE UNIQUE INDEX i ON t(a);\nPRAGMA writable_schema=OFF;\nCOMMIT;\n",
);

/// Gives one byte at a time.
struct Dripping<R>(R);

impl<R: Read> Read for Dripping<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = buffer.len().min(1);
        self.0.read(&mut buffer[..len])
    }
}

fn reader(bytes: &[u8], block_size: usize, trailer: bool) -> Result<Box<dyn Reader>> {
    let options = ReaderOptions { block_size, trailer, format: Some("sqlite_dump"), ..Default::default() };
    open(Input::new("t", Cursor::new(bytes.to_vec())), &options)
}

fn bytes_of(event: &Event) -> &[u8] {
    match event {
        Event::Verbatim { bytes, .. } | Event::Ddl { bytes, .. } | Event::LargeObject(bytes) => bytes,
        Event::Rows(block) => &block.bytes,
        Event::Sequence(value) => &value.bytes,
        Event::Table { .. } | Event::Dropped { .. } => &[],
    }
}

/// All events up to the end or an error.
fn events(reader: &mut dyn Reader) -> (Vec<Event>, Result<()>) {
    let mut events = Vec::new();
    loop {
        match reader.next(Vec::new()) {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, Ok(())),
            Err(error) => return (events, Err(error)),
        }
    }
}

fn concatenated(events: &[Event]) -> Vec<u8> {
    events.iter().flat_map(|event| bytes_of(event).to_vec()).collect()
}

fn rows<'a>(events: &'a [Event]) -> Vec<&'a Block> {
    let block = |event: &'a Event| match event {
        Event::Rows(block) => Some(block),
        _ => None,
    };
    events.iter().filter_map(block).collect()
}

/// A block of these statements.
fn block(text: &str) -> Block {
    let head =
        Head { table: TableName::new("", "t"), columns: None, layout: 0, encoding: encoding_rs::UTF_8 };
    Block { head: Arc::new(head), bytes: text.as_bytes().to_vec(), byte: 0, line: 1 }
}

/// The cells of all columns of a block, row by row; NULL is `None`.
fn cells(block: &Block, columns: usize) -> Result<Vec<Vec<Option<String>>>> {
    let mut cells = Cells::default();
    let wanted: Vec<usize> = (0..columns).collect();
    SqliteCodec.tokenize(block, &RowShape::unnamed(columns, &wanted), &mut cells)?;
    let text = |row, column| {
        cells.column(block, column).value(row).map(|value| String::from_utf8_lossy(value).into_owned())
    };
    Ok((0..cells.rows).map(|row| wanted.iter().map(|&column| text(row, column)).collect()).collect())
}

fn splice(
    block: &Block,
    columns: usize,
    new: impl Fn(usize, usize, Option<&[u8]>, &mut ColumnBuilder),
) -> Result<Vec<u8>> {
    let mut cells = Cells::default();
    let wanted: Vec<usize> = (0..columns).collect();
    SqliteCodec.tokenize(block, &RowShape::unnamed(columns, &wanted), &mut cells)?;
    let mut built: Vec<ColumnBuilder> = wanted.iter().map(|_| ColumnBuilder::default()).collect();
    for (column, builder) in built.iter_mut().enumerate() {
        for row in 0..cells.rows {
            new(row, column, cells.column(block, column).value(row), builder);
        }
    }
    let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
    let mut out = b"what was there before".to_vec();
    SqliteCodec.splice(block, &cells, &built, &mut out)?;
    Ok(out)
}

/// How many values the first row has.
fn width(block: &Block) -> usize {
    match cells(block, 0) {
        Ok(_) => 0,
        Err(error) => match error.kind() {
            ErrorKind::ColumnCount { found, .. } => *found,
            _ => panic!("{error}"),
        },
    }
}

/// Every block comes back when its cells are kept, and every value, written again, reads as the same value.
fn rewrites(block: &Block) {
    let columns = block.head.columns.as_ref().map_or_else(|| width(block), Vec::len);
    let kept = splice(block, columns, |_, _, _, built| built.keep()).unwrap();
    assert!(kept == block.bytes, "kept cells were not written as they were");
    let again = splice(block, columns, |_, _, value, built| match value {
        Some(value) => built.value(value),
        None => built.keep(),
    });
    let again = Block { head: block.head.clone(), bytes: again.unwrap(), ..*block };
    assert_eq!(cells(&again, columns).unwrap(), cells(block, columns).unwrap());
    assert_eq!(SqliteCodec.count(block), cells(block, columns).unwrap().len() as u64);
}
