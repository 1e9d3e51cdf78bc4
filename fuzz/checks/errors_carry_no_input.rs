//! No error quotes its input.
//!
//! The bytes go through the reader, the schema builder, the codec and back out, under options that the first byte picks. Whatever
//! error comes of it, no eight bytes in a row of its text may stand in the input, unless they stand in the source text of
//! this crate too (then they are words of the message) or in the name of the table or column that the error is about.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use scrub::base::{Error, ErrorKind, Result};
use scrub::format::{self, Block, Cells, Codec, Event, Input, ReaderOptions, RowShape};
use scrub::table::{ColumnBuilder, SchemaBuilder};

/// Bytes in a row that count as a quotation.
const QUOTE: usize = 8;

/// Runs the whole reading and writing side over the input.
pub fn check(data: &[u8]) {
    let Some((&choice, input)) = data.split_first() else { return };
    // Archives are pg_restore's to read; a process for each input would fuzz pg_restore.
    if input.starts_with(b"PGDMP") {
        return;
    }
    if let Err(error) = read(choice, input) {
        let quoted = quotation(&error, input);
        assert!(quoted.is_none(), "an error quotes its input: {:?}", quoted.unwrap_or_default());
    }
}

fn read(choice: u8, input: &[u8]) -> Result<()> {
    let mut options = ReaderOptions::default();
    options.block_size = [16, 64, 1_000, 256 * 1024][usize::from(choice & 3)];
    options.trailer = choice & 4 != 0;
    options.drop_unparsed = choice & 8 != 0;
    let mut reader = format::open(Input::new("input", Cursor::new(input.to_vec())), &options)?;
    let codec = reader.codec();
    let mut schema = SchemaBuilder::new();
    let mut spare = Vec::new();
    while let Some(event) = reader.next(std::mem::take(&mut spare))? {
        match event {
            Event::Ddl { bytes, session } => schema.statement(&bytes, &session),
            Event::Rows(block) => {
                rewrite(codec.as_ref(), &block)?;
                spare = block.bytes;
                spare.clear();
            }
            _ => {}
        }
    }
    schema.finish();
    Ok(())
}

/// Finds all cells of a block and replaces every second one.
fn rewrite(codec: &dyn Codec, block: &Block) -> Result<()> {
    let columns = block.head.columns.as_ref().map_or(3, Vec::len);
    let wanted: Vec<usize> = (0..columns).collect();
    let mut cells = Cells::default();
    codec.tokenize(block, &RowShape::unnamed(columns, &wanted), &mut cells)?;
    let built: Vec<ColumnBuilder> = cells
        .columns
        .iter()
        .map(|column| {
            let mut builder = ColumnBuilder::default();
            for row in 0..column.values.len() {
                match row % 4 {
                    0 => builder.value("new 'value'\\\n\u{e9}".as_bytes()),
                    1 => builder.null(),
                    _ => builder.keep(),
                }
            }
            builder
        })
        .collect();
    let built: Vec<Option<&ColumnBuilder>> = built.iter().map(Some).collect();
    let mut out = Vec::new();
    codec.splice(block, &cells, &built, &mut out)
}

/// The first piece of the error's text that can only come from the input.
pub fn quotation(error: &Error, input: &[u8]) -> Option<String> {
    let text = match error.kind() {
        // Fixed words around two numbers.
        ErrorKind::ColumnCount { .. } => return None,
        // Keywords of a fixed list, and fixed words around them.
        ErrorKind::Statement { head } => {
            return head.split(' ').find(|word| !holds(sources(), word.as_bytes())).map(str::to_owned);
        }
        kind => kind.to_string().into_bytes(),
    };
    let position = error.position();
    let names: Vec<&[u8]> =
        [&position.table, &position.column].into_iter().flatten().map(String::as_bytes).collect();
    text.windows(QUOTE)
        .find(|piece| {
            holds(input, piece) && !names.iter().any(|name| holds(name, piece)) && !holds(sources(), piece)
        })
        .map(|piece| String::from_utf8_lossy(piece).into_owned())
}

fn holds(text: &[u8], piece: &[u8]) -> bool {
    text.windows(piece.len()).any(|window| window == piece)
}

/// The source text of this crate, in which every fixed word of a message stands, its string escapes undone.
fn sources() -> &'static [u8] {
    static SOURCES: OnceLock<Vec<u8>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.ancestors().map(|folder| folder.join("src")).find(|folder| folder.is_dir());
        let mut text = Vec::new();
        let mut folders: Vec<PathBuf> = root.into_iter().collect();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    text.extend(fs::read(path).unwrap_or_default());
                }
            }
        }
        unescaped(&text)
    })
}

/// Source text as its string literals mean it: `\\`, `\"`, and lines that a backslash continues.
fn unescaped(source: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(source.len());
    let mut rest = source;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match (byte, after.first()) {
            (b'\\', Some(b'\n')) => rest = after.trim_ascii_start(),
            (b'\\', Some(&escaped @ (b'\\' | b'"'))) => {
                text.push(escaped);
                rest = &after[1..];
            }
            _ => text.push(byte),
        }
    }
    text
}
