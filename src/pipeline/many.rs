//! A run over several inputs, under one plan, on the threads of one scrubber.
//!
//! A thread opens the next input and works on it; when there is none left to open, it joins those that work on another.
//! So at most as many inputs are open as there are threads, and the last and largest still has all of them. Memory
//! depends on the threads alone. Each output is the one that its input gives by itself.

use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};

use crate::base::{Error, ErrorKind, Result};
use crate::format::{Codec, Reader};

use super::compress::OutputCompression;
use super::item::{Done, Hand, Item};
use super::ledger::Ledger;
use super::ordered::{Lane, guarded, lock};
use super::pool::Pool;
use super::scrubber::Scrubber;
use super::sink::Sink;
use super::summary::Summary;

/// An input that is ready to be read, and where its output goes.
pub struct OpenInput<W> {
    /// The input.
    pub reader: Box<dyn Reader>,
    /// The output.
    pub writer: W,
    /// How the output is compressed.
    pub compression: OutputCompression,
    /// The input's name, for errors.
    pub name: String,
}

impl Scrubber {
    /// Masks `count` inputs, some of them at the same time. `open` is told a number below `count` and opens that input;
    /// `close` is given its writer back when all of its output is written. The first failure ends the run: outputs that
    /// were not closed then end with statements that make a restore fail, and what becomes of those that were is the
    /// caller's to decide.
    ///
    /// A table may be in several inputs; `max_invalid` is then a share of all its cells, and looked at in the end.
    ///
    /// ```
    /// use std::sync::Mutex;
    /// use scrub::Scrubber;
    /// use scrub::format::{self, Input, ReaderOptions};
    /// use scrub::pipeline::{OpenInput, OutputCompression};
    /// use scrub::table::Schema;
    ///
    /// # let policy = scrub::Policy::parse("version = 1\nconstruction = \"v1\"\nproject = \"acme/dev\"\n", "scrub.toml")?;
    /// let dumps = ["SET a = 1;\n--\n-- PostgreSQL database dump complete\n--\n"; 3];
    /// let scrubber = Scrubber::builder(policy).schema(Schema::default()).threads(2).build()?;
    /// let outputs = Mutex::new(vec![Vec::new(); dumps.len()]);
    /// scrubber.mask_many(
    ///     dumps.len(),
    ///     |number| {
    ///         let name = format!("dump {number}");
    ///         let input = Input::new(name.as_str(), dumps[number].as_bytes());
    ///         let reader = format::open(input, &ReaderOptions::default())?;
    ///         Ok(OpenInput { reader, writer: Vec::new(), compression: OutputCompression::NONE, name })
    ///     },
    ///     |number, output| {
    ///         outputs.lock().unwrap()[number] = output;
    ///         Ok(())
    ///     },
    /// )?;
    /// assert_eq!(outputs.into_inner().unwrap()[2], dumps[2].as_bytes());
    /// # Ok::<(), scrub::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`Scrubber::mask_events`], of `open` and of `close`; of several, that of the first input.
    pub fn mask_many<W: Write + Send>(
        &self,
        count: usize,
        open: impl Fn(usize) -> Result<OpenInput<W>> + Sync,
        close: impl Fn(usize, W) -> Result<()> + Sync,
    ) -> Result<Summary> {
        let shared = Shared { pool: Pool::default(), total: AtomicU64::new(0), stop: AtomicBool::new(false) };
        let desk = Desk {
            scrubber: self,
            shared: &shared,
            count,
            open,
            close,
            board: Mutex::new(Board {
                next: 0,
                opening: 0,
                runs: Vec::new(),
                ledger: Ledger::deferred(),
                batches: Summary::default(),
                failed: None,
            }),
            changed: Condvar::new(),
        };
        std::thread::scope(|scope| {
            for _ in 1..self.run.threads {
                scope.spawn(|| desk.serve());
            }
            desk.serve();
        });
        let Board { ledger, batches, failed, .. } =
            desk.board.into_inner().unwrap_or_else(PoisonError::into_inner);
        match failed {
            Some((_, error)) => Err(error),
            None => ledger.check().map(|()| {
                let mut summary = ledger.into_summary();
                summary.merge(batches);
                summary
            }),
        }
    }
}

