//! The main input: a file, standard input or a program, counted for the progress bar, and ended by Ctrl-C even while it
//! blocks.

use std::fs::File;
use std::io::{self, Read, Seek as _};
use std::os::fd::AsFd;
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
    match path {
        Some(path) => open_file_of(path, Meter { size: size(path), ..Meter::default() }, digest),
        None => {
            let places = redirected();
            let stdin = Interruptible::new(rustix::stdio::stdin(), cancelled);
            let source = measured(stdin, Meter::default(), digest, |reader| Input::new("-", reader));
            Ok(source.with_places(places))
        }
    }
}

/// Bytes of a file, if it is one.
pub(super) fn size(path: &Path) -> Option<u64> {
    path.metadata().ok().filter(std::fs::Metadata::is_file).map(|data| data.len())
}

/// Opens a file whose bytes count for `meter`.
///
/// # Errors
/// A file that cannot be opened.
pub(super) fn open_file_of(path: &Path, meter: Meter, digest: Digest<'_>) -> Result<Source> {
    // A directory archive is pg_restore's to read.
    if path.is_dir() {
        return Ok(Source { input: Input::path(path), meter, digest: None });
    }
    // A database is SQLite's to read, page by page; a digest of it is made beforehand.
    #[cfg(feature = "sqlite")]
    if crate::format::is_database(path) {
        let mut file = open_file(path)?;
        meter.read.fetch_add(file.metadata().map_or(0, |data| data.len()), Ordering::Relaxed);
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
    let name = path.display().to_string();
    let file = open_file(path)?;
    let places = file.try_clone().ok();
    Ok(measured(file, meter, digest, |reader| Input::new(name, reader)).with_places(places))
}

impl Source {
    /// The same input, of which any place can be read if it is a file.
    fn with_places(mut self, places: Option<File>) -> Self {
        if let Some(file) = places {
            self.input = self.input.with_file(file, Some(Arc::clone(&self.meter.read)));
        }
        self
    }
}

/// An input whose bytes count for `meter`, and for a digest if one is wanted.
pub(super) fn measured(
    raw: impl Read + Send + 'static,
    meter: Meter,
    digest: Digest<'_>,
    input: impl FnOnce(Box<dyn Read + Send>) -> Input,
) -> Source {
    let metered = Metered { inner: raw, read: Arc::clone(&meter.read) };
    let (reader, digest): (Box<dyn Read + Send>, _) = match digest {
        Digest::None => (Box::new(metered), None),
        Digest::For(keys) => {
            let (reader, digest) = Digesting::new(metered, keys);
            (Box::new(reader), Some(digest))
        }
    };
    Source { input: input(reader), meter, digest }
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

/// A pipe whose reader looks up five times a second whether it is still wanted.
pub(super) struct Interruptible<F> {
    pipe: F,
    cancelled: Arc<AtomicBool>,
}

impl<F> Interruptible<F> {
    pub(super) fn new(pipe: F, cancelled: &Arc<AtomicBool>) -> Self {
        Self { pipe, cancelled: Arc::clone(cancelled) }
    }
}

impl<F: AsFd> Read for Interruptible<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let wait = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };
        loop {
            if self.cancelled.load(Ordering::Relaxed) {
                return Err(io::Error::other("cancelled"));
            }
            match poll(&mut [PollFd::new(&self.pipe, PollFlags::IN)], Some(&wait)) {
                Ok(0) | Err(rustix::io::Errno::INTR) => {}
                Ok(_) => return Ok(rustix::io::read(&self.pipe, buffer)?),
                Err(error) => return Err(error.into()),
            }
        }
    }
}
