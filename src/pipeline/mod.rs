//! Runs: blocks to workers and back in order, counts, and the manifest.

#[cfg(feature = "arrow")]
mod batches;
mod branch_rows;
mod builder;
#[cfg(feature = "parquet")]
mod columnar;
mod compress;
mod copies;
mod coverage;
mod draft;
mod generated;
mod item;
mod job;
mod ledger;
mod manifest;
mod many;
mod masking;
mod ordered;
mod pool;
mod profile;
mod scan;
mod scan_report;
mod scrubber;
mod sink;
#[cfg(feature = "sqlite")]
mod sqlite_writer;
mod summary;
mod synth;
mod work;

#[cfg(feature = "arrow")]
pub use batches::{MaskedBatches, TableScrubber};
pub use builder::{Progress, ScrubberBuilder};
pub use compress::{OutputCompression, compressed};
pub use coverage::{CoverageRows, read_coverage, read_declarations};
pub use draft::{draft_of, lock_of};
pub use manifest::{
    ColumnRecord, Digested, Digesting, Manifest, PresetRecord, Stream, TableRecord, WarningRecord,
};
pub use many::OpenInput;
pub use profile::{read_schema, read_schemas, read_statistics};
pub use scan::{Scan, ScanOptions, scan};
pub use scan_report::{ScanColumn, ScanTable, safe_name};
pub use scrubber::{CellPair, Scrubber, TablePreview};
#[cfg(feature = "sqlite")]
pub use sqlite_writer::SqliteWriter;
pub use summary::{ColumnSummary, Summary, TableSummary};
pub use synth::Outline;
