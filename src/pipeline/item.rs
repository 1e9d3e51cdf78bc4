//! What a worker gets and gives: a few events, and the bytes and counts that they became.
//!
//! Without compression an item is one event. With it, it is as many as make a member or frame of fair size, so that a
//! schema of a thousand statements is not a thousand members. Where items begin depends on the events alone.

use std::sync::Arc;

use crate::base::{Error, Result};
use crate::format::{Block, Codec, Compression, Mark};
use crate::table::TableName;

use super::compress::{Compressor, OutputCompression};
use super::job::Job;
use super::masking::Counts;
use super::pool::Pool;
use super::work::Worker;

/// Bytes of input in a compressed piece, about. On the common workload such pieces make gzip 1.0 % larger than one member
/// does and zstd 1.9 %; pieces of 128 KiB make them 4.2 % and 7.3 % larger.
pub(super) const PIECE: usize = 512 * 1024;

/// What the source hands to a worker.
pub(super) struct Item {
    pub(super) parts: Vec<Part>,
}

/// One event.
pub(super) struct Part {
    pub(super) work: Work,
    pub(super) mark: Option<Mark>,
}

pub(super) enum Work {
    Pass(Vec<u8>),
    Rows { block: Block, job: Arc<Job> },
    Dropped(&'static str),
}

impl Work {
    /// Bytes of the input that it is.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Pass(bytes) => bytes.len(),
            Self::Rows { block, .. } => block.bytes.len(),
            Self::Dropped(_) => 0,
        }
    }
}

/// What a worker hands to the sink.
pub(super) struct Done {
    /// The output, compressed if it is to be. Nothing of an item in which something failed.
    pub(super) bytes: Vec<u8>,
    /// Bytes of the input that this was.
    pub(super) read: u64,
    /// What became of each event, up to the first that failed.
    pub(super) entries: Vec<Entry>,
}

/// What became of one event.
pub(super) struct Entry {
    pub(super) outcome: Outcome,
    pub(super) mark: Option<Mark>,
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

/// What a thread keeps from item to item.
#[derive(Default)]
pub(super) struct Hand {
    pub(super) worker: Worker,
    compressor: Compressor,
    plain: Vec<u8>,
}

impl Hand {
    /// Does one item.
    ///
    /// # Errors
    /// An encoder that fails; what is wrong with the input is in the entries.
    pub(super) fn process(
        &mut self,
        item: Item,
        codec: &dyn Codec,
        pool: &Pool,
        how: OutputCompression,
    ) -> Result<Done> {
        let mut done = Done { bytes: Vec::new(), read: 0, entries: Vec::with_capacity(item.parts.len()) };
        let compress = how.kind() != Compression::None;
        self.plain.clear();
        for Part { work, mark } in item.parts {
            done.read += work.len() as u64;
            let (bytes, outcome) = part(&mut self.worker, work, codec, pool);
            let failed = matches!(outcome, Outcome::Failed { .. });
            done.entries.push(Entry { outcome, mark });
            if failed {
                done.bytes.clear();
                return Ok(done);
            }
            if compress {
                self.plain.extend_from_slice(&bytes);
                pool.put(bytes);
            } else {
                done.bytes = bytes;
            }
        }
        if compress && !self.plain.is_empty() {
            let mut bytes = pool.take();
            self.compressor.piece(how, &self.plain, &mut bytes)?;
            done.bytes = bytes;
        }
        // One huge row does not stay.
        if self.plain.capacity() > 8 * PIECE {
            self.plain = Vec::new();
        }
        Ok(done)
    }
}

fn part(worker: &mut Worker, work: Work, codec: &dyn Codec, pool: &Pool) -> (Vec<u8>, Outcome) {
    match work {
        Work::Pass(bytes) => (bytes, Outcome::Passed),
        Work::Dropped(class) => (Vec::new(), Outcome::Dropped(class)),
        Work::Rows { block, job } if job.drop_rows => {
            let outcome = Outcome::Rows { rows: codec.count(&block), counts: Vec::new(), job };
            pool.put(block.bytes);
            (Vec::new(), outcome)
        }
        Work::Rows { mut block, job } => {
            let mut bytes = pool.take();
            let masked = if job.is_idle() {
                worker.pass(&job, codec, &mut block, &mut bytes)
            } else {
                worker.mask(&job, codec, &block, &mut bytes)
            };
            match masked {
                Ok((rows, counts)) => {
                    pool.put(block.bytes);
                    (bytes, Outcome::Rows { job, rows, counts })
                }
                Err(error) => {
                    let error =
                        error.in_table(block.head.table.to_string()).at_line(block.line).at_byte(block.byte);
                    (Vec::new(), Outcome::Failed { error, table: job.table.clone() })
                }
            }
        }
    }
}
