//! Statements whose first keywords do not say enough: tables, counters of theirs, values of sequences, histograms.

use super::lexer::{Kind, Token};
use super::statements::{Action, Counter};
use super::words::Words;

/// Takes what may stand between `CREATE` and what is made; `false` if it is not well-formed.
pub(super) fn skip_options(words: &mut Words<'_>) -> bool {
    if words.word("OR") && !words.word("REPLACE") {
        return false;
    }
    loop {
        if words.word("ALGORITHM") {
            if !words.symbol(b'=') || words.name().is_none() {
                return false;
            }
        } else if words.word("DEFINER") {
            if !words.symbol(b'=') || !account(words) {
                return false;
            }
        } else if words.word("SQL") {
            if !words.word("SECURITY") || words.name().is_none() {
                return false;
            }
        } else if !words.word("AGGREGATE") {
            return true;
        }
    }
}

/// `root`@`localhost`, a role, or `CURRENT_USER()`.
fn account(words: &mut Words<'_>) -> bool {
    let mut part = || words.name().is_some() || words.text().is_some();
    if !part() {
        return false;
    }
    if words.symbol(b'(') {
        return words.symbol(b')');
    }
    !words.symbol(b'@') || words.name().is_some() || words.text().is_some()
}

/// `CREATE TABLE`: `None` if a query fills it, or if it has no columns of its own.
pub(super) fn table(mut words: Words<'_>) -> Option<Action> {
    words.word("CREATE");
    if !skip_options(&mut words) || !words.word("TABLE") {
        return None;
    }
    let _ = words.word("IF") && words.words("NOT EXISTS");
    let name = words.qualified()?;
    let body = body(&mut words)?;
    let mut counter = None;
    let mut connection = None;
    let mut depth = 0_usize;
    while let Some(token) = words.take() {
        match token.kind {
            Kind::Symbol(b'(') => depth += 1,
            Kind::Symbol(b')') => depth = depth.saturating_sub(1),
            Kind::Word if depth > 0 => {}
            Kind::Word
                if ["AS", "LIKE", "SELECT", "TABLE", "VALUES"].iter().any(|word| token.is_word(word)) =>
            {
                return None;
            }
            Kind::Word if token.is_word("AUTO_INCREMENT") => {
                words.symbol(b'=');
                counter = words.integer();
            }
            Kind::Word if token.is_word("CONNECTION") => {
                words.symbol(b'=');
                let value = words.take().filter(|value| value.kind == Kind::Text)?;
                connection = Some(token.start..value.end());
            }
            _ => {}
        }
    }
    if let Some(connection) = connection {
        return Some(Action::Cut(connection, "connection"));
    }
    Some(match (counter, body.counted) {
        (Some((value, digits)), Some(column)) => {
            Action::Counter(Counter { name, column: Some(column), value, digits, ddl: true })
        }
        _ => Action::Ddl,
    })
}

/// `( .. )` of a table.
struct Body {
    /// The column that counts by itself, if there is one.
    counted: Option<Vec<u8>>,
}

fn body(words: &mut Words<'_>) -> Option<Body> {
    if !words.symbol(b'(') || words.sees("LIKE") || words.sees("SELECT") {
        return None;
    }
    let mut counted = None;
    let mut column = words.clone().name();
    let mut depth = 1_usize;
    while let Some(token) = words.take() {
        match token.kind {
            Kind::Symbol(b'(') => depth += 1,
            Kind::Symbol(b')') => {
                depth -= 1;
                if depth == 0 {
                    return Some(Body { counted });
                }
            }
            Kind::Symbol(b',') if depth == 1 => column = words.clone().name(),
            Kind::Word if depth == 1 && token.is_word("AUTO_INCREMENT") => {
                counted = column.take().or(counted);
            }
            _ => {}
        }
    }
    None
}

/// `ALTER TABLE`: keys on and off, which every tool writes, or a change of the schema, maybe with a counter.
pub(super) fn alter(mut words: Words<'_>) -> Action {
    words.word("ALTER");
    words.word("IGNORE");
    words.word("TABLE");
    let _ = words.word("IF") && words.word("EXISTS");
    let Some(name) = words.qualified() else { return Action::Unknown };
    if (words.word("DISABLE") || words.word("ENABLE")) && words.word("KEYS") && words.end() {
        return Action::Pass;
    }
    let mut column = None;
    let mut before: Option<Token<'_>> = None;
    while let Some(token) = words.take() {
        if token.is_word("MODIFY") || token.is_word("CHANGE") {
            words.word("COLUMN");
            column = words.clone().name();
        } else if token.is_word("AUTO_INCREMENT")
            && before.is_none_or(|before| before.kind == Kind::Symbol(b','))
            && words.symbol(b'=')
            && let Some((value, digits)) = words.integer()
            && column.is_some()
        {
            return Action::Counter(Counter { name, column, value, digits, ddl: true });
        }
        before = Some(token);
    }
    Action::Ddl
}

/// `DO SETVAL(s, n, 0)`, `SELECT SETVAL(..)`.
pub(super) fn setval(mut words: Words<'_>) -> Option<Counter> {
    let call = (words.word("DO") || words.word("SELECT")) && words.word("SETVAL") && words.symbol(b'(');
    let name = if call { words.qualified()? } else { return None };
    let (value, digits) = if words.symbol(b',') { words.integer()? } else { return None };
    while words.symbol(b',') {
        words.integer()?;
    }
    let whole = words.symbol(b')') && words.end();
    whole.then_some(Counter { name, column: None, value, digits, ddl: false })
}

/// `USE name`
pub(super) fn database(mut words: Words<'_>) -> Option<Vec<u8>> {
    words.word("USE");
    let name = words.name()?;
    words.end().then_some(name)
}

/// `ANALYZE TABLE t UPDATE HISTOGRAM ON c`: its data are values of the column.
pub(super) fn histogram(mut words: Words<'_>) -> Action {
    let mut update = false;
    while let Some(token) = words.take() {
        update |= token.is_word("HISTOGRAM");
        if token.kind == Kind::Text || token.is_word("DATA") {
            return Action::Drop("statistics");
        }
    }
    if update { Action::Pass } else { Action::Unknown }
}
