//! Turns production dumps into safe, realistic, restorable test data.
//!
//! ```text
//! bytes -> format::Reader -> Event -> plan -> pipeline: Block -> mask columns -> splice -> bytes
//! ```
//!
//! A [`Policy`] says what each column becomes. With the schema of the data it compiles to a [`plan::Plan`], where every
//! mistake is found before the first row. A [`Scrubber`] then masks dumps as a stream, in parallel, in bounded memory, or
//! Arrow record batches one by one. Equal values become equal pseudonyms under one key, in every table, file and run:
//! the construction is in [`base`], the operators are in [`mask`]. The [`guide`] shows how to use it.
//!
//! ```no_run
//! use std::fs::File;
//! use scrub::{Key, Policy, Scrubber};
//!
//! let policy = Policy::from_path("scrub.toml")?; // and scrub.lock beside it
//! let scrubber = Scrubber::new(policy, Key::from_file("scrub.key")?)?;
//! scrubber.mask(File::open("dump.sql")?, File::create("masked.sql")?)?;
//! # Ok::<(), scrub::Error>(())
//! ```
//!
//! Same input, key and policy give the same bytes for any number of threads, any block size, from a file or a pipe.
//! Nothing below the command reads the clock, the environment or a random source.
//!
//! Features, all on by default: `arrow` for record batches, `parquet` for files of them, `sqlite` for database files, `cli` for
//! the command.

pub mod base;
#[cfg(feature = "cli")]
pub mod cli;
pub mod detect;
pub mod format;
pub mod guide;
pub mod mask;
pub mod pipeline;
pub mod plan;
pub mod synth;
pub mod table;

pub use base::{Error, ErrorKind, Key, Position, Result};
#[cfg(feature = "arrow")]
pub use pipeline::{MaskedBatches, TableScrubber};
pub use pipeline::{Progress, Scrubber, ScrubberBuilder, Summary};
pub use plan::Policy;
