//! What a caller knows of CSV files beforehand.

use encoding_rs::{Encoding, UTF_8};

/// How CSV files are written, as far as it is not to be found out from their first bytes.
///
/// ```
/// use scrub::format::{CsvOptions, ReaderOptions};
/// let mut csv = CsvOptions::default();
/// csv.delimiter = Some(b';');
/// csv.header = Some(false);
/// let mut reading = ReaderOptions::default();
/// reading.csv = csv;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct CsvOptions {
    /// The byte between cells; absent: `,`, `;`, tab or `|`, whichever the first rows agree on.
    pub delimiter: Option<u8>,
    /// The byte around quoted cells, or that there are none; absent: `"`.
    pub quote: Option<Quote>,
    /// Whether the first row names the columns; absent: it does, and must not look like data.
    pub header: Option<bool>,
    /// The columns of files without a header; absent: those of the table in the lock or schema.
    pub columns: Option<Vec<String>>,
    /// Encoding of text; absent: UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What an unquoted cell that is NULL holds; absent: nothing.
    pub null: Option<String>,
}

/// Whether cells can be quoted, and with what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Quote {
    /// With this byte.
    Byte(u8),
    /// They cannot: every byte but delimiters and line ends is part of a cell.
    None,
}

impl CsvOptions {
    /// An encoding by its label (`latin1`, `windows-1250`).
    ///
    /// # Errors
    /// Encodings that nobody knows, and those in which a delimiter could be part of a character.
    pub fn encoding_of(label: &str) -> Result<&'static Encoding, &'static str> {
        let encoding = Encoding::for_label(label.as_bytes()).ok_or("there is no such encoding")?;
        if encoding == UTF_8 || encoding.is_single_byte() {
            Ok(encoding)
        } else {
            Err(
                "CSV is read in UTF-8 and in encodings of one byte for each character; convert the file first",
            )
        }
    }

    /// Whether delimiter, quote and NULL can be told apart.
    ///
    /// # Errors
    /// They cannot.
    pub fn sound(&self) -> Result<(), &'static str> {
        let refuse = |why: &'static str| Err(why);
        let plain = |byte: u8| byte.is_ascii() && !matches!(byte, b'\n' | b'\r' | 0);
        if self.delimiter.is_some_and(|byte| !plain(byte) || byte.is_ascii_alphanumeric()) {
            return refuse("a CSV delimiter is one ASCII character, no letter, digit or line end");
        }
        if let Some(Quote::Byte(byte)) = self.quote
            && (!plain(byte) || byte.is_ascii_alphanumeric() || self.delimiter == Some(byte))
        {
            return refuse(
                "a CSV quote is one ASCII character, no letter, digit or line end, and not the delimiter",
            );
        }
        let special = |byte: u8| {
            matches!(byte, b'\n' | b'\r')
                || self.delimiter == Some(byte)
                || self.quote == Some(Quote::Byte(byte))
        };
        if self.null.as_ref().is_some_and(|null| null.bytes().any(special) || null.contains('"')) {
            return refuse("what stands for NULL in CSV must not hold delimiters, quotes or line ends");
        }
        Ok(())
    }
}
