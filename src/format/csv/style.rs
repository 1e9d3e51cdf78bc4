//! How new cells are written: quoted where the old one was, or where the value needs it.

use memchr::memchr;

use super::dialect::Dialect;
use crate::base::ErrorKind;
use crate::format::splice::{Patch, Style};
use crate::table::ColumnBuilder;

/// A cell without quotes.
pub(super) const BARE: u8 = 0;
/// A cell in quotes.
pub(super) const QUOTED: u8 = 1;

/// Writes the cells of one dialect.
pub(super) struct CsvStyle<'a>(pub(super) &'a Dialect);

impl Style for CsvStyle<'_> {
    const PLAIN: bool = true;
    const COUNTED: bool = true;

    fn is_special(&self, byte: u8) -> bool {
        let Dialect { delimiter, quote, .. } = self.0;
        // A reader may take a quote for one even where this dialect has none.
        (byte == *delimiter) | (byte == quote.unwrap_or(b'"')) | (byte == b'\n') | (byte == b'\r')
    }

    fn is_plain(&self, built: &ColumnBuilder) -> bool {
        // A value that reads like NULL must be told from it.
        let null = self.0.null.len();
        !(0..built.len()).any(|row| built.value_range(row).is_some_and(|value| value.len() == null))
    }

    fn null(&self, _: Patch, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.null);
    }

    fn value(&self, value: &[u8], cell: Patch, out: &mut Vec<u8>) -> Result<(), ErrorKind> {
        let null = &self.0.null;
        let reads_like_null = value.len() == null.len() && (value.is_empty() || value == null);
        let needs = reads_like_null || (!cell.clean && value.iter().any(|byte| self.is_special(*byte)));
        if cell.style == BARE && !needs {
            out.extend_from_slice(value);
            return Ok(());
        }
        let Some(quote) = self.0.quote else { return Err(ErrorKind::Unfit(NO_QUOTES)) };
        out.push(quote);
        let mut rest = value;
        while let Some(at) = memchr(quote, rest).filter(|_| !cell.clean) {
            out.extend_from_slice(&rest[..=at]);
            out.push(quote);
            rest = &rest[at + 1..];
        }
        out.extend_from_slice(rest);
        out.push(quote);
        Ok(())
    }
}

const NO_QUOTES: &str = "the new value needs quotes, and the policy says that this file has none";
