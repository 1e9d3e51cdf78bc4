//! A column: its name, its type, and what follows.

use super::constraint;
use super::cursor::Cursor;
use super::draft::{Context, TableDraft};
use super::expression;
use super::sql_type::{self, TypeName};
use super::token::Kind;

/// Reads a column of a table, `name type ..`, or of a partition or typed table, `name [WITH OPTIONS] ..`.
pub(super) fn read(cursor: &mut Cursor<'_>, typed: bool, draft: &mut TableDraft, context: &mut Context<'_>) {
    let Some(name) = cursor.ident() else {
        context.unread = true;
        return;
    };
    if typed {
        cursor.eat(&["WITH", "OPTIONS"]);
        draft.column(&name);
    } else {
        let Some(written) = sql_type::read(cursor, context.session) else {
            context.unread = true;
            return;
        };
        context.unread |= !add(&name, written, draft, context);
    }
    while !cursor.at_end() {
        read_facet(&name, cursor, draft, context);
    }
}

/// Adds a column. Returns whether it is new.
fn add(name: &str, written: TypeName, draft: &mut TableDraft, context: &mut Context<'_>) -> bool {
    if written.serial {
        let column = &mut draft.column(name).column;
        column.identity = true;
        column.not_null = true;
        context.own_sequence(name);
    }
    draft.add(name, written)
}

/// Reads one of the things that follow a column's type.
pub(super) fn read_facet(
    name: &str,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    let constraint = if cursor.eat(&["CONSTRAINT"]) { cursor.ident() } else { None };
    if cursor.eat(&["NOT", "NULL"]) {
        draft.column(name).column.not_null = true;
        constraint::read_attributes(cursor);
    } else if cursor.eat(&["NULL"]) {
    } else if cursor.eat(&["DEFAULT"]) {
        read_default(name, cursor, draft, context);
    } else if cursor.eat(&["GENERATED"]) {
        read_generated(name, cursor, draft, context);
    } else if cursor.eat(&["CHECK"]) {
        constraint::read_check(constraint, cursor, draft, context);
    } else if cursor.eat(&["PRIMARY", "KEY"]) {
        constraint::add_key(constraint, true, vec![name.to_owned()], draft);
        constraint::read_attributes(cursor);
    } else if cursor.eat(&["UNIQUE"]) {
        let nulls_distinct = constraint::read_nulls(cursor);
        constraint::add_key(constraint, false, vec![name.to_owned()], draft);
        if let Some(unique) = draft.unique.last_mut() {
            unique.nulls_distinct = nulls_distinct;
        }
        constraint::read_attributes(cursor);
    } else if cursor.eat(&["REFERENCES"]) {
        constraint::read_references(constraint, vec![name.to_owned()], cursor, draft, context);
    } else if cursor.eat(&["COLLATE"]) {
        draft.column(name).column.collation = cursor.path().map(|parts| parts.join("."));
    } else if cursor.eat(&["STORAGE"]) || cursor.eat(&["COMPRESSION"]) {
        context.unread |= cursor.ident().is_none();
    } else if cursor.eat(&["OPTIONS"]) {
        context.unread |= cursor.group().is_none();
    } else {
        context.unread = true;
        cursor.skip();
    }
}

/// `DEFAULT` has been read; the expression follows.
pub(super) fn read_default(
    name: &str,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    let start = *cursor;
    skip_default(cursor);
    let expression = start.until(cursor);
    draft.column(name).column.default = Some(expression.written().to_owned());
    if let Some(sequence) = expression::sequence(expression, context.session) {
        context.sequences.push((sequence, name.to_owned()));
    }
}

/// Moves over a default expression: up to a keyword that can only begin what follows it.
fn skip_default(cursor: &mut Cursor<'_>) {
    const FOLLOWING: [&[&str]; 12] = [
        &["NOT", "NULL"],
        &["NOT", "DEFERRABLE"],
        &["CONSTRAINT"],
        &["CHECK"],
        &["PRIMARY"],
        &["UNIQUE"],
        &["REFERENCES"],
        &["GENERATED"],
        &["COLLATE"],
        &["STORAGE"],
        &["COMPRESSION"],
        &["OPTIONS"],
    ];
    // `NULL` ends the expression unless an operand is due: `DEFAULT NULL NULL`, but `DEFAULT a || NULL`.
    let mut operand_due = true;
    let mut first = true;
    while !cursor.at_end() {
        let ends =
            FOLLOWING.iter().any(|words| cursor.sees(words)) || (cursor.sees(&["NULL"]) && !operand_due);
        if ends && !first {
            return;
        }
        operand_due = cursor.sees(&["FROM"])
            || matches!(cursor.kind(), Some(Kind::Mark(mark)) if mark != b'(' && mark != b'[');
        first = false;
        cursor.skip();
    }
}

/// `GENERATED` has been read: an expression or an identity follows.
pub(super) fn read_generated(
    name: &str,
    cursor: &mut Cursor<'_>,
    draft: &mut TableDraft,
    context: &mut Context<'_>,
) {
    let _ = cursor.eat(&["ALWAYS"]) || cursor.eat(&["BY", "DEFAULT"]);
    if !cursor.eat(&["AS"]) {
        context.unread = true;
    } else if cursor.eat(&["IDENTITY"]) {
        let column = &mut draft.column(name).column;
        column.identity = true;
        column.not_null = true;
        let mut options = cursor.group();
        while let Some(options) = options.as_mut().filter(|options| !options.at_end()) {
            if options.eat(&["SEQUENCE", "NAME"]) {
                let sequence = options.object(context.session);
                context.sequences.extend(sequence.map(|sequence| (sequence, name.to_owned())));
                return;
            }
            options.skip();
        }
        context.own_sequence(name);
    } else if cursor.group().is_some() {
        let _ = cursor.eat(&["STORED"]) || cursor.eat(&["VIRTUAL"]);
        draft.column(name).column.generated = true;
    } else {
        context.unread = true;
    }
}
