//! Values of generated columns that a dump carries all the same.
//!
//! `mariadb-dump` writes them, and the server makes them anew whatever is written. They are made of other columns, so
//! where a table has a masked one, they may say what it held: each becomes NULL. The keyword `DEFAULT`, which is what
//! PostgreSQL takes there, stays.

use std::sync::Arc;

use super::job::{Branch, Step};
use crate::mask::{Batch, CellError, Operator, Scratch, Tally};
use crate::plan::Unmatched;
use crate::table::ColumnBuilder;

/// The step for a generated column.
pub(super) fn step(column: &str, cell: usize) -> Step {
    let branch = Branch {
        when: None,
        operator: Arc::new(MadeAnew),
        key: None,
        gender: None,
        others: Vec::new(),
        sentinels: Vec::new(),
    };
    Step {
        column: column.to_owned(),
        cell,
        encoding: None,
        entity: "value that the server makes",
        max_invalid: 1.0,
        branches: vec![branch],
        unmatched: Unmatched::Keep,
        keeps_rows: false,
    }
}

struct MadeAnew;

impl Operator for MadeAnew {
    fn mask(&self, batch: &Batch<'_>, out: &mut ColumnBuilder, _: &mut Scratch) -> Result<Tally, CellError> {
        let mut masked = 0;
        for value in batch.cells.iter() {
            if value.is_some() {
                masked += 1;
                out.null();
            } else {
                out.keep();
            }
        }
        Ok(Tally { masked, invalid: 0 })
    }
}
