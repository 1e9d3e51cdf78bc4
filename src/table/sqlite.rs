//! Tokens of SQLite's SQL, so that statements end for us where they end for SQLite.
//!
//! The lexer knows quotes, comments, words and numbers, and nothing about SQL's grammar. There is no escape but the
//! doubled quote, comments do not nest, and a name may stand in any of four kinds of quotes.

use std::borrow::Cow;
use std::ops::Range;

use super::quotes::undouble;
use memchr::{memchr, memmem};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Blanks and line ends.
    Space,
    /// `-- ..` up to the line's end, or `/* .. */`.
    Comment,
    /// A keyword or a name without quotes.
    Word,
    /// `".."`, `` `..` `` or `[..]`.
    Name,
    /// `'..'`.
    Text,
    /// `X'..'`.
    Blob,
    /// A number without sign.
    Number,
    /// Any other single byte.
    Symbol(u8),
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    pub(crate) start: usize,
    pub(crate) bytes: &'a [u8],
}

impl<'a> Token<'a> {
    /// Whether it means nothing to SQL.
    pub(crate) fn is_trivia(&self) -> bool {
        matches!(self.kind, Kind::Space | Kind::Comment)
    }

    /// Whether it is this word, in any case.
    pub(crate) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.bytes.eq_ignore_ascii_case(word.as_bytes())
    }

    pub(crate) fn end(&self) -> usize {
        self.start + self.bytes.len()
    }

    /// The name that it writes; SQLite takes a string for a name where only a name can stand.
    pub(crate) fn name(&self) -> Option<Cow<'a, [u8]>> {
        let inner = || &self.bytes[1..self.bytes.len() - 1];
        match self.kind {
            Kind::Word => Some(Cow::Borrowed(self.bytes)),
            Kind::Name if self.bytes[0] == b'[' => Some(Cow::Borrowed(inner())),
            Kind::Name | Kind::Text => Some(undouble(inner(), self.bytes[0])),
            _ => None,
        }
    }
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A quote or comment is still open where the bytes end.
    Open,
    /// Bytes that no statement of a dump holds.
    Malformed(&'static str),
}

/// Reads tokens from bytes.
#[derive(Clone)]
pub(crate) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Where the next token starts.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// The next token, trivia included; `None` where the bytes end.
    pub(crate) fn token(&mut self) -> Result<Option<Token<'a>>, Stop> {
        let start = self.at;
        let Some(&first) = self.bytes.get(start) else { return Ok(None) };
        let rest = &self.bytes[start..];
        let second = rest.get(1).copied();
        let (kind, len) = match first {
            _ if is_space(first) => (Kind::Space, run(rest, is_space)),
            b'-' if second == Some(b'-') => (Kind::Comment, memchr(b'\n', rest).unwrap_or(rest.len())),
            b'/' if second == Some(b'*') => {
                (Kind::Comment, memmem::find(&rest[2..], b"*/").ok_or(Stop::Open)? + 4)
            }
            b'\'' => (Kind::Text, quoted(rest, b'\'')?),
            b'"' | b'`' => (Kind::Name, quoted(rest, first)?),
            b'[' => (Kind::Name, memchr(b']', rest).ok_or(Stop::Open)? + 1),
            b'x' | b'X' if second == Some(b'\'') => (Kind::Blob, 1 + quoted(&rest[1..], b'\'')?),
            b'0'..=b'9' => (Kind::Number, number(rest)?),
            b'.' if second.is_some_and(|byte| byte.is_ascii_digit()) => (Kind::Number, number(rest)?),
            _ if is_word_start(first) => (Kind::Word, run(rest, is_word_byte)),
            0 => return Err(Stop::Malformed("a zero byte in a statement")),
            _ => (Kind::Symbol(first), 1),
        };
        self.at = start + len;
        Ok(Some(Token { kind, start, bytes: &rest[..len] }))
    }

    /// The next token that means something.
    pub(crate) fn meaning(&mut self) -> Result<Option<Token<'a>>, Stop> {
        while let Some(token) = self.token()? {
            if !token.is_trivia() {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }
}

