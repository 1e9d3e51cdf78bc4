//! Bytes at any place: of a file, or of what came through a pipe and fits in memory.
//!
//! Threads read a file side by side, so nothing here moves a shared position.

use std::fs::File;
use std::io::{self, BufReader, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};

use crate::base::{Error, ErrorKind, Result};
use crate::format::input::{Opened, read_error};

/// Most bytes of a pipe that are held in memory.
const MOST_SPOOLED: u64 = 256 << 20;

/// Bytes that can be read at any place. Clones are the same bytes.
#[derive(Clone)]
pub(crate) struct Source(Arc<Inner>);

enum Inner {
    File {
        file: File,
        len: u64,
        /// Told how many bytes were read.
        read: Option<Arc<AtomicU64>>,
    },
    Memory(Bytes),
}

impl Source {
    /// The bytes of an input: its file, if there is one that is not compressed; else all of the stream.
    ///
    /// # Errors
    /// A pipe that holds more than fits in memory.
    pub(super) fn new(opened: &mut Opened) -> Result<Self> {
        if let Some(file) = opened.file.take() {
            let len = file.file.metadata()?.len();
            return Ok(Self(Arc::new(Inner::File { file: file.file, len, read: file.read })));
        }
        let mut bytes = Vec::new();
        let mut limited = opened.stream.read.by_ref().take(MOST_SPOOLED + 1);
        limited.read_to_end(&mut bytes).map_err(|error| read_error(&error))?;
        if bytes.len() as u64 > MOST_SPOOLED {
            return Err(Error::new(ErrorKind::Usage(
                "this format is read from its end, so what comes through a pipe or is compressed must fit in 256 MiB: \
                 name an uncompressed file"
                    .into(),
            )));
        }
        Ok(Self::of(bytes))
    }

    /// These bytes.
    pub(super) fn of(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Inner::Memory(bytes.into())))
    }

    /// Bytes in all.
    pub(super) fn size(&self) -> u64 {
        match self.0.as_ref() {
            Inner::File { len, .. } => *len,
            Inner::Memory(bytes) => bytes.len() as u64,
        }
    }

    /// The bytes from `start` on, so many of them.
    ///
    /// # Errors
    /// [`io::ErrorKind::UnexpectedEof`], where there are not so many; nothing is reserved for them then.
    pub(super) fn part(&self, start: u64, length: usize) -> io::Result<Bytes> {
        let end = start.checked_add(length as u64).filter(|end| *end <= self.size());
        if end.is_none() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        match self.0.as_ref() {
            Inner::Memory(bytes) => Ok(bytes.slice(start as usize..start as usize + length)),
            Inner::File { .. } => {
                let mut buffer = vec![0; length];
                let mut filled = 0;
                while filled < length {
                    match self.read_at(start + filled as u64, &mut buffer[filled..])? {
                        0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                        count => filled += count,
                    }
                }
                self.counted(length as u64);
                Ok(buffer.into())
            }
        }
    }

    /// Tells whoever watches that so many bytes were read. What is read ahead to find the ends of pages does not count.
    pub(super) fn counted(&self, bytes: u64) {
        if let Inner::File { read: Some(read), .. } = self.0.as_ref() {
            read.fetch_add(bytes, Ordering::Relaxed);
        }
    }

    fn read_at(&self, start: u64, buffer: &mut [u8]) -> io::Result<usize> {
        match self.0.as_ref() {
            Inner::Memory(bytes) => {
                let rest = bytes.get(start.min(bytes.len() as u64) as usize..).unwrap_or_default();
                let count = rest.len().min(buffer.len());
                buffer[..count].copy_from_slice(&rest[..count]);
                Ok(count)
            }
            Inner::File { file, .. } => read_file(file, start, buffer),
        }
    }
}

#[cfg(unix)]
fn read_file(file: &File, start: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, buffer, start)
}

#[cfg(windows)]
fn read_file(file: &File, start: u64, buffer: &mut [u8]) -> io::Result<usize> {
    std::os::windows::fs::FileExt::seek_read(file, buffer, start)
}

impl Length for Source {
    fn len(&self) -> u64 {
        self.size()
    }
}

impl ChunkReader for Source {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(BufReader::with_capacity(BUFFER, From { source: self.clone(), position: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        Ok(self.part(start, length)?)
    }
}

const BUFFER: usize = 16 * 1024;

/// The bytes from a place on.
pub(crate) struct From {
    source: Source,
    position: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.read_at(self.position, buffer)?;
        self.position += count as u64;
        Ok(count)
    }
}
