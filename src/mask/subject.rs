//! Whose pseudonym a cell gets: that of the row's subject, or, where the row has none, of the cell's own value.
//!
//! The pipeline hands over a subject's message ready made; a cell of a row without one is keyed by its canonical
//! text, so that equal values still get equal pseudonyms.

use super::{Batch, CellError, Equality, Scratch, rows};
use crate::base::{Messages, Prf, canonical};
use crate::table::Column;

/// What the pseudonyms of a column are a function of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The row's subject, or the cell's own value in a row without one.
    Subject,
    /// Always the cell's own value.
    Value,
}

/// Collects the rows that have a value, and the message of each. NULL and the empty string have none, nor has a blank
/// one, which is what `char(n)` makes of the empty string.
pub(super) fn messages(
    batch: &Batch<'_>,
    source: Source,
    equality: Equality,
    scratch: &mut Scratch,
) -> Result<(), CellError> {
    scratch.rows.clear();
    scratch.messages.clear();
    for (row, value) in batch.cells.iter().enumerate() {
        let Some(value) = value.filter(|value| !is_blank(value)) else { continue };
        push(batch, row, value, source, equality, &mut scratch.messages)?;
        scratch.rows.push(row as u32);
    }
    Ok(())
}

/// Makes the tags of the rows that [`messages`] or [`rows_with_subjects`] collected.
pub(super) fn tags(prf: &Prf, subjects: Option<&Column<'_>>, scratch: &mut Scratch) {
    let Scratch { messages, tags, rows, .. } = scratch;
    match subjects {
        Some(subjects) => {
            let place = |number: usize| subjects.place(rows[number] as usize);
            prf.tags_within(subjects.bytes(), rows.len(), place, tags);
        }
        None => prf.tags(messages, tags),
    }
}

/// Collects the rows that have a value, as [`messages`] does, if each of them has a subject: their messages are read where
/// they are then. `None` if they cannot be.
pub(super) fn rows_with_subjects<'b>(
    batch: &'b Batch<'_>,
    source: Source,
    scratch: &mut Scratch,
) -> Option<&'b Column<'b>> {
    let subjects = batch.subjects.as_ref().filter(|_| source == Source::Subject && batch.cells.is_text())?;
    scratch.rows.clear();
    for (row, value) in batch.cells.iter().enumerate() {
        if value.is_some_and(|value| !is_blank(value)) {
            subjects.value(row)?;
            scratch.rows.push(row as u32);
        }
    }
    Some(subjects)
}

/// Appends the message of one row. A cell that is not UTF-8 ends the run whatever it is keyed by: it is not what its
/// dump says it is.
#[inline]
pub(super) fn push(
    batch: &Batch<'_>,
    row: usize,
    value: &[u8],
    source: Source,
    equality: Equality,
    messages: &mut Messages,
) -> Result<(), CellError> {
    let subject = match source {
        Source::Subject => batch.subjects.as_ref().and_then(|subjects| subjects.value(row)),
        Source::Value => None,
    };
    match subject {
        Some(subject) => {
            if !batch.cells.is_text() && !value.is_ascii() {
                rows::text(row, value)?;
            }
            messages.push(subject);
        }
        None => messages.push(canonical::text(rows::text(row, value)?, equality).as_bytes()),
    }
    Ok(())
}

/// Whether there is nothing but spaces.
#[inline]
pub(super) fn is_blank(value: &[u8]) -> bool {
    match value {
        [first, ..] if *first != b' ' => false,
        _ => value.iter().all(|byte| *byte == b' '),
    }
}
