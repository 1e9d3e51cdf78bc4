//! The guide: from a policy to masked dumps and record batches, one chapter each. Every example in it is compiled and run.
//!
//! | chapter | what it is about |
//! |---|---|
//! | [`policy`] | writing a policy, and asking the plan what it will do |
//! | [`keys`] | keys, projects, and what a key allows |
//! | [`dumps`] | masking a dump from any reader into any writer |
//! | [`batches`] | masking Arrow record batches, single columns, nested data |
//! | [`columnar`] | masking Parquet files, Arrow files and Arrow streams |
//! | [`errors`] | what can go wrong, where it is told, and what is never told |
//! | [`runs`] | progress, cancelling, threads |
//! | [`pipelines`] | scrub inside a larger program: Spark, Python, services |
//!
//! The command line has its own help (`scrub help`); what an operator does is told by `scrub rules show`.

/// Writing a policy.
///
/// A policy is a TOML file that people review. It names a project, and for each table what becomes of each column. What it
/// does not name is refused, so a column that somebody adds to the database later does not slip through.
///
/// ```
/// use scrub::plan::Plan;
/// use scrub::table::{SchemaBuilder, Session};
/// use scrub::Policy;
///
/// let policy = Policy::parse(
///     r#"
///     version = 1
///     construction = "v1"
///     project = "acme/orders/dev"
///
///     [tables."public.customer"]
///     subject = "id"
///     keep = { columns = ["status"], reason = "order state, not personal" }
///     columns.id = "permute"
///     columns.email = { op = "email", domain = "customer.email" }
///     columns.first_name = "first_name"
///     columns.notes = "redact"
///     "#,
///     "scrub.toml",
/// )?;
///
/// let mut schema = SchemaBuilder::new();
/// schema.statement(
///     b"CREATE TABLE public.customer (id integer PRIMARY KEY, email text, first_name text, notes text, status text)",
///     &Session::default(),
/// );
/// let plan = Plan::compile(&policy, &schema.finish(), None);
/// plan.ready()?;
/// assert!(plan.needs_key());
/// println!("{}", plan.describe());
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// Three things make pseudonyms agree where they should:
///
/// - A **key domain** is a set of columns that share their pseudonyms: two columns of domain `customer.email` map equal
///   addresses to equal ones. Foreign keys carry domains along by themselves.
/// - The **subject** of a table says whom its rows are about. Names and shifts of dates follow the subject, so a person has
///   one name in all tables.
/// - The **lock**, `scrub.lock` beside the policy, says what the database looked like when the policy was checked. Dumps
///   declare their keys after their rows; the lock is how the plan knows them before the first one.
///
/// A policy that cannot work is refused with the line that is to blame, before anything is read:
///
/// ```
/// let error = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nprojekt = \"acme\"\n", "scrub.toml").unwrap_err();
/// assert!(error.to_string().contains("did you mean \"project\"?"));
/// ```
pub mod policy {}

/// Keys.
///
/// A key is 32 bytes, kept as text in a file that only its owner can read: `scrub key new` makes one. All pseudonyms follow
/// from the key, the policy's project and the value, so two runs, two machines and two tables agree without talking to each
/// other, and two projects cannot be linked.
///
/// ```
/// use scrub::Key;
///
/// let key = Key::from_bytes([7; 32])?;
/// let text = key.to_text();
/// assert!(text.starts_with("scrub-key-1-"));
/// assert_eq!(Key::from_text(&text)?.project("acme/dev").id(), key.project("acme/dev").id());
/// assert_ne!(key.project("acme/dev").id(), key.project("acme/test").id());
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// [`Key::from_file`](crate::Key::from_file) reads what `scrub key new` wrote; [`Key::from_text`](crate::Key::from_text)
/// takes what a secret store hands out. Whoever has the key can invert every permutation: it belongs where the production data
/// is, and never where the masked data goes.
pub mod keys {}

