//! Expressions: not parsed, only searched for columns, and written again in standard SQL as far as quotes go.

use std::collections::HashSet;

use super::super::cursor::Cursor;
use super::super::token::Kind;
use super::draft::Draft;

/// The columns that an expression names, each once, in order.
pub(super) fn columns(mut cursor: Cursor<'_>, draft: &Draft) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut columns = Vec::new();
    while cursor.kind().is_some() {
        match cursor.ident() {
            Some(_) if cursor.kind() == Some(Kind::Mark(b'(')) => {}
            Some(name) => {
                let known = draft.known(&name).filter(|name| seen.insert(name.clone()));
                columns.extend(known);
            }
            None => cursor.step(),
        }
    }
    columns
}

/// The expression with names in double quotes and strings in single ones, so that one reader is enough for the
/// expressions of all databases. A text in double quotes that is no column's name is a string.
pub(super) fn standard(mut cursor: Cursor<'_>, draft: &Draft) -> String {
    let mut out = String::with_capacity(cursor.written().len());
    while let (Some(kind), Some(raw)) = (cursor.kind(), cursor.raw()) {
        // The character set before a string: `_utf8mb4'x'`.
        if kind == Kind::Word && raw.starts_with('_') && cursor.kind_at(1) == Some(Kind::Text) {
            cursor.step();
            continue;
        }
        let (mut as_name, mut as_string) = (cursor, cursor);
        let name = if kind == Kind::Quoted { as_name.ident() } else { None };
        let name = name.filter(|name| raw.starts_with('`') || draft.known(name).is_some());
        let string = as_string.literal().filter(|_| raw.starts_with(['\'', '"']));
        let (quote, written) = match (name, string) {
            (Some(name), _) => ("\"", draft.declared(name)),
            (None, Some(string)) => ("'", string),
            (None, None) => ("", raw.to_owned()),
        };
        space(&mut out, !matches!(kind, Kind::Mark(_)));
        out.push_str(quote);
        if quote.is_empty() {
            out.push_str(&written);
        } else {
            out.push_str(&written.replace(quote, &quote.repeat(2)));
        }
        out.push_str(quote);
        cursor.step();
    }
    out
}

/// A space between two words.
fn space(out: &mut String, word: bool) {
    let after = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '"' | '\'' | ')');
    if word && out.chars().next_back().is_some_and(after) {
        out.push(' ');
    }
}

/// The column of `json_valid(column)`, if the expression is no more than that: how MariaDB writes the type `json`.
pub(super) fn json_column(mut cursor: Cursor<'_>) -> Option<String> {
    if !cursor.eat(&["json_valid"]) {
        return None;
    }
    let mut inner = cursor.group()?;
    let column = inner.ident()?;
    (inner.at_end() && cursor.at_end()).then_some(column)
}
