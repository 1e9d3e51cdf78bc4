//! One table of a scrubber, for record batches.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arrow_array::{Array, ArrayRef, RecordBatch, RecordBatchReader};
use arrow_schema::{DataType, Field, Schema, SchemaRef};

use crate::base::{Error, ErrorKind, ProjectKey, Result};
use crate::pipeline::builder::{Progress, Run};
use crate::pipeline::ledger::Entry;
use crate::pipeline::summary::{ColumnSummary, TableSummary};
use crate::plan::Plan;
use crate::table::TableName;

use super::mapper::Mapper;
use super::masker::{Tallied, Worker};
use super::reader::MaskedBatches;

/// Masks record batches of one table: what [`Scrubber::table`](crate::Scrubber::table) gives.
///
/// A batch is masked by itself: the result does not depend on how rows are cut into batches, in which order or on which
/// thread batches are masked. Types stay as they are. Masked columns are in fresh buffers, in which nothing of the input is
/// left; kept columns are passed on as they are, with whatever lies in their buffers outside a slice.
///
/// A field of a struct is a column by its path, `address.city`; the elements of a list are `tags[]`, those of a list of
/// structs `orders[].email`, those of a map `attributes[].key` and `attributes[].value`. What the policy does not name
/// is refused, however deep it lies.
///
/// ```
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use scrub::{Key, Policy, Scrubber};
///
/// let policy = Policy::parse(
///     r#"
///     version = 1
///     construction = "v1"
///     project = "acme/dev"
///     [tables."public.customer"]
///     columns.id = "permute"
///     columns.email = "email"
///     "#,
///     "scrub.toml",
/// )?;
/// let id: ArrayRef = Arc::new(Int64Array::from(vec![41, 42]));
/// let email: ArrayRef = Arc::new(StringArray::from(vec![Some("jane@acme.example"), None]));
/// let batch = RecordBatch::try_from_iter([("id", id), ("email", email)]).expect("two columns of two rows");
/// let scrubber = Scrubber::builder(policy)
///     .arrow_table("public.customer", &batch.schema())
///     .key(Key::from_bytes([7; 32])?)
///     .build()?;
/// let masked = scrubber.table("public.customer")?.mask(&batch)?;
/// assert_eq!(masked.schema(), batch.schema());
/// assert_ne!(masked.column(0), batch.column(0));
/// assert_eq!(masked.column(1).null_count(), 1);
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// A clone shares what was prepared, and counts for itself.
pub struct TableScrubber {
    shared: Arc<Shared>,
    account: Mutex<Account>,
}

struct Shared {
    plan: Arc<Plan>,
    name: TableName,
    keys: Option<ProjectKey>,
    run: Run,
    mappers: Mutex<Vec<Arc<Mapper>>>,
    workers: Mutex<Vec<Worker>>,
}

/// What was masked so far.
#[derive(Default)]
struct Account {
    rows: u64,
    bytes: u64,
    dropped: bool,
    columns: BTreeMap<String, (u64, Entry)>,
}

/// Schemas that are remembered.
const RECENT: usize = 16;

impl Clone for TableScrubber {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), account: Mutex::default() }
    }
}

impl TableScrubber {
    pub(in crate::pipeline) fn new(
        plan: Arc<Plan>,
        name: TableName,
        keys: Option<ProjectKey>,
        run: Run,
    ) -> Result<Self> {
        if plan.table(&name).is_none() {
            let kind = ErrorKind::Schema("the schema in use has no such table".into());
            return Err(Error::new(kind).in_table(name.to_string()));
        }
        let shared = Shared { plan, name, keys, run, mappers: Mutex::default(), workers: Mutex::default() };
        Ok(Self { shared: Arc::new(shared), account: Mutex::default() })
    }

