//! Tokens of MySQL's SQL.
//!
//! What stands in a version comment (`/*!50100 .. */`, MariaDB's `/*M!100100 .. */`) counts, whatever the version;
//! other comments do not. A text in double quotes is a name or a string, as the reader expects the one or the other:
//! which it is depends on the mode of a server that we do not know.

use memchr::{memchr, memchr2, memmem};

use super::super::cursor::Spelling;
use super::super::token::{Kind, Token, pair_brackets};

/// Names keep their case, whether quoted or not.
pub(super) static MYSQL: Spelling = Spelling { name, text };

/// All tokens of a statement, brackets matched.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Lexer { text, at: 0 }.collect();
    pair_brackets(&mut tokens);
    tokens
}

/// Tokens one after the other.
pub(super) struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    fn byte(&self, at: usize) -> u8 {
        self.text.as_bytes().get(at).copied().unwrap_or(0)
    }

    /// Moves over white space, comments and the marks of version comments.
    fn skip_blank(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match (byte, self.byte(self.at + 1)) {
                (b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c, _) => self.at += 1,
                (b'#', _) => self.skip_line(),
                (b'-', b'-') if self.byte(self.at + 2) <= b' ' => self.skip_line(),
                (b'*', b'/') => self.at += 2,
                (b'/', b'*') => self.skip_comment(),
                _ => break,
            }
        }
    }

    fn skip_line(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at = memchr(b'\n', rest).map_or(self.text.len(), |n| self.at + n);
    }

    fn skip_comment(&mut self) {
        let start = match (self.byte(self.at + 2), self.byte(self.at + 3)) {
            (b'!', _) => self.at + 3,
            (b'M', b'!') => self.at + 4,
            _ => {
                let rest = &self.text.as_bytes()[(self.at + 2).min(self.text.len())..];
                self.at = memmem::find(rest, b"*/").map_or(self.text.len(), |n| self.at + 2 + n + 2);
                return;
            }
        };
        let digits = self.text.as_bytes()[start..].iter().take(6).take_while(|byte| byte.is_ascii_digit());
        self.at = start + digits.count();
    }

    /// The end of what began with `quote` before `at`.
    fn quote_end(&self, mut at: usize, quote: u8, backslash: bool) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(rest) = bytes.get(at..) {
            let found = if backslash { memchr2(quote, b'\\', rest) } else { memchr(quote, rest) };
            let Some(found) = found.map(|n| at + n) else { break };
            if bytes[found] == b'\\' || self.byte(found + 1) == quote {
                at = found + 2;
            } else {
                return found + 1;
            }
        }
        bytes.len()
    }

    fn word(&self) -> (Kind, usize) {
        let mut end = self.at + 1;
        while is_word(self.byte(end)) {
            end += 1;
        }
        match (&self.text.as_bytes()[self.at..end], self.byte(end)) {
            ([b'b' | b'B' | b'x' | b'X' | b'n' | b'N'], b'\'') => {
                (Kind::Text, self.quote_end(end + 1, b'\'', true))
            }
            // A name may begin with digits: `2fa`.
            (digits, _) if digits.iter().all(u8::is_ascii_digit) => (Kind::Number, self.number_end(end)),
            ([b'0', b'x' | b'b', ..], _) => (Kind::Number, end),
            _ => (Kind::Word, end),
        }
    }

    /// The end of a number whose whole digits end at `end`.
    fn number_end(&self, mut end: usize) -> usize {
        while matches!(self.byte(end), b'0'..=b'9' | b'.') {
            end += 1;
        }
        end
    }
}

impl Iterator for Lexer<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        self.skip_blank();
        let start = self.at;
        let first = *self.text.as_bytes().get(start)?;
        let (kind, end) = match first {
            b'\'' => (Kind::Text, self.quote_end(start + 1, b'\'', true)),
            b'`' | b'"' => (Kind::Quoted, self.quote_end(start + 1, first, false)),
            _ if is_word(first) => self.word(),
            mark => (Kind::Mark(mark), start + 1),
        };
        self.at = end.min(self.text.len());
        Some(Token { kind, start, end: self.at, close: usize::MAX })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80
}

