//! Reading one whole statement: words, names and literals, past blanks and comments.

use std::borrow::Cow;

use memchr::memchr2;

use super::lexer::{Kind, Lexer, Token};
use crate::table::quotes::undouble;

/// The tokens of a statement that mean something, with one token of lookahead.
#[derive(Clone)]
pub(super) struct Words<'a> {
    lexer: Lexer<'a>,
    next: Option<Token<'a>>,
}

impl<'a> Words<'a> {
    /// Starts at the first of `bytes`; bytes that do not lex end the statement.
    pub(super) fn new(bytes: &'a [u8], standard: bool) -> Self {
        let mut words = Self { lexer: Lexer::new(bytes, standard), next: None };
        words.take();
        words
    }

    /// The next token, not taken.
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.next
    }

    /// The next token.
    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        let token = self.next;
        self.next = self.lexer.meaning().ok().flatten();
        token
    }

    fn take_if(&mut self, accept: impl FnOnce(&Token<'a>) -> bool) -> Option<Token<'a>> {
        if self.next.as_ref().is_some_and(accept) { self.take() } else { None }
    }

    /// Takes a keyword, if it comes next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        self.take_if(|token| token.is_word(word)).is_some()
    }

    /// Takes keywords one after the other; `false` as soon as one does not come next.
    pub(super) fn words(&mut self, words: &str) -> bool {
        words.split(' ').all(|word| self.word(word))
    }

    /// Takes a byte, if it comes next.
    pub(super) fn symbol(&mut self, symbol: u8) -> bool {
        self.take_if(|token| token.kind == Kind::Symbol(symbol)).is_some()
    }

    /// Whether only the semicolon is left; takes it.
    pub(super) fn end(&mut self) -> bool {
        self.symbol(b';') && self.next.is_none()
    }

    /// A name's part: without quotes in lower case, in quotes as it is.
    pub(super) fn name(&mut self) -> Option<Vec<u8>> {
        match self.next?.kind {
            Kind::Word => Some(self.take()?.bytes.to_ascii_lowercase()),
            Kind::Identifier => Some(undouble(between(self.take()?.bytes), b'"').into_owned()),
            _ => None,
        }
    }

    /// A name with its qualifiers.
    pub(super) fn qualified(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut parts = vec![self.name()?];
        while self.symbol(b'.') {
            parts.push(self.name()?);
        }
        Some(parts)
    }

    /// `(a, "B", ..)`; the parenthesis must come next.
    pub(super) fn columns(&mut self) -> Option<Vec<Vec<u8>>> {
        if !self.symbol(b'(') {
            return None;
        }
        let mut columns = Vec::new();
        loop {
            columns.push(self.name()?);
            if self.symbol(b')') {
                return Some(columns);
            }
            if !self.symbol(b',') {
                return None;
            }
        }
    }

    /// A string constant's value.
    pub(super) fn text(&mut self) -> Option<Cow<'a, [u8]>> {
        let token = self.take_if(|token| matches!(token.kind, Kind::Text | Kind::EscapeText))?;
        text_value(&token)
    }

    /// An integer, and where it stands.
    pub(super) fn integer(&mut self) -> Option<(i64, std::ops::Range<usize>)> {
        let sign = self.take_if(|token| token.kind == Kind::Symbol(b'-'));
        let number = self.take_if(|token| token.kind == Kind::Number)?;
        let start = sign.map_or(number.start, |sign| sign.start);
        let digits = std::str::from_utf8(number.bytes).ok()?;
        if sign.is_some_and(|sign| sign.end() != number.start) {
            return None;
        }
        let value = if sign.is_some() { format!("-{digits}").parse() } else { digits.parse() };
        Some((value.ok()?, start..number.end()))
    }
}

/// The value of a `Text` or `EscapeText` token; `None` for escapes that are not valid.
fn text_value<'a>(token: &Token<'a>) -> Option<Cow<'a, [u8]>> {
    if token.kind == Kind::Text {
        return Some(undouble(between(token.bytes), b'\''));
    }
    let from = usize::from(token.bytes[0] != b'\'');
    let mut value = Vec::new();
    unescape(&token.bytes[from + 1..token.bytes.len() - 1], &mut value)?;
    Some(Cow::Owned(value))
}

