//! A whole run over one input: events in, masked bytes out, counts at the end.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Error, ErrorKind, ProjectKey, Result};
use crate::format::{Block, Codec, Event, Head, Mark, Reader};
use crate::plan::{ColumnPlan, LargeObjects, Plan, Policy};
use crate::table::{SchemaBuilder, TableName};

use super::job::Job;
use super::ledger::Ledger;
use super::ordered::ordered;
use super::summary::Summary;
use super::work::{Counts, Worker};

/// Masks dumps under one plan.
///
/// ```no_run
/// use scrub::base::Key;
/// use scrub::format::{self, Input, ReaderOptions};
/// use scrub::pipeline::Scrubber;
/// use scrub::plan::{Plan, Policy};
/// # fn main() -> scrub::base::Result<()> {
/// let policy = Policy::from_path("scrub.toml".as_ref())?;
/// let keys = Key::from_text("scrub-key-1-...")?.project(policy.project());
/// let dump = || format::open(Input::path("dump.sql"), &ReaderOptions::default());
/// let schema = scrub::pipeline::read_schema(dump()?.as_mut())?;
/// let scrubber = Scrubber::new(Plan::compile(&policy, &schema, None), Some(keys))?;
/// let summary = scrubber.mask(dump()?, std::io::stdout())?;
/// println!("{} cells masked", summary.masked());
/// # Ok(()) }
/// ```
pub struct Scrubber {
    plans: Plans,
    keys: Option<ProjectKey>,
    threads: usize,
    cancelled: Arc<AtomicBool>,
}

enum Plans {
    Ready(Arc<Plan>),
    FromStream(Box<Policy>),
}

impl Scrubber {
    /// A scrubber for a plan that was compiled before.
    ///
    /// # Errors
    /// A plan that is not ready, or that needs a key when there is none.
    pub fn new(plan: impl Into<Arc<Plan>>, keys: Option<ProjectKey>) -> Result<Self> {
        let plan = plan.into();
        check_ready(&plan, keys.as_ref())?;
        Ok(Self::with(Plans::Ready(plan), keys))
    }

    /// A scrubber that compiles its plan from the DDL that it meets. Keys and foreign keys, which a dump declares
    /// after its rows, are checked at the end of the run: it fails then if the plan should have been another.
    pub fn from_stream(policy: Policy, keys: Option<ProjectKey>) -> Self {
        Self::with(Plans::FromStream(Box::new(policy)), keys)
    }

    fn with(plans: Plans, keys: Option<ProjectKey>) -> Self {
        Self { plans, keys, threads: 1, cancelled: Arc::default() }
    }

    /// Threads that work on the input. The output does not depend on it.
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// A flag that ends the run at the next block once it is set.
    #[must_use]
    pub fn cancelled_by(mut self, flag: Arc<AtomicBool>) -> Self {
        self.cancelled = flag;
        self
    }

    /// Masks one input into `writer`. A failed run ends its output with statements that make a restore fail.
    ///
    /// # Errors
    /// Whatever ended the run first, in input order. Nothing at or after that place was written.
    pub fn mask(&self, reader: Box<dyn Reader>, mut writer: impl Write + Send) -> Result<Summary> {
        let codec = reader.codec();
        let mut tail = reader.tail();
        let mut source = self.source(reader);
        let mut ledger = Ledger::default();
        let pool = Pool::default();
        let result = ordered(
            self.threads,
            || source.pull(&pool),
            Worker::default,
            |worker, item| Ok(process(worker, item, codec.as_ref(), &pool)),
            |Done { bytes, mark, outcome }| {
                ledger.enter(outcome, mark.as_ref())?;
                writer.write_all(&bytes)?;
                if let Some(mark) = &mark {
                    tail.observe(mark);
                }
                pool.put(bytes);
                Ok(())
            },
        )
        .and_then(|()| Ok(writer.flush()?));
        match result.and_then(|()| ledger.close()) {
            Ok(()) => Ok(ledger.into_summary()),
            Err(error) => {
                if !error.is_broken_pipe() {
                    // The run has failed already; a tail that cannot be written leaves the input cut short.
                    let _ = writer.write_all(&tail.bytes()).and_then(|()| writer.flush());
                }
                Err(error)
            }
        }
    }

    /// The first `rows` rows of each table that the plan masks, before and after.
    ///
    /// # Errors
    /// As [`Scrubber::mask`].
    pub fn preview(&self, reader: Box<dyn Reader>, rows: usize) -> Result<Vec<TablePreview>> {
        let codec = reader.codec();
        let mut source = self.source(reader);
        let pool = Pool::default();
        let mut worker = Worker::default();
        let mut tables: BTreeMap<String, TablePreview> = BTreeMap::new();
        while let Some(item) = source.pull(&pool)? {
            let Work::Rows { block, job } = item.work else { continue };
            let table = block.head.table.to_string();
            let shown = tables.get(&table).map_or(0, TablePreview::rows);
            if job.steps.is_empty() || shown >= rows {
                continue;
            }
            let columns = worker
                .preview(&job, codec.as_ref(), &block, rows - shown)
                .map_err(|error| error.in_table(table.clone()))?;
            tables.entry(table.clone()).or_insert_with(|| TablePreview::new(table)).extend(columns);
        }
        Ok(tables.into_values().collect())
    }