    /// Masks a batch. It may have a part of the table's columns, in any order, as long as those are there that masking
    /// looks at: the subject, and what operators and conditions read.
    ///
    /// # Errors
    /// A column that the plan does not know; a type that cannot be masked; a cell that may not pass, a result that the
    /// type cannot hold: with table, column and row of the batch, and never with the value. The scrubber can be used
    /// further.
    pub fn mask(&self, batch: &RecordBatch) -> Result<RecordBatch> {
        self.mask_after(batch, 0)
    }

    /// As [`Self::mask`], for a batch that comes after so many rows: they count in errors.
    pub(in crate::pipeline) fn mask_after(&self, batch: &RecordBatch, rows: u64) -> Result<RecordBatch> {
        let shared = &self.shared;
        let mapper = self.mapper(batch.schema_ref())?;
        let mut worker = lock(&shared.workers).pop().unwrap_or_default();
        let go_on = || shared.run.go_on();
        let result = worker.mask(&mapper, batch, &go_on);
        lock(&shared.workers).push(worker);
        let place = |error: Error| error.in_table(shared.name.to_string()).after_rows(rows);
        let (masked, tallied) = result.map_err(place)?;
        let mut account = lock(&self.account);
        account.add(&tallied);
        account.dropped |= mapper.drop_rows;
        account.rows += batch.num_rows() as u64;
        account.bytes += if shared.run.progress.is_some() { size(batch) } else { 0 };
        let (rows, bytes) = (account.rows, account.bytes);
        drop(account);
        shared.run.report(&Progress { table: Some(&shared.name), rows, bytes });
        Ok(masked)
    }

    /// Masks one column by itself.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{Array, ArrayRef, StringArray};
    /// # use arrow_schema::{DataType, Field, Schema};
    /// # use scrub::{Key, Policy, Scrubber};
    /// # let policy = Policy::parse(
    /// #     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.\"t\"]\ncolumns.email = \"email\"\n",
    /// #     "scrub.toml",
    /// # )?;
    /// # let schema = Schema::new(vec![Field::new("email", DataType::Utf8, true)]);
    /// # let scrubber =
    /// #     Scrubber::builder(policy).arrow_table("t", &schema).key(Key::from_bytes([7; 32])?).build()?;
    /// let emails: ArrayRef = Arc::new(StringArray::from(vec!["jane@acme.example"]));
    /// let masked = scrubber.table("t")?.mask_array("email", &emails)?;
    /// assert_eq!(masked.data_type(), emails.data_type());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// A column that needs the rest of its row: it follows a subject, a condition, or other columns. Else as
    /// [`Self::mask`].
    pub fn mask_array(&self, column: &str, array: &ArrayRef) -> Result<ArrayRef> {
        let shared = &self.shared;
        let Some(plan) = shared.plan.table(&shared.name) else {
            return Err(Error::new(ErrorKind::Panic("the plan")));
        };
        if plan.drop_rows {
            let kind = ErrorKind::Policy("the policy leaves out the rows of this table".into());
            return Err(Error::new(kind).in_table(shared.name.to_string()));
        }
        let field = Field::new(column, array.data_type().clone(), true);
        let batch = RecordBatch::try_new(Arc::new(Schema::new(vec![field])), vec![Arc::clone(array)])
            .map_err(|_| Error::new(ErrorKind::Panic("an array")))?;
        let needs_row = |error: Error| match error.position().column.as_deref() {
            // What is missing is another column than the one that was given.
            Some(other) if !is_within(column, other) => {
                let kind = ErrorKind::Usage(format!(
                    "masking this column looks at the column {other} of the same row: mask whole batches"
                ));
                Error::new(kind).in_table(shared.name.to_string()).in_column(column)
            }
            _ => error,
        };
        let mapper = self.mapper(batch.schema_ref()).map_err(needs_row)?;
        if let Some(step) =
            mapper.groups.iter().flat_map(|group| &group.job.steps).find(|step| !step.follows_value_only())
        {
            let kind = ErrorKind::Usage(
                "masking this column looks at the rest of the row: mask whole batches".into(),
            );
            return Err(Error::new(kind).in_table(shared.name.to_string()).in_column(step.column.clone()));
        }
        Ok(Arc::clone(self.mask(&batch)?.column(0)))
    }

