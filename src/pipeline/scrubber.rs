//! A whole run over one input: events in, masked bytes out, counts at the end.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::base::{Error, ErrorKind, Key, ProjectKey, Result};
use crate::format::{self, Codec, Compression, Event, Head, Input, Reader};
use crate::plan::{ColumnPlan, LargeObjects, Plan, Policy};
use crate::table::{SchemaBuilder, TableName};

use super::builder::{Run, ScrubberBuilder};
use super::compress::{OutputCompression, compressed};
use super::item::{Hand, Item, PIECE, Part, Work};
use super::job::Job;
use super::ledger::Ledger;
use super::ordered::ordered;
use super::pool::Pool;
use super::sink::Sink;
use super::summary::Summary;
use super::work::Worker;

/// Masks dumps and record batches under one policy and key.
///
/// ```no_run
/// use std::fs::File;
/// use scrub::{Key, Policy, Scrubber};
///
/// let policy = Policy::from_path("scrub.toml")?;
/// let scrubber = Scrubber::new(policy, Key::from_file("scrub.key")?)?;
/// let summary = scrubber.mask(File::open("dump.sql.gz")?, File::create("masked.sql")?)?;
/// println!("{} cells masked", summary.masked());
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// It can be shared between threads, and it has no state that a run could leave behind: the same input gives the same
/// output, whatever else was masked before.
pub struct Scrubber {
    pub(super) plans: Plans,
    pub(super) keys: Option<ProjectKey>,
    pub(super) run: Run,
}

pub(super) enum Plans {
    Ready(Arc<Plan>),
    FromStream(Box<Policy>),
}

impl Scrubber {
    /// A scrubber for a policy with its lock beside it.
    ///
    /// # Errors
    /// As [`ScrubberBuilder::build`].
    pub fn new(policy: Policy, key: Key) -> Result<Self> {
        Self::builder(policy).key(key).build()
    }

    /// Starts a scrubber that is made in more steps.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// let scrubber = scrub::Scrubber::builder(policy).schema_from_stream(true).threads(2).build()?;
    /// # Ok::<(), scrub::Error>(())
    /// ```
    pub fn builder(policy: Policy) -> ScrubberBuilder {
        ScrubberBuilder::new(policy)
    }

    /// A scrubber for a plan that was compiled before.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::plan::Plan;
    /// use scrub::table::Schema;
    /// let plan = Plan::compile(&policy, &Schema::default(), None);
    /// assert!(Scrubber::from_plan(plan, None).is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// A plan that is not ready, or that needs a key when there is none.
    pub fn from_plan(plan: impl Into<Arc<Plan>>, keys: Option<ProjectKey>) -> Result<Self> {
        Self::with(Plans::Ready(plan.into()), keys, Run::default())
    }

    pub(super) fn with(plans: Plans, keys: Option<ProjectKey>, run: Run) -> Result<Self> {
        if let Plans::Ready(plan) = &plans {
            check_ready(plan, keys.as_ref())?;
        }
        Ok(Self { plans, keys, run })
    }

