//! Rows of batches as blocks, for whoever looks at rows and does not write them: counts, previews, scans.
//!
//! A block holds the cells of all columns that have a value in each row, as text, column by column: how many rows and
//! columns, the length of each cell, the cells. The elements of lists are not in it.

use std::ops::Range;
use std::sync::Arc;

use arrow_array::{Array, RecordBatch};
use arrow_schema::{DataType, SchemaRef};

use super::fault::damaged;
use crate::base::{Error, ErrorKind, Result};
use crate::format::{Block, CellColumn, Cells, Codec, Head, RowShape};
use crate::table::arrow::{
    Decision, Dictionary, Format, LeafArray, Leaves, Level, Node, Reading, sql_type, stretch,
};
use crate::table::{Cell, Column, ColumnBuilder, Span, TableName};

/// Makes blocks of batches of one schema.
pub(super) struct Rows {
    nodes: Vec<Node>,
    leaves: Leaves,
    formats: Vec<Format>,
    head: Arc<Head>,
    reading: Reading,
}

impl Rows {
    pub(super) fn new(table: &TableName, schema: &SchemaRef) -> Self {
        let (mut leaves, mut formats) = (Leaves::default(), Vec::new());
        let mut nodes = Vec::with_capacity(schema.fields().len());
        for field in schema.fields() {
            let mut decide = |_: &str, field: &arrow_schema::Field| -> Result<Decision, &'static str> {
                Ok(match Format::new(field.data_type(), &sql_type(field)) {
                    Some(format) => {
                        formats.push(format);
                        Decision::Look
                    }
                    None if is_taken_apart(field.data_type()) => Decision::Descend,
                    None => Decision::Keep,
                })
            };
            nodes.push(leaves.add(field, &mut decide).unwrap_or(Node::Kept));
        }
        let own = leaves.leaves.iter().filter(|leaf| leaf.level == 0);
        let columns = own.map(|leaf| leaf.path.clone()).collect();
        let head =
            Head { table: table.clone(), columns: Some(columns), layout: 0, encoding: encoding_rs::UTF_8 };
        Self { nodes, leaves, formats, head: Arc::new(head), reading: Reading::default() }
    }

    /// The rows of a batch.
    ///
    /// # Errors
    /// Values that are none of their type's, or that are too long.
    pub(super) fn block(&mut self, batch: &RecordBatch, spare: Vec<u8>) -> Result<Block> {
        let mut arrays: Vec<Option<LeafArray>> = self.leaves.leaves.iter().map(|_| None).collect();
        let mut levels: Vec<Level> = Vec::new();
        levels.resize_with(self.leaves.levels, Level::default);
        for (node, column) in self.nodes.iter().zip(batch.columns()) {
            node.take_apart(column, None, None, &mut arrays, &mut levels);
        }
        let rows = batch.num_rows();
        let own: Vec<usize> = (0..arrays.len()).filter(|leaf| self.leaves.leaves[*leaf].level == 0).collect();
        let mut bytes = spare;
        bytes.clear();
        for count in [rows, own.len()] {
            bytes.extend_from_slice(&(count as u32).to_le_bytes());
        }
        let lengths = bytes.len();
        bytes.resize(lengths + rows * own.len() * 4, 0xff);
        for (at, leaf) in own.into_iter().enumerate() {
            let Some(LeafArray { array, shown }) = &arrays[leaf] else { continue };
            let format = &self.formats[leaf];
            let mut spans;
            let dictionary;
            let cells: Column<'_> = if matches!(array.data_type(), DataType::Dictionary(..)) {
                spans = Vec::new();
                dictionary =
                    Dictionary::new(array.as_ref(), format, shown.as_ref()).map_err(|_| damaged())?;
                dictionary.rows(0..rows, &mut spans)
            } else {
                if stretch(array.as_ref(), 0..rows) != Some(rows) {
                    return Err(too_long());
                }
                let read = self.reading.read(array.as_ref(), format, 0..rows, shown.as_ref());
                self.reading.column(read.map_err(|_| damaged())?)
            };
            for (row, value) in cells.iter().enumerate() {
                let Some(value) = value else { continue };
                let length = lengths + (at * rows + row) * 4;
                bytes[length..length + 4].copy_from_slice(&(value.len() as u32).to_le_bytes());
                bytes.extend_from_slice(value);
            }
        }
        if bytes.len() >= crate::format::MAX_BLOCK {
            return Err(too_long());
        }
        let block = Block { head: Arc::clone(&self.head), bytes, byte: 0, line: 1 };
        Ok(block)
    }
}

fn too_long() -> Error {
    Error::new(ErrorKind::Schema("the cells of a batch are too long to be looked at".into()))
}

fn is_taken_apart(data_type: &DataType) -> bool {
    matches!(
        data_type,
        DataType::Struct(_)
            | DataType::List(_)
            | DataType::LargeList(_)
            | DataType::FixedSizeList(..)
            | DataType::Map(..)
    )
}

/// Reads such blocks. They are looked at and not written again.
pub(super) struct RowsCodec;

/// Rows, columns and where the cells begin.
fn frame(block: &Block) -> Result<(usize, usize, usize)> {
    let number = |at: usize| Some(u32::from_le_bytes(block.bytes.get(at..at + 4)?.try_into().ok()?) as usize);
    match (number(0), number(4)) {
        (Some(rows), Some(columns)) => Ok((rows, columns, 8 + rows * columns * 4)),
        _ => Err(damaged()),
    }
}

fn lengths(block: &Block, range: Range<usize>) -> impl Iterator<Item = Option<usize>> {
    let bytes = block.bytes.get(range).unwrap_or_default();
    bytes.chunks_exact(4).map(|bytes| match u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) {
        u32::MAX => None,
        length => Some(length as usize),
    })
}

impl Codec for RowsCodec {
    fn tokenize(&self, block: &Block, shape: &RowShape, cells: &mut Cells) -> Result<()> {
        let (rows, columns, mut start) = frame(block)?;
        cells.clear(shape.wanted.len());
        cells.rows = rows;
        let mut wanted = shape.wanted.iter().zip(&mut cells.columns).peekable();
        for column in 0..columns {
            let lengths = lengths(block, 8 + column * rows * 4..8 + (column + 1) * rows * 4);
            match wanted.next_if(|(position, _)| **position == column) {
                None => start += lengths.flatten().sum::<usize>(),
                Some((_, CellColumn { raw, values, .. })) => {
                    for length in lengths {
                        values.push(length.map_or(Span::NULL, |length| Span::raw(start, length)));
                        start += length.unwrap_or_default();
                    }
                    raw.clone_from(values);
                }
            }
        }
        if wanted.next().is_some() || start != block.bytes.len() {
            return Err(damaged());
        }
        Ok(())
    }

    fn count(&self, block: &Block) -> u64 {
        frame(block).map_or(0, |(rows, ..)| rows as u64)
    }

    fn check(&self, block: &Block, _: &RowShape, _: &mut Cells) -> Result<u64> {
        Ok(self.count(block))
    }

    fn splice(&self, _: &Block, _: &Cells, _: &[Option<&ColumnBuilder>], _: &mut Vec<u8>) -> Result<()> {
        Err(Error::new(ErrorKind::Panic("a format: rows of batches are not written as blocks")))
    }

    fn literal(&self, _: &Head, cell: Cell<'_>) -> Vec<u8> {
        match cell {
            Cell::Value(value) => value.to_vec(),
            Cell::Null | Cell::Kept => b"NULL".to_vec(),
        }
    }
}
