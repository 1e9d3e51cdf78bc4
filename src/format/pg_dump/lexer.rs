//! Tokens of SQL as psql sees them, so that statements end for us where they end for psql.
//!
//! This is a splitter's lexer: it knows quotes, comments, dollar quotes and words, and nothing about SQL's grammar.
//! Where psql versions disagree on where a token ends, it refuses.

use memchr::{memchr, memchr2, memmem};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Blanks and line ends.
    Space,
    /// `-- ..` up to the line's end, or `/* .. */`.
    Comment,
    /// A keyword or an identifier without quotes.
    Word,
    /// `".."`.
    Identifier,
    /// `'..'` in which a backslash is a backslash.
    Text,
    /// `E'..'`, or `'..'` with `standard_conforming_strings = off`: a backslash escapes.
    EscapeText,
    /// `B'..'`, `X'..'`, `U&'..'`.
    OtherText,
    /// `$tag$ .. $tag$`.
    DollarText,
    /// A number without sign.
    Number,
    /// Any other single byte.
    Symbol(u8),
}

/// A token and where it stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) bytes: &'a [u8],
}

impl Token<'_> {
    /// Whether it means nothing to SQL.
    pub(super) fn is_trivia(&self) -> bool {
        matches!(self.kind, Kind::Space | Kind::Comment)
    }

    /// Whether it is this word, in any case.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.bytes.eq_ignore_ascii_case(word.as_bytes())
    }

    pub(super) fn end(&self) -> usize {
        self.start + self.bytes.len()
    }
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// A quote or comment is still open where the bytes end.
    Open,
    /// Bytes that no statement of a dump holds.
    Malformed(&'static str),
}

/// Reads tokens from bytes.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    standard: bool,
}

impl<'a> Lexer<'a> {
    /// A lexer over `bytes`; `standard` is `standard_conforming_strings`.
    pub(super) fn new(bytes: &'a [u8], standard: bool) -> Self {
        Self { bytes, at: 0, standard }
    }

    /// Where the next token starts.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next token, trivia included; `None` where the bytes end.
    pub(super) fn token(&mut self) -> Result<Option<Token<'a>>, Stop> {
        let start = self.at;
        let Some(&first) = self.bytes.get(start) else { return Ok(None) };
        let rest = &self.bytes[start..];
        let (kind, len) = match first {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => (Kind::Space, run(rest, is_space)),
            b'-' if rest.get(1) == Some(&b'-') => {
                (Kind::Comment, memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()))
            }
            b'/' if rest.get(1) == Some(&b'*') => (Kind::Comment, block_comment(rest)?),
            b'\'' if self.standard => (Kind::Text, quoted(rest, b'\'')?.0),
            b'\'' => (Kind::EscapeText, escaped(rest)?),
            b'"' => (Kind::Identifier, quoted(rest, b'"')?.0),
            b'$' => match dollar_tag(rest) {
                Some(tag) => {
                    let body = memmem::find(&rest[tag..], &rest[..tag]).ok_or(Stop::Open)?;
                    (Kind::DollarText, body + 2 * tag)
                }
                None => (Kind::Symbol(first), 1),
            },
            b'0'..=b'9' => (Kind::Number, number(rest)?),
            _ if is_word_start(first) => word(rest)?,
            0 => return Err(Stop::Malformed("a zero byte in a statement")),
            b'\\' => return Err(Stop::Malformed("a backslash outside quotes in a statement")),
            _ => (Kind::Symbol(first), 1),
        };
        self.at = start + len;
        Ok(Some(Token { kind, start, bytes: &rest[..len] }))
    }

    /// The next token that means something.
    pub(super) fn meaning(&mut self) -> Result<Option<Token<'a>>, Stop> {
        while let Some(token) = self.token()? {
            if !token.is_trivia() {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }
}

/// Where the statement that starts at the first of `bytes` ends (behind its semicolon), or `None` if it does not end
/// in them. Semicolons in parentheses (rules) and in `BEGIN ATOMIC .. END` bodies do not end it.
pub(super) fn statement_end(bytes: &[u8], standard: bool) -> Result<Option<usize>, Stop> {
    let mut lexer = Lexer::new(bytes, standard);
    let mut parentheses = 0_usize;
    let mut body = Body::default();
    loop {
        let token = match lexer.token() {
            Ok(Some(token)) => token,
            Ok(None) | Err(Stop::Open) => return Ok(None),
            Err(stop) => return Err(stop),
        };
        match token.kind {
            Kind::Symbol(b'(') => parentheses += 1,
            Kind::Symbol(b')') => parentheses = parentheses.saturating_sub(1),
            Kind::Symbol(b';') if parentheses == 0 && body.depth == 0 => return Ok(Some(token.end())),
            Kind::Word => body.word(&token, parentheses == 0),
            _ => {}
        }
    }
}