    fn source(&self, reader: Box<dyn Reader>) -> Source<'_> {
        Source {
            scrubber: self,
            reader,
            schema: SchemaBuilder::new(),
            plan: match &self.plans {
                Plans::Ready(plan) => Some(Arc::clone(plan)),
                Plans::FromStream(_) => None,
            },
            jobs: Vec::new(),
        }
    }
}

/// Whether a run may start: the plan has no errors, and the key that it needs is there.
fn check_ready(plan: &Plan, keys: Option<&ProjectKey>) -> Result<()> {
    plan.ready()?;
    if plan.needs_key() && keys.is_none() {
        return Err(Error::new(ErrorKind::Key("the policy has keyed operators and there is no key".into())));
    }
    Ok(())
}

/// Rows of one table before and after, for people to look at.
pub struct TablePreview {
    /// Table.
    pub table: String,
    /// Masked columns: name, and for each row the original and the new value (`None` is NULL).
    pub columns: Vec<(String, Vec<CellPair>)>,
}

/// A cell before and after; `None` is NULL.
pub type CellPair = (Option<Vec<u8>>, Option<Vec<u8>>);

impl TablePreview {
    fn new(table: String) -> Self {
        Self { table, columns: Vec::new() }
    }

    fn rows(&self) -> usize {
        self.columns.first().map_or(0, |(_, cells)| cells.len())
    }

    fn extend(&mut self, columns: Vec<(String, Vec<CellPair>)>) {
        for (index, (name, cells)) in columns.into_iter().enumerate() {
            if self.columns.len() <= index {
                self.columns.push((name, Vec::new()));
            }
            self.columns[index].1.extend(cells);
        }
    }
}

/// What the source hands to a worker.
struct Item {
    work: Work,
    mark: Option<Mark>,
}

enum Work {
    Pass(Vec<u8>),
    Rows { block: Block, job: Arc<Job> },
    Dropped(&'static str),
}

/// What a worker hands to the sink.
struct Done {
    bytes: Vec<u8>,
    mark: Option<Mark>,
    outcome: Outcome,
}

pub(super) enum Outcome {
    Passed,
    Rows {
        job: Arc<Job>,
        rows: u64,
        counts: Vec<Counts>,
    },
    Dropped(&'static str),
    /// The row in the error counts from the block's first row.
    Failed {
        error: Error,
        table: TableName,
    },
}

fn process(worker: &mut Worker, item: Item, codec: &dyn Codec, pool: &Pool) -> Done {
    let Item { work, mark } = item;
    match work {
        Work::Pass(bytes) => Done { bytes, mark, outcome: Outcome::Passed },
        Work::Dropped(class) => Done { bytes: Vec::new(), mark, outcome: Outcome::Dropped(class) },
        Work::Rows { block, job } if job.drop_rows => {
            let outcome = Outcome::Rows { rows: codec.count(&block), counts: Vec::new(), job };
            pool.put(block.bytes);
            Done { bytes: Vec::new(), mark, outcome }
        }
        Work::Rows { mut block, job } => {
            let mut bytes = pool.take();
            let masked = if job.steps.is_empty() {
                worker.pass(&job, codec, &mut block, &mut bytes)
            } else {
                worker.mask(&job, codec, &block, &mut bytes)
            };
            match masked {
                Ok((rows, counts)) => {
                    pool.put(block.bytes);
                    Done { bytes, mark, outcome: Outcome::Rows { job, rows, counts } }
                }
                Err(error) => {
                    let error =
                        error.in_table(block.head.table.to_string()).at_line(block.line).at_byte(block.byte);
                    let outcome = Outcome::Failed { error, table: job.table.clone() };
                    Done { bytes: Vec::new(), mark, outcome }
                }
            }
        }
    }
}

/// The input, and what must be known of it in order: schema, plan, jobs.
struct Source<'s> {
    scrubber: &'s Scrubber,
    reader: Box<dyn Reader>,
    schema: SchemaBuilder,
    plan: Option<Arc<Plan>>,
    jobs: Vec<(Arc<Head>, Arc<Job>)>,
}

impl Source<'_> {
    fn pull(&mut self, pool: &Pool) -> Result<Option<Item>> {
        if self.scrubber.cancelled.load(Ordering::Relaxed) {
            return Err(Error::new(ErrorKind::Cancelled));
        }
        let Some(event) = self.reader.next(pool.take())? else {
            self.finish()?;
            return Ok(None);
        };
        let (work, mark) = match event {
            Event::Verbatim { bytes, mark } => (Work::Pass(bytes), mark),
            Event::Ddl { bytes, session } => {
                self.schema.statement(&bytes, &session);
                (Work::Pass(bytes), None)
            }
            Event::Rows(block) => {
                let job = self.job(&block.head)?;
                (Work::Rows { block, job }, None)
            }
            Event::Sequence(value) => (Work::Pass(self.sequence(value)?), None),
            Event::LargeObject(bytes) => (self.large_object(bytes)?, None),
            Event::Dropped { class } => (Work::Dropped(class), None),
        };
        Ok(Some(Item { work, mark }))
    }

