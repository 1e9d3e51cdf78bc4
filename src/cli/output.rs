//! Where output goes: standard output, or a file that appears by rename when its last byte is on the disk.
//!
//! A thread of its own has the file synced again and again while it is written, so that at the end there is little to wait
//! for.

use std::cell::OnceCell;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use tempfile::NamedTempFile;

use crate::base::{Error, Result};

use super::usage;

/// A file under construction beside its final place; dropped unfinished, it leaves nothing.
pub(super) struct PendingFile {
    file: NamedTempFile,
    target: PathBuf,
    /// The thread that syncs what was written so far. It ends when the writer is gone.
    syncing: OnceCell<JoinHandle<io::Result<()>>>,
}

impl PendingFile {
    /// Starts a file that will be `target`, with mode 0600.
    ///
    /// # Errors
    /// A folder that cannot be written, a target that is one of `inputs`.
    pub(super) fn new(target: &Path, inputs: &[&Path]) -> Result<Self> {
        let named = |error: io::Error| Error::from(error).in_file(target.display().to_string());
        for input in inputs {
            if let (Ok(input), Ok(output)) = (input.canonicalize(), target.canonicalize())
                && input == output
            {
                return Err(usage("the output is an input; write to another file")
                    .in_file(target.display().to_string()));
            }
        }
        if target.is_dir() {
            return Err(usage("the output is a folder; name a file").in_file(target.display().to_string()));
        }
        // A device or a pipe would be replaced by a file of its name.
        if target.metadata().is_ok_and(|known| !known.is_file()) {
            return Err(usage(
                "the output is a device or a pipe, not a file; leave -o out and redirect to it",
            )
            .in_file(target.display().to_string()));
        }
        let folder =
            target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".scrub-").tempfile_in(folder).map_err(named)?;
        Ok(Self { file, target: target.to_owned(), syncing: OnceCell::new() })
    }

    /// Where it is until it is finished.
    #[cfg(feature = "sqlite")]
    pub(super) fn path(&self) -> &Path {
        self.file.path()
    }

    /// The file, to write to.
    pub(super) fn writer(&self) -> Result<BufWriter<SyncedFile>> {
        let file = self.file.as_file().try_clone()?;
        let synced = self.file.as_file().try_clone()?;
        // One request waits at most: it covers all that is written by the time that it is taken.
        let (more, requests) = sync_channel(1);
        let syncing = thread::Builder::new()
            .name("sync".into())
            .spawn(move || requests.iter().try_for_each(|()| synced.sync_data()))?;
        // A second writer would only leave the first one's thread on its own.
        let _ = self.syncing.set(syncing);
        Ok(buffered(SyncedFile { file, unsynced: 0, more }))
    }

    /// Writes all of a small file, and makes it appear.
    ///
    /// # Errors
    /// As [`PendingFile::finish`].
    pub(super) fn write(self, bytes: &[u8]) -> Result<()> {
        let named = |error: io::Error| Error::from(error).in_file(self.target.display().to_string());
        self.file.as_file().write_all(bytes).map_err(named)?;
        self.finish()
    }

    /// Makes it appear.
    ///
    /// # Errors
    /// Bytes that cannot be synced, a name that cannot be taken.
    pub(super) fn finish(self) -> Result<()> {
        let named = |error: io::Error| Error::from(error).in_file(self.target.display().to_string());
        // An error of an earlier sync is told to that sync alone.
        if let Some(syncing) = self.syncing.into_inner() {
            syncing
                .join()
                .unwrap_or_else(|_| Err(io::Error::other("the sync thread failed")))
                .map_err(named)?;
        }
        self.file.as_file().sync_all().map_err(named)?;
        self.file.persist(&self.target).map_err(|error| named(error.error))?;
        Ok(())
    }
}

/// A file that asks for a sync whenever some megabytes were written.
pub(super) struct SyncedFile {
    file: File,
    /// Bytes since the last request.
    unsynced: usize,
    more: SyncSender<()>,
}

impl SyncedFile {
    const STRIDE: usize = 16 << 20;
}

impl Write for SyncedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.unsynced += written;
        // If a request waits already, or the thread has stopped at an error, which `finish` tells: later, then.
        if self.unsynced >= Self::STRIDE && self.more.try_send(()).is_ok() {
            self.unsynced = 0;
        }
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Joins the many small statements of a schema; blocks of rows are larger than the buffer and go straight through.
pub(super) fn buffered<W: Write>(writer: W) -> BufWriter<W> {
    BufWriter::with_capacity(64 * 1024, writer)
}
