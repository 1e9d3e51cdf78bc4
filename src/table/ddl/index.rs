//! `CREATE INDEX`: a unique index over columns is a key; one over expressions, or with a condition, limits values in
//! ways that only the database can tell.

use std::collections::HashSet;

use super::cursor::Cursor;
use super::draft::{Context, TableDraft};
use super::expression;
use crate::table::Unique;

/// The table has been read: `[USING method] (elements) ..` follows.
pub(super) fn read(
    name: Option<String>,
    unique: bool,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    if cursor.eat(&["USING"]) {
        cursor.ident();
    }
    let whole = *cursor;
    let Some(elements) = cursor.group() else {
        context.unread = true;
        return;
    };
    let columns: Option<Vec<String>> = elements.items().map(expression::plain_column).collect();
    let (mut partial, mut nulls_distinct) = (false, true);
    while !cursor.at_end() {
        partial |= cursor.eat(&["WHERE"]);
        if cursor.eat(&["NULLS", "NOT", "DISTINCT"]) {
            nulls_distinct = false;
        } else {
            cursor.skip();
        }
    }
    match columns.filter(|columns| !columns.is_empty()) {
        Some(columns) if unique && !partial => {
            let mut key = Unique::new(name, columns);
            key.nulls_distinct = nulls_distinct;
            draft.unique.push(key);
        }
        // A plain index limits nothing.
        Some(_) if !unique => {}
        Some(columns) => {
            let mut index = expression::read(name, whole.until(cursor), context.session);
            let mut seen = HashSet::new();
            let names = columns.into_iter().chain(std::mem::take(&mut index.names));
            index.names = names.filter(|name| seen.insert(name.clone())).collect();
            draft.expressions.push(index);
        }
        None => {
            let mut index = expression::read(name, whole.until(cursor), context.session);
            index.plain = !unique;
            draft.expressions.push(index);
        }
    }
}

/// `CREATE [UNIQUE] INDEX [CONCURRENTLY] [IF NOT EXISTS]` has been read: the index's name, if it has one, and `ON`.
pub(super) fn read_name(cursor: &mut Cursor<'_>) -> Option<String> {
    let name = if cursor.sees(&["ON"]) { None } else { cursor.path().and_then(|mut parts| parts.pop()) };
    cursor.eat(&["ON"]);
    cursor.eat(&["ONLY"]);
    name
}