    /// The plan; none if it is to come from each dump.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::table::Schema;
    /// let scrubber = Scrubber::builder(policy).schema(Schema::default()).build()?;
    /// assert!(scrubber.plan().is_some_and(|plan| !plan.needs_key()));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    pub fn plan(&self) -> Option<&Arc<Plan>> {
        match &self.plans {
            Plans::Ready(plan) => Some(plan),
            Plans::FromStream(_) => None,
        }
    }

    /// Masks a dump of any format in [`FORMATS`](crate::format::FORMATS), compressed or not. A failed run ends its output
    /// with statements that make a restore fail.
    ///
    /// ```
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
    /// let dump = "CREATE TABLE public.customer (id integer, email text);\n\
    ///     COPY public.customer (id, email) FROM stdin;\n\
    ///     41\tjane@acme.example\n\
    ///     \\.\n\
    ///     --\n-- PostgreSQL database dump complete\n--\n";
    /// let scrubber =
    ///     Scrubber::builder(policy).schema_from_stream(true).key(Key::from_bytes([7; 32])?).build()?;
    /// let mut masked = Vec::new();
    /// let summary = scrubber.mask(dump.as_bytes(), &mut masked)?;
    /// assert_eq!((summary.rows(), summary.masked()), (1, 2));
    /// assert!(!String::from_utf8_lossy(&masked).contains("jane"));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// An input of no known format, and those of [`Scrubber::mask_events`].
    pub fn mask(&self, reader: impl Read + Send + 'static, writer: impl Write + Send) -> Result<Summary> {
        self.mask_input(Input::new("-", reader), writer)
    }

    /// Masks a file, the folder of a directory archive, or a stream with a name for messages.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::format::Input;
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).build()?;
    /// let error = scrubber.mask_input(Input::path("no such dump.sql"), std::io::sink()).unwrap_err();
    /// assert_eq!(error.position().file.as_deref(), Some("no such dump.sql"));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Scrubber::mask`].
    pub fn mask_input(&self, input: Input, mut writer: impl Write + Send) -> Result<Summary> {
        let options = self.run.inputs.reading(&self.run.reading, input.name());
        let name = input.name().to_owned();
        let refusal = || format::refusal(options.format, &name);
        match format::open(input, &options) {
            Ok(reader) => self.mask_events(reader, writer),
            Err(error) => {
                // What cannot even be opened must not look like an empty dump to whoever restores the output.
                if let Ok(refusal) = compressed(self.run.compression, refusal()) {
                    let _ = writer.write_all(&refusal).and_then(|()| writer.flush());
                }
                Err(error)
            }
        }
    }

    /// One table, for record batches: by the name that the policy has for it.
    ///
    /// ```
    /// use arrow_schema::{DataType, Field, Schema};
    /// use scrub::{Key, Policy, Scrubber};
    ///
    /// let policy = Policy::parse(
    ///     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.t]\ncolumns.email = \"email\"\n",
    ///     "scrub.toml",
    /// )?;
    /// let schema = Schema::new(vec![Field::new("email", DataType::Utf8, true)]);
    /// let scrubber =
    ///     Scrubber::builder(policy).arrow_table("t", &schema).key(Key::from_bytes([7; 32])?).build()?;
    /// assert!(scrubber.table("t").is_ok());
    /// assert!(scrubber.table("nobody").is_err());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// A table that the schema does not have; a scrubber whose plan is to come from a dump.
    #[cfg(feature = "arrow")]
    pub fn table(&self, name: &str) -> Result<super::TableScrubber> {
        let Some(plan) = self.plan() else {
            return Err(ErrorKind::Usage(
                "a plan that comes from a dump's own DDL says nothing of record batches: give the builder a lock, a \
                 schema, or arrow_table"
                    .into(),
            )
            .into());
        };
        let (keys, run) = (self.keys.clone(), self.run.clone());
        super::TableScrubber::new(Arc::clone(plan), table_name(name), keys, run)
    }

    /// Masks an input that was opened before. A failed run ends its output with statements that make a restore fail.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::format::{self, Input, ReaderOptions};
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).build()?;
    /// let dump = "--\n-- PostgreSQL database dump complete\n--\n";
    /// let reader = format::open(Input::new("dump", dump.as_bytes()), &ReaderOptions::default())?;
    /// let mut out = Vec::new();
    /// scrubber.mask_events(reader, &mut out)?;
    /// assert_eq!(out, dump.as_bytes());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// Whatever ended the run first, in input order. Nothing at or after that place was written.
    pub fn mask_events(
        &self,
        #[cfg_attr(
            not(feature = "parquet"),
            expect(unused_mut, reason = "only batches are taken out of it")
        )]
        mut reader: Box<dyn Reader>,
        writer: impl Write + Send,
    ) -> Result<Summary> {
        #[cfg(feature = "parquet")]
        if let Some(batches) = reader.batches() {
            return self.mask_batches(&self.run, batches, reader.as_ref(), writer);
        }
        let (codec, tail) = (reader.codec(), reader.tail());
        let (pool, total, stop) = (Pool::default(), AtomicU64::new(0), AtomicBool::new(false));
        let how = self.run.compression;
        let mut source = self.source(reader, how, &stop);
        let sink = Sink::new(writer, how, tail, Ledger::default(), (&self.run, &pool, &total));
        let sink = Mutex::new(sink);
        let result = ordered(
            self.run.threads,
            || source.pull(&pool),
            Hand::default,
            |hand, item| hand.process(item, codec.as_ref(), &pool, how),
            |done| sink.lock().unwrap_or_else(PoisonError::into_inner).push(done),
        );
        let sink = sink.into_inner().unwrap_or_else(PoisonError::into_inner);
        sink.end(result).map(|(_, ledger)| ledger.into_summary())
    }

    /// The first `rows` rows of each table that the plan masks, before and after.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::format::{self, Input, ReaderOptions};
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).build()?;
    /// let dump = "--\n-- PostgreSQL database dump complete\n--\n";
    /// let reader = format::open(Input::new("dump", dump.as_bytes()), &ReaderOptions::default())?;
    /// assert!(scrubber.preview(reader, 5)?.is_empty(), "no table is masked");
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Scrubber::mask`].
    pub fn preview(&self, reader: Box<dyn Reader>, rows: usize) -> Result<Vec<TablePreview>> {
        let codec = reader.codec();
        let stop = AtomicBool::new(false);
        let mut source = self.source(reader, OutputCompression::NONE, &stop);
        let pool = Pool::default();
        let mut worker = Worker::default();
        let mut tables: BTreeMap<String, TablePreview> = BTreeMap::new();
        while let Some(part) = source.event(&pool)? {
            let Work::Rows { block, job } = part.work else { continue };
            let table = block.head.table.to_string();
            let shown = tables.get(&table).map_or(0, TablePreview::rows);
            if job.is_idle() || shown >= rows {
                continue;
            }
            let columns = worker
                .preview(&job, codec.as_ref(), &block, rows - shown)
                .map_err(|error| error.in_table(table.clone()))?;
            tables.entry(table.clone()).or_insert_with(|| TablePreview::new(table)).extend(columns);
        }
        Ok(tables.into_values().collect())
    }

    /// The reading end of a run; `stop` ends it at the next event.
    pub(super) fn source<'s>(
        &'s self,
        reader: Box<dyn Reader>,
        how: OutputCompression,
        stop: &'s AtomicBool,
    ) -> Source<'s> {
        Source {
            scrubber: self,
            codec: reader.codec(),
            reader,
            piece: if how.kind() == Compression::None { 0 } else { PIECE },
            stop,
            failed: None,
            ended: false,
            schema: SchemaBuilder::new(),
            plan: match &self.plans {
                Plans::Ready(plan) => Some(Arc::clone(plan)),
                Plans::FromStream(_) => None,
            },
            jobs: Vec::new(),
        }
    }
}

/// The table that a policy calls so: `public.customer`, `customer`.
#[cfg(feature = "arrow")]
pub(super) fn table_name(text: &str) -> TableName {
    let (database, rest) = match text.split_once('/') {
        Some((database, rest)) => (Some(database), rest),
        None => (None, text),
    };
    let (schema, table) = rest.split_once('.').unwrap_or(("", rest));
    TableName::new(schema, table).in_database(database)
}

/// Whether a run may start: the plan has no errors, and the key that it needs is there.
pub(super) fn check_ready(plan: &Plan, keys: Option<&ProjectKey>) -> Result<()> {
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

/// The input, and what must be known of it in order: schema, plan, jobs.
pub(super) struct Source<'s> {
    scrubber: &'s Scrubber,
    codec: Arc<dyn Codec>,
    reader: Box<dyn Reader>,
    /// Bytes of events that make an item; one event does if this is 0.
    piece: usize,
    stop: &'s AtomicBool,
    /// Why there is nothing behind the item before.
    failed: Option<Error>,
    ended: bool,
    schema: SchemaBuilder,
    plan: Option<Arc<Plan>>,
    jobs: Vec<(Arc<Head>, Arc<Job>)>,
}

impl Source<'_> {
    /// The next item.
    pub(super) fn pull(&mut self, pool: &Pool) -> Result<Option<Item>> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        let (mut parts, mut len) = (Vec::new(), 0);
        while !self.ended {
            match self.event(pool) {
                Ok(Some(part)) => {
                    len += part.work.len();
                    parts.push(part);
                }
                Ok(None) => self.ended = true,
                // What comes before it is done first.
                Err(error) if !parts.is_empty() => {
                    self.failed = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            }
            if !parts.is_empty() && len >= self.piece {
                break;
            }
        }
        Ok((!parts.is_empty()).then_some(Item { parts }))
    }

    fn event(&mut self, pool: &Pool) -> Result<Option<Part>> {
        self.scrubber.run.go_on()?;
        if self.stop.load(Ordering::Relaxed) {
            return Err(ErrorKind::Cancelled.into());
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
            Event::Table { name, table } => {
                self.schema.file(name, &table);
                (Work::Pass(Vec::new()), None)
            }
            Event::Rows(block) => {
                let job = self.job(&block.head)?;
                (Work::Rows { block, job }, None)
            }
            Event::Sequence(value) => {
                if let Some(session) = &value.ddl {
                    self.schema.statement(&value.bytes, session);
                }
                (Work::Pass(self.sequence(value)?), None)
            }
            Event::LargeObject(bytes) => (self.large_object(bytes)?, None),
            Event::Dropped { class } => (Work::Dropped(class), None),
        };
        Ok(Some(Part { work, mark }))
    }

    /// The plan; compiled now if it is to come from the stream.
    fn plan(&mut self) -> Result<Arc<Plan>> {
        if let Some(plan) = &self.plan {
            return Ok(Arc::clone(plan));
        }
        let Plans::FromStream(policy) = &self.scrubber.plans else {
            return Err(Error::new(ErrorKind::Panic("the plan")));
        };
        let schema = self.schema.clone().finish();
        let plan = if self.codec.declares_between_rows() {
            // What the policy says of tables that are still to come is no mistake yet; the end will tell.
            Plan::compile_part(policy, &schema)
        } else {
            Plan::compile_input(policy, &schema)
        };
        check_ready(&plan, self.scrubber.keys.as_ref())?;
        Ok(Arc::clone(self.plan.insert(Arc::new(plan))))
    }

    /// The plan, made anew if it comes from the stream and the table was declared after it was made.
    fn plan_with(&mut self, table: &TableName) -> Result<Arc<Plan>> {
        let plan = self.plan()?;
        let grows = matches!(self.scrubber.plans, Plans::FromStream(_)) && self.codec.declares_between_rows();
        if !grows || plan.table(table).is_some() {
            return Ok(plan);
        }
        self.plan = None;
        let grown = self.plan()?;
        plan.check_same(&grown)?;
        Ok(grown)
    }

    fn job(&mut self, head: &Arc<Head>) -> Result<Arc<Job>> {
        if let Some((_, job)) = self.jobs.iter().find(|(known, _)| Arc::ptr_eq(known, head)) {
            return Ok(Arc::clone(job));
        }
        let plan = self.plan_with(&head.table)?;
        let table = plan.table(&head.table).ok_or_else(|| {
            Error::new(ErrorKind::Schema(
                "the data has a table that the schema in use does not have; refresh scrub.lock \
                 (pg_dump -s DB | scrub check --write) and classify it"
                    .into(),
            ))
            .in_table(head.table.to_string())
        })?;
        let job = Arc::new(Job::new(table, head, self.codec.as_ref(), self.scrubber.keys.as_ref())?);
        if self.jobs.len() == RECENT_JOBS {
            self.jobs.remove(0);
        }
        self.jobs.push((Arc::clone(head), Arc::clone(&job)));
        Ok(job)
    }

    /// A sequence that feeds a masked column starts behind everything that masking can have put there.
    fn sequence(&mut self, set: format::SequenceValue) -> Result<Vec<u8>> {
        let plan = if set.ddl.is_some() { self.plan_with(&set.sequence)? } else { self.plan()? };
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
                let whole = Plan::compile_input(policy, &schema);
                whole.ready()?;
                self.plan.as_ref().map_or(Ok(()), |used| used.check_same(&whole))
            }
        }
    }
}

/// Jobs that are remembered; heads come in runs, and a dump by INSERT may alternate between a few.
const RECENT_JOBS: usize = 64;
