//! What a scrubber is made from: policy, key, schema, and how a run behaves.
//!
//! The schema comes from `scrub.lock`, from a [`Schema`] that the caller has read, from the schemas of record batches, or,
//! on request, from the dump itself as it goes by. The plan is compiled once, and every mistake is found in it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::base::{Error, ErrorKind, Key, ProjectKey, Result};
use crate::format::ReaderOptions;
use crate::plan::{Inputs, Lock, Plan, Policy};
use crate::table::{Schema, TableName};

use super::compress::OutputCompression;
use super::scrubber::{Plans, Scrubber};

/// Makes a [`Scrubber`].
///
/// ```
/// use scrub::{Key, Policy, Scrubber};
/// use scrub::table::{SchemaBuilder, Session};
///
/// let policy = Policy::parse(
///     r#"
///     version = 1
///     construction = "v1"
///     project = "acme/dev"
///     [tables."public.customer"]
///     columns.email = "email"
///     "#,
///     "scrub.toml",
/// )?;
/// let mut schema = SchemaBuilder::new();
/// schema.statement(b"CREATE TABLE public.customer (email text)", &Session::default());
/// let scrubber = Scrubber::builder(policy)
///     .schema(schema.finish())
///     .key(Key::from_bytes([7; 32])?)
///     .threads(2)
///     .build()?;
/// assert!(scrubber.plan().is_some());
/// # Ok::<(), scrub::Error>(())
/// ```
pub struct ScrubberBuilder {
    policy: Policy,
    keys: Option<ProjectKey>,
    lock: Locks,
    schema: Option<Schema>,
    batches: Schema,
    from_stream: bool,
    plan: Option<Arc<Plan>>,
    pub(super) run: Run,
}

enum Locks {
    Beside,
    None,
    Given(Box<Lock>),
}

/// How a run behaves; none of it changes what an output says.
#[derive(Clone)]
pub(super) struct Run {
    pub(super) threads: usize,
    pub(super) reading: ReaderOptions,
    /// What the policy says of input files.
    pub(super) inputs: Inputs,
    pub(super) compression: OutputCompression,
    pub(super) cancelled: Arc<AtomicBool>,
    pub(super) progress: Option<Arc<dyn Fn(&Progress<'_>) + Send + Sync>>,
}

impl Default for Run {
    fn default() -> Self {
        Self {
            threads: 1,
            reading: ReaderOptions::default(),
            inputs: Inputs::default(),
            compression: OutputCompression::NONE,
            cancelled: Arc::default(),
            progress: None,
        }
    }
}

impl Run {
    /// # Errors
    /// [`ErrorKind::Cancelled`], once the flag is set.
    pub(super) fn go_on(&self) -> Result<()> {
        if self.cancelled.load(Ordering::Relaxed) { Err(ErrorKind::Cancelled.into()) } else { Ok(()) }
    }

    pub(super) fn report(&self, progress: &Progress<'_>) {
        if let Some(report) = &self.progress {
            report(progress);
        }
    }
}

/// How far a run has come: what a [progress callback](ScrubberBuilder::progress) is told.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Progress<'a> {
    /// The table whose rows were masked last; none before the first.
    pub table: Option<&'a TableName>,
    /// Rows of that table so far.
    pub rows: u64,
    /// Bytes of the (decompressed) input, or of the batches, so far.
    pub bytes: u64,
}

impl ScrubberBuilder {
    pub(super) fn new(policy: Policy) -> Self {
        let run = Run { inputs: policy.inputs().clone(), ..Run::default() };
        Self {
            policy,
            keys: None,
            lock: Locks::Beside,
            schema: None,
            batches: Schema::default(),
            from_stream: false,
            plan: None,
            run,
        }
    }