/// What stands between the quotes.
fn between(quoted: &[u8]) -> &[u8] {
    &quoted[1..quoted.len() - 1]
}

/// Takes the escapes out of what stands between the quotes of an `E''` string; `None` for one that is not valid, or
/// for a string in several parts.
pub(super) fn unescape(inner: &[u8], out: &mut Vec<u8>) -> Option<()> {
    let mut rest = inner;
    while let Some(at) = memchr2(b'\\', b'\'', rest) {
        out.extend_from_slice(&rest[..at]);
        let code = *rest.get(at + 1)?;
        let mut len = 2;
        if rest[at] == b'\'' {
            if code != b'\'' {
                return None;
            }
            out.push(code);
        } else {
            match code {
                b'b' => out.push(0x08),
                b'f' => out.push(0x0c),
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b't' => out.push(b'\t'),
                b'0'..=b'7' => {
                    let (value, digits) = digits(&rest[at + 1..], 3, 8);
                    len = 1 + digits;
                    out.push(value as u8);
                }
                b'x' if rest.get(at + 2).is_some_and(u8::is_ascii_hexdigit) => {
                    let (value, digits) = digits(&rest[at + 2..], 2, 16);
                    len = 2 + digits;
                    out.push(value as u8);
                }
                b'u' | b'U' => {
                    let most = if code == b'u' { 4 } else { 8 };
                    let (value, digits) = digits(&rest[at + 2..], most, 16);
                    if digits < most {
                        return None;
                    }
                    len = 2 + digits;
                    out.extend_from_slice(char::from_u32(value)?.encode_utf8(&mut [0; 4]).as_bytes());
                }
                other => out.push(other),
            }
        }
        rest = &rest[at + len..];
    }
    out.extend_from_slice(rest);
    Some(())
}

/// The number that up to `most` digits of base `radix` write, and how many there are.
pub(super) fn digits(bytes: &[u8], most: usize, radix: u32) -> (u32, usize) {
    let mut value = 0_u32;
    let mut len = 0;
    while let Some(digit) =
        bytes.get(len).filter(|_| len < most).and_then(|&byte| char::from(byte).to_digit(radix))
    {
        value = value.wrapping_mul(radix).wrapping_add(digit);
        len += 1;
    }
    (value, len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fold_case_without_quotes_and_undouble_with_them() {
        let mut words = Words::new("Public . \"B\"\"c\" /* x */ (Ä, \"d e\");".as_bytes(), true);
        assert_eq!(words.qualified(), Some(vec![b"public".to_vec(), b"B\"c".to_vec()]));
        assert_eq!(words.columns(), Some(vec!["Ä".as_bytes().to_vec(), b"d e".to_vec()]));
        assert!(words.end());
    }

    #[test]
    fn strings_lose_quotes_and_escapes() {
        let value = |text: &str, standard| Words::new(text.as_bytes(), standard).text().map(Cow::into_owned);
        assert_eq!(value("'a''b\\'", true), Some(b"a'b\\".to_vec()));
        assert_eq!(value("E'a\\'\\n\\x41\\101\\u00e9'''", true), Some("a'\nAA\u{e9}'".as_bytes().to_vec()));
        assert_eq!(value("'a\\\\'", false), Some(b"a\\".to_vec()));
        assert_eq!(value("E'\\u12'", true), None);
        assert_eq!(value("E'\\uD800'", true), None);
    }

    #[test]
    fn integers_know_where_they_stand() {
        assert_eq!(Words::new(b" -42)", true).integer(), Some((-42, 1..4)));
        assert_eq!(
            Words::new(b"9223372036854775807", true).integer().map(|(value, _)| value),
            Some(i64::MAX)
        );
        assert_eq!(Words::new(b"4.5", true).integer(), None);
    }
}
