//! The rows of a block divided among the operators of one column: what `when`, `domain_by`, sentinels and `keep_rows`
//! decide.
//!
//! Every operator sees only the rows that it is for, as a column of its own. Conditions look at the original row; what
//! they do not know is masked.

use crate::base::ErrorKind;
use crate::mask::{Batch, CellError, Scratch, Tally};
use crate::plan::Unmatched;
use crate::table::{Cell, Column, ColumnBuilder, Span};

use super::job::{Branch, Step, Test};

/// What an operator looks at, for all rows of a block.
pub(super) struct Inputs<'a> {
    pub(super) cells: Column<'a>,
    pub(super) subjects: Option<Column<'a>>,
    pub(super) genders: Option<Column<'a>>,
    pub(super) others: Vec<Column<'a>>,
    pub(super) encoding: &'static encoding_rs::Encoding,
}

impl Inputs<'_> {
    /// All rows.
    pub(super) fn batch(&self) -> Batch<'_> {
        Batch {
            cells: self.cells,
            subjects: self.subjects,
            genders: self.genders,
            others: &self.others,
            encoding: self.encoding,
        }
    }
}

/// Which branch each row of a block has, and what the branches make of their rows.
#[derive(Default)]
pub(super) struct BranchRows {
    /// The branch of each row, or [`KEPT`].
    of: Vec<u32>,
    /// The rows of the branch at work.
    rows: Vec<u32>,
    built: Vec<ColumnBuilder>,
    next: Vec<usize>,
}

const KEPT: u32 = u32::MAX;

impl BranchRows {
    /// Finds the branch of each row: the first whose condition is not false.
    ///
    /// # Errors
    /// A row that no branch is for, where that must not be.
    pub(super) fn divide<'a>(
        &mut self,
        step: &Step,
        keep: Option<&Test>,
        cells: Column<'_>,
        column: &dyn Fn(usize) -> Column<'a>,
    ) -> Result<(), CellError> {
        self.of.clear();
        for (row, value) in cells.iter().enumerate() {
            let is_kept =
                keep.is_some_and(|keep| step.keeps_rows && keep.evaluate(row, column) == Some(true));
            if is_kept {
                self.of.push(KEPT);
                continue;
            }
            let is_for = |branch: &Branch| {
                branch.when.as_ref().is_none_or(|when| when.evaluate(row, column) != Some(false))
            };
            self.of.push(match step.branches.iter().position(is_for) {
                Some(number) if passes(&step.branches[number], value) => KEPT,
                Some(number) => number as u32,
                None if step.unmatched == Unmatched::Error && value.is_some() => {
                    let why =
                        "the column that decides the key domain has a value that domain_by does not list";
                    return Err(CellError { row, kind: ErrorKind::Policy(why.into()) });
                }
                None => KEPT,
            });
        }
        self.built.resize_with(step.branches.len().max(self.built.len()), ColumnBuilder::default);
        Ok(())
    }

    /// Masks the rows of branch `number`.
    ///
    /// # Errors
    /// The operator's, its row that of the block.
    pub(super) fn mask(
        &mut self,
        number: usize,
        branch: &Branch,
        inputs: &Inputs<'_>,
        scratch: &mut Scratch,
    ) -> Result<Tally, CellError> {
        let Self { of, rows, built, .. } = self;
        let own = |(row, of): (usize, &u32)| (*of as usize == number).then_some(row as u32);
        rows.clear();
        rows.extend(of.iter().enumerate().filter_map(own));
        built[number].clear();
        if rows.is_empty() {
            return Ok(Tally::default());
        }
        let [mut cells, mut subjects, mut genders] = [const { Vec::new() }; 3];
        let mut spans: Vec<Vec<Span>> = vec![Vec::new(); inputs.others.len()];
        let others: Vec<Column<'_>> =
            inputs.others.iter().zip(&mut spans).map(|(column, spans)| column.select(rows, spans)).collect();
        let batch = Batch {
            cells: inputs.cells.select(rows, &mut cells),
            subjects: inputs.subjects.as_ref().map(|column| column.select(rows, &mut subjects)),
            genders: inputs.genders.as_ref().map(|column| column.select(rows, &mut genders)),
            others: &others,
            encoding: inputs.encoding,
        };
        let tally = branch.operator.mask(&batch, &mut built[number], scratch).map_err(|error| CellError {
            row: rows.get(error.row).map_or(0, |row| *row as usize),
            ..error
        })?;
        if built[number].len() != rows.len() {
            return Err(CellError { row: 0, kind: ErrorKind::Panic("an operator") });
        }
        Ok(tally)
    }

    /// Puts what the branches made back into the order of the rows.
    pub(super) fn join(&mut self, out: &mut ColumnBuilder) {
        self.next.clear();
        self.next.resize(self.built.len(), 0);
        for branch in &self.of {
            if *branch == KEPT {
                out.keep();
                continue;
            }
            let next = &mut self.next[*branch as usize];
            match self.built[*branch as usize].cell(*next) {
                Cell::Kept => out.keep(),
                Cell::Null => out.null(),
                Cell::Value(value) => out.value(value),
            }
            *next += 1;
        }
    }
}

/// Whether a value passes as it is.
fn passes(branch: &Branch, value: Option<&[u8]>) -> bool {
    value.is_some_and(|value| branch.sentinels.iter().any(|sentinel| sentinel == value))
}
