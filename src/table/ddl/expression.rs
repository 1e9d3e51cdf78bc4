//! Expressions: not parsed, only searched for names that may be columns and for sequences.

use std::collections::HashSet;

use super::cursor::{self, Cursor};
use super::draft::Expression;
use super::sql_type;
use super::token::{self, Kind};
use crate::table::{Session, TableName};

/// Reads what is left of `cursor` as an expression.
pub(super) fn read(name: Option<String>, cursor: Cursor<'_>, session: &Session) -> Expression {
    Expression {
        name,
        names: names(cursor, session),
        text: cursor.written().to_owned(),
        inherited: true,
        plain: false,
    }
}

/// Reads an element of an index or a partition key: a column with options that are no columns, or an expression.
pub(super) fn read_element(item: Cursor<'_>, session: &Session) -> Expression {
    match plain_column(item) {
        Some(column) => Expression {
            name: None,
            names: vec![column],
            text: item.written().to_owned(),
            inherited: true,
            plain: false,
        },
        None => read(None, item, session),
    }
}

/// The column, if an element of an index or a partition key is no more than that.
pub(super) fn plain_column(mut item: Cursor<'_>) -> Option<String> {
    let column = item.ident()?;
    (!matches!(item.kind(), Some(Kind::Mark(b'(' | b'.')))).then_some(column)
}

/// The names in an expression that may be columns, each once, in order: no functions, types, collations, keywords'
/// neighbours such as the `year` of `EXTRACT(year FROM x)`.
fn names(mut cursor: Cursor<'_>, session: &Session) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut names = Vec::new();
    while let Some(kind) = cursor.kind() {
        match kind {
            Kind::Mark(b':') if cursor.kind_at(1) == Some(Kind::Mark(b':')) => {
                cursor.step();
                cursor.step();
                skip_type(&mut cursor, session);
            }
            _ if cursor.eat(&["AS"]) => skip_type(&mut cursor, session),
            _ if cursor.eat(&["COLLATE"]) => drop(cursor.path()),
            _ if cursor.sees(&["EXTRACT"]) && cursor.kind_at(1) == Some(Kind::Mark(b'(')) => {
                cursor.step();
                cursor.step();
                cursor.step();
            }
            Kind::Word | Kind::Quoted => {
                let name = cursor.path().and_then(|mut parts| parts.pop());
                // A function, or a typed literal such as `date '2020-01-01'`.
                let other = matches!(cursor.kind(), Some(Kind::Mark(b'(') | Kind::Text));
                if let Some(name) = name.filter(|name| !other && seen.insert(name.clone())) {
                    names.push(name);
                }
            }
            _ => cursor.step(),
        }
    }
    names
}

/// Moves over a type, arguments and all.
fn skip_type(cursor: &mut Cursor<'_>, session: &Session) {
    if sql_type::read(cursor, session).is_none() {
        cursor.step();
    }
}

/// The sequence of `nextval('schema.sequence'::regclass)`.
pub(super) fn sequence(mut cursor: Cursor<'_>, session: &Session) -> Option<TableName> {
    loop {
        cursor.kind()?;
        match cursor.ident() {
            Some(name) if name == "nextval" => break,
            Some(_) => {}
            None => cursor.step(),
        }
    }
    while cursor.kind().is_some() {
        if let Some(text) = cursor.literal() {
            let tokens = token::tokens(&text);
            let parts = Cursor::new(&text, &tokens).path()?;
            return cursor::object(parts, session);
        }
        cursor.step();
    }
    None
}
