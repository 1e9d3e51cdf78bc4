//! Reads JSON Lines: blocks of whole lines.

use std::sync::Arc;

use memchr::memrchr;

use super::discover::Discovery;
use super::{JsonCodec, JsonTail};
use crate::base::{ErrorKind, Result};
use crate::format::buffer::{Buffer, Found};
use crate::format::input::{Opened, table_of_file};
use crate::format::{Block, Codec, Event, Head, Reader, ReaderOptions, Tail};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// One file.
pub(super) struct JsonReader {
    buffer: Buffer,
    head: Arc<Head>,
    /// The columns, when somebody wants to know them; then each block's head has those of its rows and all before.
    discovery: Option<Discovery>,
    schema_only: bool,
}

impl JsonReader {
    /// Opens a file.
    ///
    /// # Errors
    /// A file in UTF-16, or without a name for its table.
    pub(super) fn new(opened: Opened, options: &ReaderOptions) -> Result<Self> {
        let table = match &options.table {
            Some(table) => table.clone(),
            None => table_of_file(&opened.name)?,
        };
        let mut buffer = Buffer::new(opened.stream, options.block_size);
        while buffer.view().len() < BOM.len() && buffer.fill()? {}
        if [&b"\xff\xfe"[..], b"\xfe\xff", b"\0{", b"{\0"]
            .iter()
            .any(|start| buffer.view().starts_with(start))
        {
            return Err(ErrorKind::Syntax(
                "this is UTF-16, and JSON Lines are UTF-8; convert the file first (iconv -f UTF-16 -t UTF-8)",
            )
            .into());
        }
        let head = Arc::new(Head { table, columns: None, layout: 0, encoding: encoding_rs::UTF_8 });
        let discovery = (opened.schema_only || options.describe).then(Discovery::default);
        Ok(Self { buffer, head, discovery, schema_only: opened.schema_only })
    }
}

impl JsonReader {
    fn event(&mut self, mut spare: Vec<u8>) -> Result<Option<Event>> {
        if self.buffer.byte == 0 && self.buffer.view().starts_with(BOM) {
            return Ok(Some(Event::Verbatim { bytes: self.buffer.take(BOM.len()), mark: None }));
        }
        loop {
            let mut look =
                |bytes: &[u8]| Ok(Found::rows(bytes, memrchr(b'\n', bytes).map_or(0, |last| last + 1)));
            let Some(lines) = self.buffer.rows_to_the_end(spare, &mut look)? else {
                let Some(found) = self.discovery.take() else { return Ok(None) };
                return Ok(Some(Event::Table { name: self.head.table.clone(), table: found.table() }));
            };
            let block = Block {
                head: Arc::clone(&self.head),
                bytes: lines.bytes,
                byte: lines.byte,
                line: lines.line,
            };
            let Some(discovery) = &mut self.discovery else { return Ok(Some(Event::Rows(block))) };
            let grown = discovery.add(&block)?;
            if self.schema_only {
                spare = block.bytes;
                continue;
            }
            if grown {
                let columns = discovery.table().columns.into_iter().map(|column| column.name).collect();
                let Head { table, layout, encoding, .. } = &*self.head;
                self.head = Arc::new(Head {
                    table: table.clone(),
                    columns: Some(columns),
                    layout: *layout,
                    encoding,
                });
            }
            return Ok(Some(Event::Rows(Block { head: Arc::clone(&self.head), ..block })));
        }
    }
}

impl Reader for JsonReader {
    fn next(&mut self, spare: Vec<u8>) -> Result<Option<Event>> {
        self.event(spare)
    }

    fn codec(&self) -> Arc<dyn Codec> {
        Arc::new(JsonCodec)
    }

    fn tail(&self) -> Box<dyn Tail> {
        Box::new(JsonTail)
    }
}