fn name(kind: Kind, raw: &str) -> Option<String> {
    match kind {
        Kind::Word => Some(raw.to_owned()),
        Kind::Quoted => Some(undouble(raw, if raw.starts_with('`') { '`' } else { '"' })),
        _ => None,
    }
}

/// The value of a string; the digits of a bit or hexadecimal one.
fn text(kind: Kind, raw: &str) -> Option<String> {
    match (kind, raw.as_bytes().first()) {
        (Kind::Quoted, Some(b'"')) => Some(undouble(raw, '"')),
        (Kind::Text, Some(b'\'')) => Some(unescape(raw)),
        (Kind::Text, _) => Some(unescape(raw.get(1..)?)),
        _ => None,
    }
}

/// Takes the quotes off and halves doubled ones.
fn undouble(raw: &str, quote: char) -> String {
    let inner = raw.strip_prefix(quote).unwrap_or(raw);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    let mut double = String::new();
    double.extend([quote, quote]);
    inner.replace(&double, quote.encode_utf8(&mut [0; 4]))
}

/// Takes the single quotes off, and backslashes, and halves doubled quotes.
fn unescape(raw: &str) -> String {
    let inner = raw.strip_prefix('\'').unwrap_or(raw);
    let mut out = String::with_capacity(inner.len());
    let mut rest = inner;
    while let Some(at) = rest.find(['\\', '\'']) {
        out.push_str(&rest[..at]);
        let mut after = rest[at..].chars();
        match (after.next(), after.next()) {
            (Some('\''), Some('\'')) => out.push('\''),
            (Some('\\'), Some(escaped)) => out.push(match escaped {
                '0' => '\0',
                'b' => '\u{8}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'Z' => '\u{1a}',
                other => other,
            }),
            // The closing quote, or a backslash that nothing follows.
            _ => return out,
        }
        rest = after.as_str();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(sql: &str) -> Vec<&str> {
        tokens(sql).iter().map(|token| &sql[token.start..token.end]).collect()
    }

    #[test]
    fn what_stands_in_version_comments_counts() {
        assert_eq!(raw("a /*!50100 b */ c /*M!100100 d */ /*! e*/"), ["a", "b", "c", "d", "e"]);
        assert_eq!(raw("a /* b */ c -- d\n#e\nf /*+ g */ --1"), ["a", "c", "f", "-", "-", "1"]);
    }

    #[test]
    fn names_and_strings_are_read_as_the_server_reads_them() {
        let sql = r#"`a``b` "c""d" 'e''f\'g\n' x'41' b'01' 0x41 2fa 1.5 Name"#;
        let list = tokens(sql);
        let read = |index: usize| {
            let token = list[index];
            let raw = &sql[token.start..token.end];
            (name(token.kind, raw), text(token.kind, raw))
        };
        assert_eq!(read(0), (Some("a`b".into()), None));
        assert_eq!(read(1), (Some("c\"d".into()), Some("c\"d".into())));
        assert_eq!(read(2), (None, Some("e'f'g\n".into())));
        assert_eq!(read(3), (None, Some("41".into())));
        assert_eq!(read(4), (None, Some("01".into())));
        assert_eq!(read(5), (None, None));
        assert_eq!(read(6), (Some("2fa".into()), None));
        assert_eq!(read(7), (None, None));
        assert_eq!(read(8), (Some("Name".into()), None));
        assert_eq!(list.len(), 9);
    }

    proptest! {
        #[test]
        fn tokens_of_any_text_are_in_order_and_within_it(sql in r#"[-/*!M'"`a-c#\\(\)0-9é\n.]{0,60}"#) {
            let mut last = 0;
            for token in tokens(&sql) {
                prop_assert!(last <= token.start && token.start < token.end && token.end <= sql.len());
                let raw = &sql[token.start..token.end];
                let _ = (name(token.kind, raw), text(token.kind, raw));
                last = token.end;
            }
        }
    }
}
