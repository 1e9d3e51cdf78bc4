//! Tokens of SQL as the `mariadb` and `mysql` clients see them, so that statements end for us where they end for them.
//!
//! This is a splitter's lexer: it knows quotes, comments, version comments and words, and nothing about SQL's grammar.
//! Where client and server disagree on where a token ends, it refuses.

use memchr::{memchr, memchr2, memmem};

/// What `SQL_MODE` says about quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mode {
    /// `ANSI_QUOTES`: double quotes are around names.
    pub(super) ansi: bool,
    /// Whether a backslash escapes in strings; not with `NO_BACKSLASH_ESCAPES`.
    pub(super) escapes: bool,
}

impl Default for Mode {
    fn default() -> Self {
        Self { ansi: false, escapes: true }
    }
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Blanks and line ends.
    Space,
    /// `-- ..` or `# ..` up to the line's end, or `/* .. */`.
    Comment,
    /// `/*!40101` or `/*M!100100`: what follows is for servers from that version on.
    VersionOpen,
    /// The `*/` of a version comment.
    VersionClose,
    /// A keyword, a number with letters, or an identifier without quotes.
    Word,
    /// A name in backquotes, or in double quotes with `ANSI_QUOTES`.
    Identifier,
    /// A string in single or double quotes.
    Text,
    /// Digits.
    Number,
    /// Any other single byte.
    Symbol(u8),
    /// The delimiter.
    End,
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
    /// A quote or comment is still open where the bytes end, or they do not tell what comes.
    Open,
    /// Bytes that no statement of a dump holds.
    Malformed(&'static str),
}

/// Reads tokens from bytes.
#[derive(Clone)]
pub(super) struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    mode: Mode,
    delimiter: &'a [u8],
    /// Version comments that are open.
    depth: usize,
}

impl<'a> Lexer<'a> {
    /// A lexer over `bytes`, whose statements end with `delimiter`.
    pub(super) fn new(bytes: &'a [u8], mode: Mode, delimiter: &'a [u8]) -> Self {
        Self { bytes, at: 0, mode, delimiter, depth: 0 }
    }

    /// Where the next token starts.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// The next token, trivia included; `None` where the bytes end.
    pub(super) fn token(&mut self) -> Result<Option<Token<'a>>, Stop> {
        let start = self.at;
        let rest = &self.bytes[start..];
        let Some(&first) = rest.first() else { return Ok(None) };
        if rest.starts_with(self.delimiter) {
            return Ok(Some(self.take(Kind::End, self.delimiter.len())));
        }
        if rest.len() < self.delimiter.len() && self.delimiter.starts_with(rest) {
            return Err(Stop::Open);
        }
        let (kind, len) = match first {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => (Kind::Space, run(rest, is_space)),
            b'#' => (Kind::Comment, line(rest)),
            b'-' if rest.get(1) == Some(&b'-') => match rest.get(2) {
                None => return Err(Stop::Open),
                Some(&next) if next <= b' ' => (Kind::Comment, line(rest)),
                Some(_) => (Kind::Symbol(first), 1),
            },
            b'-' if rest.len() == 1 => return Err(Stop::Open),
            b'/' | b'*' if rest.len() == 1 => return Err(Stop::Open),
            b'/' if rest[1] == b'*' => comment(rest)?,
            b'*' if rest[1] == b'/' && self.depth > 0 => (Kind::VersionClose, 2),
            b'\'' => (Kind::Text, quoted(rest, self.mode.escapes)?.0),
            b'"' if self.mode.ansi => {
                let (len, _) = quoted(rest, false)?;
                if memchr(b'\\', &rest[..len]).is_some() {
                    // For the client it escapes, for the server it does not.
                    return Err(Stop::Malformed("a backslash in a name in double quotes"));
                }
                (Kind::Identifier, len)
            }
            b'"' => (Kind::Text, quoted(rest, self.mode.escapes)?.0),
            b'`' => (Kind::Identifier, quoted(rest, false)?.0),
            _ if is_word_byte(first) => self.word(rest),
            0 => return Err(Stop::Malformed("a zero byte in a statement")),
            b'\\' => return Err(Stop::Malformed("a backslash outside quotes: a command of the client")),
            _ => (Kind::Symbol(first), 1),
        };
        match kind {
            Kind::VersionOpen => self.depth += 1,
            Kind::VersionClose => self.depth -= 1,
            _ => {}
        }
        Ok(Some(self.take(kind, len)))
    }

    fn take(&mut self, kind: Kind, len: usize) -> Token<'a> {
        let start = self.at;
        self.at += len;
        Token { kind, start, bytes: &self.bytes[start..start + len] }
    }

    /// The next token that means something; the bounds of version comments do not.
    pub(super) fn meaning(&mut self) -> Result<Option<Token<'a>>, Stop> {
        while let Some(token) = self.token()? {
            if !token.is_trivia() && !matches!(token.kind, Kind::VersionOpen | Kind::VersionClose) {
                return Ok(Some(token));
            }
        }
        Ok(None)
    }

    /// A word ends where the delimiter starts, for the client looks for it first.
    fn word(&self, rest: &[u8]) -> (Kind, usize) {
        let mut len = run(rest, is_word_byte);
        if self.delimiter.first().is_some_and(|&byte| is_word_byte(byte))
            && let Some(at) = memmem::find(&rest[..len], self.delimiter)
        {
            len = at;
        }
        let digits = rest[..len].iter().all(u8::is_ascii_digit);
        (if digits { Kind::Number } else { Kind::Word }, len)
    }
}

