//! Files of record batches: Parquet, Arrow IPC files and Arrow IPC streams.
//!
//! Such an input has no rows of bytes. Whoever masks it takes the [`Batches`] of its [`Reader`]; whoever only looks at rows
//! gets the table, and cells as text in blocks that are never written.
//! What is known here is how batches lie in files and how files are put together again: which bytes may be copied, which
//! statistics and metadata are kept. What becomes of a column is none of this module's business.

mod fault;
pub(crate) mod ipc;
pub(crate) mod parquet;
mod rows;
mod source;

use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::SchemaRef;

use self::ipc::IpcInput;
use self::parquet::{GroupReader, ParquetFile};
use self::rows::{Rows, RowsCodec};
use self::source::Source;
use super::input::{FormatInfo, Identity, Opened};
use super::{Codec, Event, Mark, Reader, ReaderOptions, Tail};
use crate::base::{Error, ErrorKind, Result};
use crate::table::{TableName, arrow};

pub(super) const PARQUET: FormatInfo = FormatInfo {
    name: "parquet",
    summary: "Apache Parquet: row groups are masked side by side, columns that are kept are copied",
    identity: Identity::Batches,
    refusal: super::pg_dump::refusal,
    sniff: |start| start.starts_with(b"PAR1") || start.starts_with(b"PARE"),
    open: |mut opened, options| {
        let table = table_name(&opened, options)?;
        let file = fault::guarded(|| ParquetFile::open(Source::new(&mut opened)?))?;
        Ok(Box::new(Columnar::new(table, Kind::Parquet(Box::new(file)), opened.schema_only)))
    },
};

pub(super) const ARROW_IPC: FormatInfo = FormatInfo {
    name: "arrow_ipc",
    summary: "Apache Arrow IPC file (Feather 2)",
    identity: Identity::Batches,
    refusal: super::pg_dump::refusal,
    sniff: |start| start.starts_with(b"ARROW1"),
    open: |mut opened, options| {
        let table = table_name(&opened, options)?;
        let input = fault::guarded(|| IpcInput::file(Source::new(&mut opened)?))?;
        Ok(Box::new(Columnar::new(table, Kind::Ipc(Box::new(input)), opened.schema_only)))
    },
};

pub(super) const ARROW_STREAM: FormatInfo = FormatInfo {
    name: "arrow_stream",
    summary: "Apache Arrow IPC stream",
    identity: Identity::Batches,
    refusal: super::pg_dump::refusal,
    sniff: |start| start.starts_with(&ipc::CONTINUATION),
    open: |opened, options| {
        let table = table_name(&opened, options)?;
        let input = fault::guarded(|| IpcInput::stream(opened.stream.read, options.trailer))?;
        Ok(Box::new(Columnar::new(table, Kind::Ipc(Box::new(input)), opened.schema_only)))
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
        Event::Table { name: self.table.clone(), table: arrow::table(self.kind.schema(), &|_| false) }
    }
}

impl Kind {
    fn schema(&self) -> &SchemaRef {
        match self {
            Self::Parquet(file) => file.schema(),
            Self::Ipc(input) => input.schema(),
        }
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

/// The reader of an input that has batches. Whoever writes takes them; whoever looks gets them as blocks.
struct Columnar {
    event: Option<Event>,
    stream: bool,
    batches: Option<Batches>,
    /// Makes blocks; none where only the schema is wanted.
    rows: Option<Rows>,
    groups: usize,
    group: Option<GroupReader>,
    /// What is left of a batch.
    rest: Option<RecordBatch>,
}

/// Rows of a block.
const ROWS: usize = 1024;

impl Columnar {
    fn new(table: TableName, kind: Kind, schema_only: bool) -> Self {
        let stream = matches!(&kind, Kind::Ipc(input) if input.is_stream());
        let rows = (!schema_only).then(|| Rows::new(&table, kind.schema()));
        let batches = Batches { table, kind };
        Self {
            event: Some(batches.event()),
            stream,
            batches: Some(batches),
            rows,
            groups: 0,
            group: None,
            rest: None,
        }
    }

    fn batch(&mut self) -> Result<Option<RecordBatch>> {
        let Some(batches) = &mut self.batches else { return Ok(None) };
        match &mut batches.kind {
            Kind::Ipc(input) => input.next()?.map(|batch| batch.decode()).transpose(),
            Kind::Parquet(file) => loop {
                if let Some(group) = &mut self.group
                    && let Some(batch) = group.next()?
                {
                    return Ok(Some(batch));
                }
                if self.groups == file.groups() {
                    return Ok(None);
                }
                let all: Vec<usize> = (0..file.schema().fields().len()).collect();
                self.group = Some(file.read(self.groups, &all)?);
                self.groups += 1;
            },
        }
    }
}

impl Reader for Columnar {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        if let Some(event) = self.event.take() {
            return Ok(Some(event));
        }
        if self.rows.is_none() {
            return Ok(None);
        }
        let batch = match self.rest.take() {
            Some(rest) => rest,
            None => match self.batch()? {
                Some(batch) => batch,
                None => return Ok(None),
            },
        };
        let first = batch.slice(0, batch.num_rows().min(ROWS));
        if batch.num_rows() > ROWS {
            self.rest = Some(batch.slice(ROWS, batch.num_rows() - ROWS));
        }
        let rows = self.rows.as_mut().map(|rows| rows.block(&first, spare));
        rows.transpose().map(|block| block.map(Event::Rows))
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(RowsCodec)
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