/// What all inputs of a run share.
struct Shared {
    pool: Pool,
    /// Bytes of input that are done.
    total: AtomicU64,
    /// One input has failed; the others need not go on.
    stop: AtomicBool,
}

struct Desk<'s, W, Open, Close> {
    scrubber: &'s Scrubber,
    shared: &'s Shared,
    count: usize,
    open: Open,
    close: Close,
    board: Mutex<Board<'s, W>>,
    changed: Condvar,
}

struct Board<'s, W> {
    /// The input that is opened next.
    next: usize,
    /// Inputs that are about to be opened.
    opening: usize,
    /// Those that are open.
    runs: Vec<Arc<FileRun<'s, W>>>,
    ledger: Ledger,
    /// Counts of the inputs that are record batches.
    batches: Summary,
    /// The first input that failed.
    failed: Option<(usize, Error)>,
}

impl<'s, W, Open, Close> Desk<'s, W, Open, Close>
where
    W: Write + Send + 's,
    Open: Fn(usize) -> Result<OpenInput<W>> + Sync,
    Close: Fn(usize, W) -> Result<()> + Sync,
{
    /// One thread's day.
    fn serve(&self) {
        let mut hand = Hand::default();
        while let Some(run) = self.next() {
            let Some(ended) = run.help(&mut hand, &self.shared.pool) else { continue };
            let ended = ended.and_then(|(writer, ledger)| {
                guarded("the writer", || (self.close)(run.number, writer)).map(|()| ledger)
            });
            let mut board = lock(&self.board);
            board.runs.retain(|other| other.number != run.number);
            match ended {
                Ok(ledger) => board.ledger.merge(ledger),
                Err(error) => self.fail(&mut board, run.number, error.in_file(&run.name)),
            }
        }
    }

    /// An input to work on: a new one, else the one with the fewest threads.
    fn next(&self) -> Option<Arc<FileRun<'s, W>>> {
        let mut board = lock(&self.board);
        loop {
            if self.shared.stop.load(Ordering::Relaxed) {
                return None;
            }
            if board.next < self.count {
                let number = board.next;
                board.next += 1;
                board.opening += 1;
                drop(board);
                let opened = guarded("the reader", || (self.open)(number));
                #[cfg(feature = "parquet")]
                let opened = opened.map(|input| self.batches(number, input)).transpose();
                #[cfg(not(feature = "parquet"))]
                let opened = Some(opened);
                board = lock(&self.board);
                board.opening -= 1;
                self.changed.notify_all();
                match opened {
                    None => {}
                    Some(Ok(input)) => {
                        let run = Arc::new(FileRun::new(self.scrubber, self.shared, number, input));
                        board.runs.push(Arc::clone(&run));
                        return Some(run);
                    }
                    Some(Err(error)) => self.fail(&mut board, number, error),
                }
            } else if let Some(run) =
                board.runs.iter().filter(|run| run.is_open()).min_by_key(|run| run.workers())
            {
                return Some(Arc::clone(run));
            } else if board.opening > 0 {
                board = self.changed.wait(board).unwrap_or_else(PoisonError::into_inner);
            } else {
                return None;
            }
        }
    }

    /// Masks an input of record batches; gives back one that is none.
    #[cfg(feature = "parquet")]
    fn batches(&self, number: usize, mut input: OpenInput<W>) -> Option<OpenInput<W>> {
        let Some(batches) = input.reader.batches() else { return Some(input) };
        let OpenInput { reader, mut writer, name, .. } = input;
        // Several files are worked on at once, each by the thread that opened it.
        let mut run = self.scrubber.run.clone();
        if self.count > 1 {
            run.threads = 1;
        }
        let ended = guarded("the writer", || {
            let summary = self.scrubber.mask_batches(&run, batches, reader.as_ref(), &mut writer)?;
            (self.close)(number, writer)?;
            Ok(summary)
        });
        let mut board = lock(&self.board);
        match ended {
            Ok(summary) => board.batches.merge(summary),
            Err(error) => self.fail(&mut board, number, error.in_file(&name)),
        }
        None
    }

    fn fail(&self, board: &mut Board<'_, W>, number: usize, error: Error) {
        // An input that was stopped for another's sake has not failed.
        let stopped = self.shared.stop.swap(true, Ordering::Relaxed)
            && matches!(error.kind(), ErrorKind::Cancelled)
            && board.failed.is_some();
        if !stopped && board.failed.as_ref().is_none_or(|(first, _)| number < *first) {
            board.failed = Some((number, error));
        }
    }
}

