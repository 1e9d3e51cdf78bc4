//! Buffers that go from block to block.

use std::sync::{Mutex, PoisonError};

/// Buffers for reuse. They keep what they hold: clearing a buffer whose next user writes over it all would only make it be
/// zeroed again.
#[derive(Default)]
pub(super) struct Pool(Mutex<Vec<Vec<u8>>>);

impl Pool {
    const KEPT: usize = 16;
    /// A buffer that one huge row has grown is given back to the system.
    const LARGEST: usize = 4 << 20;

    pub(super) fn take(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    pub(super) fn put(&self, buffer: Vec<u8>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() < Self::KEPT && buffer.capacity() > 0 && buffer.capacity() <= Self::LARGEST {
            kept.push(buffer);
        }
    }
}