    /// The key. A plan without a keyed operator needs none.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::{Key, Scrubber};
    /// let builder = Scrubber::builder(policy).schema_from_stream(true).key(Key::from_bytes([7; 32])?);
    /// assert!(builder.build().is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn key(self, key: Key) -> Self {
        let keys = key.project(self.policy.project());
        self.project_key(keys)
    }

    /// The key of the policy's project, where it has been derived before.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::{Key, Scrubber};
    /// let keys = Key::from_bytes([7; 32])?.project(policy.project());
    /// assert!(Scrubber::builder(policy).schema_from_stream(true).project_key(keys).build().is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn project_key(mut self, keys: ProjectKey) -> Self {
        self.keys = Some(keys);
        self
    }

    /// The lock. Without this call it is `scrub.lock` beside a policy that was read from a file, if there is one.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::plan::{Lock, Statistics};
    /// use scrub::table::Schema;
    /// let lock = Lock::new(&Schema::default(), &Statistics::default());
    /// assert!(Scrubber::builder(policy).lock(lock).build().is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn lock(mut self, lock: Lock) -> Self {
        self.lock = Locks::Given(Box::new(lock));
        self
    }

    /// Does not look for a lock.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::table::Schema;
    /// assert!(Scrubber::builder(policy).without_lock().schema(Schema::default()).build().is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn without_lock(mut self) -> Self {
        self.lock = Locks::None;
        self
    }

    /// The schema of the database: from `pg_dump -s`, read with [`read_schema`](crate::pipeline::read_schema). A lock
    /// must agree with it.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use std::io::Cursor;
    /// use scrub::Scrubber;
    /// use scrub::format::{self, Input, ReaderOptions};
    /// let ddl = Input::new("schema", Cursor::new("--\n-- PostgreSQL database dump complete\n--\n"));
    /// let schema = scrub::pipeline::read_schema(format::open_schema(ddl, &ReaderOptions::default())?.as_mut())?;
    /// assert!(Scrubber::builder(policy).schema(schema).build().is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn schema(mut self, schema: Schema) -> Self {
        self.schema = Some(schema);
        self
    }

    /// A table of record batches, for a run without lock and schema: types and NOT NULL come from the Arrow schema, keys
    /// from the policy's relations and key domains alone. What the policy says of other tables is left aside.
    ///
    /// ```
    /// # #[cfg(feature = "arrow")] {
    /// use arrow_schema::{DataType, Field, Schema};
    /// use scrub::{Key, Policy, Scrubber};
    ///
    /// let policy = Policy::parse(
    ///     r#"
    ///     version = 1
    ///     construction = "v1"
    ///     project = "acme/dev"
    ///     [tables."public.customer"]
    ///     columns.email = "email"
    ///     [tables."public.orders"]
    ///     keep = { columns = ["id"], reason = "a number" }
    ///     "#,
    ///     "scrub.toml",
    /// )?;
    /// let schema = Schema::new(vec![Field::new("email", DataType::Utf8, true)]);
    /// let scrubber = Scrubber::builder(policy)
    ///     .arrow_table("public.customer", &schema)
    ///     .key(Key::from_bytes([7; 32])?)
    ///     .build()?;
    /// assert!(scrubber.table("public.customer").is_ok());
    /// # }
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[cfg(feature = "arrow")]
    #[must_use]
    pub fn arrow_table(mut self, name: &str, schema: &arrow_schema::Schema) -> Self {
        let name = super::scrubber::table_name(name);
        let named = |path: &str| self.policy.names_column(&name, path);
        let table = crate::table::arrow::table(schema, &named);
        self.batches.tables.insert(name, table);
        self
    }

    /// Lets the plan come from the DDL of the dump itself. Keys and foreign keys, which a dump declares after its rows,
    /// are checked at the end of the run: it fails then if the plan should have been another.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// assert!(Scrubber::builder(policy.clone()).build().is_err(), "there is nothing to make a plan of");
    /// assert!(Scrubber::builder(policy).schema_from_stream(true).build().is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn schema_from_stream(mut self, allowed: bool) -> Self {
        self.from_stream = allowed;
        self
    }

    /// Threads that work on a dump; 1 where nothing is said. The output does not depend on it.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).threads(4).build()?;
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn threads(mut self, threads: usize) -> Self {
        self.run.threads = threads.max(1);
        self
    }

    /// Bytes of rows that a thread takes at once, about. The output does not depend on it.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).block_size(64 * 1024).build()?;
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn block_size(mut self, bytes: usize) -> Self {
        self.run.reading.block_size = bytes.max(1);
        self
    }

    /// Compresses the output, in the threads that mask; without this call it is not.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use std::io::Read;
    /// use scrub::Scrubber;
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).compress("zstd:3".parse()?).build()?;
    /// let dump = "SET row_security = off;\n--\n-- PostgreSQL database dump complete\n--\n";
    /// let mut masked = Vec::new();
    /// scrubber.mask(dump.as_bytes(), &mut masked)?;
    /// let mut plain = String::new();
    /// zstd::Decoder::new(&*masked).unwrap().read_to_string(&mut plain).unwrap();
    /// assert_eq!(plain, dump);
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn compress(mut self, how: OutputCompression) -> Self {
        self.run.compression = how;
        self
    }

    /// How dumps are read: their format, whether they must be whole, what happens to unknown statements.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::format::ReaderOptions;
    /// let mut reading = ReaderOptions::default();
    /// reading.trailer = false;
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).reading(reading).build()?;
    /// assert!(scrubber.mask("SET row_security = off;\n".as_bytes(), std::io::sink()).is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn reading(mut self, options: ReaderOptions) -> Self {
        self.run.reading = options;
        self
    }

    /// A function that is called after each block of a dump and each record batch. It runs on the threads that mask, so
    /// it should be quick.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicU64, Ordering};
    /// use scrub::{Policy, Scrubber};
    ///
    /// let policy = Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// let bytes = Arc::new(AtomicU64::new(0));
    /// let seen = Arc::clone(&bytes);
    /// let scrubber = Scrubber::builder(policy)
    ///     .schema_from_stream(true)
    ///     .progress(move |progress| seen.store(progress.bytes, Ordering::Relaxed))
    ///     .build()?;
    /// let dump = "SET row_security = off;\n--\n-- PostgreSQL database dump complete\n--\n";
    /// scrubber.mask(dump.as_bytes(), std::io::sink())?;
    /// assert_eq!(bytes.load(Ordering::Relaxed), dump.len() as u64);
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn progress(mut self, report: impl Fn(&Progress<'_>) + Send + Sync + 'static) -> Self {
        self.run.progress = Some(Arc::new(report));
        self
    }

    /// A flag that ends runs with [`ErrorKind::Cancelled`] at the next block once it is set.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicBool, Ordering};
    /// use scrub::{ErrorKind, Scrubber};
    /// let stop = Arc::new(AtomicBool::new(false));
    /// let scrubber = Scrubber::builder(policy).schema_from_stream(true).cancel(Arc::clone(&stop)).build()?;
    /// stop.store(true, Ordering::Relaxed);
    /// let error = scrubber.mask("SET row_security = off;\n".as_bytes(), std::io::sink()).unwrap_err();
    /// assert!(matches!(error.kind(), ErrorKind::Cancelled));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    #[must_use]
    pub fn cancel(mut self, flag: Arc<AtomicBool>) -> Self {
        self.run.cancelled = flag;
        self
    }

    /// The plan, compiled now; none if it is to come from the dump. It may hold errors, which [`Self::build`] refuses.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::{Key, Scrubber};
    /// use scrub::table::Schema;
    /// let mut builder = Scrubber::builder(policy).schema(Schema::default());
    /// if builder.plan()?.is_some_and(|plan| plan.needs_key()) {
    ///     builder = builder.key(Key::from_file("scrub.key")?);
    /// }
    /// assert!(builder.build().is_ok());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// There is nothing to compile it from; a lock that cannot be read or that contradicts the schema.
    pub fn plan(&mut self) -> Result<Option<Arc<Plan>>> {
        if let Some(plan) = &self.plan {
            return Ok(Some(Arc::clone(plan)));
        }
        let lock = match std::mem::replace(&mut self.lock, Locks::None) {
            Locks::Given(lock) => Some(*lock),
            Locks::Beside => Lock::beside(&self.policy)?,
            Locks::None => None,
        };
        let knows_tables = lock.is_some() || self.schema.is_some();
        if knows_tables && !self.batches.tables.is_empty() {
            return Err(ErrorKind::Usage(
                "the lock or schema says what tables there are; arrow_table is for runs without one (without_lock)"
                    .into(),
            )
            .into());
        }
        let plan = match (lock, &self.schema) {
            (Some(lock), schema) => {
                if let Some(schema) = schema {
                    lock.agree(schema)?;
                }
                Plan::compile(&self.policy, lock.schema(), Some(&lock))
            }
            (None, Some(schema)) => Plan::compile_input(&self.policy, schema),
            (None, None) if !self.batches.tables.is_empty() => {
                Plan::compile_part(&self.policy, &self.batches)
            }
            (None, None) if self.from_stream => return Ok(None),
            (None, None) => {
                return Err(Error::new(ErrorKind::Schema(
                    "there is no schema to compile the policy with: put scrub.lock beside the policy, or give the \
                     builder a lock, a schema, or the tables of the record batches"
                        .into(),
                )));
            }
        };
        Ok(Some(Arc::clone(self.plan.insert(Arc::new(plan)))))
    }

    /// The schema that the plan is compiled with: the lock's, else the one given; none where it comes from the stream.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::Scrubber;
    /// use scrub::table::Schema;
    /// let builder = Scrubber::builder(policy).without_lock().schema(Schema::default());
    /// assert_eq!(builder.schema_in_use()?, Some(Schema::default()));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// A lock that cannot be read.
    pub fn schema_in_use(&self) -> Result<Option<Schema>> {
        let beside = match self.lock {
            Locks::Beside => Lock::beside(&self.policy)?,
            Locks::Given(_) | Locks::None => None,
        };
        let lock = match &self.lock {
            Locks::Given(lock) => Some(lock.as_ref()),
            Locks::Beside | Locks::None => beside.as_ref(),
        };
        let folded = || self.schema.as_ref().map(|schema| self.policy.fold(schema));
        Ok(lock.map(|lock| lock.schema().clone()).or_else(folded))
    }

    /// The scrubber.
    ///
    /// ```
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// use scrub::{ErrorKind, Scrubber};
    /// let error = Scrubber::builder(policy).build().err().expect("there is no schema");
    /// assert!(matches!(error.kind(), ErrorKind::Schema(_)));
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Self::plan`]; a plan with errors; a plan that needs a key when there is none.
    pub fn build(mut self) -> Result<Scrubber> {
        let plans = match self.plan()? {
            Some(plan) => Plans::Ready(plan),
            None => Plans::FromStream(Box::new(self.policy)),
        };
        Scrubber::with(plans, self.keys, self.run)
    }
}
