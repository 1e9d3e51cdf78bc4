//! Constraints of a table: keys, foreign keys, checks, exclusions.

use super::cursor::Cursor;
use super::draft::{Context, TableDraft, UsingIndex};
use super::expression;
use crate::table::{ForeignKey, Unique};

/// Whether a table constraint begins here, and not a column. The keywords are reserved; `EXCLUDE` is not.
pub(super) fn begins(cursor: &Cursor<'_>) -> bool {
    const RESERVED: [&str; 5] = ["CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK"];
    let mut next = *cursor;
    RESERVED.iter().any(|keyword| cursor.sees(&[keyword]))
        || cursor.sees(&["EXCLUDE", "USING"])
        || cursor.sees(&["NOT", "NULL"])
        || (next.eat(&["EXCLUDE"]) && next.group().is_some())
}

/// Reads a table constraint with its name, if it has one.
pub(super) fn read(cursor: &mut Cursor<'_>, draft: &mut TableDraft, context: &mut Context<'_>) {
    let name = if cursor.eat(&["CONSTRAINT"]) { cursor.ident() } else { None };
    if cursor.eat(&["CHECK"]) {
        read_check(name, cursor, draft, context);
    } else if cursor.eat(&["PRIMARY", "KEY"]) {
        read_key(name, true, cursor, draft, context);
    } else if cursor.eat(&["UNIQUE"]) {
        read_key(name, false, cursor, draft, context);
    } else if cursor.eat(&["FOREIGN", "KEY"]) {
        match cursor.names() {
            Some(columns) if cursor.eat(&["REFERENCES"]) => {
                read_references(name, columns, cursor, draft, context);
            }
            _ => context.unread = true,
        }
    } else if cursor.eat(&["NOT", "NULL"]) {
        match cursor.ident() {
            Some(column) => draft.column(&column).column.not_null = true,
            None => context.unread = true,
        }
        read_attributes(cursor);
    } else if cursor.eat(&["EXCLUDE"]) {
        let all = *cursor;
        read_rest(cursor);
        draft.expressions.push(expression::read(name, all.until(cursor), context.session));
    } else {
        context.unread = true;
        read_rest(cursor);
    }
    if !cursor.at_end() {
        context.unread = true;
        read_rest(cursor);
    }
}

/// `CHECK` has been read; the expression follows.
pub(super) fn read_check(
    name: Option<String>,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    let Some(group) = cursor.group() else {
        context.unread = true;
        return;
    };
    let mut check = expression::read(name, group, context.session);
    check.inherited = !cursor.sees(&["NO", "INHERIT"]);
    draft.checks.push(check);
    read_attributes(cursor);
}

/// `PRIMARY KEY` or `UNIQUE` has been read; columns or an index follow.
fn read_key(
    name: Option<String>,
    primary: bool,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    let nulls_distinct = read_nulls(cursor);
    if cursor.eat(&["USING", "INDEX"]) {
        match cursor.ident() {
            Some(index) => draft.using_index.push(UsingIndex { constraint: name, index, primary }),
            None => context.unread = true,
        }
    } else {
        match cursor.names().filter(|columns| !columns.is_empty()) {
            Some(columns) => {
                add_key(name, primary, columns, draft);
                if let Some(unique) = draft.unique.last_mut().filter(|_| !primary) {
                    unique.nulls_distinct = nulls_distinct;
                }
            }
            None => context.unread = true,
        }
    }
    read_attributes(cursor);
}

/// Adds a primary or unique key.
pub(super) fn add_key(name: Option<String>, primary: bool, columns: Vec<String>, draft: &mut TableDraft) {
    if primary {
        draft.primary_key = Some(columns);
    } else {
        draft.unique.push(Unique::new(name, columns));
    }
}

/// `NULLS [NOT] DISTINCT`: whether they are distinct.
pub(super) fn read_nulls(cursor: &mut Cursor<'_>) -> bool {
    cursor.eat(&["NULLS", "DISTINCT"]) || !cursor.eat(&["NULLS", "NOT", "DISTINCT"])
}

/// `REFERENCES` has been read; the table follows.
pub(super) fn read_references(
    name: Option<String>,
    columns: Vec<String>,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    let Some(to) = cursor.object(context.session) else {
        context.unread = true;
        return;
    };
    let to_columns = cursor.names().unwrap_or_default();
    let mut key = ForeignKey::new(name, columns, to, to_columns);
    key.match_full = cursor.eat(&["MATCH", "FULL"]);
    key.deferrable = read_attributes(cursor);
    draft.foreign_keys.push(key);
}

/// Reads what may follow a key, a check or a foreign key and says nothing about values. Returns whether the
/// constraint is `DEFERRABLE`.
pub(super) fn read_attributes(cursor: &mut Cursor<'_>) -> bool {
    const PLAIN: [&[&str]; 14] = [
        &["NOT", "DEFERRABLE"],
        &["NOT", "VALID"],
        &["NOT", "ENFORCED"],
        &["NO", "INHERIT"],
        &["ENFORCED"],
        &["INITIALLY", "DEFERRED"],
        &["INITIALLY", "IMMEDIATE"],
        &["MATCH", "FULL"],
        &["MATCH", "PARTIAL"],
        &["MATCH", "SIMPLE"],
        &["ON", "DELETE"],
        &["ON", "UPDATE"],
        &["NO", "ACTION"],
        &["WITHOUT", "OIDS"],
    ];
    const ACTIONS: [&[&str]; 4] = [&["CASCADE"], &["RESTRICT"], &["SET", "NULL"], &["SET", "DEFAULT"]];
    const GROUPS: [&[&str]; 3] = [&["WITH"], &["INCLUDE"], &["WHERE"]];
    let mut deferrable = false;
    loop {
        if cursor.eat(&["DEFERRABLE"]) {
            deferrable = true;
        } else if cursor.eat(&["USING", "INDEX", "TABLESPACE"]) {
            cursor.ident();
        } else if GROUPS.iter().any(|words| cursor.eat(words))
            || ACTIONS.iter().any(|words| cursor.eat(words))
        {
            cursor.group();
        } else if !PLAIN.iter().any(|words| cursor.eat(words)) {
            return deferrable;
        }
    }
}

/// Moves to the end of the item.
pub(super) fn read_rest(cursor: &mut Cursor<'_>) {
    while !cursor.at_end() {
        cursor.skip();
    }
}
