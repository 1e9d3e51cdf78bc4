//! The bytes between the source and the reader, and where in the input they stand.

use std::io::Read;

use memchr::{memchr_iter, memmem, memrchr};

use crate::base::{ErrorKind, Result};
use crate::format::input::{Stream, read_error};

use super::copy::MAX_BLOCK;

/// A window over the input.
pub(super) struct Buffer {
    stream: Stream,
    ended: bool,
    bytes: Vec<u8>,
    start: usize,
    size: usize,
    /// Line of the window's first byte, from 1.
    pub(super) line: u64,
    /// Offset of the window's first byte.
    pub(super) byte: u64,
}

/// Rows of a COPY that end with a line.
pub(super) struct Lines {
    pub(super) bytes: Vec<u8>,
    pub(super) count: u64,
    pub(super) line: u64,
    pub(super) byte: u64,
}

/// Why there are no rows.
pub(super) enum NoLines {
    /// The line that ends them comes next, and is this long.
    End(usize),
    /// The input ended before it.
    Truncated,
}

impl Buffer {
    /// A window that grows by `size` bytes, or twofold.
    pub(super) fn new(stream: Stream, size: usize) -> Self {
        Self {
            stream,
            ended: false,
            bytes: Vec::new(),
            start: 0,
            size: size.clamp(1, MAX_BLOCK / 2),
            line: 1,
            byte: 0,
        }
    }

    /// The bytes that are there.
    pub(super) fn view(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Makes the view longer, at least twofold; `false` when the input has no more bytes.
    ///
    /// # Errors
    /// A source that cannot be read, or a view that is too long to be a statement.
    pub(super) fn fill(&mut self) -> Result<bool> {
        let len = self.view().len();
        if len >= MAX_BLOCK {
            return Err(ErrorKind::Syntax("a statement is longer than 1 GiB").into());
        }
        self.bytes.drain(..self.start);
        self.start = 0;
        let mut bytes = std::mem::take(&mut self.bytes);
        let read = self.read(&mut bytes, len.max(self.size).min(MAX_BLOCK - len));
        self.bytes = bytes;
        Ok(read? > 0)
    }

    /// Appends up to `len` bytes of the source.
    fn read(&mut self, bytes: &mut Vec<u8>, len: usize) -> Result<usize> {
        if self.ended {
            return Ok(0);
        }
        bytes.reserve(len);
        let read = (&mut self.stream.read)
            .take(len as u64)
            .read_to_end(bytes)
            .map_err(|error| read_error(&error))?;
        if read < len {
            self.ended = true;
            if let Some(finish) = self.stream.finish.take() {
                finish()?;
            }
        }
        Ok(read)
    }

    /// Whether the source has no more bytes than the view.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Moves the window's start forward.
    pub(super) fn consume(&mut self, len: usize) {
        self.line += lines(&self.bytes[self.start..self.start + len]);
        self.byte += len as u64;
        self.start += len;
    }

    /// Moves the window's start forward and returns the bytes before it.
    pub(super) fn take(&mut self, len: usize) -> Vec<u8> {
        let bytes = self.view()[..len].to_vec();
        self.consume(len);
        bytes
    }

    /// Takes whole lines up to the end of a COPY, about `self.size` bytes of them. They are read straight into
    /// `spare`, so that rows are copied once.
    ///
    /// # Errors
    /// A source that cannot be read, or a row that is too long.
    pub(super) fn lines(&mut self, mut spare: Vec<u8>) -> Result<Result<Lines, NoLines>> {
        if let Some(len) = end_mark(self.view()) {
            return Ok(Err(NoLines::End(len)));
        }
        spare.clear();
        let window = &self.view()[..self.view().len().min(self.size)];
        if let Some(end) = rows_end(window, window.len() == self.size) {
            spare.extend_from_slice(&window[..end]);
            self.start += end;
            return Ok(Ok(self.advance(spare)));
        }
        spare.extend_from_slice(self.view());
        self.bytes.clear();
        self.start = 0;
        loop {
            let whole = spare.len() >= self.size || self.ended;
            if let Some(len) = end_mark(&spare) {
                self.bytes = spare;
                return Ok(Err(NoLines::End(len)));
            }
            if let Some(end) = rows_end(&spare, whole) {
                self.bytes.extend_from_slice(&spare[end..]);
                spare.truncate(end);
                return Ok(Ok(self.advance(spare)));
            }
            if self.ended {
                self.bytes = spare;
                return Ok(Err(NoLines::Truncated));
            }
            let target = if whole { 2 * spare.len() } else { self.size };
            if target > MAX_BLOCK {
                return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
            }
            let more = target - spare.len();
            self.read(&mut spare, more)?;
        }
    }

    fn advance(&mut self, bytes: Vec<u8>) -> Lines {
        let lines = Lines { count: lines(&bytes), line: self.line, byte: self.byte, bytes };
        self.line += lines.count;
        self.byte += lines.bytes.len() as u64;
        lines
    }
}

fn lines(bytes: &[u8]) -> u64 {
    memchr_iter(b'\n', bytes).count() as u64
}

/// The length of the line `\.` if it stands first.
fn end_mark(bytes: &[u8]) -> Option<usize> {
    match bytes.strip_prefix(b"\\.")? {
        [b'\n', ..] => Some(3),
        [b'\r', b'\n', ..] => Some(4),
        _ => None,
    }
}

/// Where the rows end: before the line `\.`, or behind the last line end if all of `bytes` may be taken.
fn rows_end(bytes: &[u8], all: bool) -> Option<usize> {
    let mark = memmem::find_iter(bytes, b"\n\\.").find(|at| end_mark(&bytes[at + 1..]).is_some());
    match mark {
        Some(at) => Some(at + 1),
        None if all => memrchr(b'\n', bytes).map(|at| at + 1),
        None => None,
    }
}