/// Masking a dump.
///
/// A [`Scrubber`](crate::Scrubber) reads from anything that is [`Read`](std::io::Read) and writes to anything that is
/// [`Write`](std::io::Write). Compression and format are found out from the first bytes; memory is bounded, whatever the
/// dump's size; the output's order is the input's.
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
///     [tables."public.orders"]
///     keep = { columns = ["total"], reason = "amounts alone say nothing" }
///     "#,
///     "scrub.toml",
/// )?;
/// let dump = "\
/// CREATE TABLE public.customer (id integer, email text);
/// CREATE TABLE public.orders (customer integer REFERENCES public.customer (id), total integer);
/// ALTER TABLE public.customer ADD PRIMARY KEY (id);
/// COPY public.customer (id, email) FROM stdin;
/// 41\tjane@acme.example
/// \\.
/// COPY public.orders (customer, total) FROM stdin;
/// 41\t1999
/// \\.
/// --
/// -- PostgreSQL database dump complete
/// --
/// ";
/// let scrubber = Scrubber::builder(policy).schema_from_stream(true).key(Key::from_bytes([7; 32])?).threads(2).build()?;
/// let mut masked = Vec::new();
/// let summary = scrubber.mask(dump.as_bytes(), &mut masked)?;
/// assert_eq!((summary.rows(), summary.masked()), (2, 3));
///
/// let masked = String::from_utf8(masked).expect("it was UTF-8");
/// let id = masked.lines().nth(4).and_then(|row| row.split('\t').next()).expect("a row");
/// assert!(masked.contains(&format!("{id}\t1999")), "the foreign key follows");
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// With a policy file and its lock, two lines do: `Scrubber::new(Policy::from_path("scrub.toml")?, key)?` and `mask`.
///
/// **Failure does not look like success.** A run that ends early writes, as its last bytes, statements that make a restore
/// fail. Check the result of `mask` all the same, and move an output to its place only after it is `Ok`.
pub mod dumps {}

/// Masking record batches.
///
/// [`Scrubber::table`](crate::Scrubber::table) gives a [`TableScrubber`](crate::TableScrubber). The plan is the one that dumps
/// are masked with, and a value becomes the same in an array as in a dump: an `Int64` 41, a `Utf8` `41`, and `41` in a COPY
/// have one pseudonym.
///
/// ```
/// # #[cfg(feature = "arrow")] {
/// use std::sync::Arc;
/// use arrow_array::cast::AsArray;
/// use arrow_array::types::{Int32Type, Int64Type};
/// use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
/// use scrub::{Key, Policy, Scrubber};
///
/// let policy = Policy::parse(
///     r#"
///     version = 1
///     construction = "v1"
///     project = "acme/dev"
///     [tables.customer]
///     columns.id = { op = "permute", domain = "customer.id" }
///     columns.email = "email"
///     [tables.orders]
///     columns.customer = { op = "permute", domain = "customer.id" }
///     "#,
///     "scrub.toml",
/// )?;
/// let id: ArrayRef = Arc::new(Int64Array::from(vec![41, 42]));
/// let email: ArrayRef = Arc::new(StringArray::from(vec!["jane@acme.example", "joe@acme.example"]));
/// let customers = RecordBatch::try_from_iter([("id", id), ("email", email)]).expect("two columns of two rows");
/// let customer: ArrayRef = Arc::new(Int32Array::from(vec![42, 42, 41]));
/// let orders = RecordBatch::try_from_iter([("customer", customer)]).expect("one column");
///
/// let scrubber = Scrubber::builder(policy)
///     .arrow_table("customer", &customers.schema())
///     .arrow_table("orders", &orders.schema())
///     .key(Key::from_bytes([7; 32])?)
///     .build()?;
/// let customers = scrubber.table("customer")?.mask(&customers)?;
/// let orders = scrubber.table("orders")?.mask(&orders)?;
/// let ids = customers.column(0).as_primitive::<Int64Type>();
/// assert_eq!(i64::from(orders.column(0).as_primitive::<Int32Type>().value(2)), ids.value(0));
/// # }
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// With a lock or a schema the plan knows the tables already, and `arrow_table` is not needed. Without, types and NOT NULL
/// come from the Arrow schema, and what belongs together is said by key domains and relations of the policy.
///
/// | Arrow | as text | column type without a lock |
/// |---|---|---|
/// | Utf8, LargeUtf8, Utf8View | as it is | text |
/// | Binary, LargeBinary, BinaryView, FixedSizeBinary | `\x00ff`; as it is where the lock says text | bytea |
/// | FixedSizeBinary(16) | as a UUID where the column is one | uuid |
/// | Int8 to Int64, UInt8 to UInt64 | decimal | the integer type that holds it |
/// | Float16, Float32, Float64 | the shortest that reads back | double precision |
/// | Decimal32 to Decimal256 | with the type's scale | numeric |
/// | Date32, Date64, Timestamp, Time32, Time64 | as PostgreSQL writes them, instants in UTC | date, timestamp, time |
/// | Boolean | `t`, `f` | boolean |
/// | Dictionary | as its values, each masked once where the row does not matter | that of its values |
/// | Struct, List, LargeList, FixedSizeList, Map | by leaves | one column for each leaf |
/// | Duration, Interval, Union, ListView, run-end encoded | kept or made NULL only | |
///
/// Leaves of nested columns have paths: `address.city`, `tags[]`, `orders[].email`, `attributes[].key`,
/// `attributes[].value`. A leaf that the policy does not name is refused like any other column. A nested column can be kept,
/// or made NULL, as a whole. The elements of a list have the subject and the conditions of their row.
///
/// What comes out has the schema of what went in. Masked columns are in buffers of their own, without bytes under NULLs, outside
/// slices or in unused entries of dictionaries. Kept columns are passed on as they are: a slice of a kept column still has
/// the buffers of the whole, as everywhere in Arrow.
///
/// A single column can be masked by itself where its operator looks at nothing else:
/// [`mask_array`](crate::TableScrubber::mask_array). A stream of batches goes through
/// [`reader`](crate::TableScrubber::reader).
pub mod batches {}

