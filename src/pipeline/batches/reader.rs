//! A reader of record batches that masks what another reader gives.

use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};

use crate::base::{Error, ErrorKind};

use super::table::TableScrubber;

/// Masked batches of a reader: see [`TableScrubber::reader`].
pub struct MaskedBatches<R> {
    batches: R,
    table: TableScrubber,
    rows: u64,
    ended: bool,
}

impl<R: RecordBatchReader> MaskedBatches<R> {
    pub(super) fn new(batches: R, table: TableScrubber) -> Self {
        Self { batches, table, rows: 0, ended: false }
    }

    /// The scrubber at work: its [`summary`](TableScrubber::summary) is that of this reader.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, StringArray};
    /// # use scrub::{Key, Policy, Scrubber};
    /// # let policy = Policy::parse(
    /// #     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.\"t\"]\ncolumns.email = \"email\"\n",
    /// #     "scrub.toml",
    /// # )?;
    /// # let emails: ArrayRef = Arc::new(StringArray::from(vec!["jane@acme.example"]));
    /// # let batch = RecordBatch::try_from_iter([("email", emails)]).expect("one column");
    /// # let scrubber =
    /// #     Scrubber::builder(policy).arrow_table("t", &batch.schema()).key(Key::from_bytes([7; 32])?).build()?;
    /// let batches = RecordBatchIterator::new([Ok(batch.clone())], batch.schema());
    /// let mut masked = scrubber.table("t")?.reader(batches)?;
    /// while let Some(batch) = masked.next() {
    ///     batch.expect("nothing is wrong with it");
    /// }
    /// assert_eq!(masked.table().summary().rows, 1);
    /// # Ok::<(), scrub::Error>(())
    /// ```
    pub fn table(&self) -> &TableScrubber {
        &self.table
    }

    fn step(&mut self) -> Option<Result<RecordBatch, Error>> {
        match self.batches.next() {
            None => self.table.finish().err().map(Err),
            Some(Ok(batch)) => {
                let masked = self.table.mask_after(&batch, self.rows);
                self.rows += batch.num_rows() as u64;
                Some(masked)
            }
            Some(Err(error)) => Some(Err(foreign(error))),
        }
    }
}

impl<R: RecordBatchReader> Iterator for MaskedBatches<R> {
    type Item = Result<RecordBatch, ArrowError>;

    /// The next batch. After an error there is none.
    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let next = self.step();
        self.ended = !matches!(next, Some(Ok(_)));
        next.map(|result| result.map_err(|error| ArrowError::ExternalError(Box::new(error))))
    }
}

impl<R: RecordBatchReader> RecordBatchReader for MaskedBatches<R> {
    fn schema(&self) -> SchemaRef {
        self.batches.schema()
    }
}

/// An error of the reader that is masked: its words may quote a value, so only its kind is told.
fn foreign(error: ArrowError) -> Error {
    match error {
        ArrowError::ExternalError(inner) => match inner.downcast::<Error>() {
            Ok(own) => *own,
            Err(_) => source("something beyond it went wrong"),
        },
        ArrowError::IoError(_, error) => error.into(),
        ArrowError::ParseError(_) | ArrowError::CsvError(_) | ArrowError::JsonError(_) => {
            source("its input is not what it should be")
        }
        ArrowError::MemoryError(_) => source("there is not enough memory"),
        ArrowError::SchemaError(_) => source("its schema is not what it should be"),
        _ => source("it failed"),
    }
}

fn source(what: &'static str) -> Error {
    Error::new(ErrorKind::Source(what))
}
