//! Statements whose first keywords do not say enough: functions that are called, values of sequences, passwords.

use std::ops::Range;

use super::lexer::Kind;
use super::statements::{Action, Sequence};
use super::words::Words;

/// `CREATE TABLE .. AS` fills a table by a query, which no dump does.
pub(super) fn table(mut words: Words<'_>) -> Action {
    let mut depth = 0_usize;
    while let Some(token) = words.take() {
        match token.kind {
            Kind::Symbol(b'(') => depth += 1,
            Kind::Symbol(b')') => depth = depth.saturating_sub(1),
            Kind::Word if depth == 0 && (token.is_word("AS") || token.is_word("EXECUTE")) => {
                return Action::Unknown;
            }
            _ => {}
        }
    }
    Action::Ddl
}

/// `ALTER SEQUENCE s RESTART n`, `ALTER TABLE t ALTER COLUMN c RESTART n`.
pub(super) fn restart(mut words: Words<'_>) -> Option<Sequence> {
    let sequence = words.words("ALTER SEQUENCE");
    if !sequence && !words.word("TABLE") {
        return None;
    }
    let _ = words.word("IF") && words.word("EXISTS");
    words.word("ONLY");
    let name = words.qualified()?;
    let mut column = None;
    if !sequence {
        if !words.word("ALTER") {
            return None;
        }
        words.word("COLUMN");
        column = Some(words.name()?);
    }
    while let Some(token) = words.take() {
        if token.is_word("RESTART") {
            words.word("WITH");
            let (value, digits) = words.integer()?;
            return Some(Sequence { name, column, value, digits });
        }
    }
    None
}

/// The functions that a dump calls.
pub(super) fn select(words: &Words<'_>) -> Action {
    let strict = [setting, setval].into_iter().find_map(|read| read(words.clone()));
    if let Some(action) = strict {
        return action;
    }
    let mut words = words.clone();
    words.word("SELECT");
    if words.words("CASE WHEN EXISTS") {
        let large = words.symbol(b'(')
            && words.words("SELECT")
            && words.integer().is_some()
            && words.word("FROM")
            && words.qualified().is_some_and(|name| name == [&b"pg_catalog"[..], b"pg_largeobject"]);
        return if large { Action::LargeObject } else { Action::Unknown };
    }
    let rows = words.symbol(b'*') && words.word("FROM");
    let Some(name) = words.qualified() else { return Action::Unknown };
    let function = match name.as_slice() {
        [schema, function] if schema == b"pg_catalog" => function,
        [function] => function,
        _ => return Action::Unknown,
    };
    match function.as_slice() {
        _ if !words.symbol(b'(') => Action::Unknown,
        b"pg_restore_relation_stats" | b"pg_restore_attribute_stats" | b"pg_restore_extended_stats" => {
            Action::Drop("statistics")
        }
        b"lo_create" | b"lo_open" | b"lo_close" | b"lo_unlink" | b"lo_from_bytea" | b"lo_put"
        | b"lowrite"
            if !rows =>
        {
            Action::LargeObject
        }
        _ => Action::Unknown,
    }
}

/// `SELECT [pg_catalog.]NAME(`
fn call(words: &mut Words<'_>, function: &str) -> bool {
    if words.word("SELECT") && words.word("pg_catalog") && !words.symbol(b'.') {
        return false;
    }
    words.word(function) && words.symbol(b'(')
}

/// `SELECT pg_catalog.set_config('search_path', '', false);`
fn setting(mut words: Words<'_>) -> Option<Action> {
    set_config(&mut words).map(|_| Action::Set)
}

/// The name and value of a `set_config` that may pass.
pub(super) fn set_config(words: &mut Words<'_>) -> Option<(Vec<u8>, Vec<u8>)> {
    if !call(words, "set_config") {
        return None;
    }
    let name = words.text()?.to_ascii_lowercase();
    let known = [&b"search_path"[..], b"client_encoding", b"standard_conforming_strings"];
    let value = if words.symbol(b',') { words.text()?.into_owned() } else { return None };
    let whole = words.symbol(b',')
        && (words.word("false") || words.word("true"))
        && words.symbol(b')')
        && words.end();
    (whole && known.contains(&name.as_slice())).then_some((name, value))
}

/// `SELECT pg_catalog.setval('public."Name_seq"', 42, true);`, also with `pg_get_serial_sequence` for the name.
fn setval(mut words: Words<'_>) -> Option<Action> {
    if !call(&mut words, "setval") {
        return None;
    }
    let mut column = None;
    let name = if let Some(name) = words.text() {
        quoted_name(&name)?
    } else {
        if words.word("pg_catalog") && !words.symbol(b'.') {
            return None;
        }
        let serial = words.word("pg_get_serial_sequence") && words.symbol(b'(');
        let table = quoted_name(&words.text().filter(|_| serial)?)?;
        column = if words.symbol(b',') { Some(words.text()?.into_owned()) } else { None };
        if column.is_none() || !words.symbol(b')') {
            return None;
        }
        table
    };
    let (value, digits) = if words.symbol(b',') { words.integer()? } else { return None };
    if words.symbol(b',') && !words.word("true") && !words.word("false") {
        return None;
    }
    let whole = words.symbol(b')') && words.end();
    whole.then_some(Action::Sequence(Sequence { name, column, value, digits }))
}

/// The parts of a name that stands in a string.
fn quoted_name(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut words = Words::new(text, true);
    let name = words.qualified()?;
    words.peek().is_none().then_some(name)
}

pub(super) fn on_object(mut words: Words<'_>) -> Action {
    while let Some(token) = words.take() {
        if token.is_word("ON") && words.word("LARGE") {
            return Action::LargeObject;
        }
    }
    Action::Pass
}

/// Cuts `[ENCRYPTED] PASSWORD '..'` out; a password anywhere else drops the statement.
pub(super) fn role(mut words: Words<'_>) -> Action {
    let mut encrypted = None;
    let mut cut: Option<Range<usize>> = None;
    while let Some(token) = words.take() {
        if token.is_word("PASSWORD") {
            let value = words.take();
            let clause = value.filter(|value| {
                matches!(value.kind, Kind::Text | Kind::EscapeText | Kind::OtherText | Kind::DollarText)
                    || value.is_word("NULL")
            });
            match clause {
                Some(value) if cut.is_none() => cut = Some(encrypted.unwrap_or(token.start)..value.end()),
                _ => return Action::Drop("role password"),
            }
        }
        encrypted = (token.is_word("ENCRYPTED") || token.is_word("UNENCRYPTED")).then_some(token.start);
    }
    cut.map_or(Action::Ddl, |range| Action::Cut(range, "role password"))
}

/// Where `OPTIONS ( .. )` stands.
pub(super) fn options(mut words: Words<'_>) -> Option<Range<usize>> {
    loop {
        let token = words.take()?;
        if token.is_word("OPTIONS") && words.symbol(b'(') {
            while let Some(inner) = words.take() {
                if inner.kind == Kind::Symbol(b')') {
                    return Some(token.start..inner.end());
                }
            }
        }
    }
}

pub(super) fn template(mut words: Words<'_>) -> Action {
    let known = words.words("UPDATE pg_catalog")
        && words.symbol(b'.')
        && words.words("pg_database SET datistemplate")
        && words.symbol(b'=')
        && words.words("false WHERE datname")
        && words.symbol(b'=')
        && words.text().is_some()
        && words.end();
    if known { Action::Pass } else { Action::Unknown }
}