/// Where the statement that starts at the first of `bytes` ends (behind its delimiter), or `None` if it does not end in
/// them.
pub(super) fn statement_end(bytes: &[u8], mode: Mode, delimiter: &[u8]) -> Result<Option<usize>, Stop> {
    let mut lexer = Lexer::new(bytes, mode, delimiter);
    loop {
        match lexer.token() {
            Ok(Some(token)) if token.kind == Kind::End => {
                if lexer.depth > 0 {
                    return Err(Stop::Malformed("a statement ends inside a version comment"));
                }
                return Ok(Some(token.end()));
            }
            Ok(Some(_)) => {}
            Ok(None) | Err(Stop::Open) => return Ok(None),
            Err(stop) => return Err(stop),
        }
    }
}

/// Whether a byte can be in a word.
pub(super) fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

fn run(bytes: &[u8], class: fn(u8) -> bool) -> usize {
    bytes.iter().position(|&byte| !class(byte)).unwrap_or(bytes.len())
}

fn line(bytes: &[u8]) -> usize {
    memchr(b'\n', bytes).unwrap_or(bytes.len())
}

/// The length of a quoted token, and whether quotes are doubled or bytes escaped in it.
pub(super) fn quoted(bytes: &[u8], escapes: bool) -> Result<(usize, bool), Stop> {
    let quote = bytes[0];
    let mut at = 1;
    let mut coded = false;
    loop {
        let rest = bytes.get(at..).ok_or(Stop::Open)?;
        let found = if escapes { memchr2(quote, b'\\', rest) } else { memchr(quote, rest) };
        at += found.ok_or(Stop::Open)?;
        if bytes[at] == quote {
            match bytes.get(at + 1) {
                // The other half may be among the bytes to come; at the end of the input it is not.
                Some(next) if *next == quote => {}
                _ => return Ok((at + 1, coded)),
            }
        }
        coded = true;
        at += 2;
    }
}

