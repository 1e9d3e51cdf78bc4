//! A run that looks at rows and writes none: what they cover, of any format, in parallel.
//!
//! Rows are masked before they are looked at. A worker masks a block as a run of `mask` does, and then reads the block
//! that would have been written; so what is counted is what the output holds.

use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use crate::base::{Error, ErrorKind, Result};
use crate::format::{Block, Cells, Codec, Event, Reader, RowShape, SequenceValue};
use crate::synth::coverage::{Accumulator, Model};
use crate::table::{Column, Schema, SchemaBuilder, SqlType};

use super::compress::OutputCompression;
use super::item::Work;
use super::ordered::{lock, ordered};
use super::pool::Pool;
use super::scan::has_parts;
use super::scrubber::Scrubber;
use super::work::Worker;

/// What may be done with the rows of an input.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub enum CoverageRows<'a> {
    /// They are masked by this scrubber and then looked at.
    Masked(&'a Scrubber),
    /// They are looked at as they are: somebody has said that they may be.
    AsTheyAre {
        /// The schema of the input.
        schema: &'a Schema,
        /// Threads.
        threads: usize,
        /// Ends the run.
        cancelled: &'a AtomicBool,
    },
}

/// What a worker keeps from block to block.
#[derive(Default)]
struct Looking {
    worker: Worker,
    masked: Vec<u8>,
    cells: Cells,
    seen: Accumulator,
}

/// What the rows of `reader` cover of `model`. The result does not depend on threads or on the size of blocks.
///
/// ```
/// use std::sync::atomic::AtomicBool;
/// use scrub::format::{self, Input, ReaderOptions};
/// use scrub::pipeline::{CoverageRows, read_coverage, read_schema};
/// use scrub::synth::coverage::{Coverage, Criterion, Model, Tally};
///
/// let dump = "CREATE TABLE public.t (paid boolean NOT NULL);\nCOPY public.t (paid) FROM stdin;\nt\n\\.\n\
///     --\n-- PostgreSQL database dump complete\n--\n";
/// let open = || format::open(Input::new("dump", dump.as_bytes()), &ReaderOptions::default());
/// let schema = read_schema(open()?.as_mut())?;
/// let model = Model::new(&schema);
/// let rows = CoverageRows::AsTheyAre { schema: &schema, threads: 1, cancelled: &AtomicBool::new(false) };
/// let seen = read_coverage(open()?, &model, rows)?;
/// let tally = Tally::new(&Coverage::new(&model, &seen), &[Criterion::Vpc]);
/// assert_eq!((tally.total.satisfied, tally.total.open), (1, 1), "no row is false");
/// # Ok::<(), scrub::Error>(())
/// ```
///
/// # Errors
/// Input that cannot be read, rows that may not be masked as the policy says, a table that the model does not have.
pub fn read_coverage(reader: Box<dyn Reader>, model: &Model, rows: CoverageRows<'_>) -> Result<Accumulator> {
    match rows {
        CoverageRows::Masked(scrubber) => masked(reader, model, scrubber),
        CoverageRows::AsTheyAre { schema, threads, cancelled } => {
            as_they_are(reader, model, schema, threads, cancelled)
        }
    }
}

fn masked(
    #[cfg_attr(not(feature = "parquet"), expect(unused_mut, reason = "only batches are taken out of it"))]
    mut reader: Box<dyn Reader>,
    model: &Model,
    scrubber: &Scrubber,
) -> Result<Accumulator> {
    #[cfg(feature = "parquet")]
    if reader.batches().is_some() {
        return Err(ErrorKind::Usage(
            "coverage does not mask files of record batches as it reads: mask the file with --manifest, and give coverage \
             the output and the manifest"
                .into(),
        )
        .into());
    }
    let codec = reader.codec();
    let (pool, stop) = (Pool::default(), AtomicBool::new(false));
    let mut source = scrubber.source(reader, OutputCompression::NONE, &stop);
    let hands = Hands::default();
    ordered(
        scrubber.run.threads,
        || source.pull(&pool),
        || (),
        |(), item| {
            item.parts.into_iter().try_for_each(|part| match part.work {
                Work::Rows { block, job } if !job.drop_rows => hands.with(|hand| {
                    let block = if job.is_idle() {
                        block
                    } else {
                        hand.worker
                            .mask(&job, codec.as_ref(), &block, &mut hand.masked)
                            .map_err(located(&block))?;
                        let bytes = std::mem::replace(&mut hand.masked, block.bytes);
                        Block { bytes, ..block }
                    };
                    hand.look(model, &block, codec.as_ref(), &job.shape.columns, Some(&job.shape))?;
                    pool.put(block.bytes);
                    Ok(())
                }),
                Work::Rows { .. } | Work::Pass(_) | Work::Dropped(_) => Ok(()),
            })
        },
        |()| Ok(()),
    )?;
    Ok(hands.sum())
}

