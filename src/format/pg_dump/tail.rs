//! The end of an output that failed: it must not restore.
//!
//! psql commits a COPY that is cut at a line end, even in one transaction that stops on errors. So the tail ends the
//! rows, gets psql's attention back, and raises an error.

use crate::format::{Mark, Tail};

/// Follows what was written.
#[derive(Default)]
pub(super) struct PgTail {
    in_rows: bool,
    restricted: Option<String>,
}

impl Tail for PgTail {
    fn observe(&mut self, mark: &Mark) {
        match mark {
            Mark::RowsBegin => self.in_rows = true,
            Mark::RowsEnd => self.in_rows = false,
            Mark::Restrict(token) => self.restricted = Some(token.clone()),
            Mark::Unrestrict => self.restricted = None,
            Mark::Delimiter(_) => {}
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let mut tail = Vec::new();
        if self.in_rows {
            tail.extend_from_slice(b"\\.\n");
        }
        if let Some(token) = &self.restricted {
            tail.extend_from_slice(format!("\n\\unrestrict {token}\n").as_bytes());
        }
        tail.extend_from_slice(b"\n\\set ON_ERROR_STOP 1\n");
        tail.extend_from_slice(
            b"DO $$BEGIN RAISE EXCEPTION 'scrub: run failed, output incomplete'; END$$;\n",
        );
        tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_ends_what_is_open() {
        let mut tail = PgTail::default();
        assert!(tail.bytes().starts_with(b"\n\\set ON_ERROR_STOP 1\nDO $$"));
        tail.observe(&Mark::Restrict("abc".into()));
        tail.observe(&Mark::RowsBegin);
        assert!(tail.bytes().starts_with(b"\\.\n\n\\unrestrict abc\n\n\\set"));
        tail.observe(&Mark::RowsEnd);
        tail.observe(&Mark::Unrestrict);
        assert!(tail.bytes().starts_with(b"\n\\set"));
    }
}
