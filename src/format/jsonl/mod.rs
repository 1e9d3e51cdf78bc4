//! JSON Lines: one object in each line, one line for each row.
//!
//! A column is a path: `address.city` for the member of an object, `tags[]` for the elements of an array,
//! `orders[].email` for a member of each of them, as record batches have it. A path that has no column is refused, however
//! deep it lies. A column of a type that has parts (json, an array) and no column below it is the text of its object or array. Space, the order
//! of keys, and how numbers and strings are written stay as they are.

mod cells;
mod discover;
mod paths;
mod reader;
mod scan;
mod style;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use memchr::memchr;

use super::input::{FormatInfo, Identity};
use super::{Block, Cells, Codec, Head, Mark, Reader, RowShape, Tail};
use crate::base::Result;
use crate::table::{Cell, ColumnBuilder};

pub(crate) use paths::Paths;

/// The format's entry in the list of formats.
pub(super) const FORMAT: FormatInfo = FormatInfo {
    name: "jsonl",
    summary: "JSON Lines: one object in each line",
    identity: Identity::Bytes,
    refusal: || JsonTail.bytes(),
    sniff,
    open: |opened, options| Ok(Box::new(reader::JsonReader::new(opened, options)?) as Box<dyn Reader>),
};

/// Whether the first line begins like an object and does not end before its first key.
fn sniff(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let rest = start.strip_prefix(b"{").map(|rest| {
        let spaces = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        &rest[spaces..]
    });
    matches!(rest, Some([b'"' | b'}', ..]))
}

/// The cells of all files of this format.
struct JsonCodec;

impl JsonCodec {
    fn paths(shape: &RowShape) -> &Arc<Paths> {
        shape.paths.get_or_init(|| Arc::new(Paths::of(shape)))
    }
}

impl Codec for JsonCodec {
    fn is_nested(&self) -> bool {
        true
    }

    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()> {
        cells::tokenize(block, Self::paths(shape), cells)
    }

    fn count(&self, block: &Block) -> u64 {
        let mut rows = 0;
        let mut rest = &block.bytes[..];
        while !rest.is_empty() {
            let end = memchr(b'\n', rest).map_or(rest.len(), |end| end + 1);
            rows += u64::from(rest[..end].iter().any(|byte| !matches!(byte, b' ' | b'\t' | b'\r' | b'\n')));
            rest = &rest[end..];
        }
        rows
    }

    /// A path that nobody has classified must not pass, so every row is walked.
    fn check(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<u64> {
        self.tokenize(block, shape, cells)?;
        Ok(cells.rows as u64)
    }

    fn splice(
        &self,
        block: &Block,
        cells: &Cells,
        built: &[Option<&ColumnBuilder>],
        out: &mut Vec<u8>,
    ) -> Result<()> {
        style::splice(block, cells, built, out)
    }

    fn literal(&self, _: &Head, cell: Cell<'_>) -> Vec<u8> {
        let mut out = Vec::new();
        match cell {
            Cell::Value(value) => style::write(value, style::STRING, &mut out),
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Kept => {}
        }
        out
    }
}

/// Ends the output with an object that nobody closes, in a line of its own.
struct JsonTail;

impl Tail for JsonTail {
    fn observe(&mut self, _: &Mark) {}

    fn bytes(&self) -> Vec<u8> {
        b"\n{\"scrub\": \"run failed, output incomplete".to_vec()
    }
}
