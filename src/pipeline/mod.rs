//! Runs: blocks to workers and back in order, counts, and the manifest.

#[cfg(feature = "arrow")]
mod batches;
mod branch_rows;
mod builder;
mod compress;
mod item;
mod job;
mod ledger;
mod manifest;
mod many;
mod masking;
mod ordered;
mod pool;
mod profile;
mod scrubber;
mod sink;
mod summary;
mod work;

#[cfg(feature = "arrow")]
pub use batches::{MaskedBatches, TableScrubber};
pub use builder::{Progress, ScrubberBuilder};
pub use compress::{OutputCompression, compressed};
pub use manifest::{
    ColumnRecord, Digested, Digesting, Manifest, PresetRecord, Stream, TableRecord, WarningRecord,
};
pub use many::OpenInput;
pub use profile::{read_schema, read_schemas, read_statistics};
pub use scrubber::{CellPair, Scrubber, TablePreview};
pub use summary::{ColumnSummary, Summary, TableSummary};
