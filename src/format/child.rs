//! A program whose output is an input: it does not outlive its reader, and its failure is the reader's.

use std::io;
use std::process::{Child, ExitStatus};

/// A running program. It is killed when nobody waits for it any more.
pub(crate) struct Running(Child);

impl Running {
    pub(crate) fn new(child: Child) -> Self {
        Self(child)
    }

    /// Waits for its end.
    ///
    /// # Errors
    /// The system's.
    pub(crate) fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Either may fail because the child has ended, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
