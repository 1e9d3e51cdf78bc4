//! The end of an output that failed: it must not restore.
//!
//! Without COMMIT nothing is restored, but `sqlite3` ends with 0 all the same. So the tail holds a statement that fails.

use crate::format::{Mark, Tail};

/// Whole events only are written, so the end always stands between statements.
pub(in crate::format) struct SqliteTail;

impl Tail for SqliteTail {
    fn observe(&mut self, _: &Mark) {}

    fn bytes(&self) -> Vec<u8> {
        b"\nINSERT INTO \"scrub: run failed, output incomplete\" VALUES(1);\nROLLBACK;\n".to_vec()
    }
}