fn as_they_are(
    mut reader: Box<dyn Reader>,
    model: &Model,
    schema: &Schema,
    threads: usize,
    cancelled: &AtomicBool,
) -> Result<Accumulator> {
    let codec = reader.codec();
    let pool = Pool::default();
    let hands = Hands::default();
    ordered(
        threads,
        || {
            loop {
                if cancelled.load(std::sync::atomic::Ordering::Relaxed) {
                    return Err(ErrorKind::Cancelled.into());
                }
                match reader.next(pool.take())? {
                    Some(Event::Rows(block)) => return Ok(Some(block)),
                    Some(Event::Verbatim { bytes, .. } | Event::Ddl { bytes, .. }) => pool.put(bytes),
                    Some(_) => {}
                    None => return Ok(None),
                }
            }
        },
        || (),
        |(), block: Block| {
            hands.with(|hand| {
                let names = match &block.head.columns {
                    Some(names) => names.clone(),
                    None => declared_columns(schema, &block, codec.as_ref()),
                };
                hand.look(model, &block, codec.as_ref(), &names, None)?;
                pool.put(block.bytes);
                Ok(())
            })
        },
        |()| Ok(()),
    )?;
    Ok(hands.sum())
}

fn declared_columns(schema: &Schema, block: &Block, codec: &dyn Codec) -> Vec<String> {
    let columns = schema.tables.get(&block.head.table).into_iter().flat_map(|table| &table.columns);
    let carried = columns.filter(|column| !(column.generated && codec.omits_generated()));
    carried.map(|column| column.name.clone()).collect()
}

/// Where in the input an error is.
fn located(block: &Block) -> impl Fn(Error) -> Error {
    |error| error.in_table(block.head.table.to_string()).at_line(block.line).at_byte(block.byte)
}

impl Looking {
    /// Adds the rows of a block whose cells are those of the columns `names`. `masked` says how a masked block is shaped.
    fn look(
        &mut self,
        model: &Model,
        block: &Block,
        codec: &dyn Codec,
        names: &[String],
        masked: Option<&RowShape>,
    ) -> Result<()> {
        let unknown = || {
            Error::new(ErrorKind::Schema("the data has a table that the schema in use does not have".into()))
                .in_table(block.head.table.to_string())
        };
        let table = model.table(&block.head.table).ok_or_else(unknown)?;
        let own = &model.tables[table];
        let places: Vec<(usize, usize)> =
            names.iter().enumerate().filter_map(|(at, name)| Some((at, own.column(name)?))).collect();
        let wanted: Vec<usize> = places.iter().map(|(at, _)| *at).collect();
        let types: Vec<Option<&SqlType>> =
            names.iter().map(|name| own.column(name).map(|at| &own.columns[at].sql_type)).collect();
        let mut shape = if codec.is_nested() {
            let whole = match masked {
                Some(shape) => shape.whole.clone(),
                None => types.iter().map(|sql_type| sql_type.is_some_and(has_parts)).collect(),
            };
            RowShape::nested(names.to_vec(), wanted, whole)
        } else {
            RowShape::new(names.to_vec(), wanted)
        };
        shape.binary = match masked {
            Some(shape) => shape.binary.clone(),
            None => (0..names.len()).filter(|at| types[*at].is_some_and(SqlType::is_bytes)).collect(),
        };
        codec.tokenize(block, &shape, &mut self.cells).map_err(located(block))?;
        let columns: Vec<(usize, Column<'_>)> = places
            .iter()
            .enumerate()
            .map(|(number, (_, position))| (*position, self.cells.column(block, number)))
            .collect();
        self.seen.add(model, table, self.cells.rows, &columns);
        Ok(())
    }
}

/// As many workers' states as there are threads at work.
#[derive(Default)]
struct Hands(Mutex<Vec<Looking>>);

impl Hands {
    fn with(&self, act: impl FnOnce(&mut Looking) -> Result<()>) -> Result<()> {
        let mut hand = lock(&self.0).pop().unwrap_or_default();
        let result = act(&mut hand);
        lock(&self.0).push(hand);
        result
    }

    fn sum(self) -> Accumulator {
        let mut all = Accumulator::default();
        let hands = self.0.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        for hand in hands {
            all.merge(hand.seen);
        }
        all
    }
}

/// The schema of an input that has no rows, such as `pg_dump -s` writes.
///
/// # Errors
/// Input that cannot be read. Rows: nobody has said that they may be looked at.
pub fn read_declarations(reader: &mut dyn Reader) -> Result<Schema> {
    let mut schema = SchemaBuilder::new();
    while let Some(event) = reader.next(Vec::new())? {
        match event {
            Event::Ddl { bytes, session }
            | Event::Sequence(SequenceValue { bytes, ddl: Some(session), .. }) => {
                schema.statement(&bytes, &session);
            }
            Event::Table { name, table } => schema.file(name, &table),
            Event::Rows(block) if !block.bytes.is_empty() => {
                return Err(Error::new(ErrorKind::Usage(
                    "the input has rows, and nothing says that they are masked: give the policy (-p), which masks them as \
                     they are read, or the manifest of the run that masked them (--manifest); without rows \
                     (`pg_dump -s`) the schema alone is looked at; --input-is-safe takes the rows as they are"
                        .into(),
                ))
                .in_table(block.head.table.to_string()));
            }
            _ => {}
        }
    }
    Ok(schema.finish())
}
