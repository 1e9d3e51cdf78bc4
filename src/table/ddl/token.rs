//! Splits one SQL statement into tokens: words, quoted names, literals, numbers, marks.
//!
//! Any text gives tokens, in one pass and in linear time; what is not closed runs to the end. Every opening bracket
//! knows where its partner is, so that readers skip a group without looking into it and never recurse.

use memchr::memmem;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in double quotes.
    Quoted,
    /// A string literal of any form.
    Text,
    /// A number.
    Number,
    /// One character of punctuation or of an operator.
    Mark(u8),
}

/// A token: bytes `start..end` of the statement.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
    /// For an opening bracket the position of its partner in the list of tokens; `usize::MAX` where it has none.
    pub(super) close: usize,
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

    /// Moves over white space and comments.
    fn skip_blank(&mut self) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c => self.at += 1,
                b'-' if self.byte(self.at + 1) == b'-' => {
                    self.at = memchr::memchr(b'\n', &bytes[self.at..]).map_or(bytes.len(), |n| self.at + n);
                }
                b'/' if self.byte(self.at + 1) == b'*' => self.skip_comment(),
                _ => break,
            }
        }
    }

    fn skip_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.text.len() {
            match (self.byte(self.at), self.byte(self.at + 1)) {
                (b'/', b'*') => (depth, self.at) = (depth + 1, self.at + 2),
                (b'*', b'/') => (depth, self.at) = (depth - 1, self.at + 2),
                _ => self.at += 1,
            }
            if depth == 0 {
                break;
            }
        }
    }

    /// The end of a literal whose first byte after the opening quote is `at`; a doubled quote stands for itself.
    fn quote_end(&self, mut at: usize, quote: u8, backslash: bool) -> usize {
        let bytes = self.text.as_bytes();
        while let Some(rest) = bytes.get(at..) {
            let found =
                if backslash { memchr::memchr2(quote, b'\\', rest) } else { memchr::memchr(quote, rest) };
            let Some(found) = found.map(|n| at + n) else { break };
            if bytes[found] == b'\\' || self.byte(found + 1) == quote {
                at = found + 2;
            } else {
                return found + 1;
            }
        }
        bytes.len()
    }

    /// The end of the dollar-quoted literal that starts here, if one does.
    fn dollar_end(&self) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut end = self.at + 1;
        while is_word(self.byte(end)) && self.byte(end) != b'$' {
            end += 1;
        }
        if self.byte(end) != b'$' || self.byte(self.at + 1).is_ascii_digit() {
            return None;
        }
        let (tag, body) = (&bytes[self.at..=end], end + 1);
        Some(memmem::find(&bytes[body..], tag).map_or(bytes.len(), |n| body + n + tag.len()))
    }

    fn word(&self) -> (Kind, usize) {
        let mut end = self.at + 1;
        while is_word(self.byte(end)) {
            end += 1;
        }
        match (&self.text.as_bytes()[self.at..end], self.byte(end), self.byte(end + 1)) {
            ([b'e' | b'E'], b'\'', _) => (Kind::Text, self.quote_end(end + 1, b'\'', true)),
            ([b'b' | b'B' | b'x' | b'X' | b'n' | b'N'], b'\'', _) => {
                (Kind::Text, self.quote_end(end + 1, b'\'', false))
            }
            ([b'u' | b'U'], b'&', b'\'') => (Kind::Text, self.quote_end(end + 2, b'\'', false)),
            ([b'u' | b'U'], b'&', b'"') => (Kind::Quoted, self.quote_end(end + 2, b'"', false)),
            _ => (Kind::Word, end),
        }
    }

    fn number_end(&self) -> usize {
        let mut end = self.at + 1;
        while matches!(self.byte(end), b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'.' | b'_') {
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
            b'\'' => (Kind::Text, self.quote_end(start + 1, b'\'', false)),
            b'"' => (Kind::Quoted, self.quote_end(start + 1, b'"', false)),
            b'0'..=b'9' => (Kind::Number, self.number_end()),
            b'$' => self.dollar_end().map_or((Kind::Mark(b'$'), start + 1), |end| (Kind::Text, end)),
            _ if is_word(first) => self.word(),
            mark => (Kind::Mark(mark), start + 1),
        };
        self.at = end.min(self.text.len());
        Some(Token { kind, start, end: self.at, close: usize::MAX })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'$' || byte >= 0x80
}

/// All tokens of a statement, brackets matched.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Lexer::new(text).collect();
    pair_brackets(&mut tokens);
    tokens
}

/// Tells every opening bracket where its partner is.
pub(super) fn pair_brackets(tokens: &mut [Token]) {
    let mut open: Vec<usize> = Vec::new();
    for at in 0..tokens.len() {
        let opener = match tokens[at].kind {
            Kind::Mark(b')') => Some(b'('),
            Kind::Mark(b']') => Some(b'['),
            _ => None,
        };
        if let (Some(opener), Some(&last)) = (opener, open.last())
            && tokens[last].kind == Kind::Mark(opener)
        {
            tokens[last].close = at;
            open.pop();
        }
        if matches!(tokens[at].kind, Kind::Mark(b'(' | b'[')) {
            open.push(at);
        }
    }
}

