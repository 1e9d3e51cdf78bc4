//! Reading one whole statement: words, names and literals, past blanks, comments and the bounds of version comments.

use std::ops::Range;

use memchr::{memchr, memchr2};

use super::lexer::{Kind, Lexer, Mode, Stop, Token};
use crate::table::quotes::undouble;

/// The tokens of a statement that mean something, with one token of lookahead.
#[derive(Clone)]
pub(super) struct Words<'a> {
    lexer: Lexer<'a>,
    next: Option<Token<'a>>,
    mode: Mode,
    /// Why there are no more.
    stop: Option<Stop>,
}

impl<'a> Words<'a> {
    /// Starts at the first of `bytes`; the delimiter and bytes that do not lex end the statement.
    pub(super) fn new(bytes: &'a [u8], mode: Mode, delimiter: &'a [u8]) -> Self {
        let mut words = Self { lexer: Lexer::new(bytes, mode, delimiter), next: None, mode, stop: None };
        words.take();
        words
    }

    /// The next token, not taken.
    pub(super) fn peek(&self) -> Option<Token<'a>> {
        self.next
    }

    /// Whether the bytes ended, or a token stayed open, before the delimiter.
    pub(super) fn is_cut(&self) -> bool {
        self.next.is_none() && self.stop == Some(Stop::Open)
    }

    /// The next token.
    pub(super) fn take(&mut self) -> Option<Token<'a>> {
        let token = self.next;
        if self.stop.is_none() {
            self.next = match self.lexer.meaning() {
                Ok(Some(token)) if token.kind == Kind::End => None,
                Ok(Some(token)) => Some(token),
                Ok(None) => {
                    self.stop = Some(Stop::Open);
                    None
                }
                Err(stop) => {
                    self.stop = Some(stop);
                    None
                }
            };
        } else {
            self.next = None;
        }
        token
    }

    fn take_if(&mut self, accept: impl FnOnce(&Token<'a>) -> bool) -> Option<Token<'a>> {
        if self.next.as_ref().is_some_and(accept) { self.take() } else { None }
    }

    /// Whether a keyword comes next.
    pub(super) fn sees(&self, word: &str) -> bool {
        self.next.is_some_and(|token| token.is_word(word))
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

    /// Whether nothing is left before the delimiter.
    pub(super) fn end(&self) -> bool {
        self.next.is_none() && self.stop.is_none()
    }

    /// A name, without its quotes.
    pub(super) fn name(&mut self) -> Option<Vec<u8>> {
        match self.next?.kind {
            Kind::Word | Kind::Number => Some(self.take()?.bytes.to_vec()),
            Kind::Identifier => {
                let quoted = self.take()?.bytes;
                Some(undouble(&quoted[1..quoted.len() - 1], quoted[0]).into_owned())
            }
            _ => None,
        }
    }

    /// A name with its qualifier.
    pub(super) fn qualified(&mut self) -> Option<Vec<Vec<u8>>> {
        let mut parts = vec![self.name()?];
        while self.symbol(b'.') {
            parts.push(self.name()?);
        }
        Some(parts)
    }

    /// `(a, b, ..)`; the parenthesis must come next. There may be no column.
    pub(super) fn columns(&mut self) -> Option<Vec<Vec<u8>>> {
        if !self.symbol(b'(') {
            return None;
        }
        let mut columns = Vec::new();
        if self.symbol(b')') {
            return Some(columns);
        }
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

    /// A string's value.
    pub(super) fn text(&mut self) -> Option<Vec<u8>> {
        let token = self.take_if(|token| token.kind == Kind::Text)?;
        let inner = &token.bytes[1..token.bytes.len() - 1];
        let mut value = Vec::new();
        decode(inner, token.bytes[0], self.mode.escapes, &mut value)?;
        Some(value)
    }

    /// An integer, and where it stands.
    pub(super) fn integer(&mut self) -> Option<(i64, Range<usize>)> {
        let sign = self.take_if(|token| token.kind == Kind::Symbol(b'-'));
        let number = self.take_if(|token| token.kind == Kind::Number)?;
        let digits = std::str::from_utf8(number.bytes).ok()?;
        let start = sign.map_or(number.start, |sign| sign.start);
        if sign.is_some_and(|sign| sign.end() != number.start) {
            return None;
        }
        let value = if sign.is_some() { format!("-{digits}").parse() } else { digits.parse() };
        Some((value.ok()?, start..number.end()))
    }
}

/// Takes escapes and doubled quotes out of what stands between the quotes of a string. `None` where it is not one string.
pub(super) fn decode(inner: &[u8], quote: u8, escapes: bool, out: &mut Vec<u8>) -> Option<()> {
    let mut rest = inner;
    loop {
        let found = if escapes { memchr2(b'\\', quote, rest) } else { memchr(quote, rest) };
        let Some(at) = found else { break };
        out.extend_from_slice(&rest[..at]);
        let code = *rest.get(at + 1)?;
        if rest[at] == quote {
            if code != quote {
                return None;
            }
            out.push(quote);
        } else {
            match code {
                b'0' => out.push(0),
                b'b' => out.push(0x08),
                b'n' => out.push(b'\n'),
                b'r' => out.push(b'\r'),
                b't' => out.push(b'\t'),
                b'Z' => out.push(0x1a),
                // These two keep their backslash: they are for patterns.
                b'%' | b'_' => out.extend([b'\\', code]),
                other => out.push(other),
            }
        }
        rest = &rest[at + 2..];
    }
    out.extend_from_slice(rest);
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Words<'_> {
        Words::new(text.as_bytes(), Mode::default(), b";")
    }

    #[test]
    fn names_lose_their_quotes_and_version_comments_are_looked_through() {
        let mut names = words("`a``b` . /*!50001 c */ (`d e`, 2f);");
        assert_eq!(names.qualified(), Some(vec![b"a`b".to_vec(), b"c".to_vec()]));
        assert_eq!(names.columns(), Some(vec![b"d e".to_vec(), b"2f".to_vec()]));
        assert!(names.end());
    }

    #[test]
    fn strings_lose_quotes_and_escapes() {
        let value = |text: &str| words(text).text();
        assert_eq!(value("'a''\\'\\\"b'"), Some(b"a''\"b".to_vec()));
        assert_eq!(value("'\\0\\n\\Z\\%\\_\\q'"), Some(b"\0\n\x1a\\%\\_q".to_vec()));
        assert_eq!(value("\"a\"\"'\""), Some(b"a\"'".to_vec()));
    }

    #[test]
    fn what_is_cut_is_told_from_what_has_ended() {
        assert!(words("").is_cut());
        assert!(words("'a").is_cut());
        assert!(!words(";").is_cut());
        assert!(words(";").end());
        assert!(!words("\\x").is_cut());
    }
}
