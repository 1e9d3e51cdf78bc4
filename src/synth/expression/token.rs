//! Splits an expression of SQL into tokens, for the spellings of all three databases.

use crate::table::quotes::quoted;

/// A token.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    /// A keyword or a name without quotes, as written.
    Word(String),
    /// A name in quotes.
    Quoted(String),
    /// A string literal.
    Text(String),
    /// `X'..'`.
    Bytes(Vec<u8>),
    /// A number as written.
    Number(String),
    /// An operator or a mark.
    Symbol(&'static str),
}

impl Token {
    pub(super) fn is(&self, symbol: &str) -> bool {
        matches!(self, Self::Symbol(own) if *own == symbol)
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self, Self::Word(own) if own.eq_ignore_ascii_case(word))
    }
}

/// Longer ones first.
const SYMBOLS: [&str; 48] = [
    "!~~*", "!~~", "!~*", "~~*", "<=>", "->>", "#>>", "~~", "~*", "!~", "::", "||", "&&", "<=", ">=", "<>",
    "!=", "==", "<<", ">>", "->", "#>", "@>", "<@", "?|", "?&", "(", ")", "[", "]", ",", ".", "+", "-", "*",
    "/", "%", "^", "<", ">", "=", "~", "!", "&", "|", "#", "?", ":",
];

/// All tokens; none for a text that is not closed or has characters that SQL has no use for. `brackets` says that
/// `[x]` is a name, as in SQLite.
pub(super) fn tokens(text: &str, brackets: bool) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        if let Some(comment) = rest.strip_prefix("--") {
            rest = comment.split_once('\n').map_or("", |(_, after)| after);
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            rest = comment.split_once("*/")?.1;
            continue;
        }
        let (token, len) = token(rest, first, brackets)?;
        tokens.push(token);
        rest = &rest[len..];
    }
    Some(tokens)
}

fn token(rest: &str, first: char, brackets: bool) -> Option<(Token, usize)> {
    match first {
        '\'' => quoted(rest, '\'').map(|(text, len)| (Token::Text(text), len)),
        '"' | '`' => quoted(rest, first).map(|(text, len)| (Token::Quoted(text), len)),
        '[' if brackets => rest.find(']').map(|end| (Token::Quoted(rest[1..end].to_owned()), end + 1)),
        '$' => {
            let tag = rest[1..].find('$')? + 2;
            let end = rest[tag..].find(&rest[..tag])? + tag;
            Some((Token::Text(rest[tag..end].to_owned()), end + tag))
        }
        '0'..='9' | '.' if first != '.' || rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
            let bytes = rest.as_bytes();
            let mut len = 1;
            while let Some(byte) = bytes.get(len) {
                let sign = matches!(byte, b'+' | b'-') && matches!(bytes[len - 1], b'e' | b'E');
                if !(byte.is_ascii_alphanumeric() || *byte == b'.' || sign) {
                    break;
                }
                len += 1;
            }
            Some((Token::Number(rest[..len].to_owned()), len))
        }
        _ if first.is_alphabetic() || first == '_' => {
            let len = rest.find(|c: char| !c.is_alphanumeric() && c != '_' && c != '$').unwrap_or(rest.len());
            if rest[len..].starts_with('\'') && len == 1 {
                let (text, quoted_len) = quoted(&rest[1..], '\'')?;
                return match first {
                    'e' | 'E' => escaped(&rest[2..]).map(|(text, len)| (Token::Text(text), len + 2)),
                    'n' | 'N' => Some((Token::Text(text), quoted_len + 1)),
                    'x' | 'X' => {
                        let bytes = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes()).ok()?;
                        Some((Token::Bytes(bytes), quoted_len + 1))
                    }
                    // Bit strings have values that we do not have.
                    _ => None,
                };
            }
            Some((Token::Word(rest[..len].to_owned()), len))
        }
        _ => SYMBOLS
            .iter()
            .find(|symbol| rest.starts_with(**symbol))
            .map(|symbol| (Token::Symbol(symbol), symbol.len())),
    }
}

/// What is left of `E'..'` after the first quote, and its length.
fn escaped(text: &str) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\'' if text[at + 1..].starts_with('\'') => {
                chars.next();
                value.push('\'');
            }
            '\'' => return Some((value, at + 1)),
            '\\' => value.push(match chars.next()?.1 {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                'b' => '\u{8}',
                'f' => '\u{c}',
                // Characters by number: rare enough to leave the expression unread.
                '0'..='9' | 'x' | 'u' | 'U' => return None,
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}
