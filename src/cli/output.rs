//! Where output goes: standard output, or a file that appears by rename when its last byte is on the disk.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::base::{Error, Result};

use super::usage;

/// A file under construction beside its final place; dropped unfinished, it leaves nothing.
pub(super) struct PendingFile {
    file: NamedTempFile,
    target: PathBuf,
}

impl PendingFile {
    /// Starts a file that will be `target`, with mode 0600.
    ///
    /// # Errors
    /// A folder that cannot be written, a target that is one of `inputs`.
    pub(super) fn new(target: &Path, inputs: &[&Path]) -> Result<Self> {
        let named = |error: std::io::Error| Error::from(error).in_file(target.display().to_string());
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
        let folder =
            target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let file = tempfile::Builder::new().prefix(".scrub-").tempfile_in(folder).map_err(named)?;
        Ok(Self { file, target: target.to_owned() })
    }

    /// The file, to write to.
    pub(super) fn writer(&self) -> Result<BufWriter<File>> {
        Ok(buffered(self.file.as_file().try_clone()?))
    }

    /// Writes all of a small file, and makes it appear.
    ///
    /// # Errors
    /// As [`PendingFile::finish`].
    pub(super) fn write(self, bytes: &[u8]) -> Result<()> {
        let named = |error: std::io::Error| Error::from(error).in_file(self.target.display().to_string());
        self.file.as_file().write_all(bytes).map_err(named)?;
        self.finish()
    }

    /// Makes it appear.
    ///
    /// # Errors
    /// Bytes that cannot be synced, a name that cannot be taken.
    pub(super) fn finish(self) -> Result<()> {
        let named = |error: std::io::Error| Error::from(error).in_file(self.target.display().to_string());
        self.file.as_file().sync_all().map_err(named)?;
        self.file.persist(&self.target).map_err(|error| named(error.error))?;
        Ok(())
    }
}

/// Joins the many small statements of a schema; blocks of rows are larger than the buffer and go straight through.
pub(super) fn buffered<W: Write>(writer: W) -> BufWriter<W> {
    BufWriter::with_capacity(64 * 1024, writer)
}