    /// Masks the batches of a reader as they come. At the end it holds the policy to `max_invalid`.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator, RecordBatchReader, StringArray};
    /// # use scrub::{Key, Policy, Scrubber};
    /// # let policy = Policy::parse(
    /// #     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.\"t\"]\ncolumns.email = \"email\"\n",
    /// #     "scrub.toml",
    /// # )?;
    /// # let emails: ArrayRef = Arc::new(StringArray::from(vec!["jane@acme.example"]));
    /// # let batch = RecordBatch::try_from_iter([("email", emails)]).expect("one column");
    /// # let scrubber = Scrubber::builder(policy)
    /// #     .arrow_table("t", &batch.schema())
    /// #     .key(Key::from_bytes([7; 32])?)
    /// #     .build()?;
    /// let batches = RecordBatchIterator::new([Ok(batch.clone()), Ok(batch.clone())], batch.schema());
    /// let mut rows = 0;
    /// for masked in scrubber.table("t")?.reader(batches)? {
    ///     rows += masked.expect("nothing is wrong with it").num_rows();
    /// }
    /// assert_eq!(rows, 2);
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Self::check`]. What happens later comes as [`ArrowError::ExternalError`](arrow_schema::ArrowError) with a
    /// [`scrub::Error`](crate::Error) in it.
    pub fn reader<R: RecordBatchReader>(&self, batches: R) -> Result<MaskedBatches<R>> {
        self.check(&batches.schema())?;
        Ok(MaskedBatches::new(batches, self.clone()))
    }

    /// Whether batches of a schema can be masked; what comes out has the same schema.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{ArrayRef, RecordBatch, StringArray};
    /// # use scrub::{Key, Policy, Scrubber};
    /// # let policy = Policy::parse(
    /// #     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.\"t\"]\ncolumns.email = \"email\"\n",
    /// #     "scrub.toml",
    /// # )?;
    /// # let emails: ArrayRef = Arc::new(StringArray::from(vec![Some("jane@acme.example"), None]));
    /// # let batch = RecordBatch::try_from_iter([("email", emails)]).expect("one column");
    /// # let scrubber =
    /// #     Scrubber::builder(policy).arrow_table("t", &batch.schema()).key(Key::from_bytes([7; 32])?).build()?;
    /// use arrow_schema::{DataType, Field, Schema};
    /// let table = scrubber.table("t")?;
    /// assert!(table.check(&batch.schema()).is_ok());
    /// let other = Schema::new(vec![Field::new("phone", DataType::Utf8, true)]);
    /// assert!(table.check(&Arc::new(other)).is_err(), "nobody has classified it");
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// Everything that [`Self::mask`] would say of the schema before it looks at a row.
    pub fn check(&self, schema: &SchemaRef) -> Result<()> {
        self.mapper(schema).map(drop)
    }

    /// What was masked by this scrubber (not by its clones and readers) so far.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{ArrayRef, RecordBatch, StringArray};
    /// # use scrub::{Key, Policy, Scrubber};
    /// # let policy = Policy::parse(
    /// #     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.\"t\"]\ncolumns.email = \"email\"\n",
    /// #     "scrub.toml",
    /// # )?;
    /// # let emails: ArrayRef = Arc::new(StringArray::from(vec![Some("jane@acme.example"), None]));
    /// # let batch = RecordBatch::try_from_iter([("email", emails)]).expect("one column");
    /// # let scrubber =
    /// #     Scrubber::builder(policy).arrow_table("t", &batch.schema()).key(Key::from_bytes([7; 32])?).build()?;
    /// let table = scrubber.table("t")?;
    /// table.mask(&batch)?;
    /// let summary = table.summary();
    /// assert_eq!((summary.rows, summary.columns[0].masked, summary.columns[0].nulls), (2, 1, 1));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    pub fn summary(&self) -> TableSummary {
        let account = lock(&self.account);
        let columns = account.columns.iter().map(|(name, (_, entry))| ColumnSummary {
            name: name.clone(),
            nulls: entry.counts.nulls,
            masked: entry.counts.masked,
            invalid: entry.counts.invalid,
        });
        TableSummary {
            name: self.shared.name.to_string(),
            rows: account.rows,
            dropped: account.dropped,
            columns: columns.collect(),
        }
    }

    /// Holds what was masked so far to the policy's `max_invalid`. A single batch says little about shares, so
    /// [`Self::mask`] does not do it.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use arrow_array::{ArrayRef, RecordBatch, StringArray};
    /// # use scrub::{Key, Policy, Scrubber};
    /// # let policy = Policy::parse(
    /// #     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.\"t\"]\ncolumns.email = \"email\"\n",
    /// #     "scrub.toml",
    /// # )?;
    /// # let emails: ArrayRef = Arc::new(StringArray::from(vec![Some("jane@acme.example"), None]));
    /// # let batch = RecordBatch::try_from_iter([("email", emails)]).expect("one column");
    /// # let scrubber =
    /// #     Scrubber::builder(policy).arrow_table("t", &batch.schema()).key(Key::from_bytes([7; 32])?).build()?;
    /// let table = scrubber.table("t")?;
    /// table.mask(&batch)?;
    /// table.finish()?;
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`ErrorKind::TooManyInvalid`]: probably the operator is not the right one for the column.
    pub fn finish(&self) -> Result<()> {
        let account = lock(&self.account);
        for (column, (cells, entry)) in &account.columns {
            entry
                .check(*cells)
                .map_err(|error| error.in_table(self.shared.name.to_string()).in_column(column))?;
        }
        Ok(())
    }

    /// Counts rows that nothing was done to.
    #[cfg(feature = "parquet")]
    pub(in crate::pipeline) fn passed(&self, rows: u64, dropped: bool) {
        let mut account = lock(&self.account);
        account.rows += rows;
        account.dropped |= dropped;
    }

    /// What masking does with the columns of a schema.
    ///
    /// # Errors
    /// As [`Self::check`].
    #[cfg(feature = "parquet")]
    pub(in crate::pipeline) fn touched(&self, schema: &SchemaRef) -> Result<super::Touched> {
        self.mapper(schema).map(|mapper| super::Touched::new(&mapper))
    }

    fn mapper(&self, schema: &SchemaRef) -> Result<Arc<Mapper>> {
        let shared = &self.shared;
        let same = |mapper: &&Arc<Mapper>| Arc::ptr_eq(&mapper.schema, schema) || mapper.schema == *schema;
        if let Some(mapper) = lock(&shared.mappers).iter().find(same) {
            return Ok(Arc::clone(mapper));
        }
        let Some(table) = shared.plan.table(&shared.name) else {
            return Err(Error::new(ErrorKind::Panic("the plan")));
        };
        let mapper = Arc::new(Mapper::new(table, &shared.name, schema, shared.keys.as_ref())?);
        let mut mappers = lock(&shared.mappers);
        if mappers.len() == RECENT {
            mappers.remove(0);
        }
        mappers.push(Arc::clone(&mapper));
        Ok(mapper)
    }
}

impl Account {
    fn add(&mut self, tallied: &[Tallied<'_>]) {
        for Tallied { step, cells, counts } in tallied {
            let (all, entry) =
                self.columns.entry(step.column.clone()).or_insert_with(|| (0, Entry::new(step)));
            *all += cells;
            entry.add(counts);
        }
    }
}

/// Whether a path is that of the column or of something in it.
fn is_within(column: &str, path: &str) -> bool {
    path.strip_prefix(column).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Bytes of a batch's rows, about.
fn size(batch: &RecordBatch) -> u64 {
    let of = |column: &ArrayRef| match column.data_type() {
        DataType::Null => 0,
        _ => column.to_data().get_slice_memory_size().unwrap_or_default(),
    };
    batch.columns().iter().map(of).sum::<usize>() as u64
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