/// A comment, or what opens one for some versions. The line that mariadb-dump begins with is a comment to everybody but
/// the client, whom it forbids commands.
fn comment(bytes: &[u8]) -> Result<(Kind, usize), Stop> {
    let whole = || memmem::find(&bytes[2..], b"*/").map(|at| at + 4).ok_or(Stop::Open);
    let marked = match &bytes[2..] {
        [b'!', ..] => 3,
        [b'M', b'!', ..] => 4,
        [] | [b'M'] => return Err(Stop::Open),
        _ => return Ok((Kind::Comment, whole()?)),
    };
    let digits = run(&bytes[marked..], |byte| byte.is_ascii_digit());
    if marked + digits == bytes.len() {
        return Err(Stop::Open);
    }
    if bytes[marked..].starts_with(SANDBOX) {
        let len = whole()?;
        if bytes[marked..len] == *SANDBOX_MODE {
            return Ok((Kind::Comment, len));
        }
    } else if SANDBOX.starts_with(&bytes[marked..]) {
        return Err(Stop::Open);
    }
    Ok((Kind::VersionOpen, marked + digits))
}

const SANDBOX: &[u8] = b"999999\\-";
const SANDBOX_MODE: &[u8] = b"999999\\- enable the sandbox mode */";

#[cfg(test)]
mod tests {
    use super::*;

    fn first_under<'a>(text: &'a str, delimiter: &str) -> Option<&'a str> {
        let end = statement_end(text.as_bytes(), Mode::default(), delimiter.as_bytes()).expect("lexes");
        end.map(|end| &text[..end])
    }

    #[test]
    fn quotes_and_comments_hide_delimiters() {
        for (statement, rest) in [
            ("SELECT ';', ''';', '\\';', \";\"\"\\\";\", `a;``\\`;", " x;"),
            ("a -- ;\n;", ""),
            ("a --;", "\n;"),
            ("a # ;\n;", ""),
            ("a /* ; /* ; */;", " */;"),
            ("/*!40101 SET a = ';' */;", ""),
            ("/*!50003 CREATE*/ /*!50017 DEFINER=a*/ /*!50003 TRIGGER /* ; */ x */;", ""),
            ("/*!50100 a /*!50200 b */ c */;", ""),
            ("/*M!100100 a */;", ""),
            ("SELECT 2*/* ; */3;", ""),
            ("SELECT 1--1;", ""),
        ] {
            let text = format!("{statement}{rest}");
            assert_eq!(first_under(&text, ";"), Some(statement));
        }
    }

    #[test]
    fn a_delimiter_ends_statements_wherever_it_stands() {
        assert_eq!(first_under("BEGIN a; b; END;; x", ";;"), Some("BEGIN a; b; END;;"));
        assert_eq!(first_under("BEGIN a; END$$ x", "$$"), Some("BEGIN a; END$$"));
        assert_eq!(first_under("BEGIN a; END//", "//"), Some("BEGIN a; END//"));
        assert_eq!(first_under("BEGIN a;", ";;"), None);
    }

    #[test]
    fn what_is_open_has_no_end() {
        for text in ["a", "'a;", "'\\';", "/* ;", "\"a;", "`;", "'\\", "-", "--", "/", "/*!1"] {
            assert_eq!(first_under(text, ";"), None, "{text}");
        }
    }

    #[test]
    fn modes_say_what_quotes_and_backslashes_are() {
        let end = |text: &str, ansi, escapes| statement_end(text.as_bytes(), Mode { ansi, escapes }, b";");
        assert_eq!(end("SELECT '\\';';x;", false, true), Ok(Some(13)));
        assert_eq!(end("SELECT '\\';';x;", false, false), Ok(Some(11)));
        assert!(matches!(end("SELECT \"a\\\";\"", true, true), Err(Stop::Malformed(_))));
    }

    #[test]
    fn commands_of_the_client_are_refused() {
        for text in
            ["\\! ls\n;", "SET a \\g", "a \0;", "/*!999999\\! ls */;", "/*!1 a; */;", "/*M!999999\\- x */;"]
        {
            let end = statement_end(text.as_bytes(), Mode::default(), b";");
            assert!(matches!(end, Err(Stop::Malformed(_))), "{text}");
        }
        let mut lexer = Lexer::new(b"/*M!999999\\- enable the sandbox mode */ ", Mode::default(), b";");
        assert_eq!(lexer.token().map(|token| token.map(|token| token.kind)), Ok(Some(Kind::Comment)));
    }
}