/// Masking Parquet and Arrow files.
///
/// [`Scrubber::mask_input`](crate::Scrubber::mask_input) takes them like dumps. A file is one table: the one that
/// [`ReaderOptions::table`](crate::format::ReaderOptions) names, else the one that is called like the file. Parquet and Arrow
/// files are read at random places, so they are best given as a path; what comes from a stream is held in memory, up to
/// 256 MiB. An Arrow stream is a stream.
///
/// ```
/// # #[cfg(feature = "parquet")] {
/// use std::io::Cursor;
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
/// use parquet::arrow::ArrowWriter;
/// use parquet::file::reader::{FileReader, SerializedFileReader};
/// use scrub::format::{self, Input, ReaderOptions};
/// use scrub::table::TableName;
/// use scrub::{Key, Policy, Scrubber};
///
/// let id: ArrayRef = Arc::new(Int64Array::from(vec![41, 42]));
/// let email: ArrayRef = Arc::new(StringArray::from(vec!["jane@acme.example", "joe@acme.example"]));
/// let batch = RecordBatch::try_from_iter([("id", id), ("email", email)]).expect("two columns of two rows");
/// let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).expect("types that Parquet has");
/// writer.write(&batch).expect("memory can be written to");
/// let file = writer.into_inner().expect("memory can be written to");
///
/// let policy = Policy::parse(
///     r#"
///     version = 1
///     construction = "v1"
///     project = "acme/dev"
///     [tables.customer]
///     keep = { columns = ["id"], reason = "a number" }
///     columns.email = "email"
///     "#,
///     "scrub.toml",
/// )?;
/// let mut reading = ReaderOptions::default();
/// reading.table = Some(TableName::new("", "customer"));
/// let input = || Input::new("customer.parquet", Cursor::new(file.clone()));
/// let schema = scrub::pipeline::read_schema(format::open_schema(input(), &reading)?.as_mut())?;
/// let scrubber =
///     Scrubber::builder(policy).schema(schema).reading(reading).key(Key::from_bytes([7; 32])?).threads(2).build()?;
/// let mut masked = Vec::new();
/// let summary = scrubber.mask_input(input(), &mut masked)?;
/// assert_eq!((summary.rows(), summary.masked()), (2, 2));
/// let masked = SerializedFileReader::new(bytes::Bytes::from(masked)).expect("a Parquet file");
/// assert_eq!(masked.metadata().file_metadata().num_rows(), 2);
/// # }
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// Row groups are masked side by side, and stay what they are. Column chunks that are kept are copied as they lie in the
/// file, with their statistics, page index and Bloom filter. Masked ones are decoded, masked and encoded with the same codec;
/// their statistics are made anew, and their dictionary is left out where it held most of the values. The Parquet schema is
/// the file's own, with field ids and logical types; INT96 timestamps and decimals in bytes stay in that form. Timestamps in
/// INT96 are masked as nanoseconds from 1970; others than those from 1677 to 2262 are refused in a masked column.
///
/// Of the metadata in the footer, Arrow, pandas and Spark schemas pass without comments and attributes, beside a few keys
/// that say who wrote the file; the rest is left out and counted in [`Summary::dropped`](crate::pipeline::Summary).
///
/// A failed run writes no footer, and ends an Arrow stream within a message, so that no reader takes the output for whole.
pub mod columnar {}

