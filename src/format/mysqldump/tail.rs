//! The end of an output that failed: its restore must not go well.
//!
//! The output may stand between two rows of a statement, or under another delimiter. The tail makes
//! the statement one that cannot be read, so that none of its rows stay, ends it, takes the delimiter back, and raises an error. The client ends at the
//! first error, unless it was told not to with `--force`.

use crate::format::{Mark, Tail};

/// Follows what was written.
#[derive(Default)]
pub(super) struct MySqlTail {
    delimiter: Option<String>,
}

impl Tail for MySqlTail {
    fn observe(&mut self, mark: &Mark) {
        if let Mark::Delimiter(delimiter) = mark {
            self.delimiter = Some(delimiter.clone()).filter(|delimiter| delimiter != ";");
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let delimiter = self.delimiter.as_deref().unwrap_or(";");
        let mut tail = format!("\n) scrub: run failed\n{delimiter}\n");
        if self.delimiter.is_some() {
            tail.push_str("DELIMITER ;\n");
        }
        tail.push_str("SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'scrub: run failed, output incomplete';\n");
        tail.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_ends_the_statement_under_any_delimiter() {
        let mut tail = MySqlTail::default();
        assert!(tail.bytes().starts_with(b"\n) scrub: run failed\n;\nSIGNAL SQLSTATE '45000'"));
        tail.observe(&Mark::Delimiter(";;".into()));
        assert!(tail.bytes().starts_with(b"\n) scrub: run failed\n;;\nDELIMITER ;\nSIGNAL"));
        tail.observe(&Mark::Delimiter(";".into()));
        assert!(tail.bytes().starts_with(b"\n) scrub: run failed\n;\nSIGNAL"));
    }
}
