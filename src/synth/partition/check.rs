//! What simple CHECKs say of one column: bounds, constants and lists of labels.
//!
//! Understood are comparisons with constants, BETWEEN and lists, joined by AND. Anything else makes the column
//! unsure: a partition without rows is then neither open nor infeasible, but unknown.

use crate::table::{ColumnDef, Schema, SqlType, Table};

/// The sum of a column's CHECKs.
#[derive(Clone, Debug, Default)]
pub(super) struct Limits {
    /// The least value as written, and whether it is excluded.
    pub(super) low: Option<(String, bool)>,
    /// The greatest.
    pub(super) high: Option<(String, bool)>,
    /// All values that it may have.
    pub(super) labels: Option<Vec<String>>,
    /// Numbers that its CHECKs name.
    pub(super) constants: Vec<String>,
    /// Why there may be limits that are not here.
    pub(super) unsure: Option<String>,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A word or name, folded to lower case unless quoted.
    Word(String),
    Text(String),
    Number(String),
    Mark(&'static str),
}

impl Limits {
    pub(super) fn of(schema: &Schema, table: &Table, column: &ColumnDef) -> Self {
        let mut limits = Self::default();
        let mut sql_type = &column.sql_type;
        while let SqlType::Domain(name, base) = sql_type {
            for check in schema.domains.get(name).iter().flat_map(|domain| &domain.checks) {
                limits.add("value", check);
            }
            sql_type = base;
        }
        for check in table.checks.iter().filter(|check| check.columns.contains(&column.name)) {
            if check.columns.len() == 1 {
                limits.add(&column.name, &check.expression);
            } else {
                limits.give_up();
            }
        }
        limits
    }

    fn give_up(&mut self) {
        self.unsure = Some("a CHECK is more than comparisons with constants".into());
    }

    /// Adds one expression over `column`.
    fn add(&mut self, column: &str, expression: &str) {
        let Some(tokens) = tokens(expression) else { return self.give_up() };
        let numbers = tokens.iter().filter_map(|token| match token {
            Token::Number(number) => Some(number.clone()),
            _ => None,
        });
        self.constants.extend(numbers);
        let mut found = Self::default();
        for part in split_and(&tokens) {
            if found.comparison(column, part).is_none() {
                return self.give_up();
            }
        }
        // Of two bounds either may be the tighter; only a single one is used for a proof.
        for (own, new) in [(&mut self.low, found.low), (&mut self.high, found.high)] {
            if own.is_none() {
                *own = new;
            }
        }
        if self.labels.is_none() {
            self.labels = found.labels;
        }
    }

    /// One comparison of the column with constants.
    fn comparison(&mut self, column: &str, tokens: &[Token]) -> Option<()> {
        // The CHECK is about this column alone, so a name that differs in case is its name, however it was quoted.
        let is_column =
            |token: &Token| matches!(token, Token::Word(word) if word.eq_ignore_ascii_case(column));
        match tokens {
            [name, Token::Mark(mark), Token::Number(number)] if is_column(name) => self.bound(mark, number),
            [Token::Number(number), Token::Mark(mark), name] if is_column(name) => {
                self.bound(turned(mark), number)
            }
            [name, Token::Mark("="), Token::Text(label)] if is_column(name) => {
                self.labels = Some(vec![label.clone()]);
                Some(())
            }
            [name, Token::Word(is), Token::Word(not), Token::Word(null)]
                if is_column(name) && is == "is" && not == "not" && null == "null" =>
            {
                Some(())
            }
            [name, Token::Word(between), Token::Number(low), Token::Word(and), Token::Number(high)]
                if is_column(name) && between == "between" && and == "and" =>
            {
                self.bound(">=", low)?;
                self.bound("<=", high)
            }
            [name, Token::Word(word), list @ ..] if is_column(name) && word == "in" => self.list(list),
            [name, Token::Mark("="), Token::Word(any), list @ ..] if is_column(name) && any == "any" => {
                self.list(list)
            }
            _ => None,
        }
    }

    fn bound(&mut self, mark: &str, number: &str) -> Option<()> {
        let number = number.to_owned();
        let (low, high) = match mark {
            ">" => (Some((number, true)), None),
            ">=" => (Some((number, false)), None),
            "<" => (None, Some((number, true))),
            "<=" => (None, Some((number, false))),
            "=" => (Some((number.clone(), false)), Some((number, false))),
            _ => return None,
        };
        self.low = self.low.take().or(low);
        self.high = self.high.take().or(high);
        Some(())
    }

