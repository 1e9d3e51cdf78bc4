//! Where results go, in input order: they are counted, written, and made known to the tail and to whoever watches.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::base::{Error, Result};
use crate::format::{Compression, Tail};

use super::builder::{Progress, Run};
use super::compress::{OutputCompression, compressed};
use super::item::{Done, Entry};
use super::ledger::Ledger;
use super::pool::Pool;

/// The writing end of a run over one input.
pub(super) struct Sink<'s, W> {
    writer: W,
    how: OutputCompression,
    tail: Box<dyn Tail>,
    ledger: Ledger,
    /// Whether the writer has got anything.
    wrote: bool,
    run: &'s Run,
    pool: &'s Pool,
    /// Bytes of input that are done, of all inputs of the run.
    total: &'s AtomicU64,
}

impl<'s, W: Write> Sink<'s, W> {
    pub(super) fn new(
        writer: W,
        how: OutputCompression,
        tail: Box<dyn Tail>,
        ledger: Ledger,
        (run, pool, total): (&'s Run, &'s Pool, &'s AtomicU64),
    ) -> Self {
        Self { writer, how, tail, ledger, wrote: false, run, pool, total }
    }

    /// Takes the next result.
    ///
    /// # Errors
    /// What failed in it; a writer that fails; too many invalid cells.
    pub(super) fn push(&mut self, done: Done) -> Result<()> {
        let Done { bytes, read, entries } = done;
        let mut marks = Vec::new();
        for Entry { outcome, mark } in entries {
            self.ledger.enter(outcome, mark.as_ref())?;
            marks.extend(mark);
        }
        self.writer.write_all(&bytes)?;
        self.wrote |= !bytes.is_empty();
        let total = self.total.fetch_add(read, Ordering::Relaxed) + read;
        let (table, rows) = self.ledger.open().unzip();
        self.run.report(&Progress { table, rows: rows.unwrap_or_default(), bytes: total });
        for mark in &marks {
            self.tail.observe(mark);
        }
        self.pool.put(bytes);
        Ok(())
    }

    /// Ends the output: as it should, or with the tail if the run has failed, here at the latest.
    ///
    /// # Errors
    /// That of `result`; a writer that fails; too many invalid cells.
    pub(super) fn end(mut self, result: Result<()>) -> Result<(W, Ledger)> {
        let ended = result.and_then(|()| self.complete()).and_then(|()| self.ledger.close());
        match ended {
            Ok(()) => Ok((self.writer, self.ledger)),
            Err(error) => {
                self.fail(&error);
                Err(error)
            }
        }
    }

    fn complete(&mut self) -> Result<()> {
        // Nothing at all would be no compressed stream.
        if !self.wrote && self.how.kind() != Compression::None {
            self.writer.write_all(&compressed(self.how, Vec::new())?)?;
        }
        Ok(self.writer.flush()?)
    }

    fn fail(&mut self, error: &Error) {
        if error.is_broken_pipe() {
            return;
        }
        // The run has failed already; a tail that cannot be written leaves the output cut short.
        if let Ok(tail) = compressed(self.how, self.tail.bytes()) {
            let _ = self.writer.write_all(&tail).and_then(|()| self.writer.flush());
        }
    }
}