/// [`statement_end`] for an `INSERT` whose head is the first `head` bytes: a quick look that knows numbers and plain
/// strings, and leaves the rest to the lexer.
pub(super) fn insert_end(bytes: &[u8], head: usize, standard: bool) -> Result<Option<usize>, Stop> {
    let mut at = head;
    let mut parentheses = 0_usize;
    while standard && let Some(&byte) = bytes.get(at) {
        match byte {
            b';' if parentheses == 0 => return Ok(Some(at + 1)),
            b'(' => {
                parentheses += 1;
                at += 1;
            }
            b')' => {
                parentheses = parentheses.saturating_sub(1);
                at += 1;
            }
            b'\'' if !is_word_byte(bytes[at - 1]) && bytes[at - 1] != b'&' => {
                match quoted(&bytes[at..], b'\'') {
                    Ok((len, _)) => at += len,
                    Err(_) => return Ok(None),
                }
            }
            b';' | b'\'' | b'"' | b'$' | b'\\' | b'/' | 0 => break,
            b'-' if bytes.get(at + 1) == Some(&b'-') => break,
            _ => at += 1,
        }
    }
    statement_end(bytes, standard)
}

/// Follows `BEGIN .. END` in the body of a function that is written in SQL, as psql does: `CREATE [OR REPLACE] FUNCTION
/// | PROCEDURE` turns it on, `CASE` counts once inside.
#[derive(Default)]
struct Body {
    words: usize,
    /// Words of the head that matched: 0 none, 1 CREATE, 2 OR, 3 REPLACE, 4 FUNCTION or PROCEDURE.
    head: u8,
    depth: usize,
}

impl Body {
    fn word(&mut self, token: &Token<'_>, outside: bool) {
        let routine = || token.is_word("FUNCTION") || token.is_word("PROCEDURE");
        self.head = match (self.words, self.head) {
            (0, _) if token.is_word("CREATE") => 1,
            (1, 1) | (3, 3) if routine() => 4,
            (1, 1) if token.is_word("OR") => 2,
            (2, 2) if token.is_word("REPLACE") => 3,
            (_, 4) => 4,
            _ => 0,
        };
        self.words += 1;
        if self.head == 4 && outside {
            if token.is_word("BEGIN") || (self.depth > 0 && token.is_word("CASE")) {
                self.depth += 1;
            } else if token.is_word("END") {
                self.depth = self.depth.saturating_sub(1);
            }
        }
    }
}

/// Whether a byte can be in a word behind its first.
pub(super) fn is_word_byte(byte: u8) -> bool {
    is_word_start(byte) || byte.is_ascii_digit() || byte == b'$'
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn is_word_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || byte >= 0x80
}

fn run(bytes: &[u8], class: fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !class(byte)).unwrap_or(bytes.len())
}

/// A word, or the string that a prefix of one letter belongs to.
fn word(bytes: &[u8]) -> Result<(Kind, usize), Stop> {
    let len = run(bytes, is_word_byte);
    if len == 1 {
        match (bytes[0].to_ascii_lowercase(), bytes.get(1), bytes.get(2)) {
            (b'e', Some(b'\''), _) => return Ok((Kind::EscapeText, 1 + escaped(&bytes[1..])?)),
            (b'b' | b'x', Some(b'\''), _) => return Ok((Kind::OtherText, 1 + quoted(&bytes[1..], b'\'')?.0)),
            (b'u', Some(b'&'), Some(b'\'')) => {
                return Ok((Kind::OtherText, 2 + quoted(&bytes[2..], b'\'')?.0));
            }
            _ => {}
        }
    }
    Ok((Kind::Word, len))
}

/// The length of a quoted token, and whether there are doubled quotes in it, each of which is one quote.
#[inline]
pub(super) fn quoted(bytes: &[u8], quote: u8) -> Result<(usize, bool), Stop> {
    let mut at = 1;
    let mut doubled = false;
    loop {
        at += memchr(quote, &bytes[at..]).ok_or(Stop::Open)? + 1;
        if bytes.get(at) != Some(&quote) {
            return Ok((at, doubled));
        }
        doubled = true;
        at += 1;
    }
}

/// The length of a quoted token in which a backslash takes the next byte's meaning. Its continuation on a later line
/// belongs to it, for there too a backslash escapes.
pub(super) fn escaped(bytes: &[u8]) -> Result<usize, Stop> {
    let mut at = 1;
    loop {
        at += memchr2(b'\'', b'\\', bytes.get(at..).ok_or(Stop::Open)?).ok_or(Stop::Open)?;
        if bytes[at] == b'\\' || bytes.get(at + 1) == Some(&b'\'') {
            at += 2;
        } else if let Some(more) = continuation(&bytes[at + 1..]) {
            at += 1 + more;
        } else {
            return Ok(at + 1);
        }
    }
}

