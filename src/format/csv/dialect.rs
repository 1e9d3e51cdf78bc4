//! What separates and quotes the cells of a file, found out from its first bytes or given.

use super::options::{CsvOptions, Quote};
use super::record::{Record, record};

/// How cells are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between cells.
    pub(super) delimiter: u8,
    /// Around quoted cells.
    pub(super) quote: Option<u8>,
    /// What an unquoted cell that is NULL holds.
    pub(super) null: Vec<u8>,
}

/// Delimiters that are looked for, in this order.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

impl Dialect {
    /// The dialect of a file that starts with these bytes (without a byte order mark); `whole` says that it has no more.
    pub(super) fn of(start: &[u8], whole: bool, options: &CsvOptions) -> Self {
        let base = Self {
            delimiter: DELIMITERS[0],
            quote: match options.quote {
                None => Some(b'"'),
                Some(Quote::Byte(byte)) => Some(byte),
                Some(Quote::None) => None,
            },
            null: options.null.clone().unwrap_or_default().into_bytes(),
        };
        if let Some(delimiter) = options.delimiter {
            return Self { delimiter, ..base };
        }
        let candidates = DELIMITERS.map(|delimiter| Self { delimiter, ..base.clone() });
        let sample = |dialect: &Self| Sample::of(start, whole, dialect);
        let agreed = candidates.iter().filter(|dialect| sample(dialect).agrees());
        // The first of the widest.
        let widest = |best: Option<&Self>, next: &Self| match best {
            Some(best) if sample(best).width >= sample(next).width => Some(best.clone()),
            _ => Some(next.clone()),
        };
        let mut found = agreed.fold(None, |best: Option<Self>, next| widest(best.as_ref(), next));
        if found.is_none() {
            found = candidates.iter().fold(None, |best: Option<Self>, next| widest(best.as_ref(), next));
        }
        found.unwrap_or(base)
    }
}

/// What the first rows look like under a dialect.
pub(super) struct Sample {
    /// Cells of the first row.
    pub(super) width: usize,
    /// Rows that were looked at.
    rows: usize,
    /// Those with another number of cells, or that cannot be read.
    others: usize,
    /// The first row.
    first: Option<Record>,
}

impl Sample {
    /// Looks at the rows that end within `start`.
    pub(super) fn of(start: &[u8], whole: bool, dialect: &Dialect) -> Self {
        let mut sample = Self { width: 0, rows: 0, others: 0, first: None };
        let mut at = 0;
        while at < start.len() {
            match record(&start[at..], dialect) {
                Ok(Some(read)) if read.ended || whole => {
                    at += read.len;
                    if read.is_blank() {
                        continue;
                    }
                    sample.rows += 1;
                    if sample.first.is_none() {
                        sample.width = read.cells.len();
                        sample.first = Some(read);
                    } else if read.cells.len() != sample.width {
                        sample.others += 1;
                    }
                }
                Ok(_) => break,
                Err(_) => {
                    sample.others += 1;
                    break;
                }
            }
        }
        sample
    }

    /// Whether the rows have several cells, all of them equally many.
    pub(super) fn agrees(&self) -> bool {
        self.width > 1 && self.others == 0
    }

    /// Whether this is a table with a header, as far as can be told: what a file of unknown format must look like.
    pub(super) fn is_table(&self, start: &[u8]) -> bool {
        self.agrees()
            && self.first.as_ref().is_some_and(|first| first.names(start, encoding_rs::UTF_8, None).is_ok())
    }
}
