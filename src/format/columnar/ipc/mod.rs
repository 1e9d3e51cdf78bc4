//! Arrow IPC: files and streams, message by message.
//!
//! Messages are framed here and decoded by whoever takes a [`RawBatch`], on any thread. Lengths are held against the bytes
//! that are there before anything is reserved for them.

mod dictionary;
mod output;

use std::collections::HashMap;
use std::io::{self, Read};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Block, CompressionType, Message, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::{Schema, SchemaRef};

pub(crate) use output::{IpcOutput, allowed_schema};

use super::fault::{self, cut_short, damaged};
use super::source::Source;
use crate::base::{Error, ErrorKind, Result};

/// What every message of a stream begins with.
pub(crate) const CONTINUATION: [u8; 4] = [0xff; 4];

const MAGIC: &[u8] = b"ARROW1";

/// Most bytes that compressed buffers of one batch may say they hold.
const MOST_INFLATED: u64 = 16 << 30;

/// An Arrow IPC file or stream.
pub(crate) struct IpcInput {
    schema: SchemaRef,
    messages: Messages,
    dictionaries: Arc<HashMap<i64, ArrayRef>>,
    /// Entries of metadata of the file or stream itself, all of which are left out.
    pub(crate) left_out: u64,
    /// The first batch, read beforehand to know how batches are compressed.
    first: Option<RawBatch>,
    compression: Option<CompressionType>,
}

enum Messages {
    File { source: Source, blocks: std::vec::IntoIter<Block> },
    Stream { read: Box<dyn Read + Send>, trailer: bool, ended: bool },
}

/// A record batch that is not decoded yet.
pub(crate) struct RawBatch {
    message: Vec<u8>,
    body: Buffer,
    schema: SchemaRef,
    dictionaries: Arc<HashMap<i64, ArrayRef>>,
    /// Rows, as the message says.
    pub(crate) rows: u64,
}

impl IpcInput {
    /// Opens a file: reads footer and dictionaries.
    ///
    /// # Errors
    /// A file that is cut short, or whose footer points to where it should not.
    pub(super) fn file(source: Source) -> Result<Self> {
        let size = source.size();
        let part = |start, length| {
            source.part(start, length).map_err(|error| fault::arrow(arrow_schema::ArrowError::from(error)))
        };
        if size < 20 {
            return Err(cut_short());
        }
        if part(0, 6)?.as_ref() != MAGIC {
            return Err(ErrorKind::Syntax("this is not an Arrow IPC file").into());
        }
        let end = part(size - 10, 10)?;
        if &end[4..] != MAGIC {
            return Err(ErrorKind::Truncated("the Arrow file has no footer: it is cut short").into());
        }
        let length = i32::from_le_bytes([end[0], end[1], end[2], end[3]]);
        let length = u64::try_from(length).ok().filter(|length| *length <= size - 18).ok_or_else(damaged)?;
        let from = size - 10 - length;
        let footer = part(from, length as usize)?;
        let footer = root_as_footer(&footer).map_err(|_| damaged())?;
        let fields = footer.schema().ok_or_else(damaged)?;
        let schema = Arc::new(schema_of(fields)?);
        let batches: Vec<Block> = footer.recordBatches().ok_or_else(damaged)?.iter().copied().collect();
        let dictionaries: Vec<Block> =
            footer.dictionaries().map_or_else(Vec::new, |blocks| blocks.iter().copied().collect());
        disjoint(batches.iter().chain(&dictionaries), from)?;
        let left_out = footer.custom_metadata().map_or(0, |pairs| pairs.len() as u64);
        let mut known = HashMap::new();
        for block in &dictionaries {
            let (message, body) = read_block(&source, block)?;
            add_dictionary(&message, &body, &schema, &mut known)?;
        }
        let messages = Messages::File { source, blocks: batches.into_iter() };
        Self::new(schema, messages, Arc::new(known), left_out)
    }

    /// Opens a stream; `trailer` says whether its end mark must be there.
    ///
    /// # Errors
    /// A stream that does not begin with a schema.
    pub(super) fn stream(mut read: Box<dyn Read + Send>, trailer: bool) -> Result<Self> {
        let (bytes, body) = read_message(&mut read)?.ok_or_else(cut_short)?;
        let message = root_as_message(&bytes).map_err(|_| damaged())?;
        let schema = message.header_as_schema().filter(|_| body.is_empty()).ok_or_else(damaged)?;
        let schema = Arc::new(schema_of(schema)?);
        let messages = Messages::Stream { read, trailer, ended: false };
        Self::new(schema, messages, Arc::default(), 0)
    }

