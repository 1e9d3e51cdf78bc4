//! The main input: a file or standard input, counted for the progress bar, and ended by Ctrl-C even while it blocks.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::base::{ProjectKey, Result};
use crate::format::Input;
use crate::pipeline::{Digested, Digesting};

use super::load::open_file;

/// Bytes read so far, and how many there are if that is known.
#[derive(Clone, Default)]
pub(super) struct Meter {
    /// Bytes read.
    pub(super) read: Arc<AtomicU64>,
    /// Bytes in all.
    pub(super) size: Option<u64>,
}

/// Whether the input is digested, for a manifest.
#[derive(Clone, Copy)]
pub(super) enum Digest<'k> {
    /// It is not.
    None,
    /// It is, under the key if there is one.
    For(Option<&'k ProjectKey>),
}

/// The input and what measures it.
pub(super) struct Source {
    pub(super) input: Input,
    pub(super) meter: Meter,
    pub(super) digest: Option<Digested>,
}

/// Opens `path`, or standard input.
///
/// # Errors
/// A file that cannot be opened.
pub(super) fn open(path: Option<&Path>, cancelled: &Arc<AtomicBool>, digest: Digest<'_>) -> Result<Source> {
    let mut meter = Meter::default();
    let places;
    let (name, raw): (String, Box<dyn Read + Send>) = match path {
        // A directory archive is pg_restore's to read.
        Some(path) if path.is_dir() => {
            return Ok(Source { input: Input::path(path), meter, digest: None });
        }
        // A database is SQLite's to read, page by page; a digest of it is made beforehand.
        #[cfg(feature = "sqlite")]
        Some(path) if crate::format::is_database(path) => {
            let mut file = open_file(path)?;
            let bytes = file.metadata().map_or(0, |data| data.len());
            meter.read.store(bytes, Ordering::Relaxed);
            let digest = match digest {
                Digest::None => None,
                Digest::For(keys) => {
                    let (mut whole, digest) = Digesting::new(io::sink(), keys);
                    io::copy(&mut file, &mut whole)?;
                    Some(digest)
                }
            };
            return Ok(Source { input: Input::path(path), meter, digest });
        }
        Some(path) => {
            let file = open_file(path)?;
            meter.size = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len());
            places = file.try_clone().ok();
            (path.display().to_string(), Box::new(file))
        }
        None => {
            places = redirected();
            ("-".into(), Box::new(Interruptible { cancelled: Arc::clone(cancelled) }))
        }
    };
    let metered = Metered { inner: raw, read: Arc::clone(&meter.read) };
    let (reader, digest): (Box<dyn Read + Send>, _) = match digest {
        Digest::None => (Box::new(metered), None),
        Digest::For(keys) => {
            let (reader, digest) = Digesting::new(metered, keys);
            (Box::new(reader), Some(digest))
        }
    };
    let mut input = Input::new(name, reader);
    if let Some(file) = places {
        input = input.with_file(file, Some(Arc::clone(&meter.read)));
    }
    Ok(Source { input, meter, digest })
}

/// The digest of a whole file, for formats that read it at random places.
///
/// # Errors
/// A file that cannot be read.
pub(super) fn digest(path: &Path, keys: Option<&ProjectKey>) -> Result<Digested> {
    let (mut reader, digest) = Digesting::new(open_file(path)?, keys);
    io::copy(&mut reader, &mut io::sink())?;
    Ok(digest)
}

/// The file that standard input is, if it is one and nobody has read of it.
fn redirected() -> Option<File> {
    let mut file = File::from(rustix::io::dup(rustix::stdio::stdin()).ok()?);
    let unread = file.stream_position().is_ok_and(|position| position == 0);
    (unread && file.metadata().is_ok_and(|data| data.is_file())).then_some(file)
}

struct Metered<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Standard input that looks up five times a second whether it is still wanted.
struct Interruptible {
    cancelled: Arc<AtomicBool>,
}

impl Read for Interruptible {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let stdin = rustix::stdio::stdin();
        let wait = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
        loop {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(io::Error::other("cancelled"));
            }
            match poll(&mut [PollFd::new(&stdin, PollFlags::IN)], Some(&wait)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(rustix::io::read(stdin, buffer)?),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
