//! Keys and constraints of a table.

use super::super::cursor::Cursor;
use super::super::token::Kind;
use super::draft::Draft;
use super::{add_unique, expression, object};
use crate::table::{Check, ForeignKey, Session, SqlType};

/// Whether a key or a constraint begins here, and not a column. The keywords are reserved, or stand before others.
pub(super) fn begins(cursor: &Cursor<'_>) -> bool {
    const RESERVED: [&str; 9] =
        ["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "KEY", "INDEX", "FULLTEXT", "SPATIAL"];
    RESERVED.iter().any(|keyword| cursor.sees(&[keyword]))
        || cursor.sees(&["PERIOD", "FOR"])
        || cursor.sees(&["VECTOR", "KEY"])
        || cursor.sees(&["VECTOR", "INDEX"])
}

/// Reads one of them. What follows its columns says nothing about values.
pub(super) fn read(cursor: &mut Cursor<'_>, draft: &mut Draft, session: &Session) {
    let unnamed = ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"];
    let name = if cursor.eat(&["CONSTRAINT"]) && !unnamed.iter().any(|word| cursor.sees(&[word])) {
        cursor.ident()
    } else {
        None
    };
    if cursor.eat(&["PRIMARY", "KEY"]) {
        to_columns(cursor);
        let parts = read_parts(cursor, draft);
        if parts.prefixes {
            add_expression(name, &parts, draft);
        }
        draft.unread |= parts.columns.is_empty();
        draft.set_primary_key(parts.columns);
    } else if cursor.eat(&["UNIQUE"]) {
        let _ = cursor.eat(&["KEY"]) || cursor.eat(&["INDEX"]);
        let own = if cursor.kind() == Some(Kind::Mark(b'(')) || cursor.sees(&["USING"]) {
            None
        } else {
            cursor.eat(&["IF", "NOT", "EXISTS"]);
            cursor.ident()
        };
        read_unique(name.or(own), cursor, draft);
    } else if cursor.eat(&["FOREIGN", "KEY"]) {
        cursor.eat(&["IF", "NOT", "EXISTS"]);
        let own = if cursor.kind() == Some(Kind::Mark(b'(')) { None } else { cursor.ident() };
        match cursor.names() {
            Some(columns) if !columns.is_empty() && cursor.eat(&["REFERENCES"]) => {
                read_references(name.or(own), columns, cursor, draft, session);
            }
            _ => draft.unread = true,
        }
    } else if cursor.eat(&["CHECK"]) {
        match cursor.group() {
            Some(group) => match expression::json_column(group).map(|column| draft.column(&column).is_some())
            {
                Some(true) => set_json(group, draft),
                _ => add_check(name, group, None, draft),
            },
            None => draft.unread = true,
        }
    }
    // Other indexes limit nothing.
}

fn set_json(group: Cursor<'_>, draft: &mut Draft) {
    let column = expression::json_column(group);
    if let Some(column) = column.and_then(|column| draft.column(&column)) {
        column.sql_type = SqlType::Json;
        column.collation = None;
    }
}

/// Moves to the parentheses around a key's columns.
fn to_columns(cursor: &mut Cursor<'_>) {
    while !cursor.at_end() && cursor.kind() != Some(Kind::Mark(b'(')) {
        cursor.skip();
    }
}

/// The columns of a key.
struct Parts {
    columns: Vec<String>,
    /// Some of them count only with their first characters, or are expressions.
    prefixes: bool,
    text: String,
}

fn read_parts(cursor: &mut Cursor<'_>, draft: &Draft) -> Parts {
    let start = *cursor;
    let mut parts = Parts { columns: Vec::new(), prefixes: false, text: String::new() };
    for mut part in cursor.group().into_iter().flat_map(Cursor::items) {
        let whole = part;
        match part.ident().filter(|_| !whole.sees(&["NULL"])) {
            Some(name) if part.kind() != Some(Kind::Mark(b'(')) => parts.columns.push(draft.declared(name)),
            Some(name) if draft.known(&name).is_some() => {
                parts.prefixes = true;
                parts.columns.push(draft.declared(name));
            }
            _ => {
                parts.prefixes = true;
                parts.columns.extend(expression::columns(whole, draft));
            }
        }
    }
    if parts.prefixes {
        parts.text = expression::standard(start.until(cursor), draft);
    }
    parts
}

/// Columns of a unique key follow.
pub(super) fn read_unique(name: Option<String>, cursor: &mut Cursor<'_>, draft: &mut Draft) {
    to_columns(cursor);
    let parts = read_parts(cursor, draft);
    draft.unread |= parts.columns.is_empty();
    if parts.prefixes {
        add_expression(name, &parts, draft);
    } else if !parts.columns.is_empty() {
        add_unique(name, parts.columns, draft);
    }
}

fn add_expression(name: Option<String>, parts: &Parts, draft: &mut Draft) {
    let check = Check::new(name, parts.columns.clone(), parts.text.clone());
    draft.table_mut().expressions.push(check);
}

/// `REFERENCES` has been read.
pub(super) fn read_references(
    name: Option<String>,
    columns: Vec<String>,
    cursor: &mut Cursor<'_>,
    draft: &mut Draft,
    session: &Session,
) {
    // ON DELETE, ON UPDATE, MATCH: nothing about values.
    const ATTRIBUTES: [&[&str]; 9] = [
        &["ON", "DELETE"],
        &["ON", "UPDATE"],
        &["SET", "NULL"],
        &["SET", "DEFAULT"],
        &["NO", "ACTION"],
        &["CASCADE"],
        &["RESTRICT"],
        &["MATCH", "FULL"],
        &["MATCH", "SIMPLE"],
    ];
    let Some(to) = object(cursor, session) else {
        draft.unread = true;
        return;
    };
    let to_columns = cursor.names().unwrap_or_default();
    draft.table_mut().foreign_keys.push(ForeignKey::new(name, columns, to, to_columns));
    while ATTRIBUTES.iter().any(|words| cursor.eat(words)) {}
}

/// Adds a check, of the table or of a column that is being read.
pub(super) fn add_check(name: Option<String>, group: Cursor<'_>, own: Option<&String>, draft: &mut Draft) {
    let mut columns: Vec<String> = own.into_iter().cloned().collect();
    columns.extend(expression::columns(group, draft).into_iter().filter(|column| Some(column) != own));
    let expression = expression::standard(group, draft);
    draft.table_mut().checks.push(Check::new(name, columns, expression));
}