    fn new(
        schema: SchemaRef,
        messages: Messages,
        dictionaries: Arc<HashMap<i64, ArrayRef>>,
        left_out: u64,
    ) -> Result<Self> {
        let mut input = Self { schema, messages, dictionaries, left_out, first: None, compression: None };
        input.first = input.pull()?;
        if let Some(first) = &input.first {
            let message = root_as_message(&first.message).map_err(|_| damaged())?;
            let batch = message.header_as_record_batch().ok_or_else(damaged)?;
            input.compression = batch.compression().map(|compression| compression.codec());
        }
        Ok(input)
    }

    /// The schema of the batches.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Whether this is a stream.
    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.messages, Messages::Stream { .. })
    }

    /// How batches are compressed.
    pub(super) fn compression(&self) -> Option<CompressionType> {
        self.compression
    }

    /// The next batch.
    ///
    /// # Errors
    /// Messages that cannot be read; a stream without an end mark, if it must have one.
    pub(crate) fn next(&mut self) -> Result<Option<RawBatch>> {
        match self.first.take() {
            Some(first) => Ok(Some(first)),
            None => fault::guarded(|| self.pull()),
        }
    }

    fn pull(&mut self) -> Result<Option<RawBatch>> {
        loop {
            let Some((bytes, body)) = self.message()? else { return Ok(None) };
            let message = root_as_message(&bytes).map_err(|_| damaged())?;
            match message.header_type() {
                MessageHeader::RecordBatch => {
                    let rows = rows(&message, &body)?;
                    return Ok(Some(RawBatch {
                        message: bytes,
                        body,
                        schema: SchemaRef::clone(&self.schema),
                        dictionaries: Arc::clone(&self.dictionaries),
                        rows,
                    }));
                }
                MessageHeader::DictionaryBatch if self.is_stream() => {
                    let mut known = self.dictionaries.as_ref().clone();
                    add_dictionary(&bytes, &body, &self.schema, &mut known)?;
                    self.dictionaries = Arc::new(known);
                }
                _ => return Err(damaged()),
            }
        }
    }

    fn message(&mut self) -> Result<Option<(Vec<u8>, Buffer)>> {
        match &mut self.messages {
            Messages::File { source, blocks } => {
                blocks.next().map(|block| read_block(source, &block)).transpose()
            }
            Messages::Stream { ended: true, .. } => Ok(None),
            Messages::Stream { read, trailer, ended } => match read_message(read) {
                Ok(None) => {
                    *ended = true;
                    nothing_follows(read)?;
                    Ok(None)
                }
                // The stream ends between two messages, where its end mark should be.
                Err(error) if !*trailer && matches!(error.kind(), ErrorKind::Truncated(NO_MARK)) => {
                    *ended = true;
                    Ok(None)
                }
                other => other,
            },
        }
    }
}

impl RawBatch {
    /// The arrays.
    ///
    /// # Errors
    /// A message that is not a batch of the schema.
    pub(crate) fn decode(&self) -> Result<RecordBatch> {
        fault::guarded(|| {
            let message = root_as_message(&self.message).map_err(|_| damaged())?;
            let batch = message.header_as_record_batch().ok_or_else(damaged)?;
            let schema = SchemaRef::clone(&self.schema);
            read_record_batch(&self.body, batch, schema, &self.dictionaries, None, &message.version())
                .map_err(fault::arrow)
        })
    }
}

fn schema_of(schema: arrow_ipc::Schema<'_>) -> Result<Schema> {
    if !schema.endianness().equals_to_target_endianness() {
        let what = "the Arrow data is of a machine with another byte order";
        return Err(ErrorKind::Syntax(what).into());
    }
    try_fb_to_schema(schema).map_err(fault::arrow)
}

/// The rows of a batch; what its buffers say they hold when they are not compressed is held to a limit.
fn rows(message: &Message<'_>, body: &Buffer) -> Result<u64> {
    let batch = message.header_as_record_batch().ok_or_else(damaged)?;
    let rows = u64::try_from(batch.length()).map_err(|_| damaged())?;
    if batch.compression().is_some() {
        let mut all: u64 = 0;
        for buffer in batch.buffers().iter().flatten() {
            let start = usize::try_from(buffer.offset()).map_err(|_| damaged())?;
            if buffer.length() < 8 {
                continue;
            }
            let length = start.checked_add(8).and_then(|end| body.get(start..end)).ok_or_else(damaged)?;
            let length = i64::from_le_bytes(length.try_into().map_err(|_| damaged())?);
            all = all.saturating_add(length.max(0).unsigned_abs());
        }
        if all > MOST_INFLATED {
            return Err(damaged());
        }
    }
    Ok(rows)
}