/// The name that a word or quoted token writes: folded to lower case without quotes, as it is with them.
pub(super) fn name(kind: Kind, raw: &str) -> String {
    match kind {
        Kind::Quoted => match raw.strip_prefix(['u', 'U']) {
            Some(rest) => unicode_escapes(&undouble(rest.trim_start_matches('&'), '"')),
            None => undouble(raw, '"'),
        },
        _ => raw.to_ascii_lowercase(),
    }
}

/// The value of a string literal.
pub(super) fn text(raw: &str) -> String {
    match raw.as_bytes().first() {
        Some(b'$') => {
            let tag = raw[1..].find('$').map_or(raw.len(), |at| at + 2);
            raw.get(tag..raw.len().saturating_sub(tag)).unwrap_or_default().to_owned()
        }
        Some(b'e' | b'E') => backslash_escapes(&undouble(&raw[1..], '\'')),
        Some(b'u' | b'U') => unicode_escapes(&undouble(raw[1..].trim_start_matches('&'), '\'')),
        Some(b'\'') => undouble(raw, '\''),
        _ => undouble(raw.get(1..).unwrap_or_default(), '\''),
    }
}

/// Takes the quotes off and halves doubled ones.
fn undouble(raw: &str, quote: char) -> String {
    let inner = raw.strip_prefix(quote).unwrap_or(raw);
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    inner.replace(if quote == '"' { "\"\"" } else { "''" }, if quote == '"' { "\"" } else { "'" })
}

/// `\n`, `\'`, `\101`, `\x41`, `\u0041`, `\U00000041`.
fn backslash_escapes(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (digits, radix, skip) = match rest.as_bytes().first() {
            Some(b'0'..=b'7') => (3, 8, 0),
            Some(b'x') => (2, 16, 1),
            Some(b'u') => (4, 16, 1),
            Some(b'U') => (8, 16, 1),
            _ => (0, 0, 0),
        };
        if digits > 0
            && let Some((escaped, used)) = code_point(&rest[skip..], digits, radix)
        {
            out.push(escaped);
            rest = &rest[skip + used..];
        } else if let Some(escaped) = rest.chars().next() {
            out.push(match escaped {
                'b' => '\u{8}',
                'f' => '\u{c}',
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                other => other,
            });
            rest = &rest[escaped.len_utf8()..];
        }
    }
    out.push_str(rest);
    out
}

/// `\0041`, `\+000041`, `\\` of the `U&` forms.
fn unicode_escapes(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let (digits, skip) = if rest.starts_with('+') { (6, 1) } else { (4, 0) };
        if let Some((escaped, used)) = code_point(&rest[skip..], digits, 16) {
            out.push(escaped);
            rest = &rest[skip + used..];
        } else {
            out.push('\\');
            rest = rest.strip_prefix('\\').unwrap_or(rest);
        }
    }
    out.push_str(rest);
    out
}

/// The character whose number stands in up to `digits` digits, and how many there were.
fn code_point(text: &str, digits: usize, radix: u32) -> Option<(char, usize)> {
    let used = text.bytes().take(digits).take_while(|&byte| char::from(byte).is_digit(radix)).count();
    let number = u32::from_str_radix(text.get(..used)?, radix).ok()?;
    Some((char::from_u32(number)?, used))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn raw(sql: &str) -> Vec<&str> {
        tokens(sql).iter().map(|token| &sql[token.start..token.end]).collect()
    }

    #[test]
    fn comments_and_white_space_are_no_tokens() {
        assert_eq!(raw("a -- b\n /* c /* d */ e */ f"), ["a", "f"]);
    }

    #[test]
    fn literals_are_one_token_each() {
        let sql = r#"'it''s' E'a\'b' $f$ ' $f$ $$x$$ B'01' "A ""b""" U&"d\0061t" $1 1.5e3"#;
        let all = raw(sql);
        assert_eq!(all.len(), 10);
        assert_eq!(text(all[0]), "it's");
        assert_eq!(text(all[1]), "a'b");
        assert_eq!(text(all[2]), " ' ");
        assert_eq!(text(all[3]), "x");
        assert_eq!(text(all[4]), "01");
        assert_eq!(name(Kind::Quoted, all[5]), "A \"b\"");
        assert_eq!(name(Kind::Quoted, all[6]), "dat");
    }

    #[test]
    fn escapes_give_the_characters_they_name() {
        assert_eq!(text(r"E'\101\x42\u0043\t\\'"), "ABC\t\\");
        assert_eq!(text(r"U&'\0041\+000042\\'"), "AB\\");
    }

    #[test]
    fn brackets_know_their_partners() {
        let list = tokens("(a [b] (c)) )");
        assert_eq!((list[0].close, list[2].close, list[5].close), (8, 4, 7));
        assert_eq!(tokens("((")[0].close, usize::MAX);
    }

    proptest! {
        #[test]
        fn tokens_of_any_text_are_in_order_and_within_it(sql in r#"[-/*'"$a-cEU&\\(\)\[\] 0-9é\n.]{0,60}"#) {
            let mut last = 0;
            for token in tokens(&sql) {
                prop_assert!(last <= token.start && token.start < token.end && token.end <= sql.len());
                let raw = &sql[token.start..token.end];
                let _ = (name(token.kind, raw), text(raw));
                last = token.end;
            }
        }
    }
}