type Pull<'s> = Box<dyn FnMut() -> Result<Option<Item>> + Send + 's>;
type Push<'s> = Box<dyn FnMut(Done) -> Result<()> + Send + 's>;

/// The run over one input.
struct FileRun<'s, W> {
    number: usize,
    name: String,
    codec: Arc<dyn Codec>,
    how: OutputCompression,
    lane: Lane<Pull<'s>, Push<'s>, Done>,
    sink: Arc<Mutex<Option<Sink<'s, W>>>>,
    crew: Mutex<Crew>,
}

struct Crew {
    workers: usize,
    /// There is no more to take.
    closed: bool,
}

impl<'s, W: Write + Send + 's> FileRun<'s, W> {
    fn new(scrubber: &'s Scrubber, shared: &'s Shared, number: usize, input: OpenInput<W>) -> Self {
        let OpenInput { reader, writer, compression: how, name } = input;
        let (codec, tail) = (reader.codec(), reader.tail());
        let around = (&scrubber.run, &shared.pool, &shared.total);
        let sink = Arc::new(Mutex::new(Some(Sink::new(writer, how, tail, Ledger::deferred(), around))));
        let mut source = scrubber.source(reader, how, &shared.stop);
        let into = Arc::clone(&sink);
        let pull: Pull<'s> = Box::new(move || source.pull(&shared.pool));
        let push: Push<'s> = Box::new(move |done| match &mut *lock(&into) {
            Some(sink) => sink.push(done),
            None => Err(ErrorKind::Panic("the writer").into()),
        });
        let crew = Mutex::new(Crew { workers: 0, closed: false });
        Self { number, name, codec, how, lane: Lane::new(pull, push), sink, crew }
    }

    fn is_open(&self) -> bool {
        !lock(&self.crew).closed
    }

    fn workers(&self) -> usize {
        lock(&self.crew).workers
    }

    /// Works on this input until there is no more to take. The last thread to leave gets what it ended with.
    fn help(&self, hand: &mut Hand, pool: &Pool) -> Option<Result<(W, Ledger)>> {
        {
            let mut crew = lock(&self.crew);
            if crew.closed {
                return None;
            }
            crew.workers += 1;
        }
        self.lane.run(hand, &|hand: &mut Hand, item| hand.process(item, self.codec.as_ref(), pool, self.how));
        let mut crew = lock(&self.crew);
        crew.closed = true;
        crew.workers -= 1;
        if crew.workers > 0 {
            return None;
        }
        drop(crew);
        let sink = lock(&self.sink).take()?;
        Some(guarded("the writer", || sink.end(self.lane.result())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Key;
    use crate::format::{self, Input, ReaderOptions};
    use crate::pipeline::read_schemas;
    use crate::plan::Policy;

    const POLICY: &str = "version = 1\nconstruction = \"v1\"\nproject = \"t/many\"\n\
        [tables.\"public.people\"]\nkeep = { columns = [\"id\"], reason = \"x\" }\n\
        columns.email = { op = \"email\", accept_frequency_leak = \"x\", max_invalid = 0.2 }\n";

    fn dump(rows: u32, invalid: u32) -> String {
        let mut dump = String::from(
            "CREATE TABLE public.people (id int, email text);\nCOPY public.people (id, email) FROM stdin;\n",
        );
        for n in 0..rows {
            let email = if n < invalid { "none".into() } else { format!("p{n}@example.org") };
            dump += &format!("{n}\t{email}\n");
        }
        dump + "\\.\n--\n-- PostgreSQL database dump complete\n--\n"
    }

    fn reader(dump: &str, name: &str) -> Result<Box<dyn Reader>> {
        let options = ReaderOptions { block_size: 512, ..ReaderOptions::default() };
        format::open(Input::new(name, std::io::Cursor::new(dump.to_owned())), &options)
    }

    fn scrubber(threads: usize) -> Scrubber {
        let schema = read_schemas([reader(&dump(1, 0), "schema")]).unwrap();
        let builder = Scrubber::builder(Policy::parse(POLICY, "scrub.toml").unwrap()).schema(schema);
        builder.key(Key::from_bytes([7; 32]).unwrap()).threads(threads).build().unwrap()
    }

    fn run(threads: usize, dumps: &[String]) -> (Vec<Option<Vec<u8>>>, Result<Summary>) {
        let outputs = Mutex::new(vec![None; dumps.len()]);
        let result = scrubber(threads).mask_many(
            dumps.len(),
            |number| {
                let name = format!("{number}.sql");
                let reader = reader(&dumps[number], &name)?;
                Ok(OpenInput { reader, writer: Vec::new(), compression: OutputCompression::NONE, name })
            },
            |number, output| {
                lock(&outputs)[number] = Some(output);
                Ok(())
            },
        );
        (outputs.into_inner().unwrap(), result)
    }

    #[test]
    fn each_output_is_what_its_input_gives_alone() {
        let mut dumps: Vec<String> = (0..40).map(|n| dump(n * 37 % 90, 0)).collect();
        dumps.push(dump(9_000, 0));
        let alone: Vec<Vec<u8>> = dumps
            .iter()
            .map(|dump| {
                let mut out = Vec::new();
                scrubber(1).mask_events(reader(dump, "-").unwrap(), &mut out).unwrap();
                out
            })
            .collect();
        for threads in [1, 2, 3, 8, 60] {
            let (outputs, result) = run(threads, &dumps);
            let rows: usize = dumps.iter().map(|dump| dump.matches('\t').count()).sum();
            assert_eq!(result.unwrap().rows(), rows as u64, "{threads} threads");
            for (output, alone) in outputs.iter().zip(&alone) {
                assert!(output.as_ref() == Some(alone), "{threads} threads");
            }
        }
        assert_eq!(run(3, &[]).1.unwrap().rows(), 0);
    }

    #[test]
    fn the_first_input_that_fails_is_named_and_the_others_stop() {
        let mut dumps: Vec<String> = (0..20).map(|_| dump(500, 0)).collect();
        for wrong in [4, 11] {
            dumps[wrong] = dumps[wrong].replacen("7\tp7@", "7 p7@", 1);
        }
        for threads in [1, 2, 8] {
            let (outputs, result) = run(threads, &dumps);
            let error = result.unwrap_err();
            let file = error.position().file.clone().unwrap();
            assert!(file == "4.sql" || (threads > 1 && file == "11.sql"), "{threads} threads: {error}");
            assert!(outputs[4].is_none() || outputs[11].is_none());
            assert!(threads > 1 || outputs[5].is_none(), "an input behind the failed one was done");
        }
        dumps[2] = "no dump".into();
        assert!(run(1, &dumps).1.unwrap_err().to_string().starts_with("2.sql: "));
    }

    #[test]
    fn the_limit_on_invalid_cells_is_for_a_table_in_all_inputs() {
        let fine = [dump(10, 10), dump(90, 0)];
        assert_eq!(run(2, &fine).1.unwrap().invalid(), 10);
        let error = run(2, &[dump(10, 10), dump(10, 0)]).1.unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::TooManyInvalid { .. }), "{error}");
    }
}
