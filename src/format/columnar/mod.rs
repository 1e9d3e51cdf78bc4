//! Files of record batches: Parquet, Arrow IPC files and Arrow IPC streams.
//!
//! Such an input has no rows of bytes. Its [`Reader`] gives one event, the table; whoever masks it takes the [`Batches`].
//! What is known here is how batches lie in files and how files are put together again: which bytes may be copied, which
//! statistics and metadata are kept. What becomes of a column is none of this module's business.

mod fault;
pub(crate) mod ipc;
pub(crate) mod parquet;
mod source;

use std::path::Path;
use std::sync::Arc;

use self::ipc::IpcInput;
use self::parquet::ParquetFile;
use self::source::Source;
use super::input::{FormatInfo, Identity, Opened};
use super::{Block, Cells, Codec, Event, Head, Mark, Reader, ReaderOptions, RowShape, Tail};
use crate::base::{Error, ErrorKind, Result};
use crate::table::{Cell, ColumnBuilder, TableName, arrow};

pub(super) const PARQUET: FormatInfo = FormatInfo {
    name: "parquet",
    summary: "Apache Parquet: row groups are masked side by side, columns that are kept are copied",
    identity: Identity::Batches,
    sniff: |start| start.starts_with(b"PAR1") || start.starts_with(b"PARE"),
    open: |mut opened, options| {
        let table = table_name(&opened, options)?;
        let file = fault::guarded(|| ParquetFile::open(Source::new(&mut opened)?))?;
        Ok(Box::new(Columnar::new(table, Kind::Parquet(Box::new(file)))))
    },
};

pub(super) const ARROW_IPC: FormatInfo = FormatInfo {
    name: "arrow_ipc",
    summary: "Apache Arrow IPC file (Feather 2)",
    identity: Identity::Batches,
    sniff: |start| start.starts_with(b"ARROW1"),
    open: |mut opened, options| {
        let table = table_name(&opened, options)?;
        let input = fault::guarded(|| IpcInput::file(Source::new(&mut opened)?))?;
        Ok(Box::new(Columnar::new(table, Kind::Ipc(Box::new(input)))))
    },
};

pub(super) const ARROW_STREAM: FormatInfo = FormatInfo {
    name: "arrow_stream",
    summary: "Apache Arrow IPC stream",
    identity: Identity::Batches,
    sniff: |start| start.starts_with(&ipc::CONTINUATION),
    open: |opened, options| {
        let table = table_name(&opened, options)?;
        let input = fault::guarded(|| IpcInput::stream(opened.stream.read, options.trailer))?;
        Ok(Box::new(Columnar::new(table, Kind::Ipc(Box::new(input)))))
    },
};

/// The record batches of an input, for whoever masks them.
pub struct Batches {
    /// The table.
    pub(crate) table: TableName,
    /// In which form.
    pub(crate) kind: Kind,
}

impl Batches {
    /// The table, as its schema tells.
    pub(crate) fn event(&self) -> Event {
        let schema = match &self.kind {
            Kind::Parquet(file) => file.schema(),
            Kind::Ipc(input) => input.schema(),
        };
        Event::Table { name: self.table.clone(), table: arrow::table(schema, &|_| false) }
    }
}

/// What batches lie in.
pub(crate) enum Kind {
    /// A Parquet file.
    Parquet(Box<ParquetFile>),
    /// An Arrow IPC file or stream.
    Ipc(Box<IpcInput>),
}

/// The table that the batches are of: what the options say, else what the file is called.
fn table_name(opened: &Opened, options: &ReaderOptions) -> Result<TableName> {
    if let Some(name) = &options.table {
        return Ok(name.clone());
    }
    let stem = Path::new(&opened.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let stem = stem.strip_suffix(".parquet").or_else(|| stem.strip_suffix(".arrow")).unwrap_or(stem);
    if stem.is_empty() || opened.name == "-" {
        return Err(Error::new(ErrorKind::Usage(
            "record batches have no table name, and this input has no file name: say which table it is (--table)".into(),
        )));
    }
    Ok(match stem.split_once('.') {
        Some((schema, table)) if !table.contains('.') => TableName::new(schema, table),
        _ => TableName::new("", stem),
    })
}

/// The reader of an input that has batches.
struct Columnar {
    event: Option<Event>,
    stream: bool,
    batches: Option<Batches>,
}

impl Columnar {
    fn new(table: TableName, kind: Kind) -> Self {
        let stream = matches!(&kind, Kind::Ipc(input) if input.is_stream());
        let batches = Batches { table, kind };
        Self { event: Some(batches.event()), stream, batches: Some(batches) }
    }
}

impl Reader for Columnar {
    fn next(&mut self, _: Vec<u8>) -> Result<Option<Event>> {
        Ok(self.event.take())
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(NoBlocks)
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(Unfinished { stream: self.stream })
    }

    fn batches(&mut self) -> Option<Batches> {
        self.batches.take()
    }
}

/// The end of an output that is not whole. A file lacks its footer, without which nobody can read it. A stream may end
/// without an end mark for some readers, so it ends within a message.
struct Unfinished {
    stream: bool,
}

impl Tail for Unfinished {
    fn observe(&mut self, _: &Mark) {}

    fn bytes(&self) -> Vec<u8> {
        if self.stream { [ipc::CONTINUATION, [0, 1, 0, 0]].concat() } else { Vec::new() }
    }
}

/// The codec of an input without blocks.
struct NoBlocks;

fn no_blocks() -> Error {
    Error::new(ErrorKind::Panic("a format: an input of record batches has no blocks"))
}

impl Codec for NoBlocks {
    fn tokenize(&self, _: &Block, _: &RowShape, _: &mut Cells) -> Result<()> {
        Err(no_blocks())
    }

    fn count(&self, _: &Block) -> u64 {
        0
    }

    fn check(&self, _: &Block, _: &RowShape, _: &mut Cells) -> Result<u64> {
        Err(no_blocks())
    }

    fn splice(&self, _: &Block, _: &Cells, _: &[Option<&ColumnBuilder>], _: &mut Vec<u8>) -> Result<()> {
        Err(no_blocks())
    }

    fn literal(&self, _: &Head, cell: Cell<'_>) -> Vec<u8> {
        match cell {
            Cell::Value(value) => value.to_vec(),
            Cell::Null | Cell::Kept => Vec::new(),
        }
    }
}
