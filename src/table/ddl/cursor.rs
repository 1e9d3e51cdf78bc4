//! A place in the tokens of a statement, and the small steps that all readers are made of.

use super::token::{self, Kind, Token};
use crate::table::{Session, TableName};

/// A range of tokens and a place in it. Copies are free: try a reading on a copy, keep it if it fits.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a> {
    spelling: &'static Spelling,
    text: &'a str,
    tokens: &'a [Token],
    at: usize,
    end: usize,
}

/// How a dialect writes names and strings.
pub(super) struct Spelling {
    /// The name that a word or a quoted token writes, if it is one.
    pub(super) name: fn(Kind, &str) -> Option<String>,
    /// The value of a string literal, if the token is one.
    pub(super) text: fn(Kind, &str) -> Option<String>,
}

static POSTGRES: Spelling = Spelling {
    name: |kind, raw| matches!(kind, Kind::Word | Kind::Quoted).then(|| token::name(kind, raw)),
    text: |kind, raw| (kind == Kind::Text).then(|| token::text(raw)),
};

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str, tokens: &'a [Token]) -> Self {
        Self::of(&POSTGRES, text, tokens)
    }

    /// A cursor over tokens of another dialect.
    pub(super) fn of(spelling: &'static Spelling, text: &'a str, tokens: &'a [Token]) -> Self {
        Self { spelling, text, tokens, at: 0, end: tokens.len() }
    }

    /// Whether nothing is left but the semicolon.
    pub(super) fn at_end(&self) -> bool {
        matches!(self.kind(), None | Some(Kind::Mark(b';')))
    }

    pub(super) fn kind(&self) -> Option<Kind> {
        self.kind_at(0)
    }

    /// The kind of the token so many further on.
    pub(super) fn kind_at(&self, ahead: usize) -> Option<Kind> {
        (self.at + ahead < self.end).then(|| self.tokens[self.at + ahead].kind)
    }

    /// The next token as it is written.
    pub(super) fn raw(&self) -> Option<&'a str> {
        let token = (self.at < self.end).then(|| self.tokens[self.at])?;
        Some(&self.text[token.start..token.end])
    }

    /// Moves over one token, or over a whole group in brackets.
    pub(super) fn skip(&mut self) {
        if self.at < self.end {
            let close = self.tokens[self.at].close;
            let opens = matches!(self.tokens[self.at].kind, Kind::Mark(b'(' | b'['));
            self.at = if opens { close.saturating_add(1).min(self.end) } else { self.at + 1 };
        }
    }

    /// Moves over one token, into a group if it opens one.
    pub(super) fn step(&mut self) {
        self.at = (self.at + 1).min(self.end);
    }

    /// Whether the next tokens are these keywords.
    pub(super) fn sees(&self, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(ahead, keyword)| {
            let at = self.at + ahead;
            at < self.end && {
                let token = self.tokens[at];
                token.kind == Kind::Word && self.text[token.start..token.end].eq_ignore_ascii_case(keyword)
            }
        })
    }

    /// Moves over these keywords if they are next.
    pub(super) fn eat(&mut self, keywords: &[&str]) -> bool {
        let seen = self.sees(keywords);
        if seen {
            self.at += keywords.len();
        }
        seen
    }

    /// Moves over this mark if it is next.
    pub(super) fn eat_mark(&mut self, mark: u8) -> bool {
        let seen = self.kind() == Some(Kind::Mark(mark));
        if seen {
            self.at += 1;
        }
        seen
    }

    /// Reads a name.
    pub(super) fn ident(&mut self) -> Option<String> {
        let mut name = (self.spelling.name)(self.kind()?, self.raw()?)?;
        name.truncate(cut(&name, NAME_LIMIT).len());
        self.at += 1;
        Some(name)
    }

    /// Reads a name with its qualifiers: `a.b.c`. At most four parts are kept, the last ones.
    pub(super) fn path(&mut self) -> Option<Vec<String>> {
        let mut parts = vec![self.ident()?];
        while self.kind() == Some(Kind::Mark(b'.'))
            && matches!(self.kind_at(1), Some(Kind::Word | Kind::Quoted))
        {
            self.at += 1;
            parts.extend(self.ident());
            if parts.len() > 4 {
                parts.remove(0);
            }
        }
        Some(parts)
    }

    /// Reads the name of a table, type, sequence or index; without a schema it is in the session's.
    pub(super) fn object(&mut self, session: &Session) -> Option<TableName> {
        self.path().and_then(|parts| object(parts, session))
    }

    /// Reads a string literal.
    pub(super) fn literal(&mut self) -> Option<String> {
        let text = (self.spelling.text)(self.kind()?, self.raw()?)?;
        self.at += 1;
        Some(text)
    }

    /// Reads a group in parentheses: the tokens inside it.
    pub(super) fn group(&mut self) -> Option<Cursor<'a>> {
        if self.kind() != Some(Kind::Mark(b'(')) {
            return None;
        }
        let mut inner = *self;
        inner.at += 1;
        inner.end = self.tokens[self.at].close.min(self.end);
        self.skip();
        Some(inner)
    }

    /// Splits what is left at commas outside of brackets.
    pub(super) fn items(mut self) -> impl Iterator<Item = Cursor<'a>> {
        std::iter::from_fn(move || {
            if self.at >= self.end {
                return None;
            }
            let mut item = self;
            while self.at < self.end && self.kind() != Some(Kind::Mark(b',')) {
                self.skip();
            }
            item.end = self.at;
            self.step();
            Some(item)
        })
    }

    /// Reads `(a, b, c)`, each item beginning with a name; what follows the name in an item is not looked at.
    pub(super) fn names(&mut self) -> Option<Vec<String>> {
        self.group().map(|group| group.items().filter_map(|mut item| item.ident()).collect())
    }

    /// What is left, up to `rest`, which is a later place of the same cursor.
    pub(super) fn until(mut self, rest: &Self) -> Self {
        self.end = rest.at.max(self.at);
        self
    }

    /// What is left, as it is written.
    pub(super) fn written(&self) -> &'a str {
        if self.at >= self.end {
            return "";
        }
        &self.text[self.tokens[self.at].start..self.tokens[self.end - 1].end]
    }
}

/// Bytes of a name that are kept. PostgreSQL has 63, MySQL 64 characters: only a crafted dump has more.
pub(super) const NAME_LIMIT: usize = 256;

/// The beginning of a text: at most `len` bytes, whole characters.
pub(super) fn cut(text: &str, len: usize) -> &str {
    let mut end = len.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The object that a qualified name stands for.
pub(super) fn object(mut parts: Vec<String>, session: &Session) -> Option<TableName> {
    let name = parts.pop()?;
    let schema = parts.pop().unwrap_or_else(|| session.schema.clone());
    Some(TableName::new(schema, name).in_database(session.database.as_deref()))
}
