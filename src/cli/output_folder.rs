//! A folder of outputs: each file appears whole, the mark that all are there comes last, and a run that fails takes back
//! what it wrote.

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use crate::base::{Error, Result};

use super::output::PendingFile;
use super::usage;

/// The empty file that says that a folder is complete, as Hadoop and Spark have it.
pub(super) const SUCCESS: &str = "_SUCCESS";

/// A folder under construction. Dropped unfinished, it is as it was before.
pub(super) struct OutputFolder {
    root: PathBuf,
    made: Mutex<Made>,
}

/// What a failed run takes back.
#[derive(Default)]
struct Made {
    /// Folders, outer ones first.
    folders: Vec<PathBuf>,
    files: Vec<PathBuf>,
    finished: bool,
}

impl OutputFolder {
    /// Starts the folder, which must be new or empty.
    ///
    /// # Errors
    /// A folder that holds something, or cannot be made.
    pub(super) fn new(root: &Path) -> Result<Self> {
        let named = |error: std::io::Error| Error::from(error).in_file(root.display().to_string());
        if root.exists() && fs::read_dir(root).map_err(named)?.next().is_some() {
            return Err(usage("the output folder is not empty: remove what it holds, or name another")
                .in_file(root.display().to_string()));
        }
        let folder = Self { root: root.to_owned(), made: Mutex::default() };
        folder.make(root)?;
        Ok(folder)
    }

    /// Starts the file of this name in the folder.
    ///
    /// # Errors
    /// A folder that cannot be made or written.
    pub(super) fn file(&self, name: &Path) -> Result<PendingFile> {
        let target = self.root.join(name);
        if let Some(folder) = target.parent() {
            self.make(folder)?;
        }
        PendingFile::new(&target, &[])
    }

    /// Makes a file of the folder appear.
    ///
    /// # Errors
    /// As [`PendingFile::finish`].
    pub(super) fn finish_file(&self, name: &Path, file: PendingFile) -> Result<()> {
        // Noted first: it may appear and fail after that.
        self.made().files.push(self.root.join(name));
        file.finish()
    }

    /// Says that all files are there.
    ///
    /// # Errors
    /// Names or the mark that cannot be synced.
    pub(super) fn finish(self) -> Result<()> {
        let folders = self.made().folders.clone();
        for folder in folders.iter().chain([&self.root]) {
            let synced = File::open(folder).and_then(|folder| folder.sync_all());
            synced.map_err(|error| Error::from(error).in_file(folder.display().to_string()))?;
        }
        let mark = Path::new(SUCCESS);
        self.finish_file(mark, self.file(mark)?)?;
        self.made().finished = true;
        Ok(())
    }

    /// Makes a folder and those above it, for nobody else to read.
    fn make(&self, folder: &Path) -> Result<()> {
        let mut made = self.made();
        let missing: Vec<&Path> = folder
            .ancestors()
            .take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists())
            .collect();
        for folder in missing.into_iter().rev() {
            let created = DirBuilder::new().mode(0o700).create(folder);
            created.map_err(|error| Error::from(error).in_file(folder.display().to_string()))?;
            made.folders.push(folder.to_owned());
        }
        Ok(())
    }

    fn made(&self) -> std::sync::MutexGuard<'_, Made> {
        self.made.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        let made = self.made();
        if made.finished {
            return;
        }
        // What cannot be removed stays, without the mark.
        for file in &made.files {
            let _ = fs::remove_file(file);
        }
        for folder in made.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}
