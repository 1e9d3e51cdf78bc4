//! Text of cells to and from UTF-8.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

use crate::base::ErrorKind;
use crate::table::Span;

/// How text becomes UTF-8.
#[derive(Clone, Copy)]
pub(super) struct Text {
    encoding: &'static Encoding,
}

impl Text {
    /// Text in an encoding.
    pub(super) fn new(encoding: &'static Encoding) -> Self {
        Self { encoding }
    }

    /// The value of a cell that stands at `raw`.
    #[inline]
    pub(super) fn value(self, cell: &[u8], raw: Span, decoded: &mut Vec<u8>) -> Result<Span, ErrorKind> {
        if cell.is_ascii() {
            return Ok(raw);
        }
        match self.decode(cell)? {
            Cow::Borrowed(_) => Ok(raw),
            Cow::Owned(text) => {
                let start = decoded.len();
                decoded.extend_from_slice(text.as_bytes());
                span(start, decoded)
            }
        }
    }

    /// The value that was put at `start..` of `decoded` in the block's encoding.
    pub(super) fn decoded(self, start: usize, decoded: &mut Vec<u8>) -> Result<Span, ErrorKind> {
        if !decoded[start..].is_ascii()
            && let Cow::Owned(text) = self.decode(&decoded[start..])?
        {
            decoded.truncate(start);
            decoded.extend_from_slice(text.as_bytes());
        }
        span(start, decoded)
    }

    fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, ErrorKind> {
        let text = if self.encoding == UTF_8 {
            std::str::from_utf8(bytes).ok().map(Cow::Borrowed)
        } else {
            self.encoding.decode_without_bom_handling_and_without_replacement(bytes)
        };
        text.ok_or(ErrorKind::Encoding(self.encoding.name()))
    }
}

/// The span from `start` on, if spans can reach that far.
fn span(start: usize, decoded: &[u8]) -> Result<Span, ErrorKind> {
    if decoded.len() > MAX_DECODED {
        return Err(ErrorKind::Syntax("the text of one block is longer than 2 GiB in UTF-8"));
    }
    Ok(Span::decoded(start, decoded.len() - start))
}

const MAX_DECODED: usize = i32::MAX as usize;

/// A name in an encoding; what is not valid in it is replaced.
pub(super) fn name(encoding: &'static Encoding, bytes: &[u8]) -> String {
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// Text in an encoding other than UTF-8.
///
/// # Errors
/// A character that the encoding does not have.
pub(super) fn encode<'a>(encoding: &'static Encoding, value: &'a [u8]) -> Result<Cow<'a, [u8]>, ErrorKind> {
    if value.is_ascii() {
        return Ok(Cow::Borrowed(value));
    }
    let unfit = || ErrorKind::Encoding(encoding.name());
    let text = std::str::from_utf8(value).map_err(|_| unfit())?;
    let (bytes, _, replaced) = encoding.encode(text);
    // The web's tables turn a few characters (the yen sign in EUC-JP) into ASCII bytes, and their GBK and EUC-KR are
    // wider than PostgreSQL's.
    let ascii = |bytes: &[u8]| bytes.iter().filter(|byte| byte.is_ascii()).count();
    let narrow = encoding == encoding_rs::GBK || encoding == encoding_rs::EUC_KR;
    if replaced
        || ascii(&bytes) != ascii(value)
        || (narrow && bytes.iter().any(|byte| (0x80..0xa1).contains(byte)))
    {
        return Err(unfit());
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_latin1_round_trips() {
        let latin1 = encoding_rs::WINDOWS_1252;
        for byte in 0..=u8::MAX {
            let text = latin1.decode_without_bom_handling(&[byte]).0.into_owned();
            assert_eq!(*encode(latin1, text.as_bytes()).expect("encodes"), [byte]);
        }
    }

    #[test]
    fn characters_that_an_encoding_lacks_are_refused_and_never_become_ascii() {
        assert!(encode(encoding_rs::WINDOWS_1252, "Łódź".as_bytes()).is_err());
        assert!(encode(encoding_rs::EUC_JP, "¥".as_bytes()).is_err());
        assert!(encode(encoding_rs::GBK, "丂".as_bytes()).is_err());
        assert_eq!(*encode(encoding_rs::GBK, "中".as_bytes()).expect("GB2312"), [0xd6, 0xd0]);
    }
}