fn add_dictionary(
    message: &[u8],
    body: &Buffer,
    schema: &Schema,
    known: &mut HashMap<i64, ArrayRef>,
) -> Result<()> {
    let message = root_as_message(message).map_err(|_| damaged())?;
    let batch = message.header_as_dictionary_batch().ok_or_else(damaged)?;
    read_dictionary(body, batch, schema, known, &message.version()).map_err(fault::arrow)
}

/// Whether blocks lie between the magic and the footer, and none on another.
fn disjoint<'b>(blocks: impl Iterator<Item = &'b Block>, end: u64) -> Result<()> {
    let mut ranges = Vec::new();
    for block in blocks {
        let (offset, metadata, body) = (block.offset(), block.metaDataLength(), block.bodyLength());
        match (u64::try_from(offset), u64::try_from(metadata), u64::try_from(body)) {
            (Ok(offset), Ok(metadata @ 8..), Ok(body)) => {
                let length = metadata.checked_add(body).ok_or_else(damaged)?;
                ranges.push((offset, offset.checked_add(length).ok_or_else(damaged)?));
            }
            _ => return Err(damaged()),
        }
    }
    ranges.sort_unstable();
    let mut free = 8;
    for (start, stop) in ranges {
        if start < free || stop > end {
            return Err(damaged());
        }
        free = stop;
    }
    Ok(())
}

/// A message of a file and its body.
fn read_block(source: &Source, block: &Block) -> Result<(Vec<u8>, Buffer)> {
    let io = |error: io::Error| fault::arrow(arrow_schema::ArrowError::from(error));
    let (offset, length) = (block.offset().unsigned_abs(), block.metaDataLength().unsigned_abs());
    let framed = source.part(offset, length as usize).map_err(io)?;
    let skipped = if framed.starts_with(&CONTINUATION) { 8 } else { 4 };
    let message = framed.get(skipped..).ok_or_else(damaged)?.to_vec();
    let read = root_as_message(&message).map_err(|_| damaged())?;
    if read.bodyLength() != block.bodyLength() {
        return Err(damaged());
    }
    let body = source.part(offset + u64::from(length), block.bodyLength() as usize).map_err(io)?;
    Ok((message, Buffer::from(body)))
}

const NO_MARK: &str = "the stream has no end mark: it is cut short (--no-trailer, if its writer makes none)";

/// The next message of a stream and its body; none at the end mark.
fn read_message(read: &mut impl Read) -> Result<Option<(Vec<u8>, Buffer)>> {
    let start = exactly(read, 4)?;
    if start.is_empty() {
        return Err(ErrorKind::Truncated(NO_MARK).into());
    }
    let length = if start == CONTINUATION { whole(exactly(read, 4)?, 4)? } else { whole(start, 4)? };
    let length = i32::from_le_bytes(length.try_into().map_err(|_| damaged())?);
    let length = usize::try_from(length).map_err(|_| damaged())?;
    if length == 0 {
        return Ok(None);
    }
    let message = whole(exactly(read, length)?, length)?;
    let body = root_as_message(&message).map_err(|_| damaged())?.bodyLength();
    let body = usize::try_from(body).map_err(|_| damaged())?;
    let body = whole(exactly(read, body)?, body)?;
    Ok(Some((message, Buffer::from_vec(body))))
}

/// So many bytes, or those up to the end; room is made as they come.
fn exactly(read: &mut impl Read, length: usize) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    read.take(length as u64)
        .read_to_end(&mut bytes)
        .map_err(|error| crate::format::input::read_error(&error))?;
    Ok(bytes)
}

fn whole(bytes: Vec<u8>, length: usize) -> Result<Vec<u8>> {
    if bytes.len() == length { Ok(bytes) } else { Err(cut_short()) }
}

fn nothing_follows(read: &mut impl Read) -> Result<()> {
    if exactly(read, 1)?.is_empty() {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Syntax("there are bytes after the end of the stream")))
}