/// The length of blanks, a line end, blanks and comments, and a quote: what stands between the parts of one string.
fn continuation(bytes: &[u8]) -> Option<usize> {
    let mut at = run(bytes, |byte| matches!(byte, b' ' | b'\t' | 0x0b | 0x0c));
    if !matches!(bytes.get(at), Some(b'\n' | b'\r')) {
        return None;
    }
    loop {
        at += run(&bytes[at..], is_space);
        match bytes.get(at)? {
            b'\'' => return Some(at + 1),
            b'-' if bytes.get(at + 1) == Some(&b'-') => at += memchr2(b'\n', b'\r', &bytes[at..])?,
            _ => return None,
        }
    }
}

fn block_comment(bytes: &[u8]) -> Result<usize, Stop> {
    let mut depth = 1;
    let mut at = 2;
    while depth > 0 {
        at += memchr2(b'*', b'/', bytes.get(at..).ok_or(Stop::Open)?).ok_or(Stop::Open)?;
        match (bytes[at], bytes.get(at + 1)) {
            (b'*', Some(b'/')) => {
                depth -= 1;
                at += 2;
            }
            (b'/', Some(b'*')) => {
                depth += 1;
                at += 2;
            }
            _ => at += 1,
        }
    }
    Ok(at)
}

/// The length of `$tag$`.
fn dollar_tag(bytes: &[u8]) -> Option<usize> {
    let tag = run(&bytes[1..], |byte| is_word_start(byte) || byte.is_ascii_digit());
    (bytes.get(1 + tag) == Some(&b'$') && !(tag > 0 && bytes[1].is_ascii_digit())).then_some(tag + 2)
}

fn number(bytes: &[u8]) -> Result<usize, Stop> {
    let digits = |at: usize| run(&bytes[at..], |byte| byte.is_ascii_digit());
    let mut at = digits(0);
    if bytes.get(at) == Some(&b'.') {
        at += 1 + digits(at + 1);
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let exponent = digits(at + 1 + sign.min(bytes.len() - at - 1));
        if exponent > 0 {
            at += 1 + sign + exponent;
        }
    }
    match &bytes[at..] {
        // The exponent's digits may be in the bytes to come.
        [b'e' | b'E'] | [b'e' | b'E', b'+' | b'-'] => Err(Stop::Open),
        [next, ..] if is_word_start(*next) => Err(Stop::Malformed("letters right behind a number")),
        _ => Ok(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> Option<&str> {
        statement_end(text.as_bytes(), true).expect("lexes").map(|end| &text[..end])
    }

    #[test]
    fn quotes_comments_and_bodies_hide_semicolons() {
        for (statement, rest) in [
            ("SELECT ';', ''';', E'\\';', \"a;\"\"b\";", " x;"),
            ("DO $_$ ; $$ ; $_$;", "y;"),
            ("a -- ;\n;", ""),
            ("a /* ; /* ; */ ; */;", ";"),
            ("CREATE RULE r AS DO (a; b);", " c;"),
            ("CREATE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; SELECT 1; END;", " z;"),
            ("CREATE OR REPLACE PROCEDURE f() BEGIN ATOMIC SELECT 1; END;", " z;"),
            ("BEGIN;", " END;"),
            ("CREATE TABLE a$b$ (c int);", " d$b$ x;"),
            ("SELECT U&'\\';", "'"),
            ("SELECT E'a'\n  -- c\n '\\';';", "'"),
            ("SELECT B'1', X'f';", ""),
            ("SELECT $1;", "$1$;"),
        ] {
            assert_eq!(first(&format!("{statement}{rest}")), Some(statement));
        }
    }

    #[test]
    fn what_is_open_has_no_end() {
        for text in ["a", "'a;", "E'\\';", "$$;", "$a$ $b$;", "/* /* */;", "\"a;", "(;", "E'\\"] {
            assert_eq!(first(text), None, "{text}");
        }
    }

    #[test]
    fn with_old_strings_a_backslash_escapes_in_plain_quotes() {
        assert_eq!(statement_end(b"SELECT '\\';';x;", false), Ok(Some(13)));
        assert_eq!(statement_end(b"SELECT '\\';';x;", true), Ok(Some(11)));
    }

    #[test]
    fn a_carriage_return_ends_a_comment_as_in_psql() {
        assert_eq!(first("-- a\rb;\nc;"), Some("-- a\rb;"));
    }

    #[test]
    fn what_psql_would_take_for_a_command_is_refused() {
        assert!(matches!(statement_end(b"SET a = 1 \\! ls\n;", true), Err(Stop::Malformed(_))));
        assert!(matches!(statement_end(b"SET a \0;", true), Err(Stop::Malformed(_))));
        assert!(matches!(statement_end(b"SELECT 1E'a;'", true), Err(Stop::Malformed(_))));
    }
}