/// Where the statement that starts at the first of `bytes` ends (behind its semicolon), or `None` if it does not end in
/// them. In the body of a trigger only `; END ;` ends it, as in `sqlite3_complete`.
pub(crate) fn statement_end(bytes: &[u8]) -> Result<Option<usize>, Stop> {
    let mut lexer = Lexer::new(bytes);
    let mut trigger = Trigger::default();
    loop {
        match lexer.token() {
            Ok(None) | Err(Stop::Open) => return Ok(None),
            Err(stop) => return Err(stop),
            Ok(Some(token)) if token.is_trivia() => {}
            Ok(Some(token)) => {
                if trigger.ends_at(&token) {
                    return Ok(Some(token.end()));
                }
            }
        }
    }
}

/// Follows `CREATE [TEMP] TRIGGER .. BEGIN ..; END;`.
#[derive(Default)]
enum Trigger {
    #[default]
    Start,
    Create,
    Other,
    Body,
    /// A semicolon stands last in the body.
    Semicolon,
    /// `; END` stands last in the body.
    End,
}

impl Trigger {
    /// Takes the next token, and says whether it ends the statement.
    fn ends_at(&mut self, token: &Token<'_>) -> bool {
        let semicolon = token.kind == Kind::Symbol(b';');
        *self = match self {
            Self::Start | Self::Create | Self::Other if semicolon => return true,
            Self::End if semicolon => return true,
            Self::Body | Self::Semicolon if semicolon => Self::Semicolon,
            Self::Start if token.is_word("CREATE") => Self::Create,
            Self::Create if token.is_word("TEMP") || token.is_word("TEMPORARY") => Self::Create,
            Self::Create if token.is_word("TRIGGER") => Self::Body,
            Self::Start | Self::Create | Self::Other => Self::Other,
            Self::Semicolon if token.is_word("END") => Self::End,
            Self::Body | Self::Semicolon | Self::End => Self::Body,
        };
        false
    }
}

/// The tokens of a statement that mean something, with one token of lookahead.
#[derive(Clone)]
pub(crate) struct Words<'a> {
    lexer: Lexer<'a>,
    next: Option<Token<'a>>,
}

impl<'a> Words<'a> {
    /// Starts at the first of `bytes`; bytes that do not lex end the statement.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let mut words = Self { lexer: Lexer::new(bytes), next: None };
        words.take();
        words
    }

    /// The next token, not taken.
    pub(crate) fn peek(&self) -> Option<Token<'a>> {
        self.next
    }

    /// The next token.
    pub(crate) fn take(&mut self) -> Option<Token<'a>> {
        let token = self.next;
        self.next = self.lexer.meaning().ok().flatten();
        token
    }

    fn take_if(&mut self, accept: impl FnOnce(&Token<'a>) -> bool) -> Option<Token<'a>> {
        if self.next.as_ref().is_some_and(accept) { self.take() } else { None }
    }

    /// Takes a keyword, if it comes next.
    pub(crate) fn word(&mut self, word: &str) -> bool {
        self.take_if(|token| token.is_word(word)).is_some()
    }

    /// Takes keywords one after the other; `false` as soon as one does not come next.
    pub(crate) fn words(&mut self, words: &str) -> bool {
        words.split(' ').all(|word| self.word(word))
    }

    /// Takes a byte, if it comes next.
    pub(crate) fn symbol(&mut self, symbol: u8) -> bool {
        self.take_if(|token| token.kind == Kind::Symbol(symbol)).is_some()
    }

    /// Whether only the semicolon is left; takes it.
    pub(crate) fn end(&mut self) -> bool {
        self.symbol(b';') && self.next.is_none()
    }

    /// A name.
    pub(crate) fn name(&mut self) -> Option<Cow<'a, [u8]>> {
        let name = self.next?.name()?;
        self.take();
        Some(name)
    }

    /// A name of the database `main`, which may be said.
    pub(crate) fn object(&mut self) -> Option<Cow<'a, [u8]>> {
        let name = self.name()?;
        if !self.symbol(b'.') {
            return Some(name);
        }
        if name.eq_ignore_ascii_case(b"main") { self.name() } else { None }
    }

    /// `(a, "B", ..)`; the parenthesis must come next.
    pub(crate) fn columns(&mut self) -> Option<Vec<Cow<'a, [u8]>>> {
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

    /// A string's value.
    pub(crate) fn text(&mut self) -> Option<Cow<'a, [u8]>> {
        self.take_if(|token| token.kind == Kind::Text)?.name()
    }

    /// An integer, and where it stands.
    pub(crate) fn integer(&mut self) -> Option<(i64, Range<usize>)> {
        let sign = self.take_if(|token| token.kind == Kind::Symbol(b'-'));
        let number = self.take_if(|token| token.kind == Kind::Number)?;
        let digits = std::str::from_utf8(number.bytes).ok()?;
        if sign.is_some_and(|sign| sign.end() != number.start) {
            return None;
        }
        let start = sign.map_or(number.start, |sign| sign.start);
        let value = if sign.is_some() { format!("-{digits}").parse() } else { digits.parse() };
        Some((value.ok()?, start..number.end()))
    }
}

