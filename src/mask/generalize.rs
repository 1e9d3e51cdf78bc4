//! What the operators share that make numbers and dates coarser: `round`, `bucket`, `top_bottom`, `truncate_date` and
//! `age_group`. None of them has a key; what they cannot read is redacted, or ends the run.

use super::calendar::{Moment, Unit};
use super::civil::{self, FIRST_DAY, Reading};
use super::invalid::Rejector;
use super::number::{Decimal, Form};
use super::{Batch, CellError, Refusal, Request, Scratch, Tally, rows};
use crate::table::{ColumnBuilder, SqlType};

/// What became of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    /// Its result was appended.
    Written,
    /// It stays: an infinity, or no number at all.
    Kept,
    /// It is outside of the operator's domain.
    Outside,
}

/// Appends one cell per row: what `write` appends, the cell itself, or its replacement.
#[inline]
pub(super) fn mask(
    batch: &Batch<'_>,
    rejector: &Rejector,
    out: &mut ColumnBuilder,
    scratch: &mut Scratch,
    mut write: impl FnMut(&[u8], &mut Vec<u8>) -> Cell,
) -> Result<Tally, CellError> {
    let Scratch { rejected, text, .. } = scratch.cleared();
    let mut tally = Tally::default();
    for (row, value) in batch.cells.iter().enumerate() {
        let Some(value) = rows::present(value) else {
            out.keep();
            continue;
        };
        text.clear();
        match write(value, text) {
            Cell::Kept => {
                out.keep();
                continue;
            }
            Cell::Written => out.value(text),
            Cell::Outside => {
                rejector.reject(row, value, rejected)?;
                out.write(|buffer| rejector.write(rejected, tally.invalid as usize, buffer));
                tally.invalid += 1;
            }
        }
        tally.masked += 1;
    }
    Ok(tally)
}

/// Appends what `cut` makes of the day and the second of a cell, in the cell's writing and within `width`.
#[inline]
pub(super) fn date(
    cell: &[u8],
    width: Option<u32>,
    out: &mut Vec<u8>,
    cut: impl FnOnce(i64, i64) -> (i64, i64),
) -> Cell {
    let moment = match civil::read(cell) {
        Some(Reading::Day(day)) => Moment::new(cell, day),
        Some(Reading::Never) => return Cell::Kept,
        None => return Cell::Outside,
    };
    let (day, seconds) = moment.settled();
    let (day, seconds) = cut(day, seconds);
    if day < FIRST_DAY {
        return Cell::Outside;
    }
    let start = out.len();
    moment.whole().write((day, seconds), out);
    if width.is_some_and(|width| out.len() - start > width as usize) {
        return Cell::Outside;
    }
    Cell::Written
}

/// Whether a column of the type may hold numbers that are read.
pub(super) fn is_number(sql_type: &SqlType) -> bool {
    Form::of(sql_type).is_some()
}

/// Whether a column of the type may hold dates.
pub(super) fn is_date(sql_type: &SqlType) -> bool {
    matches!(sql_type.base(), SqlType::Date | SqlType::Timestamp { .. } | SqlType::Text { .. })
}

/// Refuses a part of the calendar that the column's type does not have.
pub(super) fn fits_dates(request: &Request<'_>, unit: Unit) -> Result<(), Refusal> {
    if !is_date(request.sql_type) {
        return Err(Refusal("a part of the calendar is for columns of dates; give a step such as 10".into()));
    }
    if *request.sql_type.base() == SqlType::Date && matches!(unit, Unit::Day | Unit::Hour) {
        return Err(Refusal("a date has no time: to = \"week\" or more changes it".into()));
    }
    match request.sql_type.width() {
        Some(width) if width < SHORTEST_DATE => {
            Err(Refusal(format!("a date has {SHORTEST_DATE} characters, and {width} fit")))
        }
        _ => Ok(()),
    }
}

/// Characters of the shortest date.
const SHORTEST_DATE: u32 = 10;

/// Refuses a number that the column's type cannot hold, such as 0.5 for integers.
pub(super) fn fits_type(request: &Request<'_>, name: &str, number: Decimal) -> Result<(), Refusal> {
    match request.sql_type.base() {
        SqlType::Integer { .. } | SqlType::Unsigned { .. } if !number.is_whole() => {
            Err(Refusal(format!("{name} must be a whole number: the column holds integers")))
        }
        SqlType::Numeric { precision: Some(_), scale }
            if number.reduced().scale > scale.unwrap_or(0).cast_signed() =>
        {
            Err(Refusal(format!(
                "{name} has more digits after the point than the {} that the column holds",
                scale.unwrap_or(0)
            )))
        }
        _ => Ok(()),
    }
}