/// Errors.
///
/// There is one type, [`Error`](crate::Error), with a [kind](crate::Error::kind) and a
/// [position](crate::Error::position): file, table, column, row, line, byte, as far as they are known. A message is made of
/// these and of fixed text. It never holds a value; where the look of a cell helps, it shows a sketch of character classes.
///
/// ```
/// # #[cfg(feature = "arrow")] {
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use scrub::{ErrorKind, Policy, Scrubber};
///
/// let policy = Policy::parse(
///     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.t]\nkeep = { columns = [\"id\"], reason = \"r\" }\n",
///     "scrub.toml",
/// )?;
/// let id: ArrayRef = Arc::new(StringArray::from(vec!["1"]));
/// let batch = RecordBatch::try_from_iter([("id", Arc::clone(&id))]).expect("one column");
/// let scrubber = Scrubber::builder(policy).arrow_table("t", &batch.schema()).build()?;
///
/// let wider = RecordBatch::try_from_iter([("id", Arc::clone(&id)), ("email", id)]).expect("two columns");
/// let error = scrubber.table("t")?.mask(&wider).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Schema(_)));
/// assert_eq!(error.position().column.as_deref(), Some("email"));
/// # }
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// | kind | when | what to do |
/// |---|---|---|
/// | `Policy` | the policy or its plan is wrong | fix the line that it names |
/// | `Schema` | data and plan do not fit each other | refresh the lock, classify what is new |
/// | `Invalid` | a cell is none of what the operator expects | `on_invalid`, or another operator |
/// | `TooManyInvalid` | more such cells than `max_invalid` | it is probably the wrong operator |
/// | `Unfit` | a result does not fit the array's type | a narrower domain, or a wider type |
/// | `Cancelled` | the flag was set | nothing |
/// | `Panic` | a bug of ours | nothing was passed on; report it |
///
/// New kinds may be added; match with a wildcard.
pub mod errors {}

/// Progress, cancelling, threads.
///
/// A callback is told how far a run is, after each block or batch; a flag ends it. Neither changes a byte of the output, nor
/// does the number of threads.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use scrub::{ErrorKind, Policy, Scrubber};
///
/// let policy = Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
/// let stop = Arc::new(AtomicBool::new(false));
/// let scrubber = Scrubber::builder(policy)
///     .schema_from_stream(true)
///     .progress(|progress| eprintln!("{} bytes, {} rows of this table", progress.bytes, progress.rows))
///     .cancel(Arc::clone(&stop))
///     .build()?;
///
/// stop.store(true, Ordering::Relaxed);
/// let error = scrubber.mask("SET row_security = off;\n".as_bytes(), std::io::sink()).unwrap_err();
/// assert!(matches!(error.kind(), ErrorKind::Cancelled));
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// A dump is read by as many threads as the builder was told. A record batch is masked on the thread that asks for it: batches
/// do not depend on each other, so a program that has threads of its own hands each its batches.
pub mod runs {}

/// Scrub inside a larger program.
///
/// Masking is a pure function of key, policy and value. Nothing has to be shared between the machines of a cluster but the key,
/// the policy and its lock; there is no table of past values to keep, to shuffle or to lose. Partitions can be masked in any
/// order, again after a failure, and by different versions of a job, and still join.
///
/// - **Services and batch jobs in Rust.** Build one [`Scrubber`](crate::Scrubber) and share it: it is `Send` and `Sync`.
///   A [`TableScrubber`](crate::TableScrubber) keeps what it prepared for a schema, so hold on to it.
/// - **Readers and writers of files.** Whatever gives a `RecordBatchReader` (Parquet, IPC, Flight) can be wrapped by
///   [`reader`](crate::TableScrubber::reader). What such a file keeps beside its rows, like statistics and dictionaries of
///   columns, is the writer's to make anew; copy none of it from the original.
/// - **Spark, Python, DuckDB, polars.** They all speak Arrow, and a mapper over batches (`mapInArrow`) is the shape that
///   fits. Bindings are planned and not part of this crate.
///
/// At the end of a partition call [`finish`](crate::TableScrubber::finish): it holds the rows that this scrubber has seen to
/// the policy's `max_invalid`.
///
/// ```
/// # #[cfg(feature = "arrow")] {
/// use std::sync::Arc;
/// use arrow_array::{ArrayRef, RecordBatch, StringArray};
/// use scrub::{Key, Policy, Scrubber};
///
/// let policy = Policy::parse(
///     "version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n[tables.t]\ncolumns.email = \"email\"\n",
///     "scrub.toml",
/// )?;
/// let email: ArrayRef = Arc::new(StringArray::from_iter_values((0..1000).map(|n| format!("u{n}@acme.example"))));
/// let batch = RecordBatch::try_from_iter([("email", email)]).expect("one column");
/// let scrubber = Scrubber::builder(policy).arrow_table("t", &batch.schema()).key(Key::from_bytes([7; 32])?).build()?;
///
/// let table = scrubber.table("t")?;
/// std::thread::scope(|scope| {
///     let workers: Vec<_> = (0..4)
///         .map(|part| {
///             let (table, part) = (&table, batch.slice(part * 250, 250));
///             scope.spawn(move || table.mask(&part))
///         })
///         .collect();
///     workers.into_iter().map(|worker| worker.join().expect("no panic")).collect::<scrub::Result<Vec<_>>>()
/// })?;
/// table.finish()?;
/// assert_eq!(table.summary().rows, 1000);
/// # }
/// # Ok::<(), scrub::Error>(())
/// ```
pub mod pipelines {}