pub(crate) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

/// Whether a byte can be in a word behind its first.
pub(crate) fn is_word_byte(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

fn run(bytes: &[u8], class: fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !class(byte)).unwrap_or(bytes.len())
}

/// The length of a quoted token; a doubled quote is one quote.
fn quoted(bytes: &[u8], quote: u8) -> Result<usize, Stop> {
    let mut at = 1;
    loop {
        at += memchr(quote, &bytes[at..]).ok_or(Stop::Open)? + 1;
        if bytes.get(at) != Some(&quote) {
            return Ok(at);
        }
        at += 1;
    }
}

fn number(bytes: &[u8]) -> Result<usize, Stop> {
    let digits = |at: usize| run(&bytes[at.min(bytes.len())..], |byte| byte.is_ascii_digit() || byte == b'_');
    let mut at = digits(0);
    if at == 1 && bytes[0] == b'0' && matches!(bytes.get(1), Some(b'x' | b'X')) {
        at = 2 + run(&bytes[2..], |byte| byte.is_ascii_hexdigit());
    } else {
        if bytes.get(at) == Some(&b'.') {
            at += 1 + digits(at + 1);
        }
        if matches!(bytes.get(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
            let exponent = digits(at + 1 + sign);
            if exponent > 0 {
                at += 1 + sign + exponent;
            }
        }
    }
    match &bytes[at..] {
        // The exponent's digits may be in the bytes to come.
        [b'e' | b'E'] | [b'e' | b'E', b'+' | b'-'] => Err(Stop::Open),
        [next, ..] if is_word_byte(*next) => Err(Stop::Malformed("letters right behind a number")),
        _ => Ok(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<&str> {
        statement_end(text.as_bytes()).expect("lexes").map(|end| &text[..end])
    }

    #[test]
    fn quotes_comments_and_triggers_hide_semicolons() {
        for (statement, rest) in [
            ("SELECT ';', ''';', \"a;\"\"b\", [a;'], `;`, X'00';", " x;"),
            ("a -- ;\n;", ""),
            ("a /* ; /* ; */;", "*/"),
            ("CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; SELECT 1; END;", " z;"),
            ("create temp trigger t BEGIN SELECT 1; END -- ;\n;", "x"),
            ("CREATE TABLE \"TRIGGER\" (a);", " END;"),
            ("BEGIN;", " END;"),
            ("SELECT '\\';", "'"),
        ] {
            assert_eq!(first(&format!("{statement}{rest}")), Some(statement));
        }
    }

    #[test]
    fn what_is_open_has_no_end() {
        for text in ["a", "'a;", "\"a;", "[a;", "`a;", "/* ;", "CREATE TRIGGER t BEGIN SELECT 1; END", "1e"] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn what_no_dump_holds_is_refused() {
        assert!(matches!(statement_end(b"a \0;"), Err(Stop::Malformed(_))));
        assert!(matches!(statement_end(b"SELECT 1a;"), Err(Stop::Malformed(_))));
    }

    #[test]
    fn a_name_is_written_in_any_quotes() {
        for text in ["a b", "[a b]", "\"a b\"", "`a b`", "'a b'"].map(|text| text.replace("a b", "a_b")) {
            assert_eq!(&*Words::new(text.as_bytes()).name().unwrap(), b"a_b");
        }
        assert_eq!(&*Words::new(b"main.\"a\"\"b\"").object().unwrap(), b"a\"b");
        assert!(Words::new(b"temp.t").object().is_none());
    }
}