    /// The plan; compiled now if it is to come from the stream.
    fn plan(&mut self) -> Result<Arc<Plan>> {
        if let Some(plan) = &self.plan {
            return Ok(Arc::clone(plan));
        }
        let Plans::FromStream(policy) = &self.scrubber.plans else {
            return Err(Error::new(ErrorKind::Panic("the plan")));
        };
        let plan = Plan::compile(policy, &self.schema.clone().finish(), None);
        check_ready(&plan, self.scrubber.keys.as_ref())?;
        Ok(Arc::clone(self.plan.insert(Arc::new(plan))))
    }

    fn job(&mut self, head: &Arc<Head>) -> Result<Arc<Job>> {
        if let Some((_, job)) = self.jobs.iter().find(|(known, _)| Arc::ptr_eq(known, head)) {
            return Ok(Arc::clone(job));
        }
        let plan = self.plan()?;
        let table = plan.table(&head.table).ok_or_else(|| {
            Error::new(ErrorKind::Schema(
                "the data has a table that the schema in use does not have; refresh scrub.lock \
                 (pg_dump -s DB | scrub check --write) and classify it"
                    .into(),
            ))
            .in_table(head.table.to_string())
        })?;
        let job = Arc::new(Job::new(table, head, self.scrubber.keys.as_ref())?);
        if self.jobs.len() == RECENT_JOBS {
            self.jobs.remove(0);
        }
        self.jobs.push((Arc::clone(head), Arc::clone(&job)));
        Ok(job)
    }

    /// A sequence that feeds a masked column starts behind everything that masking can have put there.
    fn sequence(&mut self, set: crate::format::SequenceValue) -> Result<Vec<u8>> {
        let plan = self.plan()?;
        let owner = match &set.column {
            Some(column) => Some((&set.sequence, column.as_str())),
            None => plan.sequence(&set.sequence).map(|owner| (&owner.table, owner.column.as_str())),
        };
        let column = owner.and_then(|(table, column)| plan.table(table)?.column(column));
        let Some(mask) = column.and_then(ColumnPlan::mask) else { return Ok(set.bytes) };
        let domain = self.scrubber.keys.as_ref().map(|keys| keys.domain(&mask.domain));
        let Some(value) = (mask.prepared.start)(domain.as_ref()).sequence_value(set.value) else {
            return Ok(set.bytes);
        };
        let mut bytes = set.bytes;
        bytes.splice(set.digits, value.to_string().into_bytes());
        Ok(bytes)
    }

    fn large_object(&self, bytes: Vec<u8>) -> Result<Work> {
        // The policy decides, whatever the schema is; a dump may begin with them.
        let decision = match &self.scrubber.plans {
            Plans::Ready(plan) => plan.large_objects,
            Plans::FromStream(policy) => policy.large_objects(),
        };
        match decision {
            LargeObjects::Keep => Ok(Work::Pass(bytes)),
            LargeObjects::Drop => Ok(Work::Dropped("large object")),
            LargeObjects::Deny => Err(Error::new(ErrorKind::Policy(
                "the dump has large objects, and nobody has classified them: set large_objects = \"drop\" or \"keep\" \
                 in the policy"
                    .into(),
            ))),
        }
    }

    /// At the end of the input: does the plan fit what the input declared?
    fn finish(&mut self) -> Result<()> {
        let schema = std::mem::take(&mut self.schema).finish();
        match &self.scrubber.plans {
            Plans::Ready(plan) => plan.check_stream(&schema),
            Plans::FromStream(policy) => {
                let whole = Plan::compile(policy, &schema, None);
                whole.ready()?;
                self.plan.as_ref().map_or(Ok(()), |used| used.check_same(&whole))
            }
        }
    }
}

/// Jobs that are remembered; heads come in runs, and a dump by INSERT may alternate between a few.
const RECENT_JOBS: usize = 64;

/// Buffers for reuse. They keep what they hold: clearing a buffer whose next user writes over it all would only make it be
/// zeroed again.
#[derive(Default)]
struct Pool(Mutex<Vec<Vec<u8>>>);

impl Pool {
    const KEPT: usize = 16;
    /// A buffer that one huge row has grown is given back to the system.
    const LARGEST: usize = 4 << 20;

    fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    fn put(&self, buffer: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < Self::KEPT && buffer.capacity() > 0 && buffer.capacity() <= Self::LARGEST {
            kept.push(buffer);
        }
    }
}