    fn list(&mut self, list: &[Token]) -> Option<()> {
        let mut labels = Vec::new();
        for token in list {
            match token {
                Token::Text(label) => labels.push(label.clone()),
                Token::Mark(",") => {}
                Token::Word(word) if word == "array" => {}
                _ => return None,
            }
        }
        labels.dedup();
        (!labels.is_empty()).then(|| self.labels = Some(labels))
    }
}

fn turned(mark: &'static str) -> &'static str {
    match mark {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}

/// The parts between ANDs that are not those of BETWEEN.
fn split_and(tokens: &[Token]) -> Vec<&[Token]> {
    let (mut parts, mut start, mut between) = (Vec::new(), 0, false);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Word(word) if word == "between" => between = true,
            Token::Word(word) if word == "and" && between => between = false,
            Token::Word(word) if word == "and" => {
                parts.push(&tokens[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&tokens[start..]);
    parts
}

/// The tokens of an expression without brackets and casts. None where brackets mean more than order, or a token is
/// not known: with OR, NOT and arithmetic out of the way, brackets around comparisons and lists mean nothing.
fn tokens(expression: &str) -> Option<Vec<Token>> {
    const MARKS: [&str; 8] = ["<=", ">=", "<>", "!=", "<", ">", "=", ","];
    let mut tokens = Vec::new();
    let mut rest = expression.trim();
    if rest.get(..5).is_some_and(|word| word.eq_ignore_ascii_case("check")) {
        rest = &rest[5..];
    }
    while let Some(c) = rest.chars().next() {
        if c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']') {
            rest = &rest[c.len_utf8()..];
        } else if let Some(cast) = rest.strip_prefix("::") {
            rest = skip_type(cast);
        } else if c == '\'' {
            let (text, after) = quoted(&rest[1..], '\'')?;
            let number = text.parse::<f64>().is_ok() && after.starts_with("::") && !is_text_cast(after);
            tokens.push(if number { Token::Number(text) } else { Token::Text(text) });
            rest = after;
        } else if matches!(c, '"' | '`') {
            let (name, after) = quoted(&rest[1..], c)?;
            tokens.push(Token::Word(name));
            rest = after;
        } else if c.is_ascii_digit() || (c == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            // A minus behind a value subtracts.
            if c == '-' && !matches!(tokens.last(), Some(Token::Mark(_) | Token::Word(_))) {
                return None;
            }
            let end =
                rest[1..].find(|c: char| !(c.is_ascii_digit() || c == '.')).map_or(rest.len(), |n| n + 1);
            tokens.push(Token::Number(rest[..end].to_owned()));
            rest = &rest[end..];
        } else if let Some(mark) = MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            tokens.push(Token::Mark(mark));
            rest = &rest[mark.len()..];
        } else if c.is_alphabetic() || c == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            let word = rest[..end].to_lowercase();
            if word == "or"
                || (word == "not" && !matches!(tokens.last(), Some(Token::Word(is)) if is == "is"))
            {
                return None;
            }
            tokens.push(Token::Word(word));
            rest = &rest[end..];
        } else {
            return None;
        }
    }
    Some(tokens)
}

fn is_text_cast(after: &str) -> bool {
    let name = after.trim_start_matches(':');
    ["text", "character", "varchar", "bpchar"].iter().any(|known| name.starts_with(known))
}

/// What is in quotes, doubled ones taken for one, and what follows.
fn quoted(rest: &str, quote: char) -> Option<(String, &str)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => return None,
            _ if c != quote => text.push(c),
            _ if chars.peek().is_some_and(|(_, next)| *next == quote) => {
                chars.next();
                text.push(quote);
            }
            _ => return Some((text, &rest[at + 1..])),
        }
    }
    None
}

/// What follows the name of a type.
fn skip_type(rest: &str) -> &str {
    let mut rest = rest.trim_start();
    let end =
        rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '"'))).unwrap_or(rest.len());
    rest = &rest[end..];
    for more in [" varying", " precision", " without time zone", " with time zone"] {
        rest = rest.strip_prefix(more).unwrap_or(rest);
    }
    if let Some(arguments) = rest.strip_prefix('(')
        && let Some(close) = arguments.find(')')
        && arguments[..close].chars().all(|c| c.is_ascii_digit() || c == ',')
    {
        rest = &arguments[close + 1..];
    }
    rest.strip_prefix("[]").unwrap_or(rest)
}
