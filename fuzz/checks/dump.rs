//! What dumps promise alike, whichever database they are of.
//!
//! Reading and writing everything back as it was gives the input, however it is cut. What may be missing from the output is
//! what the reader says that it dropped, and clauses that hold secrets. Block size and the size of reads change nothing, not
//! even whether the run fails. The output reads back to itself, and so do values that are written anew.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Arc;

use scrub::base::{Error, ErrorKind, Result};
use scrub::format::{self, Block, Cells, Codec, Event, Input, ReaderOptions, RowShape};
use scrub::table::{ColumnBuilder, TableName};

/// Reads the input as `format`, under options that its first byte picks, in several cuts. `may_hold_secrets` says whether
/// clauses of an input may be missing from the output.
pub(super) fn round_trip(format: &'static str, may_hold_secrets: fn(&[u8]) -> bool, data: &[u8]) {
    let Some((&choice, input)) = data.split_first() else { return };
    let whole = copy(format, choice, input, 256 * 1024, usize::MAX);
    for (block_size, read_size) in [(16, 7), (200, usize::MAX), (4096, 1)] {
        match (&whole, copy(format, choice, input, block_size, read_size)) {
            (Ok(whole), Ok(cut)) => assert!(whole.output == cut.output, "another cut gives another output"),
            (Err(_), Err(_)) => {}
            (Err(error), Ok(_)) => panic!("whole it fails, in blocks of {block_size} it does not: {error}"),
            (Ok(_), Err(error)) => panic!("in blocks of {block_size} it fails, whole it does not: {error}"),
        }
    }
    let Ok(whole) = whole else { return };
    let compressed: [&[u8]; 2] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd]];
    let decompressed = compressed.iter().any(|magic| input.starts_with(magic))
        || input.get(1..4).is_some_and(|bytes| bytes == b"\x2a\x4d\x18");
    if !whole.dropped && !decompressed && !may_hold_secrets(input) {
        assert!(whole.output == input, "the output is not the input");
    }
    // Without its dropped statements it may be empty, which no input may be.
    if whole.output.is_empty() {
        return;
    }
    match copy(format, choice, &whole.output, 256 * 1024, usize::MAX) {
        Ok(again) => assert!(again.output == whole.output, "the output does not read back to itself"),
        Err(error) => panic!("the output cannot be read: {error}"),
    }
}

struct Copied {
    output: Vec<u8>,
    /// Whether whole statements are missing.
    dropped: bool,
}

fn copy(
    format: &'static str,
    choice: u8,
    input: &[u8],
    block_size: usize,
    read_size: usize,
) -> Result<Copied> {
    let mut options = ReaderOptions::default();
    options.format = Some(format);
    options.block_size = block_size;
    options.trailer = choice & 4 != 0;
    options.drop_unparsed = choice & 8 != 0;
    let slow = Slow { bytes: input.to_vec(), at: 0, most: read_size };
    let mut reader = format::open(Input::new("input", slow), &options)?;
    let codec = reader.codec();
    let mut copied = Copied { output: Vec::new(), dropped: false };
    let mut tables = BTreeMap::new();
    while let Some(event) = reader.next(Vec::new())? {
        match event {
            Event::Verbatim { bytes, .. } | Event::Ddl { bytes, .. } | Event::LargeObject(bytes) => {
                copied.output.extend(bytes);
            }
            Event::Sequence(sequence) => {
                let digits = String::from_utf8_lossy(&sequence.bytes[sequence.digits.clone()]).into_owned();
                assert_eq!(digits.parse(), Ok(sequence.value), "the digits are not the value");
                copied.output.extend(sequence.bytes);
            }
            Event::Rows(block) => splice(codec.as_ref(), &block, &mut tables, &mut copied.output)?,
            Event::Dropped { .. } => copied.dropped = true,
            _ => panic!("an event that this check does not know"),
        }
    }
    Ok(copied)
}

/// How many cells a row has, by the table and the columns that its statement lists: as many as its first row.
type Tables = BTreeMap<(TableName, Option<Vec<String>>), usize>;

/// Writes a block with every cell kept, when its cells can be found; else as a run does that keeps the table.
fn splice(codec: &dyn Codec, block: &Block, tables: &mut Tables, out: &mut Vec<u8>) -> Result<()> {
    let mut cells = Cells::default();
    let named = (block.head.table.clone(), block.head.columns.clone());
    // A row of defaults, `()`, says nothing.
    let columns = tables.get(&named).copied().unwrap_or_else(|| {
        let listed = block.head.columns.as_ref().map_or(0, Vec::len);
        let unknown = codec.tokenize(block, &RowShape::unnamed(0, &[]), &mut cells);
        match unknown.as_ref().map_err(Error::kind) {
            Err(ErrorKind::ColumnCount { found, .. }) => *tables.entry(named).or_insert(*found),
            _ => listed,
        }
    });
    let wanted: Vec<usize> = (0..columns).collect();
    let shape = RowShape::unnamed(columns, &wanted);
    if codec.tokenize(block, &shape, &mut cells).is_err() {
        codec.check(block, &shape, &mut cells)?;
        out.extend(&block.bytes);
        return Ok(());
    }
    assert_eq!(cells.rows as u64, codec.count(block), "rows are counted in two ways");
    let mut kept = ColumnBuilder::default();
    (0..cells.rows).for_each(|_| kept.keep());
    let mut written = Vec::new();
    codec
        .splice(block, &cells, &vec![Some(&kept); wanted.len()], &mut written)
        .expect("kept cells can be written");
    assert!(written == block.bytes, "kept cells were not written as they were read");
    out.extend_from_slice(&written);
    rewrite(codec, block, &cells, &wanted);
    Ok(())
}

/// Writes every value anew; what is written must be read as the same values.
fn rewrite(codec: &dyn Codec, block: &Block, cells: &Cells, wanted: &[usize]) {
    let mut same: Vec<ColumnBuilder> = wanted.iter().map(|_| ColumnBuilder::default()).collect();
    for (index, built) in same.iter_mut().enumerate() {
        for value in cells.column(block, index).iter() {
            match value {
                Some(value) => built.value(value),
                None => built.keep(),
            }
        }
    }
    let same: Vec<Option<&ColumnBuilder>> = same.iter().map(Some).collect();
    let mut bytes = Vec::new();
    if codec.splice(block, cells, &same, &mut bytes).is_err() {
        return;
    }
    let (byte, line) = (block.byte, block.line);
    let written = Block { head: Arc::clone(&block.head), bytes, byte, line };
    let mut again = Cells::default();
    codec
        .tokenize(&written, &RowShape::unnamed(wanted.len(), wanted), &mut again)
        .expect("what is written can be read");
    for index in 0..wanted.len() {
        let (before, after) = (cells.column(block, index), again.column(&written, index));
        assert!(before.iter().eq(after.iter()), "a value changes when it is written again");
    }
}

/// A stream that gives a few bytes at a time.
struct Slow {
    bytes: Vec<u8>,
    at: usize,
    most: usize,
}

impl Read for Slow {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.most.min(buffer.len()).min(self.bytes.len() - self.at);
        buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
