//! One row, read byte by byte: the header, the first rows while the dialect is unknown, and rows that are wrong.

use std::ops::Range;

use encoding_rs::Encoding;

use super::dialect::Dialect;
use crate::base::ErrorKind;
use crate::table::quotes::undouble_into;

/// A row.
pub(super) struct Record {
    /// Its cells with their quotes.
    pub(super) cells: Vec<Range<usize>>,
    /// Its length, line end included.
    pub(super) len: usize,
    /// Whether its line end is there.
    pub(super) ended: bool,
    quote: Option<u8>,
}

/// Where a row cannot be read, and why.
pub(super) struct Broken {
    pub(super) at: usize,
    pub(super) why: &'static str,
}

pub(super) const OPEN_QUOTE: &str = "a quoted cell without its closing quote";
const BEFORE_QUOTE: &str = "a quote within a cell that does not begin with one";
const BEHIND_QUOTE: &str = "a cell goes on behind its closing quote";
pub(super) const RETURN: &str = "a carriage return that is not part of a line end, outside of quotes";

/// Reads the row at the start of `bytes`; `None` when its quoted cell is not closed there.
pub(super) fn record(bytes: &[u8], dialect: &Dialect) -> Result<Option<Record>, Broken> {
    let mut read = Record { cells: Vec::new(), len: bytes.len(), ended: false, quote: dialect.quote };
    let mut at = 0;
    loop {
        let start = at;
        if dialect.quote.is_some() && bytes.get(at).copied() == dialect.quote {
            at += 1;
            loop {
                match bytes.get(at) {
                    None => return Ok(None),
                    Some(&byte) if Some(byte) == dialect.quote => {
                        at += 1;
                        if bytes.get(at).copied() != dialect.quote {
                            break;
                        }
                        at += 1;
                    }
                    Some(_) => at += 1,
                }
            }
            if !matches!(bytes.get(at), None | Some(b'\n' | b'\r')) && bytes[at] != dialect.delimiter {
                return Err(Broken { at, why: BEHIND_QUOTE });
            }
        } else {
            while let Some(&byte) = bytes.get(at) {
                if byte == dialect.delimiter || byte == b'\n' || byte == b'\r' {
                    break;
                }
                if Some(byte) == dialect.quote {
                    return Err(Broken { at, why: BEFORE_QUOTE });
                }
                at += 1;
            }
        }
        read.cells.push(start..at);
        match (bytes.get(at), bytes.get(at + 1)) {
            (None, _) => return Ok(Some(read)),
            (Some(b'\n'), _) => {
                read.len = at + 1;
                read.ended = true;
                return Ok(Some(read));
            }
            (Some(b'\r'), Some(b'\n')) => {
                read.len = at + 2;
                read.ended = true;
                return Ok(Some(read));
            }
            // More may follow.
            (Some(b'\r'), None) => return Ok(Some(read)),
            (Some(b'\r'), _) => return Err(Broken { at, why: RETURN }),
            _ => at += 1,
        }
    }
}

impl Record {
    /// Whether nothing stands in it.
    pub(super) fn is_blank(&self) -> bool {
        matches!(&self.cells[..], [only] if only.is_empty())
    }

    /// The names of columns that the row holds. `header` is what was said about it: where nothing was, it must not look
    /// like data.
    ///
    /// # Errors
    /// Names that are empty, too long or the same; cells that look like data. The cells are never in the error.
    pub(super) fn names(
        &self,
        bytes: &[u8],
        encoding: &'static Encoding,
        header: Option<bool>,
    ) -> Result<Vec<String>, ErrorKind> {
        let mut names: Vec<String> = Vec::with_capacity(self.cells.len());
        for cell in &self.cells {
            let text = self.value(&bytes[cell.clone()]);
            let name = encoding
                .decode_without_bom_handling_and_without_replacement(&text)
                .ok_or(ErrorKind::Encoding(encoding.name()))?
                .into_owned();
            let odd = name.chars().any(char::is_control) || name.chars().count() > LONGEST_NAME;
            if odd || (header.is_none() && looks_like_data(&name)) {
                return Err(ErrorKind::Usage(format!(
                    "cell {} of the first row does not look like the name of a column; say in the policy whether the \
                     file has a header: [source.csv] header = true or false",
                    names.len() + 1
                )));
            }
            if names.contains(&name) {
                return Err(ErrorKind::Usage(format!(
                    "cell {} of the first row is the same as one before it: columns must have names of their own",
                    names.len() + 1
                )));
            }
            names.push(name);
        }
        Ok(names)
    }

    /// A cell without its quotes.
    fn value(&self, cell: &[u8]) -> Vec<u8> {
        let Some(quote) = self.quote.filter(|quote| cell.len() > 1 && cell[0] == *quote) else {
            return cell.to_vec();
        };
        let mut value = Vec::new();
        undouble_into(&cell[1..cell.len() - 1], quote, &mut value);
        value
    }
}

const LONGEST_NAME: usize = 128;

/// Whether nobody calls a column so: numbers, dates, addresses, nothing at all.
fn looks_like_data(name: &str) -> bool {
    name.trim().is_empty()
        || name.contains('@')
        || name.contains("://")
        || !name.chars().any(char::is_alphabetic)
}
