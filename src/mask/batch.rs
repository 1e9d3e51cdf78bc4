//! What operators are handed, and what they hand back: one column of one block with what its rows are about, buffers, and
//! counts.

use super::{Groups, Rejected, nested};
use crate::base::{ErrorKind, Messages};
use crate::table::Column;

/// One column of one block, with what the row is about.
pub struct Batch<'a> {
    /// The cells.
    pub cells: Column<'a>,
    /// The subject messages of the rows, where the table has a subject. `None` in a row: no subject.
    pub subjects: Option<Column<'a>>,
    /// The gender column of the rows, where the table has one.
    pub genders: Option<Column<'a>>,
    /// The original values of the columns that the operator [`reads`](super::Prepared::reads).
    pub others: &'a [Column<'a>],
    /// The encoding that the output will be written in; cells are UTF-8 here whatever it is.
    pub encoding: &'static encoding_rs::Encoding,
}

impl<'a> Batch<'a> {
    /// Cells of rows that have nothing else.
    pub fn new(cells: Column<'a>) -> Self {
        Self { cells, subjects: None, genders: None, others: &[], encoding: encoding_rs::UTF_8 }
    }
}

/// Buffers that operators reuse from block to block; each worker has one.
#[derive(Default)]
pub struct Scratch {
    /// Messages to be hashed.
    pub messages: Messages,
    /// Their tags.
    pub tags: Vec<[u8; 16]>,
    /// Rows that a buffer's entries belong to.
    pub rows: Vec<u32>,
    /// Numbers to be permuted.
    pub numbers: Vec<u64>,
    /// Wider numbers to be permuted.
    pub wide: Vec<u128>,
    /// The class of each number: the permutation that it belongs to.
    pub classes: Vec<u32>,
    /// Numbers sorted by class.
    pub groups: Groups,
    /// Text under construction.
    pub text: Vec<u8>,
    /// Cells outside the operator's domain.
    pub rejected: Rejected,
    /// What operators of values with parts work in.
    pub(super) nested: Vec<nested::Buffers>,
}

impl Scratch {
    /// The buffers, with nothing in those that a batch is collected in.
    pub(super) fn cleared(&mut self) -> &mut Self {
        self.messages.clear();
        self.rows.clear();
        self.numbers.clear();
        self.wide.clear();
        self.classes.clear();
        self.rejected.clear();
        self
    }
}

/// Counts of one masked column of one block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cells with a new value.
    pub masked: u64,
    /// Of those, cells that were outside the operator's domain.
    pub invalid: u64,
}

/// A cell that ends the run.
#[derive(Debug)]
pub struct CellError {
    /// Row in the block, from 0.
    pub row: usize,
    /// Why.
    pub kind: ErrorKind,
}
