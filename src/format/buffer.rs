//! The bytes between the source and the reader, and where in the input they stand.

use std::io;

use memchr::memrchr;

use crate::base::{ErrorKind, Result};
use crate::format::input::{Stream, read_error};

use super::{MAX_BLOCK, bits};

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

/// Whole rows.
pub(super) struct Lines {
    pub(super) bytes: Vec<u8>,
    /// Line ends in them.
    pub(super) count: u64,
    pub(super) line: u64,
    pub(super) byte: u64,
}

/// What some bytes begin with.
pub(super) enum Found {
    /// Rows that end there, and the line ends in them.
    Rows { end: usize, lines: u64 },
    /// A row that does not end in them.
    Nothing,
    /// Something that must be looked at in another way.
    Other,
}

impl Found {
    /// Rows that end at `end`, or none if that is 0.
    pub(super) fn rows(bytes: &[u8], end: usize) -> Self {
        match end {
            0 => Self::Nothing,
            _ => Self::Rows { end, lines: bits::lines(&bytes[..end], |_| false).count },
        }
    }
}

/// What [`Buffer::rows`] gives.
pub(super) enum Next {
    /// Rows.
    Rows(Lines),
    /// The input ends before a row does; what is left of it is in the window.
    End,
    /// Nothing was taken: something other comes.
    Other,
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
        bytes.resize(len + len.max(self.size).min(MAX_BLOCK - len), 0);
        let read = self.read(&mut bytes[len..]);
        bytes.truncate(len + read.as_ref().map_or(0, |read| *read));
        self.bytes = bytes;
        Ok(read? > 0)
    }

    /// Fills `target` from the source, as far as that has bytes.
    fn read(&mut self, target: &mut [u8]) -> Result<usize> {
        let mut filled = 0;
        while filled < target.len() && !self.ended {
            match self.stream.read.read(&mut target[filled..]) {
                Ok(0) => {
                    self.ended = true;
                    if let Some(finish) = self.stream.finish.take() {
                        finish()?;
                    }
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(read_error(&error)),
            }
        }
        Ok(filled)
    }

    /// Whether the source has no more bytes than the view.
    pub(super) fn ended(&self) -> bool {
        self.ended
    }

    /// Moves the window's start forward.
    pub(super) fn consume(&mut self, len: usize) {
        self.line += bits::lines(&self.bytes[self.start..self.start + len], |_| false).count;
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
        let window = &self.view()[..self.view().len().min(self.size)];
        if let Some(rows) = rows(window, window.len() == self.size) {
            spare.clear();
            spare.extend_from_slice(&window[..rows.end]);
            self.start += rows.end;
            return Ok(Ok(self.advance(spare, rows.count)));
        }
        // What the spare buffer holds from before is written over, not cleared first.
        let mut len = self.view().len();
        if spare.len() < len {
            spare.resize(len, 0);
        }
        spare[..len].copy_from_slice(self.view());
        self.bytes.clear();
        self.start = 0;
        loop {
            let whole = len >= self.size || self.ended;
            if let Some(mark) = end_mark(&spare[..len]) {
                spare.truncate(len);
                self.bytes = spare;
                return Ok(Err(NoLines::End(mark)));
            }
            if let Some(rows) = rows(&spare[..len], whole) {
                self.bytes.extend_from_slice(&spare[rows.end..len]);
                spare.truncate(rows.end);
                return Ok(Ok(self.advance(spare, rows.count)));
            }
            if self.ended {
                spare.truncate(len);
                self.bytes = spare;
                return Ok(Err(NoLines::Truncated));
            }
            let target = if whole { 2 * len } else { self.size };
            if target > MAX_BLOCK {
                return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
            }
            if spare.len() < target {
                spare.resize(target, 0);
            }
            len += self.read(&mut spare[len..target])?;
        }
    }

    /// Takes rows, about `self.size` bytes of them, read straight into `spare` where they are not there yet; `find` says
    /// where those end that some bytes begin with.
    ///
    /// # Errors
    /// A source that cannot be read, or a row that is too long; those of `find`.
    pub(super) fn rows(
        &mut self,
        mut spare: Vec<u8>,
        find: &mut dyn FnMut(&[u8]) -> Result<Found>,
    ) -> Result<Next> {
        if self.view().len() >= self.size {
            match find(&self.view()[..self.size])? {
                Found::Rows { end, lines } => {
                    spare.clear();
                    spare.extend_from_slice(&self.view()[..end]);
                    self.start += end;
                    return Ok(Next::Rows(self.advance(spare, lines)));
                }
                Found::Other => return Ok(Next::Other),
                Found::Nothing => {}
            }
        }
        // What the spare buffer holds from before is written over, not cleared first.
        let mut len = self.view().len();
        if spare.len() < len {
            spare.resize(len, 0);
        }
        spare[..len].copy_from_slice(self.view());
        self.bytes.clear();
        self.start = 0;
        let mut target = self.size;
        loop {
            if len < target && !self.ended {
                if spare.len() < target {
                    spare.resize(target, 0);
                }
                len += self.read(&mut spare[len..target])?;
            }
            let next = match find(&spare[..len])? {
                Found::Rows { end, lines } => {
                    self.bytes.extend_from_slice(&spare[end..len]);
                    spare.truncate(end);
                    return Ok(Next::Rows(self.advance(spare, lines)));
                }
                Found::Nothing if self.ended => Next::End,
                Found::Nothing => {
                    target = 2 * len.max(self.size);
                    if target > MAX_BLOCK {
                        return Err(ErrorKind::Syntax("a row is longer than 1 GiB").into());
                    }
                    continue;
                }
                Found::Other => Next::Other,
            };
            spare.truncate(len);
            self.bytes = spare;
            return Ok(next);
        }
    }

    /// As [`Buffer::rows`], for inputs whose last row may be without its end: all that is left is the last block, and
    /// nothing comes behind it.
    ///
    /// # Errors
    /// Those of [`Buffer::rows`].
    pub(super) fn rows_to_the_end(
        &mut self,
        spare: Vec<u8>,
        find: &mut dyn FnMut(&[u8]) -> Result<Found>,
    ) -> Result<Option<Lines>> {
        if let Next::Rows(lines) = self.rows(spare, find)? {
            return Ok(Some(lines));
        }
        let (line, byte) = (self.line, self.byte);
        let bytes = self.take(self.view().len());
        Ok((!bytes.is_empty()).then(|| Lines { count: self.line - line, line, byte, bytes }))
    }

    fn advance(&mut self, bytes: Vec<u8>, count: u64) -> Lines {
        let lines = Lines { count, line: self.line, byte: self.byte, bytes };
        self.line += lines.count;
        self.byte += lines.bytes.len() as u64;
        lines
    }
}

/// The length of the line `\.` if it stands first.
fn end_mark(bytes: &[u8]) -> Option<usize> {
    match bytes.strip_prefix(b"\\.")? {
        [b'\n', ..] => Some(3),
        [b'\r', b'\n', ..] => Some(4),
        _ => None,
    }
}

/// The rows that some bytes begin with.
struct Rows {
    count: u64,
    end: usize,
}

/// The rows before the line `\.`, or up to the last line end if all of `bytes` may be taken.
fn rows(bytes: &[u8], all: bool) -> Option<Rows> {
    let bits::Lines { count, mark } = bits::lines(bytes, |line| end_mark(line).is_some());
    let end = match mark {
        Some(start) => start,
        None if all => memrchr(b'\n', bytes)? + 1,
        None => return None,
    };
    Some(Rows { count, end })
}
