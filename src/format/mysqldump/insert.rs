//! Statements of rows, `INSERT INTO .. VALUES (..),(..);` and `REPLACE INTO ..`: their heads, and where they are cut.
//!
//! A statement may be many megabytes long, so a block may begin and end between two rows of one. A block is then a piece
//! of a run of statements with one head: `HEAD (..),(..),`, `(..),(..);`, `(..); HEAD (..); HEAD (..),`.

use fearless_simd::{Level, dispatch};

use super::lexer::{Kind, Mode, is_space, is_word_byte};
use super::scan::{self, Stop};
use super::words::Words;

/// What stands before the rows of a statement.
pub(super) struct Head {
    /// Parts of the table's name.
    pub(super) table: Vec<Vec<u8>>,
    /// Columns, if they are listed.
    pub(super) columns: Option<Vec<Vec<u8>>>,
    /// Its length in bytes, `VALUES` included.
    pub(super) len: usize,
}

/// What the bytes at a statement's start are.
pub(super) enum Begin {
    /// The head of a statement of rows.
    Head(Head),
    /// A statement of rows that no dump holds.
    Other,
    /// The bytes that are there do not tell.
    Cut,
}

/// Whether a statement begins like one of rows.
pub(super) fn begins(statement: &[u8]) -> bool {
    let word = statement.iter().position(|byte| !is_word_byte(*byte)).unwrap_or(statement.len());
    let word = &statement[..word];
    word.eq_ignore_ascii_case(b"INSERT") || word.eq_ignore_ascii_case(b"REPLACE")
}

/// Reads the head of a statement of rows.
pub(super) fn begin(bytes: &[u8], mode: Mode) -> Begin {
    let mut words = Words::new(bytes, mode, b";");
    match head(&mut words) {
        Some(head) if bytes.len() > head.len => Begin::Head(head),
        Some(_) => Begin::Cut,
        None if words.is_cut() => Begin::Cut,
        None => Begin::Other,
    }
}

fn head(words: &mut Words<'_>) -> Option<Head> {
    if !words.word("INSERT") && !words.word("REPLACE") {
        return None;
    }
    let _ = words.word("LOW_PRIORITY") || words.word("DELAYED") || words.word("HIGH_PRIORITY");
    words.word("IGNORE");
    if !words.word("INTO") {
        return None;
    }
    let table = words.qualified()?;
    let open = words.peek()?.kind == Kind::Symbol(b'(');
    let columns = if open { Some(words.columns()?) } else { None };
    let values = words.peek().filter(|token| token.is_word("VALUES"))?;
    Some(Head { table, columns, len: values.end() })
}

/// Whether a statement begins with the very bytes of another's head.
pub(super) fn same_head(statement: &[u8], head: &[u8]) -> bool {
    statement.starts_with(head) && !statement.get(head.len()).is_some_and(|&byte| is_word_byte(byte))
}

/// Where a block may end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cut {
    /// Behind its last row, or its last statement.
    pub(super) end: usize,
    /// Whether that is in the middle of a statement.
    pub(super) open: bool,
    /// Whether something stands behind that end that only the lexer can read.
    pub(super) odd: bool,
}

/// Where a block that begins with the first of `bytes` may end; at 0 if its first row does not end in them. `open` says
/// that it begins in the middle of a statement.
pub(super) fn cut(bytes: &[u8], head: &[u8], mode: Mode, open: bool) -> Cut {
    dispatch!(Level::new(), simd => {
        let mut cut = Cut { end: 0, open, odd: false };
        let mut at = 0;
        loop {
            if !cut.open {
                at += spaces(&bytes[at..]);
                if !same_head(&bytes[at..], head) {
                    break cut;
                }
                at += head.len();
            }
            let (row, stop) = scan::last_row(simd, bytes, at, mode);
            match stop {
                Stop::Semicolon(semicolon) => {
                    at = semicolon + 1;
                    cut = Cut { end: at, open: false, odd: false };
                }
                Stop::Bytes | Stop::Odd(_) => {
                    if let Some(row) = row {
                        cut = Cut { end: row, open: true, odd: false };
                    }
                    cut.odd = matches!(stop, Stop::Odd(_));
                    break cut;
                }
            }
        }
    })
}

/// The blanks that come first.
pub(super) fn spaces(bytes: &[u8]) -> usize {
    bytes.iter().position(|byte| !is_space(*byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut_of(text: &str, open: bool) -> (&str, bool, bool) {
        let cut = cut(text.as_bytes(), b"INSERT INTO `t` VALUES", Mode::default(), open);
        (&text[..cut.end], cut.open, cut.odd)
    }

    #[test]
    fn blocks_end_behind_rows_and_statements() {
        let one = "INSERT INTO `t` VALUES (1,'),('),\n";
        assert_eq!(cut_of(&format!("{one}(2,'x"), false), (&one[..one.len() - 1], true, false));
        assert_eq!(
            cut_of("(1,'a\\'),(;'),(2,'b');\nUNLOCK", true),
            ("(1,'a\\'),(;'),(2,'b');", false, false)
        );
        let two = "INSERT INTO `t` VALUES (1);\nINSERT INTO `t` VALUES (2);";
        assert_eq!(cut_of(&format!("{two}\nINSERT INTO `t2` VALUES (3);"), false), (two, false, false));
        assert_eq!(cut_of("(1,'a", true), ("", true, false));
        assert_eq!(cut_of("(1),(\"a\"),(2);", true), ("(1),", true, true));
        assert_eq!(cut_of("(\"a\"),(2);", true), ("", true, true));
    }

    #[test]
    fn heads_are_read_as_the_tools_write_them() {
        let read = |text: &str| match begin(text.as_bytes(), Mode::default()) {
            Begin::Head(head) => Some((head.table.len(), head.columns.map(|columns| columns.len()))),
            _ => None,
        };
        assert_eq!(read("INSERT INTO `t` VALUES (1);"), Some((1, None)));
        assert_eq!(read("INSERT  IGNORE INTO `t` (`a`, `b`) VALUES\n(1,2);"), Some((1, Some(2))));
        assert_eq!(read("REPLACE INTO `d`.`t` () VALUES ();"), Some((2, Some(0))));
        assert_eq!(read("INSERT DELAYED IGNORE INTO t VALUES (1);"), Some((1, None)));
        for text in ["INSERT INTO t SELECT 1;", "INSERT INTO t SET a = 1;", "INSERT t VALUES (1);"] {
            assert!(matches!(begin(text.as_bytes(), Mode::default()), Begin::Other), "{text}");
        }
        for text in ["INSERT", "INSERT INTO `t", "INSERT INTO `t` (`a`", "INSERT INTO `t` VALUES"] {
            assert!(matches!(begin(text.as_bytes(), Mode::default()), Begin::Cut), "{text}");
        }
    }
}
